import { IWhatIfAnswer, IWhatIfQuestion } from '../../../../src/api/types';
import { show } from '../../../../src/widgets/explanation';
import { IAsker } from '../../../../src/widgets/report/host';
import { ENGLISH } from '../../../../src/widgets/report/words';
import wine from '../../reports/explanation-what-if.json';
import { explanationReport } from '../explanationReports';
import { changed, choose, place, rowTexts, texts } from '../reader';

/** A kernel that answers when it is told to. */
class Kernel implements IAsker {
  problem = '';
  readonly asked: IWhatIfQuestion[] = [];
  readonly listeners = new Set<() => void>();

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  ask(question: IWhatIfQuestion): Promise<IWhatIfAnswer> {
    this.asked.push(question);
    return new Promise((resolve, reject) => (this._last = { resolve, reject, request: question.request }));
  }

  async answer(more: Partial<IWhatIfAnswer>): Promise<void> {
    const none = { predicted: [], contributions: [], problem: '', gone: false };
    this._last!.resolve({ ...none, request: this._last!.request, ...more });
    await settled();
  }

  async fail(reason: string): Promise<void> {
    this._last!.reject(new Error(reason));
    await settled();
  }

  become(problem: string): void {
    this.problem = problem;
    this.listeners.forEach(listener => listener());
  }

  private _last:
    { resolve: (answer: IWhatIfAnswer) => void; reject: (error: Error) => void; request: number } | undefined;
}

const settled = () => new Promise<void>(done => setTimeout(done));

const REPORT = explanationReport({
  what_if: { channel: 'c', least: [0, 20, 'NaN'], most: [80, 60, 'NaN'], whole: [false, true, false] }
});

function shown(asker?: IAsker, data: unknown = REPORT): HTMLElement {
  const node = place();
  show(node, data, { words: ENGLISH, asker });
  return node;
}

const dial = <T extends HTMLElement = HTMLInputElement>(node: ParentNode, name: string) =>
  node.querySelector<T>(`.mlops-Dial [aria-label="${name}"]`)!;

function turn(node: ParentNode, name: string, value: string): void {
  const input = dial<HTMLInputElement | HTMLSelectElement>(node, name);
  input.value = value;
  input.dispatchEvent(new Event(input.tagName === 'SELECT' ? 'change' : 'input'));
}

const invitation = (node: HTMLElement) => texts(node, '.mlops-Report-sentence').at(-1);
const answers = (node: HTMLElement) => rowTexts(node.querySelector('[aria-label="What the model answers"]')!);
const status = (node: HTMLElement) => texts(node, '.mlops-Report-controls [role=status]').at(-1);
const back = (node: HTMLElement) =>
  [...node.querySelectorAll('button')].find(each => each.textContent === 'Back to the row as it is')!;

