import { price, percent, type Price } from '#domain/money';
import type { ObservedTerms, OrderTerms, Trail, TriggerSource } from '#domain/order-spec';
import { formatUnits } from '#simulator/fixed';
import type { OrderInstruction, SimulatedOrder } from '#simulator/simulated-order';

/** The part of an instruction that the terms of an order decide. */
export type PricedInstruction = Pick<
  OrderInstruction,
  | 'orderType'
  | 'limitPrice'
  | 'stopPrice'
  | 'trailStopPrice'
  | 'trailingPercent'
  | 'limitPriceOffset'
  | 'adjustedOrderType'
  | 'triggerPrice'
  | 'adjustedStopPrice'
  | 'adjustedTrailingAmount'
>;

const NO_PRICES: PricedInstruction = {
  orderType: '',
  limitPrice: '',
  stopPrice: '',
  trailStopPrice: '',
  trailingPercent: '',
  limitPriceOffset: '',
  adjustedOrderType: '',
  triggerPrice: '',
  adjustedStopPrice: '',
  adjustedTrailingAmount: '',
};

/** IBKR's numbers of the price that lets a stop go. Source: IBKR API, trigger methods. */
const TRIGGER_METHODS = { last: 2, bidAsk: 4, mid: 8 } as const satisfies Record<TriggerSource, number>;
const DEFAULT_TRIGGER_METHOD = 0;

export function triggerMethodOf(triggerOn: TriggerSource | undefined): number {
  return triggerOn === undefined ? DEFAULT_TRIGGER_METHOD : TRIGGER_METHODS[triggerOn];
}

/** Undefined: IBKR's default, or one that the domain has no word for. */
export function triggerSourceOf(method: number): TriggerSource | undefined {
  const named: readonly TriggerSource[] = ['last', 'bidAsk', 'mid'];
  return named.find((source) => TRIGGER_METHODS[source] === method);
}

/** The terms of an order of ours in the words of an instruction. */
export function instructedTermsOf(terms: OrderTerms): PricedInstruction {
  const typed = { ...NO_PRICES, orderType: terms.type };
  switch (terms.type) {
    case 'MKT':
      return typed;
    case 'LMT':
      return { ...typed, limitPrice: terms.limit };
    case 'STP':
      return { ...typed, stopPrice: terms.stop };
    case 'STP LMT':
      return { ...typed, stopPrice: terms.stop, limitPrice: terms.limit };
    case 'TRAIL':
      return { ...typed, ...instructedTrailOf(terms.trail), trailStopPrice: terms.stop ?? '' };
    case 'TRAIL LIMIT': {
      const { trail, stop, limitOffset } = terms;
      return { ...typed, ...instructedTrailOf(trail), trailStopPrice: stop ?? '', limitPriceOffset: limitOffset };
    }
    case 'STP TO TRAIL':
      return {
        ...typed,
        orderType: 'STP',
        stopPrice: terms.stop,
        adjustedOrderType: 'TRAIL',
        triggerPrice: terms.activation,
        adjustedStopPrice: terms.trailingStop,
        adjustedTrailingAmount: terms.trailAmount,
      };
  }
}

function instructedTrailOf(trail: Trail): Pick<PricedInstruction, 'stopPrice' | 'trailingPercent'> {
  return trail.by === 'amount'
    ? { stopPrice: trail.amount, trailingPercent: '' }
    : { stopPrice: '', trailingPercent: trail.percent };
}

/** The terms of an order as they stand at the exchange. */
export function observedTermsOf(order: SimulatedOrder): ObservedTerms {
  const { orderType, terms } = order;
  switch (orderType) {
    case 'MKT':
      return { type: 'MKT' };
    case 'LMT':
      return { type: 'LMT', limit: priceOf(terms.limitPrice) };
    case 'STP':
      return observedStopOf(order);
    case 'STP LMT':
      return { type: 'STP LMT', stop: priceOf(terms.stopPrice), limit: priceOf(terms.limitPrice) };
    case 'TRAIL':
      return { type: 'TRAIL', trail: observedTrailOf(order), stop: givenPriceOf(terms.trailStopPrice) };
    case 'TRAIL LIMIT': {
      const stop = givenPriceOf(terms.trailStopPrice);
      const limitOffset = priceOf(terms.limitPriceOffset);
      return { type: 'TRAIL LIMIT', trail: observedTrailOf(order), stop, limitOffset };
    }
  }
}

function observedStopOf({ terms: { adjusted, stopPrice } }: SimulatedOrder): ObservedTerms {
  const stop = priceOf(stopPrice);
  if (adjusted === undefined) return { type: 'STP', stop };
  if (adjusted.adjustedOrderType !== 'TRAIL' || adjusted.unit !== 'amount') {
    return { type: 'OTHER', name: `STP→${adjusted.adjustedOrderType}`, limit: null, stop };
  }
  return {
    type: 'STP TO TRAIL',
    stop,
    activation: priceOf(adjusted.triggerPrice),
    trailingStop: priceOf(adjusted.adjustedStopPrice),
    trailAmount: priceOf(adjusted.adjustedTrailingAmount),
  };
}

function observedTrailOf({ terms: { trailingAmount, trailingPercent } }: SimulatedOrder): Trail {
  return trailingPercent === 0
    ? { by: 'amount', amount: priceOf(trailingAmount) }
    : { by: 'percent', percent: percent(formatUnits(trailingPercent)) };
}

/** The price that `units` of 0.0001 are. */
export function priceOf(units: number): Price {
  return price(formatUnits(units));
}

function givenPriceOf(units: number): Price | null {
  return units === 0 ? null : priceOf(units);
}
