import { INotebookTracker } from '@jupyterlab/notebook';
import { Signal } from '@lumino/signaling';

import { NotebookKernels } from '../../../src/model/kernels';

/** A notebook whose kernel stands as a story says. */
class FakePanel {
  readonly node = document.createElement('div');
  readonly cell = document.createElement('p');
  readonly sessionContext;

  constructor(kernelDisplayStatus: string, hasNoKernel = false) {
    this.node.append(this.cell);
    const statusChanged = new Signal<object, void>(this);
    const kernelChanged = new Signal<object, void>(this);
    const sessionChanged = new Signal<object, void>(this);
    this.sessionContext = { kernelDisplayStatus, hasNoKernel, statusChanged, kernelChanged, sessionChanged };
  }
}

function begin(...panels: FakePanel[]): readonly [NotebookKernels, Signal<object, FakePanel>] {
  const widgetAdded = new Signal<object, FakePanel>({});
  const tracker = {
    forEach: (act: (panel: FakePanel) => void) => panels.forEach(act),
    find: (isIt: (panel: FakePanel) => boolean) => panels.find(isIt),
    widgetAdded
  };
  return [new NotebookKernels(tracker as unknown as INotebookTracker), widgetAdded];
}

it.each([
  ['idle', false, false],
  ['busy', false, false],
  ['initializing', false, false],
  ['restarting', false, false],
  ['dead', false, true],
  ['terminating', false, true],
  ['unknown', true, true]
])('a kernel that is %s (none: %s) is gone: %s', (state, hasNone, isGone) => {
  const panel = new FakePanel(state, hasNone);
  const [kernels] = begin(new FakePanel('idle'), panel);
  expect(kernels.isGone(panel.cell)).toBe(isGone);
});

it('knows nothing of what stands in no notebook', () => {
  expect(begin(new FakePanel('dead'))[0].isGone(document.createElement('p'))).toBe(false);
});

it('tells of kernels in notebooks that are open, and in those that are opened later', () => {
  const [early, late] = [new FakePanel('idle'), new FakePanel('idle')];
  const [kernels, added] = begin(early);
  let told = 0;
  kernels.changed.connect(() => (told += 1));
  added.emit(late);
  for (const { sessionContext } of [early, late]) {
    sessionContext.statusChanged.emit();
    sessionContext.kernelChanged.emit();
    sessionContext.sessionChanged.emit();
  }
  expect(told).toBe(6);
});
