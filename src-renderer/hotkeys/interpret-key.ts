import { PANELS, type OpenDialog, type PanelId, type PendingNumber, type TicketKind } from '#renderer/stores/ui-store';

/** Digits of an order number that are taken; more can be no number of ours. */
const DIGITS_MAX = 7;

/** The part of a keyboard event that decides. */
export interface KeyPress {
  readonly key: string;
  readonly ctrl: boolean;
  readonly alt: boolean;
  readonly shift: boolean;
  /** The key is held down and repeats by itself. */
  readonly repeat: boolean;
}

/** Where the key falls. */
export interface KeyContext {
  readonly panel: PanelId;
  /** The focus is in a field that takes text, or in a list of choices. */
  readonly typing: boolean;
  readonly dialog: OpenDialog['kind'] | null;
  readonly pending: PendingNumber | null;
  readonly hasSelection: boolean;
}

/** What a key asks for. `swallow` keeps a repeat of ours from doing anything else. */
export type KeyIntent =
  | { readonly kind: 'cancel-selected' | 'modify-selected' | 'cancel-all' | 'history' | 'show-keys' }
  | { readonly kind: 'move'; readonly by: 1 | -1 }
  | { readonly kind: 'ticket'; readonly ticket: TicketKind }
  | { readonly kind: 'protect' | 'close-position' | 'flatten' | 'kill-switch' }
  | { readonly kind: 'edit-limits' | 'new-limits' | 'reset-latch' }
  | { readonly kind: 'next-panel'; readonly by: 1 | -1 }
  | { readonly kind: 'show-panel'; readonly panel: PanelId }
  | { readonly kind: 'switch-theme' }
  | { readonly kind: 'next-density' }
  | { readonly kind: 'submit-ticket' }
  | { readonly kind: 'pending'; readonly pending: PendingNumber | null }
  | { readonly kind: 'act-on-number'; readonly verb: PendingNumber['verb']; readonly number: number }
  | { readonly kind: 'swallow' };

/** All keys, as the overlay lists them. `keys` holds one entry per key cap. */
export const KEY_LIST: readonly {
  readonly title: string;
  readonly rows: readonly { readonly what: string; readonly keys: readonly string[] }[];
}[] = [
  {
    title: 'Active Orders',
    rows: [
      { what: 'Cancel selected', keys: ['C'] },
      { what: 'Modify selected', keys: ['M'] },
      { what: 'Cancel all', keys: ['A'] },
      { what: 'Act on an order number', keys: ['C', '1', '2', '⏎'] },
      { what: 'Move', keys: ['J', 'K'] },
      { what: 'Order history', keys: ['H'] },
      { what: 'Protect its position', keys: ['P'] },
    ],
  },
  {
    title: 'Positions',
    rows: [
      { what: 'Protect', keys: ['P'] },
      { what: 'Close', keys: ['C'] },
      { what: 'Move', keys: ['J', 'K'] },
    ],
  },
  {
    title: 'Limits',
    rows: [
      { what: 'Edit limits', keys: ['E'] },
      { what: 'Limits of another symbol', keys: ['S'] },
      { what: 'Reset the daily loss', keys: ['R'] },
      { what: 'Move', keys: ['J', 'K'] },
    ],
  },
  {
    title: 'New orders',
    rows: [
      { what: 'Single', keys: ['N'] },
      { what: 'Bracket', keys: ['B'] },
      { what: 'Trailing stop', keys: ['T'] },
      { what: 'OCO group', keys: ['O'] },
      { what: 'Submit ticket', keys: ['Ctrl', '⏎'] },
      { what: 'One tick up, down', keys: ['↑', '↓'] },
      { what: 'Ten ticks', keys: ['⇧', '↑'] },
    ],
  },
  {
    title: 'Everywhere',
    rows: [
      { what: 'Next panel', keys: ['F6'] },
      { what: 'Previous panel', keys: ['⇧', 'F6'] },
      { what: 'Kill switch', keys: ['Ctrl', '⇧', '⌫'] },
      { what: 'Panel 1 to 7', keys: ['Ctrl', '1…7'] },
      { what: 'Density', keys: ['Ctrl', 'D'] },
      { what: 'All keys', keys: ['?'] },
      { what: 'Drop', keys: ['Esc'] },
    ],
  },
];

/** The keys the status bar shows for a panel. */
export const PANEL_KEYS: Readonly<Record<PanelId, readonly { readonly key: string; readonly what: string }[]>> = {
  'active-orders': [
    { key: 'C', what: 'Cancel' },
    { key: 'M', what: 'Modify' },
    { key: 'A', what: 'Cancel all' },
    { key: 'H', what: 'History' },
    { key: '?', what: 'All keys' },
  ],
  'order-ticket': [
    { key: 'Ctrl ⏎', what: 'Submit' },
    { key: '↑', what: 'Tick up' },
    { key: '↓', what: 'Tick down' },
    { key: 'F6', what: 'Next panel' },
  ],
  positions: [
    { key: 'P', what: 'Protect' },
    { key: 'C', what: 'Close' },
    { key: 'J K', what: 'Move' },
    { key: 'F6', what: 'Next panel' },
    { key: '?', what: 'All keys' },
  ],
  activity: [
    { key: '⏎', what: 'Order history' },
    { key: 'F6', what: 'Next panel' },
    { key: '?', what: 'All keys' },
  ],
  limits: [
    { key: 'E', what: 'Edit' },
    { key: 'S', what: 'Set' },
    { key: 'R', what: 'Reset loss' },
    { key: 'J K', what: 'Move' },
    { key: '?', what: 'All keys' },
  ],
  correlation: [
    { key: '↑↓←→', what: 'Pair' },
    { key: 'F6', what: 'Next panel' },
    { key: '?', what: 'All keys' },
  ],
  connection: [
    { key: 'F6', what: 'Next panel' },
    { key: '?', what: 'All keys' },
  ],
};

