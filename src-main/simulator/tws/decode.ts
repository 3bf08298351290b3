import { readPlacement, type WireOrder } from '#simulator/tws/decode-order';
import { decodeHeadTimestamp, decodeHistoricalData, type HistoricalRequest } from '#simulator/tws/historical-requests';
import { REFUSED_REQUESTS } from '#simulator/tws/refused-requests';
import { SINCE } from '#simulator/tws/server-version';
import { FieldCursor, WireError } from '#simulator/tws/wire';
import { readContract, type WireContract } from '#simulator/tws/wire-contract';

/** Everything a client can ask for; `refused` is known and not simulated, `unsupported` is no message of TWS. */
export type ClientMessage =
  | { readonly kind: 'start-api'; readonly clientId: number }
  | {
      readonly kind: 'market-data';
      readonly reqId: number;
      readonly contract: WireContract;
      /** The numbers of the additional ticks that are wanted. */
      readonly generic: readonly string[];
      readonly snapshot: boolean;
    }
  | {
      readonly kind: 'place-order';
      readonly orderId: number;
      readonly contract: WireContract;
      readonly order: WireOrder;
    }
  | { readonly kind: 'cancel-order'; readonly orderId: number }
  | { readonly kind: 'account-updates'; readonly subscribe: boolean; readonly account: string }
  | { readonly kind: 'executions'; readonly reqId: number; readonly filter: ExecutionFilter }
  | {
      readonly kind: 'contract-details';
      readonly reqId: number;
      readonly contract: WireContract;
      /** ISIN, CUSIP …; '' when the contract itself names the instrument. */
      readonly secIdType: string;
    }
  | { readonly kind: 'auto-open-orders'; readonly bind: boolean }
  | { readonly kind: 'market-data-type'; readonly type: number }
  | {
      readonly kind: 'account-summary';
      readonly reqId: number;
      readonly group: string;
      readonly tags: readonly string[];
    }
  | { readonly kind: 'matching-symbols'; readonly reqId: number; readonly pattern: string }
  | { readonly kind: 'market-rule'; readonly ruleId: number }
  | { readonly kind: 'pnl'; readonly reqId: number; readonly account: string }
  | { readonly kind: 'pnl-single'; readonly reqId: number; readonly account: string; readonly conId: number }
  | HistoricalRequest
  | ({ readonly kind: 'positions-multi' } & OfModel)
  | ({ readonly kind: 'account-updates-multi' } & OfModel)
  | { readonly kind: WithIdKind; readonly reqId: number }
  | { readonly kind: 'completed-orders'; readonly apiOnly: boolean }
  | { readonly kind: PlainKind }
  | { readonly kind: 'refused'; readonly reqId: number; readonly name: string }
  | { readonly kind: 'unsupported'; readonly messageId: number };

type WithIdKind =
  | 'cancel-market-data'
  | 'cancel-account-summary'
  | 'cancel-pnl'
  | 'cancel-pnl-single'
  | 'cancel-positions-multi'
  | 'cancel-account-updates-multi'
  | 'soft-dollar-tiers'
  | 'user-info';

/** What a request about an account and one of its models says. */
interface OfModel {
  readonly reqId: number;
  readonly account: string;
  readonly modelCode: string;
}

type PlainKind =
  | 'open-orders'
  | 'all-open-orders'
  | 'next-id'
  | 'managed-accounts'
  | 'current-time'
  | 'global-cancel'
  | 'positions'
  | 'cancel-positions'
  | 'server-log-level'
  | 'family-codes'
  | 'depth-exchanges'
  | 'news-providers';

/** A request of a client that has said who it is. */
export type Request = Exclude<ClientMessage, { readonly kind: 'start-api' | 'unsupported' }>;
export type RequestOf<Kind extends Request['kind']> = Extract<Request, { readonly kind: Kind }>;

/** Which executions are wanted; "" and 0 mean any. */
export interface ExecutionFilter {
  readonly clientId: number;
  readonly account: string;
  /** "YYYYMMDD-HH:MM:SS" in UTC, or with a space in the exchange's or a named time zone: executions from then on. */
  readonly time: string;
  readonly symbol: string;
  readonly secType: string;
  readonly exchange: string;
  readonly side: string;
}

