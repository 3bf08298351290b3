import path from 'node:path';

/**
 * Where big downloads are kept between checkouts; IBKR_TRADER_CACHE_DIR overrides it.
 * @param {string} platform as in process.platform
 * @param {string} home the user's home folder
 * @param {Readonly<Record<string, string | undefined>>} env
 */
export function cacheFolder(platform, home, env) {
  const chosen = env['IBKR_TRADER_CACHE_DIR'];
  if (chosen !== undefined && chosen !== '') return path.resolve(chosen);
  if (platform === 'darwin') return path.join(home, 'Library', 'Caches', 'ibkr-trader');
  if (platform === 'win32')
    return path.join(env['LOCALAPPDATA'] ?? path.join(home, 'AppData', 'Local'), 'ibkr-trader', 'cache');
  return path.join(env['XDG_CACHE_HOME'] ?? path.join(home, '.cache'), 'ibkr-trader');
}
