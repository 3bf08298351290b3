import { assert, present } from '#domain/assert';
import {
  faultSchema,
  type Fault,
  type FaultMessage,
  type FaultName,
  type FaultOf,
  type FaultTrigger,
  type OrderMoment,
  type WrittenFault,
} from './fault-schema';
import { faultText } from './fault-texts';
import type { OrderKey, Rejection } from './simulated-order';

/** A request that came in, as far as faults look at it. */
export interface FaultyRequest {
  /** Undefined for what no fault can wait for. */
  readonly message: FaultMessage | undefined;
  /** The order it is about. */
  readonly key: OrderKey | undefined;
  /** A new order that is attached to another. */
  readonly isChild: boolean;
}

/** What happens to one request. */
export interface RequestFate {
  /** The connection breaks after it. */
  readonly drop: boolean;
  /** False: nobody ever sees it. */
  readonly reaches: boolean;
  /** It is done, but nothing is said about its order; a cancel stays pending. */
  readonly withheld: boolean;
  /** What a new order ends with when it is transmitted, or why a change is refused. */
  readonly rejection: Rejection | undefined;
  /** TWS refuses it by itself; `about` tells which id the refusal names. */
  readonly refusal: (Rejection & { readonly about: 'request' | 'session' }) | undefined;
  /** A child's parent has not come in yet. */
  readonly orphaned: boolean;
  /** The order fills so many shares, or what it has left, before the request is looked at. */
  readonly fillsFirst: number | undefined;
}

/** Carries out what is more than the fate of a request. */
export interface FaultHands {
  /** A fault happens, or begins to hold. */
  strike(fault: Fault): void;
  /** A fault that held is over. */
  lift(fault: Fault): void;
  /** Every fault is over: what was held back goes out. */
  release(): void;
}

interface Waiting {
  readonly fault: Fault;
  readonly trigger: FaultTrigger;
  readonly dueAt: number;
  /** How many messages of the kind are to come. */
  left: number;
}

interface Standing {
  readonly fault: Fault;
  /** Infinity: until it is released. */
  readonly until: number;
}

const SECOND_MS = 1_000;
/** Orders placed longer ago can not be waited for any more. */
const ORDERS_KNOWN_MAX = 10_000;
const UNTOUCHED: RequestFate = {
  drop: false,
  reaches: true,
  withheld: false,
  rejection: undefined,
  refusal: undefined,
  orphaned: false,
  fillsFirst: undefined,
};
const ORDER_CHANGES: readonly FaultMessage[] = ['place-order', 'modify-order', 'cancel-order'];

/** Faults that hit requests, and which ones. */
const HITS: ReadonlyMap<FaultName, readonly FaultMessage[]> = new Map<FaultName, readonly FaultMessage[]>([
  ['withhold', ORDER_CHANGES],
  ['too-fast', ORDER_CHANGES],
  ['reject', ['place-order']],
  ['missing-parent', ['place-order']],
  ['refuse-change', ['modify-order']],
  ['cancel-refused', ['cancel-order']],
  ['fill-before-cancel', ['cancel-order']],
  ['history-pacing', ['historical-data']],
  // Hits what TWS sends about an order instead.
  ['unreadable', []],
]);
/** Faults that can hold on. */
const HOLDING: ReadonlySet<FaultName> = new Set(
  faultSchema.options.filter(({ shape }) => 'forSeconds' in shape).map(({ shape }) => shape.fault.value),
);

/** The faults in force and those to come. The server asks it at each request and each message sent. */
export class FaultBoard {
  readonly #hands: FaultHands;
  #now: number;
  #waiting: Waiting[] = [];
  /** Waits for the next request that it hits. */
  #armed: Fault[] = [];
  #standing: Standing[] = [];
  /** Set off in the middle of the exchange's work, to strike when that is done. */
  #due: Fault[] = [];
  #ordersPlaced = 0;
  readonly #orderNumbers = new Map<string, number>();
  #fate: RequestFate = UNTOUCHED;

  constructor(hands: FaultHands, now: number) {
    this.#hands = hands;
    this.#now = now;
  }

  /** Gives a fault as it is written in a plan: it strikes when it says, or now. @throws ZodError for a wrong one. */
  inject(written: WrittenFault): void {
    this.give(faultSchema.parse(written));
  }

