import {
  isFinal,
  textOfKey,
  type OcaMembership,
  type OrderKey,
  type SimulatedExecution,
  type SimulatedOrder,
} from '#simulator/simulated-order';

/** Orders kept in memory; beyond that the oldest final ones are forgotten. */
const ORDERS_KEPT_MAX = 20_000;
/** Executions kept in memory; the oldest is forgotten first. */
const EXECUTIONS_KEPT_MAX = 50_000;
/** Ids of refused children that may be sent again. */
const RETRIES_KEPT_MAX = 1_000;
const NONE: ReadonlySet<SimulatedOrder> = new Set();

/** The broker's book-keeping of orders: by key, by stock, by OCA group, and the ids that were used. */
export class OrderStore {
  readonly #orders = new Set<SimulatedOrder>();
  /** The newest order of each key: ids are issued again after they were rolled back. */
  readonly #byKey = new Map<string, SimulatedOrder>();
  readonly #working = new Map<number, Set<SimulatedOrder>>();
  readonly #ocaGroups = new Map<string, Set<SimulatedOrder>>();
  readonly #highestId = new Map<number, number>();
  readonly #retriable = new Set<string>();
  /** Ids that stay used though they were rolled back: their orders were live. */
  readonly #remembered = new Set<string>();
  readonly #executions: SimulatedExecution[] = [];
  readonly #executionsBySymbol = new Map<string, number>();
  readonly #ordersMax: number;
  readonly #executionsMax: number;

  constructor(ordersMax: number = ORDERS_KEPT_MAX, executionsMax: number = EXECUTIONS_KEPT_MAX) {
    this.#ordersMax = ordersMax;
    this.#executionsMax = executionsMax;
  }

  add(order: SimulatedOrder): void {
    this.#retriable.delete(textOfKey(order));
    this.#orders.add(order);
    this.#byKey.set(textOfKey(order), order);
    order.parent?.children.push(order);
    if (this.#orders.size > this.#ordersMax) this.#forgetOldestFinal();
  }

  get(key: OrderKey): SimulatedOrder | undefined {
    return this.#byKey.get(textOfKey(key));
  }

  /** Every order kept, oldest first. */
  all(): readonly SimulatedOrder[] {
    return [...this.#orders];
  }

  addExecution(execution: SimulatedExecution): void {
    const { symbol } = execution.order.instrument;
    this.#executionsBySymbol.set(symbol, this.executionsIn(symbol) + 1);
    this.#executions.push(execution);
    if (this.#executions.length > this.#executionsMax) this.#executions.shift();
  }

  /** The executions kept, oldest first. */
  executions(): readonly SimulatedExecution[] {
    return this.#executions;
  }

  /** The execution with this id, if it is kept. */
  execution(execId: string): SimulatedExecution | undefined {
    return this.#executions.findLast((execution) => execution.execId === execId);
  }

  /** How many executions there were in `symbol`. */
  executionsIn(symbol: string): number {
    return this.#executionsBySymbol.get(symbol) ?? 0;
  }

  /** True when a price change of the instrument has orders to look at. */
  hasLiveOn(instrumentIndex: number): boolean {
    return this.#working.has(instrumentIndex);
  }

  /** Transmitted orders of one stock that are not final, oldest first: all that one price change has to look at. */
  liveOn(instrumentIndex: number): readonly SimulatedOrder[] {
    return [...(this.#working.get(instrumentIndex) ?? NONE)];
  }

  /** Every transmitted order that is not final. */
  live(): readonly SimulatedOrder[] {
    return [...this.#working.values()].flatMap((orders) => [...orders]);
  }

  goLive(order: SimulatedOrder): void {
    addTo(this.#working, order.instrument.index, order);
  }

  /** Puts an order into a group, and takes it out of the one it was in. */
  join(order: SimulatedOrder, oca: OcaMembership): void {
    if (order.oca !== undefined) removeFrom(this.#ocaGroups, order.oca.group, order);
    order.oca = oca;
    addTo(this.#ocaGroups, oca.group, order);
  }

  membersOf(oca: OcaMembership): readonly SimulatedOrder[] {
    return [...(this.#ocaGroups.get(oca.group) ?? NONE)];
  }

  /** Takes a final order off the stock and its group. */
  retire(order: SimulatedOrder): void {
    removeFrom(this.#working, order.instrument.index, order);
    if (order.oca !== undefined) removeFrom(this.#ocaGroups, order.oca.group, order);
  }

  noteId({ clientId, orderId }: OrderKey): void {
    this.#highestId.set(clientId, Math.max(orderId, this.#highestIdOf(clientId)));
  }

  /** Lets an id be sent again though it was seen: a child that came before its parent is no used id. */
  allowRetry(key: OrderKey): void {
    const [oldest = ''] = this.#retriable;
    if (this.#retriable.size === RETRIES_KEPT_MAX) this.#retriable.delete(oldest);
    this.#retriable.add(textOfKey(key));
  }

  /** True when a new order of the client may have this id. */
  isFree(key: OrderKey): boolean {
    const text = textOfKey(key);
    if (this.#remembered.has(text)) return false;
    return key.orderId > this.#highestIdOf(key.clientId) || this.#retriable.has(text);
  }

  #highestIdOf(clientId: number): number {
    return this.#highestId.get(clientId) ?? 0;
  }

  /** Forgets which ids were used, but for those of its live orders, as a TWS may when it restarts: the next one is 1 again. */
  rollBackIds(): void {
    this.#highestId.clear();
    this.#remembered.clear();
    for (const order of this.#orders) if (!isFinal(order)) this.#remembered.add(textOfKey(order));
  }

  /** The first id above every one that was used. */
  nextId(): number {
    return Math.max(0, ...this.#highestId.values()) + 1;
  }

  #forgetOldestFinal(): void {
    for (const order of this.#orders) {
      if (!isFinal(order)) continue;
      this.#orders.delete(order);
      if (this.get(order) === order) this.#byKey.delete(textOfKey(order));
      return;
    }
  }
}

function addTo<K>(sets: Map<K, Set<SimulatedOrder>>, key: K, order: SimulatedOrder): void {
  const set = sets.get(key);
  if (set === undefined) sets.set(key, new Set([order]));
  else set.add(order);
}

function removeFrom<K>(sets: Map<K, Set<SimulatedOrder>>, key: K, order: SimulatedOrder): void {
  const set = sets.get(key);
  if (set?.delete(order) === true && set.size === 0) sets.delete(key);
}
