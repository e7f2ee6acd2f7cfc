import { IOnnxCard } from '../../../../src/api/types';
import { IAnswer, IFeed } from '../../../../src/view/onnx/session';
import { TryIt } from '../../../../src/view/onnx/tryIt';
import { IWantedFile } from '../../../../src/widgets/report/host';
import { ENGLISH } from '../../../../src/widgets/report/words';
import { settle } from '../../fakes';
import { seen, texts } from '../../widgets/reader';
import { onnxCard, tensor } from './onnxReports';

const ANSWERS: readonly IAnswer[] = [
  { name: 'label', values: ['buys'], dims: [1], isFlag: false },
  { name: 'probabilities', values: [0.75, 0.25], dims: [1, 2], isFlag: false }
];

/** A card's place to try a model, with a runtime that notes what it is asked. */
class Story {
  readonly wanted: IWantedFile[] = [];
  readonly asked: (readonly IFeed[])[] = [];
  readonly steps: string[] = [];
  answers: readonly IAnswer[] | Error = ANSWERS;
  problem = '';
  readonly tried: TryIt;

  constructor(card: Partial<IOnnxCard> = {}, isTrusted = true) {
    const find = async (wanted: IWantedFile) => {
      this.wanted.push(wanted);
      if (this.problem) {
        throw new Error(this.problem);
      }
      return new Uint8Array(3);
    };
    this.tried = new TryIt(
      onnxCard(card),
      { words: ENGLISH, files: isTrusted ? { find } : undefined },
      async () => {
        this.steps.push('load');
        return { openModel: async () => this._session };
      }
    );
    document.body.replaceChildren(this.tried.node);
  }

  get said(): string {
    return seen(this.tried.node.querySelector('[role=status]')!.textContent);
  }

  get button(): HTMLButtonElement {
    return this.tried.node.querySelector('button')!;
  }

  get fields(): HTMLInputElement[] {
    return [...this.tried.node.querySelectorAll<HTMLInputElement>('input, textarea')];
  }

  /** Press the button that goes on: the one that loads, or the one that asks. */
  async press(): Promise<void> {
    (this.tried.node.querySelector<HTMLButtonElement>('button[type=submit]') ?? this.button).click();
    await settle();
    await settle();
  }

  /** Answers wait until a story lets them come; stopping ends them. */
  thinks: Promise<unknown> = Promise.resolve();
  private _stop: (error: Error) => void = () => undefined;

  private readonly _session = {
    isDisposed: false,
    run: async (feeds: readonly IFeed[]) => {
      this.asked.push(feeds);
      await Promise.race([this.thinks, new Promise((_, reject) => (this._stop = reject))]);
      if (this.answers instanceof Error) {
        throw this.answers;
      }
      return this.answers;
    },
    dispose: () => {
      this._session.isDisposed = true;
      this.steps.push('dispose');
      this._stop(new Error('it was stopped'));
    }
  };
}

it('loads nothing before it is asked', async () => {
  const story = new Story();
  await settle();
  expect([story.wanted, story.steps, story.button.textContent]).toEqual([[], [], 'Try it here']);
});

it('looks for the file that was compared, and begins with zeros', async () => {
  const story = new Story({ run_id: 'a'.repeat(32), path: 'models/shop.onnx' });
  await story.press();
  expect(story.wanted).toEqual([
    { runId: 'a'.repeat(32), path: 'models/shop.onnx', size: 41_300, sha256: '0'.repeat(64) }
  ]);
  expect(texts(story.tried.node, 'label')).toEqual(['age', 'income']);
  expect(story.fields.map(each => each.value)).toEqual(['0', '0']);
  expect(document.activeElement).toBe(story.fields[0]);
  expect(story.said).toMatch(/^Ready after .* ms\. The row stays in this page\.$/);
});

it('asks the model about what was typed, and shows its answers by their names', async () => {
  const story = new Story();
  await story.press();
  story.fields[0]!.value = '42';
  await story.press();
  const row = [{ name: 'X', tensor: { type: 'float32', data: Float32Array.of(42, 0), dims: [1, 2] } }];
  expect(story.asked).toEqual([row, row]); // The first time is not the one that is told.
  await story.press();
  expect(story.asked).toHaveLength(3);
  expect(texts(story.tried.node, 'tr')).toEqual([
    'labelbuys',
    'probabilities: buys0.75',
    'probabilities: looks0.25'
  ]);
  expect(story.tried.node.querySelector('strong')!.textContent).toBe('buys');
  const shares = [...story.tried.node.querySelectorAll<HTMLElement>('.mlops-OnnxAnswer-share span')];
  expect(shares.map(each => each.style.width)).toEqual(['75%', '25%']);
  expect(story.said).toMatch(/^Answered in .* ms, in this browser\.$/);
});

it('answers when Enter is pressed in a field', async () => {
  const story = new Story();
  await story.press();
  const heard = jest.fn();
  document.body.addEventListener('keydown', heard);
  story.fields[1]!.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
  story.fields[1]!.dispatchEvent(new KeyboardEvent('keydown', { key: '1', bubbles: true }));
  await settle();
  await settle();
  expect([story.asked.length, heard.mock.calls.length]).toEqual([2, 1]);
  document.body.removeEventListener('keydown', heard);
});

it('says which field is wrong, and goes there', async () => {
  const story = new Story();
  await story.press();
  const [, income] = story.fields;
  income!.value = 'much';
  await story.press();
  expect(story.said).toBe('income: “much” is no number. Leave it empty for a missing one.');
  expect(document.activeElement).toBe(income);
  expect(income!.getAttribute('aria-invalid')).toBe('true');
  expect(story.asked).toEqual([]);
  income!.value = '1';
  await story.press();
  expect(income!.hasAttribute('aria-invalid')).toBe(false);
  expect(story.asked).toHaveLength(2);
});

