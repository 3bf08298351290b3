import { present } from '#domain/assert';
import { centsOf, worthOf, type Cents } from '#domain/cents';
import { MATRIX_STALE_MS_MAX } from '#domain/correlation';
import type { CorrelationMatrix } from '#domain/correlation-matrix';
import type { ConId, EpochMs } from '#domain/ids';
import type { LimitSource } from '#domain/limit-source';
import { add, isZero, negated, signedBy, toNumber, ZERO_POSITION, ratio, type Money, type Ratio } from '#domain/money';
import { markOf } from '#domain/position-value';
import type { RiskSettings } from '#domain/settings';
import { effectiveLimits, type SymbolLimits } from '#domain/symbol-limits';
import type { EngineFacts } from '#engine/engine-facts';
import { exchangeRateOf } from '#engine/portfolio/exchange-rates';
import { addingLeaves } from '#engine/risk/worst-leaves';

/** The name of the one sector that all instruments without a known sector are in. */
export const UNKNOWN_SECTOR = 'unknown';

/** Correlations are shown to four places. */
const CORRELATION_SCALE = 10_000;

export type Direction = 'long' | 'short';

/** One instrument as the totals count it. */
export interface Holding {
  readonly conId: ConId;
  readonly symbol: string;
  readonly sector: string;
  /** What is held at worst, by direction; below zero where that direction has nothing, zero where it can not be known. */
  readonly long: Cents;
  readonly short: Cents;
  /** It is held or worked, and can not be valued. */
  readonly isUnknown: boolean;
  /** Σ of what is correlated to it: with its long exposure, and with its short one. */
  readonly besideLong: Cents;
  readonly besideShort: Cents;
  readonly edges: readonly Edge[];
  /** Other instruments of which nobody knows how they move with this one. */
  readonly unrelated: readonly Holding[];
}

/** Two instruments that move together (`sign` 1), or against each other (−1). */
export interface Edge {
  readonly to: Holding;
  readonly sign: 1 | -1;
  /** null: of the same sector, in the place of a correlation that is not known. */
  readonly correlation: number | null;
}

interface Node extends Holding {
  long: Cents;
  short: Cents;
  isUnknown: boolean;
  besideLong: Cents;
  besideShort: Cents;
  readonly edges: (Edge & { readonly to: Node })[];
  readonly unrelated: Node[];
}

/** What everything in the book rests on: when one of it is another, the book is made anew. */
interface Basis {
  readonly settings: RiskSettings;
  readonly correlations: CorrelationMatrix | null;
  readonly sectors: ReadonlyMap<string, string>;
}

/** A limit in force, also in cents, rounded down. */
export interface ClusterLimit {
  readonly value: Money;
  readonly source: LimitSource;
  readonly cents: Cents;
}

/** A limit, and the levels that it followed from: other ones are other objects. */
interface RememberedLimit {
  readonly own: SymbolLimits | undefined;
  readonly defaults: SymbolLimits | null;
  readonly global: RiskSettings;
  readonly limit: ClusterLimit;
}

/**
 * Running totals of what the account would hold at worst (domain.md §5): over all, by sector, and around each symbol with
 * what is correlated to it. A change costs as much as the instrument has correlated names, not as much as there are
 * instruments.
 */
export class ExposureBook {
  #basis: Basis | null = null;
  #threshold = 0;
  #isNet = false;
  readonly #nodes = new Map<ConId, Node>();
  readonly #sectors = new Map<string, Cents>();
  readonly #unknown = new Set<Node>();
  /** Every text that was ever needed: at most one for each step of the scale. */
  readonly #texts = new Map<number, Ratio>();
  readonly #limits = new Map<string, RememberedLimit>();
  #gross: Cents = 0;

  /** Σ over all instruments of the larger of long and short at worst. */
  get gross(): Cents {
    return this.#gross;
  }

  /** Exposure by sector, of those in which something is held or worked. */
  get sectors(): ReadonlyMap<string, Cents> {
    return this.#sectors;
  }

  /** Instruments that are held or worked and can not be valued. */
  get unknown(): ReadonlySet<Holding> {
    return this.#unknown;
  }

  get holdings(): Iterable<Holding> {
    return this.#nodes.values();
  }

  /** The matrix that the totals rest on; null: none, or it is too old. */
  get correlations(): CorrelationMatrix | null {
    return this.#basis?.correlations ?? null;
  }

