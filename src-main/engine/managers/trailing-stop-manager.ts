import { present } from '#domain/assert';
import { isReady } from '#domain/connection-state';
import { formatPrice, formatSeconds } from '#domain/format';
import { alarmId, epochMs, laterBy, type EpochMs } from '#domain/ids';
import type { Instrument } from '#domain/instrument';
import { isZero, toNumber } from '#domain/money';
import type { OrderRecord } from '#domain/order-record';
import { denialsOf } from '#domain/risk-decision';
import { describeReason } from '#domain/risk-words';
import type { OrderTerms } from '#domain/order-spec';
import { isBehind } from '#engine/managers/trail-arithmetic';
import {
  MOVES_PER_SECOND_MAX,
  nextMoveAt,
  noteMove,
  SYMBOL_PAUSE_MS,
  wakeForTrails,
} from '#engine/managers/trail-budget';
import type { Follower } from '#engine/managers/trail-follower';
import { decideOnStop, orderStop, unprotectedFor } from '#engine/managers/trail-order';
import {
  isFollowable,
  isInSession,
  marketOf,
  priceIn,
  type Market,
  type PriceStream,
} from '#engine/managers/trail-prices';
import type { Errand, FollowedSymbol } from '#engine/managers/trail-watch';
import { clearStopAlarms, endStop, gapAlarmOf, raiseStopAlarm, stopAlarmOf } from '#engine/managers/trailing-stop-life';
import { modifiedOrder, sendModification, whyNotModifiable } from '#engine/orders/modification';
import { approveTightening } from '#engine/risk/risk-guard';
import type { Turn } from '#engine/turn';
import type { BrokerFact } from '#ports/broker-port';

/** A stop that has waited this much longer than another goes before it, whatever is at stake: none starves. */
const AGEING_MS = 10_000;
/** From so late on, a person is told that stops wait for their turn. */
export const LAG_MAX_MS = 5_000;
/** How long IBKR may take to fill a stop that the market is through before a person is told. */
export const GAP_REPORT_MS = 2_000;
const LAG_ALARM = alarmId('trail-lag');

/**
 * A tick: water marks move, and stops that are due follow as far as the budgets allow. The hot path: it costs a few
 * comparisons for each stop of the symbol, and makes an event only when something is decided.
 */
export function followMarket(turn: Turn, { conId, patch }: Extract<BrokerFact, { kind: 'quote' }>): void {
  const { trails } = turn.state.observed;
  const symbol = trails.symbols.get(conId);
  if (symbol === undefined || symbol.followers.size === 0 || !mayFollow(turn)) return;
  const scene = sceneOf(turn, symbol);
  if (scene === null) return;
  const { market } = scene;
  const { filters } = symbol;
  const prices = {
    last: filters.last.take(market, patch),
    bid: filters.bid.take(market, patch),
    ask: filters.ask.take(market, patch),
    mid: filters.mid.take(market, patch),
  };
  const isWaiting = trails.waiting.has(symbol);
  let isNews = false;
  for (const stream of symbol.streams) isNews ||= !Number.isNaN(prices[stream]);
  if (isNews || symbol.errand === 'unknown' || (symbol.errand === 'move' && !isWaiting)) {
    if (!lookAtAll(turn, symbol, scene, prices)) return;
    trails.waiting.add(symbol);
  } else if (!isWaiting) return;
  if (symbol.nextMoveAt > turn.at) wakeForTrails(turn, epochMs(symbol.nextMoveAt));
  else spendBudget(turn);
}

