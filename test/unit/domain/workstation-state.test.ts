import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { present } from '#domain/assert';
import type { EngineEvent } from '#domain/engine-event';
import {
  accountId,
  alarmId,
  clientId,
  clientOrderId,
  commandKey,
  decisionId,
  effectId,
  execId,
  laterBy,
  orderNumber,
  permId,
  runId,
} from '#domain/ids';
import { money, price, quantity, signedQuantity, type SignedQuantity } from '#domain/money';
import { DEFAULT_SETTINGS } from '#domain/settings';
import { restoreState, snapshotOf, stateSnapshotSchema } from '#domain/state-snapshot';
import { STOP_MOVES_MAX } from '#domain/trailing-stop';
import { COMMAND_MEMORY_MS, DECISIONS_MAX } from '#domain/workstation-state';
import {
  aBracket,
  ACCOUNT,
  aDecision,
  aFill,
  aJournal,
  AMD,
  AMD_ID,
  anOcoGroup,
  anOrder,
  aPosition,
  aProtectiveStop,
  aStandingAlarm,
  FRIDAY,
  GROUP,
  stateAfter,
} from '#test/builders/domain-records';

const order = anOrder();
const placed: EngineEvent = { type: 'orders-intended', orders: [order], group: null, effectId: effectId('e-1') };
const bracket = aBracket();
const bracketPlaced: EngineEvent = {
  type: 'orders-intended',
  orders: [bracket.entry, bracket.target, bracket.stop],
  group: bracket.group,
  effectId: effectId('e-1'),
};
const filled: EngineEvent = { type: 'fill-recorded', fill: aFill() };
const terms = { terms: { type: 'LMT', limit: price('165') }, quantity: quantity('40'), timeInForce: 'GTC' } as const;
const proof = {
  startedAt: FRIDAY,
  at: FRIDAY,
  ordersExpected: 0,
  ordersAtBroker: 0,
  completedAtBroker: 0,
  executionsAtBroker: 0,
  positionsAtBroker: 0,
  findings: [],
};

/** The order after `events`. */
const orderAfter = (...events: readonly EngineEvent[]) => stateAfter(placed, ...events).orders.get(order.id);

