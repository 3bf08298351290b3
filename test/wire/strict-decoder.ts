import { contract, contractData, symbolSamples } from '#test/wire/strict-contract';
import { completedOrder, executionData, openOrder, STATUSES } from '#test/wire/strict-order';
import { StrictReader } from '#test/wire/strict-reader';

/**
 * The messages of TWS to a client, written out field by field from IBKR's client sources, and shared with nothing in
 * the simulator. A message this table does not know, a field of another form, a field too few or too many: an error.
 */
export interface ServerMessage {
  readonly id: number;
  readonly name: string;
  readonly fieldCount: number;
  readonly values: Readonly<Record<string, string>>;
}

interface Description {
  readonly name: string;
  readonly read: (fields: StrictReader) => void;
}

/** A day, a moment with its zone, or seconds since 1970. */
const BAR_DATE = /^\d{8}( \d\d:\d\d:\d\d [A-Z][A-Za-z/]+)?$|^\d{9,10}$/;

const MESSAGES: Readonly<Record<number, Description>> = {
  1: {
    name: 'TICK_PRICE',
    read: (f) => {
      f.constant('version', '6');
      f.integer('reqId');
      f.oneOf('tickType', ['1', '2', '4', '6', '7', '9', '14', '37', '66', '67', '68', '72', '73', '75', '76']);
      f.decimal('price');
      f.integer('size');
      f.oneOf('attributeMask', ['0', '1']);
    },
  },
  2: {
    name: 'TICK_SIZE',
    read: (f) => {
      f.constant('version', '6');
      f.integer('reqId');
      f.oneOf('tickType', ['0', '3', '5', '8', '69', '70', '71', '74', '89']);
      f.integer('size');
    },
  },
  3: {
    name: 'ORDER_STATUS',
    read: (f) => {
      f.integer('orderId');
      f.oneOf('status', STATUSES);
      f.decimal('filled', 'remaining', 'avgFillPrice');
      f.integer('permId');
      f.integer('parentId');
      f.decimal('lastFillPrice');
      f.integer('clientId');
      f.oneOf('whyHeld', ['', 'child']);
      f.decimal('mktCapPrice');
    },
  },
  4: {
    name: 'ERR_MSG',
    read: (f) => {
      f.constant('version', '2');
      f.integer('id');
      f.integer('code');
      f.word('text');
      f.text('advancedOrderReject');
    },
  },
  5: { name: 'OPEN_ORDER', read: openOrder },
  6: {
    name: 'ACCT_VALUE',
    read: (f) => {
      f.constant('version', '2');
      f.word('key');
      f.word('value');
      f.oneOf('currency', ['', 'BASE', 'USD', 'EUR']);
      f.word('account');
    },
  },
  7: {
    name: 'PORTFOLIO_VALUE',
    read: (f) => {
      f.constant('version', '8');
      contract(f, 'primaryExchange');
      f.integer('position');
      f.decimal('marketPrice', 'marketValue', 'averageCost', 'unrealizedPnl', 'realizedPnl');
      f.word('account');
    },
  },
  8: {
    name: 'ACCT_UPDATE_TIME',
    read: (f) => {
      f.constant('version', '1');
      f.matching('time', /^\d\d:\d\d$/);
    },
  },
  9: versionAnd('NEXT_VALID_ID', (f) => f.integer('orderId')),
  10: { name: 'CONTRACT_DATA', read: contractData },
  11: { name: 'EXECUTION_DATA', read: executionData },
  15: versionAnd('MANAGED_ACCTS', (f) => f.matching('accounts', /^DU\d+$/)),
  17: { name: 'HISTORICAL_DATA', read: historicalData },
  45: {
    name: 'TICK_GENERIC',
    read: (f) => {
      f.constant('version', '6');
      f.integer('reqId');
      f.oneOf('tickType', ['46', '49']);
      f.decimal('value');
    },
  },
  46: {
    name: 'TICK_STRING',
    read: (f) => {
      f.constant('version', '6');
      f.integer('reqId');
      const type = f.oneOf('tickType', ['45', '48', '77']);
      // The second of the last trade, or price, size, ms, day's volume, average price, and whether it was one trade.
      f.matching('value', type === '45' ? /^\d{10}$/ : /^[\d.]+;\d+;\d{13};\d+;[\d.]+;true$/);
    },
  },
  49: versionAnd('CURRENT_TIME', (f) => f.integer('seconds')),
  52: versionAnd('CONTRACT_DATA_END', (f) => f.integer('reqId')),
  53: versionAnd('OPEN_ORDER_END', () => undefined),
  54: versionAnd('ACCT_DOWNLOAD_END', (f) => f.word('account')),
  55: versionAnd('EXECUTION_DATA_END', (f) => f.integer('reqId')),
  57: versionAnd('TICK_SNAPSHOT_END', (f) => f.integer('reqId')),
  58: versionAnd('MARKET_DATA_TYPE', (f) => {
    f.integer('reqId');
    f.oneOf('type', ['1', '2', '3', '4']);
  }),
  59: versionAnd('COMMISSION_REPORT', (f) => {
    f.word('execId');
    f.decimal('commission');
    f.oneOf('currency', ['USD', 'EUR']);
    f.amount('realizedPnl', 'yield');
    f.empty('yieldRedemptionDate');
  }),
  61: {
    name: 'POSITION',
    read: (f) => {
      f.constant('version', '3');
      f.word('account');
      contract(f, 'exchange');
      f.integer('position');
      f.decimal('averageCost');
    },
  },
  62: versionAnd('POSITION_END', () => undefined),
  63: versionAnd('ACCOUNT_SUMMARY', (f) => {
    f.integer('reqId');
    f.word('account');
    f.word('tag');
    f.word('value');
    f.oneOf('currency', ['', 'BASE', 'USD', 'EUR']);
  }),
  64: versionAnd('ACCOUNT_SUMMARY_END', (f) => f.integer('reqId')),
  71: versionAnd('POSITION_MULTI', (f) => {
    f.integer('reqId');
    f.word('account');
    contract(f, 'exchange');
    f.integer('position');
    f.decimal('averageCost');
    f.empty('modelCode');
  }),
  72: versionAnd('POSITION_MULTI_END', (f) => f.integer('reqId')),
  73: versionAnd('ACCOUNT_UPDATE_MULTI', (f) => {
    f.integer('reqId');
    f.word('account');
    f.empty('modelCode');
    f.word('key');
    f.word('value');
    f.oneOf('currency', ['', 'BASE', 'USD', 'EUR']);
  }),
  74: versionAnd('ACCOUNT_UPDATE_MULTI_END', (f) => f.integer('reqId')),
  77: {
    name: 'SOFT_DOLLAR_TIERS',
    read: (f) => {
      f.integer('reqId');
      f.constant('count', '0');
    },
  },
  78: {
    name: 'FAMILY_CODES',
    read: (f) => {
      f.constant('count', '1');
      f.word('account');
      f.empty('familyCode');
    },
  },
  79: { name: 'SYMBOL_SAMPLES', read: symbolSamples },
  80: { name: 'MKT_DEPTH_EXCHANGES', read: (f) => f.constant('count', '0') },
  81: {
    name: 'TICK_REQ_PARAMS',
    read: (f) => {
      f.integer('reqId');
      f.decimal('minTick');
      f.word('bboExchange');
      f.integer('snapshotPermissions');
    },
  },
  85: { name: 'NEWS_PROVIDERS', read: (f) => f.constant('count', '0') },
  88: {
    name: 'HEAD_TIMESTAMP',
    read: (f) => {
      f.integer('reqId');
      f.matching('head', /^(\d{8}-\d\d:\d\d:\d\d|\d+)$/);
    },
  },
  90: {
    name: 'HISTORICAL_DATA_UPDATE',
    read: (f) => {
      f.integer('reqId');
      f.integer('count');
      f.matching('date', BAR_DATE);
      // Open and close come before high and low here, and nowhere else.
      f.decimal('open', 'close', 'high', 'low', 'average', 'volume');
    },
  },
  93: {
    name: 'MARKET_RULE',
    read: (f) => {
      f.integer('ruleId');
      const count = f.integer('count');
      for (let band = 0; band < count; band += 1) f.decimal(`lowEdge${band}`, `increment${band}`);
    },
  },
  94: {
    name: 'PNL',
    read: (f) => {
      f.integer('reqId');
      f.amount('daily', 'unrealized', 'realized');
    },
  },
  95: {
    name: 'PNL_SINGLE',
    read: (f) => {
      f.integer('reqId');
      f.integer('position');
      f.amount('daily', 'unrealized', 'realized', 'value');
    },
  },
  100: {
    name: 'ORDER_BOUND',
    read: (f) => {
      f.integer('permId');
      f.constant('clientId', '0');
      f.integer('orderId');
    },
  },
  101: { name: 'COMPLETED_ORDER', read: completedOrder },
  102: { name: 'COMPLETED_ORDERS_END', read: () => undefined },
  107: {
    name: 'USER_INFO',
    read: (f) => {
      f.integer('reqId');
      f.empty('whiteBrandingId');
    },
  },
};

