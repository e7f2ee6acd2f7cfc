/** A comparison's tab in the main area. What it shows is loaded when the first one is opened. */

import { MainAreaWidget } from '@jupyterlab/apputils';
import { PromiseDelegate } from '@lumino/coreutils';
import { Panel } from '@lumino/widgets';

import { runsIcon } from '../../icons';
import { ComparisonModel } from '../../model/comparison';
import { IRunSurroundings } from '../run/surroundings';

/** See the module. */
export class ComparisonWidget extends MainAreaWidget<Panel> {
  /** Show a model, which the widget owns from now on. */
  constructor(
    readonly model: ComparisonModel,
    around: IRunSurroundings
  ) {
    const filled = new PromiseDelegate<void>();
    super({ content: new Panel(), reveal: filled.promise });
    import('./comparison')
      .then(({ fillComparison }) => filled.resolve(fillComparison(this, around)))
      .catch(filled.reject);
    this.toolbar.hide();
    this.addClass('mlops-ComparisonWidget');
    this.title.icon = runsIcon;
    this.title.closable = true;
    this.title.label = around.trans.__('Compare');
    model.changed.connect(() => {
      this.title.label = around.trans.__('Compare %1 runs', model.runIds.length);
      this.title.caption = model.names.join('\n');
    });
  }

  /** Let go of the runs. */
  override dispose(): void {
    this.model.dispose();
    super.dispose();
  }
}
