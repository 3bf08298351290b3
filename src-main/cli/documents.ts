import { present } from '#domain/assert';
import { orderCustodyOf } from '#domain/custody';
import type { Fill } from '#domain/fill';
import type { CommandKey, OrderNumber } from '#domain/ids';
import { leavesQuantityOf, type OrderRecord } from '#domain/order-record';
import { distanceOf } from '#domain/order-distance';
import { limitOf, stopOf, typeNameOf } from '#domain/order-spec';
import { describeState, describeStatus } from '#domain/order-words';
import { formatAge, formatSignedQuantity } from '#domain/format';
import { notionalOf, subtract, type Money } from '#domain/money';
import type { InstrumentPnl } from '#domain/pnl';
import type { PositionRecord } from '#domain/position';
import type { PositionDifference } from '#domain/position-difference';
import { markOf, valueOfPosition, type ValuationBasis } from '#domain/position-value';
import type { Instrument } from '#domain/instrument';
import type { Coverage } from '#domain/protection';
import type { Quote } from '#domain/quote';
import type { ProtectiveStop } from '#domain/trailing-stop';
import type { WorkstationState } from '#domain/workstation-state';

// What `--json` prints. These keys are promised to scripts: add, never rename.

/** An order as `--json` prints it; what it is to its group, and who moves it, as `workstation` knows it. */
export function orderDocument(order: OrderRecord, workstation: WorkstationState, quote?: Quote): object {
  const { spec, state } = order;
  return {
    number: order.number,
    id: order.id,
    symbol: spec.symbol,
    conId: spec.conId,
    account: spec.account,
    side: spec.side,
    quantity: spec.quantity,
    filled: order.filled,
    leaves: leavesQuantityOf(order),
    averagePrice: order.averagePrice,
    type: typeNameOf(spec.terms),
    limit: limitOf(spec.terms),
    stop: stopOf(spec.terms),
    timeInForce: spec.timeInForce,
    outsideRth: spec.outsideRth,
    phase: state.phase,
    status: describeStatus(state),
    detail: describeState(order),
    group: order.group,
    origin: order.origin,
    permId: order.broker.permId,
    decisionId: order.decisionId,
    created: order.created,
    changed: order.changed,
    /** All prices of its type, e.g. trail and activation. */
    terms: spec.terms,
    triggerOn: spec.triggerOn ?? null,
    belongsTo: groupDocument(order, workstation),
    /** Who moves or reduces it, and why nobody does so now; null: nothing has to happen to it. */
    custody: orderCustodyOf(workstation, order),
    /** From the market to the price that it waits for; null: one of them is not known. */
    distance: distanceOf(order, quote),
  };
}

/** What an order's group is: its kind and what was agreed for it. */
function groupDocument(
  { group }: OrderRecord,
  { groups, orders, ocoGroups, protectiveStops }: WorkstationState,
): object | null {
  if (group === null) return null;
  const bracket = groups.get(group.id);
  if (bracket !== undefined) {
    const { parent, scaleOut, closed } = bracket;
    return { kind: 'bracket', entry: present(orders.get(parent), 'the entry of a bracket').number, scaleOut, closed };
  }
  const oco = ocoGroups.get(group.id);
  if (oco !== undefined) {
    const { custody, onPartialFill, sharing, onOverfill, closed } = oco;
    return { kind: 'oco', custody, onPartialFill, sharing, onOverfill, closed };
  }
  const stop = present(protectiveStops.get(group.id), 'the group of an order');
  return { kind: 'protective-stop', ...protectiveStopDocument(stop) };
}

/** A stop that stands by itself for a position, as `--json` prints it. */
function protectiveStopDocument({ quantity, plan, state, waterMark, order }: ProtectiveStop): object {
  return { quantity, plan, state, waterMark, order };
}

/** A position with what it is valued by. */
export interface HeldPosition extends ValuationBasis {
  readonly position: PositionRecord;
  readonly instrument: Instrument | undefined;
  readonly quote: Quote | undefined;
  readonly coverage: Coverage;
  /** Undefined: the workstation has not counted it yet. */
  readonly pnl: InstrumentPnl | undefined;
  /** The stops that stand by themselves for it, also one that waits and rests nowhere yet. */
  readonly stops: readonly ProtectiveStop[];
}

/** Signed profit of a position at its mark, in the instrument's currency; null while a price is not known. */
export function unrealisedOf({ position, quote, instrument }: HeldPosition): Money | null {
  const mark = markOf(quote);
  if (mark === null || position.averageCost === null || instrument === undefined) return null;
  return notionalOf(subtract(mark, position.averageCost), position.quantity, instrument.multiplier);
}

/** A position as `--json` prints it. */
export function positionDocument(held: HeldPosition): object {
  const { position, quote, instrument, baseCurrency } = held;
  const value = valueOfPosition(position, held);
  return {
    symbol: position.symbol,
    conId: position.conId,
    account: position.account,
    quantity: position.quantity,
    averageCost: position.averageCost,
    last: quote?.last ?? null,
    unrealised: unrealisedOf(held),
    currency: instrument?.currency ?? null,
    changed: position.changed,
    securityType: instrument?.securityType ?? null,
    multiplier: instrument?.multiplier ?? null,
    /** What it is valued at: the last trade, else the close before. */
    mark: markOf(quote),
    value: value.ok ? value.value : null,
    valueCurrency: value.ok ? baseCurrency : null,
    valueUnknown: value.ok ? null : value.error,
    marketData: quote === undefined ? null : { kind: quote.kind, live: quote.live, why: quote.why },
    /** What confirmed stops cover, and what they do not; `mayNotFill` is covered by stops with a limit only. */
    protected: held.coverage.protectedQuantity,
    naked: held.coverage.naked,
    mayNotFill: held.coverage.mayNotFill,
    protectiveStops: held.stops.map(protectiveStopDocument),
    pnl: pnlDocument(held),
  };
}

/** Its profit and loss in the account's currency, and IBKR's own; figures that are not known are null. */
function pnlDocument({ pnl, baseCurrency }: HeldPosition): object | null {
  if (pnl === undefined) return null;
  const { daily, unrealised, realised, why, broker, differs } = pnl;
  return { currency: baseCurrency, daily, unrealised, realised, why, broker, differs };
}

/** What keeps a quote from being live and real-time, and why; null: nothing does. */
export function describeQuality({ kind, halted, live, why }: Quote): string | null {
  if (kind === 'real-time' && live && !halted) return null;
  const words = [kind, halted ? 'halted' : '', live ? '' : 'not flowing'].filter(Boolean).join(', ');
  return why === '' ? words : `${words} (${why})`;
}

/** Where ledger and IBKR differed: `AAPL: +10 here, +15 at IBKR, since 2m 20s`. */
export function describeDifference({ symbol, ours, brokers, at }: PositionDifference, now: number): string {
  return `${symbol}: ${formatSignedQuantity(ours)} here, ${formatSignedQuantity(brokers)} at IBKR, since ${formatAge(now - at)}`;
}

/** A fill as `--json` prints it. */
export function fillDocument(fill: Fill, orderNumber: OrderNumber | null): object {
  return { ...fill, orderNumber };
}

/** How a command ended, as `--json` prints it. */
export interface CommandDocument {
  readonly key: CommandKey;
  readonly outcome: 'accepted' | 'denied' | 'refused' | 'unknown';
  /** True when the broker has answered about every order. */
  readonly answered: boolean;
  readonly repeated: boolean;
  readonly message: string;
  readonly decisionId: string | null;
  readonly warnings: readonly string[];
  readonly orders: readonly object[];
}
