import { describe, expect, test } from 'vitest';
import type { Fill } from '#domain/fill';
import { closingOf, correctedClosing } from '#domain/fill-closing';
import { execId } from '#domain/ids';
import { price, quantity, signedQuantity } from '#domain/money';
import { ACCOUNT, AMD_ID, aPosition, FRIDAY } from '#test/builders/domain-records';

const aFill = (side: Fill['side'], shares: string, id = '0000.01'): Fill => ({
  execId: execId(id),
  orderId: null,
  account: ACCOUNT,
  conId: AMD_ID,
  symbol: 'AMD',
  side,
  quantity: quantity(shares),
  price: price('165'),
  exchange: 'NYSE',
  at: FRIDAY,
  commission: null,
});
const held = (shares: string) => aPosition({ quantity: signedQuantity(shares), averageCost: price('160') });

describe('what a fill closes', () => {
  test.each([
    ['60', 'SELL', '20', '20'],
    ['60', 'SELL', '80', '60'],
    ['-60', 'BUY', '20', '20'],
  ] as const)('of %s held %s %s closes %s, at the cost of what was held', (shares, side, filled, closed) => {
    expect(closingOf(held(shares), aFill(side, filled))).toEqual({ execId: '0000.01', quantity: closed, cost: '160' });
  });

  test('is nothing where it adds, and where nothing is held', () => {
    expect(closingOf(held('60'), aFill('BUY', '20'))).toBeNull();
    expect(closingOf(held('-60'), aFill('SELL', '20'))).toBeNull();
    expect(closingOf(held('0'), aFill('SELL', '20'))).toBeNull();
    expect(closingOf(undefined, aFill('SELL', '20'))).toBeNull();
  });
});

test('the correction of a fill that only closed closes the whole of it; of one that turned the position, what there was', () => {
  const [whole, turning] = [aFill('SELL', '20'), aFill('SELL', '80')];
  const closing = { execId: whole.execId, cost: price('160') };
  const corrected = (shares: string): Fill => aFill('SELL', shares, '0000.02');
  expect(correctedClosing({ ...closing, quantity: quantity('20') }, whole, corrected('25'))).toEqual({
    execId: '0000.02',
    quantity: '25',
    cost: '160',
  });
  expect(correctedClosing({ ...closing, quantity: quantity('60') }, turning, corrected('90')).quantity).toBe('60');
  expect(correctedClosing({ ...closing, quantity: quantity('60') }, turning, corrected('50')).quantity).toBe('50');
});
