import type { WebSocketLike } from '#api/channel';
import { connectPort, connectSocket, RPC_PATH, type Connection } from '#api/transport';
import { PORT_MESSAGE, type WorkstationBridge } from '#api/window-bridge';
import { err, ok, type Result } from '#domain/result';

/** The main process hands a port out at once; longer means that it never will. */
export const PORT_DEADLINE_MS = 5_000;

/** Makes a new connection to the workstation; called again after each loss. */
export type Connect = () => Promise<Result<Connection, { readonly reason: string }>>;

/** The part of a window that connecting needs. */
export interface ConnectingWindow {
  readonly location: Pick<Location, 'origin' | 'protocol' | 'host' | 'hash' | 'pathname' | 'search'>;
  readonly history: Pick<History, 'replaceState'>;
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void;
  removeEventListener(type: 'message', listener: (event: MessageEvent) => void): void;
  /** Only in Electron. */
  readonly workstation?: WorkstationBridge;
}

/**
 * The way to the workstation: a MessagePort in Electron, a WebSocket in a browser. The browser's token comes in the URL
 * fragment, which never leaves the browser and is taken out of the address bar here.
 */
export function findConnect(
  window: ConnectingWindow,
  openSocket: (url: string) => WebSocketLike,
): Result<Connect, { readonly reason: string }> {
  const { workstation: bridge } = window;
  if (bridge !== undefined) return ok(() => connectElectron(window, bridge));
  const token = takeToken(window);
  if (token === null) {
    return err({ reason: 'This address has no token. Open the address that the workstation printed when it started.' });
  }
  const scheme = window.location.protocol === 'https:' ? 'wss' : 'ws';
  const url = `${scheme}://${window.location.host}${RPC_PATH}`;
  return ok(() => connectSocket(openSocket(url), token, { client: 'window', live: true }));
}

/** The token of the fragment (`#token=…`, or the bare token), and an address bar without it. */
function takeToken({ location, history }: ConnectingWindow): string | null {
  const fragment = location.hash.slice(1);
  const token = new URLSearchParams(fragment).get('token') ?? fragment;
  if (token === '') return null;
  history.replaceState(null, '', location.pathname + location.search);
  return token;
}

function connectElectron(
  window: ConnectingWindow,
  bridge: Pick<WorkstationBridge, 'requestPort'>,
): Promise<Result<Connection, { readonly reason: string }>> {
  return new Promise((resolve) => {
    const finish = (result: Result<Connection, { readonly reason: string }>): void => {
      clearTimeout(timer);
      window.removeEventListener('message', receive);
      resolve(result);
    };
    const receive = ({ data, origin, ports }: MessageEvent): void => {
      const [port] = ports;
      if (data !== PORT_MESSAGE || origin !== window.location.origin || port === undefined) return;
      finish(ok(connectPort(port)));
    };
    const timer = setTimeout(() => finish(err({ reason: 'the main process handed out no port' })), PORT_DEADLINE_MS);
    window.addEventListener('message', receive);
    bridge.requestPort();
  });
}
