/** What stands below the sidebar's list of runs: parts side by side while they are closed, one below the other open. */

import { Panel, Widget } from '@lumino/widgets';

/** See the module. */
export class ExplorerFooter extends Panel {
  /** Nothing yet: without parts it takes no space. */
  constructor() {
    super();
    this.addClass('mlops-Footer');
  }

  /** Take a part in, before those of a higher rank. */
  addPart(part: Widget, rank: number): void {
    const place = this._ranks.findIndex(each => each > rank);
    const index = place < 0 ? this._ranks.length : place;
    this._ranks.splice(index, 0, rank);
    part.addClass('mlops-FooterPart');
    this.insertWidget(index, part);
  }

  private readonly _ranks: number[] = [];
}