describe('what an event does to the session', () => {
  test.each<readonly [EngineEvent, object]>([
    [{ type: 'account-bound', account: ACCOUNT }, { account: 'DU1234567' }],
    [
      { type: 'settings-changed', settings: { ...DEFAULT_SETTINGS, allowLive: true } },
      { settings: { allowLive: true } },
    ],
    [
      { type: 'connection-changed', connection: { phase: 'ready', since: FRIDAY, serverVersion: 193 } },
      { connection: { phase: 'ready' } },
    ],
    [{ type: 'reconciliation-proved', proof }, { proof: { at: FRIDAY } }],
    [
      {
        type: 'trading-state-changed',
        trading: { state: 'HALTED', since: FRIDAY, reason: 'kill switch', cause: 'person' },
        origin: 'window',
      },
      { trading: { state: 'HALTED' } },
    ],
  ])('%o', (event, expected) => {
    const journal = aJournal();
    expect(journal.tell(event)).toEqual({ session: true });
    expect(journal.state).toMatchObject(expected);
  });

  test('until when it was watched is kept: to the end of the ready session, or to the last event before a crash', () => {
    const ready = {
      type: 'connection-changed',
      connection: { phase: 'ready', since: FRIDAY, serverVersion: 193 },
    } as const;
    const journal = aJournal();
    journal.tell(ready, FRIDAY);
    expect(journal.state.readyUntil).toBeNull();
    journal.tell(
      { type: 'connection-changed', connection: { ...ready.connection, phase: 'reconciling' } },
      laterBy(FRIDAY, 5),
    );
    expect(journal.state.readyUntil).toBe(FRIDAY + 5);
    journal.tell(ready, laterBy(FRIDAY, 10));
    journal.tell({ type: 'run-started', runId: runId('r2'), mode: 'paper', version: '0.1.0' }, laterBy(FRIDAY, 99));
    expect(journal.state).toMatchObject({ readyUntil: FRIDAY + 10, connection: { phase: 'disconnected' } });
  });

  test('a process begins', () => {
    const journal = aJournal();
    const started = { type: 'run-started', runId: runId('r1'), mode: 'live', version: '0.1.0' } as const;
    expect(journal.tell(started)).toEqual({ orders: [], session: true });
    expect(journal.state).toMatchObject({ runId: 'r1', mode: 'live', version: '0.1.0' });
  });

  test('a process begins on a clock that was set back: what was asked for before was asked for by now', () => {
    const journal = aJournal();
    const later = laterBy(FRIDAY, 30_000);
    const modification = { effectId: effectId('e-2'), requestedAt: later, ...terms };
    const resting = anOrder({ id: clientOrderId('o-2'), number: orderNumber(1072), modification });
    const done = anOrder({
      id: clientOrderId('o-3'),
      number: orderNumber(1073),
      state: { phase: 'filled', at: later },
    });
    journal.tell({ ...placed, orders: [resting, done] });
    journal.tell({ type: 'order-state-changed', id: resting.id, state: { phase: 'working', since: later } }, later);
    journal.tell(
      { type: 'connection-changed', connection: { phase: 'ready', since: later, serverVersion: 193 } },
      later,
    );
    const begins = { type: 'run-started', runId: runId('r2'), mode: 'paper', version: '0.1.0' } as const;
    expect(journal.tell(begins, laterBy(FRIDAY, 1))).toEqual({ orders: [resting.id], session: true });
    expect(journal.state.readyUntil).toBe(FRIDAY + 1);
    expect(journal.state.orders.get(resting.id)).toMatchObject({
      state: { phase: 'working', since: FRIDAY + 1 },
      modification: { requestedAt: FRIDAY + 1 },
    });
    expect(journal.state.orders.get(done.id)?.state).toEqual({ phase: 'filled', at: later });
    expect(journal.tell(begins, laterBy(FRIDAY, 2))).toEqual({ orders: [], session: true });
  });

  test('and only what stands in the future is moved', () => {
    const journal = aJournal();
    const modification = { effectId: effectId('e-2'), requestedAt: laterBy(FRIDAY, 20), ...terms };
    const changing = anOrder({ state: { phase: 'working', since: FRIDAY }, modification });
    const unknown = { phase: 'unknown', since: laterBy(FRIDAY, 20), why: '' } as const;
    const lost = anOrder({ id: clientOrderId('o-2'), number: orderNumber(1072), state: unknown });
    journal.tell({ ...placed, orders: [changing, lost] });
    const begins = { type: 'run-started', runId: runId('r2'), mode: 'paper', version: '0.1.0' } as const;
    journal.tell(begins, laterBy(FRIDAY, 10));
    expect(journal.state.orders.get(changing.id)).toMatchObject({
      state: { since: FRIDAY },
      modification: { requestedAt: FRIDAY + 10 },
    });
    expect(journal.state.orders.get(lost.id)).toMatchObject({ state: { since: FRIDAY + 10 }, modification: null });
  });

  test('a position that differed without a reason stands until it is acknowledged', () => {
    const journal = aJournal();
    const adjusted = {
      type: 'position-adjusted',
      position: aPosition(),
      before: signedQuantity('50'),
      why: '',
    } as const;
    expect(journal.tell({ ...adjusted, cause: 'corporate-action' })).toEqual({ positions: [AMD_ID] });
    expect(journal.state.unexplained.size).toBe(0);
    expect(journal.tell({ ...adjusted, cause: 'unexplained' })).toEqual({ positions: [AMD_ID], session: true });
    expect(journal.state.unexplained.get(AMD_ID)).toMatchObject({ ours: '50', brokers: '60' });
    const said = { at: FRIDAY, cause: 'transfer', reason: 'moved', origin: 'cli' } as const;
    const acknowledgement = { ...said, differences: [] };
    expect(journal.tell({ type: 'differences-acknowledged', acknowledgement })).toEqual({ session: true });
    expect(journal.state.unexplained.size).toBe(0);
    expect(journal.state.acknowledgement).toMatchObject({ cause: 'transfer' });
  });

  test('place and time of the last event are kept', () => {
    const journal = aJournal();
    expect(journal.tell({ type: 'notice-received', code: 2104, text: 'ok' }, FRIDAY)).toEqual({});
    expect(journal.state).toMatchObject({ sequence: 1, at: FRIDAY });
  });

  test('instruments, positions and alarms are kept under their ids', () => {
    const journal = aJournal();
    expect(journal.tell({ type: 'instrument-defined', instrument: AMD })).toEqual({ instruments: [AMD_ID] });
    expect(journal.tell({ type: 'position-adopted', position: aPosition(), why: '' })).toEqual({ positions: [AMD_ID] });
    const alarm = aStandingAlarm();
    expect(journal.tell({ type: 'alarm-raised', alarm })).toEqual({ alarms: [alarm.id] });
    expect(journal.state.instruments.get(AMD_ID)).toBe(AMD);
    expect(journal.state.positions.get(AMD_ID)?.quantity).toBe('60');
    expect(journal.state.alarms.get(alarm.id)).toBe(alarm);
    const cleared = { type: 'alarm-cleared', alarmId: alarmId('alarm-1'), origin: 'cli' } as const;
    expect(journal.tell(cleared)).toEqual({ alarms: [alarm.id] });
    expect(journal.state.alarms.size).toBe(0);
  });
});

