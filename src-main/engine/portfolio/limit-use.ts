import { assert, present } from '#domain/assert';
import type { ConId } from '#domain/ids';
import { looserThanGlobal } from '#domain/limit-change';
import {
  add,
  compare,
  isZero,
  magnitudeOf,
  maxOf,
  moneyOf,
  notionalOf,
  ratio,
  ratioOf,
  scaledBy,
  signedBy,
  subtract,
  ZERO_MONEY,
  ZERO_POSITION,
  ZERO_QUANTITY,
  type Money,
  type Quantity,
  type Ratio,
} from '#domain/money';
import { isProtectiveExit, leavesQuantityOf } from '#domain/order-record';
import type { LimitUse, SymbolLimitUse } from '#domain/pnl';
import { effectiveLimits, type EffectiveLimit } from '#domain/symbol-limits';
import type { EngineState } from '#engine/engine-state';
import { exchangeRateOf } from '#engine/portfolio/exchange-rates';
import { symbolLoss } from '#engine/portfolio/day-losses';
import { clusterOf, type Holding } from '#engine/portfolio/exposure-book';
import { unitPriceOf } from '#engine/risk/order-value';
import { addingLeaves } from '#engine/risk/worst-leaves';

/** Share of a limit from which people are warned (domain.md §5). */
const WARN_AT: Ratio = ratio('0.8');
const LOSS_WARN_AT: Ratio = ratio('0.7');

/** The use of a limit that may be reached, and not exceeded. */
export function limitUse<T extends Quantity | Money>(
  used: T | null,
  { value: limit, source }: Pick<EffectiveLimit<T>, 'value' | 'source'>,
): LimitUse<T> {
  if (used === null) return { used, limit, source, state: 'unknown' };
  const state = compare(used, limit) > 0 ? 'breach' : isFrom(WARN_AT, used, limit) ? 'warn' : 'ok';
  return { used, limit, source, state };
}

/** The use of a daily loss limit, which latches where it is reached. */
export function lossUse(
  used: Money | null,
  { value: limit, source }: Pick<EffectiveLimit<Money>, 'value' | 'source'>,
): LimitUse<Money> {
  if (used === null) return { used, limit, source, state: 'unknown' };
  const isReached = !isZero(used) && compare(used, limit) >= 0;
  return { used, limit, source, state: isReached ? 'breach' : isFrom(LOSS_WARN_AT, used, limit) ? 'warn' : 'ok' };
}

function isFrom<T extends Quantity | Money>(share: Ratio, used: T, limit: T): boolean {
  const part = ratioOf(used, limit);
  return part !== undefined && compare(part, share) >= 0;
}

/** The use of every limit of the symbols that are held, worked or latched, or have limits of their own. */
export function symbolLimitUses(state: EngineState): readonly SymbolLimitUse[] {
  const { durable, observed } = state;
  const holdings = new Map([...observed.exposures.holdings].map((holding) => [holding.conId, holding]));
  const shown = new Map<ConId, string>();
  const show = (conId: ConId): void => void shown.set(conId, symbolOf(state, conId));
  for (const { conId, quantity } of durable.positions.values()) if (!isZero(quantity)) show(conId);
  for (const [conId, live] of observed.liveByInstrument) if (live.size > 0) show(conId);
  for (const { scope } of durable.lossLatches.values()) if (scope.over === 'symbol') show(scope.conId);
  for (const symbol of durable.symbolLimits.keys()) {
    const conId = observed.conIdBySymbol.get(symbol);
    if (conId !== undefined) show(conId);
  }
  const named = new Set(shown.values());
  const others = [...durable.symbolLimits.keys()].filter((symbol) => !named.has(symbol));
  return [
    ...[...shown].map(([conId, symbol]) => useOf(state, symbol, conId, holdings.get(conId))),
    ...others.map((symbol) => useOf(state, symbol, null, undefined)),
  ].sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
}

