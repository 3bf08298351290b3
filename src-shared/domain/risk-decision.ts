import * as z from 'zod';
import { SCALE_OUT_LEVELS_MAX } from '#domain/bracket';
import { connectionStateSchema } from '#domain/connection-state';
import { clientOrderIdSchema, decisionIdSchema, epochMsSchema, orderNumberSchema, type DecisionId } from '#domain/ids';
import { instrumentSchema } from '#domain/instrument';
import {
  moneySchema,
  priceSchema,
  quantitySchema,
  ratio,
  ratioSchema,
  signedQuantitySchema,
  ZERO_QUANTITY,
} from '#domain/money';
import { legRoleSchema, originSchema } from '#domain/order-record';
import { orderTermsSchema, sideSchema, timeInForceSchema } from '#domain/order-spec';
import { quoteSchema } from '#domain/quote';
import { riskSettingsSchema } from '#domain/settings';
import { tradingStateSchema } from '#domain/trading-state';

/** The pre-trade checks, in the order they are shown. */
export const checkNameSchema = z.enum([
  'connection',
  'trading-state',
  'instrument',
  'quantity',
  'tick',
  'geometry',
  'freshness',
  'collar',
  'notional',
  'short',
  'protection',
  'duplicate',
]);
export type CheckName = z.infer<typeof checkNameSchema>;

const leg = legRoleSchema;
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
    source: z.enum(['global']),
    /** The largest quantity that passes this check. */
    largest: quantitySchema,
  }),
  z.strictObject({
    code: z.literal('SHORT_NOT_ALLOWED'),
    position: signedQuantitySchema,
    projected: signedQuantitySchema,
  }),
  z.strictObject({ code: z.literal('POSITION_UNKNOWN'), symbol: z.string() }),
  z.strictObject({ code: z.literal('DUPLICATE'), of: orderNumberSchema, ageMs: z.int(), windowMs: z.int() }),
]);
export type RiskReason = Readonly<z.infer<typeof riskReasonSchema>>;

/** What one check says. `cannot-know` denies an order that adds risk. */
export const checkVerdictSchema = z.discriminatedUnion('verdict', [
  z.strictObject({ check: checkNameSchema, verdict: z.literal('pass') }),
  z.strictObject({ check: checkNameSchema, verdict: z.literal('warn'), reason: riskReasonSchema }),
  z.strictObject({ check: checkNameSchema, verdict: z.literal('deny'), reason: riskReasonSchema }),
  z.strictObject({ check: checkNameSchema, verdict: z.literal('cannot-know'), reason: riskReasonSchema }),
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
});
export type RiskContext = Readonly<z.infer<typeof riskContextSchema>>;

/** The verdict on one request, with its evidence. */
export const riskDecisionSchema = z.strictObject({
  id: decisionIdSchema,
  outcome: z.enum(['approved', 'denied']),
  verdicts: z.array(checkVerdictSchema),
  context: riskContextSchema,
});
export type RiskDecision = Readonly<z.infer<typeof riskDecisionSchema>>;

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
