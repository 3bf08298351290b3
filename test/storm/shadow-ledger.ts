import { present } from '#domain/assert';
import type { EngineEvent, JournaledEvent } from '#domain/engine-event';
import type { ObservedTerms } from '#domain/order-spec';

/** An order as the journal tells it: plain numbers, nothing of the engine's own reading. */
export interface ShadowOrder {
  readonly id: string;
  readonly number: number;
  readonly conId: number;
  readonly symbol: string;
  readonly sign: 1 | -1;
  readonly role: string | null;
  readonly groupId: string | null;
  readonly isOurs: boolean;
  readonly timeInForce: string;
  quantity: number;
  terms: ObservedTerms;
  phase: string;
  hold: string | null;
  filled: number;
  /** What a change in flight would make of it. */
  changingTo: { readonly quantity: number; readonly terms: ObservedTerms } | null;
}

/** One version of an execution; a correction replaces the one before it. */
export interface ShadowFill {
  readonly execId: string;
  readonly orderId: string | null;
  readonly conId: number;
  readonly shares: number;
  readonly sign: 1 | -1;
  readonly price: string;
}

/** Orders that belong together as the journal tells it. */
export interface ShadowBracket {
  readonly id: string;
  readonly parent: string;
  readonly takeProfit: string | null;
  readonly stopLoss: string;
  covers: readonly string[];
  readonly opened: number;
  isClosed: boolean;
}

export interface ShadowOco {
  readonly id: string;
  readonly custody: string;
  readonly onOverfill: string;
  readonly onPartialFill: string;
  readonly sharing: string;
  readonly legs: readonly { readonly order: string; readonly quantity: number }[];
  flattenedBy: readonly string[];
  isClosed: boolean;
}

export interface ShadowStop {
  readonly id: string;
  readonly conId: number;
  readonly kind: string;
  readonly opened: number;
  order: string | null;
  phase: string;
}

export interface ShadowAlarm {
  readonly id: string;
  readonly at: number;
  readonly text: string;
  readonly orderId: string | null;
}

/** What stands for a part of a position. */
interface Claim {
  /** null for a stop that stands by itself. */
  readonly bracket: ShadowBracket | null;
  /** The side of the position. */
  readonly sign: 1 | -1;
  readonly claim: number;
  readonly isStopped: boolean;
  readonly opened: number;
}

const TERMINAL: ReadonlySet<string> = new Set(['denied', 'filled', 'cancelled', 'rejected']);

/**
 * A second ledger, folded from the journal's events alone and in its own way: where it and the engine disagree, one of
 * them is wrong.
 */
export class ShadowLedger {
  readonly orders = new Map<string, ShadowOrder>();
  readonly fills = new Map<string, ShadowFill>();
  /** The latest version of each execution, by what its versions have in common. */
  readonly families = new Map<string, string>();
  readonly positions = new Map<number, number>();
  readonly brackets = new Map<string, ShadowBracket>();
  readonly ocos = new Map<string, ShadowOco>();
  readonly stops = new Map<string, ShadowStop>();
  readonly alarms = new Map<string, ShadowAlarm>();
  readonly unexplained = new Set<number>();
  /** OCO groups of which it was written down that too much filled. */
  readonly overfilled = new Set<string>();
  /** Stops in the place of a bracket's own that were sent outside the OCA group of its target: they add to it. */
  readonly beside = new Set<string>();
  connection = 'disconnected';
  trading = 'ACTIVE';
  /** Where each effect was written down, and as what. */
  readonly intents = new Map<string, { readonly sequence: number; readonly type: EngineEvent['type'] }>();
  readonly approvals = new Map<string, { readonly sequence: number; readonly outcome: string }>();
  /** What the position bears of what each bracket has open. */
  readonly #shares = new Map<string, number>();
  /** What something else has closed of each bracket, for good. */
  readonly #gone = new Map<string, number>();
  /** Instruments that the entry in hand touches. */
  readonly #unsettled = new Set<number>();
  /** Instruments that an entry touched since they were last taken. */
  readonly #touched = new Set<number>();

