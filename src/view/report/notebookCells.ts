/** Puts code into the notebook that a report stands in, where its reader sees it, and runs it there. */

import { NotebookActions, NotebookPanel } from '@jupyterlab/notebook';

import { ICells, IKernelState } from '../../widgets/report/host';
import { INotebooks, InNotebook } from './inNotebook';

/** See the module. */
export class NotebookCells extends InNotebook implements ICells {
  /** Put code into the notebook around an element. */
  constructor(element: Node, around: INotebooks) {
    const { trans } = around;
    super(
      element,
      around,
      trans.__('Mitigating needs the notebook that the report stands in.'),
      trans.__('Mitigating needs the notebook’s kernel, which is gone. Start one.')
    );
  }

  /** See `ICells`. */
  async look(names: readonly string[]): Promise<IKernelState> {
    const { trans } = this._around;
    const kernel = this._panel?.sessionContext.session?.kernel;
    const asked = kernel?.requestExecute({
      code: '',
      silent: true,
      store_history: false,
      user_expressions: {
        missing: `','.join(name for name in ${JSON.stringify(names)} if name not in globals())`,
        // A magic that is not there has no `__self__`: then this is an error, which comes to nothing.
        owed: "','.join(get_ipython().find_line_magic('fairness').__self__.owed)",
        magic: "get_ipython().find_line_magic('fairness') is not None"
      }
    });
    const told = (await asked?.done)?.content;
    if (told?.status !== 'ok') {
      throw new Error(trans.__('The kernel did not say what it has. Run the cells above, and try again.'));
    }
    const said = (name: string) => textOf(told.user_expressions[name]);
    const [missing, owed] = ['missing', 'owed'].map(name => said(name).slice(1, -1).split(','));
    return {
      isLoaded: said('magic') === 'True',
      missing: missing!.filter(name => name && !owed!.includes(name))
    };
  }

  /** See `ICells`. */
  async run(code: string, after: string): Promise<void> {
    const panel = this._panel;
    const index = this._index;
    if (!panel || index < 0) {
      return;
    }
    const count = panel.content.widgets.length + 1;
    await runBelow(panel, index, code);
    const written = panel.content.widgets[index + 2];
    const isNew = panel.content.widgets.length > count;
    if (isNew && written?.model.sharedModel.getSource().startsWith('%%train ')) {
      await NotebookActions.runCells(panel.content, [written], panel.sessionContext);
      await runBelow(panel, index + 2, after);
    }
  }
}

async function runBelow(panel: NotebookPanel, index: number, code: string): Promise<void> {
  panel.content.activeCellIndex = index;
  NotebookActions.insertBelow(panel.content);
  panel.content.activeCell?.model.sharedModel.setSource(code);
  await NotebookActions.run(panel.content, panel.sessionContext);
}

/** How Python would write what an expression came to; empty where it came to nothing. */
function textOf(answer: unknown): string {
  const { data } = (answer ?? {}) as { readonly data?: { readonly 'text/plain'?: unknown } };
  return String(data?.['text/plain'] ?? '');
}