describe('what an event does to an order', () => {
  test('an intent enters the ledger as a whole, and numbers go on after it', () => {
    const journal = aJournal();
    const ids = [bracket.entry.id, bracket.target.id, bracket.stop.id];
    expect(journal.tell(bracketPlaced)).toEqual({ orders: ids, groups: [GROUP] });
    expect([...journal.state.orders.keys()]).toEqual(ids);
    expect(journal.state.orderByNumber.get(orderNumber(1053))).toBe(bracket.stop.id);
    expect(journal.state.nextOrderNumber).toBe(1054);
    expect(journal.state.groups.get(GROUP)).toBe(bracket.group);
    expect(aJournal().tell(placed)).toEqual({ orders: [order.id] });
  });

  test('a denied and a foreign order enter it too; a lower number does not turn the counter back', () => {
    const journal = aJournal();
    journal.tell(placed);
    const denied = anOrder({ number: orderNumber(7), state: { phase: 'denied', at: FRIDAY } });
    expect(journal.tell({ type: 'order-denied', order: denied })).toEqual({ orders: [denied.id] });
    const foreign = anOrder({ number: orderNumber(1060), origin: 'external' });
    expect(journal.tell({ type: 'order-adopted', order: foreign })).toEqual({ orders: [foreign.id] });
    expect(journal.state.nextOrderNumber).toBe(1061);
  });

  test('a state, an identity, a cancel and its refusal replace what was', () => {
    const working = { phase: 'working', since: FRIDAY } as const;
    expect(orderAfter({ type: 'order-state-changed', id: order.id, state: working })?.state).toEqual(working);
    const broker = { clientId: clientId(0), orderId: null, permId: permId(5) };
    expect(orderAfter({ type: 'order-identified', id: order.id, broker })?.broker).toEqual(broker);
    const asked: EngineEvent = {
      type: 'cancel-requested',
      id: order.id,
      effectId: effectId('e-2'),
      origin: 'cli',
      reason: '',
    };
    expect(orderAfter(asked)?.state).toEqual({ phase: 'cancelling', since: FRIDAY, effectId: 'e-2' });
    const refused: EngineEvent = { type: 'cancel-refused', id: order.id, code: 161, text: '', state: working };
    expect(orderAfter(asked, refused)?.state).toEqual(working);
  });

  test('a modification stands beside the old terms until it is answered', () => {
    const asked: EngineEvent = {
      type: 'modification-requested',
      id: order.id,
      before: { terms: order.spec.terms, quantity: order.spec.quantity, timeInForce: order.spec.timeInForce },
      modification: { effectId: effectId('e-2'), requestedAt: FRIDAY, ...terms },
      decisionId: decisionId('d-2'),
      origin: 'window',
    };
    expect(orderAfter(asked)).toMatchObject({ modification: terms, decisionId: 'd-2', spec: { quantity: '50' } });
    const confirmed = orderAfter(asked, { type: 'modification-confirmed', id: order.id, ...terms });
    expect(confirmed).toMatchObject({ modification: null, spec: { ...terms, symbol: 'AMD' } });
    const refused = orderAfter(asked, { type: 'modification-refused', id: order.id, code: 110, text: '' });
    expect(refused).toMatchObject({ modification: null, spec: { quantity: '50' } });
    const observed = orderAfter(asked, { type: 'terms-observed', id: order.id, ...terms });
    expect(observed).toMatchObject({ modification: { effectId: 'e-2' }, spec: terms });
  });

  test('an order that is not in the ledger can not change', () => {
    expect(() =>
      stateAfter({ type: 'cancel-refused', id: order.id, code: null, text: '', state: order.state }),
    ).toThrow('the order that is asked to change is missing');
  });

  test('a bracket owes its exits until it is closed', () => {
    const journal = aJournal();
    journal.tell(bracketPlaced);
    expect(journal.tell({ type: 'bracket-exits-due', groupId: GROUP, dueBy: FRIDAY })).toEqual({ groups: [GROUP] });
    expect(journal.state.groups.get(GROUP)).toMatchObject({ exitsDueBy: FRIDAY, closed: null });
    for (const given of ['2', '3']) {
      const event = { type: 'bracket-share-given-up', groupId: GROUP, quantity: quantity(given) } as const;
      expect(journal.tell(event)).toEqual({ groups: [GROUP] });
    }
    expect(journal.state.groups.get(GROUP)).toMatchObject({ givenUp: '5' });
    expect(journal.tell({ type: 'bracket-closed', groupId: GROUP, at: FRIDAY })).toEqual({ groups: [GROUP] });
    expect(journal.state.groups.get(GROUP)).toMatchObject({ exitsDueBy: null, closed: FRIDAY });
  });
});

