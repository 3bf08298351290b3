import type { JournaledEvent } from '#domain/engine-event';
import { snapshotOf } from '#domain/state-snapshot';
import { stopOf } from '#domain/order-spec';
import { apply, emptyWorkstationState, type WorkstationState } from '#domain/workstation-state';
import type { BrokerFact, Effect } from '#ports/broker-port';
import type { ExchangeEvent } from '#simulator/exchange-types';
import { parseUnits } from '#simulator/fixed';
import { isFinal, type OrderRequest, type SimulatedExecution } from '#simulator/simulated-order';
import { Approvals } from '#test/storm/approvals';
import { closedBy, isProtective, protectionOf, shareFilledOf, surplusOf } from '#test/storm/exit-accounts';
import type { FaultyLine } from '#test/storm/faulty-line';
import { familyOf, ShadowLedger, type ShadowOrder } from '#test/storm/shadow-ledger';
import { ShadowLimits } from '#test/storm/shadow-limits';
import type { Life, World } from '#test/storm/world';

/**
 * What always holds, by number (0: no part of the workstation breaks). All of it is computed from the journal's events,
 * the exchange's own books and the messages on the line, never by the engine's own functions.
 */
export const INVARIANTS = {
  0: 'no part of the workstation breaks',
  1: 'nothing reaches the broker without an approved decision and a durable intent',
  2: 'exits are never more than what is open, and what is open is protected, or an alarm stands',
  3: 'no automatic change moves a stop against the position, or past the market',
  4: 'one order of ours is one order at the broker',
  5: 'an OCO group fills once, or it is noticed',
  6: 'the ledger is what the broker executed, and unknown is never shown as known',
  7: 'at approval the worst case is within the limits',
  8: 'the journal replays to the same state, and a replica equals the engine',
} as const;
export type InvariantNumber = keyof typeof INVARIANTS;

export interface Violation {
  readonly invariant: InvariantNumber;
  readonly what: string;
  readonly atMs: number;
}

/** A remainder without a stop has its alarm by then. */
const NAKED_MS_MAX = 2_000;
/** An excess that facts made is taken away by then, or an alarm stands. */
const EXCESS_MS_MAX = 20_000;
/** Siblings of an OCO fill are gone or smaller by then, or an alarm stands. */
const SIBLINGS_MS_MAX = 20_000;

type LineRequest = Parameters<FaultyLine['send']>[0];

