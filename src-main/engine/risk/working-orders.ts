import { present } from '#domain/assert';
import type { ClientOrderId, ConId } from '#domain/ids';
import { compare, isZero } from '#domain/money';
import { isHeldForEntry, type OrderRecord } from '#domain/order-record';
import type { RiskContext } from '#domain/risk-decision';
import type { EngineState } from '#engine/engine-state';

type Resting = NonNullable<RiskContext['resting']>;

/** Live orders of an instrument by side, `except` apart. */
export function workingOf(
  state: EngineState,
  conId: ConId,
  except: ClientOrderId | null,
): NonNullable<RiskContext['working']> {
  let buy = 0;
  let sell = 0;
  for (const order of liveOf(state, conId, except)) {
    if (order.spec.side === 'BUY') buy += 1;
    else sell += 1;
  }
  return { buy, sell };
}

/**
 * Our own limit orders that a new one would meet first, `except` apart: the lowest to sell and the highest to buy. What
 * waits for its entry is in no book, and of an order that IBKR has not answered yet it is assumed that it is in one. What is
 * being cancelled does not count: whoever wants out cancels first, and must not wait for the answer.
 */
export function restingOf(state: EngineState, conId: ConId, except: ClientOrderId | null): Resting {
  let sell: Resting['sell'] = null;
  let buy: Resting['buy'] = null;
  for (const order of liveOf(state, conId, except)) {
    const { number, spec } = order;
    if (spec.terms.type !== 'LMT' || order.state.phase === 'cancelling' || waitsForEntry(state, order)) continue;
    const resting = { number, price: spec.terms.limit };
    if (spec.side === 'SELL') sell = sell === null || compare(resting.price, sell.price) < 0 ? resting : sell;
    else buy = buy === null || compare(resting.price, buy.price) > 0 ? resting : buy;
  }
  return { sell, buy };
}

/** True for an exit that IBKR holds back, or will: its entry has no fill. */
function waitsForEntry({ durable }: EngineState, order: OrderRecord): boolean {
  const { group, id } = order;
  if (isHeldForEntry(order)) return true;
  const bracket = group === null ? undefined : durable.groups.get(group.id);
  if (bracket === undefined || bracket.parent === id) return false;
  return isZero(present(durable.orders.get(bracket.parent), 'the entry of a group').filled);
}

function liveOf(
  { durable, observed }: EngineState,
  conId: ConId,
  except: ClientOrderId | null,
): readonly OrderRecord[] {
  const live = observed.liveByInstrument.get(conId) ?? [];
  return [...live].filter((id) => id !== except).map((id) => present(durable.orders.get(id), 'an indexed live order'));
}
