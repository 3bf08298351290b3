import { portChannel, SOCKET_OPEN, socketChannel, type MessagePortLike, type WebSocketLike } from '#api/channel';
import { createClient, type WorkstationClient } from '#api/client';
import { HANDSHAKE_DEADLINE_MS, introduce, type ClientIntroduction, type HandshakeFailure } from '#api/handshake';
import { err, ok, type Result } from '#domain/result';

/** Where calls are answered on the local endpoint. */
export const RPC_PATH = '/rpc';
const SOCKET_CONNECTING = 0;

/** A way to a running workstation. After `close` every call fails as `CLOSED`; connect anew. */
export interface Connection {
  readonly client: WorkstationClient;
  /** Calls `listener` once when the way is gone. @returns the way to stop that. */
  readonly onClose: (listener: () => void) => () => void;
  readonly close: () => void;
}

/** Over the port that Electron's main process handed out, which is proof enough. */
export function connectPort(port: MessagePortLike): Connection {
  const channel = portChannel(port);
  return { client: createClient(channel), onClose: channel.onClose, close: channel.close };
}

/** The address of the RPC socket that belongs to a local endpoint's port. */
export function rpcUrl(port: number): string {
  return `ws://127.0.0.1:${port}${RPC_PATH}`;
}

/**
 * Over a WebSocket that may still be connecting; both sides prove the token first. Never rejects, and settles by
 * HANDSHAKE_DEADLINE_MS for each of connecting and handshake.
 */
export async function connectSocket(
  socket: WebSocketLike,
  token: string,
  introduction: ClientIntroduction,
): Promise<Result<Connection, HandshakeFailure>> {
  if (!(await opened(socket))) {
    socket.close();
    return err({ code: 'CLOSED', reason: 'no connection to the local endpoint' });
  }
  const channel = socketChannel(socket);
  const introduced = await introduce(channel, token, introduction);
  if (!introduced.ok) return introduced;
  return ok({ client: createClient(channel), onClose: channel.onClose, close: channel.close });
}

function opened(socket: WebSocketLike): Promise<boolean> {
  if (socket.readyState !== SOCKET_CONNECTING) return Promise.resolve(socket.readyState === SOCKET_OPEN);
  return new Promise((resolve) => {
    const settle = (open: boolean) => () => {
      clearTimeout(timer);
      resolve(open);
    };
    const timer = setTimeout(settle(false), HANDSHAKE_DEADLINE_MS);
    socket.addEventListener('open', settle(true));
    socket.addEventListener('error', settle(false));
    socket.addEventListener('close', settle(false));
  });
}
