// `npm run check`: the gate without installs. `npm run check -- lint unit` runs the stages whose names begin so.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { rebuild } from './build.mjs';
import { electronEnvironment, findElectron } from './electron-runtime.mjs';
import { durationText } from './parts/duration.mjs';
import { excerptOf, nameLines, playwrightFailures, vitestFailures } from './parts/failures.mjs';
import { inParallel } from './parts/in-parallel.mjs';
import { playwrightTotals, stageTotals, sumOf, totalsLine, vitestTotals } from './parts/totals.mjs';
import { ROOT, packageScript, requireNode } from './project.mjs';
import { report, runNode, runNpm, showProgress } from './run.mjs';
import { LAYERS, typecheck } from './typecheck.mjs';
import { withVirtualDisplay } from './virtual-display.mjs';

/**
 * @typedef {import('./run.mjs').Ended} Ended
 * @typedef {import('./parts/totals.mjs').Totals} Totals
 * @typedef {{ readonly totals: Totals; readonly failures: readonly string[] }} TestReport
 * @typedef {{ readonly name: string; readonly work: () => Promise<Ended>; readonly read?: () => TestReport | undefined }} Stage
 *   `read` reads the report of a stage that runs tests; a stage without one is one check.
 */

/** Fetched on demand: as a devDependency its platform packages break `npm ci` on mirrors that lack some. */
const KNIP = 'knip@6.44.2';
const REPORTS = path.join(ROOT, 'node_modules', '.cache', 'ibkr-trader-reports');
const PARALLEL_MAX = 2;
/** What is read in an excerpt has no colours. */
const PLAIN = { NO_COLOR: '1', FORCE_COLOR: undefined };

/** @type {readonly Stage[]} Independent of each other. */
const STATIC_STAGES = [
  { name: 'lint', work: () => runNode(packageScript('eslint'), ['.', '--max-warnings', '0']) },
  ...LAYERS.map((layer) => ({ name: `types of ${layer}`, work: () => typecheck(layer) })),
  {
    name: 'layers',
    work: () =>
      runNode(packageScript('dependency-cruiser', 'depcruise'), ['src-shared', 'src-main', 'src-renderer', 'test']),
  },
  { name: 'format', work: () => runNode(packageScript('prettier'), ['--check', '.']) },
  { name: 'dead code', work: () => runNpm(['exec', '--yes', '--', KNIP]) },
];

/** @type {readonly Stage[]} */
const PACKAGING_STAGES = [
  { name: 'packaging', work: packageForLinux },
  {
    name: 'packaged program',
    work: () => runPlaywright('packaged', ['packaged']),
    read: () => reportOf('packaged', ofPlaywright),
  },
];

/** @type {readonly (readonly Stage[])[]} One after the other, each with the machine to itself; those of one line together. */
const RUNNING_STAGES = [
  [{ name: 'build', work: rebuild }],
  [
    // The tests of whole programs mostly wait for them, and cover nothing that coverage could see.
    vitestStage('unit tests', ['--coverage', ...projects('unit', 'wire', 'api', 'renderer')]),
    vitestStage('program tests', projects('process')),
    vitestStage('storm', projects('storm')),
  ],
  [
    {
      name: 'end-to-end tests',
      work: () => runPlaywright('end-to-end', ['headless', 'electron']),
      read: () => reportOf('end-to-end', ofPlaywright),
    },
  ],
  // What is packaged elsewhere is the release workflow's: the gate looks at the Linux program, on Linux.
  ...(process.platform === 'linux' ? PACKAGING_STAGES.map((stage) => [stage]) : []),
];

requireNode();
const wanted = process.argv[1] === import.meta.filename ? process.argv.slice(2) : [];
const isWanted = (/** @type {Stage} */ { name }) => wanted.length === 0 || wanted.some((word) => name.startsWith(word));
mkdirSync(REPORTS, { recursive: true });

const staticStages = STATIC_STAGES.filter(isWanted);
const stopProgress = showProgress('static checks');
const results = await inParallel(Math.min(PARALLEL_MAX, availableParallelism()), staticStages, runStage);
stopProgress();
for (const line of RUNNING_STAGES) {
  const stages = line.filter(isWanted);
  results.push(...(await inParallel(stages.length, stages, runStage)));
}

