import type { CommandReply } from '#domain/command';
import { price, quantity } from '#domain/money';
import type { OcoGroup, OcoLeg, OcoOrderRequest } from '#domain/oco';
import { present } from '#domain/assert';
import type { EngineHarness } from '#test/builders/engine-harness';

/** SELL 10 AAPL LMT 160 GTC. */
export function anOcoLeg(change: Partial<OcoLeg> = {}): OcoLeg {
  return {
    symbol: 'AAPL',
    side: 'SELL',
    quantity: quantity('10'),
    terms: { type: 'LMT', limit: price('160') },
    timeInForce: 'GTC',
    outsideRth: false,
    ...change,
  };
}

/** Out of 10 AAPL at 160 or at 145, GTC: IBKR holds it, and a partial fill of one reduces the other. */
export function anOcoRequest(change: Partial<OcoOrderRequest> = {}): OcoOrderRequest {
  return {
    legs: [anOcoLeg(), anOcoLeg({ terms: { type: 'STP', stop: price('145') } })],
    onPartialFill: 'reduce',
    sharing: 'proportional',
    onOverfill: 'alert',
    ...change,
  };
}

export function asksForOco(trader: EngineHarness, change: Partial<OcoOrderRequest> = {}): CommandReply {
  return trader.commands({ kind: 'place-oco', request: anOcoRequest(change) });
}

/** Places an OCO group; its orders work. Says their numbers. */
export function placesOco(trader: EngineHarness, change: Partial<OcoOrderRequest> = {}): readonly number[] {
  const numbers = asksForOco(trader, change).orders.map(({ number }) => number);
  for (const number of numbers) trader.works(number);
  return numbers;
}

/** The latest OCO group. */
export function ocoOf(trader: EngineHarness): OcoGroup {
  return present([...trader.durable.ocoGroups.values()].at(-1), 'an OCO group');
}
