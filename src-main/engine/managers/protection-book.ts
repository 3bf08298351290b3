import { present } from '#domain/assert';
import type { BracketGroup } from '#domain/bracket';
import type { ClientOrderId, ConId } from '#domain/ids';
import { add, isNegative, leavesOf, magnitudeOf, maxOf, minOf, ZERO_QUANTITY, type Quantity } from '#domain/money';
import { isHeldForEntry, isLive, leavesQuantityOf, type OrderRecord } from '#domain/order-record';
import { oppositeOf, type Side } from '#domain/order-spec';
import { isConfirmedStop } from '#domain/protection';
import type { ProtectiveStop } from '#domain/trailing-stop';
import type { EngineState } from '#engine/engine-state';
import { quantityOf } from '#engine/orders/position-lag';
import { VANISHED_REASON } from '#engine/orders/reconciliation';

interface Share {
  /** What it is there to close: all that the entry may have filled and no exit has closed; the rest of a stop. */
  readonly open: Quantity;
  /** How much of that the position bears. Over all of an instrument never more than is held. */
  readonly share: Quantity;
}

/** A bracket in the book. */
export interface ProtectedBracket extends Share {
  readonly kind: 'bracket';
  readonly group: BracketGroup;
  readonly parent: OrderRecord;
  readonly target: OrderRecord | null;
  readonly stop: OrderRecord;
  /** Our own stops in its place, oldest first. */
  readonly covers: readonly OrderRecord[];
}

/** A stop that stands by itself, in the book. */
export interface ProtectedByStop extends Share {
  readonly kind: 'stop';
  readonly record: ProtectiveStop;
  readonly stop: OrderRecord;
}

export type ProtectionUnit = ProtectedBracket | ProtectedByStop;

/**
 * What each bracket and each protective stop of an instrument may close: its own open quantity, and all together never
 * more than the position (domain.md §2: the newest shrinks first). Units without a live stop come last, so that what is
 * really protected never makes room for what is not.
 */
export function protectionBookOf(state: EngineState, conId: ConId): readonly ProtectionUnit[] {
  const held = quantityOf(state.durable, conId);
  const closingSide: Side = isNegative(held) ? 'BUY' : 'SELL';
  let left = magnitudeOf(held);
  return unitsOf(state, conId).map((unit): ProtectionUnit => {
    if (sideOf(unit) !== closingSide) return unit;
    const share = minOf(unit.open, left);
    left = leavesOf(left, share);
    return { ...unit, share };
  });
}

/** The brackets of a book. */
export function bracketsOf(book: readonly ProtectionUnit[]): readonly ProtectedBracket[] {
  return book.flatMap((unit) => (unit.kind === 'bracket' ? [unit] : []));
}

/** What IBKR has confirmed to protect of a unit. A stop that waits for its entry, or is held back, protects nothing yet. */
export function confirmedOf(unit: ProtectionUnit): Quantity {
  return stopsOf(unit)
    .filter(isConfirmedStop)
    .reduce((sum, order) => add(sum, leavesQuantityOf(order)), ZERO_QUANTITY);
}

/**
 * What the live exits of a unit may close: of one OCA group the largest, for the fill of one takes the others away, and every
 * cover outside of it. A change in flight counts as the larger (domain.md §5). What IBKR holds back until the entry fills can
 * close nothing; while the entry lives, IBKR lets its exits close no more than it has filled.
 */
export function exitLeavesOf({ observed }: EngineState, unit: ProtectionUnit): Quantity {
  if (unit.kind === 'stop') return pledgedLeavesOf(unit.stop);
  const { target, stop, covers } = unit;
  const active = (target === null ? [stop] : [target, stop]).map((exit) => activeLeavesOf(unit, exit));
  const joined = covers.filter(({ id }) => observed.ocaReported.has(id)).map(pledgedLeavesOf);
  const beside = covers.filter(({ id }) => !observed.ocaReported.has(id));
  return add([...active, ...joined].reduce(maxOf, ZERO_QUANTITY), sumOf(beside, pledgedLeavesOf));
}

/** What an exit that IBKR holds may close now. */
export function activeLeavesOf({ parent, open }: ProtectedBracket, exit: OrderRecord): Quantity {
  const leaves = pledgedLeavesOf(exit);
  if (!isLive(parent)) return leaves;
  return isHeldForEntry(exit) || exit.state.phase === 'submitting' ? ZERO_QUANTITY : minOf(leaves, open);
}

function pledgedLeavesOf(order: OrderRecord): Quantity {
  const { modification, filled } = order;
  const leaves = leavesQuantityOf(order);
  return modification === null ? leaves : maxOf(leaves, leavesOf(modification.quantity, filled));
}

/** Every stop of a unit: of a bracket its own, and ours in its place. */
export function stopsOf(unit: ProtectionUnit): readonly OrderRecord[] {
  return unit.kind === 'stop' ? [unit.stop] : [unit.stop, ...unit.covers];
}

