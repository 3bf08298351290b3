import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { defaultDataDirectory, type Machine } from '#api/data-directory';
import { assert } from '#domain/assert';
import { accountIdSchema, clientId, type AccountId, type ClientId } from '#domain/ids';
import { err, ok, type Result } from '#domain/result';
import { tradingModeSchema, type TradingMode } from '#domain/settings';

const SEED_MAX = 0xff_ff_ff_ff;

/** How a host was asked to run, checked. Null: not said, the settings decide. */
export interface LaunchOptions {
  readonly mode: TradingMode;
  readonly tws: {
    readonly host: string | null;
    readonly port: number | null;
    readonly clientId: ClientId | null;
  };
  /** The built-in simulator's, in demo mode. */
  readonly demo: {
    readonly seed: number | null;
    /** Absolute paths of a file of daily prices and of a fault plan. */
    readonly prices: string | null;
    readonly faults: string | null;
    /** A simulator of its own that runs on this port of 127.0.0.1; null: the built-in one is started. */
    readonly simulatorPort: number | null;
  };
  /** Where the local endpoint listens; 0 takes a free port. */
  readonly listenPort: number;
  /** Absolute. */
  readonly dataDirectory: string;
  /** Whether a browser is opened (headless host). */
  readonly open: boolean;
  /** The account id that the person typed to trade live. Never from the environment. */
  readonly confirmedAccount: AccountId | null;
}

/** The launch words as they come from the command line, unchecked: `--tws-port 7497` is `twsPort: '7497'`. */
export interface LaunchWords {
  readonly demo?: boolean | undefined;
  readonly paper?: boolean | undefined;
  readonly live?: boolean | undefined;
  readonly host?: string | undefined;
  readonly twsPort?: string | undefined;
  readonly clientId?: string | undefined;
  readonly seed?: string | undefined;
  readonly prices?: string | undefined;
  readonly faults?: string | undefined;
  readonly simulatorPort?: string | undefined;
  readonly port?: string | undefined;
  readonly dataDir?: string | undefined;
  /** False after `--no-open`. */
  readonly open: boolean;
  readonly confirmAccount?: string | undefined;
}

/** What a person can change: every line names a field, the value that was found and what is expected. */
export interface LaunchRefusal {
  readonly reason: string;
}

const flag = { type: 'boolean' } as const;
const text = { type: 'string' } as const;
const WORDS = {
  demo: flag,
  paper: flag,
  live: flag,
  host: text,
  'tws-port': text,
  'client-id': text,
  seed: text,
  prices: text,
  faults: text,
  'simulator-port': text,
  port: text,
  'data-dir': text,
  'no-open': flag,
  'confirm-account': text,
} as const;

/** The words of a command line, program name and Chromium's own switches removed. */
export function readLaunchWords(argv: readonly string[]): Result<LaunchWords, LaunchRefusal> {
  try {
    const { values } = parseArgs({ args: [...argv], options: WORDS, strict: true, allowPositionals: false });
    return ok({
      demo: values.demo,
      paper: values.paper,
      live: values.live,
      host: values.host,
      twsPort: values['tws-port'],
      clientId: values['client-id'],
      seed: values.seed,
      prices: values.prices,
      faults: values.faults,
      simulatorPort: values['simulator-port'],
      port: values.port,
      dataDir: values['data-dir'],
      open: values['no-open'] !== true,
      confirmAccount: values['confirm-account'],
    });
  } catch (error) {
    assert(error instanceof Error, 'parseArgs throws errors');
    return err({ reason: error.message });
  }
}

const MODES = tradingModeSchema.options;

const whole = (low: number, high: number) =>
  z
    .string()
    .regex(/^\d{1,10}$/)
    .transform(Number)
    .refine((n) => n >= low && n <= high);
const FIELDS = {
  host: { schema: z.string().min(1).max(253), expected: 'a host name or address' },
  twsPort: { schema: whole(1, 65_535), expected: 'a port from 1 to 65535' },
  clientId: { schema: whole(0, 999_999).transform(clientId), expected: 'a whole number from 0 to 999999' },
  seed: { schema: whole(0, SEED_MAX), expected: `a whole number from 0 to ${SEED_MAX}` },
  listenPort: { schema: whole(0, 65_535), expected: 'a port from 0 (any free one) to 65535' },
  file: { schema: z.string().min(1), expected: 'the path of a file' },
  account: { schema: accountIdSchema, expected: 'an account id such as U1234567' },
};

