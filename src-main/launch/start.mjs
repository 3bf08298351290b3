// `npm start`: from a bare checkout to a running workstation.
import { spawn } from 'node:child_process';
import { ensureBuilt } from './build.mjs';
import { electronEnvironment, obtainElectron } from './electron-runtime.mjs';
import { ensureInstalled } from './install.mjs';
import { chooseSurface, hasDisplay, parseStart } from './parts/start-plan.mjs';
import { CALLED_FROM, CLI, ROOT, requireNode } from './project.mjs';
import { say } from './run.mjs';

const USAGE = `npm start -- [--demo | --paper | --live] [--host H] [--port TWS_PORT] [--client-id N] [--data-dir D] [--headless]
          [--seed N] [--prices FILE.csv] [--faults PLAN.json] | [--simulator-port N]

Opens the workstation: demo on the built-in simulator unless told otherwise, in a window where there is a display and an
Electron, else as the headless host whose URL is printed. What else is given goes to the workstation as it is.`;

requireNode();
const argv = process.argv.slice(2);
if (argv.includes('--help')) {
  console.log(USAGE);
  process.exit(0);
}

await ensureInstalled();
await ensureBuilt();

const request = parseStart(argv, process.env);
const display = hasDisplay(process.platform, process.env);
const electron = display && !request.headless ? await obtainElectron() : { missing: 'not looked for' };
const { surface, why } = chooseSurface({ request, display, electron });
say(`starting ${surface === 'window' ? 'the window' : 'the headless host'} in ${request.mode} mode, ${why}`);

if (surface === 'window' && 'dist' in electron) {
  // Chromium refuses its sandbox to root.
  const root = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  become(electron.binary, [...root, ROOT, ...request.words], electronEnvironment(electron));
} else {
  become(process.execPath, [CLI, 'serve', ...request.words], {});
}

/**
 * Ends as the program ends, and passes on what asks it to end.
 * @param {string} program
 * @param {readonly string[]} words
 * @param {Record<string, string>} env
 */
function become(program, words, env) {
  const child = spawn(program, words, { cwd: CALLED_FROM, stdio: 'inherit', env: { ...process.env, ...env } });
  // Ctrl+C at a terminal reaches the child by itself.
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  process.on('SIGHUP', () => child.kill('SIGTERM'));
  child.on('error', (error) => {
    say(`${program}: ${error.message}`);
    process.exitCode = 1;
  });
  child.on('exit', (code) => {
    process.exitCode = code ?? 1;
  });
}
