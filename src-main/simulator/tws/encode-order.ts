import { formatUnits } from '#simulator/fixed';
import { easternText } from '#simulator/session-calendar';
import { isFinal, type SimulatedOrder } from '#simulator/simulated-order';
import { contractFields, type ServerMessage } from '#simulator/tws/encode';
import { SINCE } from '#simulator/tws/server-version';
import { UNSET_DOUBLE, UNSET_INTEGER } from '#simulator/tws/wire';

/** TWS reports type 3 for an order without a group (ib_insync issue 559). */
const OCA_TYPE_WITHOUT_GROUP = 3;
const WHAT_IF_AMOUNTS = 12;

/** OPEN_ORDER (5): 135 fields at 178, 141 at 193. */
export function openOrder(
  serverVersion: number,
  order: SimulatedOrder,
  account: string,
  status: string,
): ServerMessage {
  return [
    5,
    order.orderId,
    ...contractFields(order.instrument, 'SMART'),
    ...mainTerms(order, account),
    order.clientId,
    order.permId,
    order.outsideRth,
    0, // hidden
    0, // discretionaryAmt
    '', // goodAfterTime
    '', // sharesAllocation, deprecated
    ...allocationAndDates(),
    0, // shortSaleSlot
    '', // designatedLocation
    -1, // exemptCode
    0, // auctionStrategy
    ...boxAndRangePrices(),
    UNSET_INTEGER, // displaySize
    0, // blockOrder
    0, // sweepToFill
    0, // allOrNone
    UNSET_INTEGER, // minQty
    order.oca?.type ?? OCA_TYPE_WITHOUT_GROUP,
    0, // eTradeOnly
    0, // firmQuoteOnly
    UNSET_DOUBLE, // nbboPriceCap
    parentIdOf(order),
    order.triggerMethod,
    UNSET_DOUBLE, // volatility
    0, // volatilityType
    // The delta neutral block as TWS writes it for plain orders: order type "None" brings eight more fields.
    'None',
    '',
    0,
    '',
    '',
    '',
    '?',
    0,
    0,
    '',
    0, // continuousUpdate
    0, // referencePriceType
    ...trailing(),
    '', // basisPoints
    '', // basisPointsType
    ...legsAndScale(),
    '', // hedgeType
    0, // optOutSmartRouting
    '', // clearingAccount
    'IB', // clearingIntent
    0, // notHeld
    0, // deltaNeutralContract
    '', // algoStrategy
    0, // solicited
    0, // whatIf
    status,
    ...Array.from({ length: WHAT_IF_AMOUNTS }, () => UNSET_DOUBLE),
    '', // commissionCurrency
    '', // warningText
    0, // randomizeSize
    0, // randomizePrice
    0, // conditions
    'None', // adjustedOrderType
    UNSET_DOUBLE, // triggerPrice
    UNSET_DOUBLE, // trailStopPrice, the second: this one counts
    UNSET_DOUBLE, // lmtPriceOffset
    UNSET_DOUBLE, // adjustedStopPrice
    UNSET_DOUBLE, // adjustedStopLimitPrice
    UNSET_DOUBLE, // adjustedTrailingAmount
    0, // adjustableTrailingUnit
    '', // softDollarTier name
    '', // softDollarTier value
    '', // softDollarTier display name
    '0.0', // cashQty
    0, // dontUseAutoPriceForHedge
    0, // isOmsContainer
    0, // discretionaryUpToLimitPrice
    0, // usePriceMgmtAlgo
    UNSET_INTEGER, // duration
    UNSET_INTEGER, // postToAts
    0, // autoCancelParent
    ...peggedOffsets(),
    ...(serverVersion >= SINCE.CUSTOMER_ACCOUNT ? [''] : []),
    ...(serverVersion >= SINCE.PROFESSIONAL_CUSTOMER ? [0] : []),
    ...(serverVersion >= SINCE.BOND_ACCRUED_INTEREST ? [''] : []),
    ...(serverVersion >= SINCE.INCLUDE_OVERNIGHT ? [0] : []),
    ...(serverVersion >= SINCE.CME_TAGGING_FIELDS_IN_OPEN_ORDER ? ['', UNSET_INTEGER] : []),
  ];
}

