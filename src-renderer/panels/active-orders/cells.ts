import { formatAge, formatPrice, formatQuantity, NOT_KNOWN } from '#domain/format';
import type { EpochMs } from '#domain/ids';
import { isZero, toNumber, type Price } from '#domain/money';
import { isLive, stateTimeOf, type Origin } from '#domain/order-record';
import { limitOf, stopOf } from '#domain/order-spec';
import { priceDecimals } from '#domain/tick-rules';
import { element, glyphElement, iconElement, railElement, shareElement } from '#renderer/components/dom';
import type { IconName } from '#renderer/components/shapes';
import { statusWord } from '#renderer/components/status-words';
import { formatChange, formatChangePercent } from '#renderer/format/display';
import type { OrderRow } from '#renderer/stores/order-rows';
import { isHeldByBroker, isModifiable } from '#renderer/stores/selectors';

export type OrderCells = Extract<OrderRow, { kind: 'order' }>;

/** Closer to the market than this, a distance is set in bold. */
const NEAR_RATIO = 0.005;

const RAILS = {
  none: null,
  top: 'M12.5 23V11.5H20',
  middle: 'M12.5 -1V23M12.5 11.5H20',
  end: 'M12.5 -1V11.5H20',
} as const;

export function railCell({ rail }: OrderCells): Node | string {
  const path = RAILS[rail];
  return path === null ? '' : railElement(path);
}

export function symbolCell({ order, rail }: OrderCells): Node {
  const repeated = rail === 'middle' || rail === 'end';
  return element('span', repeated ? 't3' : 'symbol', order.spec.symbol);
}

export function sideCell({ order }: OrderCells): Node {
  const tone = isLive(order) ? order.spec.side.toLowerCase() : 't3';
  return element('span', `side ${tone}`, order.spec.side);
}

export function filledCell({ order }: OrderCells): Node {
  const { quantity } = order.spec;
  const filled = isZero(order.filled) ? element('span', 't3', '0') : formatQuantity(order.filled);
  const words = element('span', '', filled, element('span', 't3', ' / '), formatQuantity(quantity));
  const done = order.filled === quantity;
  const cell = element('span', done ? 'fill-cell done' : 'fill-cell', words);
  if (!isZero(order.filled)) cell.append(shareElement(toNumber(order.filled) / toNumber(quantity)));
  return cell;
}

/** A price; while a change of it is under way, the wanted one with a mark. */
function priceCell(row: OrderCells, now: Price | null, wanted: Price | null | undefined): Node | string {
  const { instrument } = row;
  const show = (price: Price): string =>
    formatPrice(price, instrument === undefined ? undefined : priceDecimals(instrument, price));
  if (wanted === undefined || wanted === null || wanted === now) return now === null ? '' : show(now);
  const cell = element('span', 'wanted', show(wanted));
  cell.title = `${now === null ? NOT_KNOWN : show(now)} → ${show(wanted)}: sent, not confirmed yet`;
  return cell;
}

export function limitCell(row: OrderCells): Node | string {
  const { modification, spec } = row.order;
  return priceCell(row, limitOf(spec.terms), modification === null ? undefined : limitOf(modification.terms));
}

export function stopCell(row: OrderCells): Node | string {
  const { modification, spec } = row.order;
  return priceCell(row, stopOf(spec.terms), modification === null ? undefined : stopOf(modification.terms));
}

export function distanceCell({ distance, mark }: OrderCells): Node {
  if (distance === null) return element('span', 't3', NOT_KNOWN);
  if (mark !== null) {
    // In place of the percentage: a distance from an old price must not look like one from the market.
    const word = element('span', 'mark', mark.word, element('span', 'visually-hidden', `, ${mark.why}`));
    const cell = element('span', 'distance', element('span', 'stale', formatChange(distance.change)), word);
    cell.title = mark.why;
    return cell;
  }
  const near = Math.abs(toNumber(distance.ratio)) < NEAR_RATIO;
  return element(
    'span',
    `distance ${near ? 'near' : 'far'}`,
    element('span', '', formatChange(distance.change)),
    element('span', '', formatChangePercent(distance.ratio)),
  );
}

export function statusCell({ order, look }: OrderCells): Node {
  const chip = element('span', `chip chip-${look}`, glyphElement(look), statusWord(order, look));
  if (order.modification !== null) chip.title = 'A change is sent and not confirmed yet';
  return chip;
}

export function groupCell({ order, bracket }: OrderCells): Node | string {
  if (order.group === null) return '';
  if (order.group.role === 'parent') return element('span', '', `Bracket ${bracket ?? ''}`);
  return element('span', 't2', order.group.role === 'take-profit' ? 'Target' : 'Stop');
}

export function custodyCell({ order }: OrderCells): Node {
  if (!isHeldByBroker(order)) return element('span', 't3', NOT_KNOWN);
  const cell = element('span', 'custody', iconElement('bank'), 'IBKR holds');
  cell.title = 'IBKR holds this: it survives this app being closed';
  return cell;
}

const SOURCES: Readonly<Record<Origin, readonly [IconName, string]>> = {
  window: ['user', 'Window'],
  cli: ['terminal', 'CLI'],
  manager: ['automatic', 'Automatic'],
  external: ['elsewhere', 'Elsewhere'],
};

export function sourceCell({ order }: OrderCells, words: boolean): Node {
  const [icon, name] = SOURCES[order.origin];
  const cell = element('span', 'source', iconElement(icon), words ? name : element('span', 'visually-hidden', name));
  cell.title = name;
  return cell;
}

/** How long the order has been in its present state. */
export function ageText({ order }: OrderCells, now: EpochMs): string {
  const age = Math.max(0, now - stateTimeOf(order));
  // Whole seconds: tenths that jump once a second would only be noise.
  return age >= 1_000 && age < 10_000 ? `${Math.floor(age / 1_000)}s` : formatAge(age);
}

export interface RowActions {
  readonly modify: (row: OrderCells) => void;
  readonly cancel: (row: OrderCells) => void;
}

export function actionsCell(row: OrderCells, actions: RowActions): Node | string {
  const { order } = row;
  if (!isLive(order) || order.state.phase === 'cancelling') return '';
  const button = (icon: IconName, label: string, act: (row: OrderCells) => void): HTMLElement => {
    const made = element('button', 'icon-btn', iconElement(icon));
    made.setAttribute('type', 'button');
    made.setAttribute('tabindex', '-1');
    made.setAttribute('aria-label', `${label} ${order.number}`);
    made.title = label;
    made.addEventListener('click', (event) => {
      event.stopPropagation();
      act(row);
    });
    return made;
  };
  const cancel = button('cross', 'Cancel', actions.cancel);
  const modifiable = isModifiable(order);
  return element('span', 'actions', ...(modifiable ? [button('pencil', 'Modify', actions.modify)] : []), cancel);
}
