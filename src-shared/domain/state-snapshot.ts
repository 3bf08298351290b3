import * as z from 'zod';
import { alarmSchema } from '#domain/alarm';
import { bracketGroupSchema } from '#domain/bracket';
import { connectionStateSchema } from '#domain/connection-state';
import { rememberedReplySchema } from '#domain/engine-event';
import { executionFamilyOf, fillSchema } from '#domain/fill';
import { fillClosingSchema } from '#domain/fill-closing';
import {
  accountIdSchema,
  clientOrderIdSchema,
  commandKeySchema,
  epochMsSchema,
  execIdSchema,
  runIdSchema,
  sequenceSchema,
} from '#domain/ids';
import { correlationSummarySchema } from '#domain/correlation';
import { instrumentSchema } from '#domain/instrument';
import { lossKeyOf, lossLatchSchema, lossResetSchema } from '#domain/loss-latch';
import { ocoGroupSchema } from '#domain/oco';
import { orderRecordSchema } from '#domain/order-record';
import { NO_TRAFFIC, orderTrafficSchema } from '#domain/order-traffic';
import { dayMarkSchema } from '#domain/pnl';
import { positionRecordSchema } from '#domain/position';
import { acknowledgementSchema, positionDifferenceSchema } from '#domain/position-difference';
import { reconciliationProofSchema } from '#domain/reconciliation-proof';
import { riskDecisionSchema } from '#domain/risk-decision';
import { settingsSchema, tradingModeSchema } from '#domain/settings';
import { symbolLimitsSchema } from '#domain/symbol-limits';
import { tradingStateSchema } from '#domain/trading-state';
import { protectiveStopSchema, STOP_MOVES_MAX, stopMoveSchema } from '#domain/trailing-stop';
import { emptyWorkstationState, type WorkstationState } from '#domain/workstation-state';

/** The durable state as plain data: what a checkpoint stores and a replica starts from. Order of tables is kept. */
export const stateSnapshotSchema = z.strictObject({
  sequence: sequenceSchema,
  at: epochMsSchema,
  runId: runIdSchema.nullable(),
  mode: tradingModeSchema,
  version: z.string().max(40),
  account: accountIdSchema.nullable(),
  settings: settingsSchema,
  connection: connectionStateSchema,
  trading: tradingStateSchema,
  proof: reconciliationProofSchema.nullable(),
  nextOrderNumber: z.int().positive(),
  instruments: z.array(instrumentSchema),
  orders: z.array(orderRecordSchema),
  groups: z.array(bracketGroupSchema),
  fills: z.array(fillSchema),
  fillsByOrder: z.array(z.tuple([clientOrderIdSchema, z.array(execIdSchema)])),
  positions: z.array(positionRecordSchema),
  decisions: z.array(riskDecisionSchema),
  commands: z.array(
    z.tuple([
      commandKeySchema,
      z.strictObject({ at: epochMsSchema, payloadHash: z.string().max(80), reply: rememberedReplySchema }),
    ]),
  ),
  alarms: z.array(alarmSchema),
  readyUntil: epochMsSchema.nullable().default(null),
  unexplained: z.array(positionDifferenceSchema).default([]),
  acknowledgement: acknowledgementSchema.nullable().default(null),
  ocoGroups: z.array(ocoGroupSchema).default([]),
  protectiveStops: z.array(protectiveStopSchema).default([]),
  stopMoves: z.array(z.tuple([clientOrderIdSchema, z.array(stopMoveSchema).max(STOP_MOVES_MAX)])).default([]),
  symbolLimits: z.array(z.tuple([z.string().max(40), symbolLimitsSchema])).default([]),
  defaultLimits: symbolLimitsSchema.nullable().default(null),
  lossLatches: z.array(lossLatchSchema).default([]),
  lossResets: z.array(lossResetSchema).default([]),
  dayMarks: z.array(dayMarkSchema).default([]),
  closings: z.array(fillClosingSchema).default([]),
  correlations: correlationSummarySchema.nullable().default(null),
  orderTraffic: orderTrafficSchema.default(NO_TRAFFIC),
});
export type StateSnapshot = z.infer<typeof stateSnapshotSchema>;

