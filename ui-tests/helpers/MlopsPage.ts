/** JupyterLab with jupyter-mlops as a user meets it: things are found by role and name, and only here. */

import { Dialog, FrameLocator, Locator, Page, Request, WebSocket, expect } from '@playwright/test';

import type AxeBuilder from '@axe-core/playwright';

import type { JupyterServer } from './jupyterServer';

/** How JupyterLab looks: light, as it comes, and dark. */
export const THEMES = ['JupyterLab Light', 'JupyterLab Dark'];

/** The roots of our views, where they are shown. */
const OURS = [
  '.mlops-Explorer',
  '.mlops-ExplorerFooter',
  '.mlops-RunCard',
  '.mlops-RunView',
  '.mlops-EndpointTab',
  '.mlops-Comparison',
  '.mlops-Report'
];

/** See the module. */
export class MlopsPage {
  /** What the page logged as an error, and what was thrown in it. */
  readonly errors: string[] = [];
  /** Windows that a script opened to say something. None should. */
  readonly dialogs: string[] = [];
  /** Requests to other hosts. None should be. */
  readonly strangers: string[] = [];
  /** Requests to where hostile texts would send them. None should be. */
  readonly beacons: string[] = [];
  /** Our live connections since the page was loaded, one after the other. */
  readonly connections: WebSocket[] = [];
  /** What was asked of our server: method and path below the base URL. */
  readonly asked: string[] = [];

  constructor(
    readonly page: Page,
    private readonly _server: JupyterServer,
    private readonly _port?: number
  ) {
    page.on('pageerror', error => this.errors.push(error.message));
    page.on('dialog', dialog => void this._onDialog(dialog));
    page.on('request', request => this._onRequest(request));
    page.on('websocket', socket => this._onWebSocket(socket));
  }

  // Opening

  /** Open JupyterLab, with a notebook if one is named, and wait until it can be used. */
  async open(path = ''): Promise<void> {
    await this.page.goto(this._server.url(path ? `lab/tree/${encodeURI(path)}` : 'lab', this._port));
    await this.isReady();
    if (path) {
      await this.kernelIsIdle();
    }
  }

  /** Open a notebook whose kernel nobody has. */
  async openWithoutKernel(path: string): Promise<void> {
    await this.page.goto(this._server.url(`lab/tree/${encodeURI(path)}`, this._port));
    await this.isReady();
    await this.answer('No Kernel');
  }

  /** Load the page again, as F5 does. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.isReady();
  }

  /** Wait until JupyterLab has started and its layout is restored. */
  async isReady(): Promise<void> {
    await this.page.locator('#jupyterlab-splash').waitFor({ state: 'detached', timeout: 60_000 });
    await this.tab('Runs').waitFor();
  }

  /** Wait until the notebook's kernel answers and has nothing to do. */
  async kernelIsIdle(): Promise<void> {
    // JupyterLab says "idle" as soon as the server does; what is sent before the kernel has answered may be dropped.
    await expect.poll(() => this._kernelAnswers, { timeout: 60_000 }).toBe(true);
    await expect(
      this.page.locator('.jp-NotebookPanel:visible .jp-Notebook-ExecutionIndicator')
    ).toHaveAttribute('data-status', 'idle', { timeout: 60_000 });
  }

  // JupyterLab

  /** A tab of a sidebar or of the main area. */
  tab(name: string | RegExp): Locator {
    return this.page.getByRole('tab', { name }).first();
  }

  /** A button, wherever it is. */
  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  /** The visible main-area panel of a tab. */
  get main(): Locator {
    return this.page.locator('#jp-main-dock-panel .lm-DockPanel-widget:visible');
  }

  /** Execute a command by its label, through the palette. */
  async command(label: string): Promise<void> {
    const palette = this.page.locator('#modal-command-palette');
    const items = palette.getByRole('menuitem', { name: label });
    // A notebook that is still opening takes the focus, and the palette closes without it: at any moment.
    await expect(async () => {
      await this.page.keyboard.press('Control+Shift+C');
      await palette.locator('input').fill(label, { timeout: 2_000 });
      await items
        .or(palette.getByText(label, { exact: true }))
        .first()
        .click({ timeout: 5_000 });
    }).toPass();
  }

  /** Put JupyterLab into a theme, and wait until it is. */
  async theme(theme: string): Promise<void> {
    await this.command(`Use Theme: ${theme}`);
    await expect(this.page.locator('body')).toHaveAttribute('data-jp-theme-name', theme);
    await expect(this.page.locator('#jupyterlab-splash')).toHaveCount(0);
  }

