import { SINCE } from '#simulator/tws/server-version';
import { WireError, type FieldCursor } from '#simulator/tws/wire';

/** The instrument part of a request, as far as the simulator uses it. */
export interface WireContract {
  readonly conId: number;
  readonly symbol: string;
  readonly secType: string;
  readonly exchange: string;
  readonly primaryExchange: string;
  readonly currency: string;
  readonly localSymbol: string;
}

/** A placeOrder request; numbers stay the text they were sent as. */
export interface WireOrder {
  readonly action: string;
  readonly quantity: string;
  readonly orderType: string;
  readonly limitPrice: string;
  readonly auxPrice: string;
  readonly tif: string;
  readonly ocaGroup: string;
  readonly ocaType: number;
  readonly account: string;
  readonly orderRef: string;
  readonly transmit: boolean;
  readonly parentId: number;
  readonly outsideRth: boolean;
  readonly triggerMethod: number;
  /** The parts of the request that the simulator can not honour, by IBKR's names. */
  readonly unsupported: readonly string[];
}

const DELTA_NEUTRAL_FIELDS = 8;
const SCALE_DETAIL_FIELDS = 7;
const PEG_BENCH_FIELDS = 5;
/** Fields after type and conjunction of each condition type: price, time, margin, execution, volume, change. */
const CONDITION_FIELDS: ReadonlyMap<number, number> = new Map([
  [1, 5],
  [3, 2],
  [4, 2],
  [5, 3],
  [6, 4],
  [7, 4],
]);

/** The twelve fields that name an instrument in every request. */
export function readContract(read: FieldCursor): WireContract {
  const conId = read.integer();
  const symbol = read.text();
  const secType = read.text();
  read.skip(4); // expiry, strike, right, multiplier: stocks have none
  const exchange = read.text();
  const primaryExchange = read.text();
  const currency = read.text();
  const localSymbol = read.text();
  read.skip(1); // trading class
  return { conId, symbol, secType, exchange, primaryExchange, currency, localSymbol };
}

