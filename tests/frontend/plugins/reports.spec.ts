import { RenderMimeRegistry, MimeModel, standardRendererFactories } from '@jupyterlab/rendermime';

import { reportsPlugin } from '../../../src/plugins/reports';
import { Desk } from '../desk';
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
  void reportsPlugin.activate(new Desk().app, rendermime, null);
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
