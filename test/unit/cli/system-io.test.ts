import { EventEmitter } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { ENDPOINT_FILE } from '#api/endpoint-file';
import { connectWorkstation } from '#cli/connect-workstation';
import { startSimulator } from '#cli/start-simulator';
import { systemIo, type ProcessLike } from '#cli/system-io';
import type { Result } from '#domain/result';
import { openLocalEndpoint } from '#hosts/local-endpoint/local-endpoint';
import { temporaryDirectory } from '#test/builders/temporary-directory';

/** A process whose streams a test holds. */
function aProcess(change: { readonly terminal?: boolean; readonly env?: ProcessLike['env'] } = {}) {
  const signals = new EventEmitter();
  const isTTY = change.terminal === true;
  const process = {
    env: change.env ?? {},
    platform: 'linux',
    stdin: Object.assign(new PassThrough(), { isTTY }),
    stdout: Object.assign(new PassThrough(), { isTTY }),
    stderr: new PassThrough(),
    once: (signal: string, listener: () => void) => signals.once(signal, listener),
    exit: vi.fn<(code: number) => void>(),
  };
  return { process, signals };
}

const textOf = (stream: PassThrough): string => String(stream.read() ?? '');

describe('the real terminal', () => {
  test('text goes to its stream', () => {
    const { process } = aProcess();
    const io = systemIo(process);
    io.out('done\n');
    io.err('failed\n');
    expect([textOf(process.stdout), textOf(process.stderr)]).toEqual(['done\n', 'failed\n']);
    expect(io.newKey()).toMatch(/^cli-[0-9a-f-]{36}$/);
    expect(io.newKey()).not.toBe(io.newKey());
    expect(io.timeZone).not.toBe('');
  });

  test('colour and questions want a terminal, and NO_COLOR is respected', () => {
    const at = (change: Parameters<typeof aProcess>[0]) => {
      const { colour, interactive } = systemIo(aProcess(change).process);
      return { colour, interactive };
    };
    expect(at({})).toEqual({ colour: false, interactive: false });
    expect(at({ terminal: true })).toEqual({ colour: true, interactive: true });
    expect(at({ terminal: true, env: { NO_COLOR: '' } }).colour).toBe(true);
    expect(at({ terminal: true, env: { NO_COLOR: '1' } }).colour).toBe(false);
  });

  test('the data directory is the one that every host uses', () => {
    expect(systemIo(aProcess({ env: { IBKR_TRADER_DATA_DIR: '/mine' } }).process).dataDirectory).toBe('/mine');
  });

  test('a reader that has seen enough ends the program quietly, another failure does not', () => {
    const { process } = aProcess();
    systemIo(process);
    process.stdout.emit('error', Object.assign(new Error('broken'), { code: 'EPIPE' }));
    expect(process.exit).toHaveBeenCalledExactlyOnceWith(0);
    expect(() => process.stdout.emit('error', new Error('disk full'))).toThrow('disk full');
  });

  test('a question is answered by a line; the end of input is no answer', async () => {
    const { process } = aProcess();
    const asked = systemIo(process).ask('Sure? ');
    process.stdin.write('yes\n');
    expect(await asked).toBe('yes');
    expect(textOf(process.stdout)).toContain('Sure? ');
    const ended = aProcess();
    const unanswered = systemIo(ended.process).ask('Sure? ');
    ended.process.stdin.end();
    expect(await unanswered).toBe('');
  });

  test('lines of input are heard until they are not wanted any more', async () => {
    const { process } = aProcess();
    const heard: string[] = [];
    const stop = systemIo(process).onInputLine((line) => heard.push(line));
    process.stdin.write('withhold\nrelease\n');
    await vi.waitFor(() => expect(heard).toEqual(['withhold', 'release']));
    stop();
    expect(process.stdin.destroyed).toBe(true);
  });

  test.each(['SIGINT', 'SIGTERM'])('%s interrupts', async (signal) => {
    const { process, signals } = aProcess();
    const interrupted = systemIo(process).interrupted();
    signals.emit(signal);
    await expect(interrupted).resolves.toBeUndefined();
  });

  test('a timer runs out, or is stopped', () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { after } = systemIo(aProcess().process);
    const [first, second] = [vi.fn(), vi.fn()];
    after(100, first);
    after(100, second)();
    vi.advanceTimersByTime(100);
    expect([first.mock.calls.length, second.mock.calls.length]).toEqual([1, 0]);
  });

  test('a file is read; one that can not be, or is far too long, says so', async () => {
    const directory = await temporaryDirectory();
    const io = systemIo(aProcess().process);
    const path = join(directory, 'legs.json');
    await writeFile(path, '[]');
    expect(await io.readText(path)).toEqual({ ok: true, value: '[]' });
    expect(await io.readText(directory)).toEqual({ ok: false, error: 'can not be read (EISDIR)' });
    expect(await io.readText(join(directory, 'none'))).toEqual({ ok: false, error: 'can not be read (ENOENT)' });
    await writeFile(path, 'x'.repeat(1_000_001));
    expect(await io.readText(path)).toEqual({ ok: false, error: 'has 1000001 bytes, expected at most 1000000' });
    await expect(io.readText('a\0b')).rejects.toThrow('null bytes');
  });

  test('serve is the headless host: it reads its words itself', async () => {
    const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    onTestFinished(() => write.mockRestore());
    expect(await systemIo(aProcess().process).serve(['--seed', 'many'])).toBe(2);
    expect(write.mock.calls.join('')).toContain('--seed: found "many"');
  });
});

