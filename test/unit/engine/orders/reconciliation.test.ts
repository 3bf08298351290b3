import { describe, expect, test } from 'vitest';
import { accountId, clientId, effectId, epochMs, execId, ibOrderId, permId } from '#domain/ids';
import { quantity } from '#domain/money';
import type { ProofFinding } from '#domain/reconciliation-proof';
import { POSITION_LAG_MS } from '#engine/orders/position-lag';
import { NEVER_ARRIVED_AFTER_MS } from '#engine/orders/reconciliation';
import { AAPL, EngineHarness, OUR_CLIENT, TESLA } from '#test/builders/engine-harness';

const findings = (trader: EngineHarness): readonly ProofFinding[] => trader.durable.proof?.findings ?? [];

/** BUY 10 AAPL LMT 150 as order 1, in flight when the link dropped. */
function lostInFlight(): EngineHarness {
  const trader = EngineHarness.ready();
  trader.places();
  trader.linkDown();
  expect(trader.phaseOf(1)).toBe('unknown');
  return trader;
}

describe('an order that was in flight when the link dropped is never resent, and settled by what IBKR shows', () => {
  test('alive', () => {
    const trader = lostInFlight();
    trader.connects(() => trader.reports(1, { kind: 'working' }));
    expect(trader.phaseOf(1)).toBe('working');
    expect(findings(trader)).toEqual([
      { kind: 'settled-order', orderId: trader.order(1).id, number: 1, phase: 'working' },
    ]);
    expect(trader.effectsOf('place')).toHaveLength(1);
  });

  test('filled', () => {
    const trader = lostInFlight();
    const execution = { ...trader.anExecution(1, '10'), at: trader.now };
    trader.passes(1_000);
    trader.connects(() => {
      trader.fact({ kind: 'execution', execution });
      trader.reportsCompleted(1, { kind: 'filled' });
      trader.reportsPosition('10');
    });
    expect(trader.phaseOf(1)).toBe('filled');
    expect(trader.position()).toBe('10');
    expect(findings(trader)).toMatchObject([
      { kind: 'found-execution', execId: execution.execId },
      { kind: 'settled-order', phase: 'filled' },
    ]);
  });

  test('rejected or cancelled', () => {
    const trader = lostInFlight();
    trader.connects(() => trader.reportsCompleted(1, { kind: 'cancelled' }));
    expect(trader.phaseOf(1)).toBe('cancelled');
  });

  test('never arrived, but only when the snapshot began long enough after it was lost', () => {
    const trader = lostInFlight();
    trader.passes(NEVER_ARRIVED_AFTER_MS - 1);
    trader.connects();
    expect(trader.phaseOf(1)).toBe('unknown');
    expect(trader.phase).toBe('ready');
    trader.passes(NEVER_ARRIVED_AFTER_MS);
    trader.answersSnapshot();
    expect(trader.order(1).state).toMatchObject({ phase: 'cancelled', reason: 'Never reached IBKR. Not resent.' });
    expect(findings(trader)).toMatchObject([{ kind: 'never-arrived', number: 1 }]);
    const late = lostInFlight();
    late.passes(NEVER_ARRIVED_AFTER_MS);
    late.connects();
    expect(late.phaseOf(1)).toBe('cancelled');
    expect(late.effectsOf('place')).toHaveLength(1);
  });

  test('arrives after the first snapshot', () => {
    const trader = lostInFlight();
    trader.connects();
    trader.works(1);
    expect(trader.phaseOf(1)).toBe('working');
  });
});

test('an execution of an order that nobody here knows is found too', () => {
  const trader = lostInFlight();
  const execution = { ...trader.anExecution(1, '3'), permId: permId(5), orderId: null, orderRef: null };
  trader.passes(1_000);
  trader.connects(() => trader.fact({ kind: 'execution', execution }));
  expect(findings(trader)).toContainEqual({ kind: 'found-execution', execId: execution.execId, orderId: null });
});