  /** Gives a fault: it strikes when it says, or now. */
  give(fault: Fault): void {
    if (fault.at === undefined) {
      this.#take(fault);
      return;
    }
    const trigger = fault.at;
    const dueAt = trigger.kind === 'time' ? this.#now + trigger.seconds * SECOND_MS : Infinity;
    this.#waiting.push({ fault, trigger, dueAt, left: trigger.kind === 'message' ? trigger.count : 1 });
    this.passTo(this.#now);
  }

  /** Ends every fault and forgets those to come: what was held back goes out. */
  clear(): void {
    this.#waiting = [];
    this.#armed = [];
    this.#due = [];
    const over = this.#standing;
    this.#standing = [];
    for (const { fault } of over) this.#hands.lift(fault);
    this.#hands.release();
  }

  /** Ends what holds of a kind without lifting it: somebody else has. */
  end(isOver: (fault: Fault) => boolean): void {
    this.#standing = this.#standing.filter(({ fault }) => !isOver(fault));
  }

  /** Time has come to `now`: what is due strikes, what held long enough is lifted. */
  passTo(now: number): void {
    this.#now = now;
    for (const fault of this.#takeWaiting(({ dueAt }) => dueAt <= now)) this.#take(fault);
    const over = this.#standing.filter(({ until }) => until <= now);
    if (over.length === 0) return;
    this.#standing = this.#standing.filter(({ until }) => until > now);
    for (const { fault } of over) this.#hands.lift(fault);
  }

  /** An order has come so far; what that sets off strikes at `strikeDue`. */
  orderIs(key: OrderKey, moment: OrderMoment): void {
    if (this.#waiting.length === 0) return;
    const number = this.#orderNumbers.get(nameOf(key));
    this.#due.push(
      ...this.#takeWaiting(
        ({ trigger }) => trigger.kind === 'order' && trigger.order === number && trigger.is === moment,
      ),
    );
  }

  strikeDue(): void {
    const due = this.#due;
    this.#due = [];
    for (const fault of due) this.#take(fault);
  }

  /** A request comes in: what waits for it strikes, and its fate is decided. */
  meet(request: FaultyRequest): RequestFate {
    const here: Fault[] = [];
    for (const fault of this.#setOffBy(request)) {
      if (fault.fault === 'drop' || isHit(fault, request)) here.push(fault);
      else this.#take(fault);
    }
    const armed = this.#armed.filter(
      (fault, place, all) => isHit(fault, request) && all.findIndex((other) => other.fault === fault.fault) === place,
    );
    this.#armed = this.#armed.filter((fault) => !armed.includes(fault));
    const standing = this.#standing.map(({ fault }) => fault).filter((fault) => isHit(fault, request));
    // What was set off here and holds on hits the requests to come too.
    for (const fault of here) if (hitsOn(fault)) this.#stand(fault);
    this.#fate = [...standing, ...armed, ...here].reduce(hit, UNTOUCHED);
    return this.#fate;
  }

  /** The fate of the request that is being answered. */
  fateOf(_request: 'order' | 'cancel'): Pick<RequestFate, 'drop' | 'reaches' | 'withheld' | 'rejection'> {
    return this.#fate;
  }

