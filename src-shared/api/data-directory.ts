const FOLDER = 'ibkr-trader';

/** What the default depends on, as Node says it. */
export interface Machine {
  /** As in process.platform. */
  readonly platform: string;
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Where the workstation keeps its files unless `--data-dir` says otherwise: IBKR_TRADER_DATA_DIR, else the system's
 * folder for application data. Programs find a running workstation there, so all of them ask here.
 */
export function defaultDataDirectory({ platform, home, env }: Machine): string {
  const set = (name: string): string | undefined => (env[name] === '' ? undefined : env[name]);
  const chosen = set('IBKR_TRADER_DATA_DIR');
  if (chosen !== undefined) return chosen;
  if (platform === 'darwin') return `${home}/Library/Application Support/${FOLDER}`;
  if (platform === 'win32') return `${set('LOCALAPPDATA') ?? `${home}\\AppData\\Local`}\\${FOLDER}`;
  return `${set('XDG_DATA_HOME') ?? `${home}/.local/share`}/${FOLDER}`;
}
