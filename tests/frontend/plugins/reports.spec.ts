import { RenderMimeRegistry, MimeModel, standardRendererFactories } from '@jupyterlab/rendermime';
import { Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';

import { reportsPlugin } from '../../../src/plugins/reports';
import { ReportRenderer } from '../../../src/view/report/reportRenderer';
import { IModelFiles, IReportHost } from '../../../src/widgets/report/host';
import { Desk } from '../desk';
import { trans } from '../runScene';
import { explanationReport } from '../widgets/explanationReports';
import { fairnessReport } from '../widgets/fairnessReports';
import { choose, rowTexts } from '../widgets/reader';

const FAIRNESS = 'application/vnd.jupyter-mlops.fairness+json';
const EXPLANATION = 'application/vnd.jupyter-mlops.explanation+json';
const WIDGET = 'application/vnd.jupyter.widget-view+json';

function registry(): RenderMimeRegistry {
  const rendermime = new RenderMimeRegistry({ initialFactories: standardRendererFactories });
  rendermime.addFactory(
    { safe: false, mimeTypes: [WIDGET], createRenderer: () => rendermime.createRenderer('text/plain') },
    -10
  );
  void reportsPlugin.activate(new Desk().app, rendermime, null, null);
  return rendermime;
}

async function rendered(mimeType: string, data: unknown, trusted = false) {
  const renderer = registry().createRenderer(mimeType);
  await renderer.renderModel(new MimeModel({ data: { [mimeType]: data as never }, trusted }));
  return renderer;
}

describe('a report in a cell', () => {
  it.each([
    [FAIRNESS, true],
    [FAIRNESS, false],
    [EXPLANATION, false]
  ])('%s comes before the widget and the HTML beside it, trusted or not', (mimeType, trusted) => {
    const bundle = { 'text/plain': 'a report', 'text/html': '<table>', [WIDGET]: {}, [mimeType]: {} };
    expect(registry().preferredMimeType(bundle as never, trusted ? 'any' : 'ensure')).toBe(mimeType);
  });

  it('of an untrusted notebook is alive, and sends nothing', async () => {
    const fetched = jest.spyOn(globalThis, 'fetch');
    const { node } = await rendered(FAIRNESS, fairnessReport());
    choose(node, 'by', 'sex');
    expect(rowTexts(node).map(row => row[0])).toEqual(['femalen = 3,613', 'malen = 6,787']);
    expect(fetched).not.toHaveBeenCalled();
  });

  it('is drawn anew when its output changes, and goes with it', async () => {
    const renderer = await rendered(EXPLANATION, explanationReport());
    await renderer.renderModel(new MimeModel({ data: { [EXPLANATION]: { version: 7 } } }));
    expect(renderer.node.textContent).toMatch(/^This report was made by a newer jupyter-mlops/);
    renderer.dispose();
    expect(renderer.node.childElementCount).toBe(0);
  });
});

it.each([true, false])('B24: gets files of its own only where it is trusted: %p', async trusted => {
  const given: IReportHost[] = [];
  const show = (_place: HTMLElement, _data: unknown, host: IReportHost) => {
    given.push(host);
    return { dispose: () => undefined };
  };
  const files = { bytesOf: async () => new Uint8Array() } as unknown as IModelFiles;
  const renderer = new ReportRenderer(FAIRNESS, show, trans, null, () => files);
  await renderer.renderModel(new MimeModel({ data: { [FAIRNESS]: {} }, trusted }));
  expect(given.map(host => host.files)).toEqual([trusted ? files : undefined]);
  renderer.dispose();
});

describe('the button that mitigates', () => {
  const report = fairnessReport({
    models: fairnessReport().models.map(each => ({ ...each, mitigations: ['GridSearch'] }))
  });

  async function inNotebook(trusted: boolean) {
    const node = document.createElement('div');
    document.body.append(node);
    const panel = {
      node,
      content: { widgets: [] },
      sessionContext: { ...signals(), kernelDisplayStatus: 'idle', hasNoKernel: false }
    };
    const tracker = {
      forEach: (each: (panel: unknown) => void) => each(panel),
      widgetAdded: new Signal({}),
      find: (wanted: (panel: unknown) => boolean) => [panel].find(wanted)
    };
    const rendermime = new RenderMimeRegistry();
    void reportsPlugin.activate(new Desk().app, rendermime, null, tracker);
    const renderer = rendermime.createRenderer(FAIRNESS);
    await renderer.renderModel(new MimeModel({ data: { [FAIRNESS]: report as never }, trusted }));
    Widget.attach(renderer as unknown as Widget, node);
    return { renderer, panel, button: () => renderer.node.querySelector('button')! };
  }

  const signals = () => ({
    statusChanged: new Signal({}),
    kernelChanged: new Signal({}),
    sessionChanged: new Signal({})
  });

  it('can be pressed in a trusted notebook, while it has its kernel', async () => {
    const { panel, button } = await inNotebook(true);
    expect(button().disabled).toBe(false);
    panel.sessionContext.hasNoKernel = true;
    panel.sessionContext.kernelChanged.emit(undefined);
    expect(button().disabled).toBe(true);
  });

  it('B24: cannot be pressed in an untrusted one', async () => {
    const { panel, button, renderer } = await inNotebook(false);
    panel.sessionContext.kernelChanged.emit(undefined);
    expect(button().disabled).toBe(true);
    expect(renderer.node.textContent).toContain(
      'Mitigating needs the notebook, trusted and with its kernel.'
    );
  });
});