/** Tells every stop of `symbol` of a tick. @returns true when one of them could move now, were it its turn. */
function lookAtAll(
  turn: Turn,
  symbol: FollowedSymbol,
  scene: Scene,
  prices: Readonly<Record<PriceStream, number>>,
): boolean {
  let canMove = false;
  let errand: Errand = 'none';
  for (const follower of symbol.followers.values()) {
    if (follower.outsideRth ? scene.isExtended : scene.isRegular) {
      const price = prices[follower.stream];
      if (!Number.isNaN(price)) hear(turn, follower, price, scene);
      if (isUnplaced(follower)) placeFirst(turn, follower, scene);
      canMove ||= isMovable(turn, follower, scene.market);
    }
    if (isUnplaced(follower)) errand = 'unknown';
    else if (errand === 'none' && follower.dueSince !== null) errand = 'move';
  }
  symbol.errand = errand;
  return canMove;
}

/** It trails, and has no order yet. */
const isUnplaced = ({ resting, isWaiting }: Follower): boolean => resting === null && !isWaiting;

/** The time of a stop that waits for its turn, or of one that the market went through, has come. */
export function onTrailDue(turn: Turn): void {
  turn.state.observed.trails.wakeAt = null;
  if (!mayFollow(turn)) return;
  reportGaps(turn);
  spendBudget(turn);
  tellLag(turn);
}

/** Stops that could move now, were it their turn, and how long the first of them has waited. */
export function trailLagOf(
  { observed }: Turn['state'],
  at: EpochMs,
): { readonly stopsWaiting: number; readonly lagMs: number } {
  let stopsWaiting = 0;
  let lagMs = 0;
  for (const { followers } of observed.trails.waiting) {
    for (const { dueSince } of followers.values()) {
      if (dueSince === null) continue;
      stopsWaiting += 1;
      lagMs = Math.max(lagMs, at - dueSince);
    }
  }
  return { stopsWaiting, lagMs };
}

/** What stops of a symbol can be moved by now. */
interface Scene {
  readonly market: Market;
  readonly instrument: Instrument;
  readonly isRegular: boolean;
  readonly isExtended: boolean;
}

/** Nothing moves while it could not be sent, or would not be written down. */
function mayFollow({ state: { durable, observed } }: Turn): boolean {
  return isReady(durable.connection) && observed.halted === null;
}

function sceneOf(turn: Turn, { conId }: FollowedSymbol): Scene | null {
  const { durable, observed } = turn.state;
  const quote = present(observed.quotes.get(conId), 'the quote of a symbol that ticked');
  if (!isFollowable(quote)) return null;
  const market = marketOf(quote);
  if (market === null) return null;
  const instrument = present(durable.instruments.get(conId), 'the instrument of a quote');
  const isRegular = isInSession(instrument, false, turn.at);
  const isExtended = isInSession(instrument, true, turn.at);
  return isRegular || isExtended ? { market, instrument, isRegular, isExtended } : null;
}

/** A price to rely on. */
function hear(turn: Turn, follower: Follower, price: number, { market, instrument }: Scene): void {
  if (follower.isWaiting) {
    if (!follower.isTouchedBy(price)) return;
    const waterMark = priceIn(market, follower.stream);
    follower.begin(waterMark);
    turn.emit({ type: 'stop-activated', groupId: follower.id, waterMark });
    if (!follower.isBusy) follower.lookAgain(instrument, turn.at);
    return;
  }
  if (follower.isLedBy(price)) follower.follow(price, priceIn(market, follower.stream), instrument, turn.at);
  const { through } = turn.state.observed.trails;
  if (!follower.isThrough(price)) {
    if (through.delete(follower)) clearStopAlarms(turn, follower.id);
  } else if (!through.has(follower)) {
    through.set(follower, turn.at);
    wakeForTrails(turn, laterBy(turn.at, GAP_REPORT_MS));
  }
}

/** The market is through a stop, and IBKR has not filled it: it is left where it is, and a person is told. */
function reportGaps(turn: Turn): void {
  const { through } = turn.state.observed.trails;
  for (const [follower, since] of through) {
    if (since === null) continue;
    const due = laterBy(since, GAP_REPORT_MS);
    if (due > turn.at) {
      wakeForTrails(turn, due);
      continue;
    }
    through.set(follower, null);
    const { id, number, spec } = orderOf(turn.state, follower);
    const resting = formatPrice(present(follower.resting, 'the stop that the market is through'));
    const text = `${spec.symbol} has traded through stop ${String(number)} at ${resting} for ${String(GAP_REPORT_MS / 1_000)} s, and it has not filled. The stop stays where it is; look at it in TWS.`;
    raiseStopAlarm(turn, gapAlarmOf(follower.id), text, id);
  }
}

