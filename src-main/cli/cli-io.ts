import type { Connection } from '#api/transport';
import type { CommandKey } from '#domain/ids';
import type { Result } from '#domain/result';

/** What the simulator is started with. */
export interface SimulateOptions {
  readonly port: number;
  readonly seed: number;
  readonly symbols: number | undefined;
  readonly speed: number | undefined;
  readonly session: 'always-open' | 'regular' | undefined;
  /** Paths of a file of daily prices and of a fault plan. */
  readonly prices: string | undefined;
  readonly faults: string | undefined;
}

/** A running simulator, and the faults it can be told to show. */
export interface RunningSimulator {
  readonly port: number;
  /** From now on nothing is said about orders and cancels, although they are done. */
  withhold(): void;
  /** Neither reads nor writes. */
  freeze(): void;
  /** Breaks every connection once. */
  drop(): void;
  /** Ends every fault; what was withheld or frozen goes out. */
  release(): void;
  /** Lets a fault happen, written as in a fault plan; the error says what is wrong with it. */
  inject(fault: string): Result<void, string>;
  stop(): Promise<void>;
}

/** Everything the command line needs of the world. Commands know nothing else, so that tests can stand in for it. */
export interface CliIo {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** A person sits at the terminal: questions can be asked. */
  readonly interactive: boolean;
  /** Output may be coloured. */
  readonly colour: boolean;
  /** The IANA zone that times are shown in. */
  readonly timeZone: string;
  /** Where data lives when `--data-dir` does not say. */
  readonly dataDirectory: string;
  readonly newKey: () => CommandKey;
  readonly ask: (question: string) => Promise<string>;
  /** The text of a file; the error says why it can not be read. */
  readonly readText: (path: string) => Promise<Result<string, string>>;
  /** Connects to the workstation that runs on `dataDirectory`; the error says why there is none. */
  readonly connect: (dataDirectory: string, live: boolean) => Promise<Result<Connection, string>>;
  /** Calls `run` after `ms`. @returns the way to stop that. */
  readonly after: (ms: number, run: () => void) => () => void;
  /** Settles on SIGINT or SIGTERM. */
  readonly interrupted: () => Promise<void>;
  /** Calls `onLine` for every line on stdin. @returns the way to stop that. */
  readonly onInputLine: (onLine: (line: string) => void) => () => void;
  /** The headless host with the words after `serve`. Settles when it has ended, with its exit code. */
  readonly serve: (words: readonly string[]) => Promise<number>;
  /** A simulated TWS; the error names the option that is wrong, or says why it can not listen. */
  readonly simulate: (options: SimulateOptions) => Promise<Result<RunningSimulator, string>>;
}
