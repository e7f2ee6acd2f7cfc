/**
 * What a run has displayed, under its card: figures and tables as the cell would have shown them.
 *
 * They come from the run's directory, which nobody has signed: they are drawn as in an untrusted notebook, so that HTML
 * is cleaned and no script runs.
 */

import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { PartialJSONObject } from '@lumino/coreutils';
import { Panel, Widget } from '@lumino/widgets';

import { CARD_MIME } from '../api/guards';
import { IRunOutput, RunDisplays } from '../model/runDisplays';

/** scikit-learn's name for what its drawing of an estimator says where its style is taken away. */
const ESTIMATOR_FALLBACK = 'sk-text-repr-fallback';

/** What of a bundle can be shown here. */
export function showable(bundle: IRunOutput['data']): IRunOutput['data'] {
  // A card within a card, of the same run perhaps, would have no end.
  const { [CARD_MIME]: _card, 'text/html': html, ...rest } = bundle;
  // Cleaned, an estimator's drawing would ask its reader to trust the notebook: the text says more.
  const isFallback = 'text/plain' in rest && typeof html === 'string' && html.includes(ESTIMATOR_FALLBACK);
  return html === undefined || isFallback ? rest : { 'text/html': html, ...rest };
}

/** See the module. */
export class RunOutputs extends Panel {
  /** Show the outputs of `displays`, and go on with them. */
  constructor(
    private readonly _displays: RunDisplays,
    private readonly _rendermime: IRenderMimeRegistry
  ) {
    super();
    this.addClass('mlops-RunOutputs');
    _displays.changed.connect(this._draw, this);
    this._draw();
  }

  /** Let go of the outputs. */
  override dispose(): void {
    this._displays.changed.disconnect(this._draw, this);
    super.dispose();
  }

  /** Draw what is new from the first difference on: what stands stays as it is. */
  private _draw(): void {
    const { outputs } = this._displays;
    const same = outputs.findIndex((output, index) => this._drawn[index] !== output);
    const kept = same < 0 ? outputs.length : same;
    this.widgets.slice(kept).forEach(widget => widget.dispose());
    outputs.slice(kept).forEach(output => this.addWidget(this._create(output)));
    this._drawn = outputs;
  }

  private _create(output: IRunOutput): Widget {
    const bundle = {
      data: showable(output.data) as PartialJSONObject,
      metadata: output.metadata as PartialJSONObject,
      trusted: false
    };
    const mime = this._rendermime.preferredMimeType(bundle.data, 'ensure');
    if (!mime) {
      return new Widget();
    }
    const renderer = this._rendermime.createRenderer(mime);
    renderer.addClass('jp-OutputArea-output');
    void renderer.renderModel(this._rendermime.createModel(bundle));
    return renderer;
  }

  private _drawn: readonly IRunOutput[] = [];
}
