/**
 * @typedef {'demo' | 'paper' | 'live'} Mode
 * @typedef {{ readonly mode: Mode; readonly headless: boolean; readonly words: readonly string[] }} StartRequest
 * @typedef {{ readonly surface: 'window' | 'headless'; readonly why: string }} Surface
 */

/** @type {readonly Mode[]} */
const MODES = ['demo', 'paper', 'live'];

/**
 * Reads what follows `npm start --`. A mode on the command line wins over IBKR_TRADING_MODE, and demo is the default.
 * `--port` is the TWS port here (`--tws-port` of `ibkr-trader serve`, whose own `--port` is where it listens).
 * @param {readonly string[]} argv
 * @param {Readonly<Record<string, string | undefined>>} env
 * @returns {StartRequest}
 */
export function parseStart(argv, env) {
  const named = MODES.find((mode) => argv.includes(`--${mode}`));
  const preselected = MODES.find((mode) => mode === env['IBKR_TRADING_MODE']);
  const mode = named ?? preselected ?? 'demo';
  const rest = argv
    .filter((word) => word !== '--headless' && !MODES.some((other) => word === `--${other}`))
    .map((word) => word.replace(/^--port(?==|$)/, '--tws-port'));
  return { mode, headless: argv.includes('--headless'), words: [`--${mode}`, ...rest] };
}

/**
 * Whether this session can show a window at all.
 * @param {string} platform as in process.platform
 * @param {Readonly<Record<string, string | undefined>>} env
 */
export function hasDisplay(platform, env) {
  if (platform === 'darwin' || platform === 'win32') return true;
  return [env['DISPLAY'], env['WAYLAND_DISPLAY']].some((name) => name !== undefined && name !== '');
}

/**
 * Window or headless host, with the reason in words.
 * @param {{ request: StartRequest; display: boolean; electron: { kind: 'official' | 'test'; version: string } | { missing: string } }} situation
 * @returns {Surface}
 */
export function chooseSurface({ request, display, electron }) {
  if (request.headless) return { surface: 'headless', why: 'because --headless was given' };
  if (!display)
    return { surface: 'headless', why: 'because there is no display (neither DISPLAY nor WAYLAND_DISPLAY)' };
  if ('missing' in electron)
    return { surface: 'headless', why: `because there is no Electron runtime: ${electron.missing}` };
  if (electron.kind === 'test' && request.mode !== 'demo') {
    const why = `because only the test Electron ${electron.version} could be had, and it is for demo only`;
    return { surface: 'headless', why };
  }
  const which = electron.kind === 'test' ? 'the test Electron (demo only)' : 'Electron';
  return { surface: 'window', why: `because there is a display and ${which} ${electron.version}` };
}
