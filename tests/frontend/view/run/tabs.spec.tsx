import React, { useState } from 'react';

import { Tabs, nextTab } from '../../../../src/view/run/tabs';
import { draw, happened, press } from '../../render';

const TABS = ['a', 'b', 'c'].map(id => ({ id, word: id.toUpperCase() }));

function Page(): JSX.Element {
  const [active, setActive] = useState('a');
  return (
    <Tabs id="x" label="Parts" tabs={TABS} active={active} onSelect={setActive}>
      <p>{`part ${active}`}</p>
    </Tabs>
  );
}

it('shows the part whose tab is pressed, and says so to screen readers', async () => {
  const page = draw(<Page />);
  await happened(() => page.one('tab', 'B').click());
  expect(page.one('tabpanel').textContent).toBe('part b');
  expect(page.all('tab').map(tab => tab.getAttribute('aria-selected'))).toEqual(['false', 'true', 'false']);
  expect(page.one('tabpanel').getAttribute('aria-labelledby')).toBe(page.one('tab', 'B').id);
  expect(page.one('tab', 'B').getAttribute('aria-controls')).toBe(page.one('tabpanel').id);
});

it('is one stop of the Tab key; arrows, Home and End move', async () => {
  const page = draw(<Page />);
  expect(page.all('tab').map(tab => tab.tabIndex)).toEqual([0, -1, -1]);
  await press(page.one('tab', 'A'), 'ArrowLeft');
  expect([page.one('tabpanel').textContent, document.activeElement?.textContent]).toEqual(['part c', 'C']);
  await press(page.one('tab', 'C'), 'Home');
  expect(page.one('tabpanel').textContent).toBe('part a');
  await press(page.one('tab', 'A'), 'x');
  expect(page.one('tabpanel').textContent).toBe('part a');
});

it.each([
  ['ArrowRight', 0, 1],
  ['ArrowRight', 2, 0],
  ['ArrowLeft', 0, 2],
  ['Home', 2, 0],
  ['End', 0, 2],
  ['Enter', 1, null]
])('%s leads from %s to %s', (key, at, to) => {
  expect(nextTab(key, at, 3)).toBe(to);
});
