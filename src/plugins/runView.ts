/** Shows runs in the main area, one tab each, restored after a reload. */

import { ILayoutRestorer, JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { MainAreaWidget, Notification, WidgetTracker } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { isRunId } from '../api/guards';
import { CommandIDs } from '../commands';
import { runsIcon } from '../icons';
import { IRunManager, IRunOpener } from '../tokens';
import { RunWidget } from '../view/runWidget';

export const runViewPlugin: JupyterFrontEndPlugin<IRunOpener> = {
  id: 'jupyter-mlops:run-view',
  description: 'Shows a run in the main area.',
  autoStart: true,
  provides: IRunOpener,
  requires: [IRunManager],
  optional: [ITranslator, ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    manager: IRunManager,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null
  ) => {
    const trans = (translator ?? nullTranslator).load('jupyter_mlops');
    const tracker = new WidgetTracker<MainAreaWidget<RunWidget>>({ namespace: 'jupyter-mlops-run' });
    const openRun = async (runId: string) => {
      if (!isRunId(runId)) {
        return;
      }
      let widget = tracker.find(each => each.content.runId === runId);
      if (!widget) {
        widget = new MainAreaWidget({ content: new RunWidget(runId, manager, app.commands, trans) });
        widget.id = `jupyter-mlops-run-${runId}`;
        widget.title.icon = runsIcon;
        app.shell.add(widget, 'main', { type: 'Run' });
        await tracker.add(widget);
      }
      app.shell.activateById(widget.id);
    };
    void restorer?.restore(tracker, {
      command: CommandIDs.openRun,
      args: widget => ({ runIds: [widget.content.runId] }),
      name: widget => widget.content.runId
    });
    const compareRuns = async () => {
      Notification.info(trans.__('Comparing runs is not there yet.'));
    };
    return { openRun, compareRuns };
  }
};
