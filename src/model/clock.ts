/** One tick a second for everything that shows a time, and none while nobody does or the tab is hidden. */

import { Poll } from '@lumino/polling';

const SECOND = 1000;
const listeners = new Set<() => void>();
let poll: Poll | null = null;

/** Call `listener` every second until the returned function is called. */
export function onTick(listener: () => void): () => void {
  listeners.add(listener);
  poll ??= new Poll({
    name: 'jupyter-mlops:clock',
    frequency: { interval: SECOND, backoff: false },
    standby: 'when-hidden',
    factory: async () => listeners.forEach(each => each())
  });
  return () => {
    listeners.delete(listener);
    if (!listeners.size) {
      poll?.dispose();
      poll = null;
    }
  };
}
