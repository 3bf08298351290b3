// `npm run storm -- --seeds 20000 [--from N] [--jobs 2]`, or `--seed S [--trace]` for one of them in words.
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { present } from '#domain/assert';
import { FAULTS, scriptOf } from '#test/storm/script';
import { describeScript, run } from '#test/storm/scenario';
import { shrink } from '#test/storm/shrink';
import { kindsOf, NOTHING_YET, sumOf, tallyOf, type Tally } from '#test/storm/tally';

const SEEDS_DEFAULT = 1_000;
const JOBS_MAX = 2;
const PROGRESS_EVERY_MS = 5_000;
/** A worker tells what it did so often. */
const BATCH = 25;
/** A scenario makes much that lives for moments only: room for it saves a tenth of the time. */
const NURSERY = '--max-semi-space-size=64';
const SEED_MAX = 1_000_000_000;
const FAILURES_SHOWN = 40;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const { values } = parseArgs({
  options: {
    seeds: { type: 'string' },
    from: { type: 'string' },
    seed: { type: 'string' },
    jobs: { type: 'string' },
    trace: { type: 'boolean', default: false },
    worker: { type: 'boolean', default: false },
  },
});

if (values.worker) await work(wholeNumber('from', values.from), wholeNumber('seeds', values.seeds));
else if (values.seed === undefined) await manage();
else await replay(wholeNumber('seed', values.seed));

/** One scenario; with `--trace` told from beginning to end, and if it fails the smallest that fails the same way. */
async function replay(seed: number): Promise<void> {
  const options = values.trace ? { trace: say } : {};
  for (const line of describeScript(scriptOf(seed))) say(line);
  const outcome = await run(scriptOf(seed), options);
  if (outcome.violation === null) {
    say(`seed ${seed} holds`);
    return;
  }
  process.exitCode = 1;
  say(`seed ${seed} breaks invariant ${outcome.violation.invariant}: ${outcome.violation.what}`);
  say('looking for a smaller scenario that breaks it too …');
  const smallest = await shrink(outcome);
  say('');
  await run(smallest.script, { trace: say });
  say('');
  for (const line of describeScript(smallest.script)) say(line);
}

/** Many scenarios in as many processes as there are cores. */
async function manage(): Promise<void> {
  const seeds = values.seeds === undefined ? SEEDS_DEFAULT : wholeNumber('seeds', values.seeds);
  const from = values.from === undefined ? randomInt(SEED_MAX) : wholeNumber('from', values.from);
  const jobs =
    values.jobs === undefined ? Math.min(JOBS_MAX, availableParallelism()) : wholeNumber('jobs', values.jobs);
  say(`${seeds} scenarios from seed ${from} in ${jobs} processes`);
  const startedAt = performance.now();
  let total = NOTHING_YET;
  const seconds = (): number => (performance.now() - startedAt) / 1_000;
  const progress = setInterval(() => {
    say(
      `${total.scenarios} of ${seeds}, ${(total.scenarios / seconds()).toFixed(1)}/s, ${total.failures.length} failed`,
    );
  }, PROGRESS_EVERY_MS);
  const share = Math.ceil(seeds / jobs);
  const codes = await Promise.all(
    Array.from({ length: jobs }, (_, job) =>
      runWorker(from + job * share, Math.min(share, seeds - job * share), (tally) => {
        total = sumOf(total, tally);
        for (const { seed, violation } of tally.failures) {
          say(`seed ${seed} breaks invariant ${violation.invariant}: ${violation.what}`);
        }
      }),
    ),
  );
  clearInterval(progress);
  report(total, seconds());
  const isWhole = codes.every((code) => code === 0) && total.scenarios === seeds;
  if (!isWhole) say(`a process ended before its work was done (codes ${codes.join(', ')})`);
  const [first] = total.failures;
  if (first !== undefined) await replay(first.seed);
  process.exitCode = isWhole && first === undefined ? 0 : 1;
}

function report({ scenarios, events, cpuMs, done, failures }: Tally, seconds: number): void {
  const isFault = (what: string): boolean => FAULTS.some((fault) => fault === what);
  const told = Object.entries(done)
    .filter(([what]) => !what.endsWith(')'))
    .sort(([, a], [, b]) => b - a);
  const list = (those: readonly (readonly [string, number])[]): string =>
    those.map(([what, count]) => `${what} ${count}`).join(', ');
  const faults = told.filter(([what]) => isFault(what));
  const injected = faults.reduce((sum, [, count]) => sum + count, 0);
  say('');
  say(
    `${scenarios} scenarios, ${events} events in ${seconds.toFixed(1)} s: ${(scenarios / seconds).toFixed(1)} scenarios/s, ${((1_000 * scenarios) / cpuMs).toFixed(1)} for each second of a core`,
  );
  say(`${injected} faults: ${list(faults)}`);
  say(`commands and latches: ${list(told.filter(([what]) => !isFault(what)))}`);
  say(`${failures.length} failed`);
  for (const kind of kindsOf(failures).slice(0, FAILURES_SHOWN)) say(`  ${kind}`);
}

/** @returns the exit code of the process. */
function runWorker(from: number, seeds: number, onTally: (tally: Tally) => void): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const words = [...process.execArgv, NURSERY, present(process.argv[1], 'this script')];
    const child = spawn(process.execPath, [...words, '--worker', '--from', `${from}`, '--seeds', `${seeds}`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    createInterface(child.stdout).on('line', (line) => onTally(JSON.parse(line) as Tally));
    child.on('error', reject);
    child.on('close', resolve);
  });
}

async function work(from: number, seeds: number): Promise<void> {
  let tally = NOTHING_YET;
  for (let seed = from; seed < from + seeds; seed += 1) {
    const before = process.cpuUsage();
    const outcome = await run(scriptOf(seed));
    const { user, system } = process.cpuUsage(before);
    tally = sumOf(tally, tallyOf(outcome, (user + system) / 1_000));
    if (tally.scenarios < BATCH && seed + 1 < from + seeds) continue;
    say(JSON.stringify(tally));
    tally = NOTHING_YET;
  }
}

function wholeNumber(name: string, text: string | undefined): number {
  const value = Number(text);
  if (text !== undefined && Number.isSafeInteger(value) && value >= 0) return value;
  throw new Error(`--${name}: expected a whole number, not ${String(text)}`);
}