const SWALLOW: KeyIntent = { kind: 'swallow' };

/**
 * What `press` means in `context`; null: nothing of ours. Single letters act only where their panel has the keyboard and
 * never while typing; a held key acts once, moving apart.
 */
export function interpretKey(press: KeyPress, context: KeyContext): KeyIntent | null {
  const { key, ctrl, alt, shift, repeat } = press;
  if (alt) return null;
  if (ctrl) return interpretChord(press, context);
  if (context.dialog !== null) return interpretInDialog(press, context);
  if (key === 'F6') return repeat ? SWALLOW : { kind: 'next-panel', by: shift ? -1 : 1 };
  if (context.typing) return null;
  if (context.pending !== null) {
    const intent = interpretPending(press, context.pending);
    if (intent !== null) return intent;
  }
  if (key === '?') return once(press, { kind: 'show-keys' });
  if (shift) return null;
  switch (key.toLowerCase()) {
    case 'n':
      return once(press, { kind: 'ticket', ticket: 'single' });
    case 'b':
      return once(press, { kind: 'ticket', ticket: 'bracket' });
    case 't':
      return once(press, { kind: 'ticket', ticket: 'trailing' });
    case 'o':
      return once(press, { kind: 'ticket', ticket: 'oco' });
  }
  if (context.panel === 'positions') return interpretInPositions(press);
  if (context.panel === 'limits') return interpretInLimits(press);
  return context.panel === 'active-orders' ? interpretInOrders(press, context) : null;
}

const once = ({ repeat }: KeyPress, intent: KeyIntent): KeyIntent => (repeat ? SWALLOW : intent);

function interpretChord(press: KeyPress, { panel, dialog }: KeyContext): KeyIntent | null {
  if (press.key === 'Enter' && panel === 'order-ticket' && dialog === null)
    return once(press, { kind: 'submit-ticket' });
  // The one thing that is never to be waited for: it opens over any other dialog too.
  if (press.key === 'Backspace' && press.shift) return once(press, { kind: 'kill-switch' });
  const nth = /^[1-9]$/.test(press.key) && dialog === null ? PANELS[Number(press.key) - 1] : undefined;
  if (nth !== undefined) return once(press, { kind: 'show-panel', panel: nth });
  if (press.key.toLowerCase() === 'd') return once(press, { kind: 'next-density' });
  return null;
}

/** In the dialogs of `C` and `M` a digit means another order, as long as no field has the focus. */
function interpretInDialog({ key, repeat }: KeyPress, { dialog, typing }: KeyContext): KeyIntent | null {
  if ((dialog !== 'cancel' && dialog !== 'modify') || typing || !/^\d$/.test(key)) return null;
  return repeat ? SWALLOW : { kind: 'pending', pending: { verb: dialog, digits: key } };
}

function interpretPending(press: KeyPress, pending: PendingNumber): KeyIntent | null {
  const { verb, digits } = pending;
  const { key } = press;
  if (/^\d$/.test(key)) {
    if (digits.length >= DIGITS_MAX) return SWALLOW;
    return once(press, { kind: 'pending', pending: { verb, digits: digits + key } });
  }
  if (key === 'Backspace') return { kind: 'pending', pending: { verb, digits: digits.slice(0, -1) } };
  if (key === 'Escape') return { kind: 'pending', pending: null };
  if (key !== 'Enter') return null;
  return digits === '' ? SWALLOW : once(press, { kind: 'act-on-number', verb, number: Number(digits) });
}

function interpretInOrders(press: KeyPress, { hasSelection }: KeyContext): KeyIntent | null {
  switch (press.key.toLowerCase()) {
    case 'c':
      return once(press, hasSelection ? { kind: 'cancel-selected' } : asking('cancel'));
    case 'm':
      return once(press, hasSelection ? { kind: 'modify-selected' } : asking('modify'));
    case 'a':
      return once(press, { kind: 'cancel-all' });
    case 'h':
      return hasSelection ? once(press, { kind: 'history' }) : null;
    case 'p':
      return hasSelection ? once(press, { kind: 'protect' }) : null;
    default:
      return moveOf(press);
  }
}

/** As in Active Orders, so that a hand that moves there moves here. */
function interpretInPositions(press: KeyPress): KeyIntent | null {
  switch (press.key.toLowerCase()) {
    case 'p':
      return once(press, { kind: 'protect' });
    case 'c':
      return once(press, { kind: 'close-position' });
    default:
      return moveOf(press);
  }
}

function interpretInLimits(press: KeyPress): KeyIntent | null {
  switch (press.key.toLowerCase()) {
    case 'e':
      return once(press, { kind: 'edit-limits' });
    case 's':
      return once(press, { kind: 'new-limits' });
    case 'r':
      return once(press, { kind: 'reset-latch' });
    default:
      return moveOf(press);
  }
}

const asking = (verb: PendingNumber['verb']): KeyIntent => ({ kind: 'pending', pending: { verb, digits: '' } });

/** Moving among rows is the same in every panel that has them. */
function moveOf(press: KeyPress): KeyIntent | null {
  switch (press.key.toLowerCase()) {
    case 'j':
    case 'arrowdown':
      return { kind: 'move', by: 1 };
    case 'k':
    case 'arrowup':
      return { kind: 'move', by: -1 };
    default:
      return null;
  }
}
