import { NOT_KNOWN } from '#domain/format';
import { compare, money, ratioOf, subtract, toNumber, type Money, type Quantity } from '#domain/money';
import type { LimitSource } from '#domain/limit-source';
import type { LimitUse } from '#domain/pnl';
import { formatWhole } from '#renderer/format/display';

/** The use of a limit in units or in money. */
export type AnyLimitUse = LimitUse<Quantity | Money>;

/** Where limits warn, of their whole (domain.md §5). */
export const WARN_AT_SHARE = 0.8;
export const LOSS_WARN_AT_SHARE = 0.7;

/** Where a limit comes from, in words. */
export const SOURCE_WORDS = {
  symbol: 'of the symbol',
  default: 'default of all symbols',
  sector: 'of the sector',
  global: 'global',
} as const satisfies Record<LimitSource, string>;

/** What is used of a limit: 1 is all of it. A limit of zero is used up by anything. */
export function shareOf(used: Money | Quantity, limit: Money | Quantity): number {
  const share = ratioOf<Quantity | Money>(used, limit);
  return share === undefined ? (toNumber(used) > 0 ? 2 : 0) : toNumber(share);
}

export function usedShare({ used, limit }: AnyLimitUse): number {
  return used === null ? 0 : shareOf(used, limit);
}

/** Used, limit, what is left and where the limit comes from: `Used 90 of 100 (90%), 10 left; limit of the symbol`. */
export function describeUse(use: AnyLimitUse, currency: string): string {
  const unit = currency === '' ? '' : ` ${currency}`;
  const whole = `${formatWhole(use.limit)}${unit}`;
  const source = `limit ${SOURCE_WORDS[use.source]}`;
  if (use.used === null) return `Used: ${NOT_KNOWN} of ${whole}, it can not be known now; ${source}`;
  const isOver = compare<Quantity | Money>(use.used, use.limit) > 0;
  const [most, least] = isOver ? [use.used, use.limit] : [use.limit, use.used];
  const left = `${formatWhole(subtract(money(most), money(least)))} ${isOver ? 'over' : 'left'}`;
  return `Used ${formatWhole(use.used)} of ${whole} (${Math.round(usedShare(use) * 100)}%), ${left}; ${source}`;
}
