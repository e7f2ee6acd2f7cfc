/** Opens models in a worker of their own, whose program and WebAssembly are loaded with the first. */

import { IModelSession } from './session';
import { openInWorker } from './worker';

/** Open a model. Rejected where the browser or onnxruntime will not have it. */
export async function openModel(bytes: Uint8Array): Promise<IModelSession> {
  return openInWorker(bytes, new Worker(new URL('./modelWorker', import.meta.url)));
}
