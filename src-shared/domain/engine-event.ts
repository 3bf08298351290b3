import * as z from 'zod';
import { alarmSchema } from '#domain/alarm';
import { bracketGroupSchema } from '#domain/bracket';
import { connectionStateSchema } from '#domain/connection-state';
import { correlationSummarySchema } from '#domain/correlation';
import { commissionSchema, fillSchema } from '#domain/fill';
import {
  accountIdSchema,
  alarmIdSchema,
  clientOrderIdSchema,
  commandKeySchema,
  decisionIdSchema,
  effectIdSchema,
  epochMsSchema,
  execIdSchema,
  groupIdSchema,
  runIdSchema,
  type EpochMs,
  type Sequence,
} from '#domain/ids';
import { instrumentSchema } from '#domain/instrument';
import { lossLatchSchema, lossScopeSchema } from '#domain/loss-latch';
import { moneySchema, priceSchema, quantitySchema, signedQuantitySchema } from '#domain/money';
import { OCO_LEGS_MAX, ocoGroupSchema, onOverfillSchema } from '#domain/oco';
import {
  brokerIdentitySchema,
  modificationSchema,
  orderRecordSchema,
  orderStateSchema,
  originSchema,
} from '#domain/order-record';
import { observedTermsSchema, timeInForceSchema } from '#domain/order-spec';
import { dayMarkSchema } from '#domain/pnl';
import { positionRecordSchema } from '#domain/position';
import { acknowledgementSchema, positionCauseSchema } from '#domain/position-difference';
import { reconciliationProofSchema } from '#domain/reconciliation-proof';
import { riskDecisionSchema } from '#domain/risk-decision';
import { settingsSchema, tradingModeSchema } from '#domain/settings';
import { symbolLimitsSchema } from '#domain/symbol-limits';
import { tradingStateSchema } from '#domain/trading-state';
import { protectiveStopSchema } from '#domain/trailing-stop';

const id = clientOrderIdSchema;

/** The remembered answer to a command, kept so that the same key gives the same answer. */
export const rememberedReplySchema = z.strictObject({
  outcome: z.enum(['accepted', 'denied', 'refused']),
  orders: z.array(clientOrderIdSchema).max(1000),
  decisionId: decisionIdSchema.nullable(),
  message: z.string().max(1000),
});
export type RememberedReply = Readonly<z.infer<typeof rememberedReplySchema>>;

