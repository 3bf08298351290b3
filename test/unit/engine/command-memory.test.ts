import { describe, expect, test } from 'vitest';
import type { Command } from '#domain/command';
import { engineEventSchema } from '#domain/engine-event';
import { commandKey, orderNumber } from '#domain/ids';
import { price, quantity } from '#domain/money';
import type { OrderRecord } from '#domain/order-record';
import { DECISIONS_MAX } from '#domain/workstation-state';
import { recall, remember } from '#engine/command-memory';
import { accepted } from '#engine/reply';
import { Turn } from '#engine/turn';
import { aBracketRequest, aLimitOrder, EngineHarness } from '#test/builders/engine-harness';

const key = commandKey('morning-1');
const bracket: Command = { kind: 'place-bracket', request: aBracketRequest() };

describe('the same command under the same key', () => {
  test('is one bracket, and gets the first answer again', () => {
    const trader = EngineHarness.ready();
    const first = trader.commands(bracket, 'cli', key);
    const events = trader.typesOf(() => {
      expect(trader.commands(bracket, 'cli', key)).toEqual({ ...first, repeated: true });
    });
    expect(events).toEqual([]);
    expect(trader.effectsOf('place')).toHaveLength(1);
  });

  test('is the same command whatever the order of its fields', () => {
    const trader = EngineHarness.ready();
    const { symbol, ...rest } = aBracketRequest();
    trader.commands(bracket, 'cli', key);
    const turned: Command = { request: { ...rest, symbol }, kind: 'place-bracket' };
    expect(trader.commands(turned, 'cli', key).repeated).toBe(true);
  });

  test('is still one bracket after a crash', () => {
    const trader = EngineHarness.ready();
    const first = trader.commands(bracket, 'cli', key);
    trader.crashes();
    expect(trader.commands(bracket, 'cli', key)).toEqual({ ...first, repeated: true });
    expect(trader.effectsOf('place')).toHaveLength(1);
  });

  test('whose answer did not reach the disk is carried out anew, and the lost intent was never sent', () => {
    const trader = EngineHarness.ready();
    trader.commands(bracket, 'cli', key);
    trader.crashes(trader.journal.length - 1);
    expect(trader.effectsOf('place')).toHaveLength(0);
    trader.connects();
    trader.passes(30_000);
    trader.answersSnapshot();
    trader.ticks();
    expect(trader.commands(bracket, 'cli', key)).toMatchObject({ outcome: 'accepted', repeated: false });
    expect(trader.effectsOf('place')).toHaveLength(1);
    expect([1, 2, 3].map((number) => trader.phaseOf(number))).toEqual(['cancelled', 'cancelled', 'cancelled']);
  });

  test('gets a refusal and a denial again too', () => {
    const trader = EngineHarness.ready();
    const nobody: Command = { kind: 'cancel-orders', numbers: [orderNumber(99)] };
    expect(trader.commands(nobody, 'cli', key).repeated).toBe(false);
    expect(trader.commands(nobody, 'cli', key)).toMatchObject({
      outcome: 'refused',
      message: 'There is no order 99.',
      decision: null,
      repeated: true,
    });
    const off = commandKey('morning-2');
    const tooMuch: Command = { kind: 'place-order', request: aLimitOrder({ quantity: quantity('1000000') }) };
    const denial = trader.commands(tooMuch, 'cli', off);
    expect(trader.commands(tooMuch, 'cli', off)).toEqual({ ...denial, repeated: true });
    expect(trader.durable.orders.size).toBe(1);
  });
});

test.each<[string, Command]>([
  [
    'another price',
    { kind: 'place-bracket', request: aBracketRequest({ stopLoss: { type: 'STP', stop: price('144') } }) },
  ],
  ['no target', { kind: 'place-bracket', request: aBracketRequest({ takeProfit: null }) }],
  ['another kind', { kind: 'cancel-orders', numbers: [orderNumber(1)] }],
])('the same key with %s is refused and changes nothing', (_, other) => {
  const trader = EngineHarness.ready();
  trader.commands(bracket, 'cli', key);
  const events = trader.typesOf(() => {
    expect(trader.commands(other, 'cli', key)).toMatchObject({
      outcome: 'refused',
      message: 'Key morning-1 was used for another command. Use a new key for a new command.',
      repeated: false,
    });
  });
  expect(events).toEqual([]);
});

test('an answer outlives its decision, of which only the latest are kept', () => {
  const trader = EngineHarness.ready();
  trader.commands(bracket, 'cli', key);
  const { decisions } = trader.durable;
  expect(DECISIONS_MAX).toBeGreaterThan(decisions.size);
  decisions.clear();
  expect(trader.commands(bracket, 'cli', key)).toMatchObject({ outcome: 'accepted', decision: null, repeated: true });
});

test('an answer about more than a thousand orders can be read back from the journal', () => {
  const trader = EngineHarness.ready();
  const order = trader.order(trader.places());
  const turn = new Turn(trader.state, trader.now);
  const all: Command = { kind: 'cancel-all', symbol: null, keepStops: false };
  remember(turn, key, all, accepted(new Array<OrderRecord>(1_001).fill(order), null));
  expect(() => turn.finish().entries.map(({ event }) => engineEventSchema.parse(event))).not.toThrow();
  expect(recall(trader.durable, key, all)?.orders).toHaveLength(1_000);
});
