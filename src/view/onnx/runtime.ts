/** onnxruntime in the browser: WebAssembly on one thread, from our own files. Loaded when it is first asked for. */

import type {} from 'onnxruntime-web';
import { InferenceSession, Tensor, env } from 'onnxruntime-web/wasm';

import { IAnswer, IFeed, IModelSession } from './session';

// A file of the labextension: nothing comes from elsewhere, and no other thread needs the page to be isolated.
env.wasm.wasmPaths = {
  wasm: new URL('onnxruntime-web/ort-wasm-simd-threaded.wasm', import.meta.url).href
};
env.wasm.numThreads = 1;
env.logLevel = 'error';

/** Open a model. Rejected where the browser or onnxruntime will not have it. */
export async function openModel(bytes: Uint8Array): Promise<IModelSession> {
  const session = await InferenceSession.create(bytes, { executionProviders: ['wasm'] });
  return {
    run: async (feeds, outputs) => {
      const tensors = feeds.map(({ name, tensor }) => [name, tensorOf(tensor)] as const);
      const found = await session.run(Object.fromEntries(tensors), outputs);
      return outputs.map(name => answerOf(name, found[name]));
    },
    dispose: () => void session.release()
  };
}

function tensorOf({ type, data, dims }: IFeed['tensor']): Tensor {
  return new Tensor(type, data as never, dims);
}

function answerOf(name: string, tensor: Tensor | undefined): IAnswer {
  const values = tensor ? Array.from(tensor.data as ArrayLike<unknown>) : [];
  return {
    name,
    // Whole numbers may be larger than a number of JavaScript.
    values: values.map(value => (typeof value === 'number' ? value : String(value))),
    isFlag: tensor?.type === 'bool'
  };
}
