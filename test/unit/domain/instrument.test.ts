import { expect, test } from 'vitest';
import { describeType } from '#domain/instrument';
import { quantity } from '#domain/money';

test('a type says what a point is worth where that is not one unit of currency', () => {
  expect(describeType({ securityType: 'STK', multiplier: quantity('1') })).toBe('STK');
  expect(describeType({ securityType: 'FUT', multiplier: quantity('50') })).toBe('FUT ×50');
});