  /** Choose an item of the main menu. */
  async menu(...labels: readonly string[]): Promise<void> {
    const [bar = '', ...items] = labels;
    await this.page.getByRole('menubar').getByRole('menuitem', { name: bar, exact: true }).click();
    for (const item of items) {
      // By its label: a name by role has the shortcut in it.
      await this.page.locator('.lm-Menu-itemLabel').getByText(item, { exact: true }).last().click();
    }
  }

  /** Answer the dialog that is open. */
  async answer(button: string): Promise<void> {
    await this.page.locator('.jp-Dialog-button').getByText(button, { exact: true }).click();
    await expect(this.page.locator('.jp-Dialog')).toHaveCount(0);
  }

  /** Restart the kernel of the notebook that is shown, and wait until the new one can be used. */
  async restartKernel(): Promise<void> {
    await this.menu('Kernel', 'Restart Kernel…');
    // The new one answers over a connection of its own; until then JupyterLab may still show the old one's "idle".
    this._kernelAnswers = false;
    await this.answer('Restart');
    await this.kernelIsIdle();
  }

  /** Run every cell of the notebook that is shown. */
  async runAllCells(): Promise<void> {
    await this.menu('Run', 'Run All Cells');
  }

  /** Choose an item of the context menu that is open. */
  async contextMenu(label: string): Promise<void> {
    await this.page.locator('.lm-Menu-itemLabel').getByText(label, { exact: true }).click();
  }

  /** Wait until JupyterLab has told the server how its tabs stand: these among them, the last of them in front. */
  async layoutIsSaved(...namespaces: readonly string[]): Promise<void> {
    for (const namespace of namespaces) {
      await expect.poll(() => this._layout).toContain(`"${namespace}:`);
    }
    await expect.poll(() => this._layout).toContain(`"current":"${namespaces[namespaces.length - 1]}:`);
  }

  /** Leave the whole width to the main area. */
  async hideSidebar(): Promise<void> {
    const stack = this.page.locator('#jp-left-stack');
    if (await stack.isVisible()) {
      await this.page.keyboard.press('Control+b');
      await expect(stack).toBeHidden();
    }
  }

  /** The cells of the notebook that is shown. */
  get cells(): Locator {
    return this.page.locator('.jp-NotebookPanel:visible .jp-Cell');
  }

  /** Write the notebook to its file. */
  async save(): Promise<void> {
    // What a kernel still sends would change the notebook again.
    await this.kernelIsIdle();
    await this.menu('File', 'Save Notebook');
    await expect(this.page.locator('#jp-main-dock-panel .jp-mod-dirty')).toHaveCount(0);
  }

  /** A tab of the main area. */
  mainTab(name: string | RegExp): Locator {
    return this.page.locator('#jp-main-dock-panel').getByRole('tab', { name }).first();
  }

  /** Close a tab of the main area. */
  async closeTab(name: string): Promise<void> {
    await this.mainTab(name).locator('.lm-TabBar-tabCloseIcon').click();
  }

  // Runs

  /** The card of a run in its cell. */
  card(name: string): Locator {
    return this.page.getByRole('region', { name: `Run ${name}`, exact: true });
  }

  /** The last lines in a card. */
  lines(name: string): Locator {
    return this.card(name).locator('.mlops-LogLines');
  }

  /** Wait until a card's last lines are exactly these. */
  async hasLines(name: string, lines: readonly string[]): Promise<void> {
    await expect
      .poll(async () => (await this.lines(name).innerText()).trim().split('\n'), { timeout: 30_000 })
      .toEqual(lines);
  }

  /** Show the last lines of a run that has ended. */
  async openLines(name: string): Promise<void> {
    const disclosure = this.card(name).getByRole('button', { name: 'Last lines' });
    if ((await disclosure.getAttribute('aria-expanded')) === 'false') {
      await disclosure.click();
    }
  }

  /** All log bytes that came over the live connection, as text; where bytes lack or come twice, it says so. */
  get streamed(): string {
    let text = '';
    for (const { offset, bytes } of this._chunks) {
      text += offset === text.length ? bytes.toString('latin1') : `[from ${text.length} to ${offset}]`;
    }
    return text;
  }

  /** Show the sidebar's list of runs. */
  async showRuns(): Promise<void> {
    if (!(await this.explorer.isVisible())) {
      await this.tab('Runs').click();
    }
    await this.list.or(this.explorer.getByRole('status')).first().waitFor();
  }

  /** The explorer in the sidebar. */
  get explorer(): Locator {
    return this.page.locator('#jp-left-stack').getByRole('region', { name: 'Runs' });
  }

