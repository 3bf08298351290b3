import type { ClientOrderId, ConId, EpochMs } from '#domain/ids';
import type { Instrument } from '#domain/instrument';
import { isLive, type LegRole, type OrderRecord } from '#domain/order-record';
import { describeState } from '#domain/order-words';
import type { Quote } from '#domain/quote';
import { denialsOf } from '#domain/risk-decision';
import { describeReason } from '#domain/risk-words';
import type { WorkstationState } from '#domain/workstation-state';
import { conditionOf, markOfCondition, type QuoteMark, type QuotesStore } from '#renderer/stores/quotes-store';
import { distanceOf, statusLookOf, type Distance, type StatusLook } from '#renderer/stores/selectors';
import type { OrderTab } from '#renderer/stores/ui-store';

/** How an order hangs on its bracket's rail. */
export type Rail = 'none' | 'top' | 'middle' | 'end';

/** A row of Active Orders: an order, or the reason below a refused one. */
export type OrderRow =
  | {
      readonly kind: 'order';
      readonly key: string;
      readonly order: OrderRecord;
      readonly instrument: Instrument | undefined;
      readonly rail: Rail;
      /** The number of the bracket's entry; null: no bracket. */
      readonly bracket: number | null;
      readonly look: StatusLook;
      readonly distance: Distance | null;
      /** Why the distance is not from a current price; null: it is. */
      readonly mark: QuoteMark | null;
      /** A reason row follows. */
      readonly explained: boolean;
    }
  | {
      readonly kind: 'reason';
      readonly key: string;
      readonly order: OrderRecord;
      readonly reason: string;
      /** Only the live tab lets go of a refused order; the others are its archive. */
      readonly dismissible: boolean;
    };

export interface RowSources {
  readonly quotes: ReadonlyMap<ConId, Quote>;
  readonly heartbeatAt: EpochMs | null;
  readonly dismissed: readonly ClientOrderId[];
  readonly now: EpochMs;
}

/** What the rows need of the latest values. */
export function rowQuotesOf({ quotes, meters }: QuotesStore): Pick<RowSources, 'quotes' | 'heartbeatAt'> {
  return { quotes, heartbeatAt: meters?.heartbeatAt ?? null };
}

const isRefused = ({ state }: OrderRecord): boolean => state.phase === 'denied' || state.phase === 'rejected';

/** Whether `order` belongs under `tab`. Refused orders stay under Live until they are dismissed. */
export function isUnderTab(order: OrderRecord, tab: OrderTab, dismissed: ReadonlySet<ClientOrderId>): boolean {
  switch (tab) {
    case 'live':
      return isLive(order) || (isRefused(order) && !dismissed.has(order.id));
    case 'filled':
      return order.state.phase === 'filled';
    case 'cancelled':
      return order.state.phase === 'cancelled' || isRefused(order);
    case 'all':
      return true;
  }
}

/** How many orders each tab shows. */
export function countTabs(state: WorkstationState, dismissed: readonly ClientOrderId[]): Record<OrderTab, number> {
  const gone = new Set(dismissed);
  const counts = { live: 0, filled: 0, cancelled: 0, all: 0 };
  for (const order of state.orders.values()) {
    counts.all += 1;
    if (isUnderTab(order, 'live', gone)) counts.live += 1;
    if (isUnderTab(order, 'filled', gone)) counts.filled += 1;
    if (isUnderTab(order, 'cancelled', gone)) counts.cancelled += 1;
  }
  return counts;
}

const LEG_ORDER = {
  parent: 0,
  'take-profit': 1,
  'stop-loss': 2,
  cover: 3,
  'protective-stop': 0,
  oco: 0,
} as const satisfies Record<LegRole, number>;

/**
 * The rows of a tab: newest bracket or order first, a bracket's legs under its entry. The order of rows depends on
 * numbers alone, so nothing moves because a price or a status did.
 */
