import { present } from '#domain/assert';
import type { LimitChange } from '#domain/command';
import type { ConId } from '#domain/ids';
import type { Instrument } from '#domain/instrument';
import { changedLimits, firstDefaults, isSameLimits, stricterLimits, whyNotSet } from '#domain/limit-change';
import { err, ok, type Result } from '#domain/result';
import type { RiskSettings } from '#domain/settings';
import { effectiveLimits, type EffectiveLimits, type LimitTable, type SymbolLimits } from '#domain/symbol-limits';
import {
  LIMITED_SYMBOLS_MAX,
  limitsFileOf,
  limitTableOf,
  type LimitsFile,
  type SymbolIds,
} from '#domain/symbol-limits-file';
import type { Clock } from '#ports/clock';
import type { FileWatch } from '#ports/file-watch';
import type { StorePort } from '#ports/store-port';
import { EditedDocument } from '#runtime/edited-document';
import type { Unstamped } from '#runtime/inbox';

export const LIMITS_FILE = 'symbol_limits.json';
export const IDS_FILE = 'symbol_ids.json';

/** What the registry reads, writes and watches. */
export interface SymbolLimitRegistryOptions {
  readonly limits: StorePort<LimitsFile>;
  readonly ids: StorePort<SymbolIds>;
  readonly files: FileWatch;
  readonly clock: Clock;
}

type Put = (input: Extract<Unstamped, { kind: 'limits' | 'file' }>) => void;

const NO_TABLE: LimitTable = { symbols: new Map(), defaults: null };

/**
 * The limits of single symbols, as symbol_limits.json has them: the file is the truth, and the engine hears of it what
 * counts. A file that can not be used is left as it is, and the limits of the last good one stay.
 */
export class SymbolLimitRegistry {
  readonly #limits: EditedDocument<LimitsFile>;
  readonly #ids: EditedDocument<SymbolIds>;
  #table: LimitTable = NO_TABLE;
  /** Why the file can not be used; empty while it can. */
  #why = '';
  /** Names that changed in this process life and are not written down yet. */
  readonly #renames = new Map<string, string>();
  /** What IBKR has defined in this process life. */
  readonly #defined = new Map<string, ConId>();
  #idOf: SymbolIds = {};
  #whyNoIds = '';
  #put: Put = () => undefined;

  constructor({ limits, ids, files, clock }: SymbolLimitRegistryOptions) {
    this.#limits = new EditedDocument({ name: LIMITS_FILE, store: limits, files, clock });
    this.#ids = new EditedDocument({ name: IDS_FILE, store: ids, files, clock });
  }

  /** Reads the files; before `begin`, so that no order is decided without them. */
  async load(): Promise<void> {
    await this.reload();
    const ids = await this.#ids.read();
    if (ids.ok) this.#idOf = ids.value;
    else this.#whyNoIds = ids.error;
  }

