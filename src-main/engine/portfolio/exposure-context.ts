import type { Cents } from '#domain/cents';
import { CLUSTERS_MAX, MEMBERS_MAX, type Cluster, type ClusterMember, type ExposureContext } from '#domain/exposure';
import type { ConId } from '#domain/ids';
import { moneyOf } from '#domain/money';
import { markOf } from '#domain/position-value';
import type { RiskContext } from '#domain/risk-decision';
import type { RiskSettings } from '#domain/settings';
import type { EngineState } from '#engine/engine-state';
import {
  ageOf,
  clusterOf,
  ownOf,
  type Direction,
  type ExposureBook,
  type Holding,
} from '#engine/portfolio/exposure-book';
import { clusterTotal, type ClusterPart } from '#engine/risk/exposure-totals';
import { orderExposureOf, type OrderExposure } from '#engine/risk/order-exposure';
import { mainLegOf } from '#engine/risk/risk-check';

export const HOUR_MS = 60 * 60 * 1000;
/** A cluster is carried from this share of its limit on: well before it warns. */
const NEAR = 0.75;

/** The portfolio as the order that `context` is about finds it. */
export function exposureContextOf(
  state: EngineState,
  conId: ConId,
  context: RiskContext,
  clustersMax = CLUSTERS_MAX,
): ExposureContext {
  const { exposures } = state.observed;
  exposures.tune(state, context.at);
  const holding = exposures.holdingOf(state, conId);
  const order = orderExposureOf(context);
  return {
    mark: markOf(context.quote ?? undefined),
    unknown: namesOf(exposures.unknown),
    gross: moneyOf(exposures.gross),
    own: moneyOf(ownOf(holding)),
    sector: {
      name: holding.sector,
      before: moneyOf(exposures.sectors.get(holding.sector) ?? 0),
      ...sectorLimitOf(context.settings, holding.sector),
    },
    clusters: clustersOf(state, holding, context, order.ok ? order.value : NO_ORDER, clustersMax),
    correlations: knowledgeOf(exposures, context, holding),
  };
}

const NO_ORDER: OrderExposure = { base: 0, opposite: 0, before: 0, after: 0, unit: null };

function namesOf(holdings: Iterable<Holding>): string[] {
  const names: string[] = [];
  for (const { symbol } of holdings) {
    if (names.length === MEMBERS_MAX) break;
    names.push(symbol);
  }
  return names;
}

/** The limit of a sector: the one that is set for it, else the one of all sectors. */
export function sectorLimitOf(
  { maxSectorExposure, sectorLimits }: RiskSettings,
  name: string,
): Pick<ExposureContext['sector'], 'limit' | 'source'> {
  const own = Object.hasOwn(sectorLimits, name) ? sectorLimits[name] : undefined;
  return own === undefined ? { limit: maxSectorExposure, source: 'global' } : { limit: own, source: 'sector' };
}

/** How the correlations of what is held with the order's instrument are known. */
function knowledgeOf(
  { correlations }: ExposureBook,
  { at, settings }: RiskContext,
  { symbol, unrelated }: Holding,
): ExposureContext['correlations'] {
  const held = unrelated.filter((other) => ownOf(other) > 0);
  if (correlations === null || held.length > 0) {
    if (held.length === 0) return { state: 'missing', symbols: [] };
    const isNotIn = !(correlations?.has(symbol) ?? false);
    return { state: 'missing', symbols: isNotIn ? [symbol] : namesOf(held) };
  }
  const { version } = correlations.summary;
  const ageMs = ageOf(correlations, at);
  return ageMs <= settings.correlation.ttlHours * HOUR_MS
    ? { state: 'fresh', version }
    : { state: 'stale', version, ageMs };
}

/** A cluster that the order's instrument counts in. */
interface Candidate extends ClusterPart {
  readonly middle: Holding;
  readonly direction: Direction;
  readonly correlation: number | null;
  /** What the order's instrument may count in it. */
  readonly room: Cents;
}

/**
 * The clusters that the order makes larger: its own always; of the others those that come near their limits, the tightest
 * first, and the tightest of all in any case, for it says how large the order may be. More would decide nothing else.
 */
function clustersOf(
  state: EngineState,
  holding: Holding,
  context: RiskContext,
  order: OrderExposure,
  clustersMax: number,
): Cluster[] {
  const { exposures } = state.observed;
  const { isNet } = exposures;
  const direction: Direction = mainLegOf(context).side === 'BUY' ? 'long' : 'short';
  const weight = exposures.weightOf(holding[direction]);
  const near: Candidate[] = [];
  let tightest: Candidate | null = null;
  for (const { to, sign, correlation } of holding.edges) {
    const towards = directionOf(direction, sign);
    if (to[towards] <= 0) continue;
    const rest = to[towards] + besideOf(to, towards) - weight;
    const part = { rest, isOwn: false, isNet };
    const limit = exposures.limitOf(state, to.symbol).cents;
    const room = Math.max(limit, clusterTotal(part, order.base + order.before)) - rest;
    const candidate: Candidate = { middle: to, direction: towards, correlation, room, ...part };
    if (tightest === null || room < tightest.room) tightest = candidate;
    if (clusterTotal(part, order.base + order.after) >= limit * NEAR) near.push(candidate);
  }
  near.sort((a, b) => a.room - b.room);
  const others = tightest === null || near[0]?.room === tightest.room ? near : [tightest, ...near];
  const rest = besideOf(holding, direction);
  const own: Candidate = { middle: holding, direction, correlation: 1, rest, isOwn: true, isNet, room: 0 };
  return [own, ...others.slice(0, clustersMax - 1)].map((candidate) => describe(state, candidate));
}

function besideOf({ besideLong, besideShort }: Holding, direction: Direction): Cents {
  return direction === 'long' ? besideLong : besideShort;
}

/** The direction in which what is correlated by `sign` adds to an exposure in `direction`. */
function directionOf(direction: Direction, sign: 1 | -1): Direction {
  if (sign === 1) return direction;
  return direction === 'long' ? 'short' : 'long';
}

function describe(state: EngineState, { middle, direction, correlation, rest }: Candidate): Cluster {
  const { exposures } = state.observed;
  const before = clusterOf(middle, direction);
  const { value, source } = exposures.limitOf(state, middle.symbol);
  return {
    symbol: middle.symbol,
    direction,
    correlation: correlation === null ? null : exposures.textOf(correlation),
    before: moneyOf(before),
    own: moneyOf(before - rest),
    limit: value,
    source,
    ...membersOf(exposures, middle, direction),
  };
}

/** The names that count in a cluster, its own first, then the largest. */
export function membersOf(
  book: ExposureBook,
  middle: Holding,
  direction: Direction,
): { readonly members: ClusterMember[]; readonly others: number } {
  const own = middle[direction] > 0 ? [{ holding: middle, correlation: 1, amount: middle[direction] }] : [];
  const counting = middle.edges.flatMap(({ to, sign, correlation }) => {
    const amount = book.weightOf(to[directionOf(direction, sign)]);
    return amount === 0 ? [] : [{ holding: to, correlation, amount }];
  });
  counting.sort((a, b) => Math.abs(b.amount) - Math.abs(a.amount));
  const all = [...own, ...counting];
  const members = all.slice(0, MEMBERS_MAX).map(({ holding: { symbol }, correlation, amount }) => {
    return { symbol, correlation: correlation === null ? null : book.textOf(correlation), amount: moneyOf(amount) };
  });
  return { members, others: all.length - members.length };
}
