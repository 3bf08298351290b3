import { assertNever, present } from '#domain/assert';
import type { EventOf } from '#domain/engine-event';
import { formatPrice, formatQuantity } from '#domain/format';
import type { GroupId } from '#domain/ids';
import { isZero } from '#domain/money';
import type { OrderRecord } from '#domain/order-record';
import { stopOf } from '#domain/order-spec';
import { describeTrail, withReason } from '#domain/order-words';
import type { ProtectiveStop } from '#domain/trailing-stop';
import type { WorkstationState } from '#domain/workstation-state';

/** A sentence of the activity feed about a group, and the order it leads to. */
export interface GroupWords {
  readonly text: string;
  readonly tone: 'info' | 'good' | 'warn' | 'bad';
  readonly order: OrderRecord | undefined;
}

type StopEvent = EventOf<
  'stop-awaited' | 'stop-activated' | 'stop-ratcheted' | 'stop-suspended' | 'stop-rearmed' | 'stop-ended'
>;
type OcoEvent = EventOf<'oco-siblings-due' | 'oco-overfilled' | 'oco-closed'>;

/** Who moves a stop, as it is labelled everywhere. */
export function describeCustody(plan: ProtectiveStop['plan']): string {
  return plan.kind === 'managed' ? 'this app moves this' : 'IBKR holds this';
}

/** A protective stop as a trader says it: `SELL 10 AAPL trailing 2 %, this app moves this`. */
export function describeProtectiveStop({ side, quantity, symbol, plan }: ProtectiveStop): string {
  const how = plan.kind === 'fixed' ? 'stop' : `trailing ${describeTrail(plan.trail)}`;
  return `${side} ${formatQuantity(quantity)} ${symbol} ${how}, ${describeCustody(plan)}`;
}

/** What happened to a protective stop. */
export function describeStopEvent(event: StopEvent, state: WorkstationState): GroupWords {
  if (event.type === 'stop-awaited') {
    const text = `${describeProtectiveStop(event.stop)}: no stop rests at IBKR before its activation price`;
    return { text, tone: 'warn', order: undefined };
  }
  const stop = state.protectiveStops.get(event.groupId);
  const order = stop?.order === null || stop === undefined ? undefined : state.orders.get(stop.order);
  const name = nameOf(stop, order);
  switch (event.type) {
    case 'stop-activated': {
      const from = event.waterMark === null ? '' : ` from ${formatPrice(event.waterMark)}`;
      return { text: `${name} trails${from}`, tone: 'info', order };
    }
    case 'stop-ratcheted': {
      const to = event.modification.terms;
      const text = `${name} moves ${formatPrice(event.before)} → ${formatPrice(present(stopOf(to), 'where it moves'))}, best price ${formatPrice(event.waterMark)}`;
      return { text, tone: 'info', order };
    }
    case 'stop-suspended':
      return { text: withReason(`${name} is suspended`, event.why), tone: 'bad', order };
    case 'stop-rearmed':
      return { text: `${name} follows the market again`, tone: 'info', order };
    case 'stop-ended':
      return { text: withReason(`${name} ended`, event.why), tone: 'info', order };
    default:
      return assertNever(event);
  }
}

/** What happened to an OCO group. */
export function describeOcoEvent(event: OcoEvent, state: WorkstationState): GroupWords {
  const name = ocoName(event.groupId, state);
  switch (event.type) {
    case 'oco-siblings-due': {
      const text = event.dueBy === null ? 'the others have followed' : 'one of them filled, the others have to follow';
      return { text: `${name}: ${text}`, tone: 'info', order: undefined };
    }
    case 'oco-overfilled': {
      const order = state.orders.get(event.id);
      if (isZero(event.excess)) {
        return { text: `${name}: what had filled too much has not after all`, tone: 'info', order };
      }
      const next = event.policy === 'alert' ? 'it is left to a person' : 'the excess is traded back';
      const of = order === undefined ? '' : ` ${order.spec.symbol}`;
      const text = `${name} filled ${formatQuantity(event.excess)}${of} too much; ${next}`;
      return { text, tone: 'bad', order };
    }
    case 'oco-closed':
      return { text: `${name} closed`, tone: 'info', order: undefined };
    default:
      return assertNever(event);
  }
}

function nameOf(stop: ProtectiveStop | undefined, order: OrderRecord | undefined): string {
  if (order !== undefined) return `Stop ${String(order.number)}`;
  return stop === undefined ? 'A stop' : `The stop of ${stop.symbol}`;
}

/** `OCO 12, 13`: by the numbers of its orders, as far as they are in memory. */
function ocoName(id: GroupId, state: WorkstationState): string {
  const numbers = (state.ocoGroups.get(id)?.legs ?? []).flatMap(({ order }) => state.orders.get(order)?.number ?? []);
  return numbers.length === 0 ? 'An OCO group' : `OCO ${numbers.join(', ')}`;
}