/** Watches a world and keeps the first thing that must not be. */
export class Invariants {
  violation: Violation | null = null;
  ledger = new ShadowLedger();
  #limits = new ShadowLimits();
  readonly #world: World;
  /** Our orders at the broker, by our own id: the permanent ids that IBKR gave. */
  readonly #permIds = new Map<string, number>();
  /** Which changes are a manager's. */
  readonly #automatic = new WeakSet<OrderRequest>();
  #isAutomatic = false;
  readonly #touch = new Map<number, { bid: number | null; ask: number | null }>();
  /** The latest version of each execution that this process heard. */
  readonly #heard = new Map<string, SimulatedExecution['execId']>();
  readonly #heardShares = new Map<string, number>();
  /** Since when something has been wrong that may be for a while. */
  readonly #since = new Map<string, number>();
  readonly #watchedIds = new Set<number>();
  #folded: { readonly state: WorkstationState; text: string | null } = {
    state: emptyWorkstationState('paper'),
    text: null,
  };

  constructor(world: World) {
    this.#world = world;
  }

  onStarted(): void {
    this.ledger = ShadowLedger.of(this.#world.disk.entries);
    this.#limits = ShadowLimits.of(this.#world.disk.entries);
    this.#approvals = this.#approvalsNow();
    for (const conId of this.ledger.takeTouched()) this.#watchedIds.add(conId);
    this.#heard.clear();
    this.#heardShares.clear();
    this.#since.clear();
    this.#touch.clear();
  }

  onAppended(entries: readonly JournaledEvent[]): void {
    for (const entry of entries) this.#follow(entry);
    for (const conId of this.ledger.takeTouched()) this.#watchedIds.add(conId);
  }

  onFact(fact: BrokerFact): void {
    if (fact.kind === 'quote') {
      const touch = this.#touch.get(fact.conId) ?? { bid: null, ask: null };
      if (fact.patch.bid !== undefined) touch.bid = Number(fact.patch.bid);
      if (fact.patch.ask !== undefined) touch.ask = Number(fact.patch.ask);
      this.#touch.set(fact.conId, touch);
    }
    if (fact.kind !== 'execution') return;
    const { execId, quantity } = fact.execution;
    const family = familyOf(execId);
    if ((this.#heard.get(family) ?? '') > execId) return;
    this.#heard.set(family, execId);
    this.#heardShares.set(family, Number(quantity));
  }

  onPerforming(effect: Effect): void {
    this.#isAutomatic = false;
    if (effect.kind !== 'place' && effect.kind !== 'modify' && effect.kind !== 'cancel') return;
    const { disk, life } = this.#world;
    const durable = disk.lastSequence;
    const intent = this.ledger.intents.get(effect.id);
    const mayRun = effect.kind === 'modify' && effect.priority === 'trail';
    const isJournalGone = life?.journal.hasFailed === true;
    if (effect.kind === 'cancel') {
      if (!isJournalGone && (intent === undefined || intent.sequence > durable)) {
        this.#violate(1, `cancel ${effect.id} goes out, and its intent is ${placeOf(intent, durable)}`);
      }
      return;
    }
    if (intent === undefined || (intent.sequence > durable && !mayRun)) {
      this.#violate(1, `${effect.kind} ${effect.id} goes out, and its intent is ${placeOf(intent, durable)}`);
      return;
    }
    const approved = effect.kind === 'place' ? effect.legs : effect.order;
    const approval = this.ledger.approvals.get(approved.decisionId);
    if (approval?.outcome !== 'approved' || approval.sequence > durable) {
      this.#violate(
        1,
        `${effect.kind} ${effect.id} goes out by decision ${approved.decisionId}, which is ${approval?.outcome ?? 'not written down'}`,
      );
    }
    if (effect.kind === 'place') this.#checkCovers(effect.legs.value);
    this.#isAutomatic = intent.type === 'stop-ratcheted' || this.#managers.has(effect.id);
  }

  /** A cover adds to the exits of its bracket unless it goes into the OCA group that their target is in at the broker. */
  #checkCovers(legs: Extract<Effect, { kind: 'place' }>['legs']['value']): void {
    for (const { id, role, oca, spec } of legs) {
      const bracket = [...this.ledger.brackets.values()].find(({ covers }) => covers.includes(id));
      if (role !== 'cover' || bracket === undefined) continue;
      const target = this.#world.exchange.orders().find(({ orderRef }) => orderRef === bracket.takeProfit);
      if (oca !== null && target?.oca?.group === oca.group) continue;
      const before = protectionOf(this.ledger, spec.conId).exitLeaves;
      this.ledger.beside.add(id);
      this.#checkRaised('a cover outside the group of its target', spec.conId, before);
    }
  }

  onWritten(request: LineRequest): void {
    if (request.kind === 'modify' && this.#isAutomatic) this.#automatic.add(request.request);
  }

  onArriving(request: LineRequest): void {
    if (request.kind !== 'modify' || !this.#automatic.has(request.request)) return;
    const order = this.#world.exchange.order(request.request);
    if (order === undefined || isFinal(order)) return;
    const trails = order.orderType === 'TRAIL' || order.orderType === 'TRAIL LIMIT';
    const asked = parseUnits(trails ? request.request.trailStopPrice : request.request.stopPrice) ?? 0;
    const rests = trails ? order.terms.trailStopPrice : order.terms.stopPrice;
    if (asked === 0 || rests === 0 || asked === rests) return;
    if (order.action === 'SELL' ? asked < rests : asked > rests) {
      this.#violate(
        3,
        `the stop of order ${order.orderId} (${order.action}) rests at ${rests} and is moved to ${asked}, against the position`,
      );
    }
  }

  onExchange(event: ExchangeEvent): void {
    if (event.kind !== 'order' || event.why !== 'new') return;
    const { orderRef, permId, clientId } = event.order;
    if (orderRef === '' || clientId !== this.#world.options.clientId) return;
    const known = this.#permIds.get(orderRef);
    if (known !== undefined && known !== permId) this.#violate(4, `order ${orderRef} is at the broker twice`);
    this.#permIds.set(orderRef, permId);
  }

  onDied({ replica, journal }: Life): void {
    // Without a journal what is shown is marked as not durable.
    if (!journal.hasFailed) this.#compareReplica(replica.state);
    if (this.#world.faults.length > 0) this.#violate(0, String(this.#world.faults[0]));
  }

  /** After each happening: what was touched, and what has been wrong for a while. */
  afterStep(): void {
    if (this.#world.faults.length > 0) {
      const [fault] = this.#world.faults;
      this.#violate(0, fault instanceof Error ? (fault.stack ?? fault.message) : String(fault));
    }
    const { life } = this.#world;
    if (life === null || !life.clock.isAwake || life.journal.hasFailed) {
      this.#since.clear();
      return;
    }
    for (const conId of this.#watchedIds) if (!this.#watch(conId)) this.#watchedIds.delete(conId);
  }

  /** When everything has come to rest and nothing is wrong any more: the ledger is the broker's books. */
  async atEnd(): Promise<void> {
    const { disk, exchange, life, options } = this.#world;
    await this.#world.feedReplica();
    if (life === null) {
      this.#violate(0, 'no process runs at the end');
      return;
    }
    const { workstation, journal } = life;
    this.#compareHeard();
    if (this.ledger.connection !== 'ready') this.#violate(6, `the session is ${this.ledger.connection} at the end`);
    for (const holding of exchange.holdings()) {
      const ours = this.ledger.positions.get(holding.instrument.conId) ?? 0;
      if (ours !== holding.shares) {
        this.#violate(6, `the ledger has ${ours} ${holding.instrument.symbol}, the broker ${holding.shares}`);
      }
    }
    const byRef = new Map(exchange.orders().map((it) => [it.orderRef, it]));
    for (const order of this.ledger.orders.values()) {
      if (!order.isOurs || order.phase === 'denied') continue;
      const its = byRef.get(order.id);
      const isLive = its !== undefined && !isFinal(its) && its.stage !== 'held';
      if (isLive !== this.ledger.isLive(order)) {
        this.#violate(6, `order ${order.number} is ${order.phase}, at the broker it is ${its?.stage ?? 'not known'}`);
      }
      const filled = its?.filled ?? 0;
      if (filled !== order.filled) {
        this.#violate(6, `order ${order.number} filled ${order.filled}, at the broker ${filled}`);
      }
      if (isLive && its.terms.quantity !== order.quantity) {
        this.#violate(6, `order ${order.number} is for ${order.quantity}, at the broker for ${its.terms.quantity}`);
      }
    }
    for (const order of exchange.orders()) {
      if (isFinal(order) || order.stage === 'held' || order.clientId !== options.clientId || order.orderId < 0)
        continue;
      if (!this.ledger.orders.has(order.orderRef))
        this.#violate(6, `the broker has order ${order.orderRef}, the ledger has not`);
    }
    if (journal.durableSequence === workstation.state.sequence) {
      this.#compare(workstation.state, disk.lastSequence, 'the engine');
      this.#compareReplica(life.replica.state);
      const { replica } = life;
      if (replica.state !== null && replica.state.sequence !== workstation.state.sequence) {
        this.#violate(
          8,
          `the replica stands at ${replica.state.sequence}, the engine at ${workstation.state.sequence}`,
        );
      }
    }
  }

  readonly #managers = new Set<string>();
  #approvals = this.#approvalsNow();

  #approvalsNow(): Approvals {
    return new Approvals(this.ledger, this.#limits, (conId) => this.#touch.get(conId));
  }

  #follow(entry: JournaledEvent): void {
    const { event } = entry;
    if (event.type === 'modification-requested' && event.origin === 'manager') {
      this.#managers.add(event.modification.effectId);
    }
    if (event.type === 'stop-ratcheted') {
      const order = this.ledger.orders.get(event.id);
      if (order !== undefined) this.#checkRatchet(order, stopOf(event.modification.terms));
    }
    const subject = this.#subjectOf(event);
    const before = subject === null ? 0 : protectionOf(this.ledger, subject).exitLeaves;
    const pledged = subject === null || event.type !== 'orders-intended' ? null : this.#worstOf(subject);
    const reaches = this.#approvals.reachesOf(event);
    this.ledger.take(entry);
    this.#limits.take(entry);
    const wrong =
      event.type === 'decision-made'
        ? this.#approvals.whyDeniedWrongly(event.decision)
        : this.#approvals.whyWrong(event, reaches);
    if (wrong !== null) this.#violate(7, wrong);
    if (subject === null) {
      this.#checkConnection(event);
      return;
    }
    this.#checkRaised(event.type, subject, before);
    if (pledged !== null) this.#checkWorst(subject, pledged);
  }

  #checkRaised(by: string, conId: number, before: number): void {
    const { exitLeaves, position } = protectionOf(this.ledger, conId);
    if (exitLeaves <= before || exitLeaves <= Math.abs(position)) return;
    this.#violate(2, `${by} raises what exits may close from ${before} to ${exitLeaves}, and ${position} are held`);
  }

  /** The instrument whose exits or risk an intent of ours is about. */
  #subjectOf(event: JournaledEvent['event']): number | null {
    if (event.type === 'orders-intended') return event.orders[0]?.spec.conId ?? null;
    if (event.type !== 'modification-requested' && event.type !== 'stop-ratcheted') return null;
    const order = this.ledger.orders.get(event.id);
    return order === undefined || !isProtective(order) ? null : order.conId;
  }

  #checkRatchet(order: ShadowOrder, stop: string | null): void {
    const touch = this.#touch.get(order.conId);
    if (stop === null || touch === undefined) return;
    const now = Number(stop);
    const rested = Number(stopOf(order.terms) ?? stop);
    if (order.sign < 0 ? now < rested : now > rested) {
      this.#violate(3, `the stop of order ${order.number} goes from ${rested} to ${now}, against the position`);
    }
    const market = order.sign < 0 ? touch.bid : touch.ask;
    if (market !== null && (order.sign < 0 ? now > market : now < market)) {
      this.#violate(3, `the stop of order ${order.number} goes to ${now}, past the market at ${market}`);
    }
  }

  #checkConnection(event: JournaledEvent['event']): void {
    if (event.type !== 'connection-changed') return;
    if (event.connection.phase === 'reconciling') this.#compareHeard();
  }

  /** The lowest that the position may become by what is live, exits of one position counted once. */
  #worstOf(conId: number): number {
    const position = this.ledger.positions.get(conId) ?? 0;
    const sells = [...this.ledger.orders.values()].filter(
      (it) => it.conId === conId && it.sign < 0 && this.ledger.isLive(it),
    );
    const { exitLeaves } = protectionOf(this.ledger, conId);
    const plain = sells.filter((it) => !isProtective(it) && it.role !== 'oco');
    const inOcos = [...this.ledger.ocos.values()].reduce((sum, { legs }) => {
      const leaves = legs
        .map(({ order }) => sells.find(({ id }) => id === order))
        .map((it) => this.ledger.leavesOf(it?.id ?? null));
      return sum + Math.max(0, ...leaves);
    }, 0);
    const closing = plain.reduce((sum, it) => sum + this.ledger.leavesOf(it.id), 0) + inOcos;
    return position - Math.max(closing, position > 0 ? exitLeaves : 0);
  }

  #checkWorst(conId: number, before: number): void {
    if (this.#world.options.settings.risk.allowShort) return;
    const worst = this.#worstOf(conId);
    if (worst < 0 && worst < before) {
      this.#violate(
        7,
        `an order was approved by which the position may become ${worst} (${before} before), and short is not allowed`,
      );
    }
  }

  /** @returns whether anything is left to watch. */
  #watch(conId: number): boolean {
    const symbol = this.#symbolOf(conId);
    const account = protectionOf(this.ledger, conId);
    const naked = Math.min(account.open, Math.abs(account.position)) - account.confirmedStops;
    const excess = account.exitLeaves - Math.abs(account.position);
    const isReady = this.ledger.connection === 'ready';
    const alarmed = this.#hasAlarm(conId, symbol);
    const wrong = [
      this.#lasts(
        `naked:${conId}`,
        isReady && naked > 0 && !alarmed,
        NAKED_MS_MAX,
        2,
        `${naked} ${symbol} have no stop, and no alarm stands`,
      ),
      this.#lasts(
        `excess:${conId}`,
        isReady && excess > 0 && !alarmed,
        EXCESS_MS_MAX,
        2,
        `exits may close ${account.exitLeaves} ${symbol}, and ${account.position} are held`,
      ),
    ];
    for (const bracket of this.ledger.brackets.values()) {
      if (this.ledger.orders.get(bracket.parent)?.conId !== conId) continue;
      const over = closedBy(this.ledger, bracket) - this.ledger.filledOf(bracket.parent);
      wrong.push(
        this.#lasts(
          `over:${bracket.id}`,
          isReady && over > 0 && !alarmed,
          NAKED_MS_MAX,
          5,
          `exits of ${bracket.id} closed ${over} more than their entry had, and no alarm stands`,
        ),
      );
    }
    for (const oco of this.ledger.ocos.values()) {
      if (!oco.legs.some(({ order }) => this.ledger.orders.get(order)?.conId === conId)) continue;
      const share = shareFilledOf(this.ledger, oco);
      const isMissed = share > 1 + 1e-9 && !this.ledger.overfilled.has(oco.id) && !alarmed;
      wrong.push(
        this.#lasts(
          `oco:${oco.id}`,
          isMissed,
          NAKED_MS_MAX,
          5,
          `OCO ${oco.id} filled ${share.toFixed(3)} times, and nobody noticed`,
        ),
      );
      for (const leg of oco.legs) {
        const surplus = surplusOf(this.ledger, oco, leg);
        wrong.push(
          this.#lasts(
            `sibling:${leg.order}`,
            isReady && surplus > 0 && !alarmed,
            SIBLINGS_MS_MAX,
            5,
            `${surplus} of ${leg.order} are too many for OCO ${oco.id}`,
          ),
        );
      }
    }
    return wrong.some((it) => it);
  }

  /** Whether `isWrong` now; a violation when it has been for longer than `maxMs`. */
  #lasts(key: string, isWrong: boolean, maxMs: number, invariant: InvariantNumber, what: string): boolean {
    if (!isWrong) {
      this.#since.delete(key);
      return false;
    }
    const since = this.#since.get(key) ?? this.#world.now;
    this.#since.set(key, since);
    if (this.#world.now - since > maxMs) this.#violate(invariant, `${what} (for ${this.#world.now - since} ms)`);
    return true;
  }

  #symbolOf(conId: number): string {
    return this.#world.exchange.find(conId, '')?.symbol ?? String(conId);
  }

  #hasAlarm(conId: number, symbol: string): boolean {
    return [...this.ledger.alarms.values()].some(
      ({ id, text, orderId }) =>
        id === 'halted' ||
        new RegExp(`\\b${symbol}\\b`).test(text) ||
        (orderId !== null && this.ledger.orders.get(orderId)?.conId === conId),
    );
  }

  /** Every execution that was heard stands in the ledger, in its latest version. */
  #compareHeard(): void {
    for (const [family, execId] of this.#heard) {
      const known = this.ledger.families.get(family);
      const fill = known === undefined ? undefined : this.ledger.fills.get(known);
      if (fill === undefined || fill.execId < execId)
        this.#violate(6, `execution ${execId} was heard and is not in the ledger`);
      else if (fill.execId === execId && fill.shares !== this.#heardShares.get(family)) {
        this.#violate(6, `execution ${execId} stands in the ledger with ${fill.shares} shares`);
      }
    }
    for (const order of this.ledger.orders.values()) {
      if (order.phase === 'submitting' && this.ledger.connection === 'disconnected') {
        this.#violate(6, `order ${order.number} is shown as submitting, and the link is down`);
      }
    }
  }

  #compareReplica(replica: WorkstationState | null): void {
    if (replica === null) return;
    const { disk } = this.#world;
    if (replica.sequence > disk.lastSequence) {
      this.#violate(8, `a replica was shown event ${replica.sequence}, and the disk ends at ${disk.lastSequence}`);
      return;
    }
    this.#compare(replica, replica.sequence, 'a replica');
  }

  #compare(state: WorkstationState, sequence: number, whose: string): void {
    const [ours, theirs] = [JSON.stringify(snapshotOf(state)), this.#foldedTo(sequence)];
    if (ours !== theirs) this.#violate(8, `${whose} differs from the journal: ${firstDifference(ours, theirs)}`);
  }

  /** The state that the disk's first `sequence` entries fold to, in words. What is on disk stays, so folding goes on from before. */
  #foldedTo(sequence: number): string {
    if (this.#folded.state.sequence > sequence) this.#folded = { state: emptyWorkstationState('paper'), text: null };
    const { state } = this.#folded;
    for (const entry of this.#world.disk.entries.slice(state.sequence, sequence)) {
      apply(state, entry);
      this.#folded.text = null;
    }
    this.#folded.text ??= JSON.stringify(snapshotOf(state));
    return this.#folded.text;
  }

  #violate(invariant: InvariantNumber, what: string): void {
    this.violation ??= { invariant, what, atMs: this.#world.now - this.#world.startedAt };
  }
}

function placeOf(intent: { readonly sequence: number } | undefined, durable: number): string {
  return intent === undefined ? 'nowhere' : `event ${intent.sequence}, and the disk ends at ${durable}`;
}

function firstDifference(a: string, b: string): string {
  let at = 0;
  while (a[at] === b[at]) at += 1;
  return `${a.slice(Math.max(0, at - 60), at + 60)} ≠ ${b.slice(Math.max(0, at - 60), at + 60)}`;
}
