/** A JupyterLab with nothing in it: commands, a shell that notes what is added, a palette; and hands that answer dialogs. */

import { JupyterFrontEnd } from '@jupyterlab/application';
import { ICommandPalette, Notification } from '@jupyterlab/apputils';
import { ServerConnection } from '@jupyterlab/services';
import { CommandRegistry } from '@lumino/commands';
import { Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';

import { IRunSummary } from '../../src/api/types';
import { IRunExplorer, IRunOpener } from '../../src/tokens';
import { settle, until } from './fakes';

/** See the module. */
export class Desk {
  readonly commands = new CommandRegistry();
  readonly added: { readonly widget: Widget; readonly area: string }[] = [];
  readonly activated: string[] = [];
  readonly palette: string[] = [];
  readonly executed: string[] = [];

  constructor() {
    this.commands.commandExecuted.connect((_, { id }) => this.executed.push(id));
  }

  /** What a plugin is activated with. */
  get app(): JupyterFrontEnd {
    return {
      commands: this.commands,
      serviceManager: { contents: {}, serverSettings: ServerConnection.makeSettings() },
      shell: {
        add: (widget: Widget, area: string) => this.added.push({ widget, area }),
        activateById: (id: string) => this.activated.push(id)
      }
    } as unknown as JupyterFrontEnd;
  }

  /** The palette. */
  get commandPalette(): ICommandPalette {
    return {
      addItem: ({ command }: { command: string }) => this.palette.push(command)
    } as unknown as ICommandPalette;
  }
}

/** The lists of runs: what a story selects. */
export class FakeExplorer implements IRunExplorer {
  readonly selectedChanged: Signal<IRunExplorer, void> = new Signal(this);
  selected: readonly IRunSummary[] = [];
  table = 'name\r\nrun 1\r\n';

  async csv(): Promise<Blob> {
    return new Blob([this.table]);
  }
}

/** An opener that notes what is opened. */
export class FakeOpener implements IRunOpener {
  readonly opened: unknown[] = [];

  async openRun(runId: string, tab?: string): Promise<void> {
    this.opened.push(tab ? [runId, tab] : runId);
  }

  async compareRuns(runIds: readonly string[]): Promise<void> {
    this.opened.push(runIds);
  }
}

/** What the question says that stands on the screen; what `label` answers to it, with a text if it asks for one. */
export async function answer(label: string, text?: string): Promise<string> {
  await until(() => document.querySelector('.jp-Dialog') !== null);
  await settle();
  const dialog = document.querySelector<HTMLElement>('.jp-Dialog')!;
  const question = dialog.querySelector('.jp-Dialog-header')?.textContent ?? '';
  const body = dialog.querySelector('.jp-Dialog-body')?.textContent ?? '';
  const field = dialog.querySelector<HTMLInputElement>('input, textarea, select');
  if (field && text !== undefined) {
    field.value = text;
    field.dispatchEvent(new Event('input', { bubbles: true }));
  }
  const button = [...dialog.querySelectorAll<HTMLElement>('.jp-Dialog-button')].find(
    each => each.textContent === label || each.getAttribute('aria-label') === label
  );
  if (!button) {
    throw new Error(`No button ${label} in ${dialog.textContent}`);
  }
  button.click();
  await until(() => document.querySelector('.jp-Dialog') === null);
  await settle();
  return [question, body].filter(Boolean).join(' ');
}

/** What was said in the corner since the last time this was asked. */
export function said(): string[] {
  const { notifications } = Notification.manager;
  const all = notifications.map(each => `${each.type}: ${each.message}`);
  notifications.slice().forEach(each => Notification.manager.dismiss(each.id));
  return all;
}