it('says why the model does not answer', async () => {
  const story = new Story();
  await story.press();
  story.answers = new Error('unknown category');
  await story.press();
  expect(story.said).toBe('The model does not answer this row: unknown category');
  expect(story.tried.node.querySelector('table')).toBeNull();
});

it('says why the file is not there, and can be asked again', async () => {
  const story = new Story();
  story.problem = 'The file is not here.';
  await story.press();
  expect([story.said, story.button.disabled, story.steps]).toEqual(['The file is not here.', false, []]);
  story.problem = '';
  await story.press();
  expect(story.fields).toHaveLength(2);
});

it('B24: of a notebook that nobody trusts does nothing, and says so', async () => {
  const story = new Story({}, false);
  await story.press();
  expect([story.said, story.button.disabled, story.wanted]).toEqual([
    'Trying it here needs the notebook to be trusted.',
    true,
    []
  ]);
});

it('says for which input nothing can be typed', () => {
  const story = new Story({
    inputs: [tensor('X', 'float32', [null, 2]), tensor('half', 'float16', [null, 4])]
  });
  expect([story.said, story.button.disabled]).toEqual([
    'It cannot be tried here: nothing can be typed for half, which is of float16.',
    true
  ]);
});

it('takes a tensor as JSON beside a table, and says where it is wrong', async () => {
  const story = new Story({
    inputs: [tensor('age', 'int64', [null, 1]), tensor('path', 'float32', [null, 2, 2])]
  });
  await story.press();
  const [age, path] = story.fields;
  expect(texts(story.tried.node, 'label')).toEqual(['age', 'path (2 × 2), as JSON[[0, 0], [0, 0]]']);
  path!.value = '[[1, 2], [3]]';
  await story.press();
  expect(story.said).toBe('path: 2 values are wanted at [1], and there are 1.');
  expect([document.activeElement, story.asked]).toEqual([path, []]);
  age!.value = '42';
  path!.value = '[[1, 2], [3, 4]]';
  await story.press();
  expect(story.asked[0]!.map(({ tensor: { dims, data } }) => [dims, Array.from(data as never)])).toEqual([
    [[1, 1], [42n]],
    [
      [1, 2, 2],
      [1, 2, 3, 4]
    ]
  ]);
});

it('says where the values of a tensor stand, and marks the largest', async () => {
  const story = new Story({ outputs: [tensor('scores', 'float32', [null, 2, 3])] });
  story.answers = [{ name: 'scores', values: [0, 1, 2, 9, 4, NaN], dims: [1, 2, 3], isFlag: false }];
  await story.press();
  await story.press();
  expect(texts(story.tried.node, 'tr').slice(2, 4)).toEqual(['scores 0, 22', 'scores 1, 09']);
  expect(texts(story.tried.node, 'strong')).toEqual(['9']);
});

it('asks one thing at a time, which can be stopped; then the model is loaded again', async () => {
  const story = new Story();
  await story.press();
  const stop = story.tried.node.querySelectorAll('button')[1]!;
  const predict = story.tried.node.querySelector<HTMLButtonElement>('button[type=submit]')!;
  expect([stop.textContent, stop.hidden, stop.disabled]).toEqual(['Stop', false, true]);
  story.thinks = new Promise(() => undefined);
  predict.click();
  await settle();
  expect([story.said, predict.disabled, stop.disabled]).toEqual(['The model thinks…', true, false]);
  story.fields[0]!.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
  await settle();
  expect(story.asked).toHaveLength(1);

  stop.click();
  await settle();
  expect(story.said).toBe('The model does not answer this row: it was stopped');
  expect([story.button.hidden, story.button.disabled, story.fields, stop.hidden]).toEqual([
    false,
    false,
    [],
    true
  ]);
});

it('of a wide table takes a row in one box', async () => {
  const story = new Story({ inputs: [tensor('X', 'float32', [null, 100])] });
  await story.press();
  expect(story.fields).toHaveLength(1);
  story.fields[0]!.value = '1, 2';
  await story.press();
  expect(story.said).toBe('100 values are wanted, and there are 2.');
  story.fields[0]!.value = Array.from({ length: 100 }, (_, at) => at).join('\t');
  await story.press();
  expect([...(story.asked[0]![0]!.tensor.data as Float32Array)].slice(-2)).toEqual([98, 99]);
});

it('shows yes and no as boxes, and the first of many figures', async () => {
  const story = new Story({
    inputs: [tensor('member', 'bool', [null, 1])],
    outputs: [tensor('flag', 'bool', [null]), tensor('vector', 'float32', [null, 60])]
  });
  story.answers = [
    { name: 'flag', values: [1], dims: [1], isFlag: true },
    { name: 'vector', values: Array.from({ length: 60 }, (_, at) => at), dims: [1, 60], isFlag: false }
  ];
  await story.press();
  story.fields[0]!.checked = true;
  await story.press();
  expect(story.asked[0]![0]!.tensor.data).toEqual(Uint8Array.of(1));
  const rows = texts(story.tried.node, 'tr');
  expect([rows[0], rows[1], rows.at(-1), rows.length]).toEqual([
    'flagtrue',
    'vector 00',
    'and 10 more figures',
    52
  ]);
});

it('lets go of the model when the card goes, also when it goes meanwhile', async () => {
  const story = new Story();
  await story.press();
  story.tried.dispose();
  expect(story.steps).toEqual(['load', 'dispose']);
  const hasty = new Story();
  hasty.button.click();
  hasty.tried.dispose();
  await settle();
  await settle();
  expect(hasty.steps).toEqual(['load', 'dispose']);
});
