import type { CommandReply } from '#domain/command';
import type { EngineEvent, JournaledEvent } from '#domain/engine-event';
import { present } from '#domain/assert';
import {
  clientOrderId,
  decisionId,
  effectId,
  groupId,
  ibOrderId,
  sequence,
  type ClientOrderId,
  type ConId,
  type DecisionId,
  type EffectId,
  type EpochMs,
  type ExecId,
  type GroupId,
  type IbOrderId,
} from '#domain/ids';
import { isMeantBySymbol } from '#domain/instrument';
import { isLive, type OrderRecord } from '#domain/order-record';
import type { RiskOverride } from '#domain/risk-override';
import { apply } from '#domain/workstation-state';
import type { EngineState } from '#engine/engine-state';
import { noteRequest } from '#engine/orders/message-budget';
import { indexBracket, indexStop } from '#engine/open-protection';
import type { Effect } from '#ports/broker-port';

/** What one step decided. Effects, reply and publication wait until `entries` are durable. */
export interface Step {
  readonly entries: readonly JournaledEvent[];
  readonly effects: readonly Effect[];
  readonly reply: CommandReply | null;
}

/**
 * The workbench of one step: events are folded into the state the moment they are decided, so that every later line of
 * the same step sees their result.
 */
export class Turn {
  readonly state: EngineState;
  readonly at: EpochMs;
  readonly #entries: JournaledEvent[] = [];
  readonly #effects: Effect[] = [];
  readonly #touchedOrders = new Set<ClientOrderId>();
  readonly #movedPositions = new Set<ConId>();
  readonly #dirty = new Set<ConId>();
  readonly #touchedFills = new Set<ExecId>();
  /** What the command of this step may let pass; null: nothing. */
  override: RiskOverride | null = null;
  #reply: CommandReply | null = null;

  constructor(state: EngineState, at: EpochMs) {
    this.state = state;
    this.at = at;
  }

  /** Decides `event`: it is folded now and journaled before anything of this step is acted on. */
  emit(event: EngineEvent): void {
    const { durable, observed } = this.state;
    const entry: JournaledEvent = { sequence: sequence(durable.sequence + 1), at: this.at, event };
    const touched = apply(durable, entry);
    this.#entries.push(entry);
    noteRequest(observed, event, this.at);
    for (const id of touched.orders ?? []) {
      const order = present(durable.orders.get(id), 'the touched order');
      observed.identity.learn(order);
      this.#index(order);
      this.#touchedOrders.add(id);
      this.#dirty.add(order.spec.conId);
    }
    for (const conId of touched.instruments ?? []) {
      const instrument = present(durable.instruments.get(conId), 'the touched instrument');
      if (isMeantBySymbol(instrument)) observed.conIdBySymbol.set(instrument.symbol, conId);
      this.#dirty.add(conId);
    }
    for (const id of touched.groups ?? []) {
      indexBracket(observed, present(durable.groups.get(id), 'the touched bracket'));
    }
    for (const id of touched.protectiveStops ?? []) {
      indexStop(observed, present(durable.protectiveStops.get(id), 'the touched protective stop'));
    }
    for (const conId of touched.positions ?? []) {
      this.#movedPositions.add(conId);
      this.#dirty.add(conId);
    }
    for (const execId of touched.fills ?? []) {
      this.#touchedFills.add(execId);
      const fill = durable.fills.get(execId);
      if (fill !== undefined) this.#dirty.add(fill.conId);
    }
    if (event.type === 'settings-changed' || event.type === 'limits-changed') this.markAllDirty();
  }

  /** Asks for `effect` once this step is durable. */
  ask(effect: Effect): void {
    this.#effects.push(effect);
  }

  /** Answers the command of this step. */
  answer(reply: CommandReply): void {
    this.#reply = reply;
  }

  /** The orders touched so far, each once; managers look at these and no others. */
  takeTouchedOrders(): readonly ClientOrderId[] {
    const touched = [...this.#touchedOrders];
    this.#touchedOrders.clear();
    return touched;
  }

  /** What the portfolio counts of `conId` may be another now: its price or its exchange rate changed. */
  markDirty(conId: ConId): void {
    this.#dirty.add(conId);
  }

  /** What everything that was ever held counts may be another now: a limit or an exchange rate changed. */
  markAllDirty(): void {
    for (const conId of this.state.durable.positions.keys()) this.#dirty.add(conId);
  }

  /** The fills that came, were replaced, or have their commission since this was last asked, each once. */
  takeTouchedFills(): readonly ExecId[] {
    const touched = [...this.#touchedFills];
    this.#touchedFills.clear();
    return touched;
  }

  /** The instruments whose part of the portfolio may have changed since this was last asked, each once. */
  takeDirty(): readonly ConId[] {
    const dirty = [...this.#dirty];
    this.#dirty.clear();
    return dirty;
  }

  /** The instruments whose positions this step has moved. */
  get movedPositions(): readonly ConId[] {
    return [...this.#movedPositions];
  }

  finish(): Step {
    return { entries: this.#entries, effects: this.#effects, reply: this.#reply };
  }

  newClientOrderId(): ClientOrderId {
    return clientOrderId(this.#newId());
  }

  newDecisionId(): DecisionId {
    return decisionId(`d-${this.#newId()}`);
  }

  newEffectId(): EffectId {
    return effectId(`e-${this.#newId()}`);
  }

  newGroupId(): GroupId {
    return groupId(`g-${this.#newId()}`);
  }

  /** The next IBKR order id: above everything IBKR, the journal or this session has ever shown. */
  newIbOrderId(): IbOrderId {
    this.state.observed.highestOrderId += 1;
    return ibOrderId(this.state.observed.highestOrderId);
  }

  order(id: ClientOrderId): OrderRecord {
    return present(this.state.durable.orders.get(id), 'the order');
  }

  #newId(): string {
    const { durable, observed } = this.state;
    observed.idCounter += 1;
    return `${present(durable.runId, 'the run id')}-${String(observed.idCounter)}`;
  }

  #index(order: OrderRecord): void {
    const { liveByInstrument } = this.state.observed;
    const live = liveByInstrument.get(order.spec.conId);
    if (!isLive(order)) live?.delete(order.id);
    else if (live === undefined) liveByInstrument.set(order.spec.conId, new Set([order.id]));
    else live.add(order.id);
  }
}
