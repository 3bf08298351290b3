import { describe, expect, test } from 'vitest';
import { conId, epochMs, laterBy } from '#domain/ids';
import type { CommandReply } from '#domain/command';
import { quantity } from '#domain/money';
import type { RiskSettings } from '#domain/settings';
import { hoursOf } from '#engine/market/market-hours';
import { FRIDAY } from '#test/builders/domain-records';
import { AAPL, aLimitOrder, EngineHarness } from '#test/builders/engine-harness';

const HOUR_MS = 3_600_000;
const inHours = (hours: number): ReturnType<typeof epochMs> => laterBy(FRIDAY, hours * HOUR_MS);
const session = (opens: number, closes: number) => ({ opens: inHours(opens), closes: inHours(closes) });

/** AAPL trades from an hour ago for six hours, and on Monday again; extended hours three hours around it. */
const LIQUID = [session(-1, 5), session(71, 77)];
const TRADING = [session(-4, 8), session(68, 80)];

function trader(risk: Partial<RiskSettings> = {}): EngineHarness {
  const it = EngineHarness.ready({ risk });
  it.definesAapl({ liquidHours: LIQUID, tradingHours: TRADING });
  return it;
}

/** AAPL's regular session is over. */
function afterHours(risk: Partial<RiskSettings> = {}, outsideRth = false): EngineHarness {
  const it = trader(risk);
  it.works(it.places({ outsideRth, timeInForce: 'GTC' }));
  it.now = inHours(6);
  it.definesAapl({ liquidHours: LIQUID, tradingHours: TRADING });
  it.ticks();
  return it;
}

const WHY = { reason: 'earnings after the bell' };

function cancelsAnyway(it: EngineHarness, number: number): CommandReply | null {
  const command = { kind: 'cancel-orders' as const, numbers: [it.order(number).number] };
  return it.input({ kind: 'command', key: it.newKey(), origin: 'cli', command, override: WHY }).reply;
}

describe('the hours of a market', () => {
  test('are the regular ones, and the extended ones for an order that may trade outside them', () => {
    const { state } = trader();
    expect(hoursOf(state, FRIDAY, AAPL.conId)).toEqual({ state: 'open', closesAt: inHours(5) });
    expect(hoursOf(state, inHours(6), AAPL.conId, true)).toEqual({ state: 'open', closesAt: inHours(8) });
  });

  test('say when a closed market opens next, in whatever order IBKR names its sessions', () => {
    const it = trader();
    expect(hoursOf(it.state, inHours(5), AAPL.conId)).toEqual({ state: 'closed', opensAt: inHours(71) });
    it.definesAapl({ liquidHours: [session(95, 101), session(71, 77), session(-1, 5)] });
    expect(hoursOf(it.state, inHours(5), AAPL.conId)).toEqual({ state: 'closed', opensAt: inHours(71) });
  });

  test('are unknown where IBKR gives none, of an instrument it has not defined, and beyond what it told', () => {
    const it = trader();
    expect(hoursOf(it.state, inHours(77), AAPL.conId)).toEqual({ state: 'unknown' });
    expect(hoursOf(it.state, FRIDAY, conId(4))).toEqual({ state: 'unknown' });
    it.definesAapl({ liquidHours: null, tradingHours: null });
    expect(hoursOf(it.state, FRIDAY, AAPL.conId)).toEqual({ state: 'unknown' });
  });

  test('are over without a next session where IBKR, asked since, knows of none', () => {
    const it = trader();
    it.now = inHours(78);
    it.definesAapl({ liquidHours: LIQUID });
    expect(hoursOf(it.state, it.now, AAPL.conId)).toEqual({ state: 'closed', opensAt: null });
  });
});

describe('while the market is closed', () => {
  test('a person may not cancel, and is told until when', () => {
    const it = afterHours();
    const reply = it.cancels(1);
    expect(reply.outcome).toBe('refused');
    expect(reply.message).toContain('The market of AAPL is closed; it opens');
    expect(it.effectsOf('cancel')).toEqual([]);
  });

  test('an override with a reason lets the one cancel pass, and stands in the journal', () => {
    const it = afterHours();
    expect(cancelsAnyway(it, 1)).toMatchObject({ outcome: 'accepted', orders: [{ number: 1 }] });
    expect(it.allOf('override-used')).toEqual([
      { type: 'override-used', what: 'Cancelled while the market is closed: 1', origin: 'cli', reason: WHY.reason },
    ]);
    it.cancelled(1);
  });

  test('an override that is not needed is not used', () => {
    const it = trader();
    it.places();
    expect(cancelsAnyway(it, 1)?.outcome).toBe('accepted');
    expect(it.allOf('override-used')).toEqual([]);
  });

  test('cancelling all spares its orders, and says so', () => {
    const it = afterHours();
    const all = { kind: 'cancel-all', symbol: null, keepStops: false } as const;
    expect(it.commands(all)).toMatchObject({ outcome: 'refused' });
    it.works(it.places({ outsideRth: true, quantity: quantity('3') }));
    const reply = it.commands(all);
    expect(reply).toMatchObject({ outcome: 'accepted', orders: [{ number: 2 }] });
    expect(reply.message).toContain('The market of AAPL is closed');
  });

  test('an order that may trade outside the regular hours is managed by the extended ones', () => {
    expect(afterHours({}, true).cancels(1).outcome).toBe('accepted');
  });

  test('cancelling is allowed where only that is, where everything is, and where the hours are unknown', () => {
    expect(afterHours({ orderManagementWhenClosed: 'cancel-only' }).cancels(1).outcome).toBe('accepted');
    expect(afterHours({ orderManagementWhenClosed: 'enabled' }).cancels(1).outcome).toBe('accepted');
    const it = afterHours();
    it.definesAapl({ liquidHours: null });
    expect(it.cancels(1).outcome).toBe('accepted');
  });

  test('new orders and changes wait, also of an order for the regular hours alone', () => {
    const it = afterHours();
    const place = (outsideRth: boolean): CommandReply =>
      it.commands({ kind: 'place-order', request: aLimitOrder({ quantity: quantity('4'), outsideRth }) });
    expect(place(false).outcome).toBe('denied');
    expect(place(true).outcome).toBe('accepted');
    expect(it.modifies(1, { quantity: quantity('9') }).outcome).toBe('denied');
  });

  test('the kill switch is not held up', () => {
    const it = afterHours();
    it.commands({
      kind: 'set-trading-state',
      state: 'HALTED',
      includingStops: false,
      everywhere: false,
      reason: 'I am out',
    });
    expect(it.phaseOf(1)).toBe('cancelling');
  });
});
