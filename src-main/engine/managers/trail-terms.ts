import { formatPrice } from '#domain/format';
import type { Instrument } from '#domain/instrument';
import { add, compare, isPositive, maxOf, minOf, subtract, type Price } from '#domain/money';
import type { OrderTerms, Side, TriggerSource } from '#domain/order-spec';
import type { Quote } from '#domain/quote';
import { err, ok, type Result } from '#domain/result';
import { describeReason } from '#domain/risk-words';
import { roundToTick, tickAt } from '#domain/tick-rules';
import { modeOf, type StopPlan, type TrailingStopConfig } from '#domain/trailing-stop';
import { isTighter, markBehind, stopBehind } from '#engine/managers/trail-arithmetic';
import { isFollowable, midOf } from '#engine/managers/trail-prices';

/** A plan that trails. */
export type TrailingPlan = Exclude<StopPlan, { kind: 'fixed' }>;

/** What a trailing stop comes to: its plan, what rests at IBKR for it now, and the price it trails from. */
export interface TrailingDraft {
  readonly plan: TrailingPlan;
  /** null: nothing rests before the activation price is touched. */
  readonly terms: OrderTerms | null;
  /** null: IBKR follows the market, or nobody does yet. */
  readonly waterMark: Price | null;
}

/**
 * The orders that a trailing stop needs, by who moves it.
 * @returns why there is no such stop as the error, in words.
 */
export function trailingDraftOf(
  config: TrailingStopConfig,
  instrument: Instrument,
  quote: Quote | undefined,
): Result<TrailingDraft, string> {
  const { side, trail, activationPrice, initialStopPrice, triggerOn } = config;
  const kind = modeOf(config);
  const plan: TrailingPlan = { kind, trail, activationPrice, triggerOn };
  const why = whyNoSense(config);
  if (why !== null) return err(why);
  if (kind === 'native') return nativeDraft(config, plan, instrument);
  const short = whyTooShort(config, instrument, quote);
  if (short !== null) return err(short);
  if (activationPrice !== null) {
    const terms: OrderTerms | null = initialStopPrice === null ? null : { type: 'STP', stop: initialStopPrice };
    return ok({ plan, terms, waterMark: null });
  }
  if (initialStopPrice !== null) {
    const waterMark = markBehind(side, trail, initialStopPrice);
    return ok({ plan, terms: { type: 'STP', stop: initialStopPrice }, waterMark });
  }
  const market = marketPrice(quote, side, triggerOn);
  if (market === null) {
    return err(`There is no real-time price of ${config.symbol} to trail from now. Say where the stop rests at first.`);
  }
  return ok({ plan, terms: { type: 'STP', stop: stopBehind(side, trail, market, instrument) }, waterMark: market });
}

/** What the risk checks look at: before its activation nothing rests, and it is judged as what it will be. */
export function decidedTerms({ terms, plan }: TrailingDraft): OrderTerms {
  return terms ?? { type: 'TRAIL', trail: plan.trail, stop: null };
}

/** A stop behind the best price that `side` can trail from now; null when no such price can be relied on. */
export function marketPrice(quote: Quote | undefined, side: Side, triggerOn: TriggerSource): Price | null {
  if (quote === undefined || !isFollowable(quote)) return null;
  const { bid, ask, last } = quote;
  if (bid === null || ask === null || compare(bid, ask) > 0) return null;
  if (triggerOn === 'bidAsk') return side === 'SELL' ? bid : ask;
  if (triggerOn === 'mid') return midOf(bid, ask);
  return last === null ? null : maxOf(bid, minOf(last, ask));
}

function nativeDraft(
  { side, trail, activationPrice: activation, initialStopPrice: stop }: TrailingStopConfig,
  plan: TrailingPlan,
  instrument: Instrument,
): Result<TrailingDraft, string> {
  if (activation === null) return ok({ plan, terms: { type: 'TRAIL', trail, stop }, waterMark: null });
  if (trail.by === 'percent') {
    return err(
      'IBKR can begin to trail at an activation price only by an amount, not by percent. Give an amount, or let this app move the stop (managed).',
    );
  }
  if (stop === null) {
    return err(
      'IBKR holds a stop that trails from an activation price only with an initial stop. Say where it rests at first, or let this app move it (managed).',
    );
  }
  const { amount: trailAmount } = trail;
  const exact = side === 'SELL' ? subtract(activation, trailAmount) : add(activation, trailAmount);
  const trailingStop = roundToTick(instrument, exact, side, 'stop');
  if (isTighter(side, stop, trailingStop)) {
    return err(
      `At its activation price the stop would move against the position, from ${formatPrice(stop)} to ${formatPrice(trailingStop)}. Trail closer, or activate later.`,
    );
  }
  return ok({ plan, terms: { type: 'STP TO TRAIL', stop, activation, trailingStop, trailAmount }, waterMark: null });
}

function whyNoSense({ side, activationPrice, initialStopPrice }: TrailingStopConfig): string | null {
  if (activationPrice === null) return null;
  if (!isPositive(activationPrice)) return `Activation price ${formatPrice(activationPrice)} is not above zero.`;
  if (initialStopPrice === null || isTighter(side, activationPrice, initialStopPrice)) return null;
  const relation = side === 'SELL' ? 'below' : 'above';
  return `The initial stop ${formatPrice(initialStopPrice)} of a ${side} must be ${relation} its activation price ${formatPrice(activationPrice)}.`;
}

/** A trail of less than a tick could not keep its distance; the checks see only the stop that rests. */
function whyTooShort(
  { trail, activationPrice }: TrailingStopConfig,
  instrument: Instrument,
  quote: Quote | undefined,
): string | null {
  if (trail.by === 'percent') return null;
  const { amount: distance } = trail;
  const increment = tickAt(instrument, activationPrice ?? quote?.last ?? distance);
  if (isPositive(distance) && compare(distance, increment) >= 0) return null;
  return describeReason({ code: 'TRAIL_BELOW_TICK', leg: 'protective-stop', distance, increment });
}
