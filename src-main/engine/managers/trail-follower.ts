import { present } from '#domain/assert';
import type { EpochMs, GroupId } from '#domain/ids';
import type { Instrument } from '#domain/instrument';
import { toNumber, type Price } from '#domain/money';
import type { Side, Trail } from '#domain/order-spec';
import type { ProtectiveStop } from '#domain/trailing-stop';
import { isTighter, markBehind, nextStepFrom, stopBehind } from '#engine/managers/trail-arithmetic';
import { streamOf, type PriceStream } from '#engine/managers/trail-prices';
import type { TrailingPlan } from '#engine/managers/trail-terms';

/** Doubles only rule out what is certainly not so: they leave this share to the amounts. */
const ROUNDING = 1e-9;
/** By how many ticks a stop may be further from the market than its trail: rounded, and never within a tick of it. */
const ROUNDING_TICKS = 2;
/** How long a stop is left alone after IBKR refused to move it, doubled with each refusal in a row. */
const REFUSED_PAUSE_MS = 5_000;
const REFUSED_PAUSE_MAX_MS = 60_000;

/** From where to where a stop is to move, and the best price that it is to follow. */
export interface StopStep {
  readonly from: Price;
  readonly to: Price;
  readonly waterMark: Price;
}

/**
 * A managed stop on its way behind the market. From tick to tick it is followed by doubles, which only rule out that there
 * is something to do; what is done is decided by the amounts.
 */
export class Follower {
  readonly id: GroupId;
  readonly side: Side;
  readonly stream: PriceStream;
  readonly outsideRth: boolean;
  /** Its order can not be changed now: IBKR has not answered, or it has begun to fill. */
  isBusy = false;
  /** Since when it is to move; null: it is where it belongs. */
  dueSince: EpochMs | null = null;
  /** Where we last asked IBKR to move it; null once that is answered. */
  asked: Price | null = null;
  /** IBKR has refused to move it: it is left alone until then. */
  notBefore = 0;
  readonly #trail: Trail;
  /** 1 for SELL, whose stop rises; −1 for BUY. */
  readonly #up: 1 | -1;
  /** What has to be touched first; null: it trails. */
  #activation: Price | null;
  #activationNumber: number;
  #mark: Price | null = null;
  #best = Number.NaN;
  #rest: { readonly stop: Price; readonly next: Price } | null = null;
  #restingNumber = Number.NaN;
  /** The best price without which the next stop is not reached. */
  #nextMark = Number.NaN;
  #tick = 0;
  #refusals = 0;

  constructor(stop: ProtectiveStop, plan: TrailingPlan) {
    this.id = stop.id;
    this.side = stop.side;
    this.stream = streamOf(stop.side, plan.triggerOn);
    this.outsideRth = stop.outsideRth;
    this.#trail = plan.trail;
    this.#up = stop.side === 'SELL' ? 1 : -1;
    this.#activation = stop.state.phase === 'waiting' ? plan.activationPrice : null;
    this.#activationNumber = this.#activation === null ? Number.NaN : toNumber(this.#activation);
  }

  /** The stop of its order as IBKR last confirmed it; null while nothing rests. */
  get resting(): Price | null {
    return this.#rest?.stop ?? null;
  }

  get isWaiting(): boolean {
    return this.#activation !== null;
  }

  /** True when `price` has come to the activation price that is waited for. */
  isTouchedBy(price: number): boolean {
    return this.#up * price >= this.#up * this.#activationNumber;
  }

  /** It trails from now on, from `mark`. */
  begin(mark: Price): void {
    this.#activation = null;
    this.#lead(mark, toNumber(mark));
  }

  /** What rests at IBKR, other than we asked for: it is the floor, and what the market has to exceed follows from it. */
  restsAt(stop: Price, ticks: Instrument): void {
    this.#settle(stop, ticks);
    if (this.isWaiting) return;
    const mark = markBehind(this.side, this.#trail, stop);
    this.#lead(mark, toNumber(mark));
  }

  /** IBKR has moved it where we asked. */
  hasMoved(stop: Price, ticks: Instrument): void {
    this.#refusals = 0;
    this.#settle(stop, ticks);
  }

  /** IBKR would not move it. */
  wasRefused(at: EpochMs): void {
    this.notBefore = at + Math.min(REFUSED_PAUSE_MS * 2 ** this.#refusals, REFUSED_PAUSE_MAX_MS);
    this.#refusals += 1;
  }

  /** True when `price` is better than every one before. */
  isLedBy(price: number): boolean {
    return this.#up * price > this.#up * this.#best;
  }

  /** A better price: the water mark, and whether the stop is to move for it. */
  follow(price: number, mark: Price, ticks: Instrument, at: EpochMs): void {
    this.#lead(mark, price);
    if (this.dueSince === null && this.#up * price >= this.#up * this.#nextMark) this.lookAgain(ticks, at);
  }

  /** Decides by the amounts whether the stop is to move. */
  lookAgain(ticks: Instrument, at: EpochMs): void {
    this.dueSince = this.step(ticks) === null ? null : (this.dueSince ?? at);
  }

  /** How the stop is to move; null: it stays, for what is gained is not worth a message. */
  step(ticks: Instrument): StopStep | null {
    if (this.#mark === null || this.#rest === null) return null;
    const to = stopBehind(this.side, this.#trail, this.#mark, ticks);
    const { stop: from, next } = this.#rest;
    return isTighter(this.side, next, to) ? null : { from, to, waterMark: this.#mark };
  }

  /** Where its first order is to rest, once it trails. */
  firstStop(ticks: Instrument): Price {
    return stopBehind(this.side, this.#trail, present(this.#mark, 'the price that was touched'), ticks);
  }

  /** True when its stop would certainly trigger at `touch`, however it is rounded: it waits for the market to come back. */
  isPastTouch(touch: number): boolean {
    const loosest = this.#exactStop() - this.#up * ROUNDING_TICKS * this.#tick;
    return this.#up * loosest > this.#up * touch + ROUNDING;
  }

  /** True when `price` is through the resting stop: it should have filled. */
  isThrough(price: number): boolean {
    return this.#up * price < this.#up * this.#restingNumber;
  }

  /** What moving it secures for each unit, by the nearest doubles: what is at stake puts stops in order. */
  get gainPerUnit(): number {
    return this.#up * (this.#exactStop() - this.#restingNumber);
  }

  #exactStop(): number {
    const distance =
      this.#trail.by === 'amount' ? toNumber(this.#trail.amount) : (this.#best * toNumber(this.#trail.percent)) / 100;
    return this.#best - this.#up * distance;
  }

  #lead(mark: Price, price: number): void {
    this.#mark = mark;
    this.#best = price;
  }

  #settle(stop: Price, ticks: Instrument): void {
    const next = nextStepFrom(this.side, this.#trail, stop, ticks);
    this.#rest = { stop, next };
    this.#tick = Math.max(...ticks.priceBands.map(({ increment }) => toNumber(increment)));
    this.#restingNumber = toNumber(stop);
    const mark = toNumber(markBehind(this.side, this.#trail, next));
    this.#nextMark = mark - this.#up * Math.abs(mark) * ROUNDING;
  }
}
