import { describe, expect, test } from 'vitest';
import { describeEvent, type ActivityLine } from '#domain/activity-words';
import { engineEventSchema, type EngineEvent } from '#domain/engine-event';
import {
  alarmId,
  clientId,
  clientOrderId,
  commandKey,
  decisionId,
  effectId,
  execId,
  orderNumber,
  permId,
  runId,
} from '#domain/ids';
import { money, price, quantity, signedQuantity } from '#domain/money';
import type { RiskSubject } from '#domain/risk-decision';
import { DEFAULT_SETTINGS } from '#domain/settings';
import { emptyWorkstationState } from '#domain/workstation-state';
import {
  aBracket,
  ACCOUNT,
  aDecision,
  aFill,
  AMD,
  anOrder,
  aPosition,
  aStandingAlarm,
  FRIDAY,
  GROUP,
  stateAfter,
} from '#test/builders/domain-records';

const since = FRIDAY;
const at = FRIDAY;
const effect = effectId('e-1');
const entry = anOrder();
const bracket = aBracket({ phase: 'working', since });
const placed: EngineEvent = { type: 'orders-intended', orders: [entry], group: null, effectId: effect };
const bracketPlaced: EngineEvent = {
  type: 'orders-intended',
  orders: [bracket.entry, bracket.target, bracket.stop],
  group: bracket.group,
  effectId: effect,
};

/** The last of `events` in words, told after all of them were applied. */
function told(...events: readonly [EngineEvent, ...EngineEvent[]]): ActivityLine {
  const last = events.at(-1) ?? events[0];
  return describeEvent(last, stateAfter(...events));
}

/** `event` in words when the state knows nothing of what it concerns. */
function toldBlind(event: EngineEvent): ActivityLine {
  return describeEvent(event, emptyWorkstationState('paper'));
}

describe('the session', () => {
  test('a start, an account, settings and an instrument', () => {
    expect(told({ type: 'run-started', runId: runId('r1'), mode: 'paper', version: '0.1.0' })).toEqual({
      kind: 'session',
      text: 'Workstation 0.1.0 started in paper mode',
      tone: 'info',
      orderNumber: null,
      manual: false,
    });
    expect(told({ type: 'account-bound', account: ACCOUNT }).text).toBe(
      'This journal belongs to account DU1234567 from now on',
    );
    expect(told({ type: 'settings-changed', settings: DEFAULT_SETTINGS })).toMatchObject({
      text: 'Settings changed',
      kind: 'manual',
      manual: true,
    });
    expect(told({ type: 'instrument-defined', instrument: AMD }).text).toBe('AMD is known: ADVANCED MICRO DEVICES');
    expect(told({ type: 'notice-received', code: 2104, text: 'Market data farm is OK' }).text).toBe(
      'IBKR: Market data farm is OK (2104)',
    );
  });

  test('a lost connection is bad news, a ready one good', () => {
    const lost = { phase: 'disconnected', since, reason: 'refused', code: 502, retryAt: null } as const;
    expect(told({ type: 'connection-changed', connection: lost })).toMatchObject({
      text: 'Connection: disconnected: refused (502)',
      tone: 'bad',
    });
    expect(
      told({ type: 'connection-changed', connection: { phase: 'ready', since, serverVersion: 193 } }),
    ).toMatchObject({ text: 'Connection: ready', tone: 'good' });
  });

  test('a reconciliation tells its first differences and counts the rest', () => {
    const proof = {
      startedAt: at,
      at,
      ordersExpected: 1,
      ordersAtBroker: 1,
      completedAtBroker: 0,
      executionsAtBroker: 0,
      positionsAtBroker: 0,
      findings: [],
    };
    expect(told({ type: 'reconciliation-proved', proof })).toMatchObject({
      text: 'Reconciled: 1 order expected, 1 at IBKR, 0 executions, 0 positions: no difference.',
      tone: 'good',
    });
    const finding = { kind: 'never-arrived', orderId: entry.id, number: entry.number } as const;
    const many = { ...proof, findings: [finding, finding, finding, finding, finding] };
    const sentence = '1051 never reached IBKR. Not resent.';
    expect(told({ type: 'reconciliation-proved', proof: many })).toMatchObject({
      text: `Reconciled: 1 order expected, 1 at IBKR, 0 executions, 0 positions: 5 differences. ${sentence} ${sentence} ${sentence} And 2 more.`,
      tone: 'warn',
    });
  });

  test('a position that IBKR has otherwise, and what a person said of it', () => {
    const position = aPosition();
    const adjusted = { type: 'position-adjusted', position, before: signedQuantity('50'), why: '' } as const;
    expect(told({ ...adjusted, cause: 'unexplained' })).toMatchObject({
      text: 'AMD position +50 became +60 at IBKR: unexplained',
      tone: 'bad',
    });
    expect(told({ ...adjusted, cause: 'other-client' })).toMatchObject({ tone: 'warn' });
    const difference = {
      conId: position.conId,
      symbol: 'AMD',
      at,
      ours: signedQuantity('50'),
      brokers: position.quantity,
    };
    const said = { at, cause: 'transfer', reason: 'moved here', origin: 'cli' } as const;
    expect(
      told({ type: 'differences-acknowledged', acknowledgement: { ...said, differences: [difference] } }),
    ).toMatchObject({
      text: 'Difference of AMD acknowledged as a transfer: moved here (CLI)',
      kind: 'manual',
      manual: true,
    });
  });

  test('a trading state says who changed it', () => {
    const trading = { state: 'HALTED', since, reason: 'kill switch', cause: 'person' } as const;
    expect(told({ type: 'trading-state-changed', trading, origin: 'window' })).toMatchObject({
      text: 'Trading is HALTED: kill switch (window)',
      tone: 'bad',
      kind: 'risk',
      manual: true,
    });
    expect(
      told({ type: 'trading-state-changed', trading: { ...trading, state: 'REDUCING' }, origin: 'manager' }),
    ).toMatchObject({ text: 'Trading is REDUCING: kill switch (automatic)', tone: 'warn', manual: false });
  });
});

