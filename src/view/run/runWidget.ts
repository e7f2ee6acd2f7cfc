/** A run's tab in the main area. What it shows is loaded when the first run is opened. */

import { MainAreaWidget } from '@jupyterlab/apputils';
import { PromiseDelegate } from '@lumino/coreutils';
import { Panel } from '@lumino/widgets';

import { RunViewModel } from '../../model/runView';
import { runName } from '../../model/runs';
import { runsIcon } from '../../icons';
import { IRunSurroundings } from './surroundings';

const LONGEST_LABEL = 60;

/** See the module. */
export class RunWidget extends MainAreaWidget<Panel> {
  /** Show the run of a model, which the widget owns from now on. */
  constructor(
    readonly model: RunViewModel,
    around: IRunSurroundings
  ) {
    const filled = new PromiseDelegate<void>();
    super({ content: new Panel(), reveal: filled.promise });
    import('./runView')
      .then(({ fillRunView }) => filled.resolve(fillRunView(this, around)))
      .catch(filled.reject);
    this.id = `jupyter-mlops-run-${model.runId}`;
    this.addClass('mlops-RunWidget');
    this.title.icon = runsIcon;
    this.title.closable = true;
    this._showName();
    model.changed.connect(this._showName, this);
  }

  /** Let go of the run. */
  override dispose(): void {
    this.model.dispose();
    super.dispose();
  }

  private _showName(): void {
    const { runId, summary } = this.model;
    const name = summary ? runName(summary) : runId.slice(0, 8);
    this.title.label = shortened(name);
    this.title.caption = `${name}\n${runId}`;
  }
}

/** A name for a tab: JupyterLab shows it in the status bar too, and gives it there all the room that there is. */
function shortened(name: string): string {
  const letters = [...name];
  return letters.length > LONGEST_LABEL ? `${letters.slice(0, LONGEST_LABEL - 1).join('')}…` : name;
}
