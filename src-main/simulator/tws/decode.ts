import { readContract, readPlacement, type WireContract, type WireOrder } from '#simulator/tws/decode-order';
import { SINCE } from '#simulator/tws/server-version';
import { FieldCursor, WireError } from '#simulator/tws/wire';

/** Everything a client can ask for, and the rest as `unsupported`. */
export type ClientMessage =
  | { readonly kind: 'start-api'; readonly clientId: number }
  | {
      readonly kind: 'market-data';
      readonly reqId: number;
      readonly contract: WireContract;
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
  | { readonly kind: 'contract-details'; readonly reqId: number; readonly contract: WireContract }
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
  | { readonly kind: CancelKind; readonly reqId: number }
  | { readonly kind: PlainKind }
  | { readonly kind: 'unsupported'; readonly messageId: number };

type CancelKind = 'cancel-market-data' | 'cancel-account-summary' | 'cancel-pnl' | 'cancel-pnl-single';
type PlainKind =
  | 'open-orders'
  | 'all-open-orders'
  | 'next-id'
  | 'managed-accounts'
  | 'current-time'
  | 'global-cancel'
  | 'positions'
  | 'cancel-positions'
  | 'completed-orders';

/** Which executions are wanted; "" and 0 mean any. */
export interface ExecutionFilter {
  readonly clientId: number;
  readonly account: string;
  /** "YYYYMMDD-HH:MM:SS" or with a space, in the exchange's time zone: executions from then on. */
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
  [15, versioned((read) => ({ kind: 'auto-open-orders', bind: read.flag() }))],
  [16, versioned(() => ({ kind: 'all-open-orders' }))],
  [17, versioned(() => ({ kind: 'managed-accounts' }))],
  [49, versioned(() => ({ kind: 'current-time' }))],
  [58, (read, serverVersion) => plain('global-cancel', read, serverVersion >= SINCE.CME_TAGGING_FIELDS ? 2 : 1)],
  [59, versioned((read) => ({ kind: 'market-data-type', type: read.integer() }))],
  [61, versioned(() => ({ kind: 'positions' }))],
  [62, versioned(accountSummary)],
  [63, versioned((read) => ({ kind: 'cancel-account-summary', reqId: read.integer() }))],
  [64, versioned(() => ({ kind: 'cancel-positions' }))],
  [71, versioned(startApi)],
  [81, (read) => ({ kind: 'matching-symbols', reqId: read.integer(), pattern: read.text() })],
  [91, (read) => ({ kind: 'market-rule', ruleId: read.integer() })],
  [92, pnl],
  [93, (read) => ({ kind: 'cancel-pnl', reqId: read.integer() })],
  [94, pnlSingle],
  [95, (read) => ({ kind: 'cancel-pnl-single', reqId: read.integer() })],
  [99, (read) => plain('completed-orders', read, 1)],
]);

/**
 * A request in words.
 * @throws WireError when it has too few or too many fields for the server version, or text where a number belongs.
 */
export function decodeMessage(fields: readonly string[], serverVersion: number): ClientMessage {
  const messageId = new FieldCursor(fields, 0).integer();
  const decode = DECODERS.get(messageId);
  if (decode === undefined) return { kind: 'unsupported', messageId };
  const read = new FieldCursor(fields, 1);
  const message = decode(read, serverVersion);
  read.end();
  return message;
}

/** Where requests carry their id, for those that have one. */
const ID_PLACE: ReadonlyMap<string, number> = new Map([
  ...['1', '2', '4', '7', '9', '10', '25', '50', '62', '63', '74', '76'].map((id) => [id, 2] as const),
  ...['3', '20', '78', '81', '87', '92', '93', '94', '95', '96', '97'].map((id) => [id, 1] as const),
]);

/** The id of the order or request that an error about an unreadable or unsupported message belongs to; −1 without. */
export function requestIdOf(fields: readonly string[]): number {
  const id = fields[ID_PLACE.get(String(fields[0])) ?? fields.length] ?? '';
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
  read.skip(1); // generic ticks
  const snapshot = read.flag();
  read.skip(2); // regulatory snapshot, options
  return { kind: 'market-data', reqId, contract, snapshot };
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
  read.skip(4); // includeExpired, secIdType, secId, issuerId
  return { kind: 'contract-details', reqId, contract };
}

function accountSummary(read: FieldCursor): ClientMessage {
  const reqId = read.integer();
  const group = read.text();
  const tags = read.text().split(',');
  return { kind: 'account-summary', reqId, group, tags };
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