describe('absence', () => {
  const acknowledged = (): EngineHarness => {
    const trader = EngineHarness.ready();
    trader.works(trader.places());
    return trader;
  };

  test('of an acknowledged order means that it is over', () => {
    const trader = acknowledged();
    trader.linkDown();
    trader.connects();
    expect(trader.order(1).state).toMatchObject({
      phase: 'cancelled',
      reason: 'Not open at IBKR any more: expired or cancelled while nobody was looking',
    });
    expect(findings(trader)).toMatchObject([{ kind: 'vanished-order', number: 1 }]);
  });

  test('of an order whose executions add up means that it filled', () => {
    const trader = acknowledged();
    trader.fills(1, '10');
    const types = trader.journal.map(({ event }) => event.type);
    trader.crashes(types.lastIndexOf('fill-recorded') + 1);
    expect(trader.order(1)).toMatchObject({ state: { phase: 'working' }, filled: '10' });
    trader.connects(() => trader.reportsPosition('10'));
    expect(trader.phaseOf(1)).toBe('filled');
    expect(findings(trader)).toMatchObject([{ kind: 'settled-order', phase: 'filled' }]);
  });

  test('of an order that was not answered when the snapshot began means nothing', () => {
    const trader = acknowledged();
    trader.places({ quantity: quantity('3') });
    trader.errs(1, 135, 'uncertain');
    trader.beginsSnapshot();
    trader.passes(5_000);
    expect(trader.phaseOf(2)).toBe('unknown');
    trader.reports(1, { kind: 'working' });
    trader.endsSnapshot();
    expect(trader.phaseOf(2)).toBe('unknown');
    expect(trader.durable.proof).toMatchObject({ ordersExpected: 1, ordersAtBroker: 1 });
  });

  test('of an order that ended while the snapshot ran means nothing', () => {
    const trader = acknowledged();
    trader.linkDown();
    trader.connects(() => trader.fills(1, '10'));
    expect(trader.phaseOf(1)).toBe('filled');
  });

  test('in an incomplete snapshot means nothing: the session is not ready, and IBKR is asked again', () => {
    const trader = acknowledged();
    trader.linkDown();
    trader.linkUp();
    trader.answersSnapshot(() => undefined, false);
    expect(trader.phase).toBe('reconciling');
    expect(trader.phaseOf(1)).toBe('working');
    expect(trader.state.observed.positionsKnown).toBe(false);
    trader.passes(2_000);
    expect(trader.isAskedForSnapshot).toBe(true);
    trader.answersSnapshot(() => trader.reports(1, { kind: 'working' }));
    expect(trader.phase).toBe('ready');
  });
});

describe('one snapshot at a time', () => {
  test('one that is wanted meanwhile starts when the one under way ends', () => {
    const trader = EngineHarness.ready();
    trader.works(trader.places());
    trader.errs(1, 135, 'uncertain');
    trader.beginsSnapshot();
    trader.errs(1, 135, 'uncertain');
    expect(trader.effectsOf('snapshot')).toHaveLength(2);
    trader.reports(1, { kind: 'working' });
    trader.endsSnapshot();
    expect(trader.effectsOf('snapshot')).toHaveLength(3);
  });

  test('one that is wanted while an incomplete one ran is still taken', () => {
    const trader = EngineHarness.ready();
    trader.works(trader.places());
    trader.errs(1, 135, 'uncertain');
    trader.beginsSnapshot();
    trader.errs(1, 135, 'uncertain');
    trader.endsSnapshot(false);
    trader.passes(2_000);
    expect(trader.effectsOf('snapshot')).toHaveLength(3);
  });

  test('the end of another, or of none, ends nothing', () => {
    const trader = new EngineHarness();
    trader.linkUp();
    const odd = { kind: 'snapshot-ended', effectId: effectId('e-odd'), complete: true, why: '' } as const;
    expect(trader.typesOf(() => trader.fact(odd))).toEqual([]);
    trader.beginsSnapshot();
    expect(trader.typesOf(() => trader.fact(odd))).toEqual([]);
    expect(trader.phase).toBe('reconciling');
  });

  test('one of an earlier session does not count in this one', () => {
    const trader = new EngineHarness();
    trader.linkUp();
    const { id } = trader.last('snapshot');
    trader.linkDown();
    trader.linkUp();
    trader.fact({ kind: 'snapshot-begun', effectId: id });
    trader.fact({ kind: 'snapshot-ended', effectId: id, complete: true, why: '' });
    expect(trader.phase).toBe('reconciling');
  });
});

