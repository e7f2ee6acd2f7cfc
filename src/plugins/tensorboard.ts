/** Shows runs in TensorBoard: in a tab, and in a cell after `%tensorboard`. */

import { ILayoutRestorer, JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import { URLExt } from '@jupyterlab/coreutils';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ITranslator, TranslationBundle, nullTranslator } from '@jupyterlab/translation';
import { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { TENSORBOARD_MIME, readWish } from '../api/tensorBoard';
import { IOpenTensorBoard } from '../api/types';
import { CommandIDs } from '../commands';
import { tensorBoardIcon } from '../icons';
import { isOurs } from '../model/runs';
import { TensorBoardModel } from '../model/tensorBoard';
import { IRunExplorer, IRunManager } from '../tokens';
import { TensorBoardRenderer } from '../view/tensorboard/tensorBoardRenderer';
import { TensorBoardWidget } from '../view/tensorboard/tensorBoardWidget';

/** Before HTML (50), which is what other front ends show. */
const RANK = 0;

const ARGUMENTS = {
  type: 'object',
  properties: {
    runIds: {
      type: 'array',
      items: { type: 'string', pattern: '^[0-9a-f]{32}$' },
      description: 'The runs; without runs and folder, those that are selected in the list of runs.'
    },
    logdir: { type: 'string', description: 'A folder with event files, or name:path,name:path.' },
    flags: { type: 'object', description: "TensorBoard's own flags by name." },
    label: { type: 'string', description: 'Title of the tab.' }
  }
};

type Tab = MainAreaWidget<TensorBoardWidget>;

export const tensorBoardPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-mlops:tensorboard',
  description: 'Shows runs in TensorBoard.',
  autoStart: true,
  requires: [IRunManager, IRenderMimeRegistry],
  optional: [IRunExplorer, ITranslator, ICommandPalette, ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    manager: IRunManager,
    rendermime: IRenderMimeRegistry,
    explorer: IRunExplorer | null,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null
  ) => {
    const trans = (translator ?? nullTranslator).load('jupyter_mlops');
    const { serverSettings } = app.serviceManager;
    const urlOf = (path: string) => URLExt.join(serverSettings.baseUrl, path);
    const create = (wish: IOpenTensorBoard) =>
      new TensorBoardWidget(new TensorBoardModel(wish, manager.api), urlOf, trans);
    const tracker = new WidgetTracker<Tab>({ namespace: 'jupyter-mlops-tensorboard' });
    const wishOf = (args: ReadonlyPartialJSONObject) =>
      readWish({ run_ids: args.runIds, logdir: args.logdir, flags: args.flags }) ?? selectedWish(explorer);

    app.commands.addCommand(CommandIDs.openTensorBoard, {
      label: trans.__('Open in TensorBoard'),
      icon: tensorBoardIcon,
      describedBy: { args: ARGUMENTS },
      isEnabled: args => wishOf(args) !== null,
      execute: async args => {
        const wish = wishOf(args);
        if (wish) {
          await show(app, tracker, wish, String(args.label ?? ''), create, trans);
        }
      }
    });
    palette?.addItem({ command: CommandIDs.openTensorBoard, category: trans.__('Runs') });
    void restorer?.restore(tracker, {
      command: CommandIDs.openTensorBoard,
      args: tab => argumentsOf(tab.content.model.wish, tab.title.label),
      name: tab => keyOf(tab.content.model.wish)
    });
    const openInTab = (wish: IOpenTensorBoard, label: string) =>
      void app.commands.execute(CommandIDs.openTensorBoard, argumentsOf(wish, label));
    rendermime.addFactory(
      {
        // Safe: in an untrusted notebook it is one sentence of text, and asks the server nothing.
        safe: true,
        mimeTypes: [TENSORBOARD_MIME],
        createRenderer: () =>
          new TensorBoardRenderer({ create, trans, openInTab: cell => openInTab(cell.wish, cell.label) })
      },
      RANK
    );
  }
};

/** Show what is wished for: the tab that shows it already, or a new one. */
async function show(
  app: JupyterFrontEnd,
  tracker: WidgetTracker<Tab>,
  wish: IOpenTensorBoard,
  label: string,
  create: (wish: IOpenTensorBoard) => TensorBoardWidget,
  trans: TranslationBundle
): Promise<void> {
  let tab = tracker.find(each => keyOf(each.content.model.wish) === keyOf(wish));
  if (!tab) {
    const content = create(wish);
    tab = new MainAreaWidget({ content });
    tab.id = `jupyter-mlops-tensorboard-${keyOf(wish)}`;
    tab.title.icon = tensorBoardIcon;
    tab.title.label = label || trans.__('TensorBoard');
    const { title } = tab;
    content.model.changed.connect(model => {
      title.label = model.label || title.label;
      title.caption = trans.__('TensorBoard: %1', model.label || label);
    });
    app.shell.add(tab, 'main', { type: 'TensorBoard' });
    await tracker.add(tab);
  }
  app.shell.activateById(tab.id);
}

function selectedWish(explorer: IRunExplorer | null): IOpenTensorBoard | null {
  const selected = explorer?.selected ?? [];
  return selected.some(isOurs) ? readWish({ run_ids: selected.map(run => run.run_id) }) : null;
}

function argumentsOf(wish: IOpenTensorBoard, label: string): ReadonlyPartialJSONObject {
  return { runIds: [...wish.run_ids], logdir: wish.logdir, flags: { ...wish.flags }, label };
}

/** Equal for equal sets of runs, as on the server. */
function keyOf(wish: IOpenTensorBoard): string {
  return JSON.stringify([[...wish.run_ids].sort(), wish.logdir, Object.entries(wish.flags).sort()]);
}
