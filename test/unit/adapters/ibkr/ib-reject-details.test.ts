import { expect, test } from 'vitest';
import { rejectDetailsOf } from '#adapters/ibkr/ib-reject-details';

test.each<[string, string]>([
  ['{"8229":"IBDBUYTX","message":"Buy through"}', '8229: IBDBUYTX; message: Buy through'],
  ['{"rejects":[{"code":7},"second"],"empty":"","none":null,"flag":true}', 'rejects: code: 7, second'],
  ['"just a word"', 'just a word'],
  ['{not JSON ', '{not JSON'],
  ['{}', ''],
  [' ', ''],
  ['[[[[[["too deep"]]]]]]', ''],
])('the details %s of a reject read "%s"', (details, words) => {
  expect(rejectDetailsOf(details)).toBe(words);
});

test('long details are cut', () => {
  expect(rejectDetailsOf(`"${'x'.repeat(1_000)}"`)).toHaveLength(300);
});
