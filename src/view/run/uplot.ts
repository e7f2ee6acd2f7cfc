/** uPlot and its style, in a chunk of their own: loaded with the first curve that comes into sight. */

import 'uplot/dist/uPlot.min.css';

export { default } from 'uplot';