type Decoder = (read: FieldCursor, serverVersion: number) => ClientMessage;

/** Requests by TWS's message number. The cursor stands on the first field after the number. */
const DECODERS: ReadonlyMap<number, Decoder> = new Map<number, Decoder>([
  [1, marketData],
  [2, versioned((read) => ({ kind: 'cancel-market-data', reqId: read.integer() }))],
  [3, placeOrder],
  [4, cancelOrder],
  [5, versioned(() => ({ kind: 'open-orders' }))],
  [6, versioned((read) => ({ kind: 'account-updates', subscribe: read.flag(), account: read.text() }))],
  [7, versioned(executions)],
  [8, versioned((read) => plain('next-id', read, 1))],
  [9, contractDetails],
  [14, versioned((read) => plain('server-log-level', read, 1))],
  [15, versioned((read) => ({ kind: 'auto-open-orders', bind: read.flag() }))],
  [16, versioned(() => ({ kind: 'all-open-orders' }))],
  [17, versioned(() => ({ kind: 'managed-accounts' }))],
  [20, decodeHistoricalData],
  [25, versioned((read) => ({ kind: 'cancel-historical-data', reqId: read.integer() }))],
  [49, versioned(() => ({ kind: 'current-time' }))],
  [58, (read, serverVersion) => plain('global-cancel', read, serverVersion >= SINCE.CME_TAGGING_FIELDS ? 2 : 1)],
  [59, versioned((read) => ({ kind: 'market-data-type', type: read.integer() }))],
  [61, versioned(() => ({ kind: 'positions' }))],
  [62, versioned(accountSummary)],
  [63, versioned((read) => ({ kind: 'cancel-account-summary', reqId: read.integer() }))],
  [64, versioned(() => ({ kind: 'cancel-positions' }))],
  [71, versioned(startApi)],
  [74, versioned((read) => ({ kind: 'positions-multi', ...ofModel(read) }))],
  [75, versioned((read) => ({ kind: 'cancel-positions-multi', reqId: read.integer() }))],
  [76, versioned(accountUpdatesMulti)],
  [77, versioned((read) => ({ kind: 'cancel-account-updates-multi', reqId: read.integer() }))],
  [79, (read) => ({ kind: 'soft-dollar-tiers', reqId: read.integer() })],
  [80, () => ({ kind: 'family-codes' })],
  [81, (read) => ({ kind: 'matching-symbols', reqId: read.integer(), pattern: read.text() })],
  [82, () => ({ kind: 'depth-exchanges' })],
  [85, () => ({ kind: 'news-providers' })],
  [87, decodeHeadTimestamp],
  [90, (read) => ({ kind: 'cancel-head-timestamp', reqId: read.integer() })],
  [91, (read) => ({ kind: 'market-rule', ruleId: read.integer() })],
  [92, pnl],
  [93, (read) => ({ kind: 'cancel-pnl', reqId: read.integer() })],
  [94, pnlSingle],
  [95, (read) => ({ kind: 'cancel-pnl-single', reqId: read.integer() })],
  [99, (read) => ({ kind: 'completed-orders', apiOnly: read.flag() })],
  [104, (read) => ({ kind: 'user-info', reqId: read.integer() })],
]);

/**
 * A request in words.
 * @throws WireError when it has too few or too many fields for the server version, or text where a number belongs.
 */
export function decodeMessage(fields: readonly string[], serverVersion: number): ClientMessage {
  const messageId = new FieldCursor(fields, 0).integer();
  const decode = DECODERS.get(messageId);
  if (decode === undefined) {
    const refused = REFUSED_REQUESTS.get(messageId);
    return refused === undefined
      ? { kind: 'unsupported', messageId }
      : { kind: 'refused', reqId: requestIdOf(fields), name: refused.name };
  }
  const read = new FieldCursor(fields, 1);
  const message = decode(read, serverVersion);
  read.end();
  return message;
}

/** Where the simulated requests carry their id, for those that have one. */
const ID_PLACES: ReadonlyMap<number, number> = new Map([
  ...[1, 2, 4, 7, 9, 25, 62, 63, 74, 75, 76, 77].map((messageId) => [messageId, 2] as const),
  ...[3, 20, 79, 81, 87, 90, 92, 93, 94, 95, 104].map((messageId) => [messageId, 1] as const),
]);