export function orderRowsOf(state: WorkstationState, tab: OrderTab, sources: RowSources): readonly OrderRow[] {
  const dismissed = new Set(sources.dismissed);
  const shown = [...state.orders.values()].filter((order) => isUnderTab(order, tab, dismissed));
  const units = new Map<string, { lead: number; orders: OrderRecord[] }>();
  for (const order of shown) {
    const key = order.group?.id ?? order.id;
    const lead = leadNumberOf(state, order);
    const unit = units.get(key);
    if (unit === undefined) units.set(key, { lead, orders: [order] });
    else unit.orders.push(order);
  }
  return [...units.values()]
    .sort((a, b) => b.lead - a.lead)
    .flatMap(({ orders }) => {
      const legs = orders.sort((a, b) => legOf(a) - legOf(b) || a.number - b.number);
      return legs.flatMap((order, index) => rowsOf(state, order, railOf(index, legs.length), tab, sources));
    });
}

const legOf = ({ group }: OrderRecord): number => LEG_ORDER[group?.role ?? 'parent'];

function leadNumberOf(state: WorkstationState, order: OrderRecord): number {
  return bracketNumberOf(state, order) ?? order.number;
}

function bracketNumberOf(state: WorkstationState, order: OrderRecord): number | null {
  const group = order.group === null ? undefined : state.groups.get(order.group.id);
  return group === undefined ? null : (state.orders.get(group.parent)?.number ?? null);
}

function railOf(index: number, length: number): Rail {
  if (length === 1) return 'none';
  if (index === 0) return 'top';
  return index === length - 1 ? 'end' : 'middle';
}

function rowsOf(
  state: WorkstationState,
  order: OrderRecord,
  rail: Rail,
  tab: OrderTab,
  { quotes, heartbeatAt, now }: RowSources,
): readonly OrderRow[] {
  const reason = refusalOf(state, order);
  const quote = quotes.get(order.spec.conId);
  const { quoteAgeMaxMs } = state.settings.risk;
  const row: OrderRow = {
    kind: 'order',
    key: order.id,
    order,
    instrument: state.instruments.get(order.spec.conId),
    rail,
    bracket: bracketNumberOf(state, order),
    look: statusLookOf(order, now),
    distance: distanceOf(order, quote),
    mark: markOfCondition(conditionOf(quote, heartbeatAt, now, quoteAgeMaxMs), quoteAgeMaxMs),
    explained: reason !== null,
  };
  if (reason === null) return [row];
  return [row, { kind: 'reason', key: `${order.id}/reason`, order, reason, dismissible: tab === 'live' }];
}

/** Why an order was refused, in a sentence; null: it was not. */
export function refusalOf(state: WorkstationState, order: OrderRecord): string | null {
  if (order.state.phase === 'rejected') {
    const said = describeState(order);
    return said.charAt(0).toUpperCase() + said.slice(1);
  }
  if (order.state.phase !== 'denied') return null;
  const decision = order.decisionId === null ? undefined : state.decisions.get(order.decisionId);
  const reasons = decision === undefined ? [] : denialsOf(decision).map(describeReason);
  return reasons.length === 0 ? 'Denied by the risk check, not sent.' : reasons.join(' ');
}

/** True when both rows would be drawn alike, so that the grid need not hear of it. */
export function sameRow(a: OrderRow, b: OrderRow): boolean {
  if (a.kind === 'reason' || b.kind === 'reason') {
    return a.kind === 'reason' && b.kind === 'reason' && a.order === b.order && a.reason === b.reason;
  }
  return (
    a.order === b.order &&
    a.rail === b.rail &&
    a.look === b.look &&
    a.explained === b.explained &&
    a.instrument === b.instrument &&
    a.bracket === b.bracket &&
    a.mark?.why === b.mark?.why &&
    a.distance?.change === b.distance?.change &&
    a.distance?.ratio === b.distance?.ratio
  );
}