/** Every message type the simulator may send. */
export const KNOWN_MESSAGES: readonly string[] = Object.values(MESSAGES).map(({ name }) => name);

/** @throws Error naming message, field and version for anything that is not exactly the protocol. */
export function decodeStrictly(fields: readonly string[], version: number): ServerMessage {
  const id = Number(fields[0]);
  const description = MESSAGES[id];
  if (description === undefined) throw new Error(`message ${String(fields[0])} is not in the strict decoder's table`);
  const reader = new StrictReader(description.name, fields.slice(1), version);
  description.read(reader);
  reader.end();
  return { id, name: description.name, fieldCount: fields.length, values: reader.values };
}

function versionAnd(name: string, read: (fields: StrictReader) => unknown): Description {
  return {
    name,
    read: (fields) => {
      fields.constant('version', '1');
      read(fields);
    },
  };
}

function historicalData(f: StrictReader): void {
  f.integer('reqId');
  f.text('start');
  f.text('end');
  const count = f.integer('count');
  for (let bar = 0; bar < count; bar += 1) {
    f.matching(`date${bar}`, BAR_DATE);
    f.decimal(`open${bar}`, `high${bar}`, `low${bar}`, `close${bar}`, `volume${bar}`, `average${bar}`);
    f.integer(`trades${bar}`);
  }
}
