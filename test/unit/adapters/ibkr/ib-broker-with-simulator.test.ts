import { expect, test } from 'vitest';
import { ibOrderId } from '#domain/ids';
import { price } from '#domain/money';
import { aBracket, cancel, globalCancel, modify, NEVER, place, resolve, snapshot } from './builders';
import { simulatedTws, START } from './simulated-tws';

test.each([178, 185, 193])('a bracket lives its life against the simulator at server version %i', async (version) => {
  const { simulator, facts, faults, broker } = await simulatedTws({ maxServerVersion: version });
  const account = facts.of('link-up')[0]?.accounts[0];
  broker.perform(resolve('AAPL'));
  const { instrument } = await facts.next('instrument');
  expect(instrument).toMatchObject({ symbol: 'AAPL', currency: 'USD', securityType: 'STK' });
  expect(instrument.tradingHours).not.toBeNull();

  broker.perform({ kind: 'subscribe-quote', id: snapshot().id, validUntil: NEVER, instrument });
  expect(await facts.next('quote')).toMatchObject({ conId: instrument.conId });
  expect(facts.of('market-data').at(-1)).toMatchObject({ dataKind: 'real-time', live: true });

  if (account === undefined) throw new Error('the simulator named no account');
  const legs = aBracket().map((leg) => ({
    ...leg,
    spec: {
      ...leg.spec,
      account,
      conId: instrument.conId,
      ...(leg.role === 'parent' ? { terms: { type: 'MKT' } as const } : {}),
      ...(leg.role === 'take-profit' ? { terms: { type: 'LMT', limit: price('100000') } as const } : {}),
      ...(leg.role === 'stop-loss' ? { terms: { type: 'STP', stop: price('1') } as const } : {}),
    },
  }));
  expect(broker.perform(place(legs))).toEqual({ result: 'sent' });
  const reported = await facts.next('order-reported');
  expect(reported.order).toMatchObject({ orderRef: 'run1-1', orderId: 1, clientId: 0 });
  await facts.next('order-status');
  simulator.advanceTo(START + 5_000);
  expect((await facts.next('execution')).execution).toMatchObject({ orderRef: 'run1-1', side: 'BUY', account });
  await facts.next('commission');

  const stop = legs[2];
  if (stop === undefined) throw new Error('a bracket has three legs');
  const placedStop = facts.of('order-reported').find(({ order }) => order.orderRef === 'run1-3');
  expect(
    broker.perform(
      modify({
        id: stop.id,
        orderId: ibOrderId(3),
        spec: { ...stop.spec, terms: { type: 'STP', stop: price('2') } },
        parentOrderId: null,
        oca: placedStop?.order.oca ?? null,
      }),
    ),
  ).toEqual({ result: 'sent' });
  expect(broker.perform(cancel(3))).toEqual({ result: 'sent' });
  expect(await facts.next('order-error')).toMatchObject({ orderId: 3, code: 202, meaning: 'cancelled' });

  expect(broker.perform(snapshot())).toEqual({ result: 'sent' });
  expect(await facts.next('snapshot-ended')).toMatchObject({ complete: true, why: '' });
  expect(facts.of('position').at(-1)).toMatchObject({ conId: instrument.conId, symbol: 'AAPL' });
  const completed = facts.of('order-reported').filter((fact) => fact.completed);
  expect(completed.map(({ order }) => [order.orderRef, order.status.kind, order.spec.quantity])).toEqual(
    expect.arrayContaining([['run1-1', 'filled', '10']]),
  );
  expect(faults).toEqual([]);
});

test('an unknown symbol is said to be unknown', async () => {
  const { facts, broker } = await simulatedTws();
  broker.perform(resolve('NOSUCH'));
  expect(await facts.next('instrument-unknown')).toMatchObject({ query: { by: 'symbol', symbol: 'NOSUCH' } });
});

test('a search finds instruments by name', async () => {
  const { broker } = await simulatedTws();
  const matches = await broker.searchInstruments('AAPL');
  expect(matches.map((match) => match.symbol)).toContain('AAPL');
});

test('a global cancel takes what lives at IBKR', async () => {
  const { facts, broker } = await simulatedTws({});
  const account = facts.of('link-up')[0]?.accounts[0];
  broker.perform(resolve('AAPL'));
  const { instrument } = await facts.next('instrument');
  if (account === undefined) throw new Error('the simulator named no account');
  const [leg] = aBracket();
  if (leg === undefined) throw new Error('a bracket has three legs');
  const terms = { type: 'LMT', limit: price('1') } as const;
  broker.perform(place([{ ...leg, spec: { ...leg.spec, account, conId: instrument.conId, terms } }]));
  await facts.next('order-reported');
  expect(broker.perform(globalCancel())).toEqual({ result: 'sent' });
  expect(await facts.next('order-error')).toMatchObject({ orderId: leg.orderId, code: 202, meaning: 'cancelled' });
});
