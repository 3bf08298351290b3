import { present } from '#domain/assert';
import { epochMs, laterBy, type EpochMs } from '#domain/ids';
import type { Clock } from '#ports/clock';

interface Wake {
  readonly at: number;
  readonly order: number;
  readonly wake: () => void;
  isCancelled: boolean;
}

/** A wake of one process. */
interface Alarm {
  readonly wake: () => void;
  isCancelled: boolean;
}

/** The one clock of a world: time is what the next wake says. Wakes of the same moment come in the order they were set. */
export class VirtualClock implements Clock {
  readonly #heap: Wake[] = [];
  #now: EpochMs;
  #order = 0;

  constructor(startAt: EpochMs) {
    this.#now = startAt;
  }

  now(): EpochMs {
    return this.#now;
  }

  wakeAt(at: EpochMs, wake: () => void): () => void {
    const entry = { at: Math.max(at, this.#now), order: this.#order, wake, isCancelled: false };
    this.#order += 1;
    this.#push(entry);
    return () => {
      entry.isCancelled = true;
    };
  }

  /** Goes to the next wake that is due by `until` and calls it. @returns false when there is none: it is `until` then. */
  step(until: EpochMs): boolean {
    for (let next = this.#heap[0]; next !== undefined && next.at <= until; next = this.#heap[0]) {
      this.#pop();
      if (next.isCancelled) continue;
      this.#now = epochMs(Math.max(this.#now, next.at));
      next.wake();
      return true;
    }
    this.#now = epochMs(Math.max(this.#now, until));
    return false;
  }

  #push(entry: Wake): void {
    const heap = this.#heap;
    heap.push(entry);
    for (let at = heap.length - 1; at > 0;) {
      const above = (at - 1) >> 1;
      if (!isBefore(entry, present(heap[above], 'the wake above'))) break;
      heap[at] = present(heap[above], 'the wake above');
      heap[above] = entry;
      at = above;
    }
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    heap[0] = last;
    for (let at = 0; ;) {
      const left = heap[2 * at + 1];
      const right = heap[2 * at + 2];
      if (left === undefined) return;
      const isRight = right !== undefined && isBefore(right, left);
      const first = isRight ? right : left;
      if (!isBefore(first, last)) return;
      const below = 2 * at + (isRight ? 2 : 1);
      heap[at] = first;
      heap[below] = last;
      at = below;
    }
  }
}

function isBefore(a: Wake, b: Wake): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

/**
 * The clock of one process: as far from the world's as its machine's is, deaf while the machine sleeps, and silent once
 * the process is dead.
 */
export class ProcessClock implements Clock {
  readonly #world: VirtualClock;
  readonly #aheadMs: number;
  #isAsleep = false;
  #isDead = false;
  /** What came due in the sleep, in that order. */
  #overslept: Alarm[] = [];

  constructor(world: VirtualClock, aheadMs: number) {
    this.#world = world;
    this.#aheadMs = aheadMs;
  }

  get isAwake(): boolean {
    return !this.#isDead && !this.#isAsleep;
  }

  now(): EpochMs {
    return laterBy(this.#world.now(), this.#aheadMs);
  }

  wakeAt(at: EpochMs, wake: () => void): () => void {
    const alarm: Alarm = { wake, isCancelled: false };
    const cancel = this.#world.wakeAt(laterBy(at, -this.#aheadMs), () => this.#ring(alarm));
    return () => {
      alarm.isCancelled = true;
      cancel();
    };
  }

  /** The machine sleeps for `ms`: what is due meanwhile comes when it wakes. */
  sleep(ms: number): void {
    if (this.#isAsleep) return;
    this.#isAsleep = true;
    this.#world.wakeAt(laterBy(this.#world.now(), ms), () => this.wakeUp());
  }

  wakeUp(): void {
    this.#isAsleep = false;
    this.#catchUp();
  }

  die(): void {
    this.#isDead = true;
  }

  #ring(alarm: Alarm): void {
    if (this.#isDead) return;
    if (this.#isAsleep || this.#overslept.length > 0) this.#overslept.push(alarm);
    else alarm.wake();
  }

  /** One after the other, each a happening of its own. */
  #catchUp(): void {
    if (this.#overslept.length === 0 || !this.isAwake) return;
    this.#world.wakeAt(this.#world.now(), () => {
      if (!this.isAwake) return;
      const alarm = this.#overslept.shift();
      if (alarm?.isCancelled === false) alarm.wake();
      this.#catchUp();
    });
  }
}
