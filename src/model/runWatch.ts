/** Watches those runs of a list that go on: as long as they are in sight, and no others. */

import { IRunSummary } from '../api/types';
import { IRunFeed, IRunManager } from '../tokens';

/** See the module. */
export class RunWatch {
  /** `onSummary` is given what a watched run is now. */
  constructor(
    private readonly _manager: IRunManager,
    private readonly _onSummary: (run: IRunSummary) => void
  ) {}

  /** Watch these from now on, and nothing else. */
  set(runs: readonly IRunSummary[]): void {
    const wanted = new Set(runs.map(run => run.run_id));
    for (const [runId, feed] of this._feeds) {
      if (!wanted.has(runId)) {
        feed.dispose();
        this._feeds.delete(runId);
      }
    }
    for (const runId of wanted) {
      if (!this._feeds.has(runId)) {
        const feed = this._manager.watch(runId);
        feed.summaryChanged.connect((_, run) => this._onSummary(run));
        this._feeds.set(runId, feed);
      }
    }
  }

  private readonly _feeds = new Map<string, IRunFeed>();
}
