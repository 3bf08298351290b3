import * as z from 'zod';
import { SCALE_OUT_LEVELS_MAX } from '#domain/bracket';
import { connectionStateSchema } from '#domain/connection-state';
import { clientOrderIdSchema, decisionIdSchema, epochMsSchema, orderNumberSchema, type DecisionId } from '#domain/ids';
import {
  CLUSTERS_MAX,
  clusterMemberSchema,
  exposureContextSchema,
  MEMBERS_MAX,
  onMissingSchema,
} from '#domain/exposure';
import { instrumentSchema } from '#domain/instrument';
import { limitFigureSchema, type LimitFigure } from '#domain/limit-figure';
import { lossLatchSchema, lossScopeSchema } from '#domain/loss-latch';
import { marketHoursSchema } from '#domain/market-hours';
import {
  minOf,
  moneySchema,
  priceSchema,
  quantitySchema,
  ratio,
  ratioSchema,
  signedQuantitySchema,
  ZERO_QUANTITY,
  type Quantity,
} from '#domain/money';
import { legRoleSchema, originSchema } from '#domain/order-record';
import { orderTermsSchema, sideSchema, timeInForceSchema } from '#domain/order-spec';
import { quoteSchema } from '#domain/quote';
import { riskOverrideSchema } from '#domain/risk-override';
import { riskSettingsSchema } from '#domain/settings';
import { limitSourceSchema } from '#domain/limit-source';
import { tradingStateSchema } from '#domain/trading-state';

/** The pre-trade checks, in the order they are shown. */
export const checkNameSchema = z.enum([
  'connection',
  'trading-state',
  'daily-loss',
  'symbol-list',
  'instrument',
  'market-hours',
  'quantity',
  'tick',
  'geometry',
  'freshness',
  'collar',
  'notional',
  'position',
  'gross-exposure',
  'sector-exposure',
  'correlated-exposure',
  'short',
  'flip',
  'protection',
  'order-count',
  'order-rate',
  'self-cross',
  'duplicate',
  'margin',
]);
export type CheckName = z.infer<typeof checkNameSchema>;

/** The checks whose denial a person may override with a reason: limits of size and the hours, never what makes an order sane. */
const OVERRIDABLE: ReadonlySet<CheckName> = new Set<CheckName>([
  'market-hours',
  'notional',
  'position',
  'gross-exposure',
  'sector-exposure',
  'correlated-exposure',
]);

/** True when a person may let an order pass this check, with a reason. */
export function isOverridable(check: CheckName): boolean {
  return OVERRIDABLE.has(check);
}

const leg = legRoleSchema;
const figure = limitFigureSchema;
/** What decisions that were stored without a rate were made with. */
const ONE = ratio('1');

