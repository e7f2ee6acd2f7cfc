/** onnxruntime in the browser: WebAssembly from our own files, on the one thread of the worker that loads this. */

import type {} from 'onnxruntime-web';
import { InferenceSession, Tensor, env } from 'onnxruntime-web/wasm';

import { IAnswer, IFeed } from './session';
import { RunModel } from './worker';

// A file of the labextension: nothing comes from elsewhere. More threads would need the page to be isolated.
env.wasm.wasmPaths = {
  wasm: new URL('onnxruntime-web/ort-wasm-simd-threaded.wasm', import.meta.url).href
};
env.wasm.numThreads = 1;
env.logLevel = 'error';

/** Open a model. Rejected where the browser or onnxruntime will not have it. */
export async function openModel(bytes: Uint8Array): Promise<RunModel> {
  const session = await InferenceSession.create(bytes, { executionProviders: ['wasm'] });
  return async (feeds, outputs) => {
    const tensors = feeds.map(({ name, tensor }) => [name, tensorOf(tensor)] as const);
    const found = await session.run(Object.fromEntries(tensors), outputs);
    return outputs.map(name => answerOf(name, found[name]));
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
    dims: tensor?.dims ?? [],
    isFlag: tensor?.type === 'bool'
  };
}
