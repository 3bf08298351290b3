import { homedir } from 'node:os';
import { join } from 'node:path';
import { app, dialog, Menu, type BrowserWindow } from 'electron';
import type { MenuCommand } from '#api/window-bridge';
import { COMMANDS } from '#cli/command-catalog';
import { runCli } from '#cli/run-cli';
import { systemIo } from '#cli/system-io';
import { err, type Result } from '#domain/result';
import { compose } from '#hosts/compose';
import { checkDemoFiles } from '#hosts/demo-files';
import { faultText } from '#hosts/fault-text';
import { startHost, type Host } from '#hosts/host';
import { launchOptionsOf, readLaunchWords, type LaunchOptions, type LaunchRefusal } from '#hosts/launch-options';
import { PROGRAM_FILES } from '#hosts/program-files';
import { registerAppScheme, serveAppScheme } from './app-protocol';
import { MENU } from './channels';
import { serveWindows } from './ipc-transport';
import { electronRefusal, wordsOf } from './launch-words';
import { menuTemplate } from './menu';
import { guardContents, guardSession } from './security';
import { openWindow, present } from './window';

const EXIT_DONE = 0;
const EXIT_REFUSED = 1;
const EXIT_USAGE = 2;

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Ends before anything has started, and says why where the person looks. */
function refuse(reason: string, exitCode: number): void {
  say(reason);
  // Started from a desktop there is no terminal to read it in.
  if (app.isPackaged && !process.stderr.isTTY) dialog.showErrorBox('ibkr-trader can not start', reason);
  app.exit(exitCode);
}

function readOptions(words: readonly string[]): Result<LaunchOptions, LaunchRefusal> {
  const read = readLaunchWords(words);
  if (!read.ok) return read;
  const machine = {
    platform: process.platform,
    home: homedir(),
    env: process.env,
    workingDirectory: process.cwd(),
  };
  const options = launchOptionsOf(read.value, machine);
  if (!options.ok) return options;
  const refusal = electronRefusal(options.value.mode, process.versions.electron, process.env);
  return refusal === null ? options : err({ reason: refusal });
}

/** The window and its workstation, from here to the end of the process. */
async function runWindow(options: LaunchOptions): Promise<void> {
  registerAppScheme();
  // Chromium refuses its own sandbox to root, who has to say --no-sandbox; enabling it all the same kills every process.
  if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
  guardContents();
  // Before the lock: the lock is of this folder, so that each data directory has its own window.
  app.setPath('userData', join(options.dataDirectory, 'electron'));
  if (!app.requestSingleInstanceLock()) {
    say('a window for this data directory is open already; it has been brought to the front');
    app.exit(EXIT_DONE);
    return;
  }
  let window: BrowserWindow | null = null;
  app.on('second-instance', () => {
    if (window !== null) present(window);
  });

  await app.whenReady();
  const checked = await checkDemoFiles(options);
  if (!checked.ok) {
    refuse(checked.error.reason, EXIT_USAGE);
    return;
  }
  guardSession();
  serveAppScheme(PROGRAM_FILES.renderer);
  const onFault = (error: unknown): void => say(faultText(error));
  const started = await startHost(options, { compose, uiRoot: PROGRAM_FILES.renderer, onFault });
  if (!started.ok) {
    refuse(started.error.reason, EXIT_REFUSED);
    return;
  }
  closeBeforeQuit(started.value);
  serveWindows(started.value.serve);
  const send = (command: MenuCommand): void => window?.webContents.send(MENU, command);
  const template = menuTemplate({ platform: process.platform, development: !app.isPackaged, send });
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
  app.on('window-all-closed', () => app.quit());
  window = await openWindow(PROGRAM_FILES.preload, onFault);
}

/** Holds the end up until everything is on disk. */
function closeBeforeQuit(host: Host): void {
  let closing = false;
  app.on('before-quit', (event) => {
    event.preventDefault();
    if (closing) return;
    closing = true;
    host.close().then(
      () => app.exit(EXIT_DONE),
      (error: unknown) => crash(error),
    );
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => app.quit());
}

/** A bug. Electron would show a dialog and go on with half a program; starting again is recovery. */
function crash(error: unknown): void {
  say(faultText(error));
  app.exit(EXIT_REFUSED);
}

process.on('uncaughtException', crash);
process.on('unhandledRejection', crash);

const words = wordsOf(process.argv, process.defaultApp);
const [first] = words;
if (first === 'help' || first === '--help' || COMMANDS.some(({ name }) => name === first)) {
  app.exit(await runCli(words, systemIo(process)));
} else {
  const options = readOptions(words);
  // Not awaited: Electron becomes ready only after this module has run.
  if (options.ok) runWindow(options.value).catch(crash);
  else refuse(options.error.reason, EXIT_USAGE);
}
