import { queryProblem } from '../../../src/model/queryProblem';

it.each([
  ["Query not understood at position 7: expected a value after '>'. los > >>>> 3", 'los > > 3', "Query not understood at position 7: expected a value after '>'."],
  ["Query not understood at position 6: expected a value after '>'. acc >>>>", 'acc >', "Query not understood at position 6: expected a value after '>'."],
  ["Query not understood at position 6: expected a value after '>'. acc >>>>", 'typed on', "Query not understood at position 6: expected a value after '>'. acc >>>>"],
  ['The store is away.', 'acc', 'The store is away.'],
  ['', '', '']
])('%j for %j', (message, query, shown) => {
  expect(queryProblem(message, query)).toBe(shown);
});