  /** True when exposures in the other direction are taken off. */
  get isNet(): boolean {
    return this.#isNet;
  }

  /** The largest exposure of `symbol` with what is correlated to it. */
  limitOf({ durable }: EngineFacts, symbol: string): ClusterLimit {
    const { symbolLimits, defaultLimits, settings } = durable;
    const own = symbolLimits.get(symbol);
    const known = this.#limits.get(symbol);
    if (known?.own === own && known?.defaults === defaultLimits && known.global === settings.risk) return known.limit;
    const table = { symbols: symbolLimits, defaults: defaultLimits };
    const { value, source } = effectiveLimits(table, settings.risk, symbol).correlationExposure;
    const limit = { value, source, cents: centsOf(value, 'down') };
    this.#limits.set(symbol, { own, defaults: defaultLimits, global: settings.risk, limit });
    return limit;
  }

  /** A correlation as text, to four places: the eye needs no more. */
  textOf(correlation: number): Ratio {
    const rounded = Math.round(correlation * CORRELATION_SCALE);
    const known = this.#texts.get(rounded);
    if (known !== undefined) return known;
    const text = ratio(String(rounded / CORRELATION_SCALE));
    this.#texts.set(rounded, text);
    return text;
  }

  /** Brings everything to what `state` says at `at` where settings, sectors or the matrix are others than before. */
  tune(state: EngineFacts, at: EpochMs): void {
    const { settings } = state.durable;
    const { sectors } = state.observed;
    const correlations = usableAt(state.observed.correlations, at);
    const basis = this.#basis;
    if (basis?.settings === settings.risk && basis.correlations === correlations && basis.sectors === sectors) return;
    this.#basis = { settings: settings.risk, correlations, sectors };
    this.#rebuild(state);
  }

  /** Counts `conId` anew. */
  refresh(state: EngineFacts, conId: ConId): void {
    const known = this.#nodes.get(conId);
    if (known === undefined && !isHeldOrWorked(state, conId)) return;
    if (known !== undefined && known.sector !== sectorOf(state, conId)) {
      this.#rebuild(state);
      return;
    }
    this.#value(state, known ?? this.#enter(state, conId));
  }

  /** `conId` as the totals count it, also where nothing of it is held; call `tune` first. */
  holdingOf(state: EngineFacts, conId: ConId): Holding {
    this.refresh(state, conId);
    return this.#nodes.get(conId) ?? this.#enter(state, conId);
  }

  #rebuild(state: EngineFacts): void {
    const { settings } = present(this.#basis, 'the basis of the book');
    this.#threshold = toNumber(settings.correlation.threshold);
    this.#isNet = settings.correlation.aggregation === 'net';
    this.#nodes.clear();
    this.#sectors.clear();
    this.#unknown.clear();
    this.#gross = 0;
    const { durable, observed } = state;
    for (const conId of new Set([...durable.positions.keys(), ...observed.liveByInstrument.keys()])) {
      if (isHeldOrWorked(state, conId)) this.#value(state, this.#enter(state, conId));
    }
  }

  #enter(state: EngineFacts, conId: ConId): Node {
    const node: Node = {
      conId,
      symbol: symbolOf(state, conId),
      sector: sectorOf(state, conId),
      long: 0,
      short: 0,
      isUnknown: false,
      besideLong: 0,
      besideShort: 0,
      edges: [],
      unrelated: [],
    };
    for (const other of this.#nodes.values()) this.#relate(node, other);
    this.#nodes.set(conId, node);
    return node;
  }

  #relate(node: Node, other: Node): void {
    const { settings, correlations } = present(this.#basis, 'the basis of the book');
    const known = node.symbol === other.symbol ? 1 : (correlations?.get(node.symbol, other.symbol) ?? null);
    if (known === null) {
      node.unrelated.push(other);
      other.unrelated.push(node);
      if (settings.correlation.onMissing !== 'sector' || node.sector !== other.sector) return;
    } else if (Math.abs(known) < this.#threshold) return;
    const sign = known === null || known > 0 ? 1 : -1;
    node.edges.push({ to: other, sign, correlation: known });
    other.edges.push({ to: node, sign, correlation: known });
    node.besideLong += this.weightOf(sign === 1 ? other.long : other.short);
    node.besideShort += this.weightOf(sign === 1 ? other.short : other.long);
  }

  /** What an exposure in one direction counts in a cluster. */
  weightOf(exposure: Cents): Cents {
    return this.#isNet ? exposure : Math.max(0, exposure);
  }

  #value(state: EngineFacts, node: Node): void {
    const worth = worthAtWorst(state, node.conId);
    node.isUnknown = worth === null;
    if (worth === null) this.#unknown.add(node);
    else this.#unknown.delete(node);
    this.#set(node, worth?.long ?? 0, worth?.short ?? 0);
  }

