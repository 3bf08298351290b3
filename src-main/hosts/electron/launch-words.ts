/**
 * Chromium's and Node's own switches that launchers, tests and packages add. Anything else that we do not know is
 * refused: a mistyped mode must not start another one.
 */
const FOREIGN_SWITCHES: ReadonlySet<string> = new Set([
  'no-sandbox',
  'ozone-platform',
  'ozone-platform-hint',
  'disable-gpu',
  'disable-software-rasterizer',
  'disable-dev-shm-usage',
  'enable-logging',
  'force-device-scale-factor',
  'force-color-profile',
  'inspect',
  'remote-debugging-port',
  'lang',
]);

/**
 * The words that a person gave.
 * @param argv as in process.argv.
 * @param defaultApp a development run: `electron [switches] APP [words]`; a package is `program [words]`.
 */
export function wordsOf(argv: readonly string[], defaultApp: boolean): readonly string[] {
  const rest = argv.slice(1);
  return (defaultApp ? rest.slice(appIndexOf(rest) + 1) : rest).filter((word) => !isForeign(word));
}

/** Where APP stands: the first word that is neither a switch nor the module of `-r`. */
function appIndexOf(words: readonly string[]): number {
  return words.findIndex((word, index) => {
    const before = words[index - 1];
    return !word.startsWith('-') && before !== '-r' && before !== '--require';
  });
}

function isForeign(word: string): boolean {
  const [name = ''] = word.split('=', 1);
  return name.startsWith('--') && FOREIGN_SWITCHES.has(name.slice(2));
}

/** The oldest Electron that may trade with anything but the simulator: older ones get no security fixes any more. */
const TRADING_ELECTRON_MAJOR_MIN = 34;

/** Why this Electron may not run `mode`, or null. */
export function electronRefusal(
  mode: string,
  electronVersion: string,
  env: Readonly<Record<string, string | undefined>>,
): string | null {
  if (mode === 'demo') return null;
  const major = Number(electronVersion.split('.', 1)[0]);
  if (env['IBKR_TRADER_TEST_ELECTRON'] !== '1' && major >= TRADING_ELECTRON_MAJOR_MIN) return null;
  return (
    `This is Electron ${electronVersion}, which is for tests and the demo only: it gets no security fixes any more. ` +
    `Found ${mode} mode, expected demo. Trade with the official Electron, or without a window: ibkr-trader serve --${mode}`
  );
}
