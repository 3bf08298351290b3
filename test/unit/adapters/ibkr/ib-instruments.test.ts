import { describe, expect, test } from 'vitest';
import {
  CONTRACT_DETAILS_TIMEOUT_MS,
  MARKET_RULE_AGE_MAX_MS,
  MARKET_RULE_TIMEOUT_MS,
} from '#adapters/ibkr/ib-instruments';
import { DATA_REQUEST_ID_MIN } from '#adapters/ibkr/ib-messages';
import { createIbApi } from '#adapters/ibkr/ib-library';
import { conId, effectId, laterBy } from '#domain/ids';
import type { Effect } from '#ports/broker-port';
import { NEVER, resolve } from './builders';
import { connectedBroker, type BrokerWorldOptions } from './connected-broker';
import * as wire from './wire-messages';

const DETAILS = 9;
const RULE = 91;

async function asked(options: BrokerWorldOptions = {}) {
  const world = await connectedBroker(options);
  expect(world.broker.perform(resolve('AAPL'))).toEqual({ result: 'sent' });
  const request = await world.session.next(DETAILS);
  return { ...world, request, id: wire.requestIdIn(request, 2) };
}

describe('resolving a symbol', () => {
  test('asks for a US stock of that name and for its market rule at SMART', async () => {
    const { facts, id, request, session } = await asked();
    expect(Number(id)).toBeGreaterThanOrEqual(DATA_REQUEST_ID_MIN);
    expect(request.slice(3)).toEqual(['', 'AAPL', 'STK', '', '', '', '', 'SMART', '', 'USD', '', '', '', '', '', '']);
    session.send(wire.contractDetails(id), wire.contractDetailsEnd(id));
    expect(await session.next(RULE)).toEqual(['91', '26']);
    session.send(wire.marketRule(26, [0, 0.0001], [1, 0.01]));
    expect((await facts.next('instrument')).instrument).toMatchObject({
      conId: 265598,
      symbol: 'AAPL',
      priceBands: [
        { from: '0', increment: '0.0001' },
        { from: '1', increment: '0.01' },
      ],
      tradingHours: [{ opens: Date.UTC(2026, 0, 5, 9), closes: Date.UTC(2026, 0, 6, 1) }],
    });
  });

  test('asks for a rule once a session, however many instruments have it', async () => {
    const { broker, facts, id, session } = await asked();
    broker.perform(resolve('MSFT'));
    const second = wire.requestIdIn(await session.next(DETAILS), 2);
    const microsoft = { symbol: 'MSFT', conId: 272093 };
    session.send(wire.contractDetails(id), wire.contractDetailsEnd(id));
    session.send(wire.contractDetails(second, microsoft), wire.contractDetailsEnd(second));
    await session.next(RULE);
    session.send(wire.marketRule(26, [0, 0.01]));
    expect((await facts.next('instrument')).instrument.symbol).toBe('AAPL');
    expect((await facts.next('instrument')).instrument.symbol).toBe('MSFT');
    broker.perform(resolve('AAPL'));
    const third = wire.requestIdIn(await session.next(DETAILS), 2);
    session.send(wire.contractDetails(third), wire.contractDetailsEnd(third));
    await facts.next('instrument');
    expect(session.received.filter(([type]) => type === '91')).toHaveLength(1);
  });

  test('asks for a rule again with the next day’s refresh', async () => {
    const world = await asked();
    const { broker, facts, session, clock } = world;
    session.send(wire.contractDetails(world.id), wire.contractDetailsEnd(world.id));
    await session.next(RULE);
    session.send(wire.marketRule(26, [0, 0.01]));
    await facts.next('instrument');
    // A session that is dead that long would not be; only its clock is asked here.
    session.send(wire.currentTime(), wire.accountValue('NetLiquidation', '1'));
    await facts.next('account-value');
    const now = clock.now.bind(clock);
    Reflect.set(clock, 'now', () => laterBy(now(), MARKET_RULE_AGE_MAX_MS));
    broker.perform(resolve('AAPL'));
    const second = wire.requestIdIn(await session.next(DETAILS), 2);
    session.send(wire.contractDetails(second), wire.contractDetailsEnd(second));
    expect(await session.next(RULE)).toEqual(['91', '26']);
    session.send(wire.marketRule(26, [0, 0.05]));
    expect((await facts.next('instrument')).instrument.priceBands).toEqual([{ from: '0', increment: '0.05' }]);
  });

  test('without a rule, or with one that never comes, uses the smallest tick', async () => {
    const { broker, clock, facts, id, session } = await asked();
    session.send(wire.contractDetails(id, { marketRuleIds: '' }), wire.contractDetailsEnd(id));
    expect((await facts.next('instrument')).instrument.priceBands).toEqual([{ from: '0', increment: '0.01' }]);
    session.send(wire.currentTime());
    await facts.next('heartbeat');
    broker.perform(resolve('AAPL'));
    const again = wire.requestIdIn(await session.next(DETAILS), 2);
    session.send(wire.contractDetails(again, { minTick: 0.05 }), wire.contractDetailsEnd(again));
    await session.next(RULE);
    clock.advance(2_000);
    session.send(wire.currentTime());
    await facts.next('heartbeat');
    clock.advance(MARKET_RULE_TIMEOUT_MS - 2_000);
    expect((await facts.next('instrument')).instrument.priceBands).toEqual([{ from: '0', increment: '0.05' }]);
  });

  test('takes a rule that came unasked for the next instrument', async () => {
    const { facts, id, session } = await asked();
    session.send(wire.marketRule(26, [0, 0.05]), wire.contractDetails(id), wire.contractDetailsEnd(id));
    expect((await facts.next('instrument')).instrument.priceBands).toEqual([{ from: '0', increment: '0.05' }]);
  });
});

