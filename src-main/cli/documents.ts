import type { Fill } from '#domain/fill';
import type { CommandKey, OrderNumber } from '#domain/ids';
import { leavesQuantityOf, type OrderRecord } from '#domain/order-record';
import { limitOf, stopOf, typeNameOf } from '#domain/order-spec';
import { describeState, describeStatus } from '#domain/order-words';
import { notionalOf, subtract, type Money, type Price } from '#domain/money';
import type { PositionRecord } from '#domain/position';
import type { Instrument } from '#domain/instrument';
import type { Quote } from '#domain/quote';

// What `--json` prints. These keys are promised to scripts: add, never rename.

/** An order as `--json` prints it. */
export function orderDocument(order: OrderRecord): object {
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
  };
}

/** Signed profit of a position at `mark`, in the instrument's currency; null while a price is not known. */
export function unrealisedOf(
  position: PositionRecord,
  mark: Price | null,
  instrument: Instrument | null,
): Money | null {
  if (mark === null || position.averageCost === null || instrument === null) return null;
  return notionalOf(subtract(mark, position.averageCost), position.quantity, instrument.multiplier);
}

/** A position as `--json` prints it. */
export function positionDocument(position: PositionRecord, quote: Quote | null, instrument: Instrument | null): object {
  const last = quote?.last ?? null;
  return {
    symbol: position.symbol,
    conId: position.conId,
    account: position.account,
    quantity: position.quantity,
    averageCost: position.averageCost,
    last,
    unrealised: unrealisedOf(position, last, instrument),
    currency: instrument?.currency ?? null,
    changed: position.changed,
  };
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
