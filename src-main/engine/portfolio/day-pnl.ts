import type { Instrument } from '#domain/instrument';
import {
  add,
  isZero,
  notionalOf,
  quantity,
  scaledBy,
  signedBy,
  subtract,
  worthOfPoints,
  ZERO_MONEY,
  ZERO_POSITION,
  type Money,
  type Price,
  type Quantity,
  type Ratio,
  type SignedQuantity,
} from '#domain/money';
import type { Fill } from '#domain/fill';
import type { FillClosing } from '#domain/fill-closing';
import type { PnlFigures } from '#domain/pnl';
import { describeUnknowable } from '#domain/position-value';

const ONE: Quantity = quantity('1');

/** What one fill adds to its day, in points: before the multiplier, in the instrument's currency. */
export interface FillPart {
  readonly net: SignedQuantity;
  /** Signed: what was paid is below zero. */
  readonly cash: Money;
  readonly commission: Fill['commission'];
  /** What it made against average cost; null: the cost of what it closed was unknown. */
  readonly realised: Money | null;
}

/** What `fill` adds to its day; `closing`: what it closed. */
export function partOf(fill: Fill, closing: FillClosing | undefined): FillPart {
  const { side, quantity: size, price, commission } = fill;
  const net = signedBy(side, size);
  return {
    net,
    cash: subtract(ZERO_MONEY, notionalOf(price, net, ONE)),
    commission,
    realised: realisedBy(fill, closing),
  };
}

function realisedBy({ side, price }: Fill, closing: FillClosing | undefined): Money | null {
  if (closing === undefined) return ZERO_MONEY;
  if (closing.cost === null) return null;
  // Selling closes what was long: the price less its cost. Buying closes what was short: the other way round.
  return subtract(ZERO_MONEY, notionalOf(subtract(price, closing.cost), signedBy(side, closing.quantity), ONE));
}

/** Σ of the parts of a day. */
export interface DaySums {
  readonly net: SignedQuantity;
  readonly cash: Money;
  readonly realised: Money;
  /** By currency. */
  readonly commissions: ReadonlyMap<string, Money>;
  /** Fills whose commission IBKR has not reported. */
  readonly awaited: number;
  /** Fills that closed something whose cost is unknown. */
  readonly uncosted: number;
  readonly fills: number;
}

export const NO_FILLS: DaySums = {
  net: ZERO_POSITION,
  cash: ZERO_MONEY,
  realised: ZERO_MONEY,
  commissions: new Map(),
  awaited: 0,
  uncosted: 0,
  fills: 0,
};

/** The sums with `part` in them, or (−1) without it. */
export function withPart(sums: DaySums, { net, cash, commission, realised }: FillPart, direction: 1 | -1): DaySums {
  const plus = <T extends Money | SignedQuantity>(a: T, b: T): T => (direction === 1 ? add(a, b) : subtract(a, b));
  const commissions = new Map(sums.commissions);
  if (commission !== null) {
    const { currency, amount } = commission;
    commissions.set(currency, plus(commissions.get(currency) ?? ZERO_MONEY, amount));
  }
  return {
    net: plus(sums.net, net),
    cash: plus(sums.cash, cash),
    realised: plus(sums.realised, realised ?? ZERO_MONEY),
    commissions,
    awaited: sums.awaited + (commission === null ? direction : 0),
    uncosted: sums.uncosted + (realised === null ? direction : 0),
    fills: sums.fills + direction,
  };
}

/** What the profit and loss of one instrument follows from; null or undefined where it is not known. */
interface DayBasis {
  readonly sums: DaySums;
  readonly held: SignedQuantity;
  readonly averageCost: Price | null;
  readonly instrument: Pick<Instrument, 'currency' | 'multiplier'> | undefined;
  readonly mark: Price | null;
  /** The mark at which the day began. */
  readonly markBefore: Price | null;
  /** One unit of a currency in the account's. */
  readonly rateOf: (currency: string) => Ratio | null;
}

/** The figures of one instrument. */
export interface KnownPnl extends PnlFigures {
  /** Why a figure is not known, or what is not in it yet; empty when all is. */
  readonly why: string;
  /** Why the figure of the day is not known; empty when it is. */
  readonly whyDaily: string;
}

const NO_MARK_BEFORE = 'no close of the day before yet';
const NO_COST = 'its average cost is not known';
const NO_CLOSED_COST = 'the average cost of what was closed is not known';

/**
 * Profit and loss by domain.md §5, in the account's currency. Of the day: pos·mark − pos₀·mark₀ + Σ signed trade cash −
 * commissions; unrealised: (mark − average cost)·pos; realised: what the day's closing trades made against average cost,
 * less the day's commissions. What can not be known is null, never zero; a commission that IBKR has not reported counts
 * when it comes, for each comes after its execution, and would leave the figure unknown at every fill.
 */
export function pnlOf({ sums, held, averageCost, instrument, mark, markBefore, rateOf }: DayBasis): KnownPnl {
  const unknown = (why: string): KnownPnl => ({ daily: null, unrealised: null, realised: null, why, whyDaily: why });
  if (instrument === undefined) return unknown(describeUnknowable('no-definition'));
  const rate = rateOf(instrument.currency);
  if (rate === null) return unknown(describeUnknowable('no-exchange-rate'));
  const before = subtract(held, sums.net);
  const value = (price: Price | null, of: SignedQuantity): Money | null =>
    isZero(of) ? ZERO_MONEY : price === null ? null : notionalOf(price, of, ONE);
  const worth = value(mark, held);
  const worthBefore = value(markBefore, before);
  const cost = value(averageCost, held);
  const paid = commissionsOf(sums, rateOf);
  const inBase = (points: Money): Money => scaledBy(worthOfPoints(points, instrument.multiplier), rate);
  const whysDaily = [
    worth === null ? describeUnknowable('no-price') : '',
    worthBefore === null ? NO_MARK_BEFORE : '',
    paid === null ? describeUnknowable('no-exchange-rate') : '',
  ];
  const whys = [
    ...whysDaily,
    cost === null ? NO_COST : '',
    sums.uncosted > 0 ? NO_CLOSED_COST : '',
    awaitedWords(sums),
  ];
  return {
    daily:
      worth === null || worthBefore === null || paid === null
        ? null
        : subtract(inBase(add(subtract(worth, worthBefore), sums.cash)), paid),
    unrealised: worth === null || cost === null ? null : inBase(subtract(worth, cost)),
    realised: paid === null || sums.uncosted > 0 ? null : subtract(inBase(sums.realised), paid),
    why: whys.find((it) => it !== '') ?? '',
    whyDaily: whysDaily.find((it) => it !== '') ?? '',
  };
}

/** Σ of the commissions that are reported; null while one of them is in a currency without a rate. */
function commissionsOf({ commissions }: DaySums, rateOf: DayBasis['rateOf']): Money | null {
  let sum = ZERO_MONEY;
  for (const [currency, amount] of commissions) {
    const rate = rateOf(currency);
    if (rate === null) return null;
    sum = add(sum, scaledBy(amount, rate));
  }
  return sum;
}

function awaitedWords({ awaited }: DaySums): string {
  if (awaited === 0) return '';
  return `without the commission of ${awaited === 1 ? 'a fill' : `${String(awaited)} fills`}, which IBKR has not reported yet`;
}