  /** The table of runs in the main area. */
  get table(): Locator {
    return this.page.locator('#jp-main-dock-panel').getByRole('treegrid', { name: 'Runs' });
  }

  /** The sidebar's list. */
  get list(): Locator {
    return this.explorer.getByRole('treegrid', { name: 'Runs' });
  }

  /** Open a group of the sidebar's list. */
  async unfold(group: string): Promise<void> {
    const row = this.list.getByRole('row').filter({ has: this.page.getByText(group, { exact: true }) });
    await row.waitFor();
    if ((await row.getAttribute('aria-expanded')) === 'false') {
      await row.click();
    }
  }

  /** A run's line in the sidebar's list. */
  row(name: string): Locator {
    return this.list.getByRole('row').filter({ has: this.page.getByText(name, { exact: true }) });
  }

  /** The names in the sidebar's list, from the top; groups are left out. */
  async names(within: Locator = this.list): Promise<readonly string[]> {
    return within.locator('.mlops-RunRow-run .mlops-RunRow-name > bdi:first-of-type').allTextContents();
  }

  /** The text of the line that the keyboard stands on. */
  async activeRow(): Promise<string> {
    return this.list.locator('.mlops-mod-active').innerText();
  }

  /** Press Tab until the element with this name has the focus. */
  async tabTo(name: string): Promise<void> {
    for (let count = 0; count < 60; count++) {
      const texts = await this.page.evaluate(() => {
        const focus = document.activeElement; // The page's body, where what had the focus has just gone.
        return [focus?.getAttribute('aria-label'), focus instanceof HTMLElement ? focus.innerText : ''];
      });
      if (texts.some(text => text?.trim() === name)) {
        return;
      }
      await this.page.keyboard.press('Tab');
    }
    throw new Error(`Tab does not lead to ${name}.`);
  }

  /** Go down in the menu that is open until an item is marked. */
  async downTo(label: string): Promise<void> {
    // The last menu is the one that was opened last.
    const menu = this.page.locator('.lm-Menu').last();
    const marked = menu.locator('.lm-Menu-item.lm-mod-active .lm-Menu-itemLabel');
    await menu.waitFor();
    for (let count = 0; count < 40; count++) {
      await this.page.keyboard.press('ArrowDown');
      if ((await marked.innerText()) === label) {
        return;
      }
    }
    throw new Error(`The menu has no item ${label}.`);
  }

  /** The sidebar's search field. */
  get search(): Locator {
    return this.explorer.getByRole('combobox', { name: 'Search runs' });
  }

  /** The bar with what can be done with the selected runs. */
  get selectionBar(): Locator {
    return this.explorer.getByRole('toolbar', { name: 'Selected runs' });
  }

  /** The word on runs in the status bar. */
  get statusItem(): Locator {
    return this.page.locator('#jp-main-statusbar').getByTitle('Show the runs');
  }

  // Below the list of runs

  /** The head of a section below the list of runs. */
  section(title: string): Locator {
    return this.explorer.locator('h3').getByRole('button', { name: new RegExp(`^${title}`) });
  }

  /** The line of an endpoint or a TensorBoard in its section. */
  sectionLine(name: string): Locator {
    const lines = this.explorer.getByRole('listitem').getByRole('button');
    return lines.filter({ has: this.page.getByText(name, { exact: true }) });
  }

  /** The registered models, where their part is open. */
  get models(): Locator {
    return this.explorer.getByRole('tree', { name: 'Registered models' });
  }

  /** A model's or a version's line. */
  modelLine(name: string): Locator {
    return this.models.getByRole('treeitem').filter({ has: this.page.getByText(name, { exact: true }) });
  }

  // Run view, comparison, TensorBoard

  /** The run view that is shown. */
  get runView(): Locator {
    return this.page.locator('.mlops-RunView:visible');
  }

  /** Show a part of the run view or of a comparison. */
  async part(name: string): Promise<void> {
    await this.main.getByRole('tab', { name, exact: true }).click();
  }

  /** The log in the run view. */
  get log(): Locator {
    return this.runView.getByRole('log');
  }

  /** The endpoint that is shown. */
  get endpoint(): Locator {
    return this.page.locator('.mlops-Endpoint:visible');
  }

  /** The comparison that is shown. */
  get comparison(): Locator {
    return this.page.locator('.mlops-Comparison:visible');
  }

  // Reports

  /** The fairness reports in the notebook that is shown. */
  get fairness(): Locator {
    return this.cells.getByRole('region', { name: 'Fairness report' });
  }

