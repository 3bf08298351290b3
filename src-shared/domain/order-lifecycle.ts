/** Where an order stands. `denied`, `filled`, `cancelled` and `rejected` are terminal; `inactive` and `unknown` are not. */
export type OrderPhase =
  | 'draft'
  | 'denied'
  | 'submitting'
  | 'pending'
  | 'working'
  | 'partially-filled'
  | 'filled'
  | 'cancelling'
  | 'cancelled'
  | 'rejected'
  | 'inactive'
  | 'unknown';

/** What can happen to an order. */
export type OrderTrigger =
  | 'deny'
  | 'submit'
  | 'acknowledge'
  | 'work'
  | 'fill-part'
  | 'fill-all'
  | 'request-cancel'
  | 'cancel'
  | 'reject'
  | 'hold'
  | 'lose-sight'
  | 'reappear';

/**
 * The one table of the order state machine. A blank is illegal: a report that would need it is late or repeated and
 * changes nothing. A refused cancel has no place here: it leads back to what the order was, which the fills decide.
 */
export const ORDER_TRANSITIONS = {
  draft: { deny: 'denied', submit: 'submitting' },
  denied: {},
  submitting: {
    acknowledge: 'pending',
    work: 'working',
    'fill-part': 'partially-filled', // market orders may fill before any status arrives
    'fill-all': 'filled',
    'request-cancel': 'cancelling',
    cancel: 'cancelled',
    reject: 'rejected',
    hold: 'inactive',
    'lose-sight': 'unknown',
  },
  pending: {
    acknowledge: 'pending', // why it is held may change: child, trigger, none
    work: 'working',
    'fill-part': 'partially-filled',
    'fill-all': 'filled',
    'request-cancel': 'cancelling',
    cancel: 'cancelled',
    reject: 'rejected',
    hold: 'inactive',
    'lose-sight': 'unknown',
  },
  working: {
    acknowledge: 'pending', // IBKR takes an order back to PreSubmitted when its session ends
    'fill-part': 'partially-filled',
    'fill-all': 'filled',
    'request-cancel': 'cancelling',
    cancel: 'cancelled',
    reject: 'rejected', // the exchange may reject after IBKR accepted
    hold: 'inactive',
    'lose-sight': 'unknown',
  },
  'partially-filled': {
    'fill-part': 'partially-filled',
    'fill-all': 'filled',
    'request-cancel': 'cancelling',
    cancel: 'cancelled',
    reject: 'rejected', // the remainder may be rejected by a later venue
    hold: 'inactive',
    'lose-sight': 'unknown',
  },
  filled: {
    'fill-part': 'partially-filled', // a bust or correction takes quantity away again
  },
  cancelling: {
    'fill-part': 'cancelling', // a fill can cross our cancel on the wire
    'fill-all': 'filled',
    'request-cancel': 'cancelling', // a cancel that went unanswered may be issued again
    cancel: 'cancelled',
    reject: 'rejected',
    'lose-sight': 'unknown',
  },
  cancelled: {
    reappear: 'unknown', // taken for never arrived or vanished, and then IBKR's complete picture shows it alive
    'fill-part': 'cancelled', // late execution report of what filled before the cancel
    'fill-all': 'filled', // the fill crossed the cancel and was all of it
  },
  rejected: {
    reappear: 'unknown',
    'fill-part': 'rejected', // late execution report of what filled before the remainder was rejected
    'fill-all': 'filled',
  },
  inactive: {
    acknowledge: 'pending', // a locate was found
    work: 'working',
    'fill-part': 'partially-filled',
    'fill-all': 'filled',
    'request-cancel': 'cancelling',
    cancel: 'cancelled',
    reject: 'rejected',
    'lose-sight': 'unknown',
  },
  unknown: {
    acknowledge: 'pending',
    work: 'working',
    'fill-part': 'partially-filled',
    'fill-all': 'filled',
    'request-cancel': 'cancelling',
    cancel: 'cancelled',
    reject: 'rejected',
    hold: 'inactive',
  },
} as const satisfies Record<OrderPhase, Partial<Record<OrderTrigger, OrderPhase>>>;

/** The phase after `trigger`, or undefined where the table is blank. */
export function nextPhase(phase: OrderPhase, trigger: OrderTrigger): OrderPhase | undefined {
  const row: Partial<Record<OrderTrigger, OrderPhase>> = ORDER_TRANSITIONS[phase];
  return row[trigger];
}

const TERMINAL: ReadonlySet<OrderPhase> = new Set(['denied', 'filled', 'cancelled', 'rejected']);

/** True when IBKR can do nothing more with the order (a late execution report apart). */
export function isTerminal(phase: OrderPhase): boolean {
  return TERMINAL.has(phase);
}
