/** The explorer with its toolbar. */

import { TranslationBundle } from '@jupyterlab/translation';
import {
  CommandToolbarButton,
  PanelWithToolbar,
  Toolbar,
  ToolbarButton,
  refreshIcon,
  settingsIcon,
  tableRowsIcon
} from '@jupyterlab/ui-components';
import { CommandRegistry } from '@lumino/commands';
import { Message } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';

import { CommandIDs } from '../commands';
import { runsIcon } from '../icons';
import { openMenu } from './commandMenu';
import { explorerMenu } from './explorerMenu';
import { ExplorerWidget } from './explorerWidget';

/** See the module. */
export class ExplorerPanel extends PanelWithToolbar {
  /** Show `explorer`, and dispose it with the panel. */
  constructor(
    readonly explorer: ExplorerWidget,
    private readonly _commands: CommandRegistry,
    private readonly _trans: TranslationBundle
  ) {
    super();
    const [commands, trans] = [_commands, _trans];
    this.id = explorer.hasHeader ? 'jupyter-mlops-run-list' : 'jupyter-mlops-runs';
    this.addClass('mlops-ExplorerPanel');
    this.title.icon = runsIcon;
    this.title.caption = trans.__('Runs');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', trans.__('Runs'));
    const title = new Widget({ node: document.createElement('h2') });
    title.addClass('mlops-ExplorerPanel-title');
    title.node.textContent = trans.__('Runs');
    this.toolbar.addItem('title', title);
    this.toolbar.addItem('spacer', Toolbar.createSpacerItem());
    if (!explorer.hasHeader) {
      this._addCommand(
        commands,
        'table',
        CommandIDs.openRunTable,
        tableRowsIcon,
        trans.__('Open the table of runs')
      );
    }
    this._addCommand(commands, 'refresh', CommandIDs.refreshRuns, refreshIcon, trans.__('Look again'));
    this._gear = new ToolbarButton({
      icon: settingsIcon,
      tooltip: trans.__('Groups, order and columns'),
      onClick: () => void this.openMenu()
    });
    this.toolbar.addItem('options', this._gear);
    this.toolbar.node.setAttribute('aria-label', trans.__('List of runs'));
    this.addWidget(this.toolbar);
    this.addWidget(explorer);
  }

  /** The keyboard goes into the explorer. */
  protected override onActivateRequest(message: Message): void {
    super.onActivateRequest(message);
    this.explorer.activate();
  }

  /** Let the user group, sort and choose columns. */
  async openMenu(): Promise<void> {
    const { model } = this.explorer;
    this.explorer.use();
    await model.loadColumns();
    const onExport = () => void this._commands.execute(CommandIDs.exportRuns);
    const { left, bottom } = this._gear.node.getBoundingClientRect();
    openMenu(explorerMenu(model, this._trans, onExport), left, bottom);
  }

  private _addCommand(
    commands: CommandRegistry,
    name: string,
    id: string,
    icon: typeof refreshIcon,
    caption: string
  ): void {
    this.toolbar.addItem(name, new CommandToolbarButton({ commands, id, icon, caption, label: '' }));
  }

  private readonly _gear: ToolbarButton;
}
