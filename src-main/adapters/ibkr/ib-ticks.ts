import type { EpochMs } from '#domain/ids';
import { isPositive, priceFromNumber, quantityFromNumber, type Price } from '#domain/money';
import type { QuotePatch } from '#domain/quote';

// Tick types of IBKR; the delayed ones carry the same figures fifteen minutes late.
const BID_SIZE = 0;
const BID = 1;
const ASK = 2;
const ASK_SIZE = 3;
const LAST = 4;
const HIGH = 6;
const LOW = 7;
const VOLUME = 8;
const CLOSE = 9;
/** 0 trades, 1 and 2 are halts, −1 unknown. */
export const HALTED = 49;
const DELAYED_BID = 66;
const DELAYED_ASK = 67;
const DELAYED_LAST = 68;
const DELAYED_BID_SIZE = 69;
const DELAYED_ASK_SIZE = 70;
const DELAYED_HIGH = 72;
const DELAYED_LOW = 73;
const DELAYED_VOLUME = 74;
const DELAYED_CLOSE = 75;
const DELAYED_MIN = 66;
const DELAYED_MAX = 76;

/** True when a tick of this type says that the data is delayed. */
export function isDelayedTick(tickType: number): boolean {
  return tickType >= DELAYED_MIN && tickType <= DELAYED_MAX;
}

/** IBKR writes −1, sometimes 0, where there is no price. */
function priceTick(value: number | undefined): Price | null {
  const price = priceFromNumber(value);
  return price !== undefined && isPositive(price) ? price : null;
}

/** What a price tick changes; null when it is of no interest. */
export function pricePatchOf(tickType: number, value: number | undefined, tickAt: EpochMs): QuotePatch | null {
  const price = priceTick(value);
  switch (tickType) {
    case BID:
    case DELAYED_BID:
      return { bid: price, tickAt };
    case ASK:
    case DELAYED_ASK:
      return { ask: price, tickAt };
    case LAST:
    case DELAYED_LAST:
      return { last: price, tickAt };
    case HIGH:
    case DELAYED_HIGH:
      return { high: price, tickAt };
    case LOW:
    case DELAYED_LOW:
      return { low: price, tickAt };
    case CLOSE:
    case DELAYED_CLOSE:
      return { close: price, tickAt };
    default:
      return null;
  }
}

/** What a size tick changes; null when it is of no interest. */
export function sizePatchOf(tickType: number, value: number | undefined, tickAt: EpochMs): QuotePatch | null {
  const size = quantityFromNumber(value) ?? null;
  switch (tickType) {
    case BID_SIZE: // comes only as a tick of its own: the library drops the one beside the bid price
    case DELAYED_BID_SIZE:
      return { bidSize: size, tickAt };
    case ASK_SIZE:
    case DELAYED_ASK_SIZE:
      return { askSize: size, tickAt };
    case VOLUME:
    case DELAYED_VOLUME:
      return { volume: size, tickAt };
    default:
      return null;
  }
}
