import type { DataFarm, FarmState, MarketDataKind } from '#domain/quote';
import type { OrderErrorMeaning } from '#ports/broker-port';

/**
 * Data requests are numbered from here up, so that an error's id says whether it is about an order or a request: order
 * ids stay far below. Source: with one range for both, an order's 201 kills the market data request of the same number.
 */
export const DATA_REQUEST_ID_MIN = 1_000_000_000;

/** What an error's id refers to. */
export type ErrorSubject = 'session' | 'order' | 'data-request';

/**
 * Tells orders from data requests by the number; −1 and 0 are neither. Below −1 are orders that were entered by hand in TWS
 * and bound to client 0.
 */
export function subjectOf(id: number): ErrorSubject {
  if (id >= DATA_REQUEST_ID_MIN) return 'data-request';
  return id > 0 || id < -1 ? 'order' : 'session';
}

/** IBKR's code for an order id that was used before: TWS's next one is asked for. */
export const ORDER_ID_IN_USE = 103;
/** IBKR's code for a child order whose parent it does not know yet. */
export const MISSING_PARENT = 10006;

const ORDER_MEANINGS: ReadonlyMap<number, OrderErrorMeaning> = new Map<number, OrderErrorMeaning>([
  [100, 'uncertain'], // too many messages: this one may or may not have been taken
  [102, 'uncertain'], // duplicate ticker id
  [ORDER_ID_IN_USE, 'uncertain'], // order id in use: our own order may be the one that uses it
  [104, 'uncertain'], // can not modify a filled order
  [105, 'uncertain'], // the change does not match the order: the original may live
  [109, 'rejected'], // price out of the range IBKR accepts
  [110, 'refused-change'], // price off tick: a live order stays as it was
  [135, 'uncertain'], // can not find the order: says nothing about its fills
  [161, 'cancel-failed'], // not in a state that can be cancelled
  [200, 'rejected'], // no such instrument
  [201, 'rejected'],
  [202, 'cancelled'],
  [203, 'rejected'], // not allowed for this account
  [320, 'refused-change'], // the request could not be read
  [321, 'refused-change'], // the request is not valid, or the API is read-only
  [322, 'uncertain'], // duplicate id
  [399, 'warning'], // order message, e.g. "will not be placed until 09:30"
  [404, 'warning'], // held until shares to borrow are found; the status says so too
  [434, 'refused-change'], // size of zero
  [460, 'rejected'], // no trading permission
  [MISSING_PARENT, 'rejected'], // after the retries of the child
  [10147, 'cancel-failed'], // order to cancel not found
  [10148, 'cancel-failed'], // order can not be cancelled
]);

/** IBKR's codes 2100 to 2169 are warnings by its own numbering. Source: IBKR API, message codes. */
const WARNING_CODE_MIN = 2100;
const WARNING_CODE_MAX = 2169;

/** What an error means for the order it names. A code we do not know proves nothing: ask for the order. */
export function orderMeaningOf(code: number): OrderErrorMeaning {
  const known = ORDER_MEANINGS.get(code);
  if (known !== undefined) return known;
  return code >= WARNING_CODE_MIN && code <= WARNING_CODE_MAX ? 'warning' : 'uncertain';
}

/** What an error of a data request means. */
export type DataErrorMeaning =
  /**
   * The quotes are not current until they tick again, and `why` says what is in the way; `dataKind` null leaves their
   * kind as it was. `mayReturn`: asking again later may help.
   */
  | {
      readonly kind: 'quote';
      readonly dataKind: MarketDataKind | null;
      readonly why: string;
      readonly mayReturn: boolean;
    }
  /** The number of the request is taken: ask again under a new one. */
  | { readonly kind: 'number-in-use' }
  /** IBKR does not know the instrument. */
  | { readonly kind: 'instrument-unknown' }
  /** A warning; the request goes on. */
  | { readonly kind: 'warning' }
  /** The request that was cancelled had ended by itself. */
  | { readonly kind: 'moot' }
  | { readonly kind: 'failed' };

const withheld = (
  code: number,
  dataKind: MarketDataKind | null,
  words: string,
  mayReturn = false,
): DataErrorMeaning => ({
  kind: 'quote',
  dataKind,
  why: `${words} (${code})`,
  mayReturn,
});
const MAY_RETURN = true;