const totals = sumOf(results.map((result) => result.totals));
const failed = results.flatMap((result) => result.failed);
if (failed.length > 0) report(`\nFAILED:\n${nameLines(failed).join('\n')}`);
report(`\n${totalsLine(totals)}`);
process.exitCode = totals.failed === 0 && totals.passed > 0 ? 0 : 1;

/**
 * A failed stage says what failed, and shows enough of what it wrote to see why; all of that is in a file.
 * @param {Stage} stage
 * @returns {Promise<{ readonly totals: Totals; readonly failed: readonly string[] }>}
 */
async function runStage({ name, work, read }) {
  const ended = await work();
  const tests = read?.();
  const found = stageTotals(ended.code, tests?.totals);
  const verdict = found.failed === 0 ? 'ok    ' : 'FAILED';
  report(`${verdict} ${name}, ${durationText(ended.ms)}${read === undefined ? '' : ` (${totalsLine(found)})`}`);
  if (found.failed === 0) return { totals: found, failed: [] };
  const failures = tests?.failures ?? [];
  const log = path.join(REPORTS, `${name.replaceAll(' ', '-')}.log`);
  writeFileSync(log, ended.output);
  report([...nameLines(failures), ...excerptOf(ended.output), `All of it: ${path.relative(ROOT, log)}`].join('\n'));
  return { totals: found, failed: failures.length === 0 ? [name] : failures.map((test) => `${name}: ${test}`) };
}

/** @param {Parameters<typeof vitestTotals>[0] & Parameters<typeof vitestFailures>[0]} found */
function ofVitest(found) {
  return { totals: vitestTotals(found), failures: vitestFailures(found, ROOT) };
}

/** @param {Parameters<typeof playwrightTotals>[0] & Parameters<typeof playwrightFailures>[0]} found */
function ofPlaywright(found) {
  return { totals: playwrightTotals(found), failures: playwrightFailures(found) };
}

/**
 * What a stage's report says; undefined when it left none.
 * @template T
 * @param {string} name
 * @param {(report: T) => TestReport} readerOf
 */
function reportOf(name, readerOf) {
  try {
    return readerOf(JSON.parse(readFileSync(reportFile(name), 'utf8')));
  } catch (error) {
    report(`no report of ${name}: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

/** @param {string} name */
function reportFile(name) {
  return path.join(REPORTS, `${name.replaceAll(' ', '-')}.json`);
}

/** @param {readonly string[]} names of vitest.config.ts; what negates two of them runs both */
function projects(...names) {
  return names.map((name) => `--project=${name}`);
}

/**
 * @param {string} name
 * @param {readonly string[]} words what vitest is told beside its reporters
 * @returns {Stage}
 */
function vitestStage(name, words) {
  const work = () => {
    rmSync(reportFile(name), { force: true });
    // The first tells failures alone; the second has the totals.
    const reporters = ['--reporter=minimal', '--reporter=json', `--outputFile.json=${reportFile(name)}`];
    return runNode(packageScript('vitest'), ['run', ...words, ...reporters], { title: name, env: PLAIN });
  };
  return { name, work, read: () => reportOf(name, ofVitest) };
}

/**
 * @param {string} name
 * @param {readonly string[]} names
 * @returns {Promise<Ended>}
 */
async function runPlaywright(name, names) {
  rmSync(reportFile(name), { force: true });
  const electron = findElectron();
  const words = ['test', '--reporter=dot,json', ...projects(...names)];
  try {
    return await withVirtualDisplay((display) =>
      runNode(packageScript('playwright'), words, {
        title: name,
        env: {
          ...PLAIN,
          ...display,
          ...(electron !== undefined && electronEnvironment(electron)),
          PLAYWRIGHT_JSON_OUTPUT_FILE: reportFile(name),
        },
      }),
    );
  } catch (error) {
    return { code: 1, output: error instanceof Error ? error.message : String(error), ms: 0 };
  }
}

/** The unpacked Linux program, around the Electron that is here. */
async function packageForLinux() {
  const electron = findElectron();
  if (electron === undefined) return { code: 1, output: 'There is no Electron to package: npm test gets one.', ms: 0 };
  const around = [`-c.electronDist=${electron.dist}`, `-c.electronVersion=${electron.version}`];
  rmSync(path.join(ROOT, 'dist', 'linux-unpacked'), { recursive: true, force: true });
  return runNode(packageScript('electron-builder'), ['--linux', 'dir', '--publish', 'never', ...around], {
    title: 'packaging',
  });
}
