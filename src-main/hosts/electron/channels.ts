/** Names of the messages between preload and main process. */
export const REQUEST_PORT = 'request-port';
export const DELIVER_PORT = 'deliver-port';
export const MENU = 'menu';