describe('positions', () => {
  test('of a snapshot are adopted, and the proof says from what to what', () => {
    const trader = new EngineHarness();
    trader.definesAapl();
    trader.connects(() => trader.reportsPosition('70'));
    expect(trader.durable.positions.get(AAPL.conId)).toMatchObject({ quantity: '70', averageCost: '150' });
    expect(findings(trader)).toEqual([
      { kind: 'adopted-position', conId: AAPL.conId, symbol: 'AAPL', ours: '0', brokers: '70' },
    ]);
    expect(trader.durable.proof).toMatchObject({ positionsAtBroker: 1 });
  });

  test('that agree are no news; another average cost is', () => {
    const trader = new EngineHarness();
    trader.definesAapl();
    trader.connects(() => trader.reportsPosition('70'));
    trader.linkDown();
    expect(trader.typesOf(() => trader.connects(() => trader.reportsPosition('70')))).not.toContain('position-adopted');
    trader.linkDown();
    trader.connects(() => trader.reportsPosition('70', { averageCost: null }));
    expect(trader.durable.positions.get(AAPL.conId)).toMatchObject({ quantity: '70', averageCost: null });
    expect(findings(trader)).toEqual([]);
  });

  test('of a snapshot that was not answered in full are not adopted: the execution may be what is missing', () => {
    const trader = new EngineHarness();
    trader.definesAapl();
    trader.connects();
    trader.ticks();
    const buy = trader.places();
    trader.works(buy);
    trader.linkDown();
    trader.linkUp();
    trader.answersSnapshot(() => {
      trader.reports(buy, { kind: 'working' });
      trader.reportsPosition('10');
    }, false);
    expect(trader.position()).toBe('none');
    trader.passes(2_000);
    trader.answersSnapshot(() => {
      trader.fills(buy, '10', '150', { at: epochMs(trader.now - 60_000) });
      trader.reportsPosition('10');
    });
    expect(trader.position()).toBe('10');
    expect(trader.durable.trading.state).toBe('ACTIVE');
    expect(trader.allOf('position-adjusted')).toEqual([]);
  });

  test('of a snapshot that the link cut off are not adopted either', () => {
    const trader = new EngineHarness();
    trader.definesAapl();
    trader.connects(() => trader.reportsPosition('70'));
    trader.linkDown();
    trader.linkUp();
    trader.beginsSnapshot();
    trader.reportsPosition('40');
    trader.linkDown();
    expect(trader.position()).toBe('70');
    expect(trader.durable.trading.state).toBe('ACTIVE');
  });

  test('that a snapshot shows before the execution comes wait for it: nothing is counted twice', () => {
    const trader = EngineHarness.ready();
    const buy = trader.places();
    trader.passes(5_000);
    expect(trader.isAskedForSnapshot).toBe(true);
    trader.beginsSnapshot();
    trader.reports(buy, { kind: 'working' });
    trader.reportsPosition('10');
    trader.endsSnapshot();
    expect(trader.allOf('position-adjusted')).toEqual([]);
    trader.fills(buy, '10');
    trader.passes(POSITION_LAG_MS * 3);
    expect(trader.position()).toBe('10');
    expect(trader.isAskedForSnapshot).toBe(false);
    expect(trader.durable.trading.state).toBe('ACTIVE');
  });

  test('that do not follow an execution are looked into, though IBKR says nothing more of them', () => {
    const trader = new EngineHarness();
    trader.definesAapl();
    trader.connects(() => trader.reportsPosition('70'));
    trader.ticks();
    trader.fills(trader.places(), '10');
    trader.passes(POSITION_LAG_MS);
    expect(trader.isAskedForSnapshot).toBe(true);
  });

  test('are trusted by our own clock when IBKR dates an execution into the future', () => {
    const trader = EngineHarness.ready();
    trader.fills(trader.places(), '10', '150', { at: epochMs(trader.now + 3_600_000) });
    trader.reportsPosition('17');
    trader.passes(POSITION_LAG_MS);
    trader.answersSnapshot(() => trader.reportsPosition('17'));
    expect(trader.position()).toBe('17');
  });

  test('are waited for once for an execution that IBKR dates into the future, not in every snapshot after a restart', () => {
    const trader = EngineHarness.ready();
    const number = trader.places();
    const execution = { ...trader.anExecution(number, '10'), at: epochMs(trader.now + 3_600_000) };
    trader.fact({ kind: 'execution', execution });
    trader.crashes();
    const shows = (held: string) => () => {
      trader.fact({ kind: 'execution', execution });
      trader.reportsPosition(held);
    };
    trader.connects(shows('10'));
    trader.passes(POSITION_LAG_MS);
    trader.reportsPosition('17');
    trader.passes(POSITION_LAG_MS);
    trader.answersSnapshot(shows('17'));
    expect(trader.position()).toBe('17');
  });

  test('may lag behind an execution that has just come, though IBKR dates it into the past', () => {
    const trader = EngineHarness.ready();
    trader.linkDown();
    trader.linkUp();
    const other = { ...trader.aForeignExecution(), execId: execId('0000e0d5.1.01.01') };
    trader.fact({ kind: 'execution', execution: { ...other, at: epochMs(trader.now - 20_000) } });
    trader.answersSnapshot(() => trader.reportsPosition('0'));
    expect(trader.position()).toBe('-5');
    expect(trader.allOf('position-adjusted')).toEqual([]);
  });

  test('of the very first picture wait until they are sure: older shares are no difference', () => {
    const trader = new EngineHarness();
    trader.definesAapl();
    trader.linkUp();
    const other = { ...trader.aForeignExecution(), execId: execId('0000e0d5.1.01.01') };
    const reports = (): void => {
      trader.fact({ kind: 'execution', execution: other });
      trader.reportsPosition('95');
    };
    trader.answersSnapshot(reports);
    expect(trader.phase).toBe('reconciling');
    trader.passes(POSITION_LAG_MS);
    trader.answersSnapshot(reports);
    expect(trader.phase).toBe('ready');
    expect(trader.position()).toBe('95');
    expect(trader.durable.trading.state).toBe('ACTIVE');
  });

  test('that IBKR does not report any more are closed', () => {
    const trader = new EngineHarness();
    trader.definesAapl();
    trader.connects(() => trader.reportsPosition('70'));
    trader.linkDown();
    trader.connects();
    expect(trader.position()).toBe('0');
    trader.linkDown();
    expect(trader.typesOf(() => trader.connects())).not.toContain('position-adopted');
  });

  test('of zero that we never had, and of other accounts, are nothing', () => {
    const trader = EngineHarness.ready();
    trader.linkDown();
    trader.connects(() => {
      trader.reportsPosition('0');
      trader.reportsPosition('70', { account: accountId('DU999') });
    });
    expect(trader.position()).toBe('none');
  });

  test('that lag behind a fill do not undo it', () => {
    const trader = EngineHarness.ready();
    trader.fills(trader.places(), '10');
    trader.reportsPosition('0');
    expect(trader.position()).toBe('10');
    trader.reportsPosition('10');
    trader.passes(POSITION_LAG_MS);
    expect(trader.isAskedForSnapshot).toBe(false);
    expect(trader.position()).toBe('10');
  });

  test('that disagree for long are looked into, and adopted when no execution explains them', () => {
    const trader = EngineHarness.ready();
    trader.fills(trader.places(), '10');
    trader.passes(1_000);
    trader.reportsPosition('17');
    trader.passes(POSITION_LAG_MS - 1);
    expect(trader.isAskedForSnapshot).toBe(false);
    trader.passes(1);
    expect(trader.isAskedForSnapshot).toBe(true);
    trader.answersSnapshot(() => trader.reportsPosition('17'));
    expect(trader.position()).toBe('17');
  });

  test('that appear out of nowhere are looked into once, however often they are told', () => {
    const trader = EngineHarness.ready();
    trader.reportsPosition('7');
    trader.passes(4_000);
    trader.reportsPosition('8');
    trader.passes(POSITION_LAG_MS - 4_000);
    expect(trader.effectsOf('snapshot')).toHaveLength(2);
    trader.answersSnapshot(() => trader.reportsPosition('8'));
    expect(trader.position()).toBe('8');
  });

  test('in a snapshot right after a fill are compared again later, whether reported or missing', () => {
    const trader = EngineHarness.ready();
    trader.works(trader.places());
    trader.errs(1, 135, 'uncertain');
    trader.fills(1, '10');
    trader.answersSnapshot(() => trader.reportsPosition('0'));
    expect(trader.position()).toBe('10');
    trader.passes(POSITION_LAG_MS);
    expect(trader.isAskedForSnapshot).toBe(true);
    trader.fills(1, '0.5');
    trader.answersSnapshot();
    expect(trader.position()).toBe('10.5');
    trader.passes(POSITION_LAG_MS);
    trader.answersSnapshot();
    expect(trader.position()).toBe('0');
  });

  test('at a reconnect are adopted at once: IBKR knows what happened meanwhile', () => {
    const trader = EngineHarness.ready();
    trader.fills(trader.places(), '10');
    trader.linkDown();
    trader.passes(POSITION_LAG_MS);
    trader.connects(() => trader.reportsPosition('3'));
    expect(trader.position()).toBe('3');
  });

  test('at a reconnect that lag behind an execution of just now do not undo it', () => {
    const trader = EngineHarness.ready();
    trader.works(trader.places());
    trader.linkDown();
    trader.connects(() => {
      trader.reports(1, { kind: 'working' });
      trader.fills(1, '4');
      trader.reportsPosition('0');
    });
    expect(trader.position()).toBe('4');
    expect(trader.durable.trading.state).toBe('ACTIVE');
  });
});

