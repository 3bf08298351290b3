import type { Command, CommandReply } from '#domain/command';
import type { JournaledEvent } from '#domain/engine-event';
import { laterBy, type EpochMs } from '#domain/ids';
import { formatUnits } from '#simulator/fixed';
import { Dice } from '#test/storm/dice';
import { FaultMaker } from '#test/storm/faults';
import { Invariants, type Violation } from '#test/storm/invariants';
import { FAULTS, wordsOf, type Action, type FaultKind, type Moment, type Script } from '#test/storm/script';
import { commandOf, limitsFileOf, settingsOf } from '#test/storm/trader';
import { World, type Tampering, type WorldWatcher } from '#test/storm/world';

/** The workstation is connected and its market known by then. */
const WARM_UP_MS = 2_000;
/** After the last action faults end, and what is left undone is done; then the market stands still for a while. */
const CALM_MS = 24_000;
const STILL_MS = 35_000;
/** Facts that come all the time, and that a trace leaves out. */
const ROUTINE: ReadonlySet<string> = new Set(['quote', 'heartbeat', 'account-value']);
/** What is traded. */
const SYMBOLS = ['AAPL', 'GOOGL'] as const;
const CLIENT_IDS = [1, 1, 1, 0] as const;

/** How a scenario went. */
export interface Outcome {
  readonly script: Script;
  readonly violation: Violation | null;
  /** How often each thing was done, and how often there was nothing to do it to. */
  readonly done: ReadonlyMap<string, number>;
  readonly events: number;
}

export interface RunOptions {
  readonly tampering?: Tampering;
  /** Told in words what happens. */
  readonly trace?: (line: string) => void;
}

/** Lives through a scenario, to its end or to the first thing that must not be. */
export async function run(script: Script, { tampering = {}, trace }: RunOptions = {}): Promise<Outcome> {
  const run = new Run(script, tampering, trace);
  await run.live();
  return { script, violation: run.invariants.violation, done: run.done, events: run.events };
}

const isFault = (what: Action['what']): what is FaultKind => FAULTS.some((it) => it === what);

class Run {
  readonly done = new Map<string, number>();
  readonly invariants: Invariants;
  events = 0;
  readonly #script: Script;
  readonly #world: World;
  readonly #faults: FaultMaker;
  readonly #trace: ((line: string) => void) | undefined;
  readonly #counts = new Map<Moment, number>();
  /** Actions that wait for a moment. */
  #waiting: Action[];
  #isCalm = false;

  constructor(script: Script, tampering: Tampering, trace: ((line: string) => void) | undefined) {
    this.#script = script;
    this.#trace = trace;
    const dice = new Dice(script.seed ^ 0x5f_37_59);
    this.#world = new World(
      {
        seed: script.seed,
        settings: settingsOf(dice),
        limitsFile: limitsFileOf(SYMBOLS, dice),
        correlation: dice.pick([null, 0.9, -0.8, 0.3]),
        exchange: {
          symbols: 2,
          speed: dice.pick([5, 20, 60]),
          bracketChildren: dice.pick(['pro-rata', 'full-fill']),
          ocaReduction: dice.pick(['share-for-share', 'proportional']),
          session: 'regular',
        },
        clientId: dice.pick(CLIENT_IDS),
        tampering,
      },
      this.#watcher(),
    );
    this.invariants = new Invariants(this.#world);
    this.#faults = new FaultMaker(this.#world);
    this.#waiting = script.actions.filter(({ when }) => 'moment' in when);
  }