describe('what an event does to a group of ours', () => {
  const stop = aProtectiveStop();
  const stopOrder = anOrder({
    id: present(stop.order, 'its order'),
    number: orderNumber(1070),
    spec: { ...anOrder().spec, side: 'SELL', terms: { type: 'STP', stop: price('161') } },
    group: { id: stop.id, role: 'protective-stop' },
  });
  const rests: EngineEvent = {
    type: 'orders-intended',
    orders: [stopOrder],
    group: null,
    stop,
    effectId: effectId('e-1'),
  };
  const oco = anOcoGroup();
  const joined: EngineEvent = {
    type: 'orders-intended',
    orders: [anOrder()],
    group: null,
    oco,
    effectId: effectId('e-1'),
  };

  test('a stop waits, trails, is suspended, armed again, and ends', () => {
    const journal = aJournal();
    const awaited = { ...stop, order: null, state: { phase: 'waiting', since: FRIDAY } } as const;
    const touched = { protectiveStops: [stop.id] };
    const now = () => journal.state.protectiveStops.get(stop.id);
    expect(journal.tell({ type: 'stop-awaited', stop: awaited, decisionId: decisionId('d-1') })).toEqual(touched);
    expect(journal.tell(rests)).toEqual({ orders: [stopOrder.id], ...touched });
    expect(journal.tell({ type: 'stop-activated', groupId: stop.id, waterMark: price('170') })).toEqual(touched);
    expect(now()).toMatchObject({ state: { phase: 'guarding' }, waterMark: '170', order: stopOrder.id });
    journal.tell({ type: 'stop-suspended', groupId: stop.id, why: 'a split' });
    expect(now()).toMatchObject({ state: { phase: 'suspended', why: 'a split' }, waterMark: '170' });
    journal.tell({ type: 'stop-rearmed', groupId: stop.id, waterMark: null, origin: 'window' });
    expect(now()).toMatchObject({ state: { phase: 'guarding' }, waterMark: null });
    journal.tell({ type: 'stop-ended', groupId: stop.id, why: 'filled' });
    expect(now()).toMatchObject({ state: { phase: 'ended', why: 'filled' } });
  });

  test('a stop that follows the market is asked to move at once, and its history is where it stood', () => {
    const journal = aJournal();
    journal.tell(rests);
    const { quantity: size, timeInForce } = stopOrder.spec;
    const moveTo = (at: string, waterMark: string) => {
      const asked = { terms: { type: 'STP', stop: price(at) } as const, quantity: size, timeInForce };
      const modification = { effectId: effectId('e-2'), requestedAt: FRIDAY, ...asked };
      const prices = { before: price('161'), waterMark: price(waterMark), bid: price(waterMark), ask: price('190') };
      const ids = { groupId: stop.id, id: stopOrder.id };
      expect(journal.tell({ type: 'stop-ratcheted', ...ids, ...prices, modification })).toEqual({
        orders: [stopOrder.id],
        protectiveStops: [stop.id],
      });
      expect(journal.state.orders.get(stopOrder.id)).toMatchObject({ modification });
      journal.tell({ type: 'modification-confirmed', id: stopOrder.id, ...asked });
    };
    moveTo('162', '165');
    moveTo('163', '166');
    journal.tell({
      type: 'terms-observed',
      id: stopOrder.id,
      terms: { type: 'STP', stop: price('163') },
      quantity: size,
      timeInForce,
    });
    expect(journal.state.stopMoves.get(stopOrder.id)?.map(({ stop: at, waterMark }) => [at, waterMark])).toEqual([
      ['161', null],
      ['162', '165'],
      ['163', '166'],
    ]);
  });

  test('a trailing stop of a bracket has a history from where IBKR first shows it, and only the latest moves stay', () => {
    const journal = aJournal();
    const trail = { by: 'amount', amount: price('3') } as const;
    const trailing = anOrder({ spec: { ...anOrder().spec, terms: { type: 'TRAIL', trail, stop: null } }, group: null });
    journal.tell({ type: 'orders-intended', orders: [trailing], group: null, effectId: effectId('e-1') });
    const { quantity: size, timeInForce } = trailing.spec;
    for (let cents = 1; cents <= STOP_MOVES_MAX + 5; cents += 1) {
      const terms = { type: 'TRAIL', trail, stop: price(String(100 + cents)) } as const;
      journal.tell({ type: 'terms-observed', id: trailing.id, terms, quantity: size, timeInForce });
    }
    const moves = journal.state.stopMoves.get(trailing.id);
    expect([moves?.length, moves?.[0]?.stop]).toEqual([STOP_MOVES_MAX, '106']);
  });

  test('an OCO group owes its siblings until it is closed', () => {
    const journal = aJournal();
    const touched = { ocoGroups: [oco.id] };
    expect(journal.tell(joined)).toEqual({ orders: [anOrder().id], ...touched });
    expect(journal.tell({ type: 'oco-siblings-due', groupId: oco.id, dueBy: FRIDAY })).toEqual(touched);
    expect(journal.state.ocoGroups.get(oco.id)).toMatchObject({ siblingsDueBy: FRIDAY, closed: null });
    const overfilled = { groupId: oco.id, id: anOrder().id, excess: quantity('5'), policy: 'alert' } as const;
    expect(journal.tell({ type: 'oco-overfilled', ...overfilled })).toEqual(touched);
    expect(journal.tell({ type: 'oco-closed', groupId: oco.id, at: FRIDAY })).toEqual(touched);
    expect(journal.state.ocoGroups.get(oco.id)).toMatchObject({ siblingsDueBy: null, closed: FRIDAY });
  });
});

