/** Shows runs in TensorBoard, in a tab and in a cell after `%tensorboard`; and lists those that run below the runs. */

import { ILayoutRestorer, JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import { URLExt } from '@jupyterlab/coreutils';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ITranslator, TranslationBundle, nullTranslator } from '@jupyterlab/translation';
import { ReadonlyJSONObject, ReadonlyPartialJSONObject } from '@lumino/coreutils';
import React from 'react';

import { TENSORBOARD_MIME, readWish } from '../api/tensorBoard';
import { IOpenTensorBoard, ITensorBoardInstance } from '../api/types';
import { CommandIDs } from '../commands';
import { tensorBoardIcon } from '../icons';
import { TensorBoardModel } from '../model/tensorBoard';
import { TensorBoardsModel } from '../model/tensorBoards';
import { IExplorerFooter, IRunExplorer, IRunManager } from '../tokens';
import { openCommandMenu } from '../view/commandMenu';
import { FooterWidget } from '../view/footer/footerWidget';
import { TensorBoardActions } from '../view/tensorboard/tensorBoardActions';
import { TensorBoardRenderer } from '../view/tensorboard/tensorBoardRenderer';
import { TensorBoardsSection } from '../view/tensorboard/tensorBoardsSection';
import { TensorBoardWidget } from '../view/tensorboard/tensorBoardWidget';

/** Before HTML (50), which is what other front ends show. */
const RANK = 0;

/** Below the endpoints. */
const RANK_OF_SECTION = 30;

const ONE = {
  type: 'object',
  properties: {
    id: { type: 'string', description: 'Of the TensorBoard; without it, one that is asked for.' }
  }
};

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
  optional: [IRunExplorer, ITranslator, ICommandPalette, ILayoutRestorer, IExplorerFooter],
  activate: (
    app: JupyterFrontEnd,
    manager: IRunManager,
    rendermime: IRenderMimeRegistry,
    explorer: IRunExplorer | null,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null,
    footer: IExplorerFooter | null
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
    addSection(app, manager, tracker, footer, palette, trans);
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

/** List those that run, and let them be opened and stopped. */
function addSection(
  app: JupyterFrontEnd,
  manager: IRunManager,
  tracker: WidgetTracker<Tab>,
  footer: IExplorerFooter | null,
  palette: ICommandPalette | null,
  trans: TranslationBundle
): void {
  const { commands } = app;
  const model = new TensorBoardsModel(manager.api);
  const closeTabs = ({ url }: ITensorBoardInstance) =>
    tracker.filter(tab => tab.content.model.url === url).forEach(tab => tab.dispose());
  const actions = new TensorBoardActions(model, closeTabs, trans);
  commands.addCommand(CommandIDs.stopTensorBoard, {
    label: trans.__('Stop TensorBoard…'),
    describedBy: { args: ONE },
    execute: async ({ id }) => {
      const board = id === undefined ? await actions.choose() : model.find(id);
      await (board && actions.stop(board));
    }
  });
  palette?.addItem({ command: CommandIDs.stopTensorBoard, category: trans.__('Runs') });
  const open = (board: ITensorBoardInstance) =>
    void commands.execute(CommandIDs.openTensorBoard, argumentsOf(board, board.label));
  const section = React.createElement(TensorBoardsSection, {
    model,
    trans,
    onOpen: open,
    onMenu: (board, left, top) => {
      const args = { ...argumentsOf(board, board.label), id: board.instance_id };
      const items = [[CommandIDs.openTensorBoard], [CommandIDs.stopTensorBoard]];
      openCommandMenu(commands, items, args, left, top);
    },
    onStop: board => void actions.stop(board)
  });
  footer?.addSection(
    new FooterWidget(
      () => section,
      () => model.look()
    ),
    RANK_OF_SECTION
  );
}

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
  return readWish({ run_ids: selected.map(run => run.run_id) });
}

function argumentsOf(wish: IOpenTensorBoard, label: string): ReadonlyJSONObject {
  return { runIds: [...wish.run_ids], logdir: wish.logdir, flags: { ...wish.flags }, label };
}

/** Equal for equal sets of runs, as on the server. */
function keyOf(wish: IOpenTensorBoard): string {
  return JSON.stringify([[...wish.run_ids].sort(), wish.logdir, Object.entries(wish.flags).sort()]);
}
