/** How long a run with a progress bar still takes: guessed from how far it has come in its time, and counted down. */

import { IRunSummary } from '../api/types';
import { isEnded, runSeconds } from './runs';

/** Before this the start of Python and its imports say more than the loop does. */
const LEAST_SECONDS = 3;

/** See the module. */
export class Eta {
  /** Take in how the run stands at `now`, milliseconds. A bar that has not moved changes no guess. */
  update(run: IRunSummary, now: number): void {
    const seconds = runSeconds(run, now);
    if (isEnded(run.status) || !run.progress || seconds === null) {
      this._endsAt = null;
      this._share = 0;
      this._first = null;
      return;
    }
    const { total } = run.progress;
    const share = total > 0 ? run.progress.done / total : 0;
    if (share === this._share) {
      return;
    }
    this._share = share;
    // The first place tells how long the start took: from then on the pace is the loop's own.
    const first = (this._first ??= { share, seconds });
    const isLoops = share > first.share && seconds - first.seconds >= LEAST_SECONDS;
    const [done, took] = isLoops ? [share - first.share, seconds - first.seconds] : [share, seconds];
    const isKnown = done > 0 && share < 1 && took >= LEAST_SECONDS;
    this._endsAt = isKnown ? now + (1000 * took * (1 - share)) / done : null;
  }

  /** Seconds that are left at `now`; null while nobody can say, or once the guess has proved too short. */
  secondsLeft(now: number): number | null {
    return this._endsAt === null || this._endsAt <= now ? null : (this._endsAt - now) / 1000;
  }

  private _endsAt: number | null = null;
  private _share = 0;
  private _first: { readonly share: number; readonly seconds: number } | null = null;
}