  /** The explanations in the notebook that is shown. */
  get explanation(): Locator {
    return this.cells.getByRole('region', { name: 'Explanation' });
  }

  /** The cards of exported models in the notebook that is shown. */
  get exported(): Locator {
    return this.cells.getByRole('region', { name: 'Exported model' });
  }

  /** What a report says, as it is read: without what isolates names. */
  async said(report: Locator): Promise<string> {
    return (await report.innerText()).replace(/[\u2066-\u2069]/g, '').replace(/\s+/g, ' ');
  }

  /** The row of a table or grid in a report, by how its name begins. */
  rowOf(table: Locator, name: string): Locator {
    const rows = table.getByRole('row').filter({ has: this.page.getByRole('rowheader') });
    return rows.filter({ has: this.page.locator(`[role=rowheader]:has(bdi:text-is("${name}"))`) });
  }

  /** The models of a report's trade-off with their gaps, out of its table. */
  async gaps(report: Locator): Promise<Readonly<Record<string, number>>> {
    const table = report.getByRole('table', { name: /^gap in .* against/ });
    if (!(await table.isVisible())) {
      await report.getByText(/^Table: \d+ rows?$/).click();
    }
    // A table is made when it is unfolded, which the page is told of a moment later.
    await table.locator('tbody tr').first().waitFor();
    const rows = await table.locator('tbody tr').all();
    const cells = await Promise.all(rows.map(row => row.locator('th, td').allInnerTexts()));
    return Object.fromEntries(cells.map(texts => [texts[0] ?? '', parseFloat(texts[3] ?? '')]));
  }

  /** A picture of the first chart of the TensorBoard that is shown; null before there is one. */
  async tensorBoardChart(): Promise<Buffer | null> {
    const chart = this.tensorBoard.locator('line-chart').first();
    return (await chart.isVisible()) ? chart.screenshot() : null;
  }

  /** Look at our own views, not at JupyterLab's. */
  ourViews(axe: AxeBuilder): AxeBuilder {
    return OURS.reduce((each, selector) => each.include(selector), axe);
  }

  /** TensorBoard's own page. */
  get tensorBoard(): FrameLocator {
    return this.page.frameLocator('iframe[title^="TensorBoard"]:visible');
  }

  private async _onDialog(dialog: Dialog): Promise<void> {
    // JupyterLab asks before a tab with unsaved work is left.
    if (dialog.type() !== 'beforeunload') {
      this.dialogs.push(dialog.message());
    }
    await dialog.accept();
  }

  private _onRequest(request: Request): void {
    const url = new URL(request.url());
    if (request.isNavigationRequest() && request.frame() === this.page.mainFrame()) {
      // JupyterLab leads a second tab to a workspace of its own, which loads the page again, sooner or later.
      this.connections.length = 0;
      this._kernelAnswers = false;
    }
    if (url.protocol.startsWith('http') && url.hostname !== '127.0.0.1') {
      this.strangers.push(request.url());
    }
    if (url.port === '1') {
      this.beacons.push(request.url());
    }
    if (request.method() === 'PUT' && url.pathname.includes('/api/workspaces/')) {
      // A page that is closed in between has no answer.
      const answered = request.response().catch(() => null);
      void answered.then(response => {
        this._layout = response?.ok() ? (request.postData() ?? '') : this._layout;
      });
    }
    const [, path] = /\/jupyter-mlops\/(.*)$/.exec(url.pathname) ?? [];
    if (path !== undefined) {
      this.asked.push(`${request.method()} ${path}`);
    }
  }

  private _onWebSocket(socket: WebSocket): void {
    if (socket.url().includes('/channels')) {
      this._kernelAnswers = false;
      socket.on(
        'framereceived',
        ({ payload }) => (this._kernelAnswers ||= payload.includes('kernel_info_reply'))
      );
    }
    if (!new URL(socket.url()).pathname.endsWith('/jupyter-mlops/api/live')) {
      return;
    }
    this.connections.push(socket);
    socket.on('framesent', ({ payload }) => this.asked.push(`WATCH ${payload}`));
    socket.on('framereceived', ({ payload }) => {
      if (typeof payload !== 'string') {
        // 16 bytes of run id, 8 bytes of offset, then the log's.
        this._chunks.push({ offset: Number(payload.readBigUInt64BE(16)), bytes: payload.subarray(24) });
      }
    });
  }

  private _kernelAnswers = false;
  private _layout = '';
  private readonly _chunks: { readonly offset: number; readonly bytes: Buffer }[] = [];
}
