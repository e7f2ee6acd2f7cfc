import { RequestError } from '../../../../src/api/request';
import { ITensorBoardInstance } from '../../../../src/api/types';
import { TensorBoardsModel } from '../../../../src/model/tensorBoards';
import { TensorBoardActions } from '../../../../src/view/tensorboard/tensorBoardActions';
import { answer, said } from '../../desk';
import { trans } from '../../runScene';
import { board } from '../../tensorBoards';

/** A server's TensorBoards, and what was done with them. */
class Story {
  readonly done: string[] = [];
  readonly model: TensorBoardsModel;
  readonly actions: TensorBoardActions;
  problem: RequestError | null = null;

  constructor(public boards: readonly ITensorBoardInstance[]) {
    this.model = new TensorBoardsModel({
      tensorBoards: async () => this.boards,
      stopTensorBoard: async id => {
        if (this.problem) {
          throw this.problem;
        }
        this.done.push(`stop ${id}`);
      }
    });
    this.actions = new TensorBoardActions(this.model, each => this.done.push(`ended ${each.label}`), trans);
  }
}

afterEach(() => void said());

it('ends one after a question, and says what is refused', async () => {
  const story = new Story([board('a'), board('b')]);
  await story.model.refresh();
  const stop = async (button: string) => {
    const done = story.actions.stop(board('a'));
    const question = await answer(button);
    await done;
    return question;
  };

  expect(await stop('Let it run')).toContain('board a: its tabs close.');
  expect(story.done).toEqual([]);
  story.problem = new RequestError(404, 'No such TensorBoard is open.', 'id', true);
  await stop('Stop');
  expect([story.done, said(), story.model.items.length]).toEqual([
    [],
    ['error: No such TensorBoard is open.'],
    2
  ]);
  story.problem = null;
  await stop('Stop');
  expect(story.done).toEqual(['stop a', 'ended board a']);
  expect(story.model.items).toEqual([board('b')]);
});

it('asks which one is meant, also among equal names', async () => {
  const story = new Story([board('a', { label: 'same' }), board('b', { label: 'same' })]);
  const chosen = story.actions.choose();
  await answer('Choose', '2. same');
  expect(await chosen).toEqual(story.boards[1]);

  const none = story.actions.choose();
  await answer('Cancel');
  expect(await none).toBeNull();

  story.boards = [board('a')];
  expect(await story.actions.choose()).toEqual(board('a')); // There is nothing to ask.

  story.boards = [];
  expect([await story.actions.choose(), said()]).toEqual([null, ['info: No TensorBoard runs.']]);
});
