import { describe, expect, test } from 'vitest';
import { createIbApi } from '#adapters/ibkr/ib-library';
import { WHAT_IF_TIMEOUT_MS } from '#adapters/ibkr/ib-what-if';
import { present } from '#domain/assert';
import { ibOrderId } from '#domain/ids';
import { quantity } from '#domain/money';
import type { WhatIfQuestion } from '#ports/broker-port';
import { aBracket, resolve, snapshot } from './builders';
import { connectedBroker, startedBroker } from './connected-broker';
import { simulatedTws } from './simulated-tws';
import * as wire from './wire-messages';

const PLACE_ORDER = 3;
const { spec } = present(aBracket()[0], 'the entry');
const ANSWERED = { ok: true, value: { initialAfter: '2500.5', equityAfter: '99999' } };

const asking = (orderId: number): WhatIfQuestion => ({ orderId: ibOrderId(orderId), spec });

/** IBKR's answer to a question: an order that says so of itself, with figures in its state. */
function told(
  orderId: number,
  figures: readonly [number, number] | null,
  warning = '',
): ReturnType<typeof wire.openOrder> {
  const fields = [...wire.openOrder({ orderId, status: 'PreSubmitted', warning })];
  const status = fields.indexOf('PreSubmitted');
  fields[status - 1] = 1;
  if (figures !== null) [fields[status + 7], fields[status + 9]] = figures;
  return fields;
}

describe('what an order would do to the margin', () => {
  test('is told by the figures of an order that is none: nobody hears of it', async () => {
    const { broker, facts, session } = await connectedBroker();
    const answer = broker.whatIf(asking(41));
    expect((await session.next(PLACE_ORDER))[1]).toBe('41');
    session.send(told(41, [2500.5, 99_999]), told(41, [1, 2]));
    expect(await answer).toEqual(ANSWERED);
    broker.perform(snapshot());
    expect(facts.of('order-reported')).toEqual([]);
  });

  test('is not known where IBKR refuses, with its words; a warning is no answer', async () => {
    const { broker, facts, session } = await connectedBroker();
    const answer = broker.whatIf(asking(41));
    await session.next(PLACE_ORDER);
    session.send(wire.error(41, 399, 'Order Message'), wire.error(41, 201, 'Order rejected'));
    expect(await answer).toEqual({ ok: false, error: 'Order rejected (201)' });
    expect(facts.of('order-error')).toEqual([]);
  });

  test.each([
    ['', 'IBKR gave no figures'],
    ['No margin data', 'No margin data'],
  ])('is not known where the figures are missing', async (warning, error) => {
    const { broker, session } = await connectedBroker();
    const answer = broker.whatIf(asking(41));
    await session.next(PLACE_ORDER);
    session.send(told(41, null, warning));
    expect(await answer).toEqual({ ok: false, error });
  });

  test('is given up after four seconds, and with the connection', async () => {
    const { broker, clock, facts, session } = await connectedBroker();
    const late = broker.whatIf(asking(41));
    for (let passed = 0; passed < WHAT_IF_TIMEOUT_MS; passed += 2_000) {
      clock.advance(2_000);
      session.send(wire.currentTime());
      await facts.next('heartbeat');
    }
    expect(await late).toEqual({ ok: false, error: 'no answer within 4 s' });
    const lost = broker.whatIf(asking(42));
    session.hangUp();
    expect(await lost).toEqual({ ok: false, error: 'the connection was lost' });
  });

  test('can not be asked without a connection, about what can not be sent, and when it can not be written', async () => {
    const { broker: down } = await startedBroker({ speaks: false });
    expect(await down.whatIf(asking(41))).toMatchObject({ ok: false });
    const { broker } = await connectedBroker();
    expect(await broker.whatIf({ ...asking(41), spec: { ...spec, quantity: quantity('0') } })).toEqual({
      ok: false,
      error: 'the quantity must be above zero',
    });
    const mute = await connectedBroker({
      createApi: (options) => {
        const api = createIbApi(options);
        api.placeOrder = () => api;
        return api;
      },
    });
    expect(await mute.broker.whatIf(asking(41))).toMatchObject({ ok: false });
  });

  test.each([178, 185, 193])('is told by the simulated TWS at server version %i', async (maxServerVersion) => {
    const { broker, facts, faults } = await simulatedTws({ maxServerVersion });
    const account = present(facts.of('link-up')[0]?.accounts[0], 'the account');
    broker.perform(resolve('AAPL'));
    const { conId } = (await facts.next('instrument')).instrument;
    const question = { orderId: ibOrderId(41), spec: { ...spec, account, conId } };
    const answer = await broker.whatIf(question);
    expect(answer).toMatchObject({ ok: true });
    const enough = answer.ok && Number(answer.value.initialAfter) > 0 && Number(answer.value.equityAfter) > 0;
    expect(enough).toBe(true);
    // The number of a question is used up, as at TWS.
    const again = await broker.whatIf(question);
    expect(again.ok ? '' : again.error).toContain('(103)');
    expect(facts.of('order-reported')).toEqual([]);
    expect(faults).toEqual([]);
  });
});
