import type { ClientOrderId, ConId, EpochMs } from '#domain/ids';
import { orderCustodyOf, type Custody } from '#domain/custody';
import { formatPrice } from '#domain/format';
import { describeProtectiveStop } from '#domain/group-words';
import type { Instrument } from '#domain/instrument';
import type { Price } from '#domain/money';
import { isLive, type LegRole, type OrderRecord } from '#domain/order-record';
import { describeState } from '#domain/order-words';
import type { Quote } from '#domain/quote';
import { denialsOf } from '#domain/risk-decision';
import { describeReason } from '#domain/risk-words';
import type { ProtectiveStop } from '#domain/trailing-stop';
import type { WorkstationState } from '#domain/workstation-state';
import { conditionOf, markOfCondition, type QuoteMark, type QuotesStore } from '#renderer/stores/quotes-store';
import { distanceOf, type Distance } from '#domain/order-distance';
import { whyMarketClosed, type HandVerb } from '#renderer/stores/closed-market';
import { statusLookOf, type StatusLook } from '#renderer/stores/selectors';
import { lagOf, protectiveStopOf, stopsWithoutOrder, trailText } from '#renderer/stores/stop-figures';
import type { OrderTab } from '#renderer/stores/ui-store';

/** How an order hangs on the rail of its group. */
export type Rail = 'none' | 'top' | 'middle' | 'end';

/** A row of Active Orders: an order, the reason below a refused one, or a stop that has no order yet. */
export type OrderRow =
  | {
      readonly kind: 'order';
      readonly key: string;
      readonly order: OrderRecord;
      readonly instrument: Instrument | undefined;
      readonly rail: Rail;
      /** What it belongs to and what it is there; null: it stands alone. */
      readonly group: GroupLabel | null;
      readonly look: StatusLook;
      readonly distance: Distance | null;
      /** Why the distance is not from a current price; null: it is. */
      readonly mark: QuoteMark | null;
      /** Who moves, reduces or cancels it; null: nothing has to happen to it. */
      readonly custody: Custody | null;
      /** How far it keeps from the market; empty: it does not trail. */
      readonly trail: string;
      /** How far it is behind where it belongs; null: it keeps up. */
      readonly lag: Price | null;
      /** A person has to arm it again before it moves. */
      readonly suspended: boolean;
      /** Why it can not be cancelled, or modified, by hand before its market opens; null: it can. */
      readonly closed: Readonly<Record<HandVerb, string | null>>;
      /** A reason row follows. */
      readonly explained: boolean;
    }
  | { readonly kind: 'waiting'; readonly key: string; readonly stop: ProtectiveStop; readonly words: string }
  | {
      readonly kind: 'reason';
      readonly key: string;
      readonly order: OrderRecord;
      readonly reason: string;
      /** Only the live tab lets go of a refused order; the others are its archive. */
      readonly dismissible: boolean;
    };

/** A group by its lead's number, and the order's part in it. */
export interface GroupLabel {
  readonly kind: 'Bracket' | 'OCO' | 'Stop';
  /** The number that the group is called by. */
  readonly number: number;
  readonly role: LegRole;
  /** `2/3`: the level of a bracket that scales out. */
  readonly level: string;
}

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

