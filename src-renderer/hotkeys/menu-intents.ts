import type { MenuCommand } from '#api/window-bridge';
import type { KeyIntent } from '#renderer/hotkeys/interpret-key';

/** What a choice in the native menu asks for: the same as the key that stands beside it. */
export const MENU_INTENTS: Readonly<Record<MenuCommand, KeyIntent>> = {
  'new-order': { kind: 'ticket', ticket: 'single' },
  'new-bracket': { kind: 'ticket', ticket: 'bracket' },
  'new-trailing-stop': { kind: 'ticket', ticket: 'trailing' },
  'new-oco': { kind: 'ticket', ticket: 'oco' },
  'modify-order': { kind: 'modify-selected' },
  'cancel-order': { kind: 'cancel-selected' },
  'cancel-all': { kind: 'cancel-all' },
  'kill-switch': { kind: 'kill-switch' },
  flatten: { kind: 'flatten' },
  'order-history': { kind: 'history' },
  'show-active-orders': { kind: 'show-panel', panel: 'active-orders' },
  'show-order-ticket': { kind: 'show-panel', panel: 'order-ticket' },
  'show-positions': { kind: 'show-panel', panel: 'positions' },
  'show-activity': { kind: 'show-panel', panel: 'activity' },
  'show-connection': { kind: 'show-panel', panel: 'connection' },
  'show-limits': { kind: 'show-panel', panel: 'limits' },
  'show-correlation': { kind: 'show-panel', panel: 'correlation' },
  'switch-theme': { kind: 'switch-theme' },
  'next-density': { kind: 'next-density' },
  'show-keys': { kind: 'show-keys' },
};
