import { AnswerOrder } from '../../../src/model/answerOrder';

it('takes answers until a later question was answered', () => {
  const order = new AnswerOrder();
  const questions = [order.ask(), order.ask(), order.ask()];
  expect(questions).toEqual([1, 2, 3]);
  expect([2, 1, 3, 2].map(question => order.isNews(question))).toEqual([true, false, true, false]);
});