/** Why a check did not simply pass, with the numbers it used. `describeReason` turns it into words. */
export const riskReasonSchema = z.discriminatedUnion('code', [
  z.strictObject({ code: z.literal('NOT_READY'), phase: z.string() }),
  z.strictObject({ code: z.literal('TRADING_STATE'), state: z.string(), reason: z.string() }),
  z.strictObject({ code: z.literal('INSTRUMENT_UNKNOWN'), symbol: z.string() }),
  z.strictObject({ code: z.literal('INSTRUMENT_NOT_TRADABLE'), symbol: z.string(), securityType: z.string() }),
  z.strictObject({ code: z.literal('QUANTITY_ZERO'), leg }),
  z.strictObject({ code: z.literal('QUANTITY_INCREMENT'), leg, quantity: quantitySchema, increment: quantitySchema }),
  z.strictObject({ code: z.literal('QUANTITY_MINIMUM'), leg, quantity: quantitySchema, minimum: quantitySchema }),
  z.strictObject({ code: z.literal('QUANTITY_LIMIT'), quantity: quantitySchema, limit: quantitySchema }),
  z.strictObject({ code: z.literal('QUANTITY_BELOW_FILLED'), quantity: quantitySchema, filled: quantitySchema }),
  z.strictObject({ code: z.literal('PRICE_NOT_POSITIVE'), leg, field: z.enum(['limit', 'stop']), price: priceSchema }),
  z.strictObject({
    code: z.literal('PRICE_OFF_TICK'),
    leg,
    field: z.enum(['limit', 'stop']),
    price: priceSchema,
    increment: priceSchema,
    below: priceSchema,
    above: priceSchema,
  }),
  z.strictObject({
    code: z.literal('BRACKET_GEOMETRY'),
    leg,
    side: sideSchema,
    price: priceSchema,
    entry: priceSchema,
  }),
  z.strictObject({
    code: z.literal('STOP_ALREADY_TRIGGERED'),
    leg,
    side: sideSchema,
    stop: priceSchema,
    touch: priceSchema,
  }),
  z.strictObject({ code: z.literal('TRAIL_BELOW_TICK'), leg, distance: priceSchema, increment: priceSchema }),
  z.strictObject({ code: z.literal('SCALE_OUT_QUANTITY'), sum: quantitySchema, quantity: quantitySchema }),
  /** A protective stop would close more than is held and not yet protected. */
  z.strictObject({
    code: z.literal('PROTECTS_TOO_MUCH'),
    quantity: quantitySchema,
    position: signedQuantitySchema,
    covered: quantitySchema,
  }),
  z.strictObject({ code: z.literal('NO_QUOTE'), symbol: z.string() }),
  z.strictObject({ code: z.literal('NO_EXCHANGE_RATE'), from: z.string(), to: z.string() }),
  z.strictObject({ code: z.literal('QUOTE_NOT_REAL_TIME'), symbol: z.string(), kind: z.string() }),
  z.strictObject({ code: z.literal('QUOTE_STALE'), symbol: z.string(), ageMs: z.int(), limitMs: z.int() }),
  z.strictObject({ code: z.literal('HALTED'), symbol: z.string() }),
  z.strictObject({
    code: z.literal('PRICE_COLLAR'),
    price: priceSchema,
    reference: priceSchema,
    deviation: ratioSchema,
    warnAt: ratioSchema,
    denyAt: ratioSchema,
  }),
  z.strictObject({
    code: z.literal('ORDER_NOTIONAL'),
    projected: moneySchema,
    limit: moneySchema,
    headroom: moneySchema,
    used: ratioSchema,
    currency: z.string(),
    source: limitSourceSchema,
    /** The largest quantity that passes this check. */
    largest: quantitySchema,
  }),
  z.strictObject({
    code: z.literal('SHORT_NOT_ALLOWED'),
    position: signedQuantitySchema,
    projected: signedQuantitySchema,
  }),
  z.strictObject({ code: z.literal('POSITION_LIMIT'), symbol: z.string(), figure }),
  z.strictObject({ code: z.literal('GROSS_EXPOSURE'), figure }),
  z.strictObject({ code: z.literal('SECTOR_EXPOSURE'), sector: z.string(), figure }),
  /** `figure.of`: the symbol whose cluster it is, which need not be the order's. */
  z.strictObject({
    code: z.literal('CORRELATED_EXPOSURE'),
    symbol: z.string(),
    figure,
    threshold: ratioSchema,
    members: z.array(clusterMemberSchema).max(MEMBERS_MAX),
    others: z.int(),
  }),
  z.strictObject({ code: z.literal('CORRELATIONS_STALE'), ageMs: z.int() }),
  z.strictObject({ code: z.literal('CORRELATIONS_MISSING'), symbols: z.array(z.string()), policy: onMissingSchema }),
  /** What is held or worked can not be valued: no price, or no exchange rate. */
  z.strictObject({ code: z.literal('EXPOSURE_UNKNOWN'), symbols: z.array(z.string()) }),
  z.strictObject({ code: z.literal('DAILY_LOSS'), scope: lossScopeSchema, figure }),
  z.strictObject({ code: z.literal('LOSS_LATCHED'), latch: lossLatchSchema }),
  z.strictObject({ code: z.literal('DAY_PNL_UNKNOWN'), symbol: z.string(), why: z.string() }),
  z.strictObject({ code: z.literal('SYMBOL_NOT_ALLOWED'), symbol: z.string(), list: z.enum(['allowed', 'denied']) }),
  z.strictObject({ code: z.literal('MARKET_CLOSED'), symbol: z.string(), opensAt: epochMsSchema.nullable() }),
  z.strictObject({ code: z.literal('HOURS_UNKNOWN'), symbol: z.string() }),
  z.strictObject({
    code: z.literal('FLIP_NOT_ALLOWED'),
    position: signedQuantitySchema,
    projected: signedQuantitySchema,
  }),
  z.strictObject({ code: z.literal('ORDERS_PER_SIDE'), side: sideSchema, working: z.int(), limit: z.int() }),
  z.strictObject({ code: z.literal('ORDER_RATE'), inLastSecond: z.int(), limit: z.int() }),
  /** IBKR asks for fewer than 20 messages about orders for each execution. */
  z.strictObject({ code: z.literal('ORDER_EFFICIENCY'), messages: z.int(), executions: z.int(), warnAt: z.int() }),
  z.strictObject({ code: z.literal('SELF_CROSS'), number: orderNumberSchema, price: priceSchema }),
  z.strictObject({
    code: z.literal('MARGIN'),
    needed: moneySchema,
    available: moneySchema,
    currency: z.string().max(3),
  }),
  z.strictObject({ code: z.literal('MARGIN_UNKNOWN'), why: z.string() }),
  z.strictObject({ code: z.literal('POSITION_UNKNOWN'), symbol: z.string() }),
  z.strictObject({ code: z.literal('DUPLICATE'), of: orderNumberSchema, ageMs: z.int(), windowMs: z.int() }),
]);
export type RiskReason = Readonly<z.infer<typeof riskReasonSchema>>;

