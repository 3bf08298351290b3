import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { startDemoSimulator } from '#hosts/demo-simulator';
import { temporaryDirectory } from '#test/builders/temporary-directory';

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** A command line program that consists of `source`. */
async function aProgram(source: string): Promise<string> {
  const script = join(await temporaryDirectory(), 'cli.mjs');
  await writeFile(script, source);
  return script;
}
const LISTENING = `
  const [, , word, ...options] = process.argv;
  console.log('progress that nobody asked for');
  const seed = options.indexOf('--seed');
  console.log('listening 127.0.0.1:' + (word === 'simulate' && options[1] === '0' ? (options[seed + 1] ?? '') : 'wrong'));
`;

test('the demo simulator says where it listens, with the seed that was asked for', async () => {
  const script = await aProgram(`${LISTENING} setInterval(() => undefined, 1000);`);
  const onDied = vi.fn();
  const simulator = await startDemoSimulator({ seed: 4_711, script, onDied });
  expect(simulator.port).toBe(4_711);
  await simulator.stop();
  expect(onDied).not.toHaveBeenCalled();
});

test('without a seed the simulator takes its own', async () => {
  const script = await aProgram(`
    console.log('listening 127.0.0.1:' + process.argv.length);
    setInterval(() => undefined, 1000);
  `);
  const simulator = await startDemoSimulator({ seed: null, script });
  onTestFinished(() => simulator.stop());
  // The program, its script, and: simulate --port 0.
  expect(simulator.port).toBe(5);
});

test('the simulator is told which prices to replay and what goes wrong', async () => {
  const script = await aProgram(`
    const said = process.argv.slice(2).join(' ');
    const wanted = 'simulate --port 0 --prices /data/daily.csv --faults /data/plan.json';
    console.log('listening 127.0.0.1:' + (said === wanted ? 7000 : said));
    setInterval(() => undefined, 1000);
  `);
  const files = { prices: '/data/daily.csv', faults: '/data/plan.json' };
  const simulator = await startDemoSimulator({ seed: null, ...files, script });
  onTestFinished(() => simulator.stop());
  expect(simulator.port).toBe(7_000);
});

test.each([
  ['throw new Error("no market today");', 'no market today'],
  ['process.exit(3);', 'exit code 3'],
])('a simulator that ends before it listens is an error that says why (%s)', async (source, reason) => {
  await expect(startDemoSimulator({ seed: 1, script: await aProgram(source) })).rejects.toThrow(reason);
});

test('a simulator that never listens is given up', async () => {
  const script = await aProgram('setInterval(() => undefined, 1000);');
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const started = expect(startDemoSimulator({ seed: 1, script })).rejects.toThrow('did not start in time');
  await vi.advanceTimersByTimeAsync(20_000);
  await started;
});

test('a simulator that dies later is told', async () => {
  const script = await aProgram(`
    console.log('listening 127.0.0.1:7497');
    setTimeout(() => { throw new Error('the market crashed'); }, 20);
  `);
  const told = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const simulator = await startDemoSimulator({ seed: 1, script });
  await vi.waitFor(() => expect(told).toHaveBeenCalledWith('the simulator ended: Error: the market crashed\n'));
  await simulator.stop();
});
