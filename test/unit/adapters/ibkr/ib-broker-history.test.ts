import { expect, test } from 'vitest';
import { TOO_FAST_HOLD_MS } from '#adapters/ibkr/ib-broker';
import { connectedBroker } from './connected-broker';
import { aBarQuery } from './history-world';
import * as wire from './wire-messages';

const REQUEST_BARS = 20;
const CANCEL_BARS = 25;
const neverAborted = new AbortController().signal;
const ignored = (): void => undefined;

/** What TWS answers: each bar is date, open, high, low, close, volume, average, count. */
const bars = (id: string, ...times: readonly string[]): readonly (string | number)[] => [
  17,
  id,
  '20251226 09:30:00 US/Eastern',
  '20260105 09:30:00 US/Eastern',
  times.length,
  ...times.flatMap((time) => [time, '150.1', '151', '149.55', '150.25', '1234', '150.2', 321]),
];

test('bars come from TWS as it sends them', async () => {
  const { broker, session, faults } = await connectedBroker();
  const fetched = broker.fetchBars(aBarQuery({ sessions: 2 }), ignored, neverAborted);
  const request = await session.next(REQUEST_BARS);
  expect(request.slice(2)).toEqual([
    ...['265598', '', '', '', '', '', '', 'SMART', '', '', '', '', '0'],
    ...['', '1 day', '2 D', '1', 'TRADES', '2', '0', ''],
  ]);
  session.send(bars(wire.requestIdIn(request, 1), '20260102', '20260105'));
  const figures = { open: '150.1', high: '151', low: '149.55', close: '150.25', volume: '1234' };
  expect(await fetched).toEqual({
    ok: true,
    value: [
      { kind: 'daily', session: '2026-01-02', ...figures, complete: true },
      { kind: 'daily', session: '2026-01-05', ...figures, complete: false },
    ],
  });
  expect(faults).toEqual([]);
});

test('an error about bars ends the question, and is not told as a notice', async () => {
  const { broker, session, facts } = await connectedBroker();
  const fetched = broker.fetchBars(aBarQuery(), ignored, neverAborted);
  const id = Number(wire.requestIdIn(await session.next(REQUEST_BARS), 1));
  session.send(wire.error(id, 162, 'Historical Market Data Service error message:HMDS query returned no data'));
  expect(await fetched).toMatchObject({ ok: false, error: { kind: 'no-data' } });
  expect(facts.of('notice')).toEqual([]);
});

test('bars that are not wanted any more are cancelled at TWS', async () => {
  const { broker, session } = await connectedBroker();
  const aborter = new AbortController();
  const fetched = broker.fetchBars(aBarQuery(), ignored, aborter.signal);
  const request = await session.next(REQUEST_BARS);
  aborter.abort();
  expect(await session.next(CANCEL_BARS)).toEqual(['25', '1', wire.requestIdIn(request, 1)]);
  expect(await fetched).toMatchObject({ ok: false, error: { kind: 'aborted' } });
});

test('bars end with the connection', async () => {
  const { broker, session } = await connectedBroker();
  const fetched = broker.fetchBars(aBarQuery(), ignored, neverAborted);
  await session.next(REQUEST_BARS);
  session.hangUp();
  expect(await fetched).toMatchObject({ ok: false, error: { kind: 'not-connected' } });
});

test('a farm that is down, and then a complaint that we send too much, hold requests for bars back', async () => {
  const { broker, session, facts, clock } = await connectedBroker();
  session.send(wire.info(2105, 'HMDS data farm connection is broken:ushmds'), wire.info(100, 'Max rate exceeded'));
  await facts.next('notice');
  const sent = broker.messagesSent();
  void broker.fetchBars(aBarQuery(), ignored, neverAborted);
  session.send(wire.info(2106, 'HMDS data farm connection is OK:ushmds'), wire.info(2999, 'the end of these'));
  await facts.next('notice');
  expect(broker.messagesSent()).toBe(sent);
  clock.advance(TOO_FAST_HOLD_MS);
  expect(await session.next(REQUEST_BARS)).toContain('1 day');
});