/** The use of the limits that a check is about, before and after; absent where it is about none, or what it needs is unknown. */
const figures = z
  .array(limitFigureSchema)
  .max(CLUSTERS_MAX + 1)
  .optional();

/** What one check says. `cannot-know` denies an order that adds risk. */
export const checkVerdictSchema = z.discriminatedUnion('verdict', [
  z.strictObject({ check: checkNameSchema, verdict: z.literal('pass'), figures }),
  z.strictObject({ check: checkNameSchema, verdict: z.literal('warn'), reason: riskReasonSchema, figures }),
  z.strictObject({ check: checkNameSchema, verdict: z.literal('deny'), reason: riskReasonSchema, figures }),
  z.strictObject({ check: checkNameSchema, verdict: z.literal('cannot-know'), reason: riskReasonSchema, figures }),
  /** It would have denied, and a person let it pass. */
  z.strictObject({ check: checkNameSchema, verdict: z.literal('overridden'), reason: riskReasonSchema, figures }),
]);
export type CheckVerdict = Readonly<z.infer<typeof checkVerdictSchema>>;

/** One order of what is being decided. */
export const riskLegSchema = z.strictObject({
  role: legRoleSchema,
  side: sideSchema,
  quantity: quantitySchema,
  terms: orderTermsSchema,
  timeInForce: timeInForceSchema,
});
export type RiskLeg = Readonly<z.infer<typeof riskLegSchema>>;

/** The legs of the largest bracket: its entry, and a target and a stop for each level. */
const PLACED_LEGS_MAX = 1 + 2 * SCALE_OUT_LEVELS_MAX;