/** One value and where it was said, e.g. `--tws-port` or `IBKR_PORT`. */
interface Said {
  readonly where: string;
  readonly value: string;
}

/**
 * Checks words and environment against each other and fills in the rest. A word wins over the environment; what
 * contradicts is refused rather than ignored.
 */
export function launchOptionsOf(
  words: LaunchWords,
  machine: Machine & { readonly workingDirectory: string },
): Result<LaunchOptions, LaunchRefusal> {
  const faults: string[] = [];
  const said = (where: string, value: string | undefined): Said | null =>
    value === undefined ? null : { where, value };
  const fromEnvironment = (name: string): Said | null =>
    machine.env[name] === '' ? null : said(name, machine.env[name]);
  const read = <T>(source: Said | null, { schema, expected }: { schema: z.ZodType<T>; expected: string }): T | null => {
    if (source === null) return null;
    const parsed = schema.safeParse(source.value);
    if (parsed.success) return parsed.data;
    faults.push(`${source.where}: found "${source.value}", expected ${expected}`);
    return null;
  };

  const named = MODES.filter((mode) => words[mode] === true);
  if (named.length > 1) faults.push(`${named.map((mode) => `--${mode}`).join(' and ')}: expected one of them`);
  const preselected = read(fromEnvironment('IBKR_TRADING_MODE'), {
    schema: tradingModeSchema,
    expected: MODES.join(', '),
  });
  const mode = named[0] ?? preselected ?? 'demo';

  const hostWord = said('--host', words.host);
  const portWord = said('--tws-port', words.twsPort);
  const clientWord = said('--client-id', words.clientId);
  const seedWord = said('--seed', words.seed);
  const pricesWord = said('--prices', words.prices);
  const faultsWord = said('--faults', words.faults);
  const simulatorWord = said('--simulator-port', words.simulatorPort);
  const accountWord = said('--confirm-account', words.confirmAccount);
  const onlyFor = (wanted: readonly TradingMode[], sources: readonly (Said | null)[]): void => {
    if (wanted.includes(mode)) return;
    for (const source of sources) {
      if (source === null) continue;
      const modes = wanted.map((it) => `--${it}`).join(' or ');
      faults.push(`${source.where}: found "${source.value}" in ${mode} mode, expected it only with ${modes}`);
    }
  };
  onlyFor(['paper', 'live'], [hostWord, portWord, clientWord]);
  onlyFor(['demo'], [seedWord, pricesWord, faultsWord, simulatorWord]);
  for (const own of [seedWord, pricesWord, faultsWord]) {
    if (own === null || simulatorWord === null) continue;
    faults.push(
      `${own.where}: found "${own.value}" beside --simulator-port, expected it where that simulator is started`,
    );
  }
  onlyFor(['live'], [accountWord]);

  const fileOf = (source: Said | null): string | null => {
    const path = read(source, FIELDS.file);
    return path === null ? null : resolve(machine.workingDirectory, path);
  };
  const options: LaunchOptions = {
    mode,
    tws: {
      host: read(hostWord ?? fromEnvironment('IBKR_HOST'), FIELDS.host),
      port: read(portWord ?? fromEnvironment('IBKR_PORT'), FIELDS.twsPort),
      clientId: read(clientWord ?? fromEnvironment('IBKR_CLIENT_ID'), FIELDS.clientId),
    },
    demo: {
      seed: read(seedWord, FIELDS.seed),
      prices: fileOf(pricesWord),
      faults: fileOf(faultsWord),
      simulatorPort: read(simulatorWord, FIELDS.twsPort),
    },
    listenPort: read(said('--port', words.port), FIELDS.listenPort) ?? 0,
    dataDirectory: resolve(machine.workingDirectory, words.dataDir ?? defaultDataDirectory(machine)),
    open: words.open,
    confirmedAccount: read(accountWord, FIELDS.account),
  };
  return faults.length === 0 ? ok(options) : err({ reason: faults.join('\n') });
}
