import { mulDiv } from '#simulator/fixed';
import type { SimulatedInstrument } from '#simulator/instruments';

/**
 * What is held of one instrument, in its own currency: shares are negative when short; cost is
 * Σ price × shares × multiplier of what is open, with its sign, in units.
 */
export interface Holding {
  readonly instrument: SimulatedInstrument;
  readonly shares: number;
  readonly cost: number;
  readonly realizedPnl: number;
}

/** One thing that changed a holding. Prices and fees in units of the instrument's currency, changes with their sign. */
export type Booking =
  | {
      readonly kind: 'trade';
      /** The execution's id without its version. */
      readonly key: string;
      readonly change: number;
      readonly price: number;
      readonly fee: number;
    }
  /** Shares that came or went without a trade, at the price they were worth. */
  | { readonly kind: 'transfer'; readonly change: number; readonly price: number }
  /** `from` shares became `to`; what is less than a share is paid out at `price`. */
  | { readonly kind: 'split'; readonly from: number; readonly to: number; readonly price: number };

/** What a booking does. */
export interface Outcome {
  readonly holding: Holding;
  /** Undefined when it closed nothing. */
  readonly realized: number | undefined;
  /** Money that came in, negative when it went out. */
  readonly cash: number;
}

export function applied(before: Holding, booking: Booking): Outcome {
  switch (booking.kind) {
    case 'trade':
      return traded(before, booking.change, booking.price, booking.fee);
    case 'transfer': {
      const { holding } = traded(before, booking.change, booking.price, 0);
      return { holding: { ...holding, realizedPnl: before.realizedPnl }, realized: undefined, cash: 0 };
    }
    case 'split': {
      const exact = (before.shares * booking.to) / booking.from;
      const shares = Math.trunc(exact);
      const cost = exact === 0 ? 0 : Math.round((before.cost * shares) / exact);
      const cash = Math.round((exact - shares) * booking.price * before.instrument.multiplier);
      return { holding: { ...before, shares, cost }, realized: undefined, cash };
    }
  }
}

function traded(before: Holding, change: number, price: number, fee: number): Outcome {
  const { secType, multiplier } = before.instrument;
  const closes = Math.sign(change) === -Math.sign(before.shares);
  const closing = closes ? Math.sign(change) * Math.min(Math.abs(change), Math.abs(before.shares)) : 0;
  const costOfClosed = closing === 0 ? 0 : mulDiv(before.cost, Math.abs(closing), Math.abs(before.shares));
  const gain = -closing * price * multiplier - costOfClosed;
  const realized = closing === 0 ? undefined : gain - fee;
  return {
    holding: {
      ...before,
      shares: before.shares + change,
      cost: before.cost - costOfClosed + (change - closing) * price * multiplier,
      realizedPnl: before.realizedPnl + (realized ?? -fee),
    },
    realized,
    // A future is not paid for: only what it gained or lost changes hands.
    cash: (secType === 'FUT' ? gain : -change * price * multiplier) - fee,
  };
}