/** What is asked: a new order or bracket (the first leg is the entry), or a change of one live order. */
export const riskSubjectSchema = z.discriminatedUnion('action', [
  z.strictObject({
    action: z.literal('place'),
    symbol: z.string(),
    legs: z.array(riskLegSchema).min(1).max(PLACED_LEGS_MAX),
  }),
  z.strictObject({
    action: z.literal('modify'),
    symbol: z.string(),
    orderId: clientOrderIdSchema,
    number: orderNumberSchema,
    before: riskLegSchema,
    after: riskLegSchema,
    filled: quantitySchema,
    /** For an exit: the price its unfilled entry is expected near; null once the entry filled, and for other orders. */
    entry: priceSchema.nullable(),
    /** For the unfilled entry of a bracket: its live exits, which must stay on their sides of it. */
    exits: z.array(riskLegSchema).max(2),
  }),
]);
export type RiskSubject = Readonly<z.infer<typeof riskSubjectSchema>>;

/** An approved, separate command that could be the same order typed twice. */
export const recentApprovalSchema = z.strictObject({
  number: orderNumberSchema,
  at: epochMsSchema,
  side: sideSchema,
  quantity: quantitySchema,
  terms: orderTermsSchema,
});
export type RecentApproval = Readonly<z.infer<typeof recentApprovalSchema>>;

/** One of our own orders at rest. */
const restingSchema = z.strictObject({ number: orderNumberSchema, price: priceSchema });

/**
 * Everything the checks may look at, and nothing else: a bounded excerpt of the state, stored with the decision so that
 * `explain` can decide again and must come to the same answer.
 */
export const riskContextSchema = z.strictObject({
  at: epochMsSchema,
  origin: originSchema,
  subject: riskSubjectSchema,
  connection: connectionStateSchema,
  trading: tradingStateSchema,
  instrument: instrumentSchema.nullable(),
  quote: quoteSchema.nullable(),
  /** Age of the quote by `quoteAgeMs`; null before the first tick. */
  quoteAgeMs: z.int().nullable(),
  /** null: no position snapshot yet. */
  position: signedQuantitySchema.nullable(),
  /** Σ leaves of live orders of this instrument outside the subject, the larger leg of an OCA group; protective exits apart. */
  buyLeaves: quantitySchema,
  sellLeaves: quantitySchema,
  /** Σ leaves of the stops that protect the position already, each OCA group once. */
  protectedLeaves: quantitySchema.default(ZERO_QUANTITY),
  recent: z.array(recentApprovalSchema).max(50),
  settings: riskSettingsSchema,
  /** The account's own currency, in which limits are; empty while unknown. */
  baseCurrency: z.string().max(3).default('USD'),
  /** One unit of the instrument's currency in the base currency; null: IBKR has not said. */
  exchangeRate: ratioSchema.nullable().default(ONE),
  /** The limits in force for the symbol; null in decisions that were stored before there were any. */
  limits: z
    .strictObject({
      positionSize: z.strictObject({ value: quantitySchema, source: limitSourceSchema }),
      orderExposure: z.strictObject({ value: moneySchema, source: limitSourceSchema }),
      dailyLoss: z.strictObject({ value: moneySchema, source: limitSourceSchema }),
      correlationExposure: z.strictObject({ value: moneySchema, source: limitSourceSchema }),
    })
    .nullable()
    .default(null),
  /** max(0, −P&L of the day), null: unknown; and what has latched. */
  day: z
    .strictObject({
      symbol: z.strictObject({ loss: moneySchema.nullable(), why: z.string(), latch: lossLatchSchema.nullable() }),
      account: z.strictObject({ loss: moneySchema.nullable(), why: z.string(), latch: lossLatchSchema.nullable() }),
    })
    .nullable()
    .default(null),
  exposure: exposureContextSchema.nullable().default(null),
  hours: marketHoursSchema.nullable().default(null),
  /** Live orders of the instrument by side, the subject apart. */
  working: z.strictObject({ buy: z.int().nonnegative(), sell: z.int().nonnegative() }).nullable().default(null),
  /** Of our own resting limit orders the ones a new order would meet first: the lowest to sell, the highest to buy. */
  resting: z.strictObject({ sell: restingSchema.nullable(), buy: restingSchema.nullable() }).nullable().default(null),
  messages: z
    .strictObject({ inLastSecond: z.int(), today: z.int(), executionsToday: z.int() })
    .nullable()
    .default(null),
  /** A person said that the order may cross zero. */
  allowFlip: z.boolean().default(false),
  override: riskOverrideSchema.nullable().default(null),
  /** IBKR's what-if, when it was asked for; amounts in the account's currency. */
  margin: z
    .discriminatedUnion('known', [
      z.strictObject({ known: z.literal(true), initialAfter: moneySchema, equityAfter: moneySchema }),
      z.strictObject({ known: z.literal(false), why: z.string().max(300) }),
    ])
    .nullable()
    .default(null),
});
export type RiskContext = Readonly<z.infer<typeof riskContextSchema>>;

