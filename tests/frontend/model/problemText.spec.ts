import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { RequestError } from '../../../src/api/request';
import { problemText } from '../../../src/model/problemText';
import { FakeServer, Refusal } from '../fakes';

const trans = nullTranslator.load('jupyter_mlops');

/** What a page would say of a server that answers so. */
async function said(answer: () => unknown): Promise<string> {
  try {
    await new FakeServer(answer).api.status();
  } catch (error) {
    return problemText(error as RequestError, trans);
  }
  throw new Error('It was no refusal.');
}

it.each([
  [() => new Refusal(409, { message: 'The run goes on: stop it first.' }), 'The run goes on: stop it first.'],
  [
    () => new Response('<html>', { status: 502 }),
    'The Jupyter server answered with status 502 and no reason.'
  ],
  [() => Promise.reject(new TypeError('refused')), 'The Jupyter server does not answer.']
])('%#', async (answer, text) => {
  expect(await said(answer)).toBe(text);
});

it('translates our words, and leaves the server’s', () => {
  const german = { __: (text: string) => `de: ${text}` } as ReturnType<ITranslator['load']>;
  expect(problemText(new RequestError(0, 'x'), german)).toBe('de: The Jupyter server does not answer.');
  expect(problemText(new RequestError(400, 'x', '', true), german)).toBe('x');
});