/** Stops wait longer than they should for their turn: a person may let IBKR hold some of them. */
function tellLag(turn: Turn): void {
  const { durable } = turn.state;
  const { stopsWaiting, lagMs } = trailLagOf(turn.state, turn.at);
  const isTold = durable.alarms.has(LAG_ALARM);
  if (lagMs > LAG_MAX_MS && !isTold) {
    const text = `${String(stopsWaiting)} trailing stops that this app moves wait for their turn, the first for ${formatSeconds(lagMs)}: it moves one a second in each symbol, and ${String(MOVES_PER_SECOND_MAX)} in all. Stops that IBKR holds (native) do not wait.`;
    const alarm = { id: LAG_ALARM, at: turn.at, severity: 'warning' as const, text, orderId: null };
    turn.emit({ type: 'alarm-raised', alarm });
  } else if (stopsWaiting === 0 && isTold) {
    turn.emit({ type: 'alarm-cleared', alarmId: LAG_ALARM, origin: 'manager' });
  }
  if (durable.alarms.has(LAG_ALARM)) wakeForTrails(turn, laterBy(turn.at, SYMBOL_PAUSE_MS));
}

/** True when nothing but the budgets keeps it from moving. */
function isMovable({ at }: Turn, follower: Follower, { bidNumber, askNumber }: Market): boolean {
  if (follower.dueSince === null || follower.isBusy || follower.notBefore > at) return false;
  return !follower.isPastTouch(follower.side === 'SELL' ? bidNumber : askNumber);
}

/** Its activation price was touched and nothing rests: it is placed as soon as it would not trigger at once. */
function placeFirst(turn: Turn, follower: Follower, { market, instrument }: Scene): void {
  const stop = present(turn.state.durable.protectiveStops.get(follower.id), 'a followed stop');
  const target = follower.firstStop(instrument);
  const { side, symbol } = stop;
  if (!isBehind(side, target, side === 'SELL' ? market.bid : market.ask)) return;
  const quantity = unprotectedFor(turn, stop);
  if (isZero(quantity)) {
    endStop(turn, stop, 'all that is held has a stop already');
    return;
  }
  const terms: OrderTerms = { type: 'STP', stop: target };
  const fitting = { ...stop, quantity };
  const decision = decideOnStop(turn, 'manager', fitting, terms);
  const order = orderStop(turn, 'manager', decision, fitting, terms);
  if (decision.outcome === 'approved') return;
  const why = denialsOf(decision).map(describeReason).join(' ');
  endStop(turn, stop, `it could not be placed: ${why}`);
  const text = `${symbol}: its activation price was touched, and a stop at ${formatPrice(target)} was denied. Nothing protects the position. ${why}`;
  raiseStopAlarm(turn, stopAlarmOf(stop.id), text, order.id);
}

interface Candidate {
  readonly follower: Follower;
  /** For how many spans of ageing it has waited. */
  readonly age: number;
  /** Money at stake, by the nearest doubles, for they only put stops in order: US dollars, as all that can be ordered. */
  readonly stake: number;
}

/** The stops of one symbol that could move now, in the order of their turns. */
interface Queue {
  readonly symbol: FollowedSymbol;
  readonly scene: Scene;
  readonly first: Candidate;
  readonly candidates: readonly Candidate[];
}

const inTurn = (a: Candidate, b: Candidate): number => b.age - a.age || b.stake - a.stake;

/**
 * Moves stops while the budgets last: one a second in each symbol, and in all no more than the pacer lets through. First
 * goes what has waited longest by whole spans of ageing, then where most money is at stake.
 */
