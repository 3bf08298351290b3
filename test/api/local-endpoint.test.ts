import { once } from 'node:events';
import { access, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { connect as connectTcp } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { ENDPOINT_FILE, endpointSchema, tokenOfFragment } from '#api/endpoint-file';
import { connectSocket, rpcUrl } from '#api/transport';
import { CLIENTS_MAX, openLocalEndpoint, PAYLOAD_BYTES_MAX } from '#hosts/local-endpoint/local-endpoint';
import { writeEndpointFile } from '#hosts/local-endpoint/endpoint-file';
import { FakeWorkstation } from '#test/builders/fake-workstation';
import { temporaryDirectory } from '#test/builders/temporary-directory';
import { openedEndpoint, served, strangerAt } from './doors';

const CLI = { client: 'cli', live: false } as const;
const serve = served(new FakeWorkstation());

interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** The path goes out as it is: `fetch` would fold its dots away. */
async function ask(
  port: number,
  path: string,
  { method = 'GET', headers = {} }: { method?: string; headers?: Record<string, string> } = {},
): Promise<Answered> {
  const asked = request({ host: '127.0.0.1', port, path, method, headers, agent: false });
  asked.end();
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    asked.once('response', resolve);
    asked.once('error', reject);
  });
  let body = '';
  for await (const chunk of response.setEncoding('utf8')) body += String(chunk);
  return { status: response.statusCode ?? 0, headers: response.headers, body };
}

/** The status that a WebSocket is refused with. */
async function refusedUpgrade(port: number, path: string, headers: Record<string, string> = {}): Promise<number> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers });
  onTestFinished(() => socket.terminate());
  // The library reports the refusal a second time as an error.
  socket.on('error', () => undefined);
  return new Promise((resolve, reject) => {
    socket.once('open', () => reject(new Error('was let in')));
    socket.once('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
  });
}

async function aBuiltUi(): Promise<string> {
  const root = join(await temporaryDirectory(), 'ui');
  await mkdir(join(root, 'assets'), { recursive: true });
  await writeFile(join(root, 'index.html'), '<html><head><title>t</title></head></html>');
  await writeFile(join(root, 'assets', 'app.js'), 'export {};');
  await writeFile(join(root, 'assets', 'data.bin'), 'raw');
  await writeFile(join(root, '..', 'secret.txt'), 'secret');
  return root;
}

describe('the endpoint file', () => {
  test('tells the owner, and nobody else, where the workstation is', async () => {
    const { directory, port, token, url } = await openedEndpoint(serve);
    const file = join(directory, ENDPOINT_FILE);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const endpoint = endpointSchema.parse(JSON.parse(await readFile(file, 'utf8')));
    expect(endpoint).toEqual({ version: '0.1.0', port, token, pid: process.pid, url });
    expect(url).toBe(`http://127.0.0.1:${port}/#token=${token}`);
  });

  test('is gone when the workstation has ended', async () => {
    const { directory, close } = await openedEndpoint(serve);
    await close();
    await expect(access(join(directory, ENDPOINT_FILE))).rejects.toThrow('ENOENT');
  });

  test('that somebody took away is no trouble', async () => {
    const { directory, close } = await openedEndpoint(serve);
    await rm(join(directory, ENDPOINT_FILE));
    await close();
  });

  test('of a workstation that started since is left alone', async () => {
    const first = await openedEndpoint(serve);
    const second = await openedEndpoint(serve);
    const { directory } = first;
    const newer = { version: '0.1.0', port: second.port, token: second.token, pid: 1, url: second.url };
    await writeEndpointFile(directory, newer);
    await first.close();
    expect(JSON.parse(await readFile(join(directory, ENDPOINT_FILE), 'utf8'))).toEqual(newer);
  });

  test('has a new token with every launch', async () => {
    const [one, other] = [await openedEndpoint(serve), await openedEndpoint(serve)];
    expect(one.token).not.toBe(other.token);
    expect(tokenOfFragment('#token=short')).toBeUndefined();
    expect(tokenOfFragment('')).toBeUndefined();
  });
});

