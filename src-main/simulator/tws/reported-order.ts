import { formatUnits } from '#simulator/fixed';
import { isFinal, type AdjustedTerms, type SimulatedOrder } from '#simulator/simulated-order';

/** TWS reports type 3 for an order without a group (ib_insync issue 559). */
const OCA_TYPE_WITHOUT_GROUP = 3;
/** The unit of an adjusted trailing amount in percent; amounts have 0. */
const PERCENT_UNIT = 100;

/** The terms of an order as they stand now, in the words of the protocol: decimal text, "" where there is none. */
export interface ReportedTerms {
  readonly limitPrice: string;
  /** The stop, or how far a trailing stop keeps from the market. */
  readonly auxPrice: string;
  readonly trailStopPrice: string;
  readonly trailingPercent: string;
  readonly limitPriceOffset: string;
  readonly ocaGroup: string;
  readonly ocaType: number;
  readonly adjustedOrderType: string;
  readonly triggerPrice: string;
  readonly adjustedStopPrice: string;
  readonly adjustedStopLimitPrice: string;
  readonly adjustedTrailingAmount: string;
  readonly adjustableTrailingUnit: number;
}

export function reportedTermsOf({ orderType, terms, oca }: SimulatedOrder): ReportedTerms {
  const trails = orderType === 'TRAIL' || orderType === 'TRAIL LIMIT';
  return {
    limitPrice: given(terms.limitPrice),
    auxPrice: given(trails ? terms.trailingAmount : terms.stopPrice),
    trailStopPrice: given(terms.trailStopPrice),
    trailingPercent: given(terms.trailingPercent),
    limitPriceOffset: given(terms.limitPriceOffset),
    ocaGroup: oca?.group ?? '',
    ocaType: oca?.type ?? OCA_TYPE_WITHOUT_GROUP,
    ...adjustmentOf(terms.adjusted),
  };
}

/** The id an order is reported with: an order entered by hand has none until client 0 binds it. */
export function reportedIdOf({ bound, orderId }: SimulatedOrder): number {
  return bound ? orderId : 0;
}

/** The parent an order still hangs on; 0 when it has none or the parent has ended. */
export function parentIdOf({ parent }: SimulatedOrder): number {
  return parent === undefined || isFinal(parent) ? 0 : reportedIdOf(parent);
}

type Adjustment = Pick<
  ReportedTerms,
  | 'adjustedOrderType'
  | 'triggerPrice'
  | 'adjustedStopPrice'
  | 'adjustedStopLimitPrice'
  | 'adjustedTrailingAmount'
  | 'adjustableTrailingUnit'
>;

function adjustmentOf(adjusted: AdjustedTerms | undefined): Adjustment {
  if (adjusted === undefined) {
    return {
      ...{ adjustedOrderType: 'None', triggerPrice: '', adjustedStopPrice: '', adjustedStopLimitPrice: '' },
      ...{ adjustedTrailingAmount: '', adjustableTrailingUnit: 0 },
    };
  }
  return {
    adjustedOrderType: adjusted.adjustedOrderType,
    triggerPrice: given(adjusted.triggerPrice),
    adjustedStopPrice: given(adjusted.adjustedStopPrice),
    adjustedStopLimitPrice: given(adjusted.adjustedStopLimitPrice),
    adjustedTrailingAmount: given(adjusted.adjustedTrailingAmount),
    adjustableTrailingUnit: adjusted.unit === 'percent' ? PERCENT_UNIT : 0,
  };
}

function given(units: number): string {
  return units === 0 ? '' : formatUnits(units);
}
