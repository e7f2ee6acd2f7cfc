import { nullTranslator } from '@jupyterlab/translation';
import React, { createRef, useReducer } from 'react';

import { ExplorerModel } from '../../../src/model/explorer';
import { SearchField } from '../../../src/view/searchField';
import { FakeManager, FakeServer, Refusal, page, run, settle } from '../fakes';
import { IDrawn, draw, happened, press, type } from '../render';

const trans = nullTranslator.load('jupyter_mlops');
const COLUMNS = {
  params: ['alpha', 'a rate'],
  metrics: ['acc', 'system/cpu'],
  tags: ['author'],
  experiments: ['digits', 'two words'],
  notebooks: []
};

/** The field alone, with a list below it that takes the keyboard. */
class Story {
  readonly model: ExplorerModel;
  readonly view: IDrawn;
  left = 0;

  private constructor(isWrong: (query: string) => boolean) {
    const server = new FakeServer(({ path, query }) => {
      if (path === 'runs/columns') {
        return COLUMNS;
      }
      return isWrong(query.get('query') ?? query.get('q') ?? query.get('filter') ?? '')
        ? new Refusal(400, { message: 'A value is missing.', at: 3 })
        : page([run(1)]);
    });
    this.model = new ExplorerModel(new FakeManager(server), {
      groupBy: '',
      sort: { key: 'submitted_at', order: 'desc' },
      columns: [],
      archived: false
    });
    const { model } = this;
    const input = createRef<HTMLInputElement>();
    const leave = () => (this.left += 1);
    function Owner(): JSX.Element {
      const [, again] = useReducer((count: number) => count + 1, 0);
      React.useEffect(() => {
        model.changed.connect(again);
        return () => void model.changed.disconnect(again);
      }, []);
      return <SearchField model={model} trans={trans} input={input} onLeave={leave} />;
    }
    this.view = draw(<Owner />);
  }

  static async focused(isWrong: (query: string) => boolean = () => false): Promise<Story> {
    const story = new Story(isWrong);
    await happened(async () => {
      story.model.show();
      story.field.focus();
      await settle();
    });
    return story;
  }

  get field(): HTMLInputElement {
    return this.view.one('combobox', 'Search runs') as HTMLInputElement;
  }

  get offers(): readonly string[] {
    return this.view.all('option').map(each => [...each.children].map(part => part.textContent).join(': '));
  }

  get active(): string | undefined {
    const id = this.field.getAttribute('aria-activedescendant');
    return this.view.all('option').find(each => each.id === id)?.firstElementChild?.textContent ?? undefined;
  }

  /** Type in the middle: the caret stands behind so many letters. */
  async typeAt(caret: number, text: string): Promise<void> {
    const { field } = this;
    const select = () => field.setSelectionRange(caret, caret);
    field.addEventListener('input', select, { capture: true, once: true });
    await type(field, text);
  }

  async point(offer: string): Promise<boolean> {
    const option = this.view.all('option').find(each => each.firstElementChild?.textContent === offer)!;
    const event = new MouseEvent('mousedown', { bubbles: true, cancelable: true });
    await happened(() => option.dispatchEvent(event));
    return event.defaultPrevented;
  }
}

it('offers what the typed word could become, and says what each is', async () => {
  const story = await Story.focused();
  await type(story.field, 'a');
  expect(story.offers.slice(0, 4)).toEqual([
    'acc: metric',
    'alpha: parameter',
    'a rate: parameter',
    'author: tag'
  ]);
  expect(story.offers).toContain('state:: field');
  expect(story.field.getAttribute('aria-expanded')).toBe('true');
});

it('offers states behind state:, experiments behind experiment:, and words that join terms', async () => {
  const story = await Story.focused();
  await type(story.field, 'state:fi');
  expect(story.offers).toEqual(['finished: state']);
  await type(story.field, 'experiment:');
  expect(story.offers).toEqual(['digits: experiment', 'two words: experiment']);
  await type(story.field, 'acc > 1 an');
  expect(story.offers[0]).toBe('and: word');
});

it('offers nothing where a value of the user’s own has to stand', async () => {
  const story = await Story.focused();
  await type(story.field, 'acc > ');
  expect([story.offers, story.field.getAttribute('aria-expanded')]).toEqual([[], 'false']);
});

it('takes what is clicked, quoted where it must be, and keeps the keyboard in the field', async () => {
  const story = await Story.focused();
  await type(story.field, 'experiment:tw');
  expect(await story.point('two words')).toBe(true);
  expect(story.field.value).toBe('experiment:"two words" ');
  expect(document.activeElement).toBe(story.field);
});

it('takes with Tab what is chosen, and leads out of the field where nothing is', async () => {
  const story = await Story.focused();
  await type(story.field, 'al');
  await press(story.field, 'ArrowDown');
  expect(story.active).toBe('alpha');
  expect(await press(story.field, 'Tab')).toBe(false);
  expect(story.field.value).toBe('alpha ');
  expect(await press(story.field, 'Tab')).toBe(true);
});

it('changes the word at the caret, and leaves what stands behind it', async () => {
  const story = await Story.focused();
  await type(story.field, 'a > 1');
  await story.typeAt(2, 'al > 1');
  await story.point('alpha');
  expect(story.field.value).toBe('alpha > 1');
});

it('leads to the list with Enter, with the arrow down, and with Escape, which clears it too', async () => {
  const story = await Story.focused();
  await type(story.field, 'acc > 1');
  await press(story.field, 'Enter');
  expect([story.left, story.model.query]).toEqual([1, 'acc > 1']);
  await press(story.field, 'ArrowDown');
  expect(story.left).toBe(2);
  await press(story.field, 'Escape');
  expect([story.left, story.model.query]).toEqual([3, '']);
});

it('closes its offers when the keyboard goes elsewhere', async () => {
  const story = await Story.focused();
  await type(story.field, 'a');
  expect(story.offers).not.toEqual([]);
  await happened(() => story.field.blur());
  expect(story.offers).toEqual([]);
});

it('is cleared by its button, which is there only when there is something to clear', async () => {
  const story = await Story.focused();
  expect(story.view.all('button', 'Clear the search')).toEqual([]);
  await type(story.field, 'acc');
  await happened(() => story.view.one('button', 'Clear the search').click());
  expect([story.model.query, document.activeElement === story.field]).toEqual(['', true]);
});
