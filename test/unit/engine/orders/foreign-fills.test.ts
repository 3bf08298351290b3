import { expect, test } from 'vitest';
import { conId, epochMs, permId } from '#domain/ids';
import { quantity, signedQuantity, ZERO_QUANTITY } from '#domain/money';
import { othersFillSchema, type OthersFill } from '#domain/reconciliation-proof';
import { FOREIGN_ORDERS_MAX, ForeignFills, SHOWN_AGAIN_MS } from '#engine/orders/foreign-fills';
import { AAPL } from '#test/builders/engine-harness';

const NOW = epochMs(2 * SHOWN_AGAIN_MS);
const LATER = epochMs(NOW + 100_000);

/** What has filled of others' AAPL orders. */
class Desk {
  readonly fills: ForeignFills;

  constructor(contained: readonly OthersFill[] = []) {
    this.fills = new ForeignFills(contained);
  }

  shows(id: number, side: 'BUY' | 'SELL', filled: string, { inLedger = '0', at = NOW, since = 0 } = {}): void {
    const keys = { permId: permId(id), conId: AAPL.conId, side };
    this.fills.learn(keys, { filled: quantity(filled), inLedger: quantity(inLedger) }, at, since);
  }

  executes(id: number, side: 'BUY' | 'SELL', shares: string, inLedger = shares): void {
    const keys = { permId: permId(id), conId: AAPL.conId, side };
    this.fills.countInLedger(keys, quantity(shares), quantity(inLedger));
  }

  explains(difference: string, since = 0): boolean {
    return this.fills.explain(AAPL.conId, signedQuantity(difference), since);
  }
}

test("IBKR's figure only grows: an older one that comes late takes nothing back", () => {
  const desk = new Desk();
  desk.shows(1, 'BUY', '5');
  desk.shows(1, 'BUY', '3');
  expect(desk.explains('5')).toBe(true);
});

test('an execution that comes before IBKR shows the order as filled is counted all the same', () => {
  const desk = new Desk();
  desk.executes(1, 'BUY', '5');
  desk.shows(1, 'BUY', '5', { inLedger: '5' });
  expect(desk.explains('5')).toBe(false);
});

test('what the ledger had of an order before this process began is counted once', () => {
  const desk = new Desk();
  desk.executes(1, 'BUY', '2', '5');
  desk.shows(1, 'BUY', '5');
  desk.shows(2, 'BUY', '4', { inLedger: '4' });
  expect(desk.explains('1')).toBe(false);
});

test('without a permanent id there is nothing to know an order by', () => {
  const desk = new Desk();
  const keys = { permId: null, conId: AAPL.conId, side: 'BUY' as const };
  desk.fills.countInLedger(keys, quantity('5'), quantity('5'));
  desk.fills.learn(keys, { filled: quantity('5'), inLedger: ZERO_QUANTITY }, NOW, 0);
  expect(desk.explains('5')).toBe(false);
});

test('more executions than IBKR shows filled leave nothing to explain with', () => {
  const desk = new Desk();
  desk.shows(1, 'BUY', '5');
  desk.executes(1, 'BUY', '8');
  expect(desk.explains('1')).toBe(false);
});

test('a difference takes what it needs from the oldest orders, and leaves the rest', () => {
  const desk = new Desk();
  for (const id of [1, 2]) desk.shows(id, 'BUY', '5');
  expect(desk.explains('5')).toBe(true);
  expect(desk.explains('6')).toBe(false);
  expect(desk.explains('5')).toBe(true);
});

test('what was bought and sold again moved nothing', () => {
  const desk = new Desk();
  desk.shows(1, 'BUY', '5');
  desk.shows(2, 'SELL', '5');
  expect(desk.explains('-5')).toBe(false);
  desk.shows(3, 'BUY', '4');
  expect(desk.explains('4')).toBe(true);
  expect(desk.explains('-5')).toBe(false);
});

test('what was heard of before the position began to differ explains nothing', () => {
  const desk = new Desk();
  desk.shows(1, 'BUY', '5');
  expect(desk.explains('5', LATER)).toBe(false);
});

test('of an order that goes on filling only what is new explains anything', () => {
  const desk = new Desk();
  desk.shows(1, 'BUY', '5');
  desk.shows(1, 'BUY', '8', { at: LATER, since: LATER - 1 });
  expect(desk.explains('4', LATER)).toBe(false);
  expect(desk.explains('3', LATER)).toBe(true);
});

test('of an order that fills quickly all of it does', () => {
  const desk = new Desk();
  desk.shows(1, 'BUY', '5');
  desk.shows(1, 'BUY', '8', { at: LATER, since: NOW });
  expect(desk.explains('8', NOW)).toBe(true);
});

test('what the positions contained when the last process life ended is not taken for news', () => {
  const desk = new Desk([{ permId: permId(1), filled: quantity('5'), heardAt: NOW }]);
  expect(desk.explains('5')).toBe(false);
  desk.shows(1, 'BUY', '8');
  expect(desk.explains('4')).toBe(false);
  expect(desk.explains('3')).toBe(true);
});

test('the next process life is told only of what the positions surely contain', () => {
  const desk = new Desk();
  desk.shows(1, 'BUY', '5');
  desk.shows(2, 'BUY', '5');
  desk.executes(2, 'BUY', '2');
  const told = (...lagging: number[]): unknown[] =>
    desk.fills.containedNow(LATER, new Set(lagging.map(conId))).map(({ permId: id, filled }) => [id, filled]);
  const all = [
    [1, '5'],
    [2, '5'],
  ];
  expect(told()).toEqual(all);
  expect(told(1)).toEqual(all);
  expect(told(AAPL.conId)).toEqual([[2, '2']]);
});

test('an order is told on over process lives until IBKR will not show it again', () => {
  const desk = new Desk([{ permId: permId(1), filled: quantity('5'), heardAt: NOW }]);
  desk.shows(2, 'BUY', '7', { at: LATER });
  const toldAt = (at: number): unknown => desk.fills.containedNow(epochMs(at), new Set([AAPL.conId, conId(1)]));
  const earlier = { permId: permId(1), filled: '5', heardAt: NOW };
  expect(toldAt(NOW + SHOWN_AGAIN_MS - 1)).toEqual([earlier]);
  expect(toldAt(NOW + SHOWN_AGAIN_MS)).toEqual([]);
  desk.fills.containAll();
  expect(toldAt(NOW + SHOWN_AGAIN_MS)).toEqual([{ permId: permId(2), filled: '7', heardAt: LATER }]);
});

test('a proof that was written down before it said when is read as one of long ago', () => {
  const desk = new Desk([othersFillSchema.parse({ permId: 1, filled: '5' })]);
  expect(desk.fills.containedNow(NOW, new Set())).toEqual([]);
  desk.shows(1, 'BUY', '5');
  expect(desk.explains('5')).toBe(false);
});

test('the first positions of all contain whatever has filled', () => {
  const desk = new Desk();
  desk.shows(1, 'BUY', '5');
  desk.fills.containAll();
  expect(desk.explains('5')).toBe(false);
});

test('the oldest orders are forgotten', () => {
  const desk = new Desk();
  for (let n = 1; n <= FOREIGN_ORDERS_MAX + 1; n += 1) desk.shows(n, 'SELL', '1');
  expect(desk.explains(`-${FOREIGN_ORDERS_MAX + 1}`)).toBe(false);
  expect(desk.explains(`-${FOREIGN_ORDERS_MAX}`)).toBe(true);
});
