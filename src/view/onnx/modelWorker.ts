/** The program of the worker that runs a model: the page goes on while it thinks. */

import { openModel } from './onnxRuntime';
import { IEnd, serve } from './worker';

serve(self as unknown as IEnd, openModel);
