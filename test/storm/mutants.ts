import type { EngineEvent, JournaledEvent } from '#domain/engine-event';
import type { Sequence } from '#domain/ids';
import type { Follower } from '#engine/managers/trail-follower';
import type { JournalPort } from '#ports/journal-port';
import type { InvariantNumber } from '#test/storm/invariants';
import type { Tampering } from '#test/storm/world';

/** What takes the place of some exports of a module. */
export interface Replacement {
  readonly module: string;
  readonly exports: (actual: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;
}

/** The workstation with one thing broken that keeps an invariant: the storm has to notice. */
export interface Mutant {
  readonly breaks: Exclude<InvariantNumber, 0>;
  readonly what: string;
  readonly replacements?: readonly Replacement[];
  readonly tampering?: Tampering;
}

const nothing = (): void => undefined;

export const MUTANTS: readonly Mutant[] = [
  {
    breaks: 1,
    what: 'effects do not wait for the disk',
    tampering: { journal: (journal) => new HastyJournal(journal) },
  },
  {
    breaks: 2,
    what: 'nobody watches what is protected',
    replacements: [
      {
        module: '#engine/managers/protection-watchdog',
        exports: () => ({ watchProtection: nothing, watchAllProtection: nothing, onProtectionDue: nothing }),
      },
    ],
  },
  {
    breaks: 3,
    what: 'a stop follows the market both ways',
    replacements: [
      { module: '#engine/managers/trail-arithmetic', exports: () => ({ isTighter: () => false }) },
      {
        module: '#engine/managers/trail-follower',
        exports: (actual) => ({ Follower: turncoat(actual['Follower'] as typeof Follower) }),
      },
      {
        module: '#engine/risk/risk-guard',
        exports: () => ({
          approveTightening: ({ order: { decisionId } }: { order: { decisionId: unknown } }, value: unknown) => ({
            ok: true,
            value: { value, decisionId },
          }),
        }),
      },
    ],
  },
  {
    breaks: 4,
    what: 'every process life counts its ids anew',
    tampering: { runIdOf: () => 'run' },
  },
  {
    breaks: 5,
    what: 'nobody looks after OCO groups',
    replacements: [
      {
        module: '#engine/managers/oco-order-manager',
        exports: () => ({ tendOcos: nothing, tendOpenOcos: nothing, onSiblingsDue: nothing }),
      },
    ],
  },
  {
    breaks: 6,
    what: 'an execution of an odd number of shares is not heard',
    replacements: [
      {
        module: '#engine/orders/order-ledger',
        exports: ({ onExecution }) => ({
          onExecution: (turn: unknown, fact: { readonly execution: { readonly quantity: string } }) => {
            const isOdd = Number(fact.execution.quantity) % 2 === 1;
            if (!isOdd && typeof onExecution === 'function') Reflect.apply(onExecution, undefined, [turn, fact]);
          },
        }),
      },
    ],
  },
  {
    breaks: 7,
    what: 'selling short is always allowed',
    replacements: [alwaysPasses('short', 'short')],
  },
  {
    breaks: 7,
    what: 'a position may become as large as it likes',
    replacements: [alwaysPasses('position', 'position')],
  },
  { breaks: 7, what: 'a loss that has latched stops nothing', replacements: [alwaysPasses('daily-loss', 'dailyLoss')] },
  { breaks: 7, what: 'an order may be worth anything', replacements: [alwaysPasses('notional', 'notional')] },
  {
    breaks: 8,
    what: 'a fill is written down for another exchange than it had',
    tampering: { journal: (journal) => new ForgingJournal(journal) },
  },
];

/** A check of the guard that lets everything pass. */
function alwaysPasses(check: string, its: string): Replacement {
  return {
    module: `#engine/risk/checks/${check}`,
    exports: () => ({ [its]: { name: check, check: () => ({ check, verdict: 'pass' }) } }),
  };
}

/** Follows every price, also a worse one. */
function turncoat(Loyal: typeof Follower): typeof Follower {
  return class extends Loyal {
    override isLedBy(): boolean {
      return true;
    }

    override follow(...[, mark, ticks, at]: Parameters<Follower['follow']>): void {
      this.begin(mark);
      this.lookAgain(ticks, at);
    }
  };
}

/** Hands everything on to the journal behind it. */
class JournalBefore implements JournalPort<EngineEvent> {
  protected readonly journal: JournalPort<EngineEvent>;

  constructor(journal: JournalPort<EngineEvent>) {
    this.journal = journal;
  }

  get position(): JournalPort<EngineEvent>['position'] {
    return this.journal.position;
  }

  get durableSequence(): Sequence {
    return this.journal.durableSequence;
  }

  get account(): JournalPort<EngineEvent>['account'] {
    return this.journal.account;
  }

  append(entries: readonly JournaledEvent[]): void {
    this.journal.append(entries);
  }

  durable(sequence: Sequence): Promise<void> {
    return this.journal.durable(sequence);
  }

  onDurable(listener: (sequence: Sequence) => void): () => void {
    return this.journal.onDurable(listener);
  }

  onFailure(listener: (error: Error) => void): () => void {
    return this.journal.onFailure(listener);
  }

  bindAccount(...account: Parameters<JournalPort<EngineEvent>['bindAccount']>): Promise<void> {
    return this.journal.bindAccount(...account);
  }

  rotate(): Promise<void> {
    return this.journal.rotate();
  }

  close(): Promise<void> {
    return this.journal.close();
  }
}

/** Says that everything is on disk the moment it is appended. */
class HastyJournal extends JournalBefore {
  override get durableSequence(): Sequence {
    return this.journal.position.sequence;
  }
}

/** Writes down something else than what was decided. */
class ForgingJournal extends JournalBefore {
  override append(entries: readonly JournaledEvent[]): void {
    super.append(entries.map((entry) => ({ ...entry, event: forged(entry.event) })));
  }
}

function forged(event: EngineEvent): EngineEvent {
  if (event.type !== 'fill-recorded') return event;
  return { ...event, fill: { ...event.fill, exchange: 'FORGED' } };
}