/** A bracket with its orders; `share` stays zero until the position is looked at. */
export function bracketOf({ durable }: EngineState, group: BracketGroup): ProtectedBracket {
  const order = (id: ClientOrderId): OrderRecord => present(durable.orders.get(id), 'an order of a bracket');
  const parent = order(group.parent);
  const target = group.takeProfit === null ? null : order(group.takeProfit);
  const stop = order(group.stopLoss);
  const covers = group.covers.map(order);
  const closed = sumOf([...(target === null ? [] : [target]), stop, ...covers], closedBy);
  const open = leavesOf(filledAtMost(parent), add(closed, givenUpOf(group)));
  return { kind: 'bracket', group, parent, target, stop, covers, open, share: ZERO_QUANTITY };
}

/** The exits of a bracket that IBKR holds, and our stops in their place. */
export function exitsOf({ target, stop, covers }: ProtectedBracket): readonly OrderRecord[] {
  return [...(target === null ? [] : [target]), stop, ...covers];
}

/**
 * What of a bracket is open beyond doubt: a new stop is only ever placed for that. An exit that was gone when we looked may
 * have closed all of its quantity.
 */
export function surelyOpenOf(bracket: ProtectedBracket): Quantity {
  const { parent } = bracket;
  const filled = parent.state.phase === 'filled' ? parent.spec.quantity : parent.filled;
  const closed = sumOf(exitsOf(bracket), (exit) => (hasVanished(exit) ? exit.spec.quantity : closedBy(exit)));
  return leavesOf(filled, add(closed, givenUpOf(bracket.group)));
}

/** What something else has closed of a bracket: its exits have shrunk by that, and do not grow again. */
const givenUpOf = ({ givenUp }: BracketGroup): Quantity => givenUp ?? ZERO_QUANTITY;

/**
 * What an entry may have filled. IBKR reports only the executions of the day: an entry that it calls filled, or that was
 * gone when we looked, may have filled whole without one that we know of.
 */
export function filledAtMost(order: OrderRecord): Quantity {
  return order.state.phase === 'filled' || hasVanished(order) ? order.spec.quantity : order.filled;
}

/** What an exit has closed; one that IBKR calls filled has closed all of its quantity. */
function closedBy({ filled, spec, state }: OrderRecord): Quantity {
  return state.phase === 'filled' ? spec.quantity : filled;
}

/** IBKR did not take the order, or has never had it. */
export function wasRefused(order: OrderRecord): boolean {
  return order.state.phase === 'rejected' || hasVanished(order);
}

function hasVanished({ state }: OrderRecord): boolean {
  return state.phase === 'cancelled' && state.reason === VANISHED_REASON;
}

function sumOf(orders: readonly OrderRecord[], figure: (order: OrderRecord) => Quantity): Quantity {
  return orders.reduce((sum, order) => add(sum, figure(order)), ZERO_QUANTITY);
}

function unitsOf(state: EngineState, conId: ConId): readonly ProtectionUnit[] {
  const { durable, observed } = state;
  const brackets = [...(observed.openBrackets.get(conId) ?? [])].map((id) =>
    bracketOf(state, present(durable.groups.get(id), 'an open bracket')),
  );
  const stops = [...(observed.openStops.get(conId) ?? [])].flatMap((id) => {
    const record = present(durable.protectiveStops.get(id), 'an open protective stop');
    return record.order === null ? [] : [byStop(record, present(durable.orders.get(record.order), 'its order'))];
  });
  const units: readonly ProtectionUnit[] = [...brackets, ...stops].sort(byAge);
  return [...units.filter(hasLiveStop), ...units.filter((unit) => !hasLiveStop(unit))];
}

/** What a stop was asked to give up it protects no more, so that what fills meanwhile keeps its own exits. */
function byStop(record: ProtectiveStop, stop: OrderRecord): ProtectedByStop {
  const { state, spec, modification, filled } = stop;
  const isGoing = state.phase === 'filled' || state.phase === 'cancelling';
  // A stop that IBKR took away has its quantity left to protect: a person is told of it.
  const left = modification === null ? spec.quantity : minOf(spec.quantity, modification.quantity);
  return { kind: 'stop', record, stop, open: isGoing ? ZERO_QUANTITY : leavesOf(left, filled), share: ZERO_QUANTITY };
}

function byAge(a: ProtectionUnit, b: ProtectionUnit): number {
  const opened = (unit: ProtectionUnit): number => (unit.kind === 'stop' ? unit.record : unit.group).opened;
  return opened(a) - opened(b) || a.stop.number - b.stop.number;
}

const hasLiveStop = (unit: ProtectionUnit): boolean => stopsOf(unit).some(isLive);

const sideOf = (unit: ProtectionUnit): Side => (unit.kind === 'stop' ? unit.record.side : oppositeOf(unit.group.side));
