/** What stands below the list of runs: sections of other plugins, in the order of their ranks. */

import { Panel, Widget } from '@lumino/widgets';

import { IExplorerFooter } from '../tokens';

/** See the module. */
export class ExplorerFooter extends Panel implements IExplorerFooter {
  /** Empty at first. */
  constructor() {
    super();
    this.addClass('mlops-ExplorerFooter');
  }

  /** Show a section; smaller ranks are higher up. */
  addSection(section: Widget, rank: number): void {
    const place = this._ranks.findIndex(other => other > rank);
    const index = place < 0 ? this._ranks.length : place;
    this._ranks.splice(index, 0, rank);
    this.insertWidget(index, section);
  }

  private readonly _ranks: number[] = [];
}