/** The state as plain data. Records are shared, not copied: they are never changed in place. */
export function snapshotOf(state: WorkstationState): StateSnapshot {
  return {
    sequence: state.sequence,
    at: state.at,
    runId: state.runId,
    mode: state.mode,
    version: state.version,
    account: state.account,
    settings: state.settings,
    connection: state.connection,
    trading: state.trading,
    proof: state.proof,
    nextOrderNumber: state.nextOrderNumber,
    instruments: [...state.instruments.values()],
    orders: [...state.orders.values()],
    groups: [...state.groups.values()],
    fills: [...state.fills.values()],
    fillsByOrder: [...state.fillsByOrder].map(([id, fills]) => [id, [...fills]]),
    positions: [...state.positions.values()],
    decisions: [...state.decisions.values()],
    commands: [...state.commands],
    alarms: [...state.alarms.values()],
    readyUntil: state.readyUntil,
    unexplained: [...state.unexplained.values()],
    acknowledgement: state.acknowledgement,
    ocoGroups: [...state.ocoGroups.values()],
    protectiveStops: [...state.protectiveStops.values()],
    stopMoves: [...state.stopMoves].map(([id, moves]) => [id, [...moves]]),
    symbolLimits: [...state.symbolLimits],
    defaultLimits: state.defaultLimits,
    lossLatches: [...state.lossLatches.values()],
    lossResets: [...state.lossResets.values()],
    dayMarks: [...state.dayMarks.values()],
    closings: [...state.closings.values()],
    correlations: state.correlations,
    orderTraffic: state.orderTraffic,
  };
}

/** The state that `snapshot` was taken of. `snapshotOf(restoreState(s))` equals `s`. */
export function restoreState(snapshot: StateSnapshot): WorkstationState {
  return {
    ...emptyWorkstationState(snapshot.mode),
    sequence: snapshot.sequence,
    at: snapshot.at,
    runId: snapshot.runId,
    version: snapshot.version,
    account: snapshot.account,
    settings: snapshot.settings,
    connection: snapshot.connection,
    trading: snapshot.trading,
    proof: snapshot.proof,
    nextOrderNumber: snapshot.nextOrderNumber,
    instruments: new Map(snapshot.instruments.map((it) => [it.conId, it])),
    orders: new Map(snapshot.orders.map((it) => [it.id, it])),
    orderByNumber: new Map(snapshot.orders.map((it) => [it.number, it.id])),
    groups: new Map(snapshot.groups.map((it) => [it.id, it])),
    fills: new Map(snapshot.fills.map((it) => [it.execId, it])),
    fillsByOrder: new Map(snapshot.fillsByOrder),
    fillByFamily: new Map(snapshot.fills.map((it) => [executionFamilyOf(it.execId), it.execId])),
    positions: new Map(snapshot.positions.map((it) => [it.conId, it])),
    decisions: new Map(snapshot.decisions.map((it) => [it.id, it])),
    commands: new Map(snapshot.commands),
    alarms: new Map(snapshot.alarms.map((it) => [it.id, it])),
    readyUntil: snapshot.readyUntil,
    unexplained: new Map(snapshot.unexplained.map((it) => [it.conId, it])),
    acknowledgement: snapshot.acknowledgement,
    ocoGroups: new Map(snapshot.ocoGroups.map((it) => [it.id, it])),
    protectiveStops: new Map(snapshot.protectiveStops.map((it) => [it.id, it])),
    stopMoves: new Map(snapshot.stopMoves),
    symbolLimits: new Map(snapshot.symbolLimits),
    defaultLimits: snapshot.defaultLimits,
    lossLatches: new Map(snapshot.lossLatches.map((it) => [lossKeyOf(it.scope), it])),
    lossResets: new Map(snapshot.lossResets.map((it) => [lossKeyOf(it.scope), it])),
    dayMarks: new Map(snapshot.dayMarks.map((it) => [it.conId, it])),
    closings: new Map(snapshot.closings.map((it) => [it.execId, it])),
    correlations: snapshot.correlations,
    orderTraffic: snapshot.orderTraffic,
  };
}
