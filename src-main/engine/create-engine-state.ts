import { present } from '#domain/assert';
import { isMeantBySymbol } from '#domain/instrument';
import { isLive, type OrderRecord } from '#domain/order-record';
import type { WorkstationState } from '#domain/workstation-state';
import { DeadlineTable } from '#engine/deadline-table';
import type { EngineState, ObservedState } from '#engine/engine-state';
import { TrailWatch } from '#engine/managers/trail-watch';
import { ForeignFills } from '#engine/orders/foreign-fills';
import { ExposureBook } from '#engine/portfolio/exposure-book';
import { OrderIdentity } from '#engine/orders/order-identity';
import { DayBook } from '#engine/portfolio/day-book';
import { indexBracket, indexStop } from '#engine/open-protection';

/** How many of the latest orders are looked at for duplicates after a restart. */
const RECENT_SEED_MAX = 200;

/** The engine's state over what the journal says; everything observed starts unknown. */
export function createEngineState(durable: WorkstationState): EngineState {
  const observed: ObservedState = {
    idCounter: 0,
    beganAt: null,
    clientId: null,
    highestOrderId: 0,
    heartbeatAt: null,
    roundTripMs: null,
    heartbeatLateMs: 0,
    positionsKnown: false,
    halted: null,
    identity: new OrderIdentity(durable.orders),
    deadlines: new DeadlineTable(),
    quotes: new Map(),
    conIdBySymbol: new Map(),
    unknownSymbols: new Set(),
    subscribed: new Set(),
    resolving: new Set(),
    definitionOnly: new Set(),
    definedAt: new Map(),
    inFlight: new Map(),
    recent: [],
    requestTimes: [],
    liveByInstrument: new Map(),
    openBrackets: new Map(),
    openStops: new Map(),
    protection: { since: new Map(), attempts: new Map(), told: new Map() },
    trails: new TrailWatch(durable.orders.values()),
    overfills: new Map(),
    flattening: new Map(),
    ocoAsked: new Map(),
    excessGivenUp: new Map(),
    ocaReported: new Map(),
    trailsInChange: new Map(),
    commissions: new Map(),
    failedCancels: new Map(),
    refusedChanges: new Map(),
    brokerPositions: new Map(),
    executedAt: new Map(),
    disagreesSince: new Map(),
    foreignFills: new ForeignFills(durable.proof?.othersFilled ?? []),
    accountValues: new Map(),
    keysInBase: new Set(),
    baseCurrency: null,
    exchangeRates: new Map(),
    farms: new Map(),
    correlations: null,
    sectors: new Map(),
    openOrdersPoll: null,
    days: new DayBook(),
    lossWarnings: new Set(),
    brokerPnl: new Map(),
    exposures: new ExposureBook(),
    sweptOrders: new Map(),
    snapshot: null,
    snapshotWanted: false,
  };
  for (const order of durable.orders.values()) {
    observed.identity.learn(order);
    // Other clients number their orders as they like; what ours has used elsewhere, IBKR says when the session begins.
    if (order.origin !== 'external') {
      observed.highestOrderId = Math.max(observed.highestOrderId, order.broker.orderId ?? 0);
    }
    if (!isLive(order)) continue;
    const live = observed.liveByInstrument.get(order.spec.conId);
    if (live === undefined) observed.liveByInstrument.set(order.spec.conId, new Set([order.id]));
    else live.add(order.id);
  }
  for (const group of durable.groups.values()) indexBracket(observed, group);
  for (const stop of durable.protectiveStops.values()) indexStop(observed, stop);
  for (const instrument of durable.instruments.values()) {
    if (isMeantBySymbol(instrument)) observed.conIdBySymbol.set(instrument.symbol, instrument.conId);
  }
  seedRecent(observed, durable);
  return { durable, observed };
}

/** The first order of an OCO group stands for the whole of it. */
function isFirstOfOco({ ocoGroups }: WorkstationState, { id, group }: OrderRecord): boolean {
  return group !== null && ocoGroups.get(group.id)?.legs[0]?.order === id;
}

/** A script that repeats itself after a crash is a duplicate all the same. */
function seedRecent(observed: ObservedState, durable: WorkstationState): void {
  const numbers = [...durable.orderByNumber.keys()].sort((a, b) => a - b).slice(-RECENT_SEED_MAX);
  for (const number of numbers) {
    const id = present(durable.orderByNumber.get(number), 'the id of an order number');
    const order = present(durable.orders.get(id), 'a numbered order');
    const separate = order.group === null || order.group.role === 'parent' || isFirstOfOco(durable, order);
    if (separate && order.origin !== 'external' && order.state.phase !== 'denied') {
      observed.recent.push({ at: order.created, order: id, number });
    }
  }
}
