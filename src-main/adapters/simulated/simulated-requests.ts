import type { ClientId, IbOrderId } from '#domain/ids';
import type { OrderSpec } from '#domain/order-spec';
import type { ModifiedOrder, PlacedLeg } from '#ports/broker-port';
import type { OrderRequest } from '#simulator/simulated-order';
import { instructedTermsOf, triggerMethodOf } from './simulated-terms';

/** The requests of a place effect in wire order: a bracket is transmitted as a whole with its last order. */
export function placeRequestsOf(legs: readonly PlacedLeg[], clientId: ClientId): readonly OrderRequest[] {
  return legs.map((leg) => requestOf(leg, clientId, legs.findLast((it) => familyOf(it) === familyOf(leg)) === leg));
}

/** A changed order under the number of the old; its OCA group as it was, for IBKR refuses to change that. */
export function modifyRequestOf(order: ModifiedOrder, clientId: ClientId): OrderRequest {
  return requestOf(order, clientId, true);
}

/** A question about an order that is not sent. */
export function questionOf(orderId: IbOrderId, spec: OrderSpec, clientId: ClientId): OrderRequest {
  return requestOf({ id: 'what-if', orderId, spec, parentOrderId: null, oca: null }, clientId, true);
}

/** The number of the entry that an order hangs on, or its own. */
const familyOf = ({ orderId, parentOrderId }: PlacedLeg): number => parentOrderId ?? orderId;

function requestOf(
  { id, orderId, spec, parentOrderId, oca }: Omit<ModifiedOrder, 'id'> & { readonly id: string },
  clientId: ClientId,
  transmit: boolean,
): OrderRequest {
  return {
    clientId,
    orderId,
    conId: spec.conId,
    symbol: '',
    action: spec.side,
    quantity: spec.quantity,
    ...instructedTermsOf(spec.terms),
    tif: spec.timeInForce,
    goodTillDate: '',
    adjustedStopLimitPrice: '',
    adjustableTrailingUnit: 0,
    conditions: [],
    conditionsIgnoreRth: false,
    conditionsCancelOrder: false,
    ocaGroup: oca?.group ?? '',
    ocaType: oca?.type ?? 0,
    orderRef: id,
    parentId: parentOrderId ?? 0,
    transmit,
    outsideRth: spec.outsideRth,
    triggerMethod: triggerMethodOf(spec.triggerOn),
  };
}