  /** The latest fault of this name that holds now. */
  holding<Name extends FaultName>(name: Name): FaultOf<Name> | undefined {
    if (this.#standing.length === 0) return undefined;
    return this.#standing.map(({ fault }) => fault).findLast(isNamed(name));
  }

  get frozen(): boolean {
    return this.holding('freeze') !== undefined;
  }

  /** How late everything goes out. */
  get delayMs(): number {
    return this.holding('delay')?.milliseconds ?? 0;
  }

  /** How late order statuses go out, behind everything else. */
  get statusLateMs(): number {
    return this.holding('reorder')?.milliseconds ?? 0;
  }

  /** True when order statuses that go out together come in the wrong order. */
  get swapsStatuses(): boolean {
    const reorder = this.holding('reorder');
    return reorder !== undefined && reorder.milliseconds === undefined;
  }

  /** How late requests are looked at. */
  get slowMs(): number {
    return this.holding('slow')?.milliseconds ?? 0;
  }

  /** How often each message goes out; 1 is health. */
  get copies(): number {
    return this.holding('duplicate')?.copies ?? 1;
  }

  /** True when the next message about an order arrives without its end; one that is not to hold is used up. */
  takeUnreadable(): boolean {
    if (this.holding('unreadable') !== undefined) return true;
    const next = this.#armed.findIndex(isNamed('unreadable'));
    if (next === -1) return false;
    this.#armed.splice(next, 1);
    return true;
  }

  /** TWS has lost IBKR. */
  get isUpstreamLost(): boolean {
    return this.holding('upstream-lost') !== undefined;
  }

  get areQuotesLost(): boolean {
    return this.isUpstreamLost || this.isFarmDown('quotes');
  }

  isFarmDown(farm: FaultOf<'farm-down'>['farm']): boolean {
    return this.#standing.some(({ fault }) => fault.fault === 'farm-down' && fault.farm === farm);
  }

  #setOffBy({ message, key }: FaultyRequest): readonly Fault[] {
    for (const waiting of this.#waiting) {
      if (waiting.trigger.kind === 'message' && waiting.trigger.message === message) waiting.left -= 1;
    }
    const placed = message === 'place-order' ? this.#number(present(key, 'the key of a new order')) : undefined;
    return this.#takeWaiting(
      ({ trigger, left }) =>
        (trigger.kind === 'message' && left === 0) ||
        (trigger.kind === 'order' && trigger.is === 'placed' && trigger.order === placed),
    );
  }

  #number(key: OrderKey): number {
    this.#ordersPlaced += 1;
    this.#orderNumbers.set(nameOf(key), this.#ordersPlaced);
    if (this.#orderNumbers.size > ORDERS_KNOWN_MAX) {
      this.#orderNumbers.delete(present(this.#orderNumbers.keys().next().value, 'the oldest order'));
    }
    return this.#ordersPlaced;
  }

  #takeWaiting(isDue: (waiting: Waiting) => boolean): readonly Fault[] {
    const due = this.#waiting.filter(isDue);
    if (due.length > 0) this.#waiting = this.#waiting.filter((waiting) => !due.includes(waiting));
    return due.map(({ fault }) => fault);
  }

  #take(fault: Fault): void {
    if (HITS.has(fault.fault)) {
      if (hitsOn(fault)) this.#stand(fault);
      else this.#armed.push(fault);
      return;
    }
    if (HOLDING.has(fault.fault)) this.#stand(fault);
    this.#hands.strike(fault);
  }

  #stand(fault: Fault): void {
    const seconds = 'forSeconds' in fault ? fault.forSeconds : undefined;
    this.#standing.push({ fault, until: seconds === undefined ? Infinity : this.#now + seconds * SECOND_MS });
  }
}

function isNamed<Name extends FaultName>(name: Name): (fault: Fault) => fault is FaultOf<Name> {
  return (fault): fault is FaultOf<Name> => fault.fault === name;
}

/** True when a fault hits every request from now on instead of one. */
function hitsOn(fault: Fault): boolean {
  return ('forSeconds' in fault && fault.forSeconds !== undefined) || ('until' in fault && fault.until !== undefined);
}

function isHit({ fault }: Fault, { message, isChild }: FaultyRequest): boolean {
  if (message === undefined || HITS.get(fault)?.includes(message) !== true) return false;
  return fault !== 'missing-parent' || isChild;
}

/** What `fault` makes of the fate of a request that it hits. */
function hit(fate: RequestFate, fault: Fault): RequestFate {
  switch (fault.fault) {
    case 'drop':
      return { ...fate, drop: true, reaches: fault.reaches };
    case 'withhold':
      return fault.reaches ? { ...fate, withheld: true } : { ...fate, reaches: false };
    case 'reject':
    case 'refuse-change':
      return { ...fate, rejection: { code: fault.code, text: fault.text ?? faultText(fault.code) } };
    case 'cancel-refused':
      return refused(fate, 'request', fault.code, fault.text);
    case 'missing-parent':
      return { ...fate, orphaned: true };
    case 'history-pacing':
      return refused(fate, 'request', 162);
    case 'too-fast':
      return { ...refused(fate, 'session', 100), drop: fault.disconnects };
    default:
      assert(fault.fault === 'fill-before-cancel', `${fault.fault} hits no request`);
      return { ...fate, fillsFirst: fault.shares ?? Infinity };
  }
}

function refused(
  fate: RequestFate,
  about: 'request' | 'session',
  code: number,
  text: string = faultText(code),
): RequestFate {
  return { ...fate, refusal: { about, code, text } };
}

function nameOf({ clientId, orderId }: OrderKey): string {
  return `${String(clientId)}:${String(orderId)}`;
}