function spendBudget(turn: Turn): void {
  const { trails } = turn.state.observed;
  const queues: Queue[] = [];
  if (nextMoveAt(turn) <= turn.at) {
    for (const symbol of trails.waiting) {
      if (symbol.nextMoveAt > turn.at) wakeForTrails(turn, epochMs(symbol.nextMoveAt));
      else queues.push(...queueOf(turn, symbol));
    }
  }
  queues.sort((a, b) => inTurn(a.first, b.first));
  for (const { symbol, scene, candidates } of queues) {
    if (nextMoveAt(turn) > turn.at) break;
    const hasMoved = candidates.some(({ follower }) => ratchet(turn, symbol, scene, follower));
    // What has to wait for the market to come back is looked at again with the next tick.
    if (hasMoved) wakeForTrails(turn, epochMs(symbol.nextMoveAt));
    else trails.waiting.delete(symbol);
  }
  const budgetAt = nextMoveAt(turn);
  if (trails.waiting.size > 0 && budgetAt > turn.at) wakeForTrails(turn, budgetAt);
}

/** The queue of `symbol`; none when all of its stops have to wait for something else than their turn. */
function queueOf(turn: Turn, symbol: FollowedSymbol): readonly Queue[] {
  const { trails } = turn.state.observed;
  const scene = sceneOf(turn, symbol);
  const paused: number[] = [];
  const candidates: Candidate[] = [];
  for (const follower of scene === null ? [] : symbol.followers.values()) {
    const { dueSince, isBusy, notBefore, outsideRth } = follower;
    if (scene === null || dueSince === null || isBusy || !(outsideRth ? scene.isExtended : scene.isRegular)) continue;
    if (notBefore > turn.at) paused.push(notBefore);
    else if (isMovable(turn, follower, scene.market)) {
      const age = Math.floor((turn.at - dueSince) / AGEING_MS);
      const stake = follower.gainPerUnit * toNumber(orderOf(turn.state, follower).spec.quantity);
      candidates.push({ follower, age, stake });
    }
  }
  candidates.sort(inTurn);
  const [first] = candidates;
  if (scene !== null && first !== undefined) return [{ symbol, scene, first, candidates }];
  if (paused.length === 0) trails.waiting.delete(symbol);
  else wakeForTrails(turn, epochMs(Math.min(...paused)));
  return [];
}

/** Moves one stop behind the market. False: by the amounts it is not to move, or would trigger at once. */
function ratchet(turn: Turn, symbol: FollowedSymbol, { market, instrument }: Scene, follower: Follower): boolean {
  const step = follower.step(instrument);
  if (step === null) return false;
  const { from: before, to: stop, waterMark } = step;
  const order = orderOf(turn.state, follower);
  // Another manager may have asked for a change since the follower looked: two in flight would undo each other.
  if (whyNotModifiable(turn, order) !== null) {
    follower.isBusy = true;
    return false;
  }
  const { bid, ask } = market;
  const { quantity, timeInForce } = order.spec;
  const terms: OrderTerms = { type: 'STP', stop };
  const modified = modifiedOrder(turn, order, { terms, quantity, timeInForce });
  const approved = approveTightening({ order, terms, quantity, instrument, quote: { bid, ask } }, modified);
  if (!approved.ok) return false;
  const modification = sendModification(turn, order, approved.value, 'trail');
  turn.emit({ type: 'stop-ratcheted', groupId: follower.id, id: order.id, before, waterMark, bid, ask, modification });
  follower.asked = stop;
  follower.dueSince = null;
  follower.isBusy = true;
  noteMove(turn, symbol);
  return true;
}

function orderOf({ durable }: Turn['state'], { id }: Follower): OrderRecord {
  const { order } = present(durable.protectiveStops.get(id), 'a followed stop');
  return present(durable.orders.get(present(order, 'the order of a stop that rests')), 'the order of a stop');
}
