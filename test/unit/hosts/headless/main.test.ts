import { access, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { ENDPOINT_FILE, endpointSchema } from '#api/endpoint-file';
import { connectSocket, rpcUrl } from '#api/transport';
import { sequence } from '#domain/ids';
import { err, ok } from '#domain/result';
import type { Compose } from '#hosts/composition';
import { processWorld, runHeadless, type HeadlessWorld } from '#hosts/headless/main';
import { openBrowser } from '#hosts/headless/open-browser';
import type { LaunchOptions } from '#hosts/launch-options';
import { FakeWorkstation } from '#test/builders/fake-workstation';
import { temporaryDirectory } from '#test/builders/temporary-directory';

/** A world in which everything is written down and the host ends when the test says so. */
async function aWorld() {
  const directory = await temporaryDirectory();
  const log: string[] = [];
  const composedWith: LaunchOptions[] = [];
  const workstation = new FakeWorkstation();
  let interrupt = (): void => undefined;
  const interruption = new Promise<void>((resolve) => (interrupt = resolve));
  const compose: Compose = (options) => {
    composedWith.push(options);
    return Promise.resolve(
      ok({
        workstation,
        journalDoor: {
          verify: () => Promise.resolve({ ok: true, segments: 1, events: 0, lastSequence: sequence(0), fault: null }),
          export: () => Promise.resolve({ entries: [], more: false }),
        },
        about: { version: '0.1.0', processId: 1, dataDirectory: options.dataDirectory },
        close: () => {
          log.push('workstation closed');
          return Promise.resolve();
        },
      }),
    );
  };
  const world: HeadlessWorld = {
    compose,
    uiRoot: directory,
    platform: 'linux',
    home: directory,
    env: {},
    workingDirectory: directory,
    browser: null,
    out: (text) => log.push(`out: ${text}`),
    err: (text) => log.push(`err: ${text}`),
    interrupted: () => interruption,
  };
  return { world, log, composedWith, workstation, interrupt, directory };
}

const readyUrl = (log: readonly string[]): string => /^out: ready (.*)\n$/.exec(log[0] ?? '')?.[1] ?? '';
const WORDS = ['--data-dir', '.', '--no-open'];

describe('the headless host', () => {
  test('does not start on a file of prices or a fault plan that it can not use: exit 2', async () => {
    const { world, log, composedWith } = await aWorld();
    expect(await runHeadless([...WORDS, '--prices', '/nowhere/daily.csv'], world)).toBe(2);
    expect(await runHeadless([...WORDS, '--faults', '/nowhere/plan.json'], world)).toBe(2);
    expect(log).toEqual([
      'err: --prices "/nowhere/daily.csv": can not be read (ENOENT), expected a file\n',
      'err: --faults "/nowhere/plan.json": can not be read (ENOENT), expected a file\n',
    ]);
    expect(composedWith).toEqual([]);
  });

  test('prints ready and its URL once it takes commands, and ends cleanly when it is interrupted', async () => {
    const { world, log, interrupt, directory, composedWith } = await aWorld();
    const ended = runHeadless([...WORDS, '--seed', '7'], world);
    await vi.waitFor(() => expect(log).toHaveLength(1));
    const file = join(directory, ENDPOINT_FILE);
    const endpoint = endpointSchema.parse(JSON.parse(await readFile(file, 'utf8')));
    expect(readyUrl(log)).toBe(endpoint.url);
    const connected = await connectSocket(new WebSocket(rpcUrl(endpoint.port)), endpoint.token, {
      client: 'cli',
      live: false,
    });
    if (!connected.ok) throw new Error(connected.error.reason);
    expect(await connected.value.client.system.status()).toMatchObject({
      ok: true,
      value: { dataDirectory: directory },
    });
    expect(composedWith).toMatchObject([{ mode: 'demo', demo: { seed: 7 } }]);

    interrupt();
    expect(await ended).toBe(0);
    expect(log).toEqual([`out: ready ${endpoint.url}\n`, 'workstation closed']);
    await expect(access(file)).rejects.toThrow('ENOENT');
  });

  test.each([
    [['--paper', '--live'], '--paper and --live: expected one of them'],
    [['--papper'], "Unknown option '--papper'"],
  ])('refuses bad usage with exit code 2 before anything starts (%s)', async (words, reason) => {
    const { world, log, composedWith } = await aWorld();
    expect(await runHeadless(words, world)).toBe(2);
    expect(log.join('')).toContain(reason);
    expect(composedWith).toEqual([]);
  });

  test('says why the workstation can not start, with exit code 1', async () => {
    const { world, log } = await aWorld();
    const compose: Compose = () => Promise.resolve(err({ reason: 'the data directory is in use' }));
    expect(await runHeadless(WORDS, { ...world, compose })).toBe(1);
    expect(log).toEqual(['err: the data directory is in use\n']);
  });

  test('ends the workstation again when its port is taken', async () => {
    const first = await aWorld();
    const running = runHeadless(WORDS, first.world);
    await vi.waitFor(() => expect(first.log).toHaveLength(1));
    const { world, log } = await aWorld();
    expect(await runHeadless([...WORDS, '--port', new URL(readyUrl(first.log)).port], world)).toBe(1);
    expect(log).toEqual(['workstation closed', expect.stringContaining('EADDRINUSE')]);
    first.interrupt();
    await running;
  });

  test.each([
    [new Error('a bug'), 'Error: a bug\n    at '],
    [Object.assign(new Error('a bug'), { stack: undefined }), 'err: a bug\n'],
    ['thrown text', 'err: thrown text\n'],
  ])('tells a fault of a call in its log', async (fault, told) => {
    const { world, log, workstation, interrupt } = await aWorld();
    vi.spyOn(workstation, 'search').mockRejectedValue(fault);
    const ended = runHeadless(WORDS, world);
    await vi.waitFor(() => expect(log).toHaveLength(1));
    const url = new URL(readyUrl(log));
    const connected = await connectSocket(new WebSocket(rpcUrl(Number(url.port))), url.hash.replace('#token=', ''), {
      client: 'cli',
      live: false,
    });
    if (!connected.ok) throw new Error(connected.error.reason);
    await connected.value.client.market.search({ query: 'apple' });
    expect(log[1]).toContain(told);
    interrupt();
    await ended;
  });
});

describe('the browser', () => {
  test('is shown a page that only the owner can read, which is gone when the host ends', async () => {
    const { world, log, interrupt, directory } = await aWorld();
    const browser = join(directory, 'browser.mjs');
    const seen = join(directory, 'seen');
    await writeFile(
      browser,
      `import fs from 'node:fs'; import url from 'node:url';
       const page = url.fileURLToPath(process.argv[2]);
       const text = (fs.statSync(page).mode & 0o777).toString(8) + ' ' + fs.readFileSync(page, 'utf8');
       fs.writeFileSync(${JSON.stringify(`${seen}.new`)}, text);
       fs.renameSync(${JSON.stringify(`${seen}.new`)}, ${JSON.stringify(seen)});`,
    );
    const ended = runHeadless(['--data-dir', '.'], { ...world, browser: [process.execPath, browser] });
    const text = await vi.waitFor(() => readFile(seen, 'utf8'), { timeout: 4_000 });
    expect(text).toBe(`600 <!doctype html><meta http-equiv="refresh" content="0; url=${readyUrl(log)}">\n`);
    interrupt();
    expect(await ended).toBe(0);
    await expect(access(join(directory, 'open.html'))).rejects.toThrow('ENOENT');
  });

  test('that is not there is told, and the host runs on', async () => {
    const { world, log, interrupt, directory } = await aWorld();
    const ended = runHeadless(['--data-dir', '.'], { ...world, browser: ['/no/such/browser'] });
    await vi.waitFor(() => expect(log).toHaveLength(2));
    expect(log[1]).toContain('ENOENT');
    interrupt();
    expect(await ended).toBe(0);
    await expect(access(join(directory, 'open.html'))).rejects.toThrow('ENOENT');
  });

  test('is not opened without a display', async () => {
    const { world, log, interrupt } = await aWorld();
    const ended = runHeadless(['--data-dir', '.'], world);
    await vi.waitFor(() => expect(log).toHaveLength(1));
    interrupt();
    expect(await ended).toBe(0);
  });

  test('replaces a page that a host which died left behind', async () => {
    const directory = await temporaryDirectory();
    await writeFile(join(directory, 'open.html'), 'old');
    const remove = await openBrowser(
      [process.execPath, '--version'],
      directory,
      'http://127.0.0.1:1/#token=x',
      () => undefined,
    );
    expect(await readFile(join(directory, 'open.html'), 'utf8')).toContain('#token=x');
    await remove();
  });
});

describe('the real process', () => {
  afterEach(() => vi.restoreAllMocks());

  test('is where the host writes, and its signals end the host once', async () => {
    const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const { out, interrupted } = processWorld();
    out('ready\n');
    expect(written).toHaveBeenCalledWith('ready\n');
    written.mockRestore();
    const before = process.listenerCount('SIGTERM');
    const ended = interrupted();
    expect(process.listenerCount('SIGTERM')).toBe(before + 1);
    process.emit('SIGHUP');
    await ended;
    expect(process.listenerCount('SIGTERM')).toBe(before);
  });

  test('is the world when nothing else is said', async () => {
    const told = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    expect(await runHeadless(['--papper'])).toBe(2);
    expect(told).toHaveBeenCalledWith(expect.stringContaining('--papper'));
  });
});
