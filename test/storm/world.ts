import { SimulatedBroker } from '#adapters/simulated/simulated-broker';
import { present } from '#domain/assert';
import { NO_CHECKPOINT } from '#domain/checkpoint';
import { CorrelationMatrix } from '#domain/correlation-matrix';
import type { Command, CommandReply } from '#domain/command';
import type { EngineEvent, JournaledEvent } from '#domain/engine-event';
import { clientId, commandKey, epochMs, laterBy, runId, type CommandKey, type EpochMs } from '#domain/ids';
import type { Settings } from '#domain/settings';
import type { LimitsFile } from '#domain/symbol-limits-file';
import { restoreState } from '#domain/state-snapshot';
import { apply, type WorkstationState } from '#domain/workstation-state';
import type { BrokerFact, BrokerPort, Effect, EffectOutcome } from '#ports/broker-port';
import type { JournalPort } from '#ports/journal-port';
import { recover } from '#runtime/recovery';
import { Workstation } from '#runtime/workstation';
import { Exchange } from '#simulator/exchange';
import type { ExchangeEvent, ExchangeOptions } from '#simulator/exchange-types';
import { MemoryRiskFiles } from '#test/builders/risk-files';
import { Dice } from '#test/storm/dice';
import { FaultyLine, type LineWatcher } from '#test/storm/faulty-line';
import { MemoryDisk, type MemoryJournal } from '#test/storm/memory-disk';
import { ProcessClock, VirtualClock } from '#test/storm/virtual-clock';

/** Monday 2026-01-05, 10:30 in New York: the middle of a session. */
const STARTS_AT = epochMs(Date.UTC(2026, 0, 5, 15, 30));
/** How often the market moves. */
const MARKET_STEP_MS = 1_000;
/** After each happening promises are let go on so often: as many as the longest chain of them needs. */
const PROMISE_ROUNDS = 12;
const SYNC_MS_MAX = 12;

/** The parts of a process that a test may replace by a broken one. */
export interface Tampering {
  readonly journal?: (journal: JournalPort<EngineEvent>) => JournalPort<EngineEvent>;
  readonly broker?: (broker: BrokerPort) => BrokerPort;
  readonly runIdOf?: (life: number) => string;
}

/** What a world is made of. */
export interface WorldOptions {
  readonly seed: number;
  readonly settings: Settings;
  readonly exchange: Pick<ExchangeOptions, 'symbols' | 'speed' | 'bracketChildren' | 'ocaReduction' | 'session'>;
  readonly clientId: number;
  /** What people have written into symbol_limits.json. */
  readonly limitsFile: LimitsFile;
  /** How AAPL and the next stock move together; null: no matrix is known. */
  readonly correlation: number | null;
  readonly tampering?: Tampering;
}

/** One process life of the workstation. */
export interface Life {
  readonly number: number;
  readonly clock: ProcessClock;
  readonly line: FaultyLine;
  readonly journal: MemoryJournal;
  readonly broker: SimulatedBroker;
  readonly workstation: Workstation;
  /** A follower that holds nothing but what was published. */
  readonly replica: Replica;
}

/** Hears everything that happens in a world, in order. */
export interface WorldWatcher extends LineWatcher {
  onStarted(life: Life, recovered: WorkstationState): void;
  onAppended(entries: readonly JournaledEvent[]): void;
  onPublished(entries: readonly JournaledEvent[]): void;
  onPerforming(effect: Effect): void;
  onPerformed(effect: Effect, outcome: EffectOutcome): void;
  onExchange(event: ExchangeEvent): void;
  onFact(fact: BrokerFact): void;
  onDied(life: Life): void;
}

interface KeyedCommand {
  readonly key: CommandKey;
  readonly command: Command;
}

/** A replica of the workstation's state, fed by its feed alone. */
export interface Replica {
  /** null until its start was told. */
  state: WorkstationState | null;
}

