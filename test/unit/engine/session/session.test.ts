import { describe, expect, test } from 'vitest';
import { accountId, alarmId, clientId } from '#domain/ids';
import { DEFAULT_SETTINGS } from '#domain/settings';
import { ACCOUNT } from '#test/builders/domain-records';
import { EngineHarness } from '#test/builders/engine-harness';

const phases = (trader: EngineHarness): string[] =>
  trader.allOf('connection-changed').map(({ connection }) => connection.phase);

test('a session connects, shakes hands, reconciles and is ready', () => {
  const trader = new EngineHarness();
  trader.fact({ kind: 'link-connecting', endpoint: '127.0.0.1:7497' });
  trader.fact({ kind: 'link-handshaking', endpoint: '127.0.0.1:7497' });
  trader.connects();
  expect(phases(trader)).toEqual(['disconnected', 'connecting', 'handshaking', 'reconciling', 'ready']);
  expect(trader.durable.connection).toMatchObject({ serverVersion: 193 });
});

test('a link that drops says why, and when it is tried again', () => {
  const trader = EngineHarness.ready();
  trader.fact({ kind: 'link-down', reason: 'client id in use', code: 326, retryAt: trader.now });
  expect(trader.durable.connection).toEqual({
    phase: 'disconnected',
    since: trader.now,
    reason: 'client id in use',
    code: 326,
    retryAt: trader.now,
  });
});

describe('the account', () => {
  test('is bound at the first connect, once', () => {
    const trader = EngineHarness.ready();
    trader.linkDown();
    trader.connects();
    expect(trader.allOf('account-bound')).toEqual([{ type: 'account-bound', account: ACCOUNT }]);
  });

  const refusal = (trader: EngineHarness): string => {
    expect(trader.phase).toBe('disconnected');
    expect(trader.isAskedForSnapshot).toBe(false);
    const text = trader.durable.alarms.get(alarmId('wrong-account'))?.text ?? 'no alarm';
    expect(trader.durable.connection).toMatchObject({ reason: text });
    return text;
  };

  test('that the journal belongs to must be the one TWS is logged in to', () => {
    const trader = EngineHarness.ready();
    trader.linkDown();
    trader.linkUp({ accounts: [accountId('DU999'), accountId('DU888')] });
    expect(refusal(trader)).toBe(
      'This workstation trades account DU1234567; TWS is logged in to DU999, DU888. Log in to DU1234567, or use another --data-dir',
    );
    expect(trader.commands({ kind: 'cancel-all', symbol: null, keepStops: false }).outcome).toBe('refused');
  });

  test('that fits clears the alarm', () => {
    const trader = EngineHarness.ready();
    trader.linkDown();
    trader.linkUp({ accounts: [accountId('DU999')] });
    trader.linkDown();
    trader.connects();
    expect(trader.durable.alarms.size).toBe(0);
    expect(trader.phase).toBe('ready');
  });

  test.each(['paper', 'demo'] as const)('must be a paper account in %s mode', (mode) => {
    const trader = new EngineHarness({ mode });
    trader.linkUp({ accounts: [accountId('U1234567')] });
    expect(refusal(trader)).toBe(
      `Account U1234567 is not a paper account (those start with D), and the workstation runs in ${mode} mode`,
    );
    expect(trader.allOf('account-bound')).toEqual([]);
  });

  test('that is missing altogether is said, not guessed', () => {
    const trader = new EngineHarness();
    trader.linkUp({ accounts: [] });
    expect(refusal(trader)).toBe('TWS names no account. Log in to TWS again');
  });

  test('of a live workstation is the one that the settings name', () => {
    const settings = { ...DEFAULT_SETTINGS, allowLive: true, liveAccount: accountId('U222') };
    const trader = new EngineHarness({ mode: 'live', settings });
    trader.linkUp({ accounts: [accountId('U111'), accountId('U222')] });
    expect(trader.durable.account).toBe('U222');
    const other = new EngineHarness({ mode: 'live', settings });
    other.linkUp({ accounts: [accountId('U111')] });
    expect(refusal(other)).toContain('This workstation trades account U222; TWS is logged in to U111.');
  });
});