  async live(): Promise<void> {
    const { clock, now } = this.#world;
    for (const action of this.#script.actions) {
      const { when } = action;
      if ('atMs' in when) clock.wakeAt(laterBy(now, WARM_UP_MS + when.atMs), () => this.#act(action));
    }
    await this.#world.start(0);
    await this.#until(laterBy(now, WARM_UP_MS + this.#script.lengthMs));
    this.#isCalm = true;
    this.#say('— faults end —');
    await this.#calm();
    await this.#until(laterBy(this.#world.now, CALM_MS / 2));
    // What was under way when faults ended may have begun another life.
    await this.#calm();
    await this.#until(laterBy(this.#world.now, CALM_MS / 2));
    this.#standStill();
    await this.#until(laterBy(this.#world.now, STILL_MS));
    if (this.invariants.violation === null) await this.invariants.atEnd();
    if (this.invariants.violation !== null) this.#say(`VIOLATION: ${this.invariants.violation.what}`);
  }

  async #until(moment: EpochMs): Promise<void> {
    if (this.invariants.violation !== null) return;
    await this.#world.runUntil(moment, () => {
      this.invariants.afterStep();
      return this.invariants.violation === null;
    });
  }

  async #calm(): Promise<void> {
    const { life } = this.#world;
    this.#faults.calm();
    // A workstation that halted itself for its disk trades again after a restart.
    if (life?.journal.hasFailed === true) {
      this.#world.kill();
      await this.#until(laterBy(this.#world.now, 1));
    }
    if (this.#world.life === null && this.invariants.violation === null) await this.#world.start(0);
    this.#faults.calm();
  }

  /** Nothing trades any more: the quotes stand where they are. */
  #standStill(): void {
    const { exchange } = this.#world;
    for (const { symbol, index } of exchange.instruments) {
      if (index > 1) continue;
      exchange.closeMarket();
      const instrument = exchange.find(0, symbol);
      if (instrument === undefined) continue;
      const { bid, ask, last } = exchange.quoteOf(instrument);
      exchange.setPrice(symbol, { bid: formatUnits(bid), ask: formatUnits(ask), last: formatUnits(last) });
    }
    exchange.openMarket();
  }

  #act(action: Action): void {
    if (this.#isCalm || this.invariants.violation !== null) return;
    const { what } = action;
    const dice = new Dice(action.dice);
    if (isFault(what)) {
      const struck = this.#faults.strike(what, dice);
      this.#count(struck === null ? `${what} (nothing to hit)` : what);
      this.#say(`FAULT ${what}: ${struck ?? 'nothing to hit'}`);
      return;
    }
    if (what === 'repeat-command') {
      this.#count(this.#world.repeat() ? what : `${what} (nothing to do)`);
      return;
    }
    const command = commandOf(this.#world, what, dice);
    if (command === null) {
      this.#count(`${what} (nothing to do)`);
      return;
    }
    this.#say(`TRADER ${JSON.stringify(command)}`);
    this.#world.command(command, (reply) => this.#onReply(command, reply));
  }

  #onReply({ kind }: Command, reply: CommandReply): void {
    this.#count(`${kind} ${reply.outcome}`);
    this.#say(
      `REPLY ${kind} ${reply.outcome} ${reply.orders.map(({ number }) => `#${number}`).join(' ')} ${reply.message}`,
    );
  }

  #count(what: string): void {
    this.done.set(what, (this.done.get(what) ?? 0) + 1);
  }

  #say(line: string): void {
    if (this.#trace === undefined) return;
    this.#trace(`${((this.#world.now - this.#world.startedAt) / 1_000).toFixed(3).padStart(8)}  ${line}`);
  }

  #reach(moment: Moment): void {
    const count = (this.#counts.get(moment) ?? 0) + 1;
    this.#counts.set(moment, count);
    for (const action of this.#waiting) {
      const { when } = action;
      if (!('moment' in when) || when.moment !== moment || when.count !== count) continue;
      this.#world.clock.wakeAt(laterBy(this.#world.now, when.delayMs), () => this.#act(action));
    }
  }

  #watcher(): WorldWatcher {
    return {
      onStarted: (life) => {
        this.#say(`— process ${life.number} starts —`);
        this.invariants.onStarted();
        this.#reach('process-started');
      },
      onAppended: (entries) => {
        this.events += entries.length;
        this.invariants.onAppended(entries);
        for (const entry of entries) this.#hearEntry(entry);
      },
      onPublished: () => undefined,
      onPerforming: (effect) => this.invariants.onPerforming(effect),
      onPerformed: (effect, outcome) => {
        if (this.#trace !== undefined) this.#say(`EFFECT ${JSON.stringify(effect)} → ${outcome.result}`);
      },
      onExchange: (event) => {
        this.invariants.onExchange(event);
        if (event.kind === 'execution') {
          const { order, shares, price } = event.execution;
          this.#say(
            `EXCHANGE ${order.orderRef} (${order.orderId}) ${order.action} fills ${shares} at ${formatUnits(price)}`,
          );
          this.#reach('execution');
        }
      },
      onFact: (fact) => {
        this.invariants.onFact(fact);
        if (this.#trace !== undefined && !ROUTINE.has(fact.kind)) this.#say(`FACT ${JSON.stringify(fact)}`);
        if (fact.kind === 'execution') this.#reach('execution-heard');
        if (fact.kind === 'link-down') this.#reach('link-down');
        if (fact.kind === 'snapshot-begun') this.#reach('snapshot-begun');
      },
      onDied: (life) => {
        this.#say(`— process ${life.number} is dead —`);
        this.invariants.onDied(life);
      },
      onWritten: (request) => {
        this.invariants.onWritten(request);
        if (request.kind === 'place' || request.kind === 'modify' || request.kind === 'cancel')
          this.#reach('order-written');
      },
      onArriving: (request) => {
        this.invariants.onArriving(request);
        if (request.kind === 'place' || request.kind === 'modify' || request.kind === 'cancel')
          this.#reach('order-arrived');
      },
      onHeard: () => undefined,
    };
  }

  #hearEntry({ sequence, event }: JournaledEvent): void {
    if (this.#trace !== undefined && event.type !== 'decision-made') {
      this.#say(`  EVENT ${sequence} ${JSON.stringify(event)}`);
    }
    if (event.type === 'connection-changed' && event.connection.phase === 'ready') this.#reach('ready');
    if (event.type === 'stop-ratcheted') this.#reach('stop-moved');
    if (event.type === 'loss-latched') this.#count('loss-latched');
  }
}

/** A scenario in words: what comes, and when. */
export function describeScript({ seed, lengthMs, actions }: Script): readonly string[] {
  return [
    `seed ${seed}: ${actions.length} actions in ${lengthMs / 1_000} s`,
    ...actions.map((it) => `  ${wordsOf(it)}`),
  ];
}
