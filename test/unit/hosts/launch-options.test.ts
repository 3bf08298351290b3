import { describe, expect, test } from 'vitest';
import { launchOptionsOf, readLaunchWords, type LaunchOptions } from '#hosts/launch-options';

const MACHINE = { platform: 'linux', home: '/home/ann', workingDirectory: '/srv/trading', env: {} };

function launch(words: string, env: Record<string, string> = {}): LaunchOptions | string {
  const read = readLaunchWords(words === '' ? [] : words.split(' '));
  if (!read.ok) return read.error.reason;
  const options = launchOptionsOf(read.value, { ...MACHINE, env });
  return options.ok ? options.value : options.error.reason;
}

describe('a launch', () => {
  test('without a word is the demo, on a free port, with a browser, in the system’s folder for data', () => {
    expect(launch('')).toEqual({
      mode: 'demo',
      tws: { host: null, port: null, clientId: null },
      demo: { seed: null, prices: null, faults: null, simulatorPort: null },
      listenPort: 0,
      dataDirectory: '/home/ann/.local/share/ibkr-trader',
      open: true,
      confirmedAccount: null,
    });
  });

  test('takes every word', () => {
    expect(
      launch(
        '--live --host tws.lan --tws-port 7496 --client-id 3 --confirm-account U1234567 --port 8080 --data-dir data --no-open',
      ),
    ).toEqual({
      mode: 'live',
      tws: { host: 'tws.lan', port: 7_496, clientId: 3 },
      demo: { seed: null, prices: null, faults: null, simulatorPort: null },
      listenPort: 8_080,
      dataDirectory: '/srv/trading/data',
      open: false,
      confirmedAccount: 'U1234567',
    });
    expect(launch('--demo --seed 7 --prices daily.csv --faults /plans/storm.json')).toMatchObject({
      mode: 'demo',
      demo: { seed: 7, prices: '/srv/trading/daily.csv', faults: '/plans/storm.json' },
    });
    expect(launch('--simulator-port 7500')).toMatchObject({ mode: 'demo', demo: { simulatorPort: 7_500 } });
  });

  test('takes what the environment says, unless a word says otherwise', () => {
    const env = {
      IBKR_TRADING_MODE: 'paper',
      IBKR_HOST: 'tws.lan',
      IBKR_PORT: '4002',
      IBKR_CLIENT_ID: '9',
      IBKR_TRADER_DATA_DIR: '/data',
    };
    expect(launch('', env)).toMatchObject({
      mode: 'paper',
      tws: { host: 'tws.lan', port: 4_002, clientId: 9 },
      dataDirectory: '/data',
    });
    expect(launch('--live --tws-port 7496 --data-dir /other', env)).toMatchObject({
      mode: 'live',
      tws: { host: 'tws.lan', port: 7_496, clientId: 9 },
      dataDirectory: '/other',
    });
    // Set for TWS, but the demo needs none.
    expect(launch('--demo', env)).toMatchObject({ mode: 'demo' });
    expect(launch('', { IBKR_TRADING_MODE: '', IBKR_PORT: '' })).toMatchObject({ mode: 'demo' });
  });

  test('may be preselected live by the environment, which never confirms it', () => {
    const env = { IBKR_TRADING_MODE: 'live', IBKR_CONFIRM_ACCOUNT: 'U1234567' };
    expect(launch('', env)).toMatchObject({ mode: 'live', confirmedAccount: null });
  });

  test.each([
    ['--demo --paper', '--demo and --paper: expected one of them'],
    ['--paper --simulator-port 7500', '--simulator-port: found "7500" in paper mode, expected it only with --demo'],
    [
      '--demo --simulator-port 7500 --seed 7',
      '--seed: found "7" beside --simulator-port, expected it where that simulator is started',
    ],
    ['--demo --simulator-port none', '--simulator-port: found "none", expected a port from 1 to 65535'],
    ['--host tws.lan', '--host: found "tws.lan" in demo mode, expected it only with --paper or --live'],
    ['--paper --seed 1', '--seed: found "1" in paper mode, expected it only with --demo'],
    ['--paper --prices daily.csv', '--prices: found "daily.csv" in paper mode, expected it only with --demo'],
    ['--live --faults plan.json', '--faults: found "plan.json" in live mode, expected it only with --demo'],
    ['--faults=', '--faults: found "", expected the path of a file'],
    ['--paper --confirm-account U1', '--confirm-account: found "U1" in paper mode, expected it only with --live'],
    ['--paper --tws-port 0', '--tws-port: found "0", expected a port from 1 to 65535'],
    ['--paper --tws-port 7497x', '--tws-port: found "7497x", expected a port from 1 to 65535'],
    ['--port 65536', '--port: found "65536", expected a port from 0 (any free one) to 65535'],
    ['--seed -1', /'--seed'/],
    ['--seed=-1', '--seed: found "-1", expected a whole number from 0 to 4294967295'],
    ['--live --confirm-account me', '--confirm-account: found "me", expected an account id such as U1234567'],
    ['--lve', /Unknown option '--lve'/],
    ['demo', /Unexpected argument 'demo'/],
  ])('%s is refused with field, value and expectation', (words, reason) => {
    expect(launch(words)).toEqual(typeof reason === 'string' ? reason : expect.stringMatching(reason));
  });

  test('is refused for a wrong environment too, and all that is wrong is said at once', () => {
    expect(launch('--port x', { IBKR_TRADING_MODE: 'real', IBKR_PORT: 'y' })).toBe(
      [
        'IBKR_TRADING_MODE: found "real", expected demo, paper, live',
        'IBKR_PORT: found "y", expected a port from 1 to 65535',
        '--port: found "x", expected a port from 0 (any free one) to 65535',
      ].join('\n'),
    );
  });
});