/** COMPLETED_ORDER (101): an order that is final. It carries the permanent id, neither order id nor client. */
export function completedOrder(
  serverVersion: number,
  order: SimulatedOrder,
  account: string,
  status: string,
): ServerMessage {
  return [
    101,
    ...contractFields(order.instrument, 'SMART'),
    ...mainTerms(order, account),
    order.permId,
    order.outsideRth,
    0, // hidden
    0, // discretionaryAmt
    '', // goodAfterTime
    ...allocationAndDates(),
    0, // shortSaleSlot
    '', // designatedLocation
    -1, // exemptCode
    ...boxAndRangePrices(),
    UNSET_INTEGER, // displaySize
    0, // sweepToFill
    0, // allOrNone
    UNSET_INTEGER, // minQty
    order.oca?.type ?? OCA_TYPE_WITHOUT_GROUP,
    order.triggerMethod,
    UNSET_DOUBLE, // volatility
    0, // volatilityType
    // The short form of the delta neutral block: "None" brings four more fields.
    'None',
    '',
    0,
    0,
    0,
    '',
    0, // continuousUpdate
    0, // referencePriceType
    ...trailing(),
    ...legsAndScale(),
    '', // hedgeType
    '', // clearingAccount
    'IB', // clearingIntent
    0, // notHeld
    0, // deltaNeutralContract
    '', // algoStrategy
    0, // solicited
    status,
    0, // randomizeSize
    0, // randomizePrice
    0, // conditions
    UNSET_DOUBLE, // trailStopPrice
    UNSET_DOUBLE, // lmtPriceOffset
    '0.0', // cashQty
    0, // dontUseAutoPriceForHedge
    0, // isOmsContainer
    '', // autoCancelDate
    order.filled,
    0, // refFuturesConId
    0, // autoCancelParent
    '', // shareholder
    0, // imbalanceOnly
    0, // routeMarketableToBbo
    order.parent?.permId ?? 0,
    easternText(order.completedAt),
    order.stage === 'filled' ? `Filled Size: ${String(order.filled)}` : 'Cancelled by Trader',
    ...peggedOffsets(),
    ...(serverVersion >= SINCE.CUSTOMER_ACCOUNT ? [''] : []),
    ...(serverVersion >= SINCE.PROFESSIONAL_CUSTOMER ? [0] : []),
  ];
}

/** The parent an order still hangs on; 0 when it has none or the parent has ended. */
export function parentIdOf({ parent }: SimulatedOrder): number {
  return parent === undefined || isFinal(parent) ? 0 : parent.orderId;
}

function mainTerms({ action, terms, orderType, oca, orderRef }: SimulatedOrder, account: string): ServerMessage {
  return [
    action,
    terms.quantity,
    orderType,
    formatUnits(terms.limitPrice),
    formatUnits(terms.stopPrice),
    terms.tif,
    oca?.group ?? '',
    account,
    '', // openClose
    0, // origin
    orderRef,
  ];
}

/** faGroup, faMethod, faPercentage, modelCode, goodTillDate, rule80A, percentOffset, settlingFirm. */
function allocationAndDates(): ServerMessage {
  return ['', '', '', '', '', '', UNSET_DOUBLE, ''];
}

/** startingPrice, stockRefPrice, delta, stockRangeLower, stockRangeUpper. */
function boxAndRangePrices(): ServerMessage {
  return [UNSET_DOUBLE, UNSET_DOUBLE, UNSET_DOUBLE, UNSET_DOUBLE, UNSET_DOUBLE];
}

/** trailStopPrice, trailingPercent. */
function trailing(): ServerMessage {
  return [UNSET_DOUBLE, UNSET_DOUBLE];
}

/** comboLegsDescription, combo legs, order legs, routing parameters; scale sizes and increment. */
function legsAndScale(): ServerMessage {
  return ['', 0, 0, 0, UNSET_INTEGER, UNSET_INTEGER, UNSET_DOUBLE];
}

/** minTradeQty, minCompeteSize, competeAgainstBestOffset, midOffsetAtWhole, midOffsetAtHalf. */
function peggedOffsets(): ServerMessage {
  return [UNSET_INTEGER, UNSET_INTEGER, UNSET_DOUBLE, UNSET_DOUBLE, UNSET_DOUBLE];
}