const errorOf = (result: Result<unknown, string>): string => (result.ok ? '' : result.error);

describe('connecting to the workstation of a data directory', () => {
  test('without an endpoint file none runs there', async () => {
    const directory = await temporaryDirectory();
    const io = systemIo(aProcess().process);
    expect(await io.connect(directory, false)).toEqual({ ok: false, error: `No workstation runs on ${directory}.` });
  });

  test('a file that no workstation of this version wrote is named', async () => {
    const directory = await temporaryDirectory();
    for (const text of ['{"port":1}', 'not json']) {
      await writeFile(join(directory, ENDPOINT_FILE), text);
      expect(await connectWorkstation(directory, false)).toEqual({
        ok: false,
        error: `${join(directory, ENDPOINT_FILE)}: not written by a workstation of this version.`,
      });
    }
  });

  test('a directory that can not be read says why', async () => {
    const file = join(await temporaryDirectory(), 'a-file');
    await writeFile(file, '');
    expect(errorOf(await connectWorkstation(file, false))).toContain('ENOTDIR');
  });

  const endpointFile = async (port: number, token: string): Promise<string> => {
    const directory = await temporaryDirectory();
    const endpoint = { version: '0.1.0', port, token, pid: 4242, url: 'http://127.0.0.1/' };
    await writeFile(join(directory, ENDPOINT_FILE), JSON.stringify(endpoint));
    return directory;
  };

  test('a workstation that was killed leaves its file behind', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const directory = await endpointFile(port, 'a'.repeat(64));
    expect(await connectWorkstation(directory, false)).toEqual({
      ok: false,
      error: `The workstation of ${join(directory, ENDPOINT_FILE)} (process 4242) does not answer; it is gone.`,
    });
  });

  test('the one that runs there is found, and proves itself', async () => {
    const directory = await temporaryDirectory();
    const introductions: unknown[] = [];
    const opened = await openLocalEndpoint({
      directory,
      port: 0,
      version: '0.1.0',
      uiRoot: directory,
      serve: (_, context) => void introductions.push(context),
    });
    if (!opened.ok) throw new Error(opened.error.reason);
    onTestFinished(() => opened.value.close());
    const connected = await connectWorkstation(directory, true);
    expect(connected.ok).toBe(true);
    if (connected.ok) connected.value.close();
    expect(introductions).toHaveLength(1);

    const stranger = await endpointFile(opened.value.port, 'b'.repeat(64));
    expect(errorOf(await connectWorkstation(stranger, false))).toContain('does not hold the token of this launch');
  });
});

describe('the simulator', () => {
  const options = {
    ...{ port: 0, seed: 1, symbols: 5, speed: undefined },
    ...{ session: undefined, prices: undefined, faults: undefined },
  };

  test('listens on the real clock, fails as it is told to, and stops', async () => {
    const started = await systemIo(aProcess().process).simulate(options);
    if (!started.ok) throw new Error(started.error);
    const simulator = started.value;
    const socket = connect(simulator.port, '127.0.0.1');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    const greeted = new Promise((resolve) => socket.once('data', resolve));
    socket.on('error', () => undefined);
    const range = 'v178..193';
    const length = Buffer.alloc(4);
    length.writeUInt32BE(range.length);
    socket.write(Buffer.concat([Buffer.from('API\0'), length, Buffer.from(range)]));
    await greeted;
    simulator.withhold();
    simulator.freeze();
    simulator.release();
    expect(simulator.inject('{"fault":"drop","at":{"order":1}}')).toEqual({ ok: true });
    expect(simulator.inject('{"fault":"halt","symbol":"NOSUCH"}')).toEqual({
      ok: false,
      error: 'at symbol: found "NOSUCH"; expected a symbol that the simulator trades',
    });
    simulator.drop();
    await closed;

    expect(await startSimulator({ ...options, port: simulator.port })).toEqual({
      ok: false,
      error: `--port "${simulator.port}": can not listen there (EADDRINUSE), expected a free port, or 0 for any`,
    });
    await simulator.stop();
  });

  test('does not start on a file that it can not use', async () => {
    expect(await startSimulator({ ...options, prices: '/nowhere/daily.csv' })).toEqual({
      ok: false,
      error: '--prices "/nowhere/daily.csv": can not be read (ENOENT), expected a file',
    });
  });

  test('what is no refusal of a port is a defect', async () => {
    await expect(startSimulator({ ...options, port: 70_000 })).rejects.toThrow('port');
  });
});

test('the program ends with the exit code of its words', async () => {
  const argv = process.argv;
  const before = process.exitCode;
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  onTestFinished(() => {
    process.argv = argv;
    process.exitCode = before;
    write.mockRestore();
  });
  process.argv = ['node', 'cli.js', '--help'];
  await import('#cli/main');
  expect(process.exitCode).toBe(0);
  expect(write.mock.calls.join('')).toContain('Usage: ibkr-trader');
});
