/** A section below the list of runs as a Lumino widget: it looks at the server only while it is on the screen. */

import { ReactWidget } from '@jupyterlab/ui-components';
import { Message } from '@lumino/messaging';

/** See the module. */
export class FooterWidget extends ReactWidget {
  /** Draw what `draw` returns; `look` begins to look, and returns what ends it. */
  constructor(
    private readonly _draw: () => JSX.Element,
    private readonly _look: () => () => void
  ) {
    super();
    this.addClass('mlops-FooterSection');
  }

  /** Draw. */
  protected override render(): JSX.Element {
    return this._draw();
  }

  /** Begin to look, when it is attached where it can be seen. */
  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    if (this.isVisible) {
      this._leave ??= this._look();
    }
  }

  /** Begin to look. */
  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this._leave ??= this._look();
  }

  /** Look no more. */
  protected override onBeforeHide(message: Message): void {
    this._end();
    super.onBeforeHide(message);
  }

  /** Look no more. */
  protected override onBeforeDetach(message: Message): void {
    this._end();
    super.onBeforeDetach(message);
  }

  private _end(): void {
    this._leave?.();
    this._leave = null;
  }

  private _leave: (() => void) | null = null;
}