describe('a poll of the open orders of all clients', () => {
  const polls = (trader: EngineHarness, reports: () => void, complete = true): void => {
    trader.fact({ kind: 'open-orders-begun' });
    reports();
    trader.fact({ kind: 'open-orders-ended', complete });
  };
  const withForeign = (): EngineHarness => {
    const trader = EngineHarness.ready();
    trader.reportsForeign();
    return trader;
  };

  test('that still shows an order of another client changes nothing', () => {
    const trader = withForeign();
    polls(trader, () => trader.reportsForeign());
    expect(trader.isAskedForSnapshot).toBe(false);
  });

  test('that shows it no more asks what became of it', () => {
    const trader = withForeign();
    polls(trader, () => undefined);
    expect(trader.isAskedForSnapshot).toBe(true);
    trader.answersSnapshot(() => trader.reportsForeign({ status: { kind: 'filled' } }, true));
    expect(trader.phaseOf(1)).toBe('filled');
  });

  test('that was not answered in full proves nothing', () => {
    const trader = withForeign();
    polls(trader, () => undefined, false);
    expect(trader.isAskedForSnapshot).toBe(false);
  });

  test('concerns neither our own orders nor those that ended while it ran', () => {
    const trader = withForeign();
    trader.works(trader.places());
    polls(trader, () => trader.cancelled(1));
    expect(trader.isAskedForSnapshot).toBe(false);
  });

  test('whose end comes without a beginning, or in another session, is nothing', () => {
    const trader = withForeign();
    trader.fact({ kind: 'open-orders-begun' });
    trader.linkDown();
    trader.fact({ kind: 'open-orders-ended', complete: true });
    expect(trader.effectsOf('snapshot')).toHaveLength(1);
  });

  test('an order entered by hand that got its number can be cancelled', () => {
    const trader = EngineHarness.ready();
    trader.reportsForeign({ clientId: clientId(0), orderId: null });
    expect(trader.cancels(1)).toMatchObject({ outcome: 'refused' });
    const bound = { permId: permId(777), clientId: OUR_CLIENT, orderId: ibOrderId(-2) };
    trader.fact({ kind: 'order-bound', ...bound, permId: permId(5) });
    trader.fact({ kind: 'order-bound', ...bound });
    expect(trader.order(1).broker.orderId).toBe(-2);
  });
});

