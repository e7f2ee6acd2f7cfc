/** A name is whole for who reads or searches it, and in two parts for the eye. */

import React from 'react';

import { CutName } from '../../../src/view/cutName';
import { draw } from '../render';

const SWEEP = 'forest-with-a-rather-long-name-3';

describe('CutName', () => {
  it('keeps the end of a long name apart, so that it is seen where there is little room', () => {
    const name = draw(<CutName name={SWEEP} title="tip" />).node.querySelector('bdi')!;
    expect(name.textContent).toBe(SWEEP);
    expect([...name.children].map(part => part.textContent)).toEqual([SWEEP.slice(0, -5), 'ame-3']);
    expect(name.title).toBe('tip');
  });

  it('does not cut between the halves of a letter', () => {
    const name = draw(<CutName name={'🙂'.repeat(20)} />).node.querySelector('bdi')!;
    expect(name.lastElementChild!.textContent).toBe('🙂'.repeat(5));
  });

  it('does not part what is one sign to the eye: a family, a flag, a letter and its accent', () => {
    const family = '👨‍👩‍👧‍👦';
    const name = draw(<CutName name={`${'long name '.repeat(3)}${family}🇫🇮e\u0301x`} />).node.querySelector(
      'bdi'
    )!;
    expect(name.lastElementChild!.textContent).toBe(` ${family}🇫🇮e\u0301x`);
  });

  it('leaves a short name whole', () => {
    const name = draw(<CutName name="baseline" />).node.querySelector('bdi')!;
    expect([name.textContent, name.childElementCount]).toEqual(['baseline', 0]);
  });
});