/** How many orders, and stops without one, each tab shows. */
export function countTabs(state: WorkstationState, dismissed: readonly ClientOrderId[]): Record<OrderTab, number> {
  const gone = new Set(dismissed);
  const counts = { live: 0, filled: 0, cancelled: 0, all: 0 };
  for (const order of state.orders.values()) {
    counts.all += 1;
    if (isUnderTab(order, 'live', gone)) counts.live += 1;
    if (isUnderTab(order, 'filled', gone)) counts.filled += 1;
    if (isUnderTab(order, 'cancelled', gone)) counts.cancelled += 1;
  }
  const waiting = stopsWithoutOrder(state).length;
  counts.live += waiting;
  counts.all += waiting;
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
/** More than a bracket has legs of different roles: level after level. */
const LEGS_PER_LEVEL = 10;

/** Where an order stands: with whom, under which number, and at which place. */
interface Place {
  readonly unit: string;
  readonly lead: number;
  readonly at: number;
  readonly label: GroupLabel | null;
}

const NOT_CLOSED = { cancel: null, modify: null } as const;

/**
 * The rows of a tab: the newest group or order first, a bracket's exits under its entry, the levels of a scale-out one
 * after the other, the orders of an OCO group together. The order of rows depends on numbers alone, so nothing moves
 * because a price or a status did.
 */
export function orderRowsOf(state: WorkstationState, tab: OrderTab, sources: RowSources): readonly OrderRow[] {
  const dismissed = new Set(sources.dismissed);
  const units = new Map<string, { lead: number; legs: { order: OrderRecord; place: Place }[] }>();
  for (const order of state.orders.values()) {
    if (!isUnderTab(order, tab, dismissed)) continue;
    const place = placeOf(state, order);
    const unit = units.get(place.unit);
    if (unit === undefined) units.set(place.unit, { lead: place.lead, legs: [{ order, place }] });
    else unit.legs.push({ order, place });
  }
  const orders = [...units.values()]
    .sort((a, b) => b.lead - a.lead)
    .flatMap(({ legs }) => {
      legs.sort((a, b) => a.place.at - b.place.at || a.order.number - b.order.number);
      return legs.flatMap(({ order, place }, index) =>
        rowsOf(state, order, { label: place.label, rail: railOf(index, legs.length) }, tab, sources),
      );
    });
  return tab === 'live' || tab === 'all' ? [...waitingRowsOf(state), ...orders] : orders;
}

function placeOf(state: WorkstationState, { id, number, group }: OrderRecord): Place {
  const numberOf = (order: ClientOrderId): number => state.orders.get(order)?.number ?? number;
  const labelled = (kind: GroupLabel['kind'], role: LegRole, lead: number, level = ''): GroupLabel => ({
    ...{ kind, number: lead, role, level },
  });
  const oco = group?.role === 'oco' ? state.ocoGroups.get(group.id) : undefined;
  if (oco !== undefined) {
    const lead = Math.min(...oco.legs.map((leg) => numberOf(leg.order)));
    return { unit: oco.id, lead, at: 0, label: labelled('OCO', 'oco', lead) };
  }
  const bracket = group === null ? undefined : state.groups.get(group.id);
  if (group === null || bracket === undefined) {
    const label = group?.role === 'protective-stop' ? labelled('Stop', group.role, number) : null;
    return { unit: group?.id ?? id, lead: number, at: 0, label };
  }
  const { scaleOut } = bracket;
  const entry = numberOf(bracket.parent);
  const at = (scaleOut?.level ?? 0) * LEGS_PER_LEVEL + LEG_ORDER[group.role];
  if (scaleOut === null) return { unit: bracket.id, lead: entry, at, label: labelled('Bracket', group.role, entry) };
  const first = [...state.groups.values()].find((it) => it.scaleOut?.id === scaleOut.id && it.scaleOut.level === 1);
  const lead = first === undefined ? entry : numberOf(first.parent);
  const level = `${scaleOut.level}/${scaleOut.of}`;
  return { unit: scaleOut.id, lead, at, label: labelled('Bracket', group.role, lead, level) };
}

function waitingRowsOf(state: WorkstationState): readonly OrderRow[] {
  return stopsWithoutOrder(state).map((stop): OrderRow => {
    const { activationPrice } = stop.plan.kind === 'fixed' ? { activationPrice: null } : stop.plan;
    const until =
      stop.state.phase === 'suspended'
        ? `suspended: ${stop.state.why}`
        : activationPrice === null
          ? 'its order is not at IBKR'
          : `waits for ${formatPrice(activationPrice)}`;
    const words = `${describeProtectiveStop(stop)}: ${until}. No stop rests at IBKR: nothing protects these shares.`;
    return { kind: 'waiting', key: `stop/${stop.id}`, stop, words };
  });
}

function railOf(index: number, length: number): Rail {
  if (length === 1) return 'none';
  if (index === 0) return 'top';
  return index === length - 1 ? 'end' : 'middle';
}

function rowsOf(
  state: WorkstationState,
  order: OrderRecord,
  { label, rail }: { readonly label: GroupLabel | null; readonly rail: Rail },
  tab: OrderTab,
  { quotes, heartbeatAt, now }: RowSources,
): readonly OrderRow[] {
  const reason = refusalOf(state, order);
  const quote = quotes.get(order.spec.conId);
  const { quoteAgeMaxMs } = state.settings.risk;
  const instrument = state.instruments.get(order.spec.conId);
  const mark = markOfCondition(conditionOf(quote, heartbeatAt, now, quoteAgeMaxMs), quoteAgeMaxMs);
  const stop = protectiveStopOf(state, order);
  const live = isLive(order);
  const row: OrderRow = {
    kind: 'order',
    key: order.id,
    order,
    instrument,
    rail,
    group: label,
    look: statusLookOf(order, now),
    distance: distanceOf(order, quote),
    mark,
    custody: orderCustodyOf(state, order),
    trail: trailText(order.spec.terms, stop),
    lag: live && mark === null ? lagOf(stop, order, quote, instrument) : null,
    suspended: live && stop?.state.phase === 'suspended',
    closed: live
      ? { cancel: whyMarketClosed(state, order, 'cancel', now), modify: whyMarketClosed(state, order, 'modify', now) }
      : NOT_CLOSED,
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
  if (a.kind === 'reason') return b.kind === 'reason' && a.order === b.order && a.reason === b.reason;
  if (a.kind === 'waiting') return b.kind === 'waiting' && a.stop === b.stop;
  if (b.kind !== 'order') return false;
  return (
    a.order === b.order &&
    a.rail === b.rail &&
    a.look === b.look &&
    a.explained === b.explained &&
    a.instrument === b.instrument &&
    a.group?.number === b.group?.number &&
    a.group?.level === b.group?.level &&
    a.custody?.label === b.custody?.label &&
    a.custody?.atRisk === b.custody?.atRisk &&
    a.trail === b.trail &&
    a.lag === b.lag &&
    a.suspended === b.suspended &&
    a.mark?.why === b.mark?.why &&
    a.distance?.change === b.distance?.change &&
    a.distance?.ratio === b.distance?.ratio
  );
}
