/** Our icons, drawn for JupyterLab's 16 x 16 grid and coloured by its variables. */

import { LabIcon } from '@jupyterlab/ui-components';

const svg = (body: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">${body}</svg>`;
const stroke = 'fill="none" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"';

/** The explorer: a curve that goes up over a line. */
export const runsIcon = new LabIcon({
  name: 'jupyter-mlops:runs',
  svgstr: svg(
    `<g class="jp-icon3" fill="#616161"><path d="M3 3h2v16h16v2H3z"/><path d="m7.6 16.7-1.2-1.4 4.7-4.8 3.5 2.6 4.6-6.3 1.6 1.2-5.8 8-3.7-2.8z"/></g>`
  )
});

/** A run that waits. */
export const scheduledIcon = new LabIcon({
  name: 'jupyter-mlops:scheduled',
  svgstr: svg(`<circle class="mlops-Icon-line" cx="12" cy="12" r="8" ${stroke} stroke-dasharray="3 3.28"/>`)
});

/** A run that goes on. */
export const runningIcon = new LabIcon({
  name: 'jupyter-mlops:running',
  svgstr: svg(`<circle class="mlops-Icon-running" cx="12" cy="12" r="7"/>`)
});

/** A run that has finished. */
export const finishedIcon = new LabIcon({
  name: 'jupyter-mlops:finished',
  svgstr: svg(`<path class="mlops-Icon-finished" d="m5 12.5 4.5 4.5L19 7.5" ${stroke}/>`)
});

/** A run that has failed. */
export const failedIcon = new LabIcon({
  name: 'jupyter-mlops:failed',
  svgstr: svg(`<path class="mlops-Icon-failed" d="M6.5 6.5l11 11m0-11l-11 11" ${stroke}/>`)
});

/** A run that was stopped. */
export const killedIcon = new LabIcon({
  name: 'jupyter-mlops:killed',
  svgstr: svg(`<rect class="mlops-Icon-killed" x="6" y="6" width="12" height="12" rx="1"/>`)
});

/** TensorBoard: curves in a frame. */
export const tensorBoardIcon = new LabIcon({
  name: 'jupyter-mlops:tensorboard',
  svgstr: svg(
    `<g class="mlops-Icon-line" ${stroke}><rect x="3" y="4" width="18" height="16" rx="1"/><path d="m6 15 4-5 3 3 5-6"/></g>`
  )
});

/** A label tied to something. */
export const tagRunIcon = new LabIcon({
  name: 'jupyter-mlops:tag',
  svgstr: svg(
    `<path class="jp-icon3" fill="#616161" fill-rule="evenodd" d="M12.4 3H20a1 1 0 0 1 1 1v7.6a1 1 0 0 1-.3.7l-8.9 8.9a1 1 0 0 1-1.4 0l-7.6-7.6a1 1 0 0 1 0-1.4l8.9-8.9a1 1 0 0 1 .7-.3zm4.1 6a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3z"/>`
  )
});

/** A box with a lid. */
export const archiveIcon = new LabIcon({
  name: 'jupyter-mlops:archive',
  svgstr: svg(
    `<path class="jp-icon3" fill="#616161" fill-rule="evenodd" d="M3 4h18v5H3zm1 6h16v9a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1zm5 2v2h6v-2z"/>`
  )
});

/** A lock. JupyterLab's own stays dark in the dark theme. */
export const keepRunIcon = new LabIcon({
  name: 'jupyter-mlops:keep',
  svgstr: svg(
    `<path class="jp-icon3" fill="#616161" fill-rule="evenodd" d="M6 10V8a6 6 0 0 1 12 0v2a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2v-8a2 2 0 0 1 2-2zm2.5 0h7V8a3.5 3.5 0 0 0-7 0zM12 18a2 2 0 1 0 0-4 2 2 0 0 0 0 4z"/>`
  )
});
