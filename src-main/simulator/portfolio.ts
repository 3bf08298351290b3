import { mulDiv, UNITS_PER_ONE } from '#simulator/fixed';
import type { SimulatedInstrument } from '#simulator/instruments';
import type { Action } from '#simulator/simulated-order';

/** IBKR's fixed pricing of US stocks: half a cent a share, at least one dollar an order. */
const COMMISSION_PER_SHARE_UNITS = 50;
const COMMISSION_MIN_UNITS = UNITS_PER_ONE;
/** Regulation T in the day: four times the equity. */
const BUYING_POWER_FACTOR = 4;

/** A holding: shares are negative when short; cost is Σ price × shares of what is open, with its sign, in units. */
export interface Holding {
  readonly instrument: SimulatedInstrument;
  readonly shares: number;
  readonly cost: number;
  readonly realizedPnl: number;
}

/** The account's figures, in units of 0.0001 dollar. */
export interface AccountFigures {
  readonly cash: number;
  readonly marketValue: number;
  readonly grossValue: number;
  readonly netLiquidation: number;
  readonly unrealizedPnl: number;
  readonly realizedPnl: number;
  readonly buyingPower: number;
}

/** Commission of a whole order of `shares`. */
export function commissionOf(shares: number): number {
  return Math.max(COMMISSION_MIN_UNITS, shares * COMMISSION_PER_SHARE_UNITS);
}

/** The one account of the simulated broker. */
export class Portfolio {
  #cash: number;
  readonly #holdings = new Map<number, Holding>();

  /** @param cash what the account starts with, in units. */
  constructor(cash: number) {
    this.#cash = cash;
  }

  /** Books a fill. @returns the profit it realised, undefined when it closed nothing. */
  book(
    instrument: SimulatedInstrument,
    action: Action,
    shares: number,
    price: number,
    fee: number,
  ): number | undefined {
    const change = action === 'BUY' ? shares : -shares;
    const before = this.holdingOf(instrument);
    const closing = Math.sign(change) === -Math.sign(before.shares) ? Math.min(shares, Math.abs(before.shares)) : 0;
    const signedClosing = closing * Math.sign(change);
    const costOfClosed = closing === 0 ? 0 : mulDiv(before.cost, closing, Math.abs(before.shares));
    const realized = closing === 0 ? undefined : -signedClosing * price - costOfClosed - fee;
    this.#cash -= change * price + fee;
    this.#holdings.set(instrument.index, {
      instrument,
      shares: before.shares + change,
      cost: before.cost - costOfClosed + (change - signedClosing) * price,
      realizedPnl: before.realizedPnl + (realized ?? 0),
    });
    return realized;
  }

  holdingOf(instrument: SimulatedInstrument): Holding {
    return this.#holdings.get(instrument.index) ?? { instrument, shares: 0, cost: 0, realizedPnl: 0 };
  }

  /** Every stock that was ever held, in the order of the first trade. */
  holdings(): readonly Holding[] {
    return [...this.#holdings.values()];
  }

  /** The account valued at `markOf` (units). */
  figures(markOf: (instrument: SimulatedInstrument) => number): AccountFigures {
    let [marketValue, grossValue, cost, realizedPnl] = [0, 0, 0, 0];
    for (const holding of this.#holdings.values()) {
      const value = holding.shares * markOf(holding.instrument);
      marketValue += value;
      grossValue += Math.abs(value);
      cost += holding.cost;
      realizedPnl += holding.realizedPnl;
    }
    const netLiquidation = this.#cash + marketValue;
    return {
      cash: this.#cash,
      marketValue,
      grossValue,
      netLiquidation,
      unrealizedPnl: marketValue - cost,
      realizedPnl,
      buyingPower: Math.max(0, BUYING_POWER_FACTOR * netLiquidation - grossValue),
    };
  }
}
