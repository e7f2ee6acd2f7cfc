/** What is shown under a card of what a run has displayed. */

import { CARD_MIME } from '../../../src/api/guards';
import { showable } from '../../../src/view/runOutputs';

it('shows an estimator as text: cleaned, its drawing would ask to trust the notebook', () => {
  const drawing =
    '<div class="sk-text-repr-fallback"><pre>Ridge()</pre><b>rerun this cell or trust the notebook</b></div>';
  expect(showable({ 'text/html': drawing, 'text/plain': 'Ridge()' })).toEqual({ 'text/plain': 'Ridge()' });
  expect(showable({ 'text/html': drawing })).toEqual({ 'text/html': drawing });
});

it('shows tables and figures as they are, and no card within a card', () => {
  const table = { 'text/html': '<style scoped></style><table></table>', 'text/plain': '   a' };
  expect(showable(table)).toEqual(table);
  expect(showable({ ...table, [CARD_MIME]: { version: 1 } })).toEqual(table);
});
