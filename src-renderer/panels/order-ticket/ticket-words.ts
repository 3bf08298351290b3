import { entryReference } from '#domain/bracket';
import { formatPrice, formatQuantity } from '#domain/format';
import type { Instrument } from '#domain/instrument';
import {
  add,
  compare,
  magnitudeOf,
  notionalOf,
  ratioOf,
  subtract,
  toNumber,
  ZERO_MONEY,
  type Money,
  type Price,
  type SignedQuantity,
} from '#domain/money';
import { oppositeOf, type EnteredTerms } from '#domain/order-spec';
import { describeTrail } from '#domain/order-words';
import type { Quote } from '#domain/quote';
import type { TicketCommand } from '#renderer/panels/order-ticket/read-ticket';
import { trailedFrom } from '#renderer/stores/stop-figures';
import { marketPriceOf } from '#domain/order-distance';

/** What a bracket risks and what it may gain, from its entry. */
export interface RewardAndRisk {
  readonly entry: Price;
  readonly stop: Price;
  /** The farthest of them, where it scales out. */
  readonly target: Price | null;
  /** Signed result if the stop, or every target, is what ends it. */
  readonly atStop: Money;
  readonly atTarget: Money | null;
  /** Reward over risk; null without target, or when the stop is not on the losing side. */
  readonly ratio: number | null;
}

export function rewardAndRisk(
  command: TicketCommand | null,
  instrument: Instrument | null,
  quote: Quote | undefined,
): RewardAndRisk | null {
  if (command?.kind !== 'place-bracket' || instrument === null) return null;
  const { side, parent, stopLoss, takeProfit, levels, quantity } = command.request;
  const entry = entryReference(parent, side, quote?.bid ?? null, quote?.ask ?? null);
  if (entry === null) return null;
  const stop =
    stopLoss.stop ??
    (stopLoss.type === 'TRAIL' ? trailedFrom(entry, stopLoss.trail, oppositeOf(side), instrument) : null);
  if (stop === null) return null;
  const resultAt = (price: Price, size = quantity): Money => {
    const change = side === 'BUY' ? subtract(price, entry) : subtract(entry, price);
    return notionalOf(change, size, instrument.multiplier);
  };
  const targets = takeProfit === null ? levels : [{ limit: takeProfit.limit, quantity }];
  const atStop = resultAt(stop);
  const atTarget =
    targets.length === 0
      ? null
      : targets.reduce((sum, level) => add(sum, resultAt(level.limit, level.quantity)), ZERO_MONEY);
  const farthest = targets
    .map(({ limit }) => limit)
    .sort((a, b) => (side === 'BUY' ? compare(b, a) : compare(a, b)))[0];
  const sound = toNumber(atStop) < 0 && atTarget !== null && toNumber(atTarget) > 0;
  const ratio = sound ? Number(ratioOf(atTarget, atStop)) * -1 : null;
  return { entry, stop, target: farthest ?? null, atStop, atTarget, ratio };
}

/** Where a trailing stop would start now; null: it waits for its activation, or there is no price. */
export function startOfTrail(
  command: TicketCommand | null,
  instrument: Instrument | null,
  quote: Quote | undefined,
): Price | null {
  if (command?.kind !== 'place-trailing-stop' || instrument === null) return null;
  const { initialStopPrice, activationPrice, side, trail } = command.request;
  if (initialStopPrice !== null || activationPrice !== null) return initialStopPrice;
  const market = marketPriceOf(quote);
  return market === null ? null : trailedFrom(market, trail, side, instrument);
}

/** True when this order would take the position below zero. */
export function sellsShort(command: TicketCommand, position: SignedQuantity | null): boolean {
  if (command.kind !== 'place-order' && command.kind !== 'place-bracket') return false;
  if (command.request.side === 'BUY') return false;
  if (position === null || position.startsWith('-')) return true;
  return compare(command.request.quantity, magnitudeOf(position)) > 0;
}

/** The verb and the numbers: `Buy 40 NVDA at 181.70`, `Sell 60 NVDA trailing 2 %`, `Place 2 orders as OCO`. */
export function submitWords(command: TicketCommand, position: SignedQuantity | null): string {
  if (command.kind === 'place-oco') return `Place ${command.request.legs.length} orders as OCO`;
  const { request } = command;
  const size = `${formatQuantity(request.quantity)} ${request.symbol}`;
  if (command.kind === 'place-trailing-stop') {
    const verb = request.side === 'BUY' ? 'Buy' : 'Sell';
    return `${verb} ${size} trailing ${describeTrail(command.request.trail)}`;
  }
  const verb = request.side === 'BUY' ? 'Buy' : sellsShort(command, position) ? 'Sell short' : 'Sell';
  const terms = command.kind === 'place-order' ? command.request.terms : command.request.parent;
  return `${verb} ${size} ${priceWords(terms)}`;
}

function priceWords(terms: EnteredTerms): string {
  switch (terms.type) {
    case 'MKT':
      return 'at market';
    case 'LMT':
      return `at ${formatPrice(terms.limit)}`;
    case 'STP':
      return `stop ${formatPrice(terms.stop)}`;
    case 'STP LMT':
      return `stop ${formatPrice(terms.stop)} limit ${formatPrice(terms.limit)}`;
  }
}
