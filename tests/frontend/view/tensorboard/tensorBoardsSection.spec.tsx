import React from 'react';

import { RequestError } from '../../../../src/api/request';
import { ITensorBoardInstance } from '../../../../src/api/types';
import { TensorBoardsModel } from '../../../../src/model/tensorBoards';
import { TensorBoardsSection } from '../../../../src/view/tensorboard/tensorBoardsSection';
import { settle } from '../../fakes';
import { draw, happened, press } from '../../render';
import { trans } from '../../runScene';
import { board } from '../../tensorBoards';

/** The section, and what it makes of a server's TensorBoards. */
class Story {
  readonly done: string[] = [];
  readonly model: TensorBoardsModel;
  problem: RequestError | null = null;

  constructor(public boards: readonly ITensorBoardInstance[]) {
    this.model = new TensorBoardsModel({
      tensorBoards: async () => {
        if (this.problem) {
          throw this.problem;
        }
        return this.boards;
      },
      stopTensorBoard: async () => undefined
    });
  }

  async open() {
    const drawn = draw(
      <TensorBoardsSection
        model={this.model}
        trans={trans}
        onOpen={each => this.done.push(`open ${each.label}`)}
        onMenu={each => this.done.push(`menu of ${each.label}`)}
        onStop={each => this.done.push(`ask for ${each.label}`)}
      />
    );
    await happened(() => drawn.one('button', /^TensorBoard/).click());
    await happened(() => this.model.refresh());
    return drawn;
  }
}

it('says which run, on what, and how much memory they hold', async () => {
  const story = new Story([
    board('a'),
    board('b', { state: 'stopped', memory_bytes: 0 }),
    board('c', { state: 'starting', memory_bytes: 0 }),
    board('d', { state: 'failed', memory_bytes: 0, problem: 'TensorBoard ended 4 times: no disk' })
  ]);
  const drawn = await story.open();

  expect(drawn.one('button', /^TensorBoard/).textContent).toBe('TensorBoard 4');
  const rows = drawn.all('button', /board [a-d]/).filter(each => !each.hasAttribute('aria-haspopup'));
  expect(rows.map(each => [each.textContent, each.title.split('\n')[1]])).toEqual([
    ['Running board a98 MB', 'Runs, and holds 98 MB of memory.'],
    ['Asleep board bAsleep', 'Ended, because nobody looked at it. It starts again when it is opened.'],
    ['Starting board cStarting', 'Starts.'],
    ['Failed board dFailed', 'TensorBoard ended 4 times: no disk']
  ]);
});

it('opens one, asks before it ends one, offers both in a menu', async () => {
  const story = new Story([board('a'), board('b')]);
  const drawn = await story.open();
  const row = drawn.one('button', /^Running board b/);

  await happened(() => row.click());
  await press(row, 'Delete');
  await happened(() => drawn.one('button', 'Actions of board b').click());

  expect(story.done).toEqual(['open board b', 'ask for board b', 'menu of board b']);
});

it('says how to open the first, and what is wrong', async () => {
  const story = new Story([]);
  const drawn = await story.open();
  expect(drawn.one('status').textContent).toBe(
    'No TensorBoard runs. Choose “Open in TensorBoard” in the menu of a run, or write %tensorboard RUN'
  );

  story.problem = new RequestError(503, 'There is no place for sockets.', '', true);
  await happened(() => story.model.refresh());
  expect(drawn.one('alert').textContent).toContain('There is no place for sockets.');

  story.problem = null;
  story.boards = [board('a')];
  await happened(async () => {
    drawn.one('button', 'Try again').click();
    await settle();
  });
  expect([drawn.all('alert'), drawn.all('button', /^Running board a/).length]).toEqual([[], 1]);
});

it('says nothing of a server that has not answered', async () => {
  const story = new Story([]);
  story.problem = new RequestError(0, 'gone');
  const drawn = await story.open();
  expect(drawn.one('button', /^TensorBoard/).textContent).toBe('TensorBoard ');
  expect(drawn.one('status').textContent).toBe('');
});