describe('commands and decisions', () => {
  const reply = { outcome: 'accepted', orders: [entry.id], decisionId: null, message: '' } as const;
  const answered = (change: object): EngineEvent =>
    engineEventSchema.parse({
      type: 'command-answered',
      key: commandKey('k-1'),
      payloadHash: 'h',
      reply: { ...reply, ...change },
    });

  test('an accepted command names its orders, a denied one its reason', () => {
    expect(told(placed, answered({}))).toMatchObject({
      text: 'Command accepted: 1051',
      tone: 'info',
      orderNumber: 1051,
      kind: 'manual',
      manual: true,
    });
    expect(told(answered({ orders: [] })).text).toBe('Command accepted');
    expect(told(placed, answered({ outcome: 'denied', message: 'Too much.' }))).toMatchObject({
      text: 'Command denied: Too much.',
      tone: 'bad',
    });
    expect(toldBlind(answered({}))).toMatchObject({ text: 'Command accepted', orderNumber: null });
  });

  test('a decision is told with its outcome', () => {
    const halted = { code: 'HALTED', symbol: 'AMD' } as const;
    expect(told({ type: 'decision-made', decision: aDecision() })).toMatchObject({
      text: 'Approved: BUY 50 AMD LMT 164.10.',
      tone: 'info',
      kind: 'risk',
      orderNumber: null,
      manual: true,
    });
    const warned = aDecision([{ check: 'collar', verdict: 'warn', reason: halted }]);
    expect(told({ type: 'decision-made', decision: warned }).tone).toBe('warn');
    const modify: RiskSubject = {
      action: 'modify',
      symbol: 'AMD',
      orderId: entry.id,
      number: entry.number,
      before: { role: 'parent', side: 'BUY', quantity: quantity('50'), terms: { type: 'MKT' }, timeInForce: 'DAY' },
      after: { role: 'parent', side: 'BUY', quantity: quantity('40'), terms: { type: 'MKT' }, timeInForce: 'DAY' },
      filled: quantity('0'),
      entry: null,
      exits: [],
    };
    const denied = aDecision([{ check: 'freshness', verdict: 'deny', reason: halted }], {
      subject: modify,
      origin: 'manager',
    });
    expect(told({ type: 'decision-made', decision: denied })).toMatchObject({
      tone: 'bad',
      orderNumber: 1051,
      manual: false,
    });
  });

  test('a denied order says that it was not sent, and why when the decision is still known', () => {
    const order = anOrder({ state: { phase: 'denied', at } });
    const decision = aDecision([{ check: 'freshness', verdict: 'deny', reason: { code: 'HALTED', symbol: 'AMD' } }]);
    expect(told({ type: 'decision-made', decision }, { type: 'order-denied', order })).toMatchObject({
      text: '1051 BUY 50 AMD LMT 164.10 denied, not sent. AMD is halted. Orders that add risk pass once it trades again.',
      tone: 'bad',
      kind: 'risk',
      orderNumber: 1051,
      manual: true,
    });
    expect(told({ type: 'order-denied', order }).text).toBe('1051 BUY 50 AMD LMT 164.10 denied, not sent.');
    expect(told({ type: 'order-denied', order: { ...order, decisionId: null } }).text).toBe(
      '1051 BUY 50 AMD LMT 164.10 denied, not sent.',
    );
  });
});

