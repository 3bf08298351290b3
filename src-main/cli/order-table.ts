import { present } from '#domain/assert';
import type { BracketGroup } from '#domain/bracket';
import { orderCustodyOf } from '#domain/custody';
import { formatAge, formatPercent, formatPrice, formatQuantity } from '#domain/format';
import { describeProtectiveStop } from '#domain/group-words';
import type { ConId, EpochMs, GroupId } from '#domain/ids';
import type { OcoGroup } from '#domain/oco';
import { distanceOf } from '#domain/order-distance';
import { stateTimeOf, type OrderRecord } from '#domain/order-record';
import { isTrailing, limitOf, stopOf, typeNameOf } from '#domain/order-spec';
import { describeOrder, describeState, describeStatus, describeTrail, withReason } from '#domain/order-words';
import type { Quote } from '#domain/quote';
import { isWaiting, type ProtectiveStop } from '#domain/trailing-stop';
import type { WorkstationState } from '#domain/workstation-state';
import { plain, sideCell, table, withoutEmptyColumns, type Cell, type Column, type Heading } from './format';

const COLUMNS: readonly Column[] = [
  { title: 'ID', align: 'right' },
  { title: 'Symbol', align: 'left' },
  { title: 'Side', align: 'left' },
  { title: 'Filled/qty', align: 'right' },
  { title: 'Type', align: 'left' },
  { title: 'Limit', align: 'right' },
  { title: 'Stop', align: 'right' },
  { title: 'Trail', align: 'left' },
  { title: 'To market', align: 'right' },
  { title: 'TIF', align: 'left' },
  { title: 'Status', align: 'left' },
  { title: 'Role', align: 'left' },
  { title: 'Custody', align: 'left' },
  { title: 'Source', align: 'left' },
  { title: 'Age', align: 'right' },
];

/** What the orders are shown beside. */
export interface OrderTableSources {
  readonly state: WorkstationState;
  readonly quotes: ReadonlyMap<ConId, Quote>;
  readonly now: EpochMs;
}

/**
 * Orders as a table: those by themselves first, then each group under a line that says what it is. Columns that nothing
 * stands in are left out.
 */
export function orderTable(orders: readonly OrderRecord[], sources: OrderTableSources, colour: boolean): string {
  const { state } = sources;
  const alone: OrderRecord[] = [];
  const groups = new Map<GroupId, OrderRecord[]>();
  for (const order of orders) {
    const id = order.group?.id;
    if (id === undefined) alone.push(order);
    else groups.set(id, [...(groups.get(id) ?? []), order]);
  }
  const rows = (of: readonly OrderRecord[]): readonly (readonly Cell[])[] => of.map((order) => rowOf(order, sources));
  const grouped = [...groups].flatMap(([id, of]): readonly (readonly Cell[] | Heading)[] => [
    { heading: describeGroup(id, state) },
    ...rows(of),
  ]);
  const filled = withoutEmptyColumns(COLUMNS, [...rows(alone), ...grouped]);
  return table(filled.columns, filled.rows, colour);
}

/** The stops that wait for their activation price and rest nowhere, each on a line. */
export function waitingStops({ protectiveStops }: WorkstationState): readonly string[] {
  return [...protectiveStops.values()].flatMap((stop) => (isWaiting(stop) ? [describeStop(stop)] : []));
}

function describeGroup(id: GroupId, state: WorkstationState): string {
  const bracket = state.groups.get(id);
  if (bracket !== undefined) return describeBracket(bracket, state);
  const oco = state.ocoGroups.get(id);
  if (oco !== undefined) return describeOco(oco, state);
  return describeStop(present(state.protectiveStops.get(id), 'the group of an order'));
}

function describeBracket({ parent, scaleOut }: BracketGroup, { orders }: WorkstationState): string {
  const entry = present(orders.get(parent), 'the entry of a bracket');
  const level = scaleOut === null ? '' : `, level ${scaleOut.level} of ${scaleOut.of}`;
  return `Bracket ${entry.number}${level}: ${describeOrder(entry.spec)}, ${describeState(entry)}`;
}

function describeOco({ legs, custody, onPartialFill, sharing }: OcoGroup, { orders }: WorkstationState): string {
  const numbers = legs.map(({ order }) => present(orders.get(order), 'an order of an OCO group').number);
  const how = custody === 'managed' ? `, ${sharing}` : '';
  const does = onPartialFill === 'reduce' ? `reduces the others${how}` : 'cancels the others';
  return `OCO ${numbers.join(', ')}: a fill ${does}`;
}

/** A stop that stands by itself, with what is special about it now. */
export function describeStop(stop: ProtectiveStop): string {
  const { plan, state, order, waterMark } = stop;
  const best = waterMark === null ? '' : `, best price ${formatPrice(waterMark)}`;
  const name = `${describeProtectiveStop(stop)}${best}`;
  if (state.phase === 'suspended') return withReason(`${name}, SUSPENDED`, state.why);
  if (state.phase !== 'waiting' || plan.kind === 'fixed' || plan.activationPrice === null) return name;
  const resting = order === null ? ': no stop rests at IBKR before' : '';
  return `${name}, waits for ${formatPrice(plan.activationPrice)}${resting}`;
}

function rowOf(order: OrderRecord, { state, quotes, now }: OrderTableSources): readonly Cell[] {
  const { spec } = order;
  const limit = limitOf(spec.terms);
  const stop = stopOf(spec.terms);
  return [
    plain(String(order.number)),
    plain(spec.symbol),
    sideCell(spec.side),
    plain(`${formatQuantity(order.filled)}/${formatQuantity(spec.quantity)}`),
    plain(typeNameOf(spec.terms)),
    plain(limit === null ? '' : formatPrice(limit)),
    plain(stop === null ? '' : formatPrice(stop)),
    plain(trailText(order, state)),
    plain(distanceText(order, quotes.get(spec.conId))),
    plain(spec.timeInForce),
    plain(describeStatus(order.state)),
    plain(order.group?.role ?? ''),
    custodyCell(order, state),
    plain(order.origin),
    plain(formatAge(now - stateTimeOf(order))),
  ];
}

/** How far the stop trails, whoever moves it. */
function trailText({ spec: { terms }, group }: OrderRecord, { protectiveStops }: WorkstationState): string {
  if (isTrailing(terms)) return describeTrail(terms.trail);
  if (terms.type === 'STP TO TRAIL') return `${formatPrice(terms.trailAmount)} from ${formatPrice(terms.activation)}`;
  const plan = group === null ? undefined : protectiveStops.get(group.id)?.plan;
  return plan === undefined || plan.kind === 'fixed' ? '' : describeTrail(plan.trail);
}

function distanceText(order: OrderRecord, quote: Quote | undefined): string {
  const distance = distanceOf(order, quote);
  return distance === null ? '' : `${formatPrice(distance.change)} ${formatPercent(distance.ratio)}`;
}

function custodyCell(order: OrderRecord, state: WorkstationState): Cell {
  const custody = orderCustodyOf(state, order);
  if (custody === null) return plain('');
  const { label, atRisk } = custody;
  return atRisk === null ? plain(label) : { text: `${label}, AT RISK: ${atRisk}`, style: 'bad' };
}
