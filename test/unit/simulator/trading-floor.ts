import { present } from '#domain/assert';
import { Exchange } from '#simulator/exchange';
import type { ExchangeOptions, SteeredPrice } from '#simulator/exchange-types';
import { formatUnits } from '#simulator/fixed';
import { remainingOf, whyHeldOf, type OrderRequest, type SimulatedOrder } from '#simulator/simulated-order';

/** Monday 5 January 2026, 09:30 in New York. */
export const OPENING = Date.UTC(2026, 0, 5, 14, 30);
const CLIENT = 1;

/** AAPL at 99.99 / 100.01 with 10,000 shares on each side. */
const AT_100: SteeredPrice = { bid: '99.99', ask: '100.01', last: '100' };

/** An exchange with AAPL pinned at 100, one client who trades it, and a log of what the client hears. */
export class TradingFloor {
  readonly exchange: Exchange;
  /** In words: `1 Submitted 0/100`, `1 fills 60 at 100.01`, `1 error 202`. */
  readonly heard: string[] = [];
  #at = OPENING;

  constructor(options: Partial<ExchangeOptions> = {}) {
    this.exchange = new Exchange({ seed: 3, startAt: OPENING, symbols: 12, ...options });
    this.#at = this.exchange.now;
    this.price(AT_100);
    this.exchange.subscribe((event) => {
      if (event.kind === 'order') this.heard.push(this.#inWords(event.order));
      if (event.kind === 'execution') {
        const { order, shares, price } = event.execution;
        this.heard.push(`${order.orderId} fills ${shares} at ${formatUnits(price)}`);
      }
      if (event.kind === 'order-error') this.heard.push(`${event.key.orderId} error ${event.rejection.code}`);
    });
  }

  price(price: SteeredPrice): void {
    this.exchange.setPrice('AAPL', price);
  }

  /** Moves bid and ask to one cent around `last`. */
  trades(last: number): void {
    this.price({ bid: (last - 0.01).toFixed(2), ask: (last + 0.01).toFixed(2), last: last.toFixed(2) });
  }

  /** One renewal of the quotes. */
  tick(): void {
    this.#at += 250;
    this.exchange.advanceTo(this.#at);
  }

  place(orderId: number, fields: Partial<OrderRequest> = {}): void {
    this.exchange.place(aRequest({ orderId, ...fields }));
  }

  buy(orderId: number, quantity: number, fields: Partial<OrderRequest> = {}): void {
    this.place(orderId, { quantity: String(quantity), ...fields });
  }

  /** Entry of `quantity` at market or `limitPrice`, target 110 (id + 1), stop 90 (id + 2). */
  bracket(orderId: number, quantity: number, limitPrice?: string, exits: Partial<OrderRequest> = {}): void {
    const entry = limitPrice === undefined ? {} : { orderType: 'LMT', limitPrice };
    const exit = { action: 'SELL', quantity: String(quantity), parentId: orderId, ...exits };
    this.buy(orderId, quantity, { ...entry, transmit: false });
    this.place(orderId + 1, { ...exit, orderType: 'LMT', limitPrice: '110', transmit: false });
    this.place(orderId + 2, { ...exit, orderType: 'STP', stopPrice: '90' });
  }

  cancel(orderId: number): void {
    this.exchange.cancel({ clientId: CLIENT, orderId });
  }

  order(orderId: number): SimulatedOrder {
    return present(this.exchange.order({ clientId: CLIENT, orderId }), `order ${orderId}`);
  }

  /** `Submitted 0/100`, with `child` behind it while the order waits for its parent. */
  standing(orderId: number): string {
    return this.#inWords(this.order(orderId)).replace(`${orderId} `, '');
  }

  /** The stop of a trailing order as it stands now. */
  trailStop(orderId: number): string {
    return formatUnits(this.order(orderId).terms.trailStopPrice);
  }

  /** Only the fills heard since the last call. */
  fills(): readonly string[] {
    return this.news().filter((line) => line.includes('fills'));
  }

  /** Lets the market live for `ms`. */
  wait(ms: number): void {
    this.#at += ms;
    this.exchange.advanceTo(this.#at);
  }

  /** What was heard since the last call. */
  news(): readonly string[] {
    return this.heard.splice(0);
  }

  shares(): number {
    return present(this.exchange.holdings()[0], 'holding').shares;
  }

  #inWords(order: SimulatedOrder): string {
    const held = whyHeldOf(order);
    const size = `${order.filled}/${order.filled + remainingOf(order)}`;
    return `${order.orderId} ${this.exchange.statusOf(order)} ${size}${held === '' ? '' : ` ${held}`}`;
  }
}

/** A transmitted market order to buy 100 AAPL as order 1 of client 1. */
export function aRequest(fields: Partial<OrderRequest> = {}): OrderRequest {
  return {
    ...{ clientId: CLIENT, orderId: 1, conId: 265598, symbol: 'AAPL', action: 'BUY', orderType: 'MKT' },
    ...{ quantity: '100', limitPrice: '', stopPrice: '', tif: 'DAY', ocaGroup: '', ocaType: 0, orderRef: '' },
    ...{ trailStopPrice: '', trailingPercent: '', limitPriceOffset: '', goodTillDate: '', triggerPrice: '' },
    ...{ adjustedOrderType: '', adjustedStopPrice: '', adjustedStopLimitPrice: '', adjustedTrailingAmount: '' },
    ...{ adjustableTrailingUnit: 0, conditions: [], conditionsIgnoreRth: false, conditionsCancelOrder: false },
    ...{ parentId: 0, transmit: true, outsideRth: false, triggerMethod: 0 },
    ...fields,
  };
}
