import { present } from '#domain/assert';
import type { ConId } from '#domain/ids';
import { isNegative, subtract, ZERO_MONEY, type Money } from '#domain/money';
import type { RiskContext } from '#domain/risk-decision';
import type { EngineState } from '#engine/engine-state';
import type { DayBook } from '#engine/portfolio/day-book';

/** max(0, −P&L of the day); null while that is not known. */
export function lossOf(daily: Money | null): Money | null {
  if (daily === null) return null;
  return isNegative(daily) ? subtract(ZERO_MONEY, daily) : ZERO_MONEY;
}

/** The loss of the day of one instrument: zero where nothing is held and nothing was traded. */
export function symbolLoss(days: DayBook, conId: ConId): Money | null {
  const day = days.of(conId);
  return day === undefined ? ZERO_MONEY : lossOf(day.pnl.daily);
}

/** The losses of the day that an order in `conId` finds. */
export function dayContextOf({ durable, observed }: EngineState, conId: ConId): RiskContext['day'] {
  const { days } = observed;
  return {
    symbol: {
      loss: symbolLoss(days, conId),
      why: days.of(conId)?.pnl.whyDaily ?? '',
      latch: durable.lossLatches.get(conId) ?? null,
    },
    account: {
      loss: lossOf(days.total('daily')),
      why: whyUnknown(days),
      latch: durable.lossLatches.get(0) ?? null,
    },
  };
}

/** Why the figure of the account is not known, by the first instrument of which it is not; empty when it is. */
export function whyUnknown(days: DayBook): string {
  if (days.total('daily') !== null) return '';
  const { symbol, pnl } = present(
    [...days.days].find(({ pnl: { daily } }) => daily === null),
    'the instrument of which it is not known',
  );
  return `${symbol}: ${pnl.whyDaily}`;
}
