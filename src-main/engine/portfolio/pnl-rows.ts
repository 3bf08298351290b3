import type { ConId } from '#domain/ids';
import {
  absoluteMoney,
  add,
  compare,
  magnitudeOf,
  maxOf,
  money,
  notionalOf,
  scaledBy,
  subtract,
  ZERO_MONEY,
  type Money,
} from '#domain/money';
import type { InstrumentPnl, PnlFigures, RiskPicture } from '#domain/pnl';
import { markOf } from '#domain/position-value';
import { tickAt } from '#domain/tick-rules';
import type { EngineState } from '#engine/engine-state';
import { exchangeRateOf } from '#engine/portfolio/account-values';
import { whyUnknown } from '#engine/portfolio/day-losses';
import { quantityOf } from '#engine/orders/position-lag';
import type { BrokerFact } from '#ports/broker-port';

/** Up to this, or to one tick of what is held, IBKR's figure and ours are the same (domain.md §5). */
const SAME_WITHIN: Money = money('0.01');

/** IBKR's own figures of one instrument, or of the account. */
export function onBrokerPnl(
  state: EngineState,
  fact: Extract<BrokerFact, { kind: 'account-pnl' | 'position-pnl' }>,
): void {
  state.observed.brokerPnl.set(fact.kind === 'account-pnl' ? 0 : fact.conId, fact.pnl);
}

/** Profit and loss of everything that is held or was traded today, beside IBKR's own figures; by symbol. */
export function pnlRowsOf(state: EngineState): readonly InstrumentPnl[] {
  const { days, brokerPnl } = state.observed;
  const rows = [...days.days].map(({ conId, symbol, pnl }): InstrumentPnl => {
    const { daily, unrealised, realised, why } = pnl;
    const broker = brokerPnl.get(conId) ?? null;
    const differs = areApart(daily, broker, toleranceOf(state, conId));
    return { conId, symbol, daily, unrealised, realised, why, broker, differs };
  });
  return rows.sort((a, b) => a.symbol.localeCompare(b.symbol, 'en') || a.conId - b.conId);
}

/** The same over the account, where the tolerances of its instruments add up. */
export function totalPnlOf(state: EngineState): RiskPicture['total'] {
  const { days, brokerPnl } = state.observed;
  const broker = brokerPnl.get(0) ?? null;
  const tolerance = [...days.days].reduce((sum, { conId }) => add(sum, toleranceOf(state, conId)), ZERO_MONEY);
  const daily = days.total('daily');
  return {
    daily,
    unrealised: days.total('unrealised'),
    realised: days.total('realised'),
    broker,
    differs: areApart(daily, broker, maxOf(SAME_WITHIN, tolerance)),
    why: whyUnknown(days),
  };
}

function areApart(ours: Money | null, broker: PnlFigures | null, tolerance: Money): boolean {
  const theirs = broker?.daily ?? null;
  if (ours === null || theirs === null) return false;
  return compare(absoluteMoney(subtract(ours, theirs)), tolerance) > 0;
}

/** max(1 cent, 1 tick × |position|), in the account's currency. */
function toleranceOf(state: EngineState, conId: ConId): Money {
  const { durable, observed } = state;
  const instrument = durable.instruments.get(conId);
  const mark = markOf(observed.quotes.get(conId));
  const rate = instrument === undefined ? null : exchangeRateOf(state, instrument.currency);
  if (instrument === undefined || mark === null || rate === null) return SAME_WITHIN;
  const held = magnitudeOf(quantityOf(durable, conId));
  return maxOf(SAME_WITHIN, scaledBy(notionalOf(tickAt(instrument, mark), held, instrument.multiplier), rate));
}
