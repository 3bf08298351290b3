import type { SimulatedLine } from '#adapters/simulated/simulated-line';
import { laterBy } from '#domain/ids';
import type { Rejection } from '#simulator/simulated-order';
import type { Dice } from '#test/storm/dice';
import type { ProcessClock, VirtualClock } from '#test/storm/virtual-clock';

type Request = Parameters<SimulatedLine['send']>[0];
type Arrival = Parameters<SimulatedLine['send']>[1];
type Report = Parameters<SimulatedLine['report']>[0];

/** What a fault makes of one message of ours. `lost`: nobody ever sees it. */
export type RequestFate =
  | { readonly kind: 'arrives' }
  | { readonly kind: 'lost' }
  | { readonly kind: 'refused'; readonly rejection: Rejection }
  /** Something else happens to the order the moment before, or instead. */
  | { readonly kind: 'met'; readonly by: () => void; readonly arrives: boolean };

/** Asked about each message of ours; null leaves it alone. */
export type Ambush = (request: Request) => RequestFate | null;

/** What the line tells of: each message as it is written, and as it arrives. */
export interface LineWatcher {
  onWritten(request: Request): void;
  onArriving(request: Request, rejection: Rejection | undefined): void;
  onHeard(report: Report): void;
}

const LATENCY_MS_MAX = 25;
/** What a shuffled status is late by, at most. */
const LATE_MS_MAX = 1_500;

/** The way to the simulated TWS, with everything that can go wrong on it. */
export class FaultyLine implements SimulatedLine {
  isOpen = true;
  /** How many times each report comes. */
  copies = 1;
  /** Order statuses come late and in any order. */
  shufflesStatuses = false;
  readonly #world: VirtualClock;
  readonly #process: ProcessClock;
  readonly #dice: Dice;
  readonly #watcher: LineWatcher;
  readonly #ambushes = new Set<Ambush>();
  readonly #latencyMs: number;
  #frozenUntil = 0;
  /** Nothing overtakes on a socket. */
  #lastArrivalAt = 0;
  #lastReportAt = 0;
  #isDead = false;
  /** The messages of ours that have not arrived, oldest first. */
  #inFlight: { isLost: boolean }[] = [];
  /** Messages that may still be written before the process dies, or the connection breaks; null: no end in sight. */
  #endsAfter: { messages: number; readonly end: () => void } | null = null;

  constructor(world: VirtualClock, process: ProcessClock, dice: Dice, watcher: LineWatcher) {
    this.#world = world;
    this.#process = process;
    this.#dice = dice;
    this.#watcher = watcher;
    this.#latencyMs = dice.whole(1, LATENCY_MS_MAX);
  }

  send(request: Request, arrive: Arrival): boolean {
    if (this.#isDead || !this.isOpen) return false;
    if (this.#countsDown(request)) return false;
    this.#watcher.onWritten(request);
    const fate = this.#fateOf(request);
    if (fate.kind === 'lost') return true;
    const at = Math.max(this.#world.now() + this.#latency(), this.#lastArrivalAt, this.#frozenUntil);
    this.#lastArrivalAt = at;
    const flight = { isLost: false };
    this.#inFlight.push(flight);
    this.#world.wakeAt(laterBy(this.#world.now(), at - this.#world.now()), () => {
      this.#inFlight = this.#inFlight.filter((it) => it !== flight);
      if (flight.isLost) return;
      if (fate.kind === 'met') fate.by();
      if (fate.kind === 'met' && !fate.arrives) return;
      const rejection = fate.kind === 'refused' ? fate.rejection : undefined;
      this.#watcher.onArriving(request, rejection);
      arrive(rejection);
    });
    return true;
  }

  report(report: Report, arrive: () => void): void {
    if (this.#isDead) return;
    const isStatus = report.kind === 'fact' && report.fact.kind === 'order-status';
    const isLate = this.shufflesStatuses && isStatus;
    for (let copy = 0; copy < this.copies; copy += 1) {
      const at = Math.max(this.#world.now() + this.#latency(), this.#lastReportAt, this.#frozenUntil);
      if (!isLate) this.#lastReportAt = at;
      const lateMs = isLate ? this.#dice.whole(0, LATE_MS_MAX) : 0;
      const inMs = at + lateMs - this.#world.now();
      this.#process.wakeAt(laterBy(this.#process.now(), inMs), () => {
        this.#watcher.onHeard(report);
        arrive();
      });
      // Only facts can come twice: an answer's end is the protocol's own.
      if (report.kind !== 'fact') return;
    }
  }

  /** Asks `ambush` about every message from now on, until it is called off. */
  lay(ambush: Ambush): () => void {
    this.#ambushes.add(ambush);
    return () => this.#ambushes.delete(ambush);
  }

  callOffAmbushes(): void {
    this.#ambushes.clear();
    this.#endsAfter = null;
  }

  /** TWS reads and says nothing for `ms`; then everything comes. */
  freeze(ms: number): void {
    this.#frozenUntil = this.#world.now() + ms;
  }

  thaw(): void {
    this.#frozenUntil = 0;
  }

  /** After `messages` more order messages of ours `end` is called; the one after that is not written. */
  endAfter(messages: number, end: () => void): void {
    this.#endsAfter = { messages, end };
  }

  /** The connection breaks: of what is on its way the first few messages may still arrive, unless TWS is gone `wholly`. */
  cut(wholly: boolean): void {
    const arriving = wholly ? 0 : this.#dice.whole(0, this.#inFlight.length);
    for (const flight of this.#inFlight.slice(arriving)) flight.isLost = true;
  }

  /** The process is dead: nothing of it is written or heard any more. What was written arrives. */
  die(): void {
    this.#isDead = true;
  }

  /** Whether `request` is the one before which everything ends. */
  #countsDown(request: Request): boolean {
    const ending = this.#endsAfter;
    if (ending === null || (request.kind !== 'place' && request.kind !== 'modify' && request.kind !== 'cancel')) {
      return false;
    }
    ending.messages -= 1;
    if (ending.messages >= 0) return false;
    this.#endsAfter = null;
    ending.end();
    return true;
  }

  #fateOf(request: Request): RequestFate {
    for (const ambush of this.#ambushes) {
      const fate = ambush(request);
      if (fate !== null) return fate;
    }
    return { kind: 'arrives' };
  }

  #latency(): number {
    return this.#dice.whole(1, this.#latencyMs);
  }
}
