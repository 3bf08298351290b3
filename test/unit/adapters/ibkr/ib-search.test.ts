import { describe, expect, test } from 'vitest';
import { createIbApi } from '#adapters/ibkr/ib-library';
import { DATA_REQUEST_ID_MIN } from '#adapters/ibkr/ib-messages';
import { SEARCH_INTERVAL_MS, SEARCH_TIMEOUT_MS } from '#adapters/ibkr/ib-search';
import { connectedBroker, startedBroker } from './connected-broker';
import * as wire from './wire-messages';

const SEARCH = 81;

describe('a search', () => {
  test('finds instruments', async () => {
    const { broker, session } = await connectedBroker();
    const found = broker.searchInstruments(' apple ');
    const request = await session.next(SEARCH);
    expect(request[2]).toBe('apple');
    session.send(wire.symbolSamples(wire.requestIdIn(request, 1), 'AAPL', 'APLE'));
    expect((await found).map(({ symbol, longName }) => `${symbol}: ${longName}`)).toEqual([
      'AAPL: AAPL INC',
      'APLE: APLE INC',
    ]);
  });

  test('takes no answer to another question', async () => {
    const { broker, facts, session } = await connectedBroker();
    const found = broker.searchInstruments('apple');
    const id = wire.requestIdIn(await session.next(SEARCH), 1);
    const stranger = DATA_REQUEST_ID_MIN + 999;
    session.send(wire.symbolSamples(stranger, 'MSFT'), wire.error(stranger, 200, 'of somebody else'));
    await facts.next('notice');
    session.send(wire.symbolSamples(id, 'AAPL'));
    expect(await found).toHaveLength(1);
  });

  test.each(['', '   ', 'a\0b', 'é', 'x'.repeat(41)])('for %j is refused', async (query) => {
    const { broker } = await connectedBroker();
    await expect(broker.searchInstruments(query)).rejects.toThrow('search for 1 to 40 plain characters');
  });

  test('is refused while not connected', async () => {
    const { broker } = await startedBroker({ speaks: false });
    await expect(broker.searchInstruments('apple')).rejects.toThrow('not connected to 127.0.0.1');
  });

  test('that stays without an answer is given up after five seconds', async () => {
    const { broker, clock, facts, session } = await connectedBroker();
    const found = expect(broker.searchInstruments('apple')).rejects.toThrow('no answer within 5 s');
    for (let passed = 0; passed < SEARCH_TIMEOUT_MS; passed += 1_000) {
      clock.advance(1_000);
      if (passed % 2_000 === 0) {
        session.send(wire.currentTime());
        await facts.next('heartbeat');
      }
    }
    await found;
  });

  test('fails with the words of IBKR, with the connection, and when it can not be sent', async () => {
    const { broker, session } = await connectedBroker();
    const refused = expect(broker.searchInstruments('apple')).rejects.toThrow('Error validating request (321)');
    session.send(wire.error(Number(wire.requestIdIn(await session.next(SEARCH), 1)), 321, 'Error validating request'));
    await refused;
    const lost = expect(broker.searchInstruments('apple')).rejects.toThrow('the connection was lost');
    session.hangUp();
    await lost;
    const mute = await connectedBroker({
      createApi: (options) => {
        const api = createIbApi(options);
        api.reqMatchingSymbols = () => api;
        return api;
      },
    });
    await expect(mute.broker.searchInstruments('apple')).rejects.toThrow('the message was not written');
  });
});

describe('searches one after the other', () => {
  test('a second apart, only the newest waits', async () => {
    const { broker, clock, session } = await connectedBroker();
    const first = broker.searchInstruments('a');
    const id = wire.requestIdIn(await session.next(SEARCH), 1);
    const overtaken = expect(broker.searchInstruments('ap')).rejects.toThrow('a newer search took its place');
    const last = broker.searchInstruments('app');
    await overtaken;
    session.send(wire.symbolSamples(id, 'A'));
    expect(await first).toHaveLength(1);
    const before = broker.messagesSent();
    clock.advance(SEARCH_INTERVAL_MS - 1);
    expect(broker.messagesSent()).toBe(before);
    clock.advance(1);
    const request = await session.next(SEARCH);
    expect(request[2]).toBe('app');
    session.send(wire.symbolSamples(wire.requestIdIn(request, 1), 'APP'));
    expect((await last)[0]?.symbol).toBe('APP');
  });

  test('at once when a second has passed', async () => {
    const { broker, clock, session } = await connectedBroker();
    const first = broker.searchInstruments('a');
    session.send(wire.symbolSamples(wire.requestIdIn(await session.next(SEARCH), 1), 'A'));
    await first;
    clock.advance(SEARCH_INTERVAL_MS);
    const second = broker.searchInstruments('b');
    session.send(wire.symbolSamples(wire.requestIdIn(await session.next(SEARCH), 1), 'B'));
    expect((await second)[0]?.symbol).toBe('B');
  });

  test('end with the connection, the one under way and the one that waits', async () => {
    const { broker, clock, facts, session, tws } = await connectedBroker();
    const both = [broker.searchInstruments('a'), broker.searchInstruments('b')].map((search) =>
      expect(search).rejects.toThrow('the connection was lost'),
    );
    session.hangUp();
    await Promise.all(both);
    await facts.next('link-down');
    clock.advance(1_000);
    await facts.next('link-up');
    const next = await tws.session();
    const again = broker.searchInstruments('c');
    session.hangUp();
    next.send(wire.symbolSamples(wire.requestIdIn(await next.next(SEARCH), 1), 'C'));
    expect(await again).toHaveLength(1);
  });

  test('wait no longer than one deadline for their turn', async () => {
    const { broker, clock, session } = await connectedBroker();
    const first = expect(broker.searchInstruments('a')).rejects.toThrow('Error');
    const id = Number(wire.requestIdIn(await session.next(SEARCH), 1));
    session.send(wire.error(id, 321, 'Error'));
    await first;
    const second = broker.searchInstruments('b');
    const third = broker.searchInstruments('c');
    await expect(second).rejects.toThrow('a newer search');
    clock.advance(SEARCH_INTERVAL_MS);
    session.send(wire.symbolSamples(wire.requestIdIn(await session.next(SEARCH), 1), 'C'));
    expect((await third)[0]?.symbol).toBe('C');
  });
});