describe('orders', () => {
  test('a single order is told when it is sent', () => {
    expect(told(placed)).toEqual({
      kind: 'order',
      text: '1051 BUY 50 AMD LMT 164.10 sent',
      tone: 'info',
      orderNumber: 1051,
      manual: true,
    });
  });

  test('a bracket is told with its exits', () => {
    expect(told(bracketPlaced).text).toBe(
      '1051 BUY 50 AMD LMT 164.10 sent with target 170.00 (1052) and stop-loss 161.00 (1053)',
    );
  });

  test('an order of somebody else is no intervention of ours', () => {
    const order = anOrder({ origin: 'external' });
    expect(told({ type: 'order-adopted', order })).toMatchObject({
      text: '1051 BUY 50 AMD LMT 164.10 found at IBKR, placed elsewhere',
      manual: false,
    });
  });

  test('IBKR names the order', () => {
    const broker = { clientId: clientId(1), orderId: null, permId: permId(99) };
    expect(told(placed, { type: 'order-identified', id: entry.id, broker }).text).toBe('1051 is known to IBKR as 99');
    expect(toldBlind({ type: 'order-identified', id: entry.id, broker: { ...broker, permId: null } })).toMatchObject({
      text: 'Order o-1051 has no permanent id yet',
      orderNumber: null,
    });
  });

  test('a change of state is told with its evidence', () => {
    const rejected = { phase: 'rejected', at, code: 201, reason: 'margin' } as const;
    expect(told(placed, { type: 'order-state-changed', id: entry.id, state: rejected })).toMatchObject({
      text: '1051 rejected by IBKR: margin (201)',
      tone: 'bad',
      orderNumber: 1051,
    });
    expect(toldBlind({ type: 'order-state-changed', id: entry.id, state: rejected }).text).toBe(
      'Order o-1051 is rejected',
    );
  });

  test('a cancel says who asked and why, and what became of it when IBKR would not', () => {
    const cancel: EngineEvent = {
      type: 'cancel-requested',
      id: entry.id,
      effectId: effect,
      origin: 'cli',
      reason: 'asked for by a person',
    };
    expect(told(placed, cancel)).toMatchObject({
      text: 'Cancel 1051 requested: asked for by a person (CLI)',
      kind: 'order',
      manual: true,
    });
    expect(toldBlind({ ...cancel, origin: 'external', reason: '' })).toMatchObject({
      text: 'Cancel Order o-1051 requested (elsewhere)',
      manual: false,
    });
    const refused: EngineEvent = {
      type: 'cancel-refused',
      id: entry.id,
      code: 161,
      text: 'not in a cancellable state',
      state: { phase: 'working', since },
    };
    expect(told(placed, cancel, refused)).toMatchObject({
      text: 'Cancel 1051 refused: not in a cancellable state (161). It is working',
      tone: 'warn',
    });
    expect(toldBlind(refused).text).toBe(
      'Cancel Order o-1051 refused: not in a cancellable state (161). It is working',
    );
  });
});

