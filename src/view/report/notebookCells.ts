/** Puts code into the notebook that a report stands in, where its reader sees it, and runs it there. */

import { NotebookActions, NotebookPanel } from '@jupyterlab/notebook';

import { ICells } from '../../widgets/report/host';
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
