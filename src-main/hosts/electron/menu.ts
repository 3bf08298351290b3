import type { MenuItemConstructorOptions } from 'electron';
import type { MenuCommand } from '#api/window-bridge';

export interface MenuSituation {
  /** As in process.platform. */
  readonly platform: string;
  /** Started from a checkout: reload and the developer tools are there. */
  readonly development: boolean;
  readonly send: (command: MenuCommand) => void;
}

/** The native menu. What it sends is what the window's own keys do. */
export function menuTemplate({ platform, development, send }: MenuSituation): MenuItemConstructorOptions[] {
  const mac = platform === 'darwin';
  /**
   * The key is shown but taken by the window: it knows whether somebody is typing, and one press stays one command.
   * macOS would take it all the same, so nothing is shown there.
   */
  const command = (label: string, name: MenuCommand, key?: string): MenuItemConstructorOptions => ({
    id: name,
    label,
    click: () => send(name),
    ...(key === undefined || mac ? {} : { accelerator: key, registerAccelerator: false }),
  });
  const separator: MenuItemConstructorOptions = { type: 'separator' };
  return [
    ...(mac ? [{ role: 'appMenu' } as const] : [{ label: '&File', submenu: [{ role: 'quit' } as const] }]),
    { role: 'editMenu' },
    {
      label: '&Orders',
      submenu: [
        command('New Order', 'new-order', 'N'),
        command('New Bracket', 'new-bracket', 'B'),
        command('New Trailing Stop', 'new-trailing-stop', 'T'),
        command('New OCO Group', 'new-oco', 'O'),
        separator,
        command('Modify Order…', 'modify-order', 'M'),
        command('Cancel Order…', 'cancel-order', 'C'),
        command('Order History', 'order-history', 'H'),
        separator,
        command('Cancel All Orders…', 'cancel-all', 'A'),
        command('Close All Positions…', 'flatten'),
        separator,
        command('Kill Switch…', 'kill-switch', 'CmdOrCtrl+Shift+Backspace'),
      ],
    },
    {
      label: '&View',
      submenu: [
        command('Active Orders', 'show-active-orders', 'CmdOrCtrl+1'),
        command('Order Ticket', 'show-order-ticket', 'CmdOrCtrl+2'),
        command('Positions', 'show-positions', 'CmdOrCtrl+3'),
        command('Activity', 'show-activity', 'CmdOrCtrl+4'),
        command('Connection', 'show-connection', 'CmdOrCtrl+5'),
        command('Limits', 'show-limits', 'CmdOrCtrl+6'),
        command('Correlation', 'show-correlation', 'CmdOrCtrl+7'),
        separator,
        command('Dark or Light', 'switch-theme'),
        command('Density', 'next-density', 'CmdOrCtrl+D'),
        separator,
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'togglefullscreen' },
        ...(development ? [separator, { role: 'reload' } as const, { role: 'toggleDevTools' } as const] : []),
      ],
    },
    { role: 'windowMenu' },
    {
      role: 'help',
      submenu: [command('Keyboard Shortcuts', 'show-keys', '?'), ...(mac ? [] : [{ role: 'about' } as const])],
    },
  ];
}
