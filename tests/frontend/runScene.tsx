/** What stands around a run view in a story: commands that are noted down, editors and a renderer that show plain text. */

import type { IEditorServices } from '@jupyterlab/codeeditor';
import type { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';

import { CommandIDs } from '../../src/commands';
import { IRunSurroundings } from '../../src/view/run/surroundings';
import { FakeManager } from './fakes';

export const trans = nullTranslator.load('jupyter_mlops');

/** See the module. */
export class Scene {
  readonly executed: (readonly [string, unknown])[] = [];
  readonly commands = new CommandRegistry();
  /** Texts that editors show now, as `mime: text`. */
  readonly edited: string[] = [];
  /** Lines that editors mark, from 0. */
  readonly marked: number[] = [];
  /** What was given to be rendered. */
  readonly rendered: { readonly data: unknown; readonly trusted: unknown }[] = [];
  /** What was given to clean it. */
  readonly sanitizers: (IRenderMime.ISanitizer | undefined)[] = [];

  constructor(readonly manager: FakeManager) {
    for (const id of [...Object.values(CommandIDs), 'docmanager:open']) {
      this.commands.addCommand(id, { execute: args => this.executed.push([id, args]) });
    }
  }

  get around(): IRunSurroundings {
    return {
      manager: this.manager,
      commands: this.commands,
      editors: this._editors,
      languages: { getLanguage: async () => null } as unknown as IEditorLanguageRegistry,
      rendermime: this._rendermime,
      trans
    };
  }

  private readonly _editors = {
    factoryService: {
      newInlineEditor: (options: {
        host: HTMLElement;
        model: { mimeType: string; sharedModel: { getSource(): string } };
      }) => {
        const text = options.model.sharedModel.getSource();
        const shown = `${options.model.mimeType}: ${text}`;
        this.edited.push(shown);
        const box = document.createElement('div');
        box.setAttribute('role', 'textbox');
        box.textContent = text;
        options.host.append(box);
        return {
          lineCount: text.split('\n').length,
          getLine: (line: number) => text.split('\n')[line],
          setSelection: ({ start }: { start: { line: number } }) => this.marked.push(start.line),
          dispose: () => {
            this.edited.splice(this.edited.indexOf(shown), 1);
            box.remove();
          }
        };
      }
    }
  } as unknown as IEditorServices;

  private readonly _rendermime = {
    sanitizer: { sanitize: (html: string) => html },
    clone: ({ sanitizer }: IRenderMimeRegistry.ICloneOptions = {}) => {
      this.sanitizers.push(sanitizer);
      return this._rendermime;
    },
    createModel: (options: { data: unknown; trusted: unknown }) => options,
    createRenderer: () => ({
      node: document.createElement('div'),
      dispose: () => undefined,
      renderModel: (model: { data: Record<string, string>; trusted: unknown }) => {
        this.rendered.push(model);
        return Promise.resolve();
      }
    })
  } as unknown as IRenderMimeRegistry;
}