/** Everything that can have happened. Past tense, complete in itself, never changed once journaled. */
export const engineEventSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('run-started'),
    runId: runIdSchema,
    mode: tradingModeSchema,
    version: z.string().max(40),
  }),
  z.strictObject({ type: z.literal('account-bound'), account: accountIdSchema }),
  z.strictObject({ type: z.literal('settings-changed'), settings: settingsSchema }),
  z.strictObject({ type: z.literal('connection-changed'), connection: connectionStateSchema }),
  z.strictObject({ type: z.literal('reconciliation-proved'), proof: reconciliationProofSchema }),
  z.strictObject({ type: z.literal('trading-state-changed'), trading: tradingStateSchema, origin: originSchema }),
  z.strictObject({ type: z.literal('instrument-defined'), instrument: instrumentSchema }),
  z.strictObject({
    type: z.literal('command-answered'),
    key: commandKeySchema,
    payloadHash: z.string().max(80),
    reply: rememberedReplySchema,
  }),
  z.strictObject({ type: z.literal('decision-made'), decision: riskDecisionSchema }),
  /** Our risk check refused: the order stays in the ledger with its reason and was never sent. */
  z.strictObject({ type: z.literal('order-denied'), order: orderRecordSchema }),
  /**
   * The intent, written down before anything is sent. One event for a whole bracket or OCO group: all of it or none. A
   * group that is there already is the same with the new order in it.
   */
  z.strictObject({
    type: z.literal('orders-intended'),
    orders: z.array(orderRecordSchema).min(1).max(OCO_LEGS_MAX),
    group: bracketGroupSchema.nullable(),
    oco: ocoGroupSchema.optional(),
    stop: protectiveStopSchema.optional(),
    effectId: effectIdSchema,
  }),
  /** An order that somebody else placed, first seen. */
  z.strictObject({ type: z.literal('order-adopted'), order: orderRecordSchema }),
  z.strictObject({ type: z.literal('order-identified'), id, broker: brokerIdentitySchema }),
  /** Every change of state, with the evidence inside the new state. */
  z.strictObject({ type: z.literal('order-state-changed'), id, state: orderStateSchema }),
  /** A manual cancel or a manager's, before it is sent. */
  z.strictObject({
    type: z.literal('cancel-requested'),
    id,
    effectId: effectIdSchema,
    origin: originSchema,
    reason: z.string().max(500),
  }),
  /** IBKR would not cancel; the order is what it was. */
  z.strictObject({
    type: z.literal('cancel-refused'),
    id,
    code: z.int().nullable(),
    text: z.string().max(2000),
    state: orderStateSchema,
  }),
  z.strictObject({
    type: z.literal('modification-requested'),
    id,
    /** What it changes, so that the journal tells before and after by itself. */
    before: z.strictObject({
      terms: observedTermsSchema,
      quantity: quantitySchema,
      timeInForce: timeInForceSchema,
    }),
    modification: modificationSchema,
    decisionId: decisionIdSchema,
    origin: originSchema,
  }),
  z.strictObject({
    type: z.literal('modification-confirmed'),
    id,
    terms: observedTermsSchema,
    quantity: quantitySchema,
    timeInForce: timeInForceSchema,
  }),
  /** The old order is still live, and this says so. */
  z.strictObject({ type: z.literal('modification-refused'), id, code: z.int().nullable(), text: z.string().max(2000) }),
  /** IBKR shows other terms than we asked for: someone changed the order in TWS, or IBKR itself did. */
  z.strictObject({
    type: z.literal('terms-observed'),
    id,
    terms: observedTermsSchema,
    quantity: quantitySchema,
    timeInForce: timeInForceSchema,
  }),
  z.strictObject({ type: z.literal('fill-recorded'), fill: fillSchema }),
  /** A correction: `fill` takes the place of `replaces`. */
  z.strictObject({ type: z.literal('fill-corrected'), fill: fillSchema, replaces: execIdSchema }),
  z.strictObject({ type: z.literal('commission-reported'), execId: execIdSchema, commission: commissionSchema }),
  /** IBKR's word where the ledger had none to compare with: a position older than this journal, its average cost. */
  z.strictObject({ type: z.literal('position-adopted'), position: positionRecordSchema, why: z.string().max(200) }),
  /** PositionAdjusted: our position differed from IBKR's; IBKR's takes its place. */
  z.strictObject({
    type: z.literal('position-adjusted'),
    position: positionRecordSchema,
    before: signedQuantitySchema,
    cause: positionCauseSchema,
    why: z.string().max(200),
  }),
  /** A person took note of what nothing explained. */
  z.strictObject({ type: z.literal('differences-acknowledged'), acknowledgement: acknowledgementSchema }),
  /** The entry ended without a fill: its exits have to be gone by then. */
  z.strictObject({ type: z.literal('bracket-exits-due'), groupId: groupIdSchema, dueBy: epochMsSchema }),
  /** Something else has closed a part of what the bracket protects, and its exits have shrunk by that for good. */
  z.strictObject({ type: z.literal('bracket-share-given-up'), groupId: groupIdSchema, quantity: quantitySchema }),
  z.strictObject({ type: z.literal('bracket-closed'), groupId: groupIdSchema, at: epochMsSchema }),
  /** A managed stop was asked for that rests nowhere before its activation price. */
  z.strictObject({ type: z.literal('stop-awaited'), stop: protectiveStopSchema, decisionId: decisionIdSchema }),
  /** The activation price was touched (a managed stop), or IBKR shows that it was (a native one). */
  z.strictObject({ type: z.literal('stop-activated'), groupId: groupIdSchema, waterMark: priceSchema.nullable() }),
  /**
   * A managed stop follows the market: the change of its order, and the prices that made it. It is the guard's evidence at
   * once: the new stop is tighter than `before` and on its side of `bid` and `ask`.
   */
  z.strictObject({
    type: z.literal('stop-ratcheted'),
    groupId: groupIdSchema,
    id,
    before: priceSchema,
    waterMark: priceSchema,
    bid: priceSchema,
    ask: priceSchema,
    modification: modificationSchema,
  }),
  /** This app does not move the stop any more, until a person arms it again. */
  z.strictObject({ type: z.literal('stop-suspended'), groupId: groupIdSchema, why: z.string().max(300) }),
  /** It moves again, from where its order rests. */
  z.strictObject({
    type: z.literal('stop-rearmed'),
    groupId: groupIdSchema,
    waterMark: priceSchema.nullable(),
    origin: originSchema,
  }),
  z.strictObject({ type: z.literal('stop-ended'), groupId: groupIdSchema, why: z.string().max(300) }),
  /** One of an OCO group filled: by then the others have to be gone, or smaller. null: they are. */
  z.strictObject({ type: z.literal('oco-siblings-due'), groupId: groupIdSchema, dueBy: epochMsSchema.nullable() }),
  /**
   * More filled than the group was for; `excess` is the leg's quantity that is too much. Told whenever that changes: 0 once
   * a correction has taken it away. An excess that is to be traded back opens a closed group again.
   */
  z.strictObject({
    type: z.literal('oco-overfilled'),
    groupId: groupIdSchema,
    id,
    excess: quantitySchema,
    policy: onOverfillSchema,
  }),
  z.strictObject({ type: z.literal('oco-closed'), groupId: groupIdSchema, at: epochMsSchema }),
  /** Limits were set by a person, or the file was changed: what is now in force in the place of what was. */
  z.strictObject({
    type: z.literal('limits-changed'),
    origin: z.enum(['window', 'cli', 'file']),
    /** The default limits from now on; absent: as they were. */
    defaults: symbolLimitsSchema.nullable().optional(),
    /** Each symbol whose own limits changed; null: it has none any more. */
    symbols: z.array(
      z.strictObject({
        symbol: z.string().max(40),
        before: symbolLimitsSchema.nullable(),
        after: symbolLimitsSchema.nullable(),
      }),
    ),
  }),
  /** The loss of the day has reached its limit: only reducing is allowed in its scope. */
  z.strictObject({ type: z.literal('loss-latched'), latch: lossLatchSchema }),
  /** Adding is allowed again: the next session day has begun, or a person said so. */
  z.strictObject({
    type: z.literal('loss-latch-opened'),
    scope: lossScopeSchema,
    by: z.enum(['session', 'window', 'cli']),
    reason: z.string().max(500),
    /** The loss of the day by then; absent: unknown. */
    loss: moneySchema.optional(),
  }),
  /** The marks at which a new day of profit and loss begins. */
  z.strictObject({ type: z.literal('day-marked'), marks: z.array(dayMarkSchema).min(1) }),
  /** Another matrix is used from now on; its numbers are in correlations.json. */
  z.strictObject({ type: z.literal('correlations-updated'), summary: correlationSummarySchema }),
  /** A person acted although the market is closed: what, and why. Orders carry the override in their decision. */
  z.strictObject({
    type: z.literal('override-used'),
    what: z.string().max(300),
    origin: originSchema,
    reason: z.string().max(500),
  }),
  z.strictObject({ type: z.literal('alarm-raised'), alarm: alarmSchema }),
  z.strictObject({ type: z.literal('alarm-cleared'), alarmId: alarmIdSchema, origin: originSchema }),
  /** IBKR said something that concerns no order of ours. */
  z.strictObject({ type: z.literal('notice-received'), code: z.int(), text: z.string().max(2000) }),
]);
export type EngineEvent = Readonly<z.infer<typeof engineEventSchema>>;
export type EventOf<Type extends EngineEvent['type']> = Extract<EngineEvent, { type: Type }>;

/** The version new events are written with. Older ones are upgraded step by step when a journal is read. */
export const ENGINE_EVENT_VERSION = 1;

/** An event at its place in the journal. */
export interface JournaledEvent {
  readonly sequence: Sequence;
  readonly at: EpochMs;
  readonly event: EngineEvent;
}
