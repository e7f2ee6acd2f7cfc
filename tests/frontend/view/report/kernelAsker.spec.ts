import { INotebookTracker } from '@jupyterlab/notebook';
import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';

import { IKernels } from '../../../../src/model/kernels';
import { KernelAsker } from '../../../../src/view/report/kernelAsker';
import messages from '../../reports/what_if_messages.json';

const trans = nullTranslator.load('jupyter_mlops');
const { question, answers } = messages;

class Kernels implements IKernels {
  readonly changed: Signal<IKernels, void> = new Signal(this);
  gone = false;

  isGone(): boolean {
    return this.gone;
  }
}

/** The browser's end of a comm. */
class Comm {
  readonly done: unknown[] = [];
  isDisposed = false;
  onMsg: (message: { content: { data: unknown } }) => void = () => undefined;
  onClose: () => void = () => undefined;

  open(data: unknown): void {
    this.done.push(['open', data]);
  }

  send(data: unknown): void {
    this.done.push(['send', data]);
  }

  close(): void {
    this.done.push(['close']);
  }
}

/** A notebook with a report in it, and its kernel. */
function notebook() {
  const node = document.createElement('div');
  const output = document.createElement('div');
  node.append(output);
  const comms: [string, Comm][] = [];
  const createComm = (target: string) => {
    const comm = new Comm();
    comms.push([target, comm]);
    return comm;
  };
  const session: { kernel: { createComm: typeof createComm } | null } = { kernel: { createComm } };
  const panel = { node, sessionContext: { session } };
  const find = (wanted: (panel: unknown) => boolean) => [panel].find(wanted);
  const kernels = new Kernels();
  const asker = new KernelAsker(output, { tracker: { find } as unknown as INotebookTracker, kernels, trans });
  return { asker, comms, kernels, output, session };
}

it('opens one comm with the first question, and takes each answer to its question', async () => {
  const { asker, comms } = notebook();
  expect(comms).toEqual([]);
  const asked = [7, 8].map(request => asker.ask({ ...question, request }));
  const [[target, comm]] = comms as [[string, Comm]];
  expect(comms).toHaveLength(1);
  expect(target).toBe('jupyter-mlops.what-if');
  expect(comm.done).toEqual([
    ['open', {}],
    ['send', { ...question, request: 7 }],
    ['send', { ...question, request: 8 }]
  ]);
  comm.onMsg({ content: { data: answers[1] } });
  comm.onMsg({ content: { data: answers[0] } });
  expect(await Promise.all(asked)).toEqual([answers[0], answers[1]]);
});

it('B25: believes nothing that is no answer', async () => {
  const { asker, comms } = notebook();
  const asked = asker.ask(question);
  const comm = comms[0]![1];
  for (const data of [
    null,
    undefined,
    'x',
    {},
    { request: 99 },
    { request: '7', predicted: 'x', problem: 3 }
  ]) {
    comm.onMsg({ content: { data } });
  }
  expect(await asked).toEqual({ request: 7, predicted: [], contributions: [], problem: '3', gone: false });
});

it('says so when the kernel closes the comm, and opens another one for the next question', async () => {
  const { asker, comms } = notebook();
  const asked = asker.ask(question);
  comms[0]![1].onClose();
  await expect(asked).rejects.toThrow('This kernel does not know the report. Run its cell again.');
  void asker.ask({ ...question, request: 9 });
  expect(comms).toHaveLength(2);
  comms[1]![1].isDisposed = true;
  void asker.ask({ ...question, request: 10 });
  expect(comms).toHaveLength(3);
});

it('cannot ask without a kernel, nor outside of a notebook, and says why', async () => {
  const { asker, kernels, output, session } = notebook();
  expect(asker.problem).toBe('');
  kernels.gone = true;
  expect(asker.problem).toContain('which is gone');
  session.kernel = null;
  await expect(asker.ask(question)).rejects.toThrow('The notebook has no kernel.');
  output.remove();
  expect(asker.problem).toBe('What-if needs the notebook that the report stands in.');
});

it('tells of kernels that come and go, until nobody listens', () => {
  const { asker, kernels } = notebook();
  const heard = jest.fn();
  const end = asker.subscribe(heard);
  kernels.changed.emit();
  asker.lookAgain();
  end();
  kernels.changed.emit();
  asker.lookAgain();
  expect(heard).toHaveBeenCalledTimes(2);
});

it('closes its comm when it goes, and answers nobody any more', async () => {
  const { asker, comms } = notebook();
  const asked = asker.ask(question);
  asker.dispose();
  await expect(asked).rejects.toThrow();
  expect(comms[0]![1].done.at(-1)).toEqual(['close']);
});
