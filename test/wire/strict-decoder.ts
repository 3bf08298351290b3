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

const STATUSES = [
  'PendingSubmit',
  'PendingCancel',
  'PreSubmitted',
  'Submitted',
  'ApiCancelled',
  'Cancelled',
  'Filled',
  'Inactive',
];
const MOMENT = /^\d{8} \d\d:\d\d:\d\d US\/Eastern$/;
const HOURS = /^(\d{8}:(CLOSED|\d{4}-\d{8}:\d{4});)*\d{8}:(CLOSED|\d{4}-\d{8}:\d{4})$/;

const MESSAGES: Readonly<Record<number, Description>> = {
  1: {
    name: 'TICK_PRICE',
    read: (f) => {
      f.constant('version', '6');
      f.integer('reqId');
      f.oneOf('tickType', ['1', '2', '4', '6', '7', '9', '14']);
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
      f.oneOf('tickType', ['0', '3', '5', '8']);
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
      f.oneOf('currency', ['', 'USD']);
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
    f.constant('currency', 'USD');
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
    f.oneOf('currency', ['', 'USD']);
  }),
  64: versionAnd('ACCOUNT_SUMMARY_END', (f) => f.integer('reqId')),
  79: { name: 'SYMBOL_SAMPLES', read: symbolSamples },
  81: {
    name: 'TICK_REQ_PARAMS',
    read: (f) => {
      f.integer('reqId');
      f.decimal('minTick');
      f.word('bboExchange');
      f.integer('snapshotPermissions');
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
  101: { name: 'COMPLETED_ORDER', read: completedOrder },
  102: { name: 'COMPLETED_ORDERS_END', read: () => undefined },
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

function contract(f: StrictReader, exchangeField: string): void {
  f.integer('conId');
  f.word('symbol');
  f.constant('secType', 'STK');
  f.empty('lastTradeDateOrContractMonth');
  f.constant('strike', '0');
  f.empty('right', 'multiplier');
  f.text(exchangeField);
  f.constant('currency', 'USD');
  f.word('localSymbol');
  f.word('tradingClass');
}

function terms(f: StrictReader): void {
  f.oneOf('action', ['BUY', 'SELL']);
  f.integer('totalQuantity');
  f.oneOf('orderType', ['MKT', 'LMT', 'STP']);
  f.decimal('lmtPrice', 'auxPrice');
  f.oneOf('tif', ['DAY', 'GTC']);
  f.text('ocaGroup');
  f.word('account');
  f.text('openClose');
  f.integer('origin');
  f.text('orderRef');
}

function allocationAndDates(f: StrictReader): void {
  f.empty('faGroup', 'faMethod', 'faPercentage', 'modelCode', 'goodTillDate', 'rule80A');
  f.amount('percentOffset');
  f.empty('settlingFirm');
  f.integer('shortSaleSlot');
  f.empty('designatedLocation');
  f.constant('exemptCode', '-1');
}

function volatility(f: StrictReader, ofOpenOrder: boolean): void {
  f.amount('volatility');
  f.integer('volatilityType');
  f.constant('deltaNeutralOrderType', 'None');
  f.empty('deltaNeutralAuxPrice');
  f.integer('deltaNeutralConId');
  if (ofOpenOrder) {
    f.empty('deltaNeutralSettlingFirm', 'deltaNeutralClearingAccount', 'deltaNeutralClearingIntent');
    f.constant('deltaNeutralOpenClose', '?');
  }
  f.flag('deltaNeutralShortSale');
  f.integer('deltaNeutralShortSaleSlot');
  f.empty('deltaNeutralDesignatedLocation');
  f.integer('continuousUpdate');
  f.integer('referencePriceType');
}

function legsAndScale(f: StrictReader): void {
  f.empty('comboLegsDescription');
  f.constant('comboLegs', '0');
  f.constant('orderComboLegs', '0');
  f.constant('smartComboRoutingParams', '0');
  f.unsetInteger('scaleInitLevelSize', 'scaleSubsLevelSize');
  f.amount('scalePriceIncrement');
}

function peggedOffsets(f: StrictReader): void {
  f.unsetInteger('minTradeQty', 'minCompeteSize');
  f.amount('competeAgainstBestOffset', 'midOffsetAtWhole', 'midOffsetAtHalf');
}

function openOrder(f: StrictReader): void {
  f.integer('orderId');
  contract(f, 'exchange');
  terms(f);
  f.integer('clientId');
  f.integer('permId');
  f.flag('outsideRth', 'hidden');
  f.decimal('discretionaryAmt');
  f.empty('goodAfterTime', 'sharesAllocation');
  allocationAndDates(f);
  f.integer('auctionStrategy');
  f.amount('startingPrice', 'stockRefPrice', 'delta', 'stockRangeLower', 'stockRangeUpper');
  f.unsetInteger('displaySize');
  f.flag('blockOrder', 'sweepToFill', 'allOrNone');
  f.unsetInteger('minQty');
  f.oneOf('ocaType', ['1', '2', '3']);
  f.flag('eTradeOnly', 'firmQuoteOnly');
  f.amount('nbboPriceCap');
  f.integer('parentId');
  f.integer('triggerMethod');
  volatility(f, true);
  f.amount('trailStopPrice', 'trailingPercent');
  f.empty('basisPoints', 'basisPointsType');
  legsAndScale(f);
  f.empty('hedgeType');
  f.flag('optOutSmartRouting');
  f.empty('clearingAccount');
  f.constant('clearingIntent', 'IB');
  f.flag('notHeld', 'deltaNeutralContract');
  f.empty('algoStrategy');
  f.flag('solicited', 'whatIf');
  f.oneOf('status', STATUSES);
  f.amount('initMarginBefore', 'maintMarginBefore', 'equityWithLoanBefore');
  f.amount('initMarginChange', 'maintMarginChange', 'equityWithLoanChange');
  f.amount('initMarginAfter', 'maintMarginAfter', 'equityWithLoanAfter');
  f.amount('commission', 'minCommission', 'maxCommission');
  f.empty('commissionCurrency', 'warningText');
  f.flag('randomizeSize', 'randomizePrice');
  f.constant('conditions', '0');
  f.constant('adjustedOrderType', 'None');
  f.amount('triggerPrice', 'trailStopPriceAgain', 'lmtPriceOffset');
  f.amount('adjustedStopPrice', 'adjustedStopLimitPrice', 'adjustedTrailingAmount');
  f.integer('adjustableTrailingUnit');
  f.empty('softDollarTierName', 'softDollarTierValue', 'softDollarTierDisplayName');
  f.decimal('cashQty');
  f.flag('dontUseAutoPriceForHedge', 'isOmsContainer', 'discretionaryUpToLimitPrice', 'usePriceMgmtAlgo');
  f.unsetInteger('duration', 'postToAts');
  f.flag('autoCancelParent');
  peggedOffsets(f);
  if (f.version >= 183) f.empty('customerAccount');
  if (f.version >= 184) f.flag('professionalCustomer');
  if (f.version >= 185) f.empty('bondAccruedInterest');
  if (f.version >= 189) f.flag('includeOvernight');
  if (f.version >= 193) {
    f.empty('extOperator');
    f.unsetInteger('manualOrderIndicator');
  }
}

function completedOrder(f: StrictReader): void {
  contract(f, 'exchange');
  terms(f);
  f.integer('permId');
  f.flag('outsideRth', 'hidden');
  f.decimal('discretionaryAmt');
  f.empty('goodAfterTime');
  allocationAndDates(f);
  f.amount('startingPrice', 'stockRefPrice', 'delta', 'stockRangeLower', 'stockRangeUpper');
  f.unsetInteger('displaySize');
  f.flag('sweepToFill', 'allOrNone');
  f.unsetInteger('minQty');
  f.oneOf('ocaType', ['1', '2', '3']);
  f.integer('triggerMethod');
  volatility(f, false);
  f.amount('trailStopPrice', 'trailingPercent');
  legsAndScale(f);
  f.empty('hedgeType', 'clearingAccount');
  f.constant('clearingIntent', 'IB');
  f.flag('notHeld', 'deltaNeutralContract');
  f.empty('algoStrategy');
  f.flag('solicited');
  f.oneOf('status', ['Filled', 'Cancelled', 'ApiCancelled', 'Inactive']);
  f.flag('randomizeSize', 'randomizePrice');
  f.constant('conditions', '0');
  f.amount('trailStopPriceAgain', 'lmtPriceOffset');
  f.decimal('cashQty');
  f.flag('dontUseAutoPriceForHedge', 'isOmsContainer');
  f.empty('autoCancelDate');
  f.integer('filledQuantity');
  f.integer('refFuturesConId');
  f.flag('autoCancelParent');
  f.empty('shareholder');
  f.flag('imbalanceOnly', 'routeMarketableToBbo');
  f.integer('parentPermId');
  f.matching('completedTime', MOMENT);
  f.word('completedStatus');
  peggedOffsets(f);
  if (f.version >= 183) f.empty('customerAccount');
  if (f.version >= 184) f.flag('professionalCustomer');
}

function contractData(f: StrictReader): void {
  f.integer('reqId');
  f.word('symbol');
  f.constant('secType', 'STK');
  f.empty('lastTradeDateOrContractMonth');
  if (f.version >= 182) f.empty('lastTradeDate');
  f.constant('strike', '0');
  f.empty('right');
  f.constant('exchange', 'SMART');
  f.constant('currency', 'USD');
  f.word('localSymbol');
  f.word('marketName');
  f.word('tradingClass');
  f.integer('conId');
  f.decimal('minTick');
  f.empty('multiplier');
  f.word('orderTypes');
  f.matching('validExchanges', /^SMART(,[A-Z]+)+$/);
  f.constant('priceMagnifier', '1');
  f.constant('underConId', '0');
  f.word('longName');
  f.word('primaryExchange');
  f.empty('contractMonth');
  f.word('industry');
  f.word('category');
  f.word('subcategory');
  f.constant('timeZoneId', 'US/Eastern');
  f.matching('tradingHours', HOURS);
  f.matching('liquidHours', HOURS);
  f.empty('evRule', 'evMultiplier');
  f.constant('secIds', '0');
  f.integer('aggGroup');
  f.empty('underSymbol', 'underSecType');
  f.matching('marketRuleIds', /^\d+(,\d+)+$/);
  f.empty('realExpirationDate');
  f.word('stockType');
  f.decimal('minSize', 'sizeIncrement', 'suggestedSizeIncrement');
  if (f.version >= 186) f.constant('ineligibilityReasons', '0');
}

function executionData(f: StrictReader): void {
  f.integer('reqId');
  f.integer('orderId');
  contract(f, 'contractExchange');
  f.matching('execId', /^[0-9a-f]{8}\.[0-9a-f]{8}\.\d\d\.\d\d$/);
  f.matching('time', MOMENT);
  f.word('account');
  f.word('exchange');
  f.oneOf('side', ['BOT', 'SLD']);
  f.integer('shares');
  f.decimal('price');
  f.integer('permId');
  f.integer('clientId');
  f.flag('liquidation');
  f.integer('cumQty');
  f.decimal('avgPrice');
  f.text('orderRef');
  f.empty('evRule', 'evMultiplier', 'modelCode');
  f.oneOf('lastLiquidity', ['1', '2', '3']);
  f.flag('pendingPriceRevision');
}

function symbolSamples(f: StrictReader): void {
  f.integer('reqId');
  const count = f.integer('count');
  for (let sample = 0; sample < count; sample += 1) {
    f.integer(`conId${sample}`);
    f.word(`symbol${sample}`);
    f.constant('secType', 'STK');
    f.word('primaryExchange');
    f.constant('currency', 'USD');
    f.constant('derivativeSecTypes', '0');
    f.word(`description${sample}`);
    f.empty('issuerId');
  }
}