  /** Hands on what the files say, at once and after each change of them. */
  begin(put: Put): void {
    this.#put = put;
    this.restate();
    put({ kind: 'file', file: IDS_FILE, why: this.#whyNoIds });
    this.#limits.follow(() => this.reload());
  }

  /** Hands on once more what the file says: nothing happens where the engine has it already. */
  restate(): void {
    if (this.#why === '') this.#put({ kind: 'limits', limits: this.#table, why: '' });
    else this.#put({ kind: 'limits', limits: null, why: this.#why });
  }

  async stop(): Promise<void> {
    await this.#limits.stop();
    await this.#ids.stop();
  }

  /** The limits that people have set, by the last file that could be used. */
  get limits(): LimitTable {
    return this.#table;
  }

  /** The limits in force for `symbol`, each with the level it comes from. */
  get(symbol: string, global: RiskSettings): EffectiveLimits {
    return effectiveLimits(this.#table, global, symbol);
  }

  /** Looks what the file says now. */
  async reload(): Promise<void> {
    const read = await this.#limits.read();
    if (read.ok) this.#take(this.#renamed(limitTableOf(read.value)));
    else this.#refuse(read.error);
  }

  /**
   * Sets limits of `symbol` in the file; null takes its own away. Once it is done, the engine is to hear of it by a command.
   * The failure says in words why nothing was set.
   */
  set(symbol: string, change: LimitChange | null, global: RiskSettings): Promise<Result<null, string>> {
    return this.#limits.inTurn(async () => {
      const why = whyNotSet(symbol, change, global);
      if (why !== null) return err(why);
      await this.reload();
      if (this.#why !== '') return err(`Nothing was set. ${this.#why}`);
      const before = this.#table.symbols.get(symbol) ?? null;
      const after = changedLimits(before, change);
      if (isSameLimits(before, after)) return ok(null);
      const defaults = this.#table.defaults ?? firstDefaults(global);
      const table = withLimits({ ...this.#table, defaults }, symbol, after);
      if (table.symbols.size > LIMITED_SYMBOLS_MAX) {
        return err(`Nothing was set. ${LIMITS_FILE} has limits of ${LIMITED_SYMBOLS_MAX} symbols, which is the most.`);
      }
      const written = await this.#limits.write(limitsFileOf(table.symbols, defaults));
      if (!written.ok) return err(`Nothing was set. ${written.error}`);
      this.#table = table;
      const conId = this.#defined.get(symbol);
      if (conId !== undefined) this.learn({ symbol, conId });
      return ok(null);
    });
  }

  /**
   * IBKR has defined an instrument that a bare symbol means: which contract a limited symbol is, is kept, so that a new name
   * of it is noticed. The engine hears of that at once, before an order under the new name is decided; the files follow.
   */
  learn({ symbol, conId }: Pick<Instrument, 'symbol' | 'conId'>): void {
    this.#defined.set(symbol, conId);
    const { symbols } = this.#table;
    const former = Object.keys(this.#idOf).find((known) => known !== symbol && this.#idOf[known] === conId);
    if (former !== undefined && symbols.has(former)) this.#rename(former, symbol);
    else if (!symbols.has(symbol) || this.#idOf[symbol] === conId) return;
    const others = Object.entries(this.#idOf).filter(([known]) => known !== former);
    this.#idOf = { ...Object.fromEntries(others), [symbol]: conId };
    void this.#ids.inTurn(() => this.#writeIds());
  }

  #rename(from: string, to: string): void {
    this.#renames.set(from, to);
    this.#table = this.#renamed(this.#table);
    this.#why = '';
    this.#put({ kind: 'limits', limits: this.#table, why: '', renamed: { from, to } });
    void this.#limits.inTurn(async () => {
      await this.reload();
      const { symbols, defaults } = this.#table;
      if (this.#why !== '' || defaults === null) return;
      const written = await this.#limits.write(limitsFileOf(symbols, defaults));
      if (written.ok) this.#renames.delete(from);
      else this.#refuse(written.error);
    });
  }

  /** The table by the names of today. */
  #renamed(table: LimitTable): LimitTable {
    let renamed = table;
    for (const [from, to] of this.#renames) if (renamed.symbols.has(from)) renamed = renamedIn(renamed, from, to);
    return renamed;
  }

  async #writeIds(): Promise<void> {
    const written = await this.#ids.write(this.#idOf);
    this.#put({ kind: 'file', file: IDS_FILE, why: written.ok ? '' : written.error });
  }

  #take(table: LimitTable): void {
    const isNews = this.#why !== '' || !isSameTable(table, this.#table);
    this.#table = table;
    this.#why = '';
    if (isNews) this.#put({ kind: 'limits', limits: table, why: '' });
  }

  #refuse(why: string): void {
    const isNews = why !== this.#why;
    this.#why = why;
    if (isNews) this.#put({ kind: 'limits', limits: null, why });
  }
}

function withLimits(table: LimitTable, symbol: string, limits: SymbolLimits | null): LimitTable {
  const symbols = new Map(table.symbols);
  if (limits === null) symbols.delete(symbol);
  else symbols.set(symbol, limits);
  return { ...table, symbols };
}

/** The limits of `from` under the name `to`; where that has its own already, the stricter of both. */
function renamedIn(table: LimitTable, from: string, to: string): LimitTable {
  const moved = present(table.symbols.get(from), 'the limits under the old name');
  const own = table.symbols.get(to);
  const limits = own === undefined ? moved : stricterLimits(moved, own);
  return withLimits(withLimits(table, from, null), to, limits);
}

function isSameTable(a: LimitTable, b: LimitTable): boolean {
  if (!isSameLimits(a.defaults, b.defaults) || a.symbols.size !== b.symbols.size) return false;
  return [...a.symbols].every(([symbol, limits]) => isSameLimits(limits, b.symbols.get(symbol) ?? null));
}