/** A context that knows nothing of limits, losses, exposures and the market's hours: of decisions that are not about them. */
export const NO_PORTFOLIO = {
  limits: null,
  day: null,
  exposure: null,
  hours: null,
  working: null,
  resting: null,
  messages: null,
  allowFlip: false,
  override: null,
  margin: null,
} as const satisfies Partial<RiskContext>;

/** The verdict on one request, with its evidence. */
export const riskDecisionSchema = z.strictObject({
  id: decisionIdSchema,
  outcome: z.enum(['approved', 'denied']),
  verdicts: z.array(checkVerdictSchema),
  context: riskContextSchema,
});
export type RiskDecision = Readonly<z.infer<typeof riskDecisionSchema>>;

/** True for the same outcome by the same verdicts, whatever the order of their keys: a stored one went through the journal. */
export function isSameDecision(a: RiskDecision, b: RiskDecision): boolean {
  const textOf = ({ outcome, verdicts }: RiskDecision): string =>
    JSON.stringify([outcome, z.array(checkVerdictSchema).parse(verdicts)]);
  return textOf(a) === textOf(b);
}

declare const approval: unique symbol;
/** Permission as a type: only `engine/risk/risk-guard` makes one, and only a place or modify effect takes one. */
export interface RiskApproved<T> {
  readonly value: T;
  readonly decisionId: DecisionId;
  readonly [approval]: true;
}

/** The verdicts that deny, most telling first. */
export function denialsOf(decision: Pick<RiskDecision, 'verdicts'>): readonly RiskReason[] {
  return decision.verdicts.flatMap((v) => (v.verdict === 'deny' || v.verdict === 'cannot-know' ? [v.reason] : []));
}

/** The verdicts that warn. */
export function warningsOf(decision: Pick<RiskDecision, 'verdicts'>): readonly RiskReason[] {
  return decision.verdicts.flatMap((v) => (v.verdict === 'warn' ? [v.reason] : []));
}

/** The denials that a person let pass. */
export function overriddenOf(decision: Pick<RiskDecision, 'verdicts'>): readonly RiskReason[] {
  return decision.verdicts.flatMap((v) => (v.verdict === 'overridden' ? [v.reason] : []));
}

/** True when an override, with a reason, would let a denied decision pass. */
export function mayOverride(decision: Pick<RiskDecision, 'outcome' | 'verdicts'>): boolean {
  const denies = ({ verdict }: CheckVerdict): boolean => verdict === 'deny' || verdict === 'cannot-know';
  const against = decision.verdicts.filter(denies);
  return against.length > 0 && against.every(({ check, verdict }) => verdict === 'deny' && isOverridable(check));
}

/** The use of every limit before and after what was decided, as far as it is known. */
export function figuresOf(decision: Pick<RiskDecision, 'verdicts'>): readonly LimitFigure[] {
  return decision.verdicts.flatMap(({ figures: known }) => known ?? []);
}

/** The largest quantity that passes every limit; null where none depends on it. */
export function largestPassing(decision: Pick<RiskDecision, 'verdicts'>): Quantity | null {
  return figuresOf(decision).reduce<Quantity | null>((least, { largest }) => {
    if (largest === null) return least;
    return least === null ? largest : minOf(least, largest);
  }, null);
}
