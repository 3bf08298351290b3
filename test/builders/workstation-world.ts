import type { Command, CommandReply } from '#domain/command';
import type { JournaledEvent } from '#domain/engine-event';
import { commandKey, orderNumber, runId } from '#domain/ids';
import type { Result } from '#domain/result';
import { DEFAULT_SETTINGS, type RiskSettings } from '#domain/settings';
import { emptyWorkstationState, type WorkstationState } from '#domain/workstation-state';
import type { WorkstationFailure } from '#ports/workstation-port';
import { Workstation } from '#runtime/workstation';
import { FRIDAY } from '#test/builders/domain-records';
import { aLimitOrder } from '#test/builders/engine-harness';
import { manualClock } from '#test/builders/manual-clock';
import { ManualJournal } from '#test/builders/manual-journal';
import { MemoryRiskFiles } from '#test/builders/risk-files';
import { ScriptedBroker } from '#test/builders/scripted-broker';

type Answer = Promise<Result<CommandReply, WorkstationFailure>>;

/** A workstation on a clock, a disk and a broker that the test plays. */
export class WorkstationWorld {
  readonly clock = manualClock(FRIDAY);
  readonly journal: ManualJournal;
  readonly broker = new ScriptedBroker();
  readonly riskFiles = new MemoryRiskFiles();
  /** What the workstation has of them. */
  readonly files = this.riskFiles.open(this.clock);
  readonly published: JournaledEvent[] = [];
  readonly faults: unknown[] = [];
  readonly workstation: Workstation;
  /** Called with every publication. */
  onPublished: (entries: readonly JournaledEvent[]) => void = () => undefined;
  #keys = 0;

  constructor(durable: WorkstationState = emptyWorkstationState('paper')) {
    this.journal = new ManualJournal(durable.sequence);
    this.workstation = new Workstation({
      durable,
      runId: runId('run1'),
      version: '0.1.0',
      clock: this.clock,
      journal: this.journal,
      broker: this.broker,
      ...this.files,
      onPublished: (entries) => {
        this.published.push(...entries);
        this.onPublished(entries);
      },
      onFault: (error) => this.faults.push(error),
    });
  }

  /** Started and connected, AAPL defined and quoted at 149.99 to 150.00; the disk is prompt until the test says otherwise. */
  static ready(risk: Partial<RiskSettings> = {}): WorkstationWorld {
    const world = new WorkstationWorld();
    world.journal.isPrompt = true;
    world.workstation.start({ ...DEFAULT_SETTINGS, risk: { ...DEFAULT_SETTINGS.risk, ...risk } });
    world.broker.linkUp();
    world.broker.answerSnapshot();
    world.broker.defineAapl();
    world.broker.tick();
    return world;
  }

  get state(): WorkstationState {
    return this.workstation.state;
  }

  newKey(): ReturnType<typeof commandKey> {
    this.#keys += 1;
    return commandKey(`key-${this.#keys}`);
  }

  commands(command: Command, key = this.newKey()): Answer {
    return this.workstation.execute(key, 'window', command);
  }

  places(change: Parameters<typeof aLimitOrder>[0] = {}): Answer {
    return this.commands({ kind: 'place-order', request: aLimitOrder(change) });
  }

  cancels(...numbers: readonly number[]): Answer {
    return this.commands({ kind: 'cancel-orders', numbers: numbers.map(orderNumber) });
  }

  phaseOf(number: number): string | undefined {
    const id = this.state.orderByNumber.get(orderNumber(number));
    return id === undefined ? undefined : this.state.orders.get(id)?.state.phase;
  }
}

/** Everything that promises have to do is done. */
export async function settled(): Promise<void> {
  for (let round = 0; round < 20; round += 1) await Promise.resolve();
}
