import { describe, expect, test } from 'vitest';
import { chooseSurface, hasDisplay, parseStart } from '#launch/parts/start-plan';

describe('what follows npm start --', () => {
  test('without a word it is demo', () => {
    expect(parseStart([], {})).toEqual({ mode: 'demo', headless: false, words: ['--demo'] });
  });

  test('--paper with the address of a TWS goes to the workstation, whose word for that port is --tws-port', () => {
    expect(parseStart(['--paper', '--host', '10.0.0.2', '--port', '4002', '--client-id', '7'], {})).toEqual({
      mode: 'paper',
      headless: false,
      words: ['--paper', '--host', '10.0.0.2', '--tws-port', '4002', '--client-id', '7'],
    });
  });

  test('--port=4002 is the same port, --portfolio is not one', () => {
    expect(parseStart(['--port=4002', '--portfolio'], {}).words).toEqual(['--demo', '--tws-port=4002', '--portfolio']);
  });

  test('IBKR_TRADING_MODE preselects the mode, a word on the command line wins', () => {
    expect(parseStart([], { IBKR_TRADING_MODE: 'live' }).mode).toBe('live');
    expect(parseStart(['--demo'], { IBKR_TRADING_MODE: 'live' }).words).toEqual(['--demo']);
  });

  test('a mode that is none leaves demo', () => {
    expect(parseStart([], { IBKR_TRADING_MODE: 'real' }).mode).toBe('demo');
  });

  test('--headless is for the launcher and goes no further', () => {
    expect(parseStart(['--headless', '--seed', '4'], {})).toEqual({
      mode: 'demo',
      headless: true,
      words: ['--demo', '--seed', '4'],
    });
  });
});

describe('a display', () => {
  test.each([
    ['linux', {}, false],
    ['linux', { DISPLAY: '', WAYLAND_DISPLAY: '' }, false],
    ['linux', { DISPLAY: ':0' }, true],
    ['linux', { WAYLAND_DISPLAY: 'wayland-0' }, true],
    ['darwin', {}, true],
    ['win32', {}, true],
  ])('on %s with %o: %s', (platform, env, expected) => {
    expect(hasDisplay(platform, env)).toBe(expected);
  });
});

describe('window or headless host', () => {
  const demo = parseStart([], {});
  const paper = parseStart(['--paper'], {});
  const official = { kind: 'official', version: '45.4.1' } as const;
  const testElectron = { kind: 'test', version: '33.2.1' } as const;

  test('the window where there is a display and an Electron', () => {
    expect(chooseSurface({ request: paper, display: true, electron: official })).toEqual({
      surface: 'window',
      why: 'because there is a display and Electron 45.4.1',
    });
  });

  test('the window of the test Electron for demo, and it says so', () => {
    expect(chooseSurface({ request: demo, display: true, electron: testElectron })).toEqual({
      surface: 'window',
      why: 'because there is a display and the test Electron (demo only) 33.2.1',
    });
  });

  test('the test Electron never trades for paper or live: the headless host does', () => {
    expect(chooseSurface({ request: paper, display: true, electron: testElectron })).toEqual({
      surface: 'headless',
      why: 'because only the test Electron 33.2.1 could be had, and it is for demo only',
    });
  });

  test('the headless host without a display', () => {
    const choice = chooseSurface({ request: demo, display: false, electron: official });
    expect(choice.surface).toBe('headless');
    expect(choice.why).toContain('no display');
  });

  test('the headless host without an Electron, with the reason', () => {
    expect(chooseSurface({ request: demo, display: true, electron: { missing: 'no network' } })).toEqual({
      surface: 'headless',
      why: 'because there is no Electron runtime: no network',
    });
  });

  test('the headless host when it is asked for', () => {
    const request = parseStart(['--headless'], {});
    expect(chooseSurface({ request, display: true, electron: official }).why).toBe('because --headless was given');
  });
});
