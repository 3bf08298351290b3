import { readConditions, type WireConditions } from '#simulator/tws/decode-conditions';
import { SINCE } from '#simulator/tws/server-version';
import type { FieldCursor } from '#simulator/tws/wire';
import { readContract, type WireContract } from '#simulator/tws/wire-contract';

/** A placeOrder request; numbers stay the text they were sent as, "" when not set. */
export interface WireOrder extends WireConditions {
  readonly action: string;
  readonly quantity: string;
  readonly orderType: string;
  readonly limitPrice: string;
  readonly auxPrice: string;
  readonly tif: string;
  readonly goodTillDate: string;
  readonly ocaGroup: string;
  readonly ocaType: number;
  readonly account: string;
  readonly orderRef: string;
  readonly transmit: boolean;
  readonly parentId: number;
  readonly outsideRth: boolean;
  readonly triggerMethod: number;
  readonly trailStopPrice: string;
  readonly trailingPercent: string;
  readonly limitPriceOffset: string;
  /** "" when the order is not adjusted. */
  readonly adjustedOrderType: string;
  readonly triggerPrice: string;
  readonly adjustedStopPrice: string;
  readonly adjustedStopLimitPrice: string;
  readonly adjustedTrailingAmount: string;
  readonly adjustableTrailingUnit: number;
  readonly whatIf: boolean;
  /** The parts of the request that the simulator can not honour, by IBKR's names. */
  readonly unsupported: readonly string[];
}

/** What TWS writes where there is nothing, and clients that echo an order send back. */
const NONE = 'None';
const DELTA_NEUTRAL_FIELDS = 8;
const SCALE_DETAIL_FIELDS = 7;
const PEG_BENCH_FIELDS = 5;
const COMBO_LEG_FIELDS = 8;

/** Reads the parts of an order that a plain one leaves alone, and notes those that are used. */
class Exotic {
  readonly unsupported: string[] = [];
  readonly #read: FieldCursor;

  constructor(read: FieldCursor) {
    this.#read = read;
  }

  note(name: string, used: boolean): void {
    if (used) this.unsupported.push(name);
  }

  numbers(...names: readonly string[]): void {
    for (const name of names) {
      const text = this.#read.decimal();
      this.note(name, text !== '' && Number(text) !== 0);
    }
  }