/** The workstation, its disk, the simulated broker and the way between them, on one virtual clock, from one seed. */
export class World {
  readonly clock = new VirtualClock(STARTS_AT);
  readonly disk = new MemoryDisk();
  readonly riskFiles = new MemoryRiskFiles();
  readonly exchange: Exchange;
  readonly options: WorldOptions;
  readonly dice: Dice;
  /** What broke inside the workstation: none of it is expected. */
  readonly faults: unknown[] = [];
  readonly #watcher: WorldWatcher;
  #life: Life | null = null;
  #lives = 0;
  #commands = 0;
  #last: KeyedCommand | null = null;
  #answersOwed = 0;
  /** What is to happen once the wake that runs is over: processes begin and die between two steps. */
  readonly #after: (() => Promise<void> | void)[] = [];
  #isDying = false;

  constructor(options: WorldOptions, watcher: WorldWatcher) {
    this.options = options;
    this.#watcher = watcher;
    this.dice = new Dice(options.seed);
    this.exchange = new Exchange({
      ...options.exchange,
      seed: options.seed,
      startAt: STARTS_AT,
      tickIntervalMs: MARKET_STEP_MS,
    });
    this.riskFiles.limitsFile.value = options.limitsFile;
    if (options.correlation !== null) this.riskFiles.correlationsFile.value = this.#matrixOf(options.correlation);
    this.exchange.subscribe((event) => watcher.onExchange(event));
    this.#letMarketLive();
  }

