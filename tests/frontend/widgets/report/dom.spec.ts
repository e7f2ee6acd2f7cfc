import { draw, make, named } from '../../../../src/widgets/report/dom';
import { ENGLISH } from '../../../../src/widgets/report/words';

describe('elements', () => {
  it('have text that stays text', () => {
    const node = make('p', { title: '"><b>' }, '<img src=x onerror=alert(1)>', named('<i>'));
    expect(node.outerHTML).toBe(
      '<p title="&quot;><b>">&lt;img src=x onerror=alert(1)&gt;<bdi>&lt;i&gt;</bdi></p>'
    );
  });

  it('leave out attributes that are not there', () => {
    expect(make('input', { checked: true, disabled: false, title: null, size: 3 }).outerHTML).toBe(
      '<input checked="" size="3">'
    );
  });

  it('are drawn as SVG', () => {
    const node = draw('svg', { viewBox: '0 0 1 1' }, draw('path', { d: 'M0 0' }));
    expect([node.namespaceURI, node.firstElementChild?.namespaceURI]).toEqual(
      Array(2).fill('http://www.w3.org/2000/svg')
    );
  });
});

describe('English', () => {
  it('fills in once: a name that looks like a mark stays', () => {
    expect(ENGLISH.__('%1 and %2', '%2', 'b')).toBe('%2 and b');
  });

  it.each([
    [1, '1 row of 5'],
    [2, '2 rows of 5'],
    [0, '0 rows of 5']
  ])('counts %i', (count, said) => {
    expect(ENGLISH._n('%1 row of %2', '%1 rows of %2', count, 5)).toBe(said);
  });

  it('leaves a mark without a value', () => {
    expect(ENGLISH.__('95 % of %1')).toBe('95 % of %1');
  });
});