describe('the door for programs', () => {
  test('opens for who holds the token', async () => {
    const { port, token } = await openedEndpoint(serve);
    const connected = await connectSocket(new WebSocket(rpcUrl(port)), token, CLI);
    if (!connected.ok) throw new Error(connected.error.reason);
    expect((await connected.value.client.system.status()).ok).toBe(true);
  });

  test('stays shut for another token, and the client knows why', async () => {
    const { port } = await openedEndpoint(serve);
    const refused = await connectSocket(new WebSocket(rpcUrl(port)), 'ab'.repeat(32), CLI);
    expect(refused).toMatchObject({ ok: false, error: { code: 'WRONG_TOKEN' } });
  });

  test('cuts off who talks before proving the token', async () => {
    const { port } = await openedEndpoint(serve);
    const { socket, ended } = await strangerAt(port);
    socket.send(JSON.stringify({ i: '1', p: { u: '/system/status' } }));
    await ended;
  });

  test('cuts off who sends a proof without the token', async () => {
    const { port } = await openedEndpoint(serve);
    const { socket, ended } = await strangerAt(port);
    const hello = { protocol: 1, client: 'cli', live: true, nonce: '00'.repeat(32) };
    socket.send(JSON.stringify(hello));
    await once(socket, 'message');
    socket.send(JSON.stringify({ proof: '00'.repeat(32) }));
    await ended;
  });

  test('never lets the token over the wire', async () => {
    const { port, token } = await openedEndpoint(serve);
    const heard: string[] = [];
    const socket = new WebSocket(rpcUrl(port));
    const send = socket.send.bind(socket);
    socket.send = (text: string) => {
      heard.push(text);
      send(text);
    };
    socket.addEventListener('message', ({ data }) => heard.push(typeof data === 'string' ? data : 'binary'));
    const connected = await connectSocket(socket, token, CLI);
    if (!connected.ok) throw new Error(connected.error.reason);
    await connected.value.client.system.status();
    expect(heard.length).toBeGreaterThan(4);
    expect(heard.join('\n')).not.toContain(token);
  });

  test.each(['evil.example:80', '127.0.0.1:1', 'localhost', '[::1]:80'])('refuses the Host %s', async (host) => {
    const { port } = await openedEndpoint(serve);
    expect(await refusedUpgrade(port, '/rpc', { host })).toBe(403);
    expect(await ask(port, '/', { headers: { host } })).toMatchObject({ status: 403 });
  });

  test.each(['http://evil.example', 'null', 'http://127.0.0.1:1', 'file://'])(
    'refuses a page from %s',
    async (origin) => {
      const { port } = await openedEndpoint(serve);
      expect(await refusedUpgrade(port, '/rpc', { origin })).toBe(403);
      expect(await ask(port, '/', { headers: { origin } })).toMatchObject({ status: 403 });
    },
  );

  test('takes its own page under both names of this machine', async () => {
    const { port } = await openedEndpoint(serve);
    await strangerAt(port, { origin: `http://127.0.0.1:${port}` });
    await strangerAt(port, { host: `localhost:${port}`, origin: `http://localhost:${port}` });
    expect(await refusedUpgrade(port, '/rpc', { origin: `http://localhost:${port}` })).toBe(403);
  });

  test('is at one address only', async () => {
    const { port } = await openedEndpoint(serve);
    expect(await refusedUpgrade(port, '/other')).toBe(404);
  });

  test('a message that is too large ends its connection and no other', async () => {
    const { port, token } = await openedEndpoint(serve);
    const other = await connectSocket(new WebSocket(rpcUrl(port)), token, CLI);
    if (!other.ok) throw new Error(other.error.reason);
    const { socket, ended } = await strangerAt(port);
    socket.send('x'.repeat(PAYLOAD_BYTES_MAX + 1));
    await ended;
    expect((await other.value.client.system.status()).ok).toBe(true);
  });

  test('binary data and nonsense end a connection', async () => {
    const { port } = await openedEndpoint(serve);
    const binary = await strangerAt(port);
    binary.socket.send(Buffer.from('{}'));
    await binary.ended;
    const nonsense = await strangerAt(port);
    nonsense.socket.send('{');
    await nonsense.ended;
  });

  test('stands a visitor that is refused and slams the door', async () => {
    const { port, close } = await openedEndpoint(serve);
    for (let n = 0; n < 20; n += 1) {
      const visitor = connectTcp(port, '127.0.0.1');
      visitor.on('error', () => undefined);
      visitor.write('GET /other HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
      await once(visitor, 'connect');
      visitor.resetAndDestroy();
    }
    expect((await ask(port, '/')).status).toBe(404);
    await close();
  });

  test('closes although a refused visitor stays', async () => {
    const { port, close } = await openedEndpoint(serve);
    const visitor = connectTcp({ port, host: '127.0.0.1', allowHalfOpen: true });
    onTestFinished(() => void visitor.destroy());
    visitor.write('GET /other HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    await once(visitor, 'data');
    await close();
  });

  test('lets only so many in at once', async () => {
    const { port } = await openedEndpoint(serve);
    for (let n = 0; n < CLIENTS_MAX; n += 1) await strangerAt(port);
    expect(await refusedUpgrade(port, '/rpc')).toBe(503);
  });

  test('a taken port is refused with what to do', async () => {
    const { port } = await openedEndpoint(serve);
    const directory = await temporaryDirectory();
    const refused = await openLocalEndpoint({ directory, port, version: '0.1.0', uiRoot: '/nowhere', serve });
    expect(refused.ok ? '' : refused.error.reason).toMatch(
      /^--port: found \d+, .*EADDRINUSE.*expected a free port, or 0$/,
    );
  });

  test('closing turns everybody out', async () => {
    const { port, close } = await openedEndpoint(serve);
    const { ended } = await strangerAt(port);
    await close();
    await ended;
    const late = connectTcp(port, '127.0.0.1');
    await expect(once(late, 'connect')).rejects.toThrow('ECONNREFUSED');
  });
});

describe('the user interface', () => {
  test('comes with a policy under which nothing but its own files runs', async () => {
    const { port } = await openedEndpoint(serve, await aBuiltUi());
    const { status, headers, body } = await ask(port, '/');
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
    const policy = String(headers['content-security-policy']);
    const nonce = /<head><meta property="csp-nonce" nonce="([^"]+)">/.exec(body)?.[1] ?? '';
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      `style-src 'self' 'nonce-${nonce}'`,
      "img-src 'self' data:",
      "font-src 'self' data:",
      `connect-src 'self' ws://127.0.0.1:${port} ws://localhost:${port}`,
      "worker-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ]);
    expect((await ask(port, '/')).body).not.toBe(body);
  });

  test.each([
    ['/assets/app.js', 'text/javascript; charset=utf-8'],
    ['/assets/app.js?v=1', 'text/javascript; charset=utf-8'],
    ['/assets/data.bin', 'application/octet-stream'],
  ])('%s is %s', async (path, type) => {
    const { port } = await openedEndpoint(serve, await aBuiltUi());
    expect(await ask(port, path)).toMatchObject({
      status: 200,
      headers: { 'content-type': type, 'cache-control': 'no-cache' },
    });
  });

  test.each([
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/assets/../../secret.txt',
    '//../secret.txt',
    '/..',
    '/%00',
    '/%',
    '/missing.js',
    '/assets',
    '/assets/',
  ])('nothing is found at %s', async (path) => {
    const { port } = await openedEndpoint(serve, await aBuiltUi());
    expect(await ask(port, path)).toMatchObject({ status: 404, body: 'not found\n' });
  });

  test('can only be read', async () => {
    const { port } = await openedEndpoint(serve, await aBuiltUi());
    expect(await ask(port, '/', { method: 'POST' })).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
    const head = await ask(port, '/assets/app.js', { method: 'HEAD' });
    expect(head).toMatchObject({ status: 200, headers: { 'content-length': '10' }, body: '' });
  });
});
