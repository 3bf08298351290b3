import { present } from '#domain/assert';
import type { CommandReply, RiskyCommand } from '#domain/command';
import { formatSignedQuantity, formatQuantity } from '#domain/format';
import { describeType, isTradable, type Instrument } from '#domain/instrument';
import {
  isNegative,
  isZero,
  leavesOf,
  magnitudeOf,
  roundToMultiple,
  type Quantity,
  type SignedQuantity,
} from '#domain/money';
import { isProtectiveExit, type OrderRecord, type Origin } from '#domain/order-record';
import type { Side } from '#domain/order-spec';
import { describeOrder } from '#domain/order-words';
import { err, ok, type Result } from '#domain/result';
import type { RiskLeg, RiskSubject } from '#domain/risk-decision';
import type { RiskOverride } from '#domain/risk-override';
import type { EngineState } from '#engine/engine-state';
import { draftOrders, intend, rememberRecent, writeDown } from '#engine/orders/placement';
import { quantityOf } from '#engine/orders/position-lag';
import { accepted, denied, refused } from '#engine/reply';
import { NO_WISH, riskContextOf } from '#engine/risk/risk-context';
import { approve, decide } from '#engine/risk/risk-guard';
import type { Turn } from '#engine/turn';

type ClosePosition = Extract<RiskyCommand, { kind: 'close-position' }>;
type Placing = Extract<RiskSubject, { action: 'place' }>;

/** What our account holds of a symbol, and the side that closes it. */
export interface Holding {
  readonly instrument: Instrument;
  readonly quantity: SignedQuantity;
  readonly closes: Side;
}

/** An order that closes what no other order closes yet. */
export interface Closing {
  readonly holding: Holding;
  readonly subject: Placing;
  /** What it leaves open, and why, in words; empty when that is nothing. */
  readonly rest: string;
}

/**
 * Trades the whole position of a symbol back at the market, less what other orders close already. What protects the
 * position stays until the ledger knows of the fills (domain.md §6).
 */
export function closePosition(turn: Turn, origin: Origin, { symbol }: ClosePosition): CommandReply {
  const closing = closingOf(turn.state, symbol);
  return closing.ok ? placeClosing(turn, origin, closing.value) : refused(closing.error);
}

/** What closing a position asks of the risk checks. */
export function closingSubject(state: EngineState, { symbol }: ClosePosition): Result<Placing, string> {
  const closing = closingOf(state, symbol);
  return closing.ok ? ok(closing.value.subject) : closing;
}

/** Decides on the order that closes, and asks for it: it goes before what opens. */
export function placeClosing(
  turn: Turn,
  origin: Origin,
  { holding, subject, rest }: Closing,
  override: RiskOverride | null = turn.override,
): CommandReply {
  const decision = decide(
    turn.newDecisionId(),
    riskContextOf(turn.state, turn.at, origin, subject, { ...NO_WISH, override }),
  );
  turn.emit({ type: 'decision-made', decision });
  const drafts = subject.legs.map((leg) => ({ ...leg, instrument: holding.instrument, outsideRth: false, oca: null }));
  const draft = draftOrders(turn, { origin, decision, groupId: null }, drafts);
  const order = present(draft.orders[0], 'the closing order');
  const approved = approve(decision, draft.legs);
  if (!approved.ok) return denied([writeDown(turn, order)], decision);
  intend(turn, draft, approved.value, 'reduce');
  rememberRecent(turn, order);
  return { ...accepted([order], decision), message: rest };
}

/** The order that closes what is held of `symbol` and what nothing closes yet, or why there is none. */
export function closingOf(state: EngineState, symbol: string): Result<Closing, string> {
  const found = holdingOf(state, symbol);
  if (!found.ok) return found;
  const holding = found.value;
  const { instrument, closes } = holding;
  const whole = magnitudeOf(holding.quantity);
  const leg: RiskLeg = { role: 'parent', side: closes, quantity: whole, terms: { type: 'MKT' }, timeInForce: 'DAY' };
  const subject = (quantity: Quantity): Placing => ({ action: 'place', symbol, legs: [{ ...leg, quantity }] });
  const context = riskContextOf(state, state.durable.at, 'manager', subject(whole));
  const left = leavesOf(whole, closes === 'SELL' ? context.sellLeaves : context.buyLeaves);
  const others = closersOf(state, holding).map((order) => `order ${order.number} (${describeOrder(order.spec)})`);
  if (isZero(left))
    return err(`${symbol} is being closed already by ${others.join(', ')}. Cancel that to close at the market.`);
  const quantity = roundToMultiple(left, instrument.sizeIncrement, 'down');
  const fraction = leavesOf(left, quantity);
  const tooSmall = `${formatQuantity(fraction)} ${symbol} is less than can be traded here: close it in TWS.`;
  if (isZero(quantity)) return err(tooSmall);
  const rest = [
    ...(others.length === 0 ? [] : [`The rest is being closed already by ${others.join(', ')}.`]),
    ...(isZero(fraction) ? [] : [tooSmall]),
  ];
  return ok({ holding, subject: subject(quantity), rest: rest.join(' ') });
}

/** What is held of `symbol` that this release can trade, or why there is nothing. */
export function holdingOf({ durable, observed }: EngineState, symbol: string): Result<Holding, string> {
  if (!observed.positionsKnown) {
    return err(`What is held of ${symbol} is not known: IBKR has not reported the positions of this session yet.`);
  }
  const conId = observed.conIdBySymbol.get(symbol);
  const quantity = conId === undefined ? null : quantityOf(durable, conId);
  if (conId !== undefined && quantity !== null && !isZero(quantity)) {
    const instrument = present(durable.instruments.get(conId), 'the indexed instrument');
    return ok({ instrument, quantity, closes: isNegative(quantity) ? 'BUY' : 'SELL' });
  }
  const other = [...durable.positions.values()].find((it) => it.symbol === symbol && !isZero(it.quantity));
  if (other === undefined) return err(`There is no position in ${symbol}.`);
  return err(`${formatSignedQuantity(other.quantity)} ${symbol} ${untradable(durable.instruments.get(other.conId))}`);
}

/** Why a position can not be traded from here. */
export function untradable(instrument: Instrument | undefined): string {
  if (instrument === undefined) return 'is not defined by IBKR yet: try again in a moment, or close it in TWS.';
  const what = isTradable(instrument) ? `trades in ${instrument.currency}` : `is a ${describeType(instrument)}`;
  return `${what}, which this release does not trade: close it in TWS.`;
}

/** The live orders beside the protective ones that close a holding. */
export function closersOf(state: EngineState, { instrument, closes }: Holding): readonly OrderRecord[] {
  const live = state.observed.liveByInstrument.get(instrument.conId) ?? [];
  return [...live]
    .map((id) => present(state.durable.orders.get(id), 'an indexed live order'))
    .filter((order) => order.spec.side === closes && !isProtectiveExit(order));
}
