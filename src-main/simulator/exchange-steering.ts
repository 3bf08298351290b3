import { assert, present } from '#domain/assert';
import type { ExchangeFloor } from '#simulator/exchange-floor';
import type { Correction, Split, SteeredFill, SteeredPrice } from '#simulator/exchange-types';
import { formatUnits, unitsOf } from '#simulator/fixed';
import type { OrderLifecycle } from '#simulator/order-lifecycle';
import type { OrderMatching } from '#simulator/order-matching';
import { rejectedBecause } from '#simulator/order-refusals';
import { isFinal, remainingOf, type OrderKey, type SimulatedExecution } from '#simulator/simulated-order';
import { tickDown, tickUp } from '#simulator/tick-rules';

/** How a test moves the market, the account and the orders by hand. */
export class ExchangeSteering {
  readonly #floor: ExchangeFloor;
  readonly #lifecycle: OrderLifecycle;
  readonly #matching: OrderMatching;

  constructor(floor: ExchangeFloor, lifecycle: OrderLifecycle, matching: OrderMatching) {
    this.#floor = floor;
    this.#lifecycle = lifecycle;
    this.#matching = matching;
  }

  setPrice(symbol: string, price: SteeredPrice): void {
    const instrument = this.#floor.instrument(symbol);
    this.#floor.board.pin(instrument.index, {
      bid: unitsOf(price.bid),
      ask: unitsOf(price.ask),
      last: price.last === undefined ? undefined : unitsOf(price.last),
      bidSize: price.bidSize,
      askSize: price.askSize,
    });
    this.#floor.quoteChanged(instrument);
    this.#matching.settle();
  }

  tradeAt(symbol: string, last: string): void {
    const { marketRuleId } = this.#floor.instrument(symbol);
    const price = tickDown(marketRuleId, unitsOf(last));
    this.setPrice(symbol, {
      bid: formatUnits(tickDown(marketRuleId, price - 1)),
      ask: formatUnits(tickUp(marketRuleId, price + 1)),
      last: formatUnits(price),
    });
  }

  gap(symbol: string, percent: number): void {
    const instrument = this.#floor.instrument(symbol);
    this.#floor.board.scale(instrument.index, 1 + percent / 100, false);
    this.#floor.quoteChanged(instrument);
    this.#matching.settle();
  }

  limitLiquidity(symbol: string, sharesPerTick = Infinity): void {
    const instrument = this.#floor.instrument(symbol);
    this.#floor.board.limitSize(instrument.index, sharesPerTick);
    this.#floor.quoteChanged(instrument);
  }

  setHalted(symbol: string, halted: boolean): void {
    const instrument = this.#floor.instrument(symbol);
    this.#floor.board.freeze(instrument.index, halted);
    if (halted) this.#floor.halted.add(instrument.index);
    else this.#floor.halted.delete(instrument.index);
    this.#floor.emit({ kind: 'halt', instrument, halted });
    this.#floor.lookAgain(instrument.index);
    this.#matching.settle();
  }

  /** With the close the day is over, and its orders with it. */
  setMarketClosed(closed: boolean): void {
    const { hours, store } = this.#floor;
    for (const order of closed ? store.live() : []) {
      if (order.terms.tif === 'DAY' && !isFinal(order)) this.#lifecycle.cancel(order);
    }
    hours.setClosed(closed);
    this.#matching.followClock();
    this.#matching.settle();
  }

  /** IBKR cancels the orders of a stock that splits: their prices and sizes mean nothing any more. */
  split(symbol: string, { from, to }: Split): void {
    assert(
      Number.isInteger(from) && Number.isInteger(to) && from > 0 && to > 0,
      'a split turns whole shares into whole',
    );
    const instrument = this.#floor.instrument(symbol);
    for (const order of this.#floor.store.liveOn(instrument.index)) this.#lifecycle.cancel(order);
    this.#floor.board.scale(instrument.index, from / to, true);
    this.#floor.portfolio.split(instrument, from, to, this.#floor.markOf(instrument));
    this.#floor.emit({ kind: 'position', instrument });
    this.#floor.quoteChanged(instrument);
  }

  transfer(symbol: string, shares: number): void {
    const instrument = this.#floor.instrument(symbol);
    this.#floor.portfolio.transfer(instrument, shares, this.#floor.markOf(instrument));
    this.#floor.emit({ kind: 'position', instrument });
  }

  fill(key: OrderKey, { shares, price, ignoringOca = false }: SteeredFill): void {
    const order = this.#floor.liveOrder(key);
    assert(shares > 0 && shares <= remainingOf(order), 'a steered fill is within what is left of the order');
    this.#lifecycle.fill(order, shares, unitsOf(price), { addedLiquidity: true, ignoringOca });
    this.#matching.settle();
  }

  reject(key: OrderKey, text: string): void {
    this.#lifecycle.end(this.#floor.liveOrder(key), 'inactive', rejectedBecause(text));
  }

  /** IBKR tells a correction as one more execution, whose id differs behind its last dot. */
  correct(execId: string, correction: Correction): SimulatedExecution {
    const { store, portfolio } = this.#floor;
    const wrong = present(store.execution(execId), `execution ${execId}`);
    const shares = correction.shares ?? wrong.shares;
    const price = correction.price === undefined ? wrong.price : unitsOf(correction.price);
    const { order } = wrong;
    const [moreShares, moreValue] = [shares - wrong.shares, shares * price - wrong.shares * wrong.price];
    assert(shares > 0 && moreShares <= remainingOf(order), 'a corrected execution is within its order');
    order.filled += moreShares;
    order.filledValue += moreValue;
    if (wrong.cumulativeShares === order.filled - moreShares) order.lastFillPrice = price;
    const right: SimulatedExecution = {
      ...wrong,
      execId: nextVersionOf(execId),
      shares,
      price,
      cumulativeShares: wrong.cumulativeShares + moreShares,
      cumulativeValue: wrong.cumulativeValue + moreValue,
      realizedPnl: portfolio.correct(order.instrument, executionKeyOf(execId), shares, price),
    };
    store.addExecution(right);
    this.#floor.emit({ kind: 'execution', execution: right });
    this.#floor.emitOrder(order, 'changed');
    this.#floor.emit({ kind: 'commission', execution: right });
    return right;
  }
}

/** What all versions of an execution's id have in common. */
export function executionKeyOf(execId: string): string {
  return execId.slice(0, execId.lastIndexOf('.'));
}

function nextVersionOf(execId: string): string {
  const key = executionKeyOf(execId);
  const version = Number(execId.slice(key.length + 1)) + 1;
  return `${key}.${String(version).padStart(2, '0')}`;
}