describe('what if the row were another', () => {
  it('has a dial a feature: the values of the row, within what the data has', () => {
    const node = shown(new Kernel());
    expect(
      [...node.querySelectorAll('.mlops-Dial')].map(each => each.firstElementChild!.textContent)
    ).toEqual([...['hours', 'age', 'job']]);
    const slider = dial(node, 'age, slider');
    expect([slider.min, slider.max, slider.step, slider.value]).toEqual(['20', '60', '1', '31']);
    expect(dial(node, 'hours').value).toBe('45');
    const jobs = [...dial<HTMLSelectElement>(node, 'job').options].map(each => each.textContent);
    expect(jobs).toEqual(['nurse', 'smith', '<b>cook</b>', 'missing']);
    expect(answers(node)).toEqual([['granted', '', '0.73']]);
  });

  it('has sliders that say the number beside them, briefly, or that there is none', () => {
    const node = shown(new Kernel());
    const said = () => dial(node, 'hours, slider').getAttribute('aria-valuetext');
    expect(said()).toBe('45');
    turn(node, 'hours, slider', '31.123456789');
    expect([said(), dial(node, 'hours').value]).toEqual(['31.12', '31.12']);
    turn(node, 'hours', '12.3456789');
    expect(said()).toBe('12.35');
    turn(node, 'hours', '');
    expect(said()).toBe('missing');
  });

  it('asks only for what differs, and shows the answer before and now', async () => {
    const kernel = new Kernel();
    const node = shown(kernel);
    turn(node, 'hours, slider', '60');
    expect(kernel.asked.map(({ row, channel, changes }) => [row, channel, changes])).toEqual([
      [0, 'c', { 0: 60 }]
    ]);
    expect(dial(node, 'hours').value).toBe('60');
    await kernel.answer({ predicted: [0.9], contributions: [[0.6, 0.5, 0.1, 0.2]] });
    expect(answers(node)).toEqual([['granted', '', '0.73 → 0.9 (+0.17)']]);
    expect(node.textContent).toContain('goes from 0.73 to 0.9');
    expect(rowTexts(node.querySelector('[aria-label=Contributions]')!)).toContainEqual([
      'hours = 60',
      '',
      '+0.6'
    ]);
    turn(node, 'job', '=smith');
    expect(kernel.asked.at(-1)!.changes).toEqual({ 0: 60, 2: 'smith' });
  });

  it('asks the newest state when the kernel is free, and believes no older answer', async () => {
    const kernel = new Kernel();
    const node = shown(kernel);
    turn(node, 'age', '32');
    turn(node, 'age', '33');
    turn(node, 'age', '34');
    expect(kernel.asked).toHaveLength(1);
    await kernel.answer({ predicted: [0.1] });
    expect(answers(node)).toEqual([['granted', '', '0.73']]);
    expect(kernel.asked.map(each => each.changes)).toEqual([{ 1: 32 }, { 1: 34 }]);
    await kernel.answer({ predicted: [0.2] });
    expect(answers(node)).toEqual([['granted', '', '0.73 → 0.2 (-0.53)']]);
  });

  it('takes an empty number and the last choice as missing', () => {
    const kernel = new Kernel();
    turn(shown(kernel), 'age', '');
    expect(kernel.asked[0]!.changes).toEqual({ 1: null });
    const other = new Kernel();
    turn(shown(other), 'job', '');
    expect(other.asked[0]!.changes).toEqual({ 2: null });
  });

  it('goes back to the row as it is', async () => {
    const kernel = new Kernel();
    const node = shown(kernel);
    expect(back(node).disabled).toBe(true);
    turn(node, 'age', '50');
    await kernel.answer({ predicted: [0.5] });
    expect(back(node).disabled).toBe(false);
    back(node).click();
    await settled();
    expect([dial(node, 'age').value, dial(node, 'age, slider').value]).toEqual(['31', '31']);
    expect(dial(node, 'age, slider').getAttribute('aria-valuetext')).toBe('31');
    expect(answers(node)).toEqual([['granted', '', '0.73']]);
    expect(kernel.asked).toHaveLength(1);
    expect(back(node).disabled).toBe(true);
  });

  it('shows why there is no answer, and goes on', async () => {
    const kernel = new Kernel();
    const node = shown(kernel);
    turn(node, 'age', '50');
    await kernel.answer({ problem: 'age: too old.' });
    expect([status(node), answers(node)]).toEqual(['age: too old.', [['granted', '', '0.73']]]);
    turn(node, 'age', '51');
    await kernel.fail('The kernel is gone.');
    expect(status(node)).toBe('The kernel is gone.');
    turn(node, 'age', '52');
    await kernel.answer({ predicted: [0.4] });
    expect([status(node), dial(node, 'age').disabled]).toEqual(['', false]);
  });

  it('rests for good when the kernel does not know the model any more', async () => {
    const kernel = new Kernel();
    const node = shown(kernel);
    turn(node, 'age', '50');
    await kernel.answer({ gone: true, problem: 'Run the cell again.' });
    kernel.become('');
    expect([status(node), dial(node, 'age').disabled]).toEqual(['Run the cell again.', true]);
  });

  it('says that the kernel is busy when the answer takes its time', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate'] });
    const node = shown(new Kernel());
    turn(node, 'age', '50');
    expect(status(node)).toBe('');
    jest.advanceTimersByTime(1000);
    expect(status(node)).toBe('The kernel is busy; the answer comes when it is free.');
    jest.useRealTimers();
  });

  it('rests without a kernel, and says why until one comes', () => {
    const bare = shown();
    expect(
      [...bare.querySelectorAll<HTMLInputElement>('.mlops-Dial input, .mlops-Dial select')].every(
        each => each.disabled
      )
    ).toBe(true);
    expect(status(bare)).toBe(
      'What-if needs the notebook, trusted and with its kernel: the model is asked anew.'
    );
    const kernel = new Kernel();
    kernel.problem = 'No kernel.';
    const node = shown(kernel);
    expect([status(node), dial(node, 'age').disabled]).toEqual(['No kernel.', true]);
    expect(invitation(node)).toBe('Hollow: the row as it is.');
    kernel.become('');
    expect([status(node), dial(node, 'age').disabled]).toEqual(['', false]);
    expect(invitation(node)).toBe('Change a value to ask the model anew. Hollow: the row as it is.');
  });

  it('is of the row that is chosen, and ends with the report', () => {
    const kernel = new Kernel();
    const node = place();
    const report = show(node, REPORT, { words: ENGLISH, asker: kernel });
    choose(node, 'Row', 'row 17');
    expect(kernel.listeners.size).toBe(1);
    turn(node, 'age', '20');
    expect(kernel.asked[0]!.row).toBe(17);
    report.dispose();
    expect([kernel.listeners.size, node.childElementCount]).toEqual([0, 0]);
  });

  it('is not there where the report cannot be asked', () => {
    expect(shown(new Kernel(), explanationReport()).querySelector('.mlops-Dials')).toBeNull();
  });

  it('B25: has the dials that matter most where there would be too many', () => {
    const names = Array.from({ length: 5000 }, (_, index) => `column ${index}`);
    const features = { ...REPORT.features, names, kinds: names.map(() => 'number' as const), categories: [] };
    const node = shown(new Kernel(), { ...REPORT, features });
    expect(node.querySelectorAll('.mlops-Dial')).toHaveLength(100);
    expect(node.textContent).toContain('The 100 features that matter most; the others stay as they are.');
  });

  it('fits a real report', () => {
    const node = shown(new Kernel(), wine);
    expect(node.querySelectorAll('.mlops-Dial')).toHaveLength(wine.features.names.length);
    expect(answers(node)).toHaveLength(wine.outputs.length);
  });

  it.each([
    ['least', []],
    ['whole', []],
    ['most', ['NaN', 'NaN', 'NaN']]
  ])('B25: has boxes alone where %s is %j', (name, to) => {
    const node = shown(new Kernel(), changed(REPORT, `what_if.${name}`, to));
    expect(node.querySelectorAll('.mlops-Dial')).toHaveLength(3);
    expect(node.querySelectorAll('input[type=range]').length).toBeLessThan(3);
  });
});
