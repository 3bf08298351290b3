import { alarmId, type AlarmId, type ClientOrderId, type ConId } from '#domain/ids';
import { present } from '#domain/assert';
import { add, isNegative, isZero, leavesOf, magnitudeOf, ZERO_QUANTITY, type Quantity } from '#domain/money';
import { leavesQuantityOf, type OrderRecord } from '#domain/order-record';
import { describeStatus } from '#domain/order-words';
import { isConfirmedStop } from '#domain/protection';
import { bracketsOf, confirmedOf, protectionBookOf, type ProtectionUnit } from '#engine/managers/protection-book';
import { tendCover, whyNotCovered } from '#engine/managers/protection-cover';
import { forget, hasStoodFor } from '#engine/managers/protection-patience';
import { giveUpClosed, scaleProtection, settleEnded } from '#engine/managers/protection-scaling';
import { quantityOf } from '#engine/orders/position-lag';
import { reasonText } from '#engine/text-limits';
import type { Turn } from '#engine/turn';

/** How long a position may have less protection than it should before a person is told: within a second (domain.md §2). */
export const NAKED_GRACE_MS = 900;

/**
 * Protection equals position: in every instrument that this step touched, exits shrink with what they protect, what IBKR
 * does not protect is covered, and what stays naked is told. While a session reconciles, the picture is not complete: all
 * of it is looked at when the session is ready.
 */
export function watchProtection(turn: Turn, touched: readonly ClientOrderId[], moved: readonly ConId[]): void {
  settleEnded(turn, touched);
  if (turn.state.durable.connection.phase === 'reconciling') return;
  const instruments = new Set([...touched.map((id) => turn.order(id).spec.conId), ...moved]);
  for (const conId of instruments) tendProtection(turn, conId);
}

/** A session is ready: every protected position is looked at anew. */
export function watchAllProtection(turn: Turn): void {
  const { openBrackets, openStops } = turn.state.observed;
  for (const conId of new Set([...openBrackets.keys(), ...openStops.keys()])) tendProtection(turn, conId);
}

/** Something about the protection of an instrument has stood for as long as it may, or may be tried again. */
export function onProtectionDue(turn: Turn, conId: ConId): void {
  tendProtection(turn, conId);
}

function tendProtection(turn: Turn, conId: ConId): void {
  const book = protectionBookOf(turn.state, conId);
  for (const unit of book) scaleProtection(turn, unit);
  for (const bracket of bracketsOf(book)) {
    tendCover(turn, bracket, book);
    giveUpClosed(turn, bracket);
  }
  watch(turn, conId, book);
}

function watch(turn: Turn, conId: ConId, book: readonly ProtectionUnit[]): void {
  const { alarms } = turn.state.durable;
  const { told } = turn.state.observed.protection;
  const bare = book.filter((unit) => !isZero(nakedOf(unit)));
  const sum = bare.reduce((total, unit) => add(total, nakedOf(unit)), ZERO_QUANTITY);
  const naked = isZero(sum) ? sum : leavesOf(sum, otherStopsOf(turn, conId));
  const key = nakedKey(conId);
  const id = alarmOf(conId);
  if (isZero(naked)) {
    forget(turn, key);
    told.delete(conId);
    if (alarms.has(id)) turn.emit({ type: 'alarm-cleared', alarmId: id, origin: 'manager' });
    return;
  }
  if (!hasStoodFor(turn, key, conId, NAKED_GRACE_MS)) return;
  const text = wordsOf(turn, conId, naked, bare);
  // Told once, and again when it changes: a person who has cleared it knows.
  if (told.get(conId) === text) return;
  told.set(conId, text);
  const orderId = present(bare[0], 'a unit that is naked').stop.id;
  if (alarms.get(id)?.text !== text) {
    turn.emit({ type: 'alarm-raised', alarm: { id, at: turn.at, severity: 'danger', text, orderId } });
  }
}

const nakedKey = (conId: ConId): string => `naked:${conId}`;
const alarmOf = (conId: ConId): AlarmId => alarmId(`naked:${conId}`);

const nakedOf = (unit: ProtectionUnit): Quantity => leavesOf(unit.share, confirmedOf(unit));

/** Stops that belong to no bracket and protect the position all the same: a person's own. */
function otherStopsOf({ state: { durable, observed } }: Turn, conId: ConId): Quantity {
  const closes = isNegative(quantityOf(durable, conId)) ? 'BUY' : 'SELL';
  let sum = ZERO_QUANTITY;
  for (const id of observed.liveByInstrument.get(conId) ?? []) {
    const order = present(durable.orders.get(id), 'an indexed live order');
    const standsAlone = order.group === null || order.group.role === 'oco';
    if (standsAlone && order.spec.side === closes && isConfirmedStop(order)) sum = add(sum, leavesQuantityOf(order));
  }
  return sum;
}

/** Fact, numbers, what next. */
function wordsOf(turn: Turn, conId: ConId, naked: Quantity, bare: readonly ProtectionUnit[]): string {
  const { durable } = turn.state;
  const held = magnitudeOf(quantityOf(durable, conId));
  const symbol = present(bare[0], 'a unit that is naked').stop.spec.symbol;
  const details = bare.map((unit) => describeBare(turn, unit)).join('; ');
  return reasonText(
    `${symbol}: ${naked} of ${held} have no stop that IBKR has confirmed. ${details}. Protect or close the position.`,
  );
}

function describeBare(turn: Turn, unit: ProtectionUnit): string {
  const why = unit.kind === 'bracket' ? whyNotCovered(turn, unit.group.id) : '';
  const stop = `Stop ${unit.stop.number}: ${describeOf(unit.stop)}`;
  return why === '' ? stop : `${stop}; no stop of ours covers it: ${why.replace(/\.$/, '')}`;
}

const describeOf = (order: OrderRecord): string => describeStatus(order.state);