  integers(...names: readonly string[]): void {
    for (const name of names) this.note(name, this.#read.integer() !== 0);
  }

  texts(...names: readonly string[]): void {
    for (const name of names) this.text(name);
  }

  /** One text, for those that more fields follow. */
  text(name: string, ...harmless: readonly string[]): string {
    const value = this.#read.text();
    this.note(name, value !== '' && !harmless.includes(value));
    return value;
  }

  flags(...names: readonly string[]): void {
    for (const name of names) this.note(name, this.#read.flag());
  }
}

/**
 * PLACE_ORDER (3) after its order id. No field is passed over in silence: what the simulator does not honour stands in
 * `unsupported`, unless it has no effect on a retail account in TWS either.
 * @throws WireError when a field is missing or no number.
 */
export function readPlacement(
  read: FieldCursor,
  serverVersion: number,
): { readonly contract: WireContract; readonly order: WireOrder } {
  const exotic = new Exotic(read);
  const contract = readContract(read);
  exotic.texts('secIdType', 'secId');
  const action = read.text();
  const quantity = read.decimal();
  const orderType = read.text();
  const limitPrice = read.decimal();
  const auxPrice = read.decimal();
  const tif = read.text();
  const ocaGroup = read.text();
  const account = read.text();
  read.skip(1); // openClose: institutions only
  exotic.integers('origin');
  const orderRef = read.text();
  const transmit = read.flag();
  const parentId = read.integer();
  exotic.flags('blockOrder', 'sweepToFill');
  exotic.integers('displaySize');
  const triggerMethod = read.integer();
  const outsideRth = read.flag();
  exotic.flags('hidden');
  if (contract.secType === 'BAG') skipComboLegs(read);
  read.skip(1); // sharesAllocation, which has no meaning any more
  exotic.numbers('discretionaryAmt');
  exotic.texts('goodAfterTime');
  const goodTillDate = read.text();
  exotic.texts('faGroup', 'faMethod', 'faPercentage', 'modelCode');
  exotic.integers('shortSaleSlot');
  exotic.texts('designatedLocation');
  exotic.text('exemptCode', '-1', '0');
  const ocaType = read.integer();
  exotic.texts('rule80A', 'settlingFirm');
  exotic.flags('allOrNone');
  exotic.numbers('minQty', 'percentOffset');
  exotic.flags('eTradeOnly', 'firmQuoteOnly');
  exotic.numbers('nbboPriceCap');
  exotic.integers('auctionStrategy');
  exotic.numbers('startingPrice', 'stockRefPrice', 'delta', 'stockRangeLower', 'stockRangeUpper');
  read.skip(1); // overridePercentageConstraints: the simulator has no such constraints
  exotic.numbers('volatility');
  exotic.integers('volatilityType');
  const deltaNeutral = exotic.text('deltaNeutralOrderType', NONE);
  exotic.numbers('deltaNeutralAuxPrice');
  if (deltaNeutral !== '') read.skip(DELTA_NEUTRAL_FIELDS);
  exotic.flags('continuousUpdate');
  exotic.integers('referencePriceType');
  const trailStopPrice = read.decimal();
  const trailingPercent = read.decimal();
  readScale(read, exotic);
  if (exotic.text('hedgeType') !== '') read.skip(1); // hedgeParam
  exotic.flags('optOutSmartRouting');
  exotic.texts('clearingAccount');
  exotic.text('clearingIntent', 'IB');
  exotic.flags('notHeld');
  const deltaNeutralContract = read.flag();
  exotic.note('deltaNeutralContract', deltaNeutralContract);
  if (deltaNeutralContract) read.skip(3); // conId, delta, price
  if (exotic.text('algoStrategy') !== '') read.skip(2 * read.integer());
  exotic.texts('algoId');
  const whatIf = read.flag();
  exotic.texts('orderMiscOptions');
  exotic.flags('solicited', 'randomizeSize', 'randomizePrice');
  if (/^PEG ?BENCH$/.test(orderType)) read.skip(PEG_BENCH_FIELDS);
  const conditions = readConditions(read);
  const adjustedOrderType = read.text();
  const triggerPrice = read.decimal();
  const limitPriceOffset = read.decimal();
  const adjustedStopPrice = read.decimal();
  const adjustedStopLimitPrice = read.decimal();
  const adjustedTrailingAmount = read.decimal();
  const adjustableTrailingUnit = read.integer();
  exotic.texts('extOperator', 'softDollarTier', 'softDollarTierValue');
  exotic.numbers('cashQty');
  exotic.texts('mifid2DecisionMaker', 'mifid2DecisionAlgo', 'mifid2ExecutionTrader', 'mifid2ExecutionAlgo');
  exotic.flags('dontUseAutoPriceForHedge', 'isOmsContainer', 'discretionaryUpToLimitPrice', 'usePriceMgmtAlgo');
  exotic.integers('duration', 'postToAts');
  exotic.flags('autoCancelParent');
  exotic.texts('advancedErrorOverride', 'manualOrderTime');
  readPegged(read, exotic, contract.exchange, orderType);
  if (serverVersion >= SINCE.CUSTOMER_ACCOUNT) exotic.texts('customerAccount');
  if (serverVersion >= SINCE.PROFESSIONAL_CUSTOMER) exotic.flags('professionalCustomer');
  if (serverVersion >= SINCE.RFQ_FIELDS && serverVersion < SINCE.UNDO_RFQ_FIELDS) {
    exotic.texts('externalUserId');
    exotic.integers('manualOrderIndicator');
  }
  if (serverVersion >= SINCE.INCLUDE_OVERNIGHT) exotic.flags('includeOvernight');
  if (serverVersion >= SINCE.CME_TAGGING_FIELDS) exotic.integers('manualOrderIndicator');
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
      goodTillDate,
      ocaGroup,
      ocaType,
      account,
      orderRef,
      transmit,
      parentId,
      outsideRth,
      triggerMethod,
      trailStopPrice,
      trailingPercent,
      limitPriceOffset,
      adjustedOrderType: adjustedOrderType === NONE ? '' : adjustedOrderType,
      triggerPrice,
      adjustedStopPrice,
      adjustedStopLimitPrice,
      adjustedTrailingAmount,
      adjustableTrailingUnit,
      whatIf,
      ...conditions,
      unsupported: exotic.unsupported,
    },
  };
}

/** Combinations are no instruments of the simulator: the order is refused for that. */
function skipComboLegs(read: FieldCursor): void {
  read.skip(COMBO_LEG_FIELDS * read.integer());
  read.skip(read.integer()); // prices of the legs
  read.skip(2 * read.integer()); // routing parameters
}

function readScale(read: FieldCursor, exotic: Exotic): void {
  exotic.integers('scaleInitLevelSize', 'scaleSubsLevelSize');
  const increment = Number(read.decimal());
  exotic.note('scalePriceIncrement', increment > 0);
  if (increment > 0) read.skip(SCALE_DETAIL_FIELDS);
  exotic.texts('scaleTable', 'activeStartTime', 'activeStopTime');
}

/** Fields that depend on destination and order type. */
function readPegged(read: FieldCursor, exotic: Exotic, exchange: string, orderType: string): void {
  if (exchange === 'IBKRATS') exotic.integers('minTradeQty');
  let offsets = /^PEG ?MID$/.test(orderType);
  if (/^PEG ?BEST$/.test(orderType)) {
    read.skip(1); // minCompeteSize
    // Clients write "up to mid" as Infinity or Infinite.
    offsets = read.text().startsWith('Infinit');
  }
  if (offsets) read.skip(2); // midOffsetAtWhole, midOffsetAtHalf
}
