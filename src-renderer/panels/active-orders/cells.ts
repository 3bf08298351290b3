import { formatAge, formatPrice, formatQuantity, NOT_KNOWN } from '#domain/format';
import type { EpochMs } from '#domain/ids';
import { isZero, toNumber, type Price } from '#domain/money';
import { isLive, stateTimeOf, type LegRole, type Origin } from '#domain/order-record';
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
  const show = (price: Price): string => showPrice(row, price);
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

const ROLE_WORDS = {
  parent: 'Entry',
  'take-profit': 'Target',
  'stop-loss': 'Stop',
  cover: 'Cover',
  'protective-stop': 'Protection',
  oco: 'OCO',
} as const satisfies Record<LegRole, string>;

export function groupCell({ group }: OrderCells): Node | string {
  if (group === null) return '';
  const { kind, number, role, level } = group;
  const leads = role === 'parent' || role === 'oco';
  const words = leads ? `${kind} ${number}` : ROLE_WORDS[role];
  return element('span', leads ? '' : 't2', level === '' ? words : `${words} ${level}`);
}

const CUSTODY_WORDS = {
  'IBKR holds this': 'IBKR holds',
  'this app moves this': 'App moves',
  'this app reduces this': 'App reduces',
} as const;
const isShortened = (label: string): label is keyof typeof CUSTODY_WORDS => Object.hasOwn(CUSTODY_WORDS, label);

/** Who keeps the order, and what is wrong with that now. */
export function custodyCell(row: OrderCells): Node {
  const { order, custody, lag, suspended } = row;
  if (!isHeldByBroker(order)) return element('span', 't3', NOT_KNOWN);
  const by = custody?.by ?? 'IBKR';
  const label = custody?.label ?? 'IBKR holds this';
  const words = isShortened(label) ? CUSTODY_WORDS[label] : label;
  if (custody !== null && custody.atRisk !== null) {
    const cell = element('span', 'custody at-risk', iconElement('warn'), suspended ? 'Suspended' : 'At risk');
    cell.append(element('span', 'visually-hidden', `, ${label}`));
    cell.title = `${label}: ${custody.atRisk}`;
    return cell;
  }
  const cell = element('span', `custody ${by}`, iconElement(by === 'app' ? 'automatic' : 'bank'), words);
  cell.title =
    by === 'app'
      ? `${label}: what rests at IBKR stays where it is while this app is closed`
      : `${label}: it survives this app being closed`;
  if (lag !== null) {
    const behind = `${label}, and is ${showPrice(row, lag)} behind: IBKR takes so many changes a second. A native stop would not wait`;
    cell.append(element('span', 'mark', 'lags', element('span', 'visually-hidden', ` ${showPrice(row, lag)}`)));
    cell.title = behind;
  }
  return cell;
}

/** How far the stop keeps from the market, and from when. */
export function trailCell(row: OrderCells): Node | string {
  if (row.trail === '') return '';
  const { terms } = row.order.spec;
  const cell = element('span', '', row.trail);
  if (terms.type === 'STP TO TRAIL') {
    cell.className = 't2';
    cell.title = `Trails once the market touches ${showPrice(row, terms.activation)}`;
  }
  return cell;
}

const showPrice = ({ instrument }: OrderCells, price: Price): string =>
  formatPrice(price, instrument === undefined ? undefined : priceDecimals(instrument, price));

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
  /** Lets a suspended stop move again. */
  readonly rearm: (row: OrderCells) => void;
}

export function actionsCell(row: OrderCells, actions: RowActions): Node | string {
  const { order } = row;
  if (!isLive(order) || order.state.phase === 'cancelling') return '';
  const button = (
    icon: IconName,
    label: string,
    act: (row: OrderCells) => void,
    closed: string | null = null,
  ): HTMLElement => {
    const made = element('button', closed === null ? 'icon-btn' : 'icon-btn greyed', iconElement(icon));
    made.setAttribute('type', 'button');
    made.setAttribute('tabindex', '-1');
    made.setAttribute('aria-label', `${label} ${order.number}`);
    made.title = closed === null ? label : `${label}: ${closed} It can be overridden with a reason.`;
    made.addEventListener('click', (event) => {
      event.stopPropagation();
      act(row);
    });
    return made;
  };
  const cancel = button('cross', 'Cancel', actions.cancel, row.closed.cancel);
  const first = row.suspended
    ? [button('shield', 'Re-arm', actions.rearm)]
    : isModifiable(order)
      ? [button('pencil', 'Modify', actions.modify, row.closed.modify)]
      : [];
  return element('span', 'actions', ...first, cancel);
}
