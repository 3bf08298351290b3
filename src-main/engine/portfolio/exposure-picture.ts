import { present } from '#domain/assert';
import { formatAge, formatMoney } from '#domain/format';
import type { EpochMs } from '#domain/ids';
import { describeMember } from '#domain/limit-words';
import { moneyOf, ratioOf, toNumber } from '#domain/money';
import type { RiskPicture } from '#domain/pnl';
import type { EngineState } from '#engine/engine-state';
import { ageOf, clusterOf, ownOf, type Direction, type Holding } from '#engine/portfolio/exposure-book';
import { HOUR_MS, membersOf, sectorLimitOf } from '#engine/portfolio/exposure-context';
import { limitUse } from '#engine/portfolio/limit-use';

/** Clusters and names that warnings name at most. */
const CLUSTERS_SHOWN_MAX = 10;
const NAMES_SHOWN_MAX = 10;
/** Share of a limit from which a cluster is told of. */
const WARN_AT = 0.8;

/** The exposure of each sector in which something is held or worked, by name; unknown where a part of it can not be valued. */
export function sectorUses({ durable, observed }: EngineState): RiskPicture['sectors'] {
  const { exposures, positionsKnown } = observed;
  const unvalued = new Set([...exposures.unknown].map(({ sector }) => sector));
  return [...new Set([...exposures.sectors.keys(), ...unvalued])].sort().map((name) => {
    const isKnown = positionsKnown && !unvalued.has(name);
    const used = isKnown ? moneyOf(present(exposures.sectors.get(name), 'the exposure of a sector')) : null;
    const { limit: value, source } = sectorLimitOf(durable.settings.risk, name);
    return { name, exposure: limitUse(used, { value, source }) };
  });
}

/** What a person should know of exposures and correlations, in words: what is not known or old, and clusters near their limits. */
export function exposureWarnings(state: EngineState, at: EpochMs): readonly string[] {
  return [...unvaluedWarning(state), ...correlationWarning(state, at), ...clusterWarnings(state)];
}

function unvaluedWarning({ observed }: EngineState): readonly string[] {
  const names = [...observed.exposures.unknown].map(({ symbol }) => symbol);
  if (names.length === 0) return [];
  return [
    `The value of ${listOf(names)} is not known: no price, or no exchange rate. Orders that add risk are denied.`,
  ];
}

function correlationWarning({ durable, observed }: EngineState, at: EpochMs): readonly string[] {
  const { correlations, holdings } = observed.exposures;
  const unrelated = [...holdings].filter((it) => ownOf(it) > 0 && it.unrelated.some((other) => ownOf(other) > 0));
  if (unrelated.length > 0) {
    const names = unrelated.map(({ symbol }) => symbol);
    return [`Correlations are not known of all pairs of ${listOf(names)}. Update them with update-correlations.`];
  }
  if (correlations === null) return [];
  const ageMs = ageOf(correlations, at);
  if (ageMs <= durable.settings.risk.correlation.ttlHours * HOUR_MS) return [];
  return [`The correlations are ${formatAge(ageMs)} old. Update them with update-correlations.`];
}

interface Near {
  readonly middle: Holding;
  readonly direction: Direction;
  readonly share: number;
}

function clusterWarnings(state: EngineState): readonly string[] {
  const { exposures, baseCurrency } = state.observed;
  const currency = baseCurrency ?? '';
  const near: Near[] = [];
  for (const middle of exposures.holdings) {
    for (const direction of ['long', 'short'] as const) {
      const used = clusterOf(middle, direction);
      const limit = exposures.limitOf(state, middle.symbol).value;
      const part = used === 0 ? undefined : ratioOf(moneyOf(used), limit);
      // Of a limit of zero everything is more than all.
      const share = used === 0 ? 0 : part === undefined ? Infinity : toNumber(part);
      if (share >= WARN_AT) near.push({ middle, direction, share });
    }
  }
  near.sort((a, b) => b.share - a.share);
  return near.slice(0, CLUSTERS_SHOWN_MAX).map(({ middle, direction, share }) => {
    const used = formatMoney(moneyOf(clusterOf(middle, direction)), currency);
    const limit = formatMoney(exposures.limitOf(state, middle.symbol).value, currency);
    const { members, others } = membersOf(exposures, middle, direction);
    const names = members.map((member) => describeMember(member, currency)).join(', ');
    const more = others === 0 ? '' : ` and ${others} more`;
    const beyond = share > 1 ? 'beyond its limit' : 'near its limit';
    return `Correlated exposure ${middle.symbol} (${direction}) is ${beyond}: ${used} of ${limit}. It counts ${names}${more}.`;
  });
}

function listOf(names: readonly string[]): string {
  const others = names.length - NAMES_SHOWN_MAX;
  const shown = names.slice(0, NAMES_SHOWN_MAX).join(', ');
  return others > 0 ? `${shown} and ${others} more` : shown;
}