describe('fills', () => {
  test('a fill moves order and position', () => {
    const journal = aJournal();
    journal.tell(placed);
    expect(journal.tell(filled)).toEqual({
      fills: [aFill().execId],
      positions: [AMD_ID],
      orders: [order.id],
    });
    const second = aFill({ execId: execId('e2.01'), quantity: quantity('30'), price: price('164.1') });
    journal.tell({ type: 'fill-recorded', fill: second });
    expect(journal.state.orders.get(order.id)).toMatchObject({ filled: '50', averagePrice: '164.096' });
    expect(journal.state.positions.get(AMD_ID)).toMatchObject({ quantity: '50', averageCost: '164.096' });
    expect(journal.state.fillsByOrder.get(order.id)).toEqual([aFill().execId, second.execId]);
  });

  test('a fill of an unknown order moves the position alone', () => {
    const journal = aJournal();
    const stray = aFill({ orderId: null, side: 'SELL' });
    expect(journal.tell({ type: 'fill-recorded', fill: stray })).toEqual({
      fills: [stray.execId],
      positions: [AMD_ID],
    });
    expect(journal.state.positions.get(AMD_ID)?.quantity).toBe('-20');
    const corrected = aFill({ orderId: null, side: 'SELL', execId: execId('0000e0d5.6600001.01.02') });
    expect(journal.tell({ type: 'fill-corrected', fill: corrected, replaces: stray.execId })).toEqual({
      fills: [stray.execId, corrected.execId],
      positions: [AMD_ID],
    });
  });

  test('a correction takes the place of what it corrects; the average cost is unknown until IBKR says it', () => {
    const journal = aJournal();
    journal.tell(placed);
    journal.tell(filled);
    const second = aFill({ execId: execId('e2.01'), quantity: quantity('5') });
    journal.tell({ type: 'fill-recorded', fill: second });
    const corrected = aFill({ execId: execId('0000e0d5.6600001.01.02'), quantity: quantity('15') });
    journal.tell({ type: 'fill-corrected', fill: corrected, replaces: aFill().execId });
    expect(journal.state.fillsByOrder.get(order.id)).toEqual([corrected.execId, second.execId]);
    expect(journal.state.fills.has(aFill().execId)).toBe(false);
    expect(journal.state.fillByFamily.get('0000e0d5.6600001.01')).toBe(corrected.execId);
    expect(journal.state.orders.get(order.id)?.filled).toBe('20');
    // Taken out and put in again at a price of its own: what the whole cost is left to IBKR.
    expect(journal.state.positions.get(AMD_ID)?.quantity).toBe('20');
  });

  test('a correction of a fill whose list was lost starts it anew as empty', () => {
    const journal = aJournal();
    journal.tell(placed);
    journal.tell({ type: 'fill-recorded', fill: aFill({ orderId: null }) });
    const corrected = aFill({ execId: execId('0000e0d5.6600001.01.02') });
    journal.tell({ type: 'fill-corrected', fill: corrected, replaces: aFill().execId });
    expect(journal.state.orders.get(order.id)?.filled).toBe('0');
  });

  test('a commission is added to its fill', () => {
    const journal = aJournal();
    journal.tell(placed);
    journal.tell(filled);
    const commission = { amount: money('1'), currency: 'USD' };
    expect(journal.tell({ type: 'commission-reported', execId: aFill().execId, commission })).toEqual({
      fills: [aFill().execId],
    });
    expect(journal.state.fills.get(aFill().execId)?.commission).toEqual(commission);
  });

  test.each<readonly [string, SignedQuantity, 'BUY' | 'SELL', string, string, string | null]>([
    ['adding blends the price in', signedQuantity('20'), 'BUY', '20', '40', '162.045'],
    ['reducing keeps the cost', signedQuantity('50'), 'SELL', '20', '30', '160'],
    ['closing has none', signedQuantity('20'), 'SELL', '20', '0', null],
    ['crossing zero starts again at the fill', signedQuantity('10'), 'SELL', '20', '-10', '164.09'],
    ['a short grows the same way', signedQuantity('-20'), 'SELL', '20', '-40', '162.045'],
  ])('average cost: %s', (_, before, side, size, after, cost) => {
    const held = aPosition({ quantity: before });
    const fill = aFill({ orderId: null, side, quantity: quantity(size) });
    const state = stateAfter({ type: 'position-adopted', position: held, why: '' }, { type: 'fill-recorded', fill });
    expect(state.positions.get(AMD_ID)).toMatchObject({ quantity: after, averageCost: cost });
  });

  test('adding to a position of unknown cost leaves it unknown', () => {
    const state = stateAfter(
      { type: 'position-adopted', position: aPosition({ averageCost: null }), why: '' },
      { type: 'fill-recorded', fill: aFill({ orderId: null }) },
    );
    expect(state.positions.get(AMD_ID)?.averageCost).toBeNull();
  });

  test('after a closed position the first fill sets the cost again', () => {
    const state = stateAfter(
      { type: 'position-adopted', position: aPosition({ quantity: signedQuantity('0') }), why: '' },
      { type: 'fill-recorded', fill: aFill({ orderId: null }) },
    );
    expect(state.positions.get(AMD_ID)?.averageCost).toBe('164.09');
  });

  test('a position is the sum of its fills, whatever their order and size', () => {
    const move = fc.record({
      side: fc.constantFrom('BUY' as const, 'SELL' as const),
      size: fc.integer({ min: 1, max: 500 }),
    });
    fc.assert(
      fc.property(fc.array(move, { maxLength: 30 }), (moves) => {
        const fills = moves.map(({ side, size }, index): EngineEvent => ({
          type: 'fill-recorded',
          fill: aFill({ execId: execId(`x${index}.01`), orderId: null, side, quantity: quantity(String(size)) }),
        }));
        const sum = moves.reduce((total, { side, size }) => total + (side === 'BUY' ? size : -size), 0);
        expect(stateAfter(...fills).positions.get(AMD_ID)?.quantity ?? '0').toBe(String(sum));
      }),
    );
  });
});

