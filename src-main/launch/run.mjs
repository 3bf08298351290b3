import { spawn } from 'node:child_process';
import { durationText } from './parts/duration.mjs';
import { ROOT } from './project.mjs';

/** How often a log without a terminal hears that something long still runs. */
const PROGRESS_INTERVAL_MS = 20_000;
/** Nothing shorter is worth a line. */
const PROGRESS_AFTER_MS = 1000;

/**
 * @typedef {{ readonly code: number; readonly output: string; readonly ms: number }} Ended
 * @typedef {{ title?: string; cwd?: string; env?: Record<string, string | undefined>; show?: boolean; limitMs?: number }} RunOptions
 *   `title` shows progress on stderr once it takes longer than a second; `show` passes the output through instead of
 *   collecting it; after `limitMs` the process is ended.
 */

/**
 * Runs a program to its end. Never rejects: what can not be started has exit code 127.
 * @param {string} program
 * @param {readonly string[]} words
 * @param {RunOptions} [options]
 * @returns {Promise<Ended>}
 */
export function run(program, words, { title, cwd = ROOT, env = {}, show = false, limitMs } = {}) {
  const start = performance.now();
  const stopProgress = title === undefined ? () => undefined : showProgress(title);
  return new Promise((resolve) => {
    const child = spawn(program, words, {
      cwd,
      env: { ...process.env, ...env },
      stdio: show ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
      timeout: limitMs,
      killSignal: 'SIGKILL',
    });
    /** @type {Buffer[]} */
    const chunks = [];
    child.stdout?.on('data', (chunk) => chunks.push(chunk));
    child.stderr?.on('data', (chunk) => chunks.push(chunk));
    const end = (/** @type {number} */ code, /** @type {string} */ more) => {
      stopProgress();
      resolve({ code, output: Buffer.concat(chunks).toString('utf8') + more, ms: performance.now() - start });
    };
    child.on('error', (error) => end(127, `${program}: ${error.message}\n`));
    child.on('close', (code, signal) => end(code ?? 128, signal === null ? '' : `${program} ended by ${signal}\n`));
  });
}

/**
 * Runs a JavaScript file by this Node.
 * @param {string} script
 * @param {readonly string[]} words
 * @param {RunOptions} [options]
 */
export function runNode(script, words, options) {
  return run(process.execPath, [script, ...words], options);
}

/**
 * Runs npm: the one that started us, else the one on the path.
 * @param {readonly string[]} words
 * @param {RunOptions} [options]
 */
export function runNpm(words, options) {
  const npm = process.env['npm_execpath'];
  if (npm?.endsWith('.js') === true) return runNode(npm, words, options);
  return process.platform === 'win32' ? run('cmd', ['/c', 'npm', ...words], options) : run('npm', words, options);
}

/**
 * Says on stderr that something is going on: one living line on a terminal, a line now and then in a log.
 * @param {string} title
 * @returns {() => void} ends it
 */
export function showProgress(title) {
  const start = performance.now();
  const terminal = process.stderr.isTTY;
  let shown = false;
  const tell = () => {
    shown = true;
    const line = `${title} … ${durationText(performance.now() - start)}`;
    process.stderr.write(terminal ? `\r\u001b[2K${line}` : `${line}\n`);
  };
  const first = setTimeout(tell, PROGRESS_AFTER_MS);
  const again = setInterval(tell, terminal ? PROGRESS_AFTER_MS : PROGRESS_INTERVAL_MS);
  return () => {
    clearTimeout(first);
    clearInterval(again);
    if (shown) clearProgress();
  };
}

/** Takes a living progress line away, so that what follows starts a line of its own. */
function clearProgress() {
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[2K');
}

/**
 * A line of the answer, on stdout.
 * @param {string} line
 */
export function report(line) {
  clearProgress();
  console.log(line);
}

/**
 * A line for the person on stderr: stdout belongs to what was asked for.
 * @param {string} line
 */
export function say(line) {
  clearProgress();
  process.stderr.write(`${line}\n`);
}

/**
 * Ends the program with the reason and what the failed process wrote.
 * @param {string} what
 * @param {Ended} ended
 * @returns {never}
 */
export function giveUp(what, ended) {
  say(`${ended.output.trimEnd()}\n${what} failed (exit code ${ended.code}).`);
  process.exit(1);
}