/** The id of the order or request that an error about an unreadable or unsupported message belongs to; −1 without. */
export function requestIdOf(fields: readonly string[]): number {
  const messageId = Number(fields[0]);
  const place = ID_PLACES.get(messageId) ?? REFUSED_REQUESTS.get(messageId)?.idPlace;
  const id = place === undefined ? '' : (fields[place] ?? '');
  return /^\d{1,10}$/.test(id) ? Number(id) : -1;
}

function versioned(decode: Decoder): Decoder {
  return (read, serverVersion) => {
    read.integer(); // the message's own version: every client of these server versions sends the same
    return decode(read, serverVersion);
  };
}

function plain(kind: PlainKind, read: FieldCursor, fields: number): ClientMessage {
  read.skip(fields);
  return { kind };
}

function startApi(read: FieldCursor): ClientMessage {
  const clientId = read.integer();
  if (clientId < 0) throw new WireError('a client id is not negative');
  read.skip(1); // optional capabilities
  return { kind: 'start-api', clientId };
}

function marketData(read: FieldCursor): ClientMessage {
  read.integer(); // version
  const reqId = read.integer();
  const contract = readContract(read);
  if (contract.secType === 'BAG') read.skip(4 * read.integer());
  if (read.flag()) read.skip(3); // delta neutral contract
  const generic = read.text();
  const snapshot = read.flag();
  const regulatorySnapshot = read.flag();
  read.skip(1); // options
  return {
    kind: 'market-data',
    reqId,
    contract,
    generic: generic.split(',').filter((tick) => tick !== ''),
    snapshot: snapshot || regulatorySnapshot,
  };
}

function placeOrder(read: FieldCursor, serverVersion: number): ClientMessage {
  const orderId = read.integer();
  return { kind: 'place-order', orderId, ...readPlacement(read, serverVersion) };
}

function cancelOrder(read: FieldCursor, serverVersion: number): ClientMessage {
  if (serverVersion < SINCE.CME_TAGGING_FIELDS) read.integer(); // version
  const orderId = read.integer();
  read.skip(1); // manualOrderCancelTime
  if (serverVersion >= SINCE.RFQ_FIELDS && serverVersion < SINCE.UNDO_RFQ_FIELDS) read.skip(3);
  if (serverVersion >= SINCE.CME_TAGGING_FIELDS) read.skip(2); // extOperator, manualOrderIndicator
  return { kind: 'cancel-order', orderId };
}

function executions(read: FieldCursor): ClientMessage {
  return {
    kind: 'executions',
    reqId: read.integer(),
    filter: {
      clientId: read.integer(),
      account: read.text(),
      time: read.text(),
      symbol: read.text(),
      secType: read.text(),
      exchange: read.text(),
      side: read.text(),
    },
  };
}

function contractDetails(read: FieldCursor): ClientMessage {
  read.integer(); // version
  const reqId = read.integer();
  const contract = readContract(read);
  read.skip(1); // includeExpired: nothing of the simulator expires
  const secIdType = read.text();
  read.skip(2); // secId, issuerId
  return { kind: 'contract-details', reqId, contract, secIdType };
}

function accountSummary(read: FieldCursor): ClientMessage {
  const reqId = read.integer();
  const group = read.text();
  const tags = read.text().split(',');
  return { kind: 'account-summary', reqId, group, tags };
}

function ofModel(read: FieldCursor): OfModel {
  return { reqId: read.integer(), account: read.text(), modelCode: read.text() };
}

function accountUpdatesMulti(read: FieldCursor): ClientMessage {
  const asked = ofModel(read);
  read.skip(1); // ledgerAndNLV: the answer has both anyway
  return { kind: 'account-updates-multi', ...asked };
}

function pnl(read: FieldCursor): ClientMessage {
  const reqId = read.integer();
  const account = read.text();
  read.skip(1); // model
  return { kind: 'pnl', reqId, account };
}

function pnlSingle(read: FieldCursor): ClientMessage {
  const reqId = read.integer();
  const account = read.text();
  read.skip(1); // model
  return { kind: 'pnl-single', reqId, account, conId: read.integer() };
}
