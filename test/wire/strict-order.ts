import { contract, MOMENT } from '#test/wire/strict-contract';
import type { StrictReader } from '#test/wire/strict-reader';

export const STATUSES = [
  'PendingSubmit',
  'PendingCancel',
  'PreSubmitted',
  'Submitted',
  'ApiCancelled',
  'Cancelled',
  'Filled',
  'Inactive',
];

function terms(f: StrictReader): void {
  f.oneOf('action', ['BUY', 'SELL']);
  f.integer('totalQuantity');
  f.oneOf('orderType', ['MKT', 'LMT', 'STP', 'STP LMT', 'TRAIL', 'TRAIL LIMIT']);
  f.decimal('lmtPrice', 'auxPrice');
  f.oneOf('tif', ['DAY', 'GTC', 'IOC', 'GTD']);
  f.text('ocaGroup');
  f.word('account');
  f.text('openClose');
  f.integer('origin');
  f.text('orderRef');
}

function allocationAndDates(f: StrictReader): void {
  f.empty('faGroup', 'faMethod', 'faPercentage', 'modelCode');
  f.text('goodTillDate');
  f.empty('rule80A');
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

/** Each condition: its type, how it is tied to the next one, and what the type has. */
function conditions(f: StrictReader): void {
  const count = f.integer('conditions');
  for (let place = 0; place < count; place += 1) {
    const type = f.oneOf(`conditionType${place}`, ['1', '3', '4', '5', '6', '7']);
    f.oneOf(`conjunction${place}`, ['a', 'o']);
    if (type === '5') {
      f.word(`secType${place}`);
      f.word(`exchange${place}`);
      f.word(`symbol${place}`);
    } else {
      f.flag(`isMore${place}`);
      if (type === '3') f.word(`time${place}`);
      else f.decimal(`level${place}`);
    }
    if (type === '1' || type === '6' || type === '7') {
      f.integer(`conId${place}`);
      f.word(`exchange${place}`);
    }
    if (type === '1') f.integer(`triggerMethod${place}`);
  }
  if (count > 0) f.flag('conditionsIgnoreRth', 'conditionsCancelOrder');
}

export function openOrder(f: StrictReader): void {
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
  f.oneOf('commissionCurrency', ['', 'USD']);
  f.empty('warningText');
  f.flag('randomizeSize', 'randomizePrice');
  conditions(f);
  f.oneOf('adjustedOrderType', ['None', 'STP', 'STP LMT', 'TRAIL', 'TRAIL LIMIT']);
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

export function completedOrder(f: StrictReader): void {
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
  conditions(f);
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

export function executionData(f: StrictReader): void {
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
