import { expect, test } from 'vitest';
import { connection } from '#engine/risk/checks/connection';
import { FRIDAY } from '#test/builders/domain-records';
import { limit, passOf, placing, saying, verdictOf } from '#test/builders/engine-risk';

const order = placing('BUY', '10', limit('150'));

test('a session that is ready and reconciled lets orders pass', () => {
  expect(verdictOf(connection, order)).toEqual(passOf(connection));
});

test('a session that still reconciles, or lost IBKR, denies and names its phase', () => {
  const reconciling = { phase: 'reconciling', since: FRIDAY, serverVersion: 193 } as const;
  expect(verdictOf(connection, order, { connection: reconciling })).toEqual(
    saying('deny', connection, { code: 'NOT_READY', phase: 'reconciling' }),
  );
  const degraded = { phase: 'degraded', since: FRIDAY, serverVersion: 193, code: 1100, reason: 'lost' } as const;
  expect(verdictOf(connection, order, { connection: degraded })).toEqual(
    saying('deny', connection, { code: 'NOT_READY', phase: 'degraded' }),
  );
});
