/** The data of the window message that brings the RPC port; the port travels with it. */
export const PORT_MESSAGE = 'rpc-port';

/** What the native menu asks of the window: the same as the key that stands beside it. */
export const MENU_COMMANDS = [
  'new-order',
  'new-bracket',
  'new-trailing-stop',
  'new-oco',
  'modify-order',
  'cancel-order',
  'cancel-all',
  'flatten',
  'kill-switch',
  'order-history',
  'show-active-orders',
  'show-order-ticket',
  'show-positions',
  'show-activity',
  'show-connection',
  'show-limits',
  'show-correlation',
  'switch-theme',
  'next-density',
  'show-keys',
] as const;
export type MenuCommand = (typeof MENU_COMMANDS)[number];

/** `window.workstation` in Electron, absent in a browser. All that the preload lets through. */
export interface WorkstationBridge {
  /** As in process.platform. */
  readonly platform: string;
  /** Asks for an RPC port, which comes as a window message with PORT_MESSAGE. The port before it is closed. */
  requestPort(): void;
  /** Calls `listener` for each choice in the native menu. @returns the way to stop that. */
  onMenu(listener: (command: MenuCommand) => void): () => void;
}