describe('modifications', () => {
  const { stop } = bracket;
  const change = {
    terms: { type: 'STP', stop: price('161.5') },
    quantity: quantity('40'),
    timeInForce: 'DAY',
  } as const;
  const asked: EngineEvent = {
    type: 'modification-requested',
    id: stop.id,
    before: { terms: stop.spec.terms, quantity: stop.spec.quantity, timeInForce: stop.spec.timeInForce },
    modification: { effectId: effect, requestedAt: at, ...change },
    decisionId: decisionId('d-2'),
    origin: 'window',
  };

  test('a request says what changes from what to what', () => {
    expect(told(bracketPlaced, asked)).toMatchObject({
      text: 'Modify 1053: stop 161.00 → 161.50, quantity 50 → 40, time in force GTC → DAY requested (window)',
      orderNumber: 1053,
      manual: true,
    });
  });

  test('another type is told with its prices', () => {
    const toLimit = {
      ...asked,
      modification: { ...asked.modification, terms: { type: 'LMT', limit: price('1') } },
    } as const;
    expect(told(bracketPlaced, toLimit).text).toBe(
      'Modify 1053: type STP → LMT, limit none → 1.00, stop 161.00 → none, quantity 50 → 40, time in force GTC → DAY requested (window)',
    );
  });

  test('a request tells the same when the order has moved on or is gone', () => {
    const confirmed: EngineEvent = { type: 'modification-confirmed', id: stop.id, ...change };
    const later = stateAfter(bracketPlaced, asked, confirmed);
    expect(describeEvent(asked, later).text).toBe(told(bracketPlaced, asked).text);
    expect(toldBlind(asked).text).toContain('Modify Order o-1053: stop 161.00 → 161.50');
  });

  test('a confirmation and what IBKR changed by itself tell the terms that hold', () => {
    expect(told(bracketPlaced, asked, { type: 'modification-confirmed', id: stop.id, ...change })).toMatchObject({
      text: '1053 modified: SELL 40 STP 161.50 DAY',
      tone: 'info',
    });
    expect(told(bracketPlaced, { type: 'terms-observed', id: stop.id, ...change })).toMatchObject({
      text: '1053 changed at IBKR: SELL 40 STP 161.50 DAY',
      tone: 'warn',
    });
    expect(toldBlind({ type: 'terms-observed', id: stop.id, ...change }).text).toBe(
      'Order o-1053 changed at IBKR: 40 STP 161.50 DAY',
    );
  });

  test('a refusal says that the old order is still live, if it is', () => {
    const refused: EngineEvent = { type: 'modification-refused', id: stop.id, code: 110, text: 'off tick' };
    expect(told(bracketPlaced, asked, refused)).toMatchObject({
      text: 'Modify 1053 refused: off tick (110). The old order is still live',
      tone: 'warn',
    });
    const filled: EngineEvent = { type: 'order-state-changed', id: stop.id, state: { phase: 'filled', at } };
    expect(told(bracketPlaced, asked, filled, refused).text).toBe('Modify 1053 refused: off tick (110)');
    expect(toldBlind(refused).text).toBe('Modify Order o-1053 refused: off tick (110)');
  });
});