  static of(entries: readonly JournaledEvent[]): ShadowLedger {
    const ledger = new ShadowLedger();
    for (const entry of entries) ledger.take(entry);
    return ledger;
  }

  isLive(order: ShadowOrder): boolean {
    return !TERMINAL.has(order.phase);
  }

  /** What may still fill of it, a change in flight counted as the larger. */
  leavesOf(id: string | null): number {
    const order = id === null ? undefined : this.orders.get(id);
    if (order === undefined || !this.isLive(order)) return 0;
    return Math.max(0, Math.max(order.quantity, order.changingTo?.quantity ?? 0) - order.filled);
  }

  filledOf(id: string | null): number {
    return (id === null ? undefined : this.orders.get(id))?.filled ?? 0;
  }

  takeTouched(): readonly number[] {
    const touched = [...this.#touched];
    this.#touched.clear();
    return touched;
  }

  take(entry: JournaledEvent): void {
    this.#fold(entry);
    // While a session reconciles, what it hears comes in any order.
    if (this.connection === 'reconciling') return;
    for (const conId of this.#unsettled) this.#settle(conId);
    this.#unsettled.clear();
  }

  /** What the entry has filled and the exits have not closed; never below zero. */
  openOf({ parent, takeProfit, stopLoss, covers }: ShadowBracket): number {
    const closed = [takeProfit, stopLoss, ...covers].reduce((sum, id) => sum + this.filledOf(id), 0);
    return Math.max(0, this.filledOf(parent) - closed);
  }

  /** What of its open quantity a bracket has to protect: what the position does not bear, the newest give up first. */
  shareOf({ id }: ShadowBracket): number {
    return this.#shares.get(id) ?? 0;
  }

  /** The position is shared out among what protects it, the oldest first; what has no live stop comes after what has one. */
  #settle(conId: number): void {
    const position = this.positions.get(conId) ?? 0;
    let left = Math.abs(position);
    for (const { bracket, sign, claim } of this.#claimsOn(conId)) {
      const share = sign === Math.sign(position) ? Math.min(claim, left) : 0;
      left -= share;
      if (bracket === null) continue;
      this.#shares.set(bracket.id, share);
      if (share < claim && this.#givesUp(bracket, share)) {
        this.#gone.set(bracket.id, (this.#gone.get(bracket.id) ?? 0) + claim - share);
      }
    }
  }

  #claimsOn(conId: number): readonly Claim[] {
    const brackets = [...this.brackets.values()].flatMap((bracket): Claim[] => {
      const entry = present(this.orders.get(bracket.parent), 'an entry');
      if (entry.conId !== conId || bracket.isClosed) return [];
      const claim = Math.max(0, this.openOf(bracket) - (this.#gone.get(bracket.id) ?? 0));
      const isStopped = [bracket.stopLoss, ...bracket.covers].some((id) => this.#isLiveId(id));
      return [{ bracket, sign: entry.sign, claim, isStopped, opened: bracket.opened }];
    });
    const stops = [...this.stops.values()].flatMap(({ phase, order: id, opened }): Claim[] => {
      const order = id === null ? undefined : this.orders.get(id);
      if (order?.conId !== conId || phase === 'ended') return [];
      // What a stop was asked to give up it protects no more.
      const claim = order.phase === 'cancelling' || order.phase === 'filled' ? 0 : askedLeavesOf(order);
      return [{ bracket: null, sign: order.sign > 0 ? -1 : 1, claim, isStopped: this.isLive(order), opened }];
    });
    const byAge = [...brackets, ...stops].sort((a, b) => a.opened - b.opened);
    return [...byAge.filter(({ isStopped }) => isStopped), ...byAge.filter(({ isStopped }) => !isStopped)];
  }

  /** What a bracket can not bear is gone for good once one of its exits is asked to shrink to the rest, or all are to go. */
  #givesUp({ parent, takeProfit, stopLoss, covers }: ShadowBracket, share: number): boolean {
    if (this.#isLiveId(parent)) return false;
    const live = [takeProfit, stopLoss, ...covers]
      .map((id) => (id === null ? undefined : this.orders.get(id)))
      .filter((order) => order !== undefined && this.isLive(order));
    const staying = live.filter((order) => order?.phase !== 'cancelling');
    if (live.length === 0) return false;
    return staying.length === 0 || staying.some((order) => order !== undefined && askedLeavesOf(order) <= share);
  }

  #isLiveId(id: string): boolean {
    const order = this.orders.get(id);
    return order !== undefined && this.isLive(order);
  }

  #fold({ sequence, at, event }: JournaledEvent): void {
    switch (event.type) {
      case 'connection-changed':
        this.connection = event.connection.phase;
        return;
      case 'trading-state-changed':
        this.trading = event.trading.state;
        return;
      case 'decision-made':
        this.approvals.set(event.decision.id, { sequence, outcome: event.decision.outcome });
        return;
      case 'order-denied':
      case 'order-adopted':
        this.#insert(event.order);
        return;
      case 'orders-intended':
        this.#intend(event);
        this.intents.set(event.effectId, { sequence, type: event.type });
        return;
      case 'order-state-changed':
        this.#change(event.id, (order) => {
          order.phase = event.state.phase;
          order.hold = event.state.phase === 'pending' ? event.state.hold : null;
        });
        return;
      case 'cancel-requested':
        this.#change(event.id, (order) => {
          order.phase = 'cancelling';
        });
        this.intents.set(event.effectId, { sequence, type: event.type });
        return;
      case 'cancel-refused':
        this.#change(event.id, (order) => {
          order.phase = event.state.phase;
          order.hold = event.state.phase === 'pending' ? event.state.hold : null;
        });
        return;
      case 'modification-requested':
      case 'stop-ratcheted':
        this.#change(event.id, (order) => {
          order.changingTo = { quantity: Number(event.modification.quantity), terms: event.modification.terms };
        });
        this.intents.set(event.modification.effectId, { sequence, type: event.type });
        return;
      case 'modification-confirmed':
        this.#change(event.id, (order) => {
          order.quantity = Number(event.quantity);
          order.terms = event.terms;
          order.changingTo = null;
        });
        return;
      case 'modification-refused':
        this.#change(event.id, (order) => {
          order.changingTo = null;
        });
        return;
      case 'terms-observed':
        this.#change(event.id, (order) => {
          order.quantity = Number(event.quantity);
          order.terms = event.terms;
        });
        return;
      case 'fill-recorded':
        this.#fill(event.fill);
        return;
      case 'fill-corrected': {
        this.#take(present(this.fills.get(event.replaces), 'the corrected fill'));
        this.#fill(event.fill);
        return;
      }
      case 'position-adopted':
        this.#place(event.position.conId, Number(event.position.quantity));
        return;
      case 'position-adjusted':
        this.#place(event.position.conId, Number(event.position.quantity));
        if (event.cause === 'unexplained') this.unexplained.add(event.position.conId);
        return;
      case 'differences-acknowledged':
        this.unexplained.clear();
        return;
      case 'bracket-closed':
        present(this.brackets.get(event.groupId), 'the bracket that closes').isClosed = true;
        return;
      case 'oco-overfilled':
        this.overfilled.add(event.groupId);
        return;
      case 'oco-closed':
        present(this.ocos.get(event.groupId), 'the OCO group that closes').isClosed = true;
        return;
      case 'stop-awaited':
        this.#keepStop(event.stop);
        return;
      case 'stop-activated':
      case 'stop-rearmed':
        this.#enterPhase(event.groupId, 'guarding');
        return;
      case 'stop-suspended':
        this.#enterPhase(event.groupId, 'suspended');
        return;
      case 'stop-ended':
        this.#enterPhase(event.groupId, 'ended');
        return;
      case 'alarm-raised': {
        const { id, text, orderId } = event.alarm;
        this.alarms.set(id, { id, at, text, orderId });
        return;
      }
      case 'alarm-cleared':
        this.alarms.delete(event.alarmId);
        return;
      default: // says nothing about orders, fills or positions
    }
  }

  #insert(order: Extract<EngineEvent, { type: 'order-adopted' }>['order']): void {
    const { spec } = order;
    this.orders.set(order.id, {
      id: order.id,
      number: order.number,
      conId: spec.conId,
      symbol: spec.symbol,
      sign: spec.side === 'BUY' ? 1 : -1,
      role: order.group?.role ?? null,
      groupId: order.group?.id ?? null,
      isOurs: order.origin !== 'external',
      timeInForce: spec.timeInForce,
      quantity: Number(spec.quantity),
      terms: spec.terms,
      phase: order.state.phase,
      hold: order.state.phase === 'pending' ? order.state.hold : null,
      filled: Number(order.filled),
      changingTo: null,
    });
    this.#touch(spec.conId);
  }

  #intend({ orders, group, oco, stop }: Extract<EngineEvent, { type: 'orders-intended' }>): void {
    for (const order of orders) this.#insert(order);
    if (group !== null) {
      const { id, parent, takeProfit, stopLoss, covers, opened, closed } = group;
      this.brackets.set(id, { id, parent, takeProfit, stopLoss, covers, opened, isClosed: closed !== null });
    }
    if (oco !== undefined) {
      const legs = oco.legs.map(({ order, quantity }) => ({ order, quantity: Number(quantity) }));
      const { id, custody, onOverfill, onPartialFill, sharing, flattenedBy, closed } = oco;
      this.ocos.set(id, {
        id,
        custody,
        onOverfill,
        onPartialFill,
        sharing,
        legs,
        flattenedBy,
        isClosed: closed !== null,
      });
    }
    if (stop !== undefined) this.#keepStop(stop);
  }

  #keepStop({ id, conId, plan, opened, order, state }: Extract<EngineEvent, { type: 'stop-awaited' }>['stop']): void {
    this.stops.set(id, { id, conId, kind: plan.kind, opened, order, phase: state.phase });
    this.#touch(conId);
  }

  #enterPhase(id: string, phase: string): void {
    const stop = present(this.stops.get(id), 'the stop');
    stop.phase = phase;
    this.#touch(stop.conId);
  }

  #change(id: string, change: (order: ShadowOrder) => void): void {
    const order = present(this.orders.get(id), `the order ${id}`);
    change(order);
    this.#touch(order.conId);
  }

  #fill(fill: Extract<EngineEvent, { type: 'fill-recorded' }>['fill']): void {
    const shadow: ShadowFill = {
      execId: fill.execId,
      orderId: fill.orderId,
      conId: fill.conId,
      shares: Number(fill.quantity),
      sign: fill.side === 'BUY' ? 1 : -1,
      price: fill.price,
    };
    this.fills.set(shadow.execId, shadow);
    this.families.set(familyOf(shadow.execId), shadow.execId);
    this.#move(shadow, 1);
  }

  #take(fill: ShadowFill): void {
    this.fills.delete(fill.execId);
    this.#move(fill, -1);
  }

  #move({ orderId, conId, shares, sign }: ShadowFill, direction: 1 | -1): void {
    this.#place(conId, (this.positions.get(conId) ?? 0) + direction * sign * shares);
    const order = orderId === null ? undefined : this.orders.get(orderId);
    if (order !== undefined) order.filled += direction * shares;
  }

  #place(conId: number, shares: number): void {
    this.positions.set(conId, shares);
    this.#touch(conId);
  }

  #touch(conId: number): void {
    this.#unsettled.add(conId);
    this.#touched.add(conId);
  }
}

/** What is left of an order once IBKR has done what it was asked. */
function askedLeavesOf({ quantity, changingTo, filled }: ShadowOrder): number {
  return Math.max(0, Math.min(quantity, changingTo?.quantity ?? quantity) - filled);
}

/** What all versions of an execution's id have in common: all but the last part. */
export function familyOf(execId: string): string {
  return execId.slice(0, execId.lastIndexOf('.'));
}
