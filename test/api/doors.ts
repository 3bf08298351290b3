import { once } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { portChannel } from '#api/channel';
import { tokenOfFragment } from '#api/endpoint-file';
import type { ClientIntroduction } from '#api/handshake';
import { connectPort, connectSocket, rpcUrl, type Connection } from '#api/transport';
import { sequence } from '#domain/ids';
import { contextOf, createRouter, serveChannels, type ServeChannel } from '#hosts/api-server';
import type { JournalDoor } from '#hosts/composition';
import { openLocalEndpoint, type LocalEndpoint } from '#hosts/local-endpoint/local-endpoint';
import type { FakeWorkstation } from '#test/builders/fake-workstation';
import { temporaryDirectory } from '#test/builders/temporary-directory';

/** One of the two ways into a workstation. */
export interface Door {
  readonly name: string;
  /** Opens the door for one test. @returns the way to connect through it. */
  readonly open: (serve: ServeChannel) => Promise<(introduction: ClientIntroduction) => Promise<Connection>>;
}

const messagePort: Door = {
  name: 'a MessagePort',
  open: (serve) =>
    Promise.resolve((introduction) => {
      const { port1, port2 } = new MessageChannel();
      serve(portChannel(port1), contextOf(introduction));
      const connection = connectPort(port2);
      onTestFinished(connection.close);
      return Promise.resolve(connection);
    }),
};

const localEndpoint: Door = {
  name: 'the local endpoint',
  open: async (serve) => {
    const { port, token } = await openedEndpoint(serve);
    return async (introduction) => {
      const connected = await connectSocket(new WebSocket(rpcUrl(port)), token, introduction);
      if (!connected.ok) throw new Error(connected.error.reason);
      onTestFinished(connected.value.close);
      return connected.value;
    };
  },
};

/** Both ways in: what is promised of calls holds for either. */
export const DOORS: readonly Door[] = [messagePort, localEndpoint];

/** A local endpoint for one test. */
export async function openedEndpoint(
  serve: ServeChannel,
  uiRoot = '/nowhere',
): Promise<LocalEndpoint & { readonly token: string; readonly directory: string }> {
  const directory = await temporaryDirectory();
  const opened = await openLocalEndpoint({ directory, port: 0, version: '0.1.0', uiRoot, serve });
  if (!opened.ok) throw new Error(opened.error.reason);
  const { port, url, close } = opened.value;
  let closed: Promise<void> | null = null;
  const closeOnce = (): Promise<void> => (closed ??= close());
  onTestFinished(closeOnce);
  return { port, url, close: closeOnce, directory, token: tokenOfFragment(new URL(url).hash) ?? '' };
}

/** Answers for `workstation`, with a journal that is sound. Faults are collected. */
export function served(workstation: FakeWorkstation, faults: unknown[] = []): ServeChannel {
  const journalDoor: JournalDoor = {
    verify: () => Promise.resolve({ ok: true, segments: 1, events: 0, lastSequence: sequence(0), fault: null }),
    export: (after, limit) => {
      const entries = workstation.entries.slice(after, after + limit);
      return Promise.resolve({ entries, more: after + limit < workstation.entries.length });
    },
  };
  const about = { version: '0.1.0', processId: 4_711, dataDirectory: '/data' };
  return serveChannels(createRouter(workstation, journalDoor, about), (fault) => faults.push(fault));
}

/** A raw socket that knows nothing of handshakes, open. */
export async function strangerAt(
  port: number,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly socket: WebSocket; readonly ended: Promise<unknown> }> {
  const socket = new WebSocket(rpcUrl(port), { headers });
  const ended = once(socket, 'close');
  onTestFinished(() => socket.terminate());
  await once(socket, 'open');
  return { socket, ended };
}
