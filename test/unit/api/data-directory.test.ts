import { expect, test } from 'vitest';
import { defaultDataDirectory } from '#api/data-directory';

test.each([
  ['linux', '/home/ann', {}, '/home/ann/.local/share/ibkr-trader'],
  ['linux', '/home/ann', { XDG_DATA_HOME: '/data' }, '/data/ibkr-trader'],
  ['linux', '/home/ann', { XDG_DATA_HOME: '' }, '/home/ann/.local/share/ibkr-trader'],
  ['darwin', '/Users/ann', {}, '/Users/ann/Library/Application Support/ibkr-trader'],
  ['win32', 'C:\\Users\\ann', {}, 'C:\\Users\\ann\\AppData\\Local\\ibkr-trader'],
  ['win32', 'C:\\Users\\ann', { LOCALAPPDATA: 'D:\\Local' }, 'D:\\Local\\ibkr-trader'],
  ['win32', 'C:\\Users\\ann', { IBKR_TRADER_DATA_DIR: 'E:\\trading' }, 'E:\\trading'],
])('on %s in %s with %o data lives in %s', (platform, home, env, expected) => {
  expect(defaultDataDirectory({ platform, home, env })).toBe(expected);
});
