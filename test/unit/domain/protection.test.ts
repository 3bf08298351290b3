import { describe, expect, test } from 'vitest';
import { clientOrderId, conId, orderNumber } from '#domain/ids';
import { price, quantity, signedQuantity } from '#domain/money';
import type { LegRole, OrderRecord } from '#domain/order-record';
import { coverageOf, isConfirmedStop, isProtectiveStop, type Coverage } from '#domain/protection';
import { emptyWorkstationState } from '#domain/workstation-state';
import { anOrder, aPosition, FRIDAY, GROUP } from '#test/builders/domain-records';

const STP = { type: 'STP', stop: price('150') } as const;
const STP_LMT = { type: 'STP LMT', stop: price('150'), limit: price('149') } as const;

function aStop(
  size: string,
  change: Partial<OrderRecord> = {},
  terms: OrderRecord['spec']['terms'] = STP,
): OrderRecord {
  return anOrder({
    spec: { ...anOrder().spec, side: 'SELL', quantity: quantity(size), terms },
    group: { id: GROUP, role: 'stop-loss' },
    state: { phase: 'pending', since: FRIDAY, hold: 'trigger' },
    ...change,
  });
}

/** What protects 60 AMD when these orders are live. */
function coverage(orders: readonly OrderRecord[], held = '60', without?: ReadonlySet<OrderRecord['id']>): Coverage {
  const position = aPosition({ quantity: signedQuantity(held) });
  const state = emptyWorkstationState('paper');
  state.positions.set(position.conId, position);
  orders.forEach((order, index) => state.orders.set(order.id, { ...order, number: orderNumber(index + 1) }));
  return coverageOf(state, position, without);
}
const numbered = (n: number, order: OrderRecord): OrderRecord => ({ ...order, id: clientOrderId(`o-${n}`) });

describe('what protects a position', () => {
  test('the confirmed stops against it, and no more than there is', () => {
    const forty = { protectedQuantity: '40', naked: '20', mayNotFill: '0' };
    expect(coverage([aStop('40')])).toEqual(forty);
    expect(coverage([aStop('40', { filled: quantity('10') })])).toMatchObject({ protectedQuantity: '30' });
    expect(coverage([aStop('100')])).toEqual({ protectedQuantity: '60', naked: '0', mayNotFill: '0' });
    expect(coverage([])).toEqual({ protectedQuantity: '0', naked: '60', mayNotFill: '0' });
  });

  test.each<[LegRole | null]>([['cover'], ['protective-stop'], ['oco'], [null]])('a stop of role %s counts', (role) => {
    const group = role === null ? null : { id: GROUP, role };
    expect(coverage([aStop('60', { group })]).naked).toBe('0');
  });

  test('a stop with a limit counts and may not fill, as far as no other one covers the same', () => {
    const limited = numbered(2, aStop('40', {}, STP_LMT));
    expect(coverage([limited])).toEqual({ protectedQuantity: '40', naked: '20', mayNotFill: '40' });
    expect(coverage([numbered(1, aStop('50')), limited])).toEqual({
      protectedQuantity: '60',
      naked: '0',
      mayNotFill: '10',
    });
  });

  test('a stop of another instrument, on the other side, gone, or about to go does not', () => {
    const elsewhere = aStop('60', { spec: { ...aStop('60').spec, conId: conId(1) } });
    const buying = aStop('60', { spec: { ...aStop('60').spec, side: 'BUY' } });
    const gone = aStop('60', { state: { phase: 'cancelled', at: FRIDAY, reason: '' } });
    for (const order of [elsewhere, buying, gone]) expect(coverage([order]).naked).toBe('60');
    expect(coverage([aStop('60')], '60', new Set([aStop('60').id])).naked).toBe('60');
  });

  test('a short position is protected by buying', () => {
    const buying = aStop('60', { spec: { ...aStop('60').spec, side: 'BUY' } });
    expect(coverage([buying], '-60').naked).toBe('0');
    expect(coverage([aStop('60')], '-60').naked).toBe('60');
  });
});

test.each<[OrderRecord['state'], boolean]>([
  [{ phase: 'pending', since: FRIDAY, hold: 'none' }, true],
  [{ phase: 'pending', since: FRIDAY, hold: 'trigger' }, true],
  [{ phase: 'pending', since: FRIDAY, hold: 'parent' }, false],
  [{ phase: 'pending', since: FRIDAY, hold: 'other' }, false],
  [{ phase: 'working', since: FRIDAY }, true],
  [{ phase: 'partially-filled', since: FRIDAY }, true],
  [{ phase: 'inactive', since: FRIDAY, why: '' }, false],
  [{ phase: 'unknown', since: FRIDAY, why: '' }, false],
])('a stop that is %j is confirmed: %s', (state, confirmed) => {
  expect(isConfirmedStop(aStop('60', { state }))).toBe(confirmed);
});

test('a limit order is no stop, an entry does not protect, and nothing protects what is not held', () => {
  const state = emptyWorkstationState('paper');
  const limit = aStop('60', {}, { type: 'LMT', limit: price('170') });
  expect(isConfirmedStop(limit)).toBe(false);
  expect(isProtectiveStop(state, aStop('60'))).toBe(false);
  state.positions.set(aPosition().conId, aPosition());
  expect(isProtectiveStop(state, aStop('60'))).toBe(true);
  expect(isProtectiveStop(state, limit)).toBe(false);
  expect(isProtectiveStop(state, aStop('60', { group: { id: GROUP, role: 'parent' } }))).toBe(false);
});
