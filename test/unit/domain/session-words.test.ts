import { describe, expect, test } from 'vitest';
import type { ConnectionState } from '#domain/connection-state';
import { isReady } from '#domain/connection-state';
import { clientOrderId, conId, execId, orderNumber } from '#domain/ids';
import { signedQuantity } from '#domain/money';
import type { ProofFinding } from '#domain/reconciliation-proof';
import {
  counted,
  describeConnection,
  describeFinding,
  describeProof,
  describeTradingState,
} from '#domain/session-words';
import { FRIDAY } from '#test/builders/domain-records';

const since = FRIDAY;
const order = { orderId: clientOrderId('o-1051'), number: orderNumber(1051) };

describe('the session in words', () => {
  test.each<readonly [ConnectionState, string]>([
    [{ phase: 'disconnected', since, reason: 'refused', code: 502, retryAt: null }, 'disconnected: refused (502)'],
    [{ phase: 'connecting', since, endpoint: '127.0.0.1:7497' }, 'connecting to 127.0.0.1:7497'],
    [
      { phase: 'handshaking', since, endpoint: '127.0.0.1:7497' },
      'connected to 127.0.0.1:7497, waits for the handshake',
    ],
    [{ phase: 'reconciling', since, serverVersion: 193 }, 'connected, comparing orders and positions with IBKR'],
    [{ phase: 'ready', since, serverVersion: 193 }, 'ready'],
    [
      { phase: 'degraded', since, code: 1100, reason: 'TWS has lost IBKR', serverVersion: 193 },
      'degraded: TWS has lost IBKR (1100). Orders and cancels are refused until it is back',
    ],
  ])('%o', (connection, words) => {
    expect(describeConnection(connection)).toBe(words);
    expect(isReady(connection)).toBe(connection.phase === 'ready');
  });

  test('a trading state gives its reason where there is one', () => {
    expect(describeTradingState({ state: 'ACTIVE', since, reason: '', cause: 'person' })).toBe('ACTIVE');
    expect(describeTradingState({ state: 'HALTED', since, reason: 'kill switch', cause: 'person' })).toBe(
      'HALTED: kill switch',
    );
  });
});

describe('a reconciliation in words', () => {
  test.each<readonly [ProofFinding, string]>([
    [{ kind: 'adopted-order', ...order }, '1051 was placed elsewhere; shown and counted from now on'],
    [{ kind: 'settled-order', ...order, phase: 'cancelled' }, '1051 had been out of sight; IBKR says cancelled'],
    [{ kind: 'vanished-order', ...order }, '1051 is gone at IBKR although it had been acknowledged'],
    [{ kind: 'never-arrived', ...order }, '1051 never reached IBKR. Not resent'],
    [
      { kind: 'found-execution', execId: execId('e1.01'), orderId: null },
      'execution e1.01 happened while we were not looking',
    ],
    [
      {
        kind: 'adopted-position',
        conId: conId(1),
        symbol: 'AMD',
        ours: signedQuantity('60'),
        brokers: signedQuantity('-5'),
      },
      "AMD: our position was +60, IBKR's is −5, adopted",
    ],
    ...(
      [
        ['other-client', 'another client traded'],
        ['corporate-action', 'a corporate action'],
        ['transfer', 'a transfer'],
        ['before-report', 'older than the executions that IBKR still reports'],
        ['unexplained', 'unexplained'],
      ] as const
    ).map(
      ([cause, words]) =>
        [
          {
            kind: 'adjusted-position',
            conId: conId(1),
            symbol: 'AMD',
            ours: signedQuantity('60'),
            brokers: signedQuantity('90'),
            cause,
          },
          `AMD: our position was +60, IBKR's is +90: ${words}`,
        ] as const,
    ),
  ])('%o', (finding, words) => {
    expect(describeFinding(finding)).toBe(words);
  });

  test('a proof says what was compared and how much differed', () => {
    const proof = {
      startedAt: FRIDAY,
      at: FRIDAY,
      ordersExpected: 1,
      ordersAtBroker: 2,
      completedAtBroker: 0,
      executionsAtBroker: 0,
      positionsAtBroker: 3,
      findings: [],
    };
    expect(describeProof(proof)).toBe('1 order expected, 2 at IBKR, 0 executions, 3 positions: no difference');
    expect(describeProof({ ...proof, findings: [{ kind: 'adopted-order', ...order }] })).toMatch(/: 1 difference$/);
    expect(counted(2, 'stop')).toBe('2 stops');
  });
});
