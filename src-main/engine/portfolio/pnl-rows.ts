import { present } from '#domain/assert';
import type { ConId } from '#domain/ids';
import {
  absoluteMoney,
  add,
  compare,
  isZero,
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
import { exchangeRateOf } from '#engine/portfolio/exchange-rates';
import { whyUnknown } from '#engine/portfolio/day-losses';
import { quantityOf } from '#engine/orders/position-lag';
import type { BrokerFact } from '#ports/broker-port';

/** Up to this, or to one tick of what is held, IBKR's figure and ours are the same (domain.md §5). */
const SAME_WITHIN: Money = money('0.01');
const NOT_TOLD = { pnl: null, differs: false };

/**
 * IBKR's own figures of one instrument, or of the account. They are compared with ours as they come, for a moment later the
 * market has moved on and IBKR has not told of it yet.
 */
export function onBrokerPnl(
  state: EngineState,
  fact: Extract<BrokerFact, { kind: 'account-pnl' | 'position-pnl' }>,
): void {
  const { days, brokerPnl } = state.observed;
  const { pnl } = fact;
  if (fact.kind === 'account-pnl') {
    brokerPnl.set(0, { pnl, differs: areApart(days.total('daily'), pnl, () => accountTolerance(state)) });
  } else {
    const ours = days.of(fact.conId)?.pnl.daily ?? null;
    brokerPnl.set(fact.conId, { pnl, differs: areApart(ours, pnl, () => toleranceOf(state, fact.conId)) });
  }
}

/** Profit and loss of everything that is held or was traded today, beside IBKR's own figures; by symbol. */
export function pnlRowsOf({ observed: { days, brokerPnl } }: EngineState): readonly InstrumentPnl[] {
  const rows = [...days.days].map(({ conId, symbol, pnl }): InstrumentPnl => {
    const { daily, unrealised, realised, why } = pnl;
    const { pnl: broker, differs } = brokerPnl.get(conId) ?? NOT_TOLD;
    return { conId, symbol, daily, unrealised, realised, why, broker, differs };
  });
  return rows.sort((a, b) => a.symbol.localeCompare(b.symbol, 'en') || a.conId - b.conId);
}

/** The same over the account. */
export function totalPnlOf({ observed: { days, brokerPnl } }: EngineState): RiskPicture['total'] {
  const { pnl: broker, differs } = brokerPnl.get(0) ?? NOT_TOLD;
  return {
    daily: days.total('daily'),
    unrealised: days.total('unrealised'),
    realised: days.total('realised'),
    broker,
    differs,
    why: whyUnknown(days),
  };
}

function areApart(ours: Money | null, { daily: theirs }: PnlFigures, tolerance: () => Money): boolean {
  if (ours === null || theirs === null) return false;
  return compare(absoluteMoney(subtract(ours, theirs)), tolerance()) > 0;
}

/** Over the account the tolerances of its instruments add up. */
function accountTolerance(state: EngineState): Money {
  const { days } = state.observed;
  return maxOf(
    SAME_WITHIN,
    [...days.days].reduce((sum, { conId }) => add(sum, toleranceOf(state, conId)), ZERO_MONEY),
  );
}

/** max(1 cent, 1 tick × |position|) of an instrument whose figure is known, in the account's currency. */
function toleranceOf(state: EngineState, conId: ConId): Money {
  const { durable, observed } = state;
  const held = magnitudeOf(quantityOf(durable, conId));
  if (isZero(held)) return SAME_WITHIN;
  const instrument = present(durable.instruments.get(conId), 'the definition of what has a value');
  const mark = present(markOf(observed.quotes.get(conId)), 'the mark of what has a value');
  const rate = present(exchangeRateOf(state, instrument.currency), 'the exchange rate of what has a value');
  return maxOf(SAME_WITHIN, scaledBy(notionalOf(tickAt(instrument, mark), held, instrument.multiplier), rate));
}