describe('a message that could not be read', () => {
  test('asks for the whole picture once, however many there are in a burst', () => {
    const trader = EngineHarness.ready();
    trader.fact({ kind: 'unreadable', text: 'version 7 of message 9' });
    trader.fact({ kind: 'unreadable', text: 'version 7 of message 9' });
    expect(trader.isAskedForSnapshot).toBe(false);
    trader.passes(2_000);
    expect(trader.effectsOf('snapshot')).toHaveLength(2);
    expect(trader.allOf('notice-received')).toMatchObject([{ code: 505 }, { code: 505 }]);
  });
});

test('the proof counts what was expected and what IBKR has', () => {
  const trader = EngineHarness.ready();
  trader.works(trader.places());
  trader.linkDown();
  trader.passes(500);
  const { now } = trader;
  trader.linkUp();
  trader.passes(20);
  trader.beginsSnapshot();
  trader.reports(1, { kind: 'working' });
  trader.reportsForeign();
  trader.fills(1, '4');
  trader.fills(1, '1', '150', { account: accountId('DU999') });
  trader.reportsForeign({ permId: permId(778), status: { kind: 'filled' } }, true);
  trader.reportsPosition('4');
  trader.reportsPosition('7', { conId: TESLA.conId, symbol: 'TSLA' });
  trader.passes(20);
  trader.endsSnapshot();
  expect(trader.durable.proof).toEqual({
    startedAt: now + 20,
    at: now + 40,
    ordersExpected: 1,
    ordersAtBroker: 2,
    completedAtBroker: 1,
    executionsAtBroker: 1,
    positionsAtBroker: 2,
    findings: [
      { kind: 'adopted-order', orderId: trader.order(2).id, number: 2 },
      { kind: 'adjusted-position', conId: TESLA.conId, symbol: 'TSLA', ours: '0', brokers: '7', cause: 'unexplained' },
    ],
  });
  expect(trader.allOf('reconciliation-proved')).toHaveLength(2);
});
