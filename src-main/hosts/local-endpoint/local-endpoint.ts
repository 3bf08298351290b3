import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { socketChannel } from '#api/channel';
import { browserUrl } from '#api/endpoint-file';
import { admit } from '#api/handshake';
import { RPC_PATH } from '#api/transport';
import { assert } from '#domain/assert';
import { err, ok, type Result } from '#domain/result';
import { contextOf, type ServeChannel } from '#hosts/api-server';
import type { LaunchRefusal } from '#hosts/launch-options';
import { removeEndpointFile, writeEndpointFile } from './endpoint-file';
import { refusalOf } from './loopback-guard';
import { serveUi } from './static-ui';

const LOOPBACK = '127.0.0.1';
const TOKEN_BYTES = 32;
/** Largest message a client may send. */
export const PAYLOAD_BYTES_MAX = 1024 * 1024;
/** Windows, browsers and scripts that may be connected at the same time. */
export const CLIENTS_MAX = 32;
/** Sockets altogether, with those that only load files. */
const SOCKETS_MAX = 128;
const HEADERS_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 10_000;

export interface EndpointOptions {
  /** Where endpoint.json goes: the data directory. */
  readonly directory: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly version: string;
  /** The built user interface. */
  readonly uiRoot: string;
  readonly serve: ServeChannel;
}

/** The door for browsers and the command line, on this machine only. */
export interface LocalEndpoint {
  readonly port: number;
  /** For a browser, with the token in the fragment. */
  readonly url: string;
  /** Turns everybody out and takes the endpoint file away. */
  readonly close: () => Promise<void>;
}

/** Opens the door and writes its file. Refuses when the port is taken. */
export async function openLocalEndpoint(options: EndpointOptions): Promise<Result<LocalEndpoint, LaunchRefusal>> {
  const token = randomBytes(TOKEN_BYTES).toString('hex');
  let port = options.port;
  const ui = serveUi(options.uiRoot, () => port);
  const server = createServer((request, response) => void ui(request, response));
  server.maxConnections = SOCKETS_MAX;
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;

  const sockets = new WebSocketServer({ noServer: true, maxPayload: PAYLOAD_BYTES_MAX, perMessageDeflate: false });
  const welcome = async (socket: WebSocket): Promise<void> => {
    const channel = socketChannel(socket, () => socket.terminate());
    // A failure has closed the channel, and a stranger is owed no reason.
    await admit(channel, token, (introduction) => options.serve(channel, contextOf(introduction)));
  };
  const refusedUpgrade = ({ headers, url }: IncomingMessage): string | null => {
    if (refusalOf({ host: headers.host, origin: headers.origin }, port) !== null) return '403 Forbidden';
    if (url !== RPC_PATH) return '404 Not Found';
    return sockets.clients.size >= CLIENTS_MAX ? '503 Service Unavailable' : null;
  };
  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    const status = refusedUpgrade(request);
    if (status === null) {
      sockets.handleUpgrade(request, stream, head, (socket) => void welcome(socket));
      return;
    }
    // Nobody else listens to this socket any more, and it is not counted either: its end must not be left to the peer.
    stream.on('error', () => stream.destroy());
    stream.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => stream.destroy());
  });

  try {
    server.listen({ host: LOOPBACK, port, exclusive: true });
    await once(server, 'listening');
  } catch (error) {
    return err({
      reason: `--port: found ${port}, which can not be listened on (${String(error)}); expected a free port, or 0`,
    });
  }
  const address = server.address();
  assert(typeof address === 'object' && address !== null, 'a listening TCP server has an address');
  port = address.port;
  const url = browserUrl(port, token);
  await writeEndpointFile(options.directory, { version: options.version, port, token, pid: process.pid, url });

  const close = async (): Promise<void> => {
    await removeEndpointFile(options.directory, token);
    const ended = once(server, 'close');
    server.close();
    for (const socket of sockets.clients) socket.terminate();
    server.closeAllConnections();
    await ended;
  };
  return ok({ port, url, close });
}