describe('fills', () => {
  const first: EngineEvent = { type: 'fill-recorded', fill: aFill() };
  const second: EngineEvent = {
    type: 'fill-recorded',
    fill: aFill({ execId: execId('0000e0d5.6600002.01.01'), quantity: quantity('30'), price: price('164.1') }),
  };

  test('a fill says what is left', () => {
    expect(told(placed, first)).toEqual({
      kind: 'fill',
      text: '1051 filled 20 @ 164.09, 30 left',
      tone: 'good',
      orderNumber: 1051,
      manual: false,
    });
    expect(told(placed, first, second).text).toBe('1051 filled 30 @ 164.10, all filled');
  });

  test('an earlier fill says what was left then, although more has filled since', () => {
    expect(describeEvent(first, stateAfter(placed, first, second)).text).toBe('1051 filled 20 @ 164.09, 30 left');
  });

  test('a fill that is no longer in memory counts as nothing', () => {
    expect(describeEvent(first, stateAfter(placed)).text).toBe('1051 filled 20 @ 164.09, 50 left');
    const state = stateAfter(placed, first, second);
    state.fills.delete(aFill().execId);
    expect(describeEvent(second, state).text).toBe('1051 filled 30 @ 164.10, 20 left');
  });

  test('a fill of an order that we do not know is a warning', () => {
    const stray: EngineEvent = { type: 'fill-recorded', fill: aFill({ orderId: null }) };
    expect(told(stray)).toMatchObject({
      text: 'BUY AMD: filled 20 @ 164.09, by an order that is not in our ledger',
      tone: 'warn',
      orderNumber: null,
    });
    expect(toldBlind(first).tone).toBe('warn');
  });

  test('a correction and a commission', () => {
    const corrected = aFill({ execId: execId('0000e0d5.6600001.01.02'), quantity: quantity('10') });
    const correction: EngineEvent = { type: 'fill-corrected', fill: corrected, replaces: aFill().execId };
    expect(told(placed, first, correction)).toMatchObject({
      text: '1051: IBKR corrected an execution to 10 @ 164.09',
      tone: 'warn',
    });
    expect(toldBlind({ ...correction, fill: { ...corrected, orderId: null } }).text).toBe(
      'AMD: IBKR corrected an execution to 10 @ 164.09',
    );
    const commission = { amount: money('1'), currency: 'USD' };
    const reported: EngineEvent = { type: 'commission-reported', execId: aFill().execId, commission };
    expect(told(placed, first, reported).text).toBe('1051: commission $1.00');
    expect(toldBlind(reported).text).toBe('Execution 0000e0d5.6600001.01.01: commission $1.00');
  });

  test("IBKR's position is adopted for a reason", () => {
    expect(told({ type: 'position-adopted', position: aPosition(), why: 'before-report' })).toMatchObject({
      text: 'AMD position is +60 at IBKR, adopted (before-report)',
      tone: 'warn',
    });
    expect(told({ type: 'position-adopted', position: aPosition(), why: '' }).text).toBe(
      'AMD position is +60 at IBKR, adopted',
    );
  });
});

describe('brackets and alarms', () => {
  test('a bracket is called by its entry', () => {
    expect(told(bracketPlaced, { type: 'bracket-exits-due', groupId: GROUP, dueBy: at }).text).toBe(
      'Bracket 1051: the entry ended without a fill, its exits have to go',
    );
    expect(told(bracketPlaced, { type: 'bracket-share-given-up', groupId: GROUP, quantity: quantity('21') }).text).toBe(
      'Bracket 1051: 21 of it were closed by something else',
    );
    expect(told(bracketPlaced, { type: 'bracket-closed', groupId: GROUP, at }).text).toBe('Bracket 1051 closed');
    expect(toldBlind({ type: 'bracket-closed', groupId: GROUP, at }).text).toBe('Bracket g-1 closed');
  });

  test('an alarm is its own text, as loud as it is', () => {
    const alarm = aStandingAlarm({ orderId: clientOrderId('o-1051') });
    expect(told(placed, { type: 'alarm-raised', alarm })).toMatchObject({
      text: alarm.text,
      tone: 'bad',
      kind: 'alarm',
      orderNumber: 1051,
    });
    const mild = aStandingAlarm({ severity: 'warning' });
    expect(toldBlind({ type: 'alarm-raised', alarm: mild })).toMatchObject({ tone: 'warn', orderNumber: null });
    expect(told({ type: 'alarm-cleared', alarmId: alarmId('alarm-1'), origin: 'window' })).toMatchObject({
      text: 'Alarm cleared (window)',
      manual: true,
    });
  });

  test('an order that only the event numbers keeps that number', () => {
    expect(told(placed).orderNumber).toBe(orderNumber(1051));
  });
});