/** PLACE_ORDER (3) after its order id. @throws WireError when a field is missing or no number. */
export function readPlacement(
  read: FieldCursor,
  serverVersion: number,
): { readonly contract: WireContract; readonly order: WireOrder } {
  const unsupported: string[] = [];
  const refuse = (name: string, used: boolean): void => {
    if (used) unsupported.push(name);
  };
  const number = (name: string): void => {
    const text = read.decimal();
    refuse(name, text !== '' && Number(text) !== 0);
  };
  const text = (name: string): string => {
    const value = read.text();
    refuse(name, value !== '');
    return value;
  };
  const flag = (name: string): void => {
    refuse(name, read.flag());
  };

  const contract = readContract(read);
  read.skip(2); // secIdType, secId
  const action = read.text();
  const quantity = read.decimal();
  const orderType = read.text();
  const limitPrice = read.decimal();
  const auxPrice = read.decimal();
  const tif = read.text();
  const ocaGroup = read.text();
  const account = read.text();
  read.skip(2); // openClose, origin
  const orderRef = read.text();
  const transmit = read.flag();
  const parentId = read.integer();
  read.skip(3); // blockOrder, sweepToFill, displaySize
  const triggerMethod = read.integer();
  const outsideRth = read.flag();
  flag('hidden');
  if (contract.secType === 'BAG') readComboLegs(read);
  read.skip(1); // sharesAllocation, deprecated
  number('discretionaryAmt');
  text('goodAfterTime');
  text('goodTillDate');
  read.skip(7); // faGroup, faMethod, faPercentage, modelCode, shortSaleSlot, designatedLocation, exemptCode
  const ocaType = read.integer();
  read.skip(2); // rule80A, settlingFirm
  flag('allOrNone');
  number('minQty');
  number('percentOffset');
  read.skip(9); // eTradeOnly, firmQuoteOnly, nbboPriceCap, auctionStrategy, box and pegged-to-stock prices
  read.skip(1); // overridePercentageConstraints
  number('volatility');
  read.skip(1); // volatilityType
  const deltaNeutral = read.text();
  read.skip(1); // deltaNeutralAuxPrice
  if (deltaNeutral !== '') read.skip(DELTA_NEUTRAL_FIELDS);
  read.skip(2); // continuousUpdate, referencePriceType
  number('trailStopPrice');
  number('trailingPercent');
  number('scaleInitLevelSize');
  number('scaleSubsLevelSize');
  const scaleIncrement = read.decimal();
  refuse('scalePriceIncrement', Number(scaleIncrement) > 0);
  if (Number(scaleIncrement) > 0) read.skip(SCALE_DETAIL_FIELDS);
  read.skip(3); // scaleTable, activeStartTime, activeStopTime
  if (text('hedgeType') !== '') read.skip(1);
  read.skip(3); // optOutSmartRouting, clearingAccount, clearingIntent
  flag('notHeld');
  if (read.flag()) {
    read.skip(3);
    refuse('deltaNeutralContract', true);
  }
  if (text('algoStrategy') !== '') read.skip(2 * read.integer());
  read.skip(1); // algoId
  flag('whatIf');
  read.skip(4); // orderMiscOptions, solicited, randomizeSize, randomizePrice
  if (/^PEG ?BENCH$/.test(orderType)) read.skip(PEG_BENCH_FIELDS);
  refuse('conditions', readConditions(read));
  refuse('adjustedOrderType', !['', 'None'].includes(read.text()));
  number('triggerPrice');
  number('lmtPriceOffset');
  number('adjustedStopPrice');
  number('adjustedStopLimitPrice');
  number('adjustedTrailingAmount');
  read.skip(4); // adjustableTrailingUnit, extOperator, softDollarTier name and value
  number('cashQty');
  read.skip(13); // MiFID II ×4, hedge price, OMS container, discretionary, price management, duration, ATS, parent, override, time
  if (contract.exchange === 'IBKRATS') read.skip(1);
  if (/^PEG ?BEST$/.test(orderType)) {
    read.skip(1);
    if (read.text().startsWith('Infinit')) read.skip(2);
  }
  if (/^PEG ?MID$/.test(orderType)) read.skip(2);
  if (serverVersion >= SINCE.CUSTOMER_ACCOUNT) read.skip(1);
  if (serverVersion >= SINCE.PROFESSIONAL_CUSTOMER) read.skip(1);
  if (serverVersion >= SINCE.RFQ_FIELDS && serverVersion < SINCE.UNDO_RFQ_FIELDS) read.skip(2);
  if (serverVersion >= SINCE.INCLUDE_OVERNIGHT) flag('includeOvernight');
  if (serverVersion >= SINCE.CME_TAGGING_FIELDS) read.skip(1); // manualOrderIndicator
  read.end();
  return {
    contract,
    order: {
      action,
      quantity,
      orderType,
      limitPrice,
      auxPrice,
      tif,
      ocaGroup,
      ocaType,
      account,
      orderRef,
      transmit,
      parentId,
      outsideRth,
      triggerMethod,
      unsupported,
    },
  };
}

function readComboLegs(read: FieldCursor): void {
  read.skip(8 * read.integer());
  read.skip(read.integer());
  read.skip(2 * read.integer());
}

/** @returns true when the order has conditions. */
function readConditions(read: FieldCursor): boolean {
  const count = read.integer();
  for (let passed = 0; passed < count; passed += 1) {
    const type = read.integer();
    const fields = CONDITION_FIELDS.get(type);
    if (fields === undefined) throw new WireError(`condition type ${String(type)} does not exist`);
    read.skip(1 + fields); // the conjunction, then what the type has
  }
  if (count > 0) read.skip(2); // conditionsIgnoreRth, conditionsCancelOrder
  return count > 0;
}
