import { vi } from 'vitest';
import type { CallFailure, WorkstationClient } from '#api/client';
import type { Status } from '#api/schemas';
import type { CliIo, RunningSimulator } from '#cli/cli-io';
import { runCli } from '#cli/run-cli';
import type { CommandReply } from '#domain/command';
import { commandKey, epochMs, sequence } from '#domain/ids';
import { err, ok, type Result } from '#domain/result';
import { ACCOUNT, aDecision, AMD, aQuote, FRIDAY } from '#test/builders/domain-records';
import { A_DAILY_BAR, FakeWorkstation } from '#test/builders/fake-workstation';

/** A failing call. */
export function failed(code: CallFailure['code'], reason = `because of ${code}`): Result<never, CallFailure> {
  return err({ code, reason });
}

export const ACCEPTED: CommandReply = {
  outcome: 'accepted',
  orders: [],
  decision: null,
  message: '',
  repeated: false,
};

export const A_STATUS: Status = {
  version: '0.1.0',
  mode: 'paper',
  account: ACCOUNT,
  connection: { phase: 'ready', since: FRIDAY, serverVersion: 193 },
  trading: { state: 'ACTIVE', since: FRIDAY, reason: '', cause: 'person' },
  proof: null,
  liveOrders: 2,
  sequence: sequence(120),
  durableSequence: sequence(119),
  roundTripMs: 1.25,
  messagesPerSecond: 3,
  startedAt: FRIDAY,
  now: epochMs(FRIDAY + 140_000),
  processId: 4242,
  dataDirectory: '/data',
};

/** What one command line did. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/**
 * A terminal before a workstation that lives in this process: its state is `workstation`, its other answers are the
 * functions of `answers`, which a test replaces.
 */
export class StubTerminal {
  readonly workstation = new FakeWorkstation('paper');
  interactive = false;
  /** What the person answers to a question. */
  answer = '';
  readonly questions: string[] = [];
  /** The words the host was started with. */
  readonly served: (readonly string[])[] = [];
  readonly simulated: unknown[] = [];
  /** What was done to the simulator. */
  readonly steered: string[] = [];
  simulatorError: string | null = null;
  connectError: string | null = null;
  /** The files there are, by path. */
  readonly files = new Map<string, string>();
  readonly connected: { readonly directory: string; readonly live: boolean }[] = [];
  closed = 0;
  out = '';
  err = '';
  /** Runs out the timer of `io.after`. */
  timeUp: () => void = () => undefined;
  interrupt: () => void = () => undefined;
  typeLine: (line: string) => void = () => undefined;

  readonly client = {
    system: { status: vi.fn<WorkstationClient['system']['status']>(() => Promise.resolve(ok(A_STATUS))) },
    feed: {
      start: vi.fn<WorkstationClient['feed']['start']>(async () => ok(await this.workstation.feedStart())),
      changes: vi.fn<WorkstationClient['feed']['changes']>(async ({ after, conflatedAfter, waitMs }) =>
        ok(await this.workstation.changes(after, conflatedAfter, waitMs)),
      ),
      history: vi.fn<WorkstationClient['feed']['history']>(({ before, limit }) =>
        Promise.resolve(ok(this.workstation.history(before, limit))),
      ),
    },
    commands: {
      execute: vi.fn<WorkstationClient['commands']['execute']>(() => Promise.resolve(ok(ACCEPTED))),
      preview: vi.fn<WorkstationClient['commands']['preview']>(() => Promise.resolve(ok(aDecision()))),
    },
    market: {
      quote: vi.fn<WorkstationClient['market']['quote']>(() =>
        Promise.resolve(ok({ instrument: AMD, quote: aQuote() })),
      ),
      bars: vi.fn<WorkstationClient['market']['bars']>(() =>
        Promise.resolve(ok({ kind: 'bars', instrument: AMD, bars: [A_DAILY_BAR] })),
      ),
      search: vi.fn<WorkstationClient['market']['search']>(() => Promise.resolve(ok([]))),
    },
    risk: {
      correlations: vi.fn<WorkstationClient['risk']['correlations']>(() => Promise.resolve(ok(null))),
      updateCorrelations: vi.fn<WorkstationClient['risk']['updateCorrelations']>(() =>
        Promise.resolve(failed('NOT_FOUND')),
      ),
      picture: vi.fn<WorkstationClient['risk']['picture']>(() => Promise.resolve(ok(this.workstation.riskPicture()))),
      explain: vi.fn<WorkstationClient['risk']['explain']>(() =>
        Promise.resolve(ok({ decision: aDecision(), replayed: aDecision(), same: true })),
      ),
    },
    journal: {
      verify: vi.fn<WorkstationClient['journal']['verify']>(() =>
        Promise.resolve(ok({ ok: true, segments: 2, events: 120, lastSequence: sequence(120), fault: null })),
      ),
      export: vi.fn<WorkstationClient['journal']['export']>(() => Promise.resolve(ok({ entries: [], more: false }))),
    },
  } satisfies WorkstationClient;

  private get io(): CliIo {
    const simulator: RunningSimulator = {
      port: 7497,
      withhold: () => void this.steered.push('withhold'),
      freeze: () => void this.steered.push('freeze'),
      drop: () => void this.steered.push('drop'),
      release: () => void this.steered.push('release'),
      inject: (fault) => {
        this.steered.push(`fault ${fault}`);
        return fault === '{"fault":"drop"}' ? ok(undefined) : err('expected JSON');
      },
      stop: () => {
        this.steered.push('stop');
        return Promise.resolve();
      },
    };
    return {
      out: (text) => (this.out += text),
      err: (text) => (this.err += text),
      interactive: this.interactive,
      colour: false,
      timeZone: 'UTC',
      dataDirectory: '/default',
      newKey: () => commandKey('cli-1'),
      ask: (question) => {
        this.questions.push(question);
        return Promise.resolve(this.answer);
      },
      readText: (path) => {
        const text = this.files.get(path);
        return Promise.resolve(text === undefined ? err('can not be read (ENOENT)') : ok(text));
      },
      connect: (directory, live) => {
        this.connected.push({ directory, live });
        if (this.connectError !== null) return Promise.resolve(err(this.connectError));
        const close = (): void => {
          this.closed += 1;
        };
        return Promise.resolve(ok({ client: this.client, onClose: () => () => undefined, close }));
      },
      after: (_, run) => {
        this.timeUp = run;
        return () => undefined;
      },
      interrupted: () =>
        new Promise((resolve) => {
          this.interrupt = resolve;
        }),
      onInputLine: (onLine) => {
        this.typeLine = onLine;
        return () => void this.steered.push('deaf');
      },
      serve: (words) => {
        this.served.push(words);
        return Promise.resolve(0);
      },
      simulate: (options) => {
        this.simulated.push(options);
        return Promise.resolve(this.simulatorError === null ? ok(simulator) : err(this.simulatorError));
      },
    };
  }

  /** Runs one command line, written as in a shell without quoting. */
  run(line: string): Promise<Ran> {
    return this.runWords(line === '' ? [] : line.split(' '));
  }

  async runWords(words: readonly string[]): Promise<Ran> {
    this.out = '';
    this.err = '';
    const code = await runCli(words, this.io);
    return { code, out: this.out, err: this.err };
  }
}
