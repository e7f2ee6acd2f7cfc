import { show } from '../../../../src/widgets/explanation';
import image from '../../reports/explanation-image.json';
import text from '../../reports/explanation-text.json';
import { changed, choose, place, seen, texts } from '../reader';

function shown(data: unknown): HTMLElement {
  const node = place();
  show(node, data);
  node.querySelectorAll('details').forEach(box => {
    box.open = true;
    box.dispatchEvent(new Event('toggle'));
  });
  return node;
}

const sentences = (node: HTMLElement) => texts(node, '.mlops-Report-sentence');

describe('a text', () => {
  it('stands as it was written, its pieces shaded by what they add', () => {
    const node = shown(text);
    expect(node.querySelector('.mlops-Text')!.textContent).toBe(text.texts[0]!.tokens.join(''));
    const pieces = [...node.querySelectorAll<HTMLElement>('.mlops-Text-piece')];
    const said = pieces.map(each => [each.textContent, each.title, each.className.split('mlops-mod-')[1]]);
    expect(said).toContainEqual(['awful', '-0.31', 'lowers']);
    expect(said.every(([, by, way]) => (way === 'raises') === by!.startsWith('+'))).toBe(true);
    const shares = pieces.map(each => each.style.getPropertyValue('--mlops-share'));
    expect(shares.filter(share => share === '100%')).toHaveLength(1);
  });

  it('says which pieces add most, in words and in a table', () => {
    const node = shown(text);
    expect(sentences(node).slice(-2)[0]).toBe('Row 3. Predicted: positive: 0.46. Actual: negative.');
    expect(sentences(node).at(-1)).toMatch(
      /^“wonderful” raises the log odds of positive most \(\+\S+\)\. “awful” lowers it most \(-0\.31\)\. A straight line below raises, a wavy one lowers/
    );
    const table = node.querySelector('table[aria-label="What each piece of text adds"]')!;
    expect(texts(table, 'tbody tr')[0]).toBe('awful-0.31');
    expect(node.textContent).toContain('Contains data');
    expect(node.textContent).not.toContain('explains no single row');
  });

  it('has words that matter, and no course of a word', () => {
    const node = shown(text);
    expect(node.querySelector('[aria-label="Importance of features"]')!.getAttribute('role')).toBe('table');
    expect(texts(node, 'h3')).toEqual(['What matters', 'Single rows']);
  });

  it('is text, whatever stands in it, and says what was cut', () => {
    const evil = {
      row: 3,
      feature: 0,
      tokens: ['<img src=x onerror=alert(1)>', ' '],
      scores: [[0.5, 0.1]],
      cut: 1
    };
    const node = shown(changed(text, 'texts', [evil]));
    expect(node.querySelector('img')).toBeNull();
    expect(sentences(node).at(-1)).toMatch(/1 more character is not shown\.$/);
  });

  it('B25: of very many words is shaded up to some of them, and whole', () => {
    const tokens = Array.from({ length: 20_000 }, () => 'a ');
    const long = { row: 3, feature: 0, tokens, scores: [tokens.map(() => 0.5)], cut: 0 };
    const node = shown(changed(text, 'texts', [long]));
    expect(node.querySelectorAll('.mlops-Text-piece')).toHaveLength(2000);
    expect(node.querySelector('.mlops-Text')!.textContent).toHaveLength(40_000);
  });

  it.each([[[]], [[[0, 0]]], [[['NaN', 'Infinity']]]])(
    'of which no piece adds anything says so: %j',
    scores => {
      const plain = { row: 3, feature: 0, tokens: ['a', 'b'], scores, cut: 0 };
      const node = shown(changed(text, 'texts', [plain]));
      expect(sentences(node).at(-1)).toBe('No piece of the text changes the log odds of positive.');
      expect(node.querySelectorAll('.mlops-Text-piece')).toHaveLength(0);
    }
  );
});

describe('an image', () => {
  it('is first explained as the class that it was taken for', () => {
    const node = shown(image);
    const output = [...node.querySelectorAll('label')].find(label => label.textContent?.startsWith('Output'));
    expect(output!.querySelector('select')!.selectedOptions[0]!.textContent).toBe('3');
    expect(sentences(node).at(-1)).toContain('the network output of 3');
  });

  it('stands beside itself, shaded by what each part adds', () => {
    const node = shown(image);
    const addresses = [...node.querySelectorAll('img')].map(each => each.getAttribute('src'));
    expect(addresses).toEqual(Array(2).fill(`data:image/png;base64,${image.images[0]!.png}`));
    expect(node.querySelectorAll('.mlops-Image rect')).toHaveLength(64);
    expect(texts(node, 'h3')).toEqual(['Single rows']);
    expect(node.textContent).toContain('Contains data');
  });

  it('says which part changes the answer most, for the output that is chosen', () => {
    const node = shown(image);
    const [first] = sentences(node).slice(-1);
    expect(first).toMatch(
      /^Row \d, column \d of the cells changes the network output of 3 most \([+-]0\.\d+\)\. Plus, orange/
    );
    choose(node, 'Output', '0');
    const now = sentences(node).at(-1)!;
    expect(now).toContain('network output of 0');
    expect(seen(node.querySelector('[role=status]')!.textContent)).not.toBe('');
    const box = node.querySelector('details')!;
    box.open = true;
    box.dispatchEvent(new Event('toggle'));
    expect(box.querySelectorAll('tbody tr')).toHaveLength(8);
  });

  it('without anything that counts says so', () => {
    const heat = image.images[0]!.heat.map(() => [
      [0, 0],
      ['NaN', 0]
    ]);
    expect(sentences(shown(changed(image, 'images.0.heat', heat))).at(-1)).toBe(
      'No part of the image changes the network output of 3.'
    );
  });

  it.each([
    ['is as large as a wall', 'iVBORw0KGgoAAAANSUhEUgAAdTAAAHUwCAYAAAA='],
    ['is none', 'R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7'],
    ['is nothing', '']
  ])('B25: that %s is not drawn', (_, png) => {
    const node = shown(changed(image, 'images.0.png', png));
    expect(node.querySelector('img')).toBeNull();
    expect(node.textContent).toContain('“images[0].png” is not what it should be');
  });

  it('B25: of more cells than anybody could see is not drawn', () => {
    const heat = [Array.from({ length: 2 }, () => Array<number>(100).fill(1))];
    expect(shown(changed(image, 'images.0.heat', heat)).textContent).toContain('“images[0].heat”');
  });

  it.each(['https://evil.example/x.png', '"><script>', 'data:text/html,x'])('is no address: %j', png => {
    const node = shown(changed(image, 'images.0.png', png));
    expect(node.querySelector('img')).toBeNull();
    expect(node.textContent).toContain('cannot be shown');
  });
});
