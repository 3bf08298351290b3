import type { SimulatedInstrument } from '#simulator/instruments';

export type Action = 'BUY' | 'SELL';
export type SimulatedOrderType = 'MKT' | 'LMT' | 'STP';
export type TimeInForce = 'DAY' | 'GTC' | 'IOC';
/** 1: any fill cancels the rest; 2 and 3: the rest is reduced by what filled. */
export type OcaType = 1 | 2 | 3;

/** Whose order: ids are per client, so both are needed. */
export interface OrderKey {
  readonly clientId: number;
  readonly orderId: number;
}

/** An order as a client sends it: prices are decimal text, sizes whole shares. */
export interface OrderRequest extends OrderKey {
  readonly conId: number;
  readonly symbol: string;
  readonly action: string;
  readonly orderType: string;
  readonly quantity: string;
  readonly limitPrice: string;
  readonly stopPrice: string;
  readonly tif: string;
  readonly ocaGroup: string;
  readonly ocaType: number;
  readonly orderRef: string;
  readonly parentId: number;
  readonly transmit: boolean;
  readonly outsideRth: boolean;
  readonly triggerMethod: number;
}

/** What a modification may change, checked and in units. */
export interface OrderTerms {
  readonly quantity: number;
  /** Units of 0.0001; 0 when the type has no such price. */
  readonly limitPrice: number;
  readonly stopPrice: number;
  readonly tif: TimeInForce;
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

/** One order at the simulated broker. Only the exchange changes it. */
export interface SimulatedOrder extends OrderKey {
  readonly permId: number;
  readonly instrument: SimulatedInstrument;
  readonly action: Action;
  readonly orderType: SimulatedOrderType;
  readonly orderRef: string;
  readonly outsideRth: boolean;
  readonly triggerMethod: number;
  readonly parent: SimulatedOrder | undefined;
  readonly children: SimulatedOrder[];
  /** The group the client asked for; a modification must repeat it. */
  readonly requestedOca: OcaMembership | undefined;
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
  /** A stop whose trigger was seen. */
  triggered: boolean;
  /** A cancel that was asked for and is not done. */
  cancelPending: boolean;
  /** Made final by the exchange the moment it reaches it: a fault. */
  rejection: Rejection | undefined;
  completedAt: number;
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
  // Stops of US stocks are held by IBKR's own servers until their trigger.
  return marketOpen && order.triggered ? 'Submitted' : 'PreSubmitted';
}

/** TWS's reason why a child does not work yet. */
export function whyHeldOf(order: SimulatedOrder): string {
  return order.stage === 'waiting' ? 'child' : '';
}
