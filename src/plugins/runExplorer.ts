/** Adds the explorer to the left sidebar, and as a table to the main area. */

import { ILayoutRestorer, JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, TranslationBundle, nullTranslator } from '@jupyterlab/translation';

import { CommandIDs } from '../commands';
import { runsIcon } from '../icons';
import { ExplorerModel } from '../model/explorer';
import { Explorers } from '../model/explorers';
import { ExplorerSettings } from '../model/explorerSettings';
import { IExplorerFooter, IRunExplorer, IRunManager } from '../tokens';
import { ExplorerWidget } from '../view/explorerWidget';
import { ExplorerPanel } from '../view/explorerPanel';

const PLUGIN_ID = 'jupyter-mlops:run-explorer';
const AFTER_RUNNING_KERNELS = 250;

export const runExplorerPlugin: JupyterFrontEndPlugin<IRunExplorer> = {
  id: PLUGIN_ID,
  description: 'Adds the list of runs to the sidebar and to the main area.',
  autoStart: true,
  provides: IRunExplorer,
  requires: [IRunManager],
  optional: [ITranslator, ISettingRegistry, ILayoutRestorer, ICommandPalette, IExplorerFooter],
  activate: (
    app: JupyterFrontEnd,
    manager: IRunManager,
    translator: ITranslator | null,
    registry: ISettingRegistry | null,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    footer: IExplorerFooter | null
  ) => {
    const trans = (translator ?? nullTranslator).load('jupyter_mlops');
    const explorers = new Explorers(manager);
    const settings = new ExplorerSettings(registry?.load(PLUGIN_ID) ?? null);
    const create = (place: 'sidebar' | 'table') => {
      const model = new ExplorerModel(manager, settings.choice(place));
      settings.bind(place, model);
      explorers.add(model);
      const props = { model, manager, commands: app.commands, trans, hasHeader: place === 'table' };
      return new ExplorerWidget(props, () => explorers.use(model));
    };
    const sidebar = new ExplorerPanel(create('sidebar'), app.commands, trans);
    if (footer) {
      sidebar.addWidget(footer);
    }
    app.shell.add(sidebar, 'left', { rank: AFTER_RUNNING_KERNELS, type: 'Runs' });
    restorer?.add(sidebar, 'jupyter-mlops-runs');
    const tables = addTable(
      app,
      () => new ExplorerPanel(create('table'), app.commands, trans),
      restorer,
      trans
    );
    addCommands(app, manager, sidebar, palette, trans);
    addArranging(app, explorers, sidebar, tables, palette, trans);
    addGroupCommands(app, explorers, trans);
    return explorers;
  }
};

type Tables = WidgetTracker<MainAreaWidget<ExplorerPanel>>;

function addTable(
  app: JupyterFrontEnd,
  create: () => ExplorerPanel,
  restorer: ILayoutRestorer | null,
  trans: TranslationBundle
): Tables {
  const tracker: Tables = new WidgetTracker({ namespace: 'jupyter-mlops-run-table' });
  app.commands.addCommand(CommandIDs.openRunTable, {
    label: trans.__('Open Table of Runs'),
    describedBy: { args: null },
    execute: async () => {
      let widget = tracker.currentWidget;
      if (!widget || widget.isDisposed) {
        const content = create();
        widget = new MainAreaWidget({ content });
        widget.id = 'jupyter-mlops-run-table';
        widget.title.label = content.title.caption;
        widget.title.icon = runsIcon;
        widget.toolbar.hide(); // The panel has its own.
        app.shell.add(widget, 'main', { type: 'Runs' });
        await tracker.add(widget);
      }
      app.shell.activateById(widget.id);
    }
  });
  void restorer?.restore(tracker, { command: CommandIDs.openRunTable, name: () => 'table' });
  return tracker;
}

function addCommands(
  app: JupyterFrontEnd,
  manager: IRunManager,
  sidebar: ExplorerPanel,
  palette: ICommandPalette | null,
  trans: TranslationBundle
): void {
  const { commands } = app;
  commands.addCommand(CommandIDs.showRuns, {
    label: trans.__('Show Runs'),
    describedBy: { args: null },
    execute: () => app.shell.activateById(sidebar.id)
  });
  commands.addCommand(CommandIDs.refreshRuns, {
    label: trans.__('Refresh Runs'),
    describedBy: { args: null },
    execute: () => manager.refresh()
  });
  for (const command of [
    CommandIDs.showRuns,
    CommandIDs.openRunTable,
    CommandIDs.refreshRuns,
    CommandIDs.exportRuns
  ]) {
    palette?.addItem({ command, category: trans.__('Runs') });
  }
}

/** The gear of the list that was used last, for the keyboard. */
function addArranging(
  app: JupyterFrontEnd,
  explorers: Explorers,
  sidebar: ExplorerPanel,
  tables: Tables,
  palette: ICommandPalette | null,
  trans: TranslationBundle
): void {
  app.commands.addCommand(CommandIDs.arrangeRuns, {
    label: trans.__('Group, Sort and Choose Columns of Runs…'),
    describedBy: { args: null },
    execute: () => {
      const table = tables.find(each => each.isVisible && explorers.isUsed(each.content.explorer.model));
      app.shell.activateById((table ?? sidebar).id);
      return (table?.content ?? sidebar).openMenu();
    }
  });
  palette?.addItem({ command: CommandIDs.arrangeRuns, category: trans.__('Runs') });
}

/** What the menu of a group offers. */
function addGroupCommands(app: JupyterFrontEnd, explorers: Explorers, trans: TranslationBundle): void {
  app.commands.addCommand(CommandIDs.toggleGroup, {
    label: () => (explorers.group?.isOpen ? trans.__('Close Group') : trans.__('Open Group')),
    describedBy: { args: null },
    isEnabled: () => explorers.group !== null,
    execute: () => explorers.group?.toggle()
  });
  app.commands.addCommand(CommandIDs.closeGroups, {
    label: trans.__('Close All Groups'),
    describedBy: { args: null },
    isEnabled: () => explorers.group !== null,
    execute: () => explorers.group?.closeAll()
  });
}
