import { webcrypto } from 'node:crypto';

import { nullTranslator } from '@jupyterlab/translation';

import { ModelFiles } from '../../../src/model/modelFile';
import { FakeServer, Refusal, runId } from '../fakes';

const trans = nullTranslator.load('jupyter_mlops');
const BYTES = 'the model';

async function sha256(text: string): Promise<string> {
  const hash = await webcrypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return Buffer.from(hash).toString('hex');
}

/** Files of runs by id, files of the server by path. */
class Story {
  readonly runs: Record<string, string> = {};
  readonly files: Record<string, string> = {};
  readonly asked: string[] = [];
  notebook: string | undefined = 'folder/story.ipynb';

  async find(
    changes: { runId?: string; path?: string; size?: number; sha256?: string } = {}
  ): Promise<string> {
    const server = new FakeServer(({ path, query }) => {
      this.asked.push(`${path} ${query.get('path')}`);
      const run = Object.keys(this.runs).find(id => path.includes(id));
      return run ? new Response(this.runs[run]) : new Refusal(404, 'No such file.');
    });
    const get = async (path: string) => {
      this.asked.push(path);
      const text = this.files[path];
      if (text === undefined) {
        throw new Error('404');
      }
      return { content: btoa(text) };
    };
    const files = new ModelFiles({
      settings: server.settings,
      contents: { get } as never,
      notebook: () => this.notebook,
      trans
    });
    const wanted = { runId: '', path: 'shop.onnx', size: 9, sha256: await sha256(BYTES), ...changes };
    return new TextDecoder().decode(await files.find(wanted));
  }
}

beforeAll(() => Object.defineProperty(globalThis, 'crypto', { value: webcrypto, configurable: true }));

it('is the run’s, wherever the notebook’s copy is', async () => {
  const story = new Story();
  story.runs[runId(1)] = BYTES;
  expect(await story.find({ runId: runId(1) })).toBe(BYTES);
  expect(story.asked).toEqual([`runs/${runId(1)}/artifacts/content onnx/model.onnx`]);
});

it('is beside the notebook where no run has it, or the run exported another since', async () => {
  const story = new Story();
  story.files['folder/models/shop.onnx'] = BYTES;
  expect(await story.find({ path: 'models/shop.onnx' })).toBe(BYTES);
  expect(story.asked).toEqual(['folder/models/shop.onnx']);
  story.runs[runId(1)] = 'another model';
  expect(await story.find({ runId: runId(1), path: 'models/shop.onnx' })).toBe(BYTES);
});

it('is not what has changed since', async () => {
  const story = new Story();
  story.files['folder/shop.onnx'] = 'another model';
  await expect(story.find()).rejects.toThrow('no longer the one that was compared. Export the model again.');
  await expect(story.find({ sha256: '' })).rejects.toThrow('no longer the one');
});

it.each([['../../etc/passwd'], ['/etc/passwd'], ['~/shop.onnx'], ['']])(
  'B24: is not looked for at %p, which is not below the server’s root',
  async path => {
    const story = new Story();
    await expect(story.find({ path, runId: '../../etc' })).rejects.toThrow('The file is not here');
    expect(story.asked).toEqual([]);
  }
);

it('is nowhere for a report outside of a notebook whose run is not here', async () => {
  const story = new Story();
  story.notebook = undefined;
  await expect(story.find({ runId: runId(1) })).rejects.toThrow('no run of this server keeps it');
});

it('is not read when it is too large for a page', async () => {
  const story = new Story();
  await expect(story.find({ size: 200_000_001 })).rejects.toThrow('200 MB at most');
  expect(story.asked).toEqual([]);
});

it('is not used where the browser cannot tell what it holds', async () => {
  const story = new Story();
  Object.defineProperty(globalThis, 'crypto', { value: {}, configurable: true });
  await expect(story.find()).rejects.toThrow('only over https, or on localhost');
  Object.defineProperty(globalThis, 'crypto', { value: webcrypto, configurable: true });
});
