import { EventEmitter } from 'node:events';
import { afterEach, expect, test, vi } from 'vitest';
import type { WebSocketLike } from '#api/channel';
import { HANDSHAKE_DEADLINE_MS } from '#api/handshake';
import { connectSocket } from '#api/transport';

const TOKEN = '5a'.repeat(32);
const CLI = { client: 'cli', live: false } as const;
afterEach(() => vi.useRealTimers());

function aConnectingSocket(): { socket: WebSocketLike; events: EventEmitter; close: ReturnType<typeof vi.fn> } {
  const events = new EventEmitter();
  const close = vi.fn();
  const addEventListener = (type: string, listener: (event: { data: unknown }) => void): void =>
    void events.on(type, listener);
  return { socket: { readyState: 0, bufferedAmount: 0, send: vi.fn(), close, addEventListener }, events, close };
}

test.each(['error', 'close'])('where nobody listens there is no connection (%s)', async (event) => {
  const { socket, events, close } = aConnectingSocket();
  const connected = connectSocket(socket, TOKEN, CLI);
  events.emit(event);
  expect(await connected).toMatchObject({ ok: false, error: { code: 'CLOSED' } });
  expect(close).toHaveBeenCalledOnce();
});

test('a socket that never opens is given up', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const connected = connectSocket(aConnectingSocket().socket, TOKEN, CLI);
  await vi.advanceTimersByTimeAsync(HANDSHAKE_DEADLINE_MS);
  expect(await connected).toMatchObject({ ok: false, error: { code: 'CLOSED' } });
});

test('a socket that closed before anybody looked does not connect', async () => {
  const connected = connectSocket({ ...aConnectingSocket().socket, readyState: 3 }, TOKEN, CLI);
  expect(await connected).toMatchObject({ ok: false, error: { code: 'CLOSED' } });
});