describe('TWS loses IBKR and finds it again (1100, 1102)', () => {
  test('orders and cancels are refused meanwhile, and everything is reconciled afterwards', () => {
    const trader = EngineHarness.ready();
    const order = trader.places();
    trader.works(order);
    trader.losesUpstream();
    expect(trader.phase).toBe('degraded');
    expect(trader.cancels(order).message).toBe(
      'Not connected to IBKR (degraded): a cancel is refused now, never queued.',
    );
    expect(trader.phaseOf(trader.places({ timeInForce: 'GTC' }))).toBe('denied');
    trader.restoresUpstream();
    expect(trader.phase).toBe('reconciling');
    trader.answersSnapshot(() => trader.reports(order, { kind: 'working' }));
    expect(trader.phase).toBe('ready');
    expect(trader.phaseOf(order)).toBe('working');
  });

  test('facts count meanwhile', () => {
    const trader = EngineHarness.ready();
    const order = trader.places();
    trader.losesUpstream();
    trader.fills(order, '10');
    expect(trader.phaseOf(order)).toBe('filled');
  });

  test('an answer that falls due meanwhile does not keep the session from becoming ready', () => {
    const trader = EngineHarness.ready();
    const order = trader.places();
    trader.losesUpstream();
    trader.passes(6_000);
    expect(trader.phaseOf(order)).toBe('unknown');
    trader.restoresUpstream();
    trader.answersSnapshot(() => trader.reports(order, { kind: 'working' }));
    expect(trader.phase).toBe('ready');
  });

  test('a loss in the middle of a reconciliation starts it over: its answer does not count', () => {
    const trader = new EngineHarness();
    trader.linkUp();
    trader.beginsSnapshot();
    trader.losesUpstream();
    trader.endsSnapshot();
    expect(trader.phase).toBe('degraded');
    trader.restoresUpstream();
    expect(trader.effectsOf('snapshot')).toHaveLength(2);
    trader.answersSnapshot();
    expect(trader.phase).toBe('ready');
  });

  test('a return whose loss was never heard is reconciled all the same', () => {
    const trader = EngineHarness.ready();
    trader.restoresUpstream();
    expect(trader.phase).toBe('reconciling');
    expect(trader.isAskedForSnapshot).toBe(true);
  });

  test('without a session neither means anything', () => {
    const trader = new EngineHarness();
    expect(trader.typesOf(() => trader.losesUpstream())).toEqual([]);
    expect(trader.typesOf(() => trader.restoresUpstream())).toEqual([]);
  });
});

test('once ready, the quotes of what is held, or works, are asked for', () => {
  const trader = EngineHarness.ready();
  const held = trader.places();
  trader.fills(held, '10');
  trader.reportsForeign();
  trader.crashes();
  const before = trader.effectsOf('subscribe-quote').length;
  trader.connects(() => trader.reports(2, { kind: 'working' }));
  expect(trader.effectsOf('subscribe-quote')).toHaveLength(before + 1);
  const flat = EngineHarness.ready();
  const closed = flat.places();
  flat.fills(closed, '10');
  flat.fills(flat.places({ side: 'SELL' }), '10');
  flat.crashes();
  const asked = flat.effectsOf('subscribe-quote').length;
  flat.connects();
  expect(flat.position()).toBe('0');
  expect(flat.effectsOf('subscribe-quote')).toHaveLength(asked);
});

describe('halted', () => {
  test.each([
    [
      'journal',
      'The journal can not be written: disk full. New orders are refused, cancels still act. Free the disk and restart.',
    ],
    [
      'fault',
      'An internal check failed: disk full. New orders are refused, cancels still act. Restart, then look at the reconciliation.',
    ],
  ] as const)('by a broken %s: new orders and changes are refused with the reason, cancels act', (cause, text) => {
    const trader = EngineHarness.ready();
    const order = trader.places();
    trader.works(order);
    trader.input({ kind: 'halt', cause, reason: 'disk full' });
    expect(trader.durable.alarms.get(alarmId('halted'))).toMatchObject({ severity: 'danger', text });
    expect(trader.modifies(order, { timeInForce: 'GTC' })).toMatchObject({ outcome: 'refused', message: text });
    const events = trader.typesOf(() => trader.cancels(order));
    expect(events).toContain('cancel-requested');
    expect(trader.effectsOf('cancel')).toHaveLength(1);
    expect(() => trader.places()).toThrow(text);
  });

  test('only the first reason is told', () => {
    const trader = EngineHarness.ready();
    trader.input({ kind: 'halt', cause: 'fault', reason: 'one' });
    expect(trader.typesOf(() => trader.input({ kind: 'halt', cause: 'journal', reason: 'two' }))).toEqual([]);
    expect(trader.allOf('alarm-raised')).toHaveLength(1);
  });

  test('ends with the process: the next life trades again', () => {
    const trader = EngineHarness.ready();
    trader.input({ kind: 'halt', cause: 'fault', reason: 'one' });
    trader.crashes();
    expect(trader.durable.alarms.size).toBe(0);
    trader.connects();
    trader.ticks();
    expect(trader.phaseOf(trader.places())).toBe('submitting');
  });
});

test('a session under another client id can not touch the orders of the last one, and says so', () => {
  const trader = EngineHarness.ready();
  const order = trader.places();
  trader.works(order);
  trader.linkDown();
  trader.linkUp({ clientId: clientId(2) });
  trader.answersSnapshot(() => trader.reports(order, { kind: 'working' }));
  const words = `Order ${order} was placed by another IBKR client`;
  expect(trader.cancels(order).message).toContain(words);
  expect(trader.modifies(order, { timeInForce: 'GTC' }).message).toContain(words);
});
