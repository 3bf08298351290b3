import { MessageChannel } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import * as z from 'zod';
import { portChannel, type Channel } from '#api/channel';
import { admit, HANDSHAKE_DEADLINE_MS, introduce, PROTOCOL_VERSION } from '#api/handshake';
import { ok } from '#domain/result';

const TOKEN = '5a'.repeat(32);
const OTHER_TOKEN = 'a5'.repeat(32);
const CLI = { client: 'cli', live: true } as const;
const NONCE = '00'.repeat(32);

function aPair(): { client: Channel; host: Channel } {
  const { port1, port2 } = new MessageChannel();
  const pair = { client: portChannel(port1), host: portChannel(port2) };
  onTestFinished(() => pair.client.close());
  return pair;
}

/** The next text on a channel. */
const next = (channel: Channel): Promise<string> => new Promise((resolve) => channel.listen(resolve));

test('both sides prove the token, and the host learns who is there before the client is let in', async () => {
  const { client, host } = aPair();
  const order: string[] = [];
  const admitted = admit(host, TOKEN, (introduction) => order.push(`host admits ${JSON.stringify(introduction)}`));
  const introduced = introduce(client, TOKEN, CLI).then((result) => {
    order.push('client is in');
    return result;
  });
  expect(await Promise.all([admitted, introduced])).toEqual([ok(null), ok(null)]);
  expect(order).toEqual(['host admits {"client":"cli","live":true}', 'client is in']);
  expect([client.closed, host.closed]).toEqual([false, false]);
});

test('a client does not prove anything to a host without the token', async () => {
  const { client, host } = aPair();
  const onAdmitted = vi.fn();
  const admitted = admit(host, TOKEN, onAdmitted);
  expect(await introduce(client, OTHER_TOKEN, CLI)).toMatchObject({ ok: false, error: { code: 'WRONG_TOKEN' } });
  expect(await admitted).toMatchObject({ ok: false, error: { code: 'CLOSED' } });
  expect(onAdmitted).not.toHaveBeenCalled();
});

test('a host does not take its own proof for that of a client', async () => {
  const { client, host } = aPair();
  const onAdmitted = vi.fn();
  const admitted = admit(host, TOKEN, onAdmitted);
  client.send(JSON.stringify({ protocol: PROTOCOL_VERSION, nonce: NONCE, ...CLI }));
  const { proof } = z.object({ proof: z.string() }).parse(JSON.parse(await next(client)));
  client.send(JSON.stringify({ proof }));
  expect(await admitted).toMatchObject({ ok: false, error: { code: 'WRONG_TOKEN' } });
  expect(onAdmitted).not.toHaveBeenCalled();
});

describe.each([
  ['no JSON', '{'],
  ['JSON of another program', '{"jsonrpc":"2.0"}'],
  ['a text that is far too long', JSON.stringify({ proof: 'f'.repeat(2_000) })],
])('%s', (_what, text) => {
  test('is not understood by a host, at either step', async () => {
    const first = aPair();
    const refusedFirst = admit(first.host, TOKEN, () => undefined);
    first.client.send(text);
    expect(await refusedFirst).toMatchObject({ ok: false, error: { code: 'NOT_UNDERSTOOD' } });
    const second = aPair();
    const refusedSecond = admit(second.host, TOKEN, () => undefined);
    second.client.send(JSON.stringify({ protocol: PROTOCOL_VERSION, nonce: NONCE, ...CLI }));
    await next(second.client);
    second.client.send(text);
    expect(await refusedSecond).toMatchObject({ ok: false, error: { code: 'NOT_UNDERSTOOD' } });
  });

  test('is not understood by a client', async () => {
    const { client, host } = aPair();
    const refused = introduce(client, TOKEN, CLI);
    await next(host);
    host.send(text);
    expect(await refused).toMatchObject({ ok: false, error: { code: 'NOT_UNDERSTOOD' } });
    expect(client.closed).toBe(true);
  });
});

test('another version of the protocol is not understood', async () => {
  const { client, host } = aPair();
  const refused = admit(host, TOKEN, () => undefined);
  client.send(JSON.stringify({ protocol: PROTOCOL_VERSION + 1, nonce: NONCE, ...CLI }));
  expect(await refused).toMatchObject({ ok: false, error: { code: 'NOT_UNDERSTOOD' } });
});

test('a client that is greeted by something else than a welcome is not in', async () => {
  const { client, host } = aPair();
  const introduced = introduce(client, TOKEN, CLI);
  const saboteur: Channel = { ...host, send: (text) => host.send(text === '{"welcome":true}' ? '{}' : text) };
  await admit(saboteur, TOKEN, () => undefined);
  expect(await introduced).toMatchObject({ ok: false, error: { code: 'NOT_UNDERSTOOD' } });
});

describe('a side that falls silent', () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => vi.useRealTimers());

  test('is given up by its deadline', async () => {
    const { client, host } = aPair();
    const silentHost = introduce(client, TOKEN, CLI);
    await vi.advanceTimersByTimeAsync(HANDSHAKE_DEADLINE_MS);
    expect(await silentHost).toMatchObject({ ok: false, error: { code: 'DEADLINE' } });
    expect(client.closed).toBe(true);
    host.close();
    const other = aPair();
    const silentClient = admit(other.host, TOKEN, () => undefined);
    await vi.advanceTimersByTimeAsync(HANDSHAKE_DEADLINE_MS);
    expect(await silentClient).toMatchObject({ ok: false, error: { code: 'DEADLINE' } });
  });
});

test('a token that is none is a bug, not a handshake', async () => {
  const { host } = aPair();
  await expect(admit(host, '', () => undefined)).rejects.toThrow();
});
