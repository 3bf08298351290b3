import { clientOrderId, effectId, epochMs, ibOrderId, type EpochMs } from '#domain/ids';
import { price } from '#domain/money';
import type { OrderSpec } from '#domain/order-spec';
import type { RiskApproved } from '#domain/risk-decision';
import type { Effect, PlacedLeg } from '#ports/broker-port';
import { anOrder } from '#test/builders/domain-records';
import { AAPL } from '#test/builders/engine-harness';

/** Far in the future: the effect never expires. */
export const NEVER: EpochMs = epochMs(Number.MAX_SAFE_INTEGER);

interface EffectChange {
  readonly id?: string;
  readonly validUntil?: EpochMs;
}

/** What the risk guard would have made: only a test may pretend. */
function approved<T>(value: T): RiskApproved<T> {
  return { value } as unknown as RiskApproved<T>;
}

function named({ id, validUntil = NEVER }: EffectChange, otherwise: string): Pick<Effect, 'id' | 'validUntil'> {
  return { id: effectId(id ?? otherwise), validUntil };
}

const SPEC: OrderSpec = { ...anOrder().spec, terms: { type: 'LMT', limit: price('164.1') } };
const ROLES = ['parent', 'take-profit', 'stop-loss'] as const;

/** Places `orders` as one unit: one is a single order, two or three a bracket. Its id is `place:` and theirs. */
export function aPlace(orders: readonly string[], change: EffectChange = {}): Effect {
  const legs = orders.map((id, index): PlacedLeg => {
    const role = ROLES[index] ?? 'parent';
    return { id: clientOrderId(id), orderId: ibOrderId(index + 1), role, spec: SPEC, parentOrderId: null, oca: null };
  });
  return {
    kind: 'place',
    ...named(change, `place:${orders.join('+')}`),
    priority: 'new',
    legs: approved(legs),
  };
}

/** Changes `order`. Its id is `modify:` and the order's. */
export function aModification(
  order: string,
  { priority = 'new', ...change }: EffectChange & { readonly priority?: 'reduce' | 'new' | 'trail' } = {},
): Effect {
  const id = clientOrderId(order);
  return {
    kind: 'modify',
    ...named(change, `modify:${order}`),
    priority,
    order: approved({ id, orderId: ibOrderId(1), spec: SPEC, parentOrderId: null, oca: null }),
  };
}

/** Cancels `order`. Its id is `cancel:` and the order's. */
export function aCancel(order: string, change: EffectChange = {}): Effect {
  return {
    kind: 'cancel',
    ...named(change, `cancel:${order}`),
    clientOrderId: clientOrderId(order),
    orderId: ibOrderId(1),
  };
}

/** Cancels every client's orders. */
export function aGlobalCancel(change: EffectChange = {}): Effect {
  return { kind: 'global-cancel', ...named(change, 'global-cancel') };
}

/** Asks for the quotes of AAPL. */
export function aSubscription(change: EffectChange = {}): Effect {
  return { kind: 'subscribe-quote', ...named(change, 'subscribe'), instrument: AAPL };
}

/** Asks what AAPL is. */
export function aResolution(change: EffectChange = {}): Effect {
  return { kind: 'resolve-instrument', ...named(change, 'resolve'), query: { by: 'symbol', symbol: 'AAPL' } };
}

/** Asks for IBKR's whole picture. */
export function aSnapshot(change: EffectChange = {}): Effect {
  return { kind: 'snapshot', ...named(change, 'snapshot') };
}