  #matrixOf(correlation: number): CorrelationMatrix {
    const symbols = this.exchange.instruments.slice(0, 2).map(({ symbol }) => symbol);
    const summary = {
      version: 'storm',
      symbols: symbols.length,
      lookback: 60,
      asOf: null,
      computedAt: STARTS_AT,
      unknownPairs: 0,
    };
    return CorrelationMatrix.of({ summary, symbols, values: [correlation] });
  }

  /** The process that runs; null between a crash and the next start. */
  get life(): Life | null {
    return this.#isDying ? null : this.#life;
  }

  get now(): EpochMs {
    return this.clock.now();
  }

  get startedAt(): EpochMs {
    return STARTS_AT;
  }

  /** Starts a process on what the disk has. `aheadMs`: how far its machine's clock is from the world's. */
  async start(aheadMs: number): Promise<void> {
    const { settings, tampering = {} } = this.options;
    const clock = new ProcessClock(this.clock, aheadMs);
    const { journal, opened } = this.disk.open(clock, () => this.dice.whole(1, SYNC_MS_MAX));
    const recovered = await recover('paper', opened, NO_CHECKPOINT);
    const { state } = present(recovered.ok ? recovered.value : undefined, 'what the journal folds to');
    this.#lives += 1;
    const line = new FaultyLine(this.clock, clock, this.dice, this.#watcher);
    const broker = new SimulatedBroker({
      exchange: this.exchange,
      clock,
      line,
      clientId: clientId(this.options.clientId),
    });
    const isAlive = (): boolean => this.life?.clock === clock;
    const run = tampering.runIdOf?.(this.#lives) ?? `run${this.#lives}`;
    const files = this.riskFiles.open(clock);
    await files.limits.load();
    const workstation = new Workstation({
      durable: state,
      runId: runId(run),
      version: 'storm',
      clock,
      journal: this.#listening(tampering.journal?.(journal) ?? journal, isAlive),
      broker: this.#watched(tampering.broker?.(broker) ?? broker, isAlive),
      ...files,
      onPublished: (entries) => {
        if (isAlive()) this.#watcher.onPublished(entries);
      },
      onFault: (error) => {
        // A disk that is full is a fault of ours to play, and known.
        if (!journal.hasFailed) this.faults.push(error);
      },
    });
    const replica: Replica = { state: null };
    const life: Life = { number: this.#lives, clock, line, journal, broker, workstation, replica };
    this.#life = life;
    this.#watcher.onStarted(life, state);
    workstation.start(settings);
    // A start is told once all of it is on disk, which takes time.
    workstation
      .feedStart()
      .then(({ snapshot }) => {
        replica.state = restoreState(snapshot);
      })
      .catch((error: unknown) => this.faults.push(error));
  }

  /** The process dies here: what it does from now on reaches nobody, and its memory is gone. */
  kill(): void {
    const life = this.life;
    if (life === null) return;
    this.#isDying = true;
    const kept = this.dice.whole(0, 8);
    life.line.die();
    life.clock.die();
    life.journal.die(kept, this.dice.chance(0.5));
    this.#after.push(async () => {
      await life.broker.stop();
      await this.#feed(life);
      this.#watcher.onDied(life);
      this.#life = null;
      this.#isDying = false;
    });
  }

  /** A person or a script commands. The answer comes by itself. */
  command(command: Command, onReply: (reply: CommandReply) => void = () => undefined): void {
    if (this.life === null) return;
    this.#commands += 1;
    this.#last = { key: commandKey(`storm-${this.#commands}`), command };
    this.#execute(this.life, this.#last, onReply);
  }

  /** Commands the last command once more, under its own key. @returns false when there was none. */
  repeat(): boolean {
    if (this.life === null || this.#last === null) return false;
    this.#execute(this.life, this.#last, () => undefined);
    return true;
  }

  #execute(life: Life, { key, command }: KeyedCommand, onReply: (reply: CommandReply) => void): void {
    this.#answersOwed += 1;
    life.workstation
      .execute(key, 'window', command)
      .then((answer) => {
        if (answer.ok) onReply(answer.value);
      })
      .catch((error: unknown) => this.faults.push(error))
      .finally(() => {
        this.#answersOwed -= 1;
      });
  }

  /** Lets `act` happen once the wake that runs is over. */
  afterwards(act: () => Promise<void> | void): void {
    this.#after.push(act);
  }

  /** Lets time pass; `afterEach` looks at the world after each happening, and says whether to go on. */
  async runUntil(until: EpochMs, afterEach: () => boolean): Promise<void> {
    for (;;) {
      const goesOn = this.clock.step(until);
      for (let act = this.#after.shift(); act !== undefined; act = this.#after.shift()) await act();
      if (this.#answersOwed > 0) await this.settle();
      if (!afterEach()) return;
      if (!goesOn && this.#after.length === 0) return;
    }
  }

  /** Everything that promises have to do is done. */
  async settle(): Promise<void> {
    for (let round = 0; round < PROMISE_ROUNDS; round += 1) await Promise.resolve();
  }

  /** Lets the replica of the running process take everything that was published. */
  async feedReplica(): Promise<void> {
    if (this.life !== null) await this.#feed(this.life);
  }

  async #feed({ replica, workstation }: Life): Promise<void> {
    const { state } = replica;
    if (state === null) return;
    for (;;) {
      const answer = await workstation.changes(state.sequence, 0, 0);
      if (answer.kind === 'resync') throw new Error('the replica fell behind');
      if (answer.entries.length === 0) return;
      for (const entry of answer.entries) apply(state, entry);
    }
  }

  #letMarketLive(): void {
    this.clock.wakeAt(laterBy(this.now, MARKET_STEP_MS), () => {
      this.#letMarketLive();
      this.exchange.advanceTo(this.now);
    });
  }

  /** The broker, with everything that goes through it told as long as the process lives. */
  #watched(broker: BrokerPort, isAlive: () => boolean): BrokerPort {
    return {
      start: (listener) =>
        broker.start((fact) => {
          if (isAlive()) this.#watcher.onFact(fact);
          listener(fact);
        }),
      stop: () => broker.stop(),
      perform: (effect) => {
        if (isAlive()) this.#watcher.onPerforming(effect);
        const outcome = broker.perform(effect);
        if (isAlive()) this.#watcher.onPerformed(effect, outcome);
        return outcome;
      },
      searchInstruments: (query) => broker.searchInstruments(query),
      fetchBars: (query, onProgress, signal) => broker.fetchBars(query, onProgress, signal),
      whatIf: (question) => broker.whatIf(question),
    };
  }

  #listening(journal: JournalPort<EngineEvent>, isAlive: () => boolean): JournalPort<EngineEvent> {
    const append = journal.append.bind(journal);
    journal.append = (entries) => {
      append(entries);
      if (isAlive()) this.#watcher.onAppended(entries);
    };
    return journal;
  }
}
