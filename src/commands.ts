/**
 * The commands' ids. Those about runs take `{ runIds: string[] }`; without it they act on what is selected. Those about
 * endpoints take `{ name }`, and ask for it where it is missing.
 */

export const CommandIDs = {
  openRun: 'jupyter-mlops:open-run',
  openRunLog: 'jupyter-mlops:open-run-log',
  compareRuns: 'jupyter-mlops:compare-runs',
  stopRun: 'jupyter-mlops:stop-run',
  loadRun: 'jupyter-mlops:load-run',
  rerunRun: 'jupyter-mlops:rerun-run',
  reproduceRun: 'jupyter-mlops:reproduce-run',
  renameRun: 'jupyter-mlops:rename-run',
  tagRun: 'jupyter-mlops:tag-run',
  noteRun: 'jupyter-mlops:note-run',
  archiveRun: 'jupyter-mlops:archive-run',
  keepRun: 'jupyter-mlops:keep-run',
  deleteRun: 'jupyter-mlops:delete-run',
  copyRunId: 'jupyter-mlops:copy-run-id',
  registerModel: 'jupyter-mlops:register-model',
  openEndpoint: 'jupyter-mlops:open-endpoint',
  testEndpoint: 'jupyter-mlops:test-endpoint',
  copyEndpointUrl: 'jupyter-mlops:copy-endpoint-url',
  copyEndpointCurl: 'jupyter-mlops:copy-endpoint-curl',
  showEndpointLog: 'jupyter-mlops:show-endpoint-log',
  rollBackEndpoint: 'jupyter-mlops:roll-back-endpoint',
  stopEndpoint: 'jupyter-mlops:stop-endpoint',
  openTensorBoard: 'jupyter-mlops:open-tensorboard',
  stopTensorBoard: 'jupyter-mlops:stop-tensorboard',
  showRuns: 'jupyter-mlops:show-runs',
  openRunTable: 'jupyter-mlops:open-run-table',
  arrangeRuns: 'jupyter-mlops:arrange-runs',
  toggleGroup: 'jupyter-mlops:toggle-group',
  closeGroups: 'jupyter-mlops:close-groups',
  refreshRuns: 'jupyter-mlops:refresh-runs',
  exportRuns: 'jupyter-mlops:export-runs',
  showRun: 'jupyter-mlops:show-run',
  showComparison: 'jupyter-mlops:show-comparison',
  runCellTracked: 'jupyter-mlops:run-cell-tracked'
} as const;