describe('what is remembered for a while', () => {
  const answered = (n: number): EngineEvent => ({
    type: 'command-answered',
    key: commandKey(`k-${n}`),
    payloadHash: 'h',
    reply: { outcome: 'accepted', orders: [], decisionId: null, message: '' },
  });

  test('an answer for a day, then it is forgotten', () => {
    const journal = aJournal();
    journal.tell(answered(1), FRIDAY);
    journal.tell(answered(2), laterBy(FRIDAY, COMMAND_MEMORY_MS));
    expect([...journal.state.commands.keys()]).toEqual(['k-1', 'k-2']);
    journal.tell(answered(3), laterBy(FRIDAY, COMMAND_MEMORY_MS + 1));
    expect([...journal.state.commands.keys()]).toEqual(['k-2', 'k-3']);
  });

  test('a number of decisions, the oldest is forgotten first', () => {
    const journal = aJournal();
    for (let n = 0; n <= DECISIONS_MAX; n += 1) {
      const decision = { ...aDecision(), id: decisionId(`d-${n}`) };
      expect(journal.tell({ type: 'decision-made', decision })).toEqual({ decisions: [decision.id] });
    }
    expect(journal.state.decisions.size).toBe(DECISIONS_MAX);
    expect(journal.state.decisions.has(decisionId('d-0'))).toBe(false);
    expect(journal.state.decisions.has(decisionId(`d-${DECISIONS_MAX}`))).toBe(true);
  });
});