/** By its definition; what is not defined yet has the name by which IBKR reported it. */
function symbolOf({ durable, observed }: EngineState, conId: ConId): string {
  const [live] = observed.liveByInstrument.get(conId) ?? [];
  const named = durable.instruments.get(conId) ?? durable.positions.get(conId);
  const symbol = named?.symbol ?? (live === undefined ? undefined : durable.orders.get(live)?.spec.symbol);
  if (symbol !== undefined) return symbol;
  const { scope } = present(durable.lossLatches.get(conId), 'the latch of an instrument that has nothing else');
  assert(scope.over === 'symbol', 'the latch of an instrument is one of a symbol');
  return scope.symbol;
}

function useOf(state: EngineState, symbol: string, conId: ConId | null, holding: Holding | undefined): SymbolLimitUse {
  const { durable, observed } = state;
  const table = { symbols: durable.symbolLimits, defaults: durable.defaultLimits };
  const limits = effectiveLimits(table, durable.settings.risk, symbol);
  const known = observed.positionsKnown;
  return {
    symbol,
    conId,
    positionSize: limitUse(known ? positionAtWorst(state, conId) : null, limits.positionSize),
    orderExposure: limitUse(largestOrder(state, conId), limits.orderExposure),
    dailyLoss: lossUse(conId === null ? ZERO_MONEY : symbolLoss(observed.days, conId), limits.dailyLoss),
    correlationExposure: limitUse(known ? clusterExposure(holding) : null, limits.correlationExposure),
    latch: conId === null ? null : (durable.lossLatches.get(conId) ?? null),
    notes: notesOn(state, symbol),
  };
}

/** max(|hi|, |lo|) with every working order filled at its worst. */
function positionAtWorst(state: EngineState, conId: ConId | null): Quantity {
  if (conId === null) return ZERO_QUANTITY;
  const position = state.durable.positions.get(conId)?.quantity ?? ZERO_POSITION;
  const high = add(position, signedBy('BUY', addingLeaves(state, conId, 'BUY')));
  const low = subtract(position, signedBy('BUY', addingLeaves(state, conId, 'SELL')));
  return maxOf(magnitudeOf(high), magnitudeOf(low));
}

/** The value of the largest working order that may add, in the account's currency; null where one can not be known. */
function largestOrder(state: EngineState, conId: ConId | null): Money | null {
  const { durable, observed } = state;
  let largest = ZERO_MONEY;
  for (const id of (conId === null ? undefined : observed.liveByInstrument.get(conId)) ?? []) {
    const order = present(durable.orders.get(id), 'an indexed live order');
    if (isProtectiveExit(order)) continue;
    const instrument = durable.instruments.get(order.spec.conId);
    const rate = instrument === undefined ? null : exchangeRateOf(state, instrument.currency);
    const unit = unitPriceOf({ quote: observed.quotes.get(order.spec.conId) ?? null }, order.spec);
    if (instrument === undefined || rate === null || unit === null) return null;
    largest = maxOf(largest, scaledBy(notionalOf(unit, leavesQuantityOf(order), instrument.multiplier), rate));
  }
  return largest;
}

/** E of domain.md §5, in the direction in which it is larger; null where something of it can not be valued. */
function clusterExposure(holding: Holding | undefined): Money | null {
  if (holding === undefined) return ZERO_MONEY;
  if (holding.isUnknown) return null;
  return moneyOf(Math.max(clusterOf(holding, 'long'), clusterOf(holding, 'short')));
}

/** What a person should know of the limits themselves. */
function notesOn({ durable, observed }: EngineState, symbol: string): readonly string[] {
  const own = durable.symbolLimits.get(symbol);
  if (own === undefined) return [];
  const looser = looserThanGlobal(own, durable.settings.risk);
  return [
    ...looser.map((words) => `${words}: symbol_limits.json is looser, the global limit counts`),
    ...(observed.unknownSymbols.has(symbol) ? ['delisted: IBKR knows no such symbol; its limits are kept'] : []),
  ];
}
