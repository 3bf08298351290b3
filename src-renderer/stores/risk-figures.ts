import {
  add,
  compare,
  maxOf,
  minOf,
  notionalOf,
  quantity,
  ratio,
  ratioOf,
  scaledBy,
  signedBy,
  toNumber,
  unitsWithin,
  ZERO_MONEY,
  type Money,
  type Price,
  type Quantity,
  type SignedQuantity,
} from '#domain/money';
import { limitOf, stopOf } from '#domain/order-spec';
import type { RiskContext, RiskDecision, RiskLeg } from '#domain/risk-decision';

/** Every limit warns at this share of it. */
export const WARN_AT_SHARE = 0.8;
const RUNAWAY = ratio('1.05');
const ONE = quantity('1');

/** One limit before and after the order. */
export interface LimitFigure {
  readonly name: 'Order exposure' | 'Order quantity';
  readonly before: Money | Quantity;
  readonly after: Money | Quantity;
  readonly limit: Money | Quantity;
  /** Shares of the limit. */
  readonly beforeShare: number;
  readonly afterShare: number;
  /** Where the limit comes from: G is global. */
  readonly source: 'G';
  /** `sh`, or empty for money. */
  readonly unit: string;
}

/** The numbers of a decision, for the bars of ticket and dialogs. The verdicts are the engine's and are not redone here. */
export interface RiskFigures {
  readonly limits: readonly LimitFigure[];
  readonly position: { readonly before: SignedQuantity; readonly after: SignedQuantity } | null;
  /** The largest quantity within all of `limits`; null when the price is not known. */
  readonly largest: Quantity | null;
}

export function riskFiguresOf({ context, verdicts }: Pick<RiskDecision, 'context' | 'verdicts'>): RiskFigures {
  const { subject, settings, instrument, position } = context;
  const before = subject.action === 'modify' ? subject.before : null;
  const after = subject.action === 'modify' ? subject.after : subject.legs[0];
  if (after === undefined) return { limits: [], position: null, largest: null };
  const multiplier = instrument?.multiplier ?? ONE;
  const valueOf = (leg: RiskLeg | null): Money | null => {
    if (leg === null) return ZERO_MONEY;
    const unit = unitPriceOf(leg, context);
    return unit === null ? null : notionalOf(unit, leg.quantity, multiplier);
  };
  const unit = unitPriceOf(after, context);
  const told = verdicts.flatMap((it) =>
    it.verdict !== 'pass' && it.reason.code === 'ORDER_NOTIONAL' ? [it.reason] : [],
  )[0];
  const value = told?.projected ?? valueOf(after);
  const limits: LimitFigure[] = [];
  if (value !== null) {
    limits.push(figure('Order exposure', valueOf(before) ?? ZERO_MONEY, value, settings.maxOrderNotional, ''));
  }
  limits.push(
    figure('Order quantity', before?.quantity ?? quantity('0'), after.quantity, settings.maxOrderQuantity, 'sh'),
  );
  const byValue = unit === null ? undefined : unitsWithin(settings.maxOrderNotional, notionalOf(unit, ONE, multiplier));
  const largest = told?.largest ?? byValue;
  return {
    limits,
    position:
      position === null || subject.action === 'modify'
        ? null
        : { before: position, after: add(position, signedBy(after.side, after.quantity)) },
    largest: largest === undefined ? null : minOf(largest, settings.maxOrderQuantity),
  };
}

/**
 * What one unit may cost, as the exposure check values it. BUY: LMT its limit, MKT ask × 1.05, STP max(stop, ask) × 1.05.
 * SELL: max(ask, limit or stop). null when that needs an ask that is not known.
 */
function unitPriceOf({ side, terms }: RiskLeg, { quote }: RiskContext): Price | null {
  if (side === 'BUY' && terms.type === 'LMT') return terms.limit;
  const ask = quote?.ask ?? null;
  if (ask === null) return null;
  if (side === 'BUY') return scaledBy(maxOf(stopOf(terms) ?? ask, ask), RUNAWAY);
  const own = limitOf(terms) ?? stopOf(terms);
  return own === null ? ask : maxOf(ask, own);
}

function figure<T extends Money | Quantity>(
  name: LimitFigure['name'],
  before: T,
  after: T,
  limit: T,
  unit: string,
): LimitFigure {
  const share = (used: T): number => {
    const part = ratioOf(used, limit);
    // A limit of zero: anything is beyond it.
    return part === undefined ? (compare(used, limit) > 0 ? 2 : 0) : toNumber(part);
  };
  return { name, before, after, limit, beforeShare: share(before), afterShare: share(after), source: 'G', unit };
}