const DATA_MEANINGS: ReadonlyMap<number, DataErrorMeaning> = new Map<number, DataErrorMeaning>([
  [101, withheld(101, 'unknown', 'all market data lines of this user are in use', MAY_RETURN)],
  [102, { kind: 'number-in-use' }],
  [162, { kind: 'failed' }], // historical data: pacing or none there
  [165, { kind: 'warning' }], // historical data farm's own messages
  [200, { kind: 'instrument-unknown' }],
  [300, { kind: 'moot' }], // no subscription of that number
  [320, { kind: 'failed' }],
  [321, { kind: 'failed' }],
  [322, { kind: 'number-in-use' }],
  [354, withheld(354, 'unknown', 'no subscription to its market data')],
  [366, { kind: 'failed' }], // no historical query of that number
  [10089, withheld(10089, 'unknown', 'the subscription to its market data does not cover the API')],
  [10090, withheld(10090, 'delayed', 'part of its market data is not subscribed')],
  [10167, withheld(10167, 'delayed', 'no subscription to its market data: delayed data instead')],
  [10168, withheld(10168, 'unknown', 'no subscription to its market data, and delayed data is not enabled')],
  [10186, withheld(10186, 'unknown', 'no subscription to its market data, and delayed data is not enabled')],
  [10197, withheld(10197, null, 'another session of this user has the market data', MAY_RETURN)],
  [10225, withheld(10225, null, 'IBKR ended the subscription for a correction of trades', MAY_RETURN)],
]);

/** What an error means for the data request it names. */
export function dataMeaningOf(code: number): DataErrorMeaning {
  const known = DATA_MEANINGS.get(code);
  if (known !== undefined) return known;
  return code >= WARNING_CODE_MIN && code <= WARNING_CODE_MAX ? { kind: 'warning' } : { kind: 'failed' };
}

/** What a message without an id says about the session. */
export type SessionMeaning =
  /** We send too fast: hold everything but cancels for a moment. */
  | { readonly kind: 'too-fast' }
  | { readonly kind: 'client-id-in-use' }
  /** The connection failed or is about to. */
  | { readonly kind: 'connect' }
  /** A message could not be decoded: something was not heard. */
  | { readonly kind: 'unreadable' }
  /** A request without a number was refused. */
  | { readonly kind: 'request-refused' }
  | { readonly kind: 'upstream-lost' }
  | { readonly kind: 'upstream-restored'; readonly dataLost: boolean }
  | { readonly kind: 'farm'; readonly farm: DataFarm; readonly state: FarmState }
  /** Only informs. */
  | { readonly kind: 'notice' };

const SESSION_MEANINGS: ReadonlyMap<number, SessionMeaning> = new Map<number, SessionMeaning>([
  [100, { kind: 'too-fast' }],
  [320, { kind: 'request-refused' }],
  [321, { kind: 'request-refused' }],
  [322, { kind: 'request-refused' }],
  [326, { kind: 'client-id-in-use' }],
  [502, { kind: 'connect' }],
  [503, { kind: 'connect' }],
  [504, { kind: 'connect' }],
  [505, { kind: 'unreadable' }],
  [506, { kind: 'connect' }],
  [507, { kind: 'connect' }],
  [1100, { kind: 'upstream-lost' }],
  [1101, { kind: 'upstream-restored', dataLost: true }],
  [1102, { kind: 'upstream-restored', dataLost: false }],
  [1300, { kind: 'connect' }], // TWS moved to another port; the socket closes next
  [2103, { kind: 'farm', farm: 'quotes', state: 'down' }],
  [2104, { kind: 'farm', farm: 'quotes', state: 'up' }],
  [2105, { kind: 'farm', farm: 'history', state: 'down' }],
  [2106, { kind: 'farm', farm: 'history', state: 'up' }],
  [2107, { kind: 'farm', farm: 'history', state: 'idle' }],
  [2108, { kind: 'farm', farm: 'quotes', state: 'idle' }],
  [2110, { kind: 'upstream-lost' }],
  [2119, { kind: 'farm', farm: 'quotes', state: 'idle' }], // connecting
  [2157, { kind: 'farm', farm: 'definitions', state: 'down' }],
  [2158, { kind: 'farm', farm: 'definitions', state: 'up' }],
]);

/** What a message without an id says. Unknown codes inform only. */
export function sessionMeaningOf(code: number): SessionMeaning {
  return SESSION_MEANINGS.get(code) ?? { kind: 'notice' };
}
