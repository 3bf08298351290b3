import type { SimulatedInstrument } from '#simulator/instruments';
import type { OrderCondition } from '#simulator/order-condition';

export type Action = 'BUY' | 'SELL';
export type SimulatedOrderType = 'MKT' | 'LMT' | 'STP' | 'STP LMT' | 'TRAIL' | 'TRAIL LIMIT';
export type TimeInForce = 'DAY' | 'GTC' | 'IOC' | 'GTD';
/** What a stop may become at its trigger price. */
export type AdjustedOrderType = 'STP' | 'STP LMT' | 'TRAIL' | 'TRAIL LIMIT';
/** How an adjusted trailing amount is meant. */
export type TrailingUnit = 'amount' | 'percent';
/** 1: any fill cancels the rest; 2 and 3: the rest is reduced by what filled. */
export type OcaType = 1 | 2 | 3;

/** Whose order: ids are per client, so both are needed. */
export interface OrderKey {
  readonly clientId: number;
  readonly orderId: number;
}

/** What an order asks for, whoever enters it: prices are decimal text and '' when not given, sizes whole shares. */
export interface OrderInstruction {
  readonly conId: number;
  readonly symbol: string;
  readonly action: string;
  readonly orderType: string;
  readonly quantity: string;
  readonly limitPrice: string;
  /** The wire's auxPrice: the stop of STP and STP LMT, the trailing amount of TRAIL and TRAIL LIMIT. */
  readonly stopPrice: string;
  /** Where a trailing order's stop starts. */
  readonly trailStopPrice: string;
  readonly trailingPercent: string;
  readonly limitPriceOffset: string;
  readonly tif: string;
  readonly goodTillDate: string;
  /** '' when the order is not to be adjusted. */
  readonly adjustedOrderType: string;
  readonly triggerPrice: string;
  readonly adjustedStopPrice: string;
  readonly adjustedStopLimitPrice: string;
  readonly adjustedTrailingAmount: string;
  /** 0: an amount; 1 and 100: percent, documented both ways. */
  readonly adjustableTrailingUnit: number;
  readonly conditions: readonly OrderCondition[];
  readonly conditionsIgnoreRth: boolean;
  /** True: the order is cancelled when its conditions come true, instead of held back until then. */
  readonly conditionsCancelOrder: boolean;
  readonly ocaGroup: string;
  readonly ocaType: number;
  readonly orderRef: string;
  readonly parentId: number;
  readonly transmit: boolean;
  readonly outsideRth: boolean;
  readonly triggerMethod: number;
}

/** An order as a client sends it. */
export type OrderRequest = OrderInstruction & OrderKey;

/** The one-time change of a stop when the market reaches its trigger price; units of 0.0001, 0 where not given. */
export interface AdjustedTerms {
  readonly adjustedOrderType: AdjustedOrderType;
  readonly triggerPrice: number;
  readonly adjustedStopPrice: number;
  readonly adjustedStopLimitPrice: number;
  /** In 0.0001 percent when `unit` is percent. */
  readonly adjustedTrailingAmount: number;
  readonly unit: TrailingUnit;
}

/** What a modification may change, checked and in units. */
export interface OrderTerms {
  readonly quantity: number;
  /** Units of 0.0001; 0 when the type has no such price. */
  readonly limitPrice: number;
  readonly stopPrice: number;
  /** How far a trailing stop keeps from the market; 0 when it trails by percent. */
  readonly trailingAmount: number;
  /** In 0.0001 percent; 0 when it trails by an amount. */
  readonly trailingPercent: number;
  /** The stop of a trailing order as it stands now. */
  readonly trailStopPrice: number;
  /** How far the limit of a TRAIL LIMIT keeps from its stop. */
  readonly limitPriceOffset: number;
  readonly tif: TimeInForce;
  /** As it was sent; '' unless the tif is GTD. */
  readonly goodTillDate: string;
  /** Undefined when there is nothing to adjust, or the adjustment is done. */
  readonly adjusted: AdjustedTerms | undefined;
}

/**
 * Where an order stands:
 * held = entered without transmit; waiting = a child whose parent has not filled; working = live;
 * the rest is final.
 */
export type OrderStage = 'held' | 'waiting' | 'working' | 'filled' | 'cancelled' | 'api-cancelled' | 'inactive';

