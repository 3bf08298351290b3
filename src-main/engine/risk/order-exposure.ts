import { present } from '#domain/assert';
import { centsOf, worthOf, type Cents } from '#domain/cents';
import type { LimitFigure } from '#domain/limit-figure';
import type { LimitSource } from '#domain/limit-source';
import {
  add,
  isZero,
  leavesOf,
  maxOf,
  moneyOf,
  notionalOf,
  scaledBy,
  signedBy,
  negated,
  unitsWithin,
  ZERO_QUANTITY,
  type Money,
  type Price,
  type Quantity,
  type Ratio,
  type SignedQuantity,
} from '#domain/money';
import { markOf } from '#domain/position-value';
import { err, ok, type Result } from '#domain/result';
import type { RiskContext, RiskLeg, RiskReason } from '#domain/risk-decision';
import { ONE_UNIT, unitPriceOf } from '#engine/risk/order-value';
import { addsRisk, largestOf, mainLegOf, openOf } from '#engine/risk/risk-check';

/** What an order is to the exposure of its instrument, at worst, in the account's currency. */
export interface OrderExposure {
  /** In the order's own direction without the order; below zero while the position is in the other one. */
  readonly base: Cents;
  /** In the other direction. */
  readonly opposite: Cents;
  /** The order as it stands: nothing while it is new. */
  readonly before: Cents;
  /** The order as it would be; nothing where it only reduces. */
  readonly after: Cents;
  /** One unit of it; null where it only reduces. */
  readonly unit: Money | null;
}

/** Several checks ask the same of one context, which never changes. */
const reckoned = new WeakMap<RiskContext, Result<OrderExposure, RiskReason>>();

/**
 * The exposure of the order's instrument with and without the order. What is held and worked counts at its mark, the order
 * itself at the larger of the mark and what it may cost (domain.md §5).
 * @returns as the error why it can not be known.
 */
export function orderExposureOf(context: RiskContext): Result<OrderExposure, RiskReason> {
  const known = reckoned.get(context);
  if (known !== undefined) return known;
  const exposure = reckon(context);
  reckoned.set(context, exposure);
  return exposure;
}

function reckon(context: RiskContext): Result<OrderExposure, RiskReason> {
  const { baseCurrency, buyLeaves, exchangeRate: rate, instrument, position, sellLeaves, subject } = context;
  const { symbol } = subject;
  if (instrument === null) return err({ code: 'INSTRUMENT_UNKNOWN', symbol });
  if (position === null) return err({ code: 'POSITION_UNKNOWN', symbol });
  if (rate === null) return err({ code: 'NO_EXCHANGE_RATE', from: instrument.currency, to: baseCurrency });
  const basis: Basis = { multiplier: instrument.multiplier, rate };
  const main = mainLegOf(context);
  const long = worthAtMark(context, basis, add(position, signedBy('BUY', buyLeaves)));
  const short = worthAtMark(context, basis, negated(add(position, signedBy('SELL', sellLeaves))));
  if (long === null || short === null) return err({ code: 'EXPOSURE_UNKNOWN', symbols: [symbol] });
  const own = main.side === 'BUY' ? { base: long, opposite: short } : { base: short, opposite: long };
  if (!addsRisk(context)) return ok({ ...own, before: 0, after: 0, unit: null });

  const price = priceOf(context, main);
  if (price === null) return err({ code: 'NO_QUOTE', symbol });
  const after = worthOf(price, openOf(context), basis.multiplier, rate);
  const before = worthBefore(context, basis);
  if (after === null || before === null) return err({ code: 'EXPOSURE_UNKNOWN', symbols: [symbol] });
  return ok({ ...own, before, after, unit: scaledBy(notionalOf(price, ONE_UNIT, basis.multiplier), rate) });
}

interface Basis {
  readonly multiplier: Quantity;
  readonly rate: Ratio;
}

function worthAtMark({ quote }: RiskContext, { multiplier, rate }: Basis, units: SignedQuantity): Cents | null {
  if (isZero(units)) return 0;
  const mark = markOf(quote ?? undefined);
  return mark === null ? null : worthOf(mark, units, multiplier, rate);
}

/** What a unit of an order counts. */
function priceOf(context: RiskContext, leg: RiskLeg): Price | null {
  const mark = markOf(context.quote ?? undefined);
  const price = unitPriceOf(context, leg);
  return price === null || mark === null ? price : maxOf(price, mark);
}

/** The order as it stands before it is changed; a new one is nothing yet. */
function worthBefore(context: RiskContext, { multiplier, rate }: Basis): Cents | null {
  const { subject } = context;
  if (subject.action === 'place') return 0;
  // A change keeps the type of the order: what it may cost is known before where it is known after.
  const price = present(priceOf(context, subject.before), 'the price of an order that is changed');
  return worthOf(price, leavesOf(subject.before.quantity, subject.filled), multiplier, rate);
}

/** A limit of an exposure that counts more than the order's instrument. */
export interface ExposureLimit {
  readonly limitName: Extract<LimitFigure, { unit: 'money' }>['limitName'];
  readonly of: string;
  readonly source: LimitSource;
  readonly limit: Money;
  /** What counts beside the order's instrument. */
  readonly rest: Cents;
  /** The whole, where the instrument has `own` in the order's direction. */
  readonly totalOf: (own: Cents) => Cents;
}

/** The use of `limit` before and after the order. */
export function figureOf(context: RiskContext, order: OrderExposure, exposure: ExposureLimit): LimitFigure {
  const { limitName, of, source, limit, rest, totalOf } = exposure;
  const { base } = order;
  const before = totalOf(base + order.before);
  return {
    unit: 'money',
    limitName,
    of,
    source,
    currency: context.baseCurrency,
    before: moneyOf(before),
    after: moneyOf(totalOf(base + order.after)),
    limit,
    largest: largestWithin(context, order, Math.max(centsOf(limit, 'down'), before) - rest),
  };
}

/** The largest quantity of the order that leaves the instrument within `bound` in the order's direction. */
function largestWithin(context: RiskContext, { base, unit }: OrderExposure, bound: Cents): LimitFigure['largest'] {
  if (unit === null) return null;
  return largestOf(context, unitsWithin(moneyOf(bound - base), unit) ?? ZERO_QUANTITY);
}
