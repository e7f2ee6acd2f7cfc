import { Panel } from '@lumino/widgets';
import React from 'react';

import { RequestError } from '../../../../src/api/request';
import { TENSORBOARD_MIME } from '../../../../src/api/tensorBoard';
import { IOpenTensorBoard, ITensorBoardInstance } from '../../../../src/api/types';
import { ITensorBoardApi, TensorBoardModel } from '../../../../src/model/tensorBoard';
import { TensorBoardRenderer } from '../../../../src/view/tensorboard/tensorBoardRenderer';
import { TensorBoardView } from '../../../../src/view/tensorboard/tensorBoardView';
import { TensorBoardWidget } from '../../../../src/view/tensorboard/tensorBoardWidget';
import { runId, settle, until } from '../../fakes';
import { IDrawn, draw, happened } from '../../render';
import { trans } from '../../runScene';

const NASTY = '<img src=x onerror=alert(1)>';
const WISH: IOpenTensorBoard = { run_ids: [runId()], logdir: '', flags: {} };

function instance(state: ITensorBoardInstance['state'], problem = ''): ITensorBoardInstance {
  return {
    instance_id: 'a1',
    url: 'jupyter-mlops/tensorboard/a1/',
    run_ids: [runId()],
    logdir: '',
    flags: {},
    label: NASTY,
    state,
    problem,
    memory_bytes: 0
  };
}

/** A server whose TensorBoard goes from state to state, one each time somebody looks. */
class FakeApi implements ITensorBoardApi {
  asked = 0;
  looked = 0;

  constructor(private readonly _states: (ITensorBoardInstance | Error)[]) {}

  async openTensorBoard(): Promise<ITensorBoardInstance> {
    this.asked += 1;
    return this._next();
  }

  async tensorBoards(): Promise<readonly ITensorBoardInstance[]> {
    this.looked += 1;
    return [this._next()];
  }

  private _next(): ITensorBoardInstance {
    const next = this._states.length > 1 ? this._states.shift()! : this._states[0]!;
    if (next instanceof Error) {
      throw next;
    }
    return next;
  }
}

function show(...states: (ITensorBoardInstance | Error)[]): {
  view: IDrawn;
  model: TensorBoardModel;
  api: FakeApi;
} {
  const api = new FakeApi(states);
  const model = new TensorBoardModel(WISH, api);
  models.push(model);
  const view = draw(<TensorBoardView model={model} urlOf={path => `/user/a%20b/${path}`} trans={trans} />);
  return { view, model, api };
}

async function tryAgain(view: IDrawn): Promise<void> {
  await happened(async () => {
    view.one('button', 'Try Again').click();
    await settle();
  });
}

const models: TensorBoardModel[] = [];
afterEach(() => models.splice(0).forEach(model => model.dispose()));

it('says that it starts, and shows the frame once it listens', async () => {
  const { view, model, api } = show(instance('starting'), instance('starting'), instance('ready'));
  expect(view.one('status').textContent).toBe('Starting TensorBoard…');
  await happened(async () => {
    await model.open();
    expect(model.url).toBeNull();
    await until(() => model.url !== null);
  });
  const frame = view.node.querySelector('iframe')!;
  expect([frame.getAttribute('src'), frame.title]).toEqual([
    '/user/a%20b/jupyter-mlops/tensorboard/a1/?darkMode=false',
    `TensorBoard: ${NASTY}`
  ]);
  const looked = api.looked;
  await new Promise(resolve => setTimeout(resolve, 400));
  expect(api.looked).toBe(looked);
});

it('is as dark as JupyterLab was when it was opened', async () => {
  document.body.dataset.jpThemeLight = 'false';
  const { view, model } = show(instance('ready'));
  await happened(() => model.open());
  const src = () => view.node.querySelector('iframe')?.getAttribute('src');
  expect(src()).toMatch(/\?darkMode=true$/);

  delete document.body.dataset.jpThemeLight;
  await happened(() => model.open());
  expect(src()).toMatch(/\?darkMode=true$/);
});

it('is as dark as JupyterLab when it listens: at a reload the theme comes after the tab', async () => {
  const { view, model } = show(instance('starting'), instance('ready'));
  document.body.dataset.jpThemeLight = 'false';
  await happened(async () => {
    await model.open();
    await until(() => model.url !== null);
  });
  expect(view.node.querySelector('iframe')?.getAttribute('src')).toMatch(/\?darkMode=true$/);
  delete document.body.dataset.jpThemeLight;
});

it('may not lead the page elsewhere', async () => {
  const { view, model } = show(instance('ready'));
  await happened(() => model.open());
  expect(view.node.querySelector('iframe')?.getAttribute('sandbox')).not.toContain('top-navigation');
});

it('wakes one that sleeps by showing it', async () => {
  const { view, model } = show(instance('stopped'));
  await happened(() => model.open());
  expect(view.node.querySelector('iframe')).not.toBeNull();
});

it('says what went wrong, and tries again when asked', async () => {
  const refusal = new RequestError(
    409,
    'TensorBoard is not installed: pip install jupyter-mlops[tensorboard].'
  );
  const { view, model } = show(refusal, instance('failed', 'There is no such folder.'), instance('ready'));
  await happened(() => model.open());
  expect(view.one('alert').textContent).toContain('pip install jupyter-mlops[tensorboard]');
  await tryAgain(view);
  expect(view.one('alert').textContent).toContain('There is no such folder.');
  await tryAgain(view);
  expect(view.all('alert')).toEqual([]);
});

it('is silent after its end', async () => {
  const { model, api } = show(instance('starting'));
  await happened(async () => {
    const opened = model.open();
    model.dispose();
    await opened;
  });
  await new Promise(resolve => setTimeout(resolve, 300));
  expect([model.url, model.isDisposed, api.looked]).toEqual([null, true, 0]);
});

describe('in a cell', () => {
  const cell = { version: 1, run_ids: [runId()], label: NASTY, height: 500 };
  const render = async (data: unknown, trusted: boolean) => {
    const opened: unknown[] = [];
    const made: IOpenTensorBoard[] = [];
    const renderer = new TensorBoardRenderer({
      trans,
      create: wish => {
        made.push(wish);
        const model = new TensorBoardModel(wish, new FakeApi([instance('ready')]));
        models.push(model);
        return new TensorBoardWidget(model, path => path, trans);
      },
      openInTab: each => opened.push(each.wish)
    });
    await happened(() =>
      renderer.renderModel({ data: { [TENSORBOARD_MIME]: data }, trusted, metadata: {} } as never)
    );
    return { renderer, made, opened };
  };

  it('of a trusted notebook it opens, as high as it was asked for, with a way to a tab', async () => {
    const { renderer, made, opened } = await render(cell, true);
    expect(made).toEqual([WISH]);
    expect((renderer.widgets.at(-1) as Panel).node.style.height).toBe('500px');
    renderer.node.querySelector('button')!.click();
    expect(opened).toEqual([WISH]);
    renderer.dispose();
  });

  it('of an untrusted notebook it is one sentence, and asks nothing (B24)', async () => {
    const { renderer, made } = await render(cell, false);
    expect(made).toEqual([]);
    expect(renderer.node.textContent).toBe(`TensorBoard: ${NASTY}. Trust this notebook to open it.`);
    expect(renderer.node.querySelector('img')).toBeNull();
  });

  it('of another version says so', async () => {
    const { renderer, made } = await render({ version: 99 }, true);
    expect([made, renderer.node.textContent]).toEqual([
      [],
      'This TensorBoard was asked for by another version of jupyter-mlops.'
    ]);
  });
});
