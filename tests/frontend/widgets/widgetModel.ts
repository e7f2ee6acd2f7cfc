/** The model of an anywidget: what it holds, what was sent to the kernel, and a kernel that answers when it is told to. */

import { IWidgetModel } from '../../../src/widgets/report/anywidget';

/** See the module. */
export class WidgetModel implements IWidgetModel {
  readonly sent: any[] = [];
  readonly heard = new Set<readonly [string, (data: unknown) => void]>();
  /** A front end whose kernel is gone may throw. */
  throws = false;

  constructor(private readonly _report: unknown) {}

  get(name: string): unknown {
    return name === 'report' ? this._report : undefined;
  }

  on(event: string, heard: (data: unknown) => void): void {
    this.heard.add([event, heard]);
  }

  off(event: string, heard: (data: unknown) => void): void {
    this.heard.forEach(each => each[0] === event && each[1] === heard && this.heard.delete(each));
  }

  send(data: unknown): void {
    if (this.throws) {
      throw new Error('Cannot send');
    }
    this.sent.push(data);
  }

  /** Something happened to the widget; what was told has been worked on when this resolves. */
  async tell(event: string, data?: unknown): Promise<void> {
    this.heard.forEach(([heard, take]) => heard === event && take(data));
    await new Promise<void>(done => setTimeout(done));
  }

  /** Answer the newest question. */
  answer(more: object = {}): Promise<void> {
    const none = { predicted: [], contributions: [], problem: '', gone: false };
    return this.tell('msg:custom', { ...none, request: this.sent.at(-1).request, ...more });
  }
}