  #set(node: Node, long: Cents, short: Cents): void {
    if (long === node.long && short === node.short) return;
    const own = Math.max(0, long, short) - ownOf(node);
    const ofLong = this.weightOf(long) - this.weightOf(node.long);
    const ofShort = this.weightOf(short) - this.weightOf(node.short);
    node.long = long;
    node.short = short;
    this.#gross += own;
    const sector = (this.#sectors.get(node.sector) ?? 0) + own;
    if (sector === 0) this.#sectors.delete(node.sector);
    else this.#sectors.set(node.sector, sector);
    for (const { to, sign } of node.edges) {
      to.besideLong += sign === 1 ? ofLong : ofShort;
      to.besideShort += sign === 1 ? ofShort : ofLong;
    }
  }
}

/** What an instrument counts in the gross exposure and in its sector. */
export function ownOf({ long, short }: Pick<Holding, 'long' | 'short'>): Cents {
  return Math.max(0, long, short);
}

/** E of domain.md §5: an exposure with all that is correlated to it; 0 in a direction in which there is nothing. */
export function clusterOf({ long, short, besideLong, besideShort }: Holding, direction: Direction): Cents {
  const [own, beside] = direction === 'long' ? [long, besideLong] : [short, besideShort];
  return own <= 0 ? 0 : Math.max(0, own + beside);
}

/** The sector of an instrument: sectors.json comes before IBKR's industry. */
export function sectorOf({ durable, observed }: EngineFacts, conId: ConId): string {
  const instrument = durable.instruments.get(conId);
  if (instrument === undefined) return UNKNOWN_SECTOR;
  const sector = observed.sectors.get(instrument.symbol) ?? instrument.industry;
  return sector === '' ? UNKNOWN_SECTOR : sector;
}

/** How many milliseconds ago a matrix was computed, never negative. */
export function ageOf({ summary }: CorrelationMatrix, at: EpochMs): number {
  return Math.max(0, at - summary.computedAt);
}

/** A matrix that is older than it may be is as good as none. */
function usableAt(correlations: CorrelationMatrix | null, at: EpochMs): CorrelationMatrix | null {
  return correlations !== null && ageOf(correlations, at) <= MATRIX_STALE_MS_MAX ? correlations : null;
}

function isHeldOrWorked({ durable, observed }: EngineFacts, conId: ConId): boolean {
  const held = durable.positions.get(conId);
  return (held !== undefined && !isZero(held.quantity)) || (observed.liveByInstrument.get(conId)?.size ?? 0) > 0;
}

function symbolOf({ durable, observed }: EngineFacts, conId: ConId): string {
  const known = durable.instruments.get(conId) ?? durable.positions.get(conId);
  if (known !== undefined) return known.symbol;
  const [first] = present(observed.liveByInstrument.get(conId), 'the orders of an instrument that is only worked');
  return present(durable.orders.get(present(first, 'a live order')), 'an indexed live order').spec.symbol;
}

/** What is held and worked at worst, by direction; null where it can not be valued. */
function worthAtWorst(state: EngineFacts, conId: ConId): { readonly long: Cents; readonly short: Cents } | null {
  const { durable, observed } = state;
  const held = durable.positions.get(conId)?.quantity ?? ZERO_POSITION;
  const high = add(held, signedBy('BUY', addingLeaves(state, conId, 'BUY')));
  const low = add(held, signedBy('SELL', addingLeaves(state, conId, 'SELL')));
  if (isZero(high) && isZero(low)) return { long: 0, short: 0 };
  const instrument = durable.instruments.get(conId);
  const mark = markOf(observed.quotes.get(conId));
  const rate = instrument === undefined ? null : exchangeRateOf(state, instrument.currency);
  if (instrument === undefined || mark === null || rate === null) return null;
  const long = worthOf(mark, high, instrument.multiplier, rate);
  const short = worthOf(mark, negated(low), instrument.multiplier, rate);
  return long === null || short === null ? null : { long, short };
}
