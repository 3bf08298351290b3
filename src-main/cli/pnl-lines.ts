import { formatCash, NOT_KNOWN } from '#domain/format';
import type { Money } from '#domain/money';
import type { InstrumentPnl, RiskPicture } from '#domain/pnl';
import { plain, type Cell } from './format';

/** An amount in the account's currency as a cell; a loss stands out. */
export function cashCell(amount: Money | null | undefined, currency: string | null): Cell {
  return plain(cashText(amount ?? null, currency));
}

function cashText(amount: Money | null, currency: string | null): string {
  return amount === null || currency === null ? NOT_KNOWN : formatCash(amount, currency);
}

/** The profit and loss of all, in one sentence beside IBKR's own figure. */
export function totalPnlLine(
  { daily, unrealised, realised, broker }: RiskPicture['total'],
  currency: string | null,
): string {
  const cash = (amount: Money | null): string => cashText(amount, currency);
  const brokers = broker === null ? '' : ` (IBKR ${cash(broker.daily)})`;
  return `Profit and loss today ${cash(daily)}${brokers}, unrealised ${cash(unrealised)}, realised today ${cash(realised)}.`;
}

/** What there is to say of a row of profit and loss: what is not known, and where IBKR's figure is another one. */
export function pnlNotes(
  { symbol, daily, why, broker, differs }: InstrumentPnl,
  currency: string | null,
): readonly string[] {
  const unknown = why === '' ? [] : [`${symbol}: ${why}.`];
  if (!differs || broker === null) return unknown;
  const [ours, theirs] = [cashText(daily, currency), cashText(broker.daily, currency)];
  return [...unknown, `${symbol}: today ${ours} here, ${theirs} by IBKR.`];
}

/** What was traded today and is not held any more. */
export function closedTodayLine({ symbol, daily, realised }: InstrumentPnl, currency: string | null): string {
  return `${symbol}, closed: today ${cashText(daily, currency)}, realised ${cashText(realised, currency)}.`;
}