describe('a snapshot', () => {
  const everything: readonly EngineEvent[] = [
    { type: 'run-started', runId: runId('r1'), mode: 'paper', version: '0.1.0' },
    { type: 'account-bound', account: accountId('DU1234567') },
    { type: 'instrument-defined', instrument: AMD },
    { type: 'reconciliation-proved', proof },
    { type: 'decision-made', decision: aDecision() },
    bracketPlaced,
    {
      type: 'command-answered',
      key: commandKey('k-1'),
      payloadHash: 'h',
      reply: { outcome: 'accepted', orders: [order.id], decisionId: null, message: '' },
    },
    {
      type: 'orders-intended',
      orders: [anOrder({ id: clientOrderId('o-stop'), number: orderNumber(1071) })],
      group: null,
      oco: anOcoGroup(),
      stop: aProtectiveStop(),
      effectId: effectId('e-3'),
    },
    {
      type: 'terms-observed',
      id: bracket.stop.id,
      terms: { type: 'STP', stop: price('162') },
      quantity: quantity('50'),
      timeInForce: 'GTC',
    },
    filled,
    { type: 'alarm-raised', alarm: aStandingAlarm() },
  ];

  test('restores to the state it was taken of, through JSON and its schema', () => {
    const state = stateAfter(...everything);
    const snapshot = snapshotOf(state);
    const read = stateSnapshotSchema.parse(JSON.parse(JSON.stringify(snapshot)));
    expect(read).toEqual(snapshot);
    expect(restoreState(read)).toEqual(state);
    expect(snapshotOf(restoreState(read))).toEqual(snapshot);
  });

  test('taken anywhere on the way, it leads to the same end', () => {
    const end = snapshotOf(stateAfter(...everything));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: everything.length }), (cut) => {
        const journal = aJournal(restoreState(snapshotOf(stateAfter(...everything.slice(0, cut)))));
        for (const event of everything.slice(cut)) journal.tell(event);
        expect(snapshotOf(journal.state)).toEqual(end);
      }),
    );
  });
});
