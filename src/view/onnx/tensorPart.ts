/** Where one input's tensor is given: as JSON, or as a picture from a file where its shape is one. */

import { OWN_KEYS, select } from '../../widgets/report/controls';
import { make, named } from '../../widgets/report/dom';
import { IWords, isolated } from '../../widgets/report/words';
import { FieldError } from './feeds';
import { IPicture, Scale, drawPicture, pixelValues, scalesOf } from './pictures';
import { IRowPart } from './rowPart';
import { IFeed } from './session';
import { ITensorInput, dimsText, firstRow, pixelFeed, tensorFeed } from './tensors';

/** Draws a file into a canvas, and returns its pixels. */
export type DrawPicture = (file: Blob, canvas: HTMLCanvasElement) => Promise<ArrayLike<number>>;

/** See the module. */
export class TensorPart implements IRowPart {
  readonly nodes: readonly HTMLElement[];

  /** Begin with zeros, or with nothing where they would be too many. */
  constructor(
    private readonly _input: ITensorInput,
    private readonly _words: IWords,
    private readonly _draw: DrawPicture = drawPicture
  ) {
    const { tensor, picture } = _input;
    const hint = _words.__('%1 (%2), as JSON', tensor.name, dimsText(_input, _words));
    this._text = make(
      'textarea',
      { ...OWN_KEYS, rows: 3, spellcheck: 'false', class: 'mlops-OnnxForm-json' },
      firstRow(_input)
    );
    this._text.addEventListener('input', () => this._forget());
    this.nodes = [
      ...(picture ? [this._pictureNode(picture)] : []),
      make('label', { class: 'mlops-OnnxForm-wide' }, named(hint), this._text)
    ];
  }

  /** See `IRowPart`. */
  feed(): IFeed {
    const { picture, tensor } = this._input;
    if (picture && this._pixels) {
      return pixelFeed(this._input, pixelValues(picture, this._pixels, this._scale));
    }
    try {
      if (!this._text.value.trim()) {
        throw new FieldError(
          picture
            ? this._words.__('%1: choose a picture, or write JSON.', isolated(tensor.name))
            : this._words.__('%1: a row as JSON is wanted.', isolated(tensor.name))
        );
      }
      return tensorFeed(this._input, this._text.value, this._words);
    } catch (error) {
      if (error instanceof FieldError) {
        this._text.setAttribute('aria-invalid', 'true');
        this._text.focus();
      }
      throw error;
    }
  }

  private _pictureNode(picture: IPicture): HTMLElement {
    const words = this._words;
    const scales = scalesOf(picture, this._input.tensor.type);
    const names: Readonly<Record<Scale, string>> = {
      unit: words.__('0 to 1'),
      bytes: words.__('0 to 255'),
      signed: words.__('-1 to 1'),
      imagenet: words.__('as ImageNet’s networks')
    };
    this._scale = scales[0] ?? 'unit';
    this._canvas.width = picture.width;
    this._canvas.height = picture.height;
    this._canvas.classList.toggle('mlops-mod-grey', picture.channels === 1);
    this._canvas.setAttribute('aria-label', words.__('The picture as the model sees it'));
    this._file.addEventListener('change', () => void this._choose());
    const options = scales.map(value => ({ value, label: names[value] }));
    return make(
      'div',
      { class: 'mlops-OnnxForm-picture' },
      make(
        'label',
        { class: 'mlops-OnnxForm-wide' },
        named(words.__('%1: a picture from a file', this._input.tensor.name)),
        this._file
      ),
      options.length > 1
        ? select(words.__('Pixels from'), options, this._scale, value => {
            this._scale = value as Scale;
          })
        : null,
      this._canvas,
      this._said
    );
  }

  private async _choose(): Promise<void> {
    const words = this._words;
    const [file] = this._file.files ?? [];
    if (!file) {
      this._forget();
      return;
    }
    try {
      this._pixels = await this._draw(file, this._canvas);
      this._canvas.hidden = false;
      this._text.value = '';
      this._said.textContent = words.__(
        'Resized to %1 × %2, as the model sees it.',
        this._canvas.width,
        this._canvas.height
      );
    } catch {
      // Whatever the decoder says, it is about bytes; the reader chose a file.
      this._forget();
      this._said.textContent = words.__('This browser reads no picture in %1.', isolated(file.name));
    }
  }

  /** The picture counts no more: something else was given. */
  private _forget(): void {
    this._pixels = null;
    this._file.value = '';
    this._canvas.hidden = true;
    this._said.textContent = '';
  }

  private _scale: Scale = 'unit';
  private _pixels: ArrayLike<number> | null = null;
  private readonly _text: HTMLTextAreaElement;
  private readonly _file = make('input', { ...OWN_KEYS, type: 'file', accept: 'image/*' });
  private readonly _canvas = make('canvas', { class: 'mlops-OnnxForm-preview', hidden: true, role: 'img' });
  private readonly _said = make('span', { class: 'mlops-Report-note', role: 'status' });
}
