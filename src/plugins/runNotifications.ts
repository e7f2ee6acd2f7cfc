/** Says when a run that took long has ended. */

import { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, TranslationBundle, nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';

import { IRunSummary } from '../api/types';
import { CommandIDs } from '../commands';
import { Endings } from '../model/endings';
import { formatDuration } from '../model/format';
import { endedSeconds, runName } from '../model/runs';
import { IRunManager } from '../tokens';

const PLUGIN_ID = 'jupyter-mlops:run-notifications';
const DEFAULT_SECONDS = 60;

export const runNotificationsPlugin: JupyterFrontEndPlugin<void> = {
  id: PLUGIN_ID,
  description: 'Says when a run that took long has ended or failed.',
  autoStart: true,
  requires: [IRunManager],
  optional: [ITranslator, ISettingRegistry],
  activate: (
    app: JupyterFrontEnd,
    manager: IRunManager,
    translator: ITranslator | null,
    registry: ISettingRegistry | null
  ) => {
    const trans = (translator ?? nullTranslator).load('jupyter_mlops');
    const endings = new Endings(manager, DEFAULT_SECONDS);
    endings.ended.connect((_, run) => notify(run, app.commands, trans));
    void registry?.load(PLUGIN_ID).then(settings => {
      const read = () => {
        const { enabled, seconds } = settings.composite;
        endings.seconds =
          enabled === false ? Infinity : typeof seconds === 'number' ? seconds : DEFAULT_SECONDS;
      };
      read();
      settings.changed.connect(read);
    });
  }
};

function notify(run: IRunSummary, commands: CommandRegistry, trans: TranslationBundle): void {
  const name = runName(run);
  const time = formatDuration(endedSeconds(run, Date.now()));
  const open = (label: string, id: string): Notification.IAction => ({
    label,
    callback: () => void commands.execute(id, { runIds: [run.run_id] })
  });
  const actions = [open(trans.__('Open'), CommandIDs.openRun)];
  if (run.status === 'FAILED') {
    Notification.error(trans.__('Run %1 has failed after %2. %3', name, time, run.detail), {
      autoClose: false,
      actions: [open(trans.__('Log'), CommandIDs.openRunLog), ...actions]
    });
  } else if (run.status === 'FINISHED') {
    Notification.success(trans.__('Run %1 has finished in %2.', name, time), { actions, autoClose: 10_000 });
  } else {
    Notification.info(trans.__('Run %1 was stopped after %2.', name, time), { actions, autoClose: 10_000 });
  }
}