export interface OcaMembership {
  readonly group: string;
  readonly type: OcaType;
}

/**
 * One order at the simulated broker. An order entered by hand has client id 0 and a negative order id. Only the exchange changes it. */
export interface SimulatedOrder extends OrderKey {
  readonly permId: number;
  readonly instrument: SimulatedInstrument;
  readonly action: Action;
  /** A stop that is adjusted at its trigger price becomes another type. */
  orderType: SimulatedOrderType;
  readonly orderRef: string;
  readonly outsideRth: boolean;
  readonly triggerMethod: number;
  readonly parent: SimulatedOrder | undefined;
  readonly children: SimulatedOrder[];
  /** The group the client asked for; a modification must repeat it. */
  readonly requestedOca: OcaMembership | undefined;
  readonly conditions: readonly OrderCondition[];
  readonly conditionsIgnoreRth: boolean;
  readonly conditionsCancelOrder: boolean;
  /** False for an order entered by hand in TWS that client 0 has not bound yet: it is reported with order id 0. */
  bound: boolean;
  terms: OrderTerms;
  stage: OrderStage;
  /** The group that holds now, given by the client or by the bracket. */
  oca: OcaMembership | undefined;
  filled: number;
  /** Shares an OCA fill elsewhere took off this order. */
  reduced: number;
  /** Σ price × shares of its fills, in units. */
  filledValue: number;
  lastFillPrice: number;
  commission: number;
  /** Held back until its conditions come true. */
  awaitsConditions: boolean;
  /** A stop whose trigger was seen. */
  triggered: boolean;
  /** The first of the two sightings that a double trigger method wants. */
  sighting: Sighting | undefined;
  /** When its time in force is over; Infinity when it has no end. */
  expiresAt: number;
  /** A cancel that was asked for and is not done. */
  cancelPending: boolean;
  /** Made final by the exchange the moment it reaches it: a fault. */
  rejection: Rejection | undefined;
  completedAt: number;
}

/** A price that a trigger looked at. `size` grows when the same price is seen anew: displayed size or day's volume. */
export interface Sighting {
  readonly price: number;
  readonly size: number;
}

export interface Rejection {
  readonly code: number;
  readonly text: string;
}

/** One fill. */
export interface SimulatedExecution {
  readonly execId: string;
  readonly order: SimulatedOrder;
  readonly at: number;
  readonly shares: number;
  /** Units of 0.0001. */
  readonly price: number;
  readonly cumulativeShares: number;
  /** Σ price × shares of the order up to here, in units. */
  readonly cumulativeValue: number;
  /** True when the order rested and was hit, false when it crossed the spread. */
  readonly addedLiquidity: boolean;
  readonly commission: number;
  /** In units; undefined for a fill that opens or adds. */
  readonly realizedPnl: number | undefined;
}

/** "3:17": client 3's order 17. */
export function textOfKey({ clientId, orderId }: OrderKey): string {
  return `${String(clientId)}:${String(orderId)}`;
}

export function isFinal({ stage }: SimulatedOrder): boolean {
  return stage !== 'held' && stage !== 'waiting' && stage !== 'working';
}

/** Shares still to fill. */
export function remainingOf(order: SimulatedOrder): number {
  return order.terms.quantity - order.filled;
}

/** TWS's word for where the order stands. `marketOpen`: an order outside trading hours waits at IBKR. */
export function statusTextOf(order: SimulatedOrder, marketOpen: boolean): string {
  switch (order.stage) {
    case 'held':
    case 'inactive':
      return 'Inactive';
    case 'waiting':
      return 'PreSubmitted';
    case 'working':
      return workingStatusOf(order, marketOpen);
    case 'filled':
      return 'Filled';
    case 'cancelled':
      return 'Cancelled';
    case 'api-cancelled':
      return 'ApiCancelled';
  }
}

function workingStatusOf(order: SimulatedOrder, marketOpen: boolean): string {
  if (order.cancelPending) return 'PendingCancel';
  // Stops of US stocks are held by IBKR's own servers until their trigger, conditional orders until they are met.
  return marketOpen && order.triggered && !order.awaitsConditions ? 'Submitted' : 'PreSubmitted';
}

/** TWS's reason why a child does not work yet. */
export function whyHeldOf(order: SimulatedOrder): string {
  return order.stage === 'waiting' ? 'child' : '';
}
