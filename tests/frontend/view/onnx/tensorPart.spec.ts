import { TensorPart } from '../../../../src/view/onnx/tensorPart';
import { tensorInput } from '../../../../src/view/onnx/tensors';
import { ENGLISH } from '../../../../src/widgets/report/words';
import { settle } from '../../fakes';
import { seen } from '../../widgets/reader';
import { tensor } from './onnxReports';

/** A part of a form, and a browser that draws what a story says. */
class Story {
  readonly drawn: [number, number][] = [];
  pixels: readonly number[] | Error = Array.from({ length: 64 * 4 }, () => 255);
  readonly part: TensorPart;

  constructor(type: string, shape: readonly (number | null)[]) {
    this.part = new TensorPart(tensorInput(tensor('image', type, shape))!, ENGLISH, async (_, canvas) => {
      this.drawn.push([canvas.width, canvas.height]);
      if (this.pixels instanceof Error) {
        throw this.pixels;
      }
      return this.pixels;
    });
    document.body.replaceChildren(...this.part.nodes);
  }

  get<T extends HTMLElement = HTMLElement>(selector: string): T {
    return document.querySelector<T>(selector)!;
  }

  /** Choose a file, as a reader does in the browser's dialog. */
  async choose(name = 'seven.png'): Promise<void> {
    const field = this.get<HTMLInputElement>('input[type=file]');
    Object.defineProperty(field, 'files', { value: [new File(['x'], name)], configurable: true });
    field.dispatchEvent(new Event('change'));
    await settle();
  }

  get said(): string {
    return seen(this.get('[role=status]').textContent);
  }
}

it('offers a file only where the shape is a picture', () => {
  expect(new Story('float32', [null, 4, 2]).get('input[type=file]')).toBeNull();
  expect(new Story('float32', [null, 8, 8]).get('input[type=file]')).not.toBeNull();
});

it('gives the pixels of a file, worth what the reader says', async () => {
  const story = new Story('float32', [null, 8, 8]);
  await story.choose();
  expect([story.drawn, story.said]).toEqual([[[8, 8]], 'Resized to 8 × 8, as the model sees it.']);
  expect(story.get<HTMLCanvasElement>('canvas').hidden).toBe(false);
  expect(story.part.feed().tensor.data[0]).toBeCloseTo(1);
  const list = story.get<HTMLSelectElement>('select');
  expect([...list.options].map(option => option.label)).toEqual(['0 to 1', '0 to 255', '-1 to 1']);
  list.value = 'bytes';
  list.dispatchEvent(new Event('change'));
  expect(story.part.feed().tensor.data[0]).toBeCloseTo(255);
});

it('asks for no worth where a pixel can have only one', () => {
  expect(new Story('uint8', [null, 8, 8, 3]).get('select')).toBeNull();
});

it('takes what is written after a picture instead of it', async () => {
  const story = new Story('float32', [null, 8, 8]);
  await story.choose();
  const text = story.get<HTMLTextAreaElement>('textarea');
  expect(text.value).toBe('');
  text.value = JSON.stringify(Array.from({ length: 8 }, () => Array.from({ length: 8 }, () => 3)));
  text.dispatchEvent(new Event('input'));
  expect([story.part.feed().tensor.data[0], story.get<HTMLCanvasElement>('canvas').hidden]).toEqual([
    3,
    true
  ]);
});

it('says what to do where nothing is given, and what no picture is', async () => {
  const story = new Story('float32', [null, 3, 224, 224]);
  expect(() => story.part.feed()).toThrow(/choose a picture, or write JSON/);
  expect(document.activeElement).toBe(story.get('textarea'));
  story.pixels = new Error('The source image could not be decoded.');
  await story.choose('notes.txt');
  expect(story.said).toBe('This browser reads no picture in notes.txt.');
  expect(() => story.part.feed()).toThrow(/choose a picture/);
  expect(() => new Story('float32', [null, 50, 50, 50]).part.feed()).toThrow(/a row as JSON is wanted/);
});