describe('a symbol stays unknown', () => {
  test('when IBKR says so (200)', async () => {
    const { facts, id, session } = await asked();
    session.send(wire.error(Number(id), 200, 'No security definition has been found for the request'));
    expect(await facts.next('instrument-unknown')).toEqual({
      kind: 'instrument-unknown',
      query: { by: 'symbol', symbol: 'AAPL' },
      text: 'No security definition has been found for the request (200)',
    });
    expect(facts.of('notice')).toEqual([]);
    // The answer came; what comes late is not another one.
    session.send(wire.contractDetails(id), wire.contractDetailsEnd(id), wire.error(Number(id), 200, 'again'));
    expect(await facts.next('notice')).toMatchObject({ text: 'again' });
    expect(facts.of('instrument-unknown')).toHaveLength(1);
  });

  test('when nothing that fits is found', async () => {
    const { facts, id, session } = await asked();
    session.send(wire.contractDetails(id, { currency: 'EUR' }), wire.contractDetailsEnd(id));
    expect(await facts.next('instrument-unknown')).toMatchObject({ text: 'IBKR knows no US stock or ETF AAPL' });
  });

  test('when its description can not be used', async () => {
    const { facts, id, session } = await asked();
    session.send(wire.contractDetails(id, { minTick: 0, marketRuleIds: '' }), wire.contractDetailsEnd(id));
    expect(await facts.next('instrument-unknown')).toMatchObject({
      text: expect.stringContaining("IBKR's description can not be used: at priceBands") as string,
    });
  });

  test('when TWS does not answer', async () => {
    const { clock, facts, session } = await asked();
    for (let passed = 0; passed < CONTRACT_DETAILS_TIMEOUT_MS; passed += 2_000) {
      session.send(wire.currentTime());
      await facts.next('heartbeat');
      clock.advance(2_000);
    }
    expect(await facts.next('instrument-unknown')).toMatchObject({ text: 'no answer within 10 s' });
  });

  test('when the connection is lost before the details or the rule', async () => {
    const { broker, facts, id, session } = await asked();
    session.send(wire.contractDetails(id), wire.contractDetailsEnd(id));
    await session.next(RULE);
    broker.perform(resolve('MSFT'));
    session.hangUp();
    expect(await facts.next('instrument-unknown')).toMatchObject({
      query: { symbol: 'MSFT' },
      text: 'the connection was lost',
    });
    expect(await facts.next('instrument-unknown')).toMatchObject({
      query: { symbol: 'AAPL' },
      text: 'the connection was lost',
    });
  });

  test('and was not asked for, when nothing could be sent', async () => {
    const { broker } = await connectedBroker({
      createApi: (options) => {
        const api = createIbApi(options);
        api.reqContractDetails = () => api;
        return api;
      },
    });
    expect(broker.perform(resolve('AAPL'))).toEqual({ result: 'not-sent', reason: 'the message was not written' });
  });
});

test('a warning about a question does not end it', async () => {
  const { facts, id, session } = await asked();
  session.send(wire.error(Number(id), 2150, 'a warning'));
  await facts.next('notice');
  expect(facts.of('instrument-unknown')).toEqual([]);
});

test('a hundred answers to one question are looked at, no more', async () => {
  const { facts, id, session } = await asked();
  const pink = Array.from({ length: 100 }, (_, n) => wire.contractDetails(id, { conId: n + 1, primaryExch: 'PINK' }));
  session.send(...pink, wire.contractDetails(id, { conId: 999 }), wire.contractDetailsEnd(id));
  await session.next(RULE);
  session.send(wire.marketRule(26, [0, 0.01]));
  expect((await facts.next('instrument')).instrument.conId).toBe(1);
});

describe('resolving IBKR’s number', () => {
  const byNumber = (number: number): Effect => ({
    kind: 'resolve-instrument',
    id: effectId('e-resolve'),
    validUntil: NEVER,
    query: { by: 'contract', conId: conId(number) },
  });

  test('asks for that contract, whatever it is, and takes the rule of its own exchange', async () => {
    const { broker, facts, session } = await connectedBroker();
    broker.perform(byNumber(495512563));
    const request = await session.next(DETAILS);
    expect(request.slice(3, 13)).toEqual(['495512563', '', '', '', '', '', '', '', '', '']);
    const id = wire.requestIdIn(request, 2);
    session.send(
      wire.contractDetails(id, {
        conId: 495512563,
        symbol: 'ES',
        secType: 'FUT',
        multiplier: 50,
        minTick: '0.25',
        validExchanges: 'QBALGO,CME',
        marketRuleIds: '1,67',
        exchange: 'CME',
        localSymbol: 'ESH6',
      }),
      wire.contractDetailsEnd(id),
    );
    expect(await session.next(RULE)).toEqual(['91', '67']);
    session.send(wire.marketRule(67, [0, 0.25]));
    expect(await facts.next('instrument')).toMatchObject({
      query: { by: 'contract', conId: 495512563 },
      instrument: { symbol: 'ESH6', securityType: 'FUT', exchange: 'CME', multiplier: '50' },
    });
  });

  test('of nothing says so', async () => {
    const { broker, facts, session } = await connectedBroker();
    broker.perform(byNumber(5));
    session.send(wire.contractDetailsEnd(wire.requestIdIn(await session.next(DETAILS), 2)));
    expect(await facts.next('instrument-unknown')).toEqual({
      kind: 'instrument-unknown',
      query: { by: 'contract', conId: 5 },
      text: 'IBKR knows no contract 5',
    });
  });
});
