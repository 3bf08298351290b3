import { describe, expect, test } from 'vitest';
import { electronRefusal, wordsOf } from '#hosts/electron/launch-words';

describe('the words of a person', () => {
  test('stand behind the program in a package, and behind the app in a development run', () => {
    expect(wordsOf(['/opt/ibkr-trader', '--paper', '--host', 'tws.lan'], false)).toEqual([
      '--paper',
      '--host',
      'tws.lan',
    ]);
    expect(wordsOf(['electron', '--no-sandbox', '/src', '--demo'], true)).toEqual(['--demo']);
    expect(wordsOf(['electron', '-r', '/loader.js', '--require', '/other.js', '/src', 'status'], true)).toEqual([
      'status',
    ]);
  });

  test('are told from the switches of Chromium, and a mistyped one is kept to be refused', () => {
    const argv = [
      '/opt/ibkr-trader',
      '--no-sandbox',
      '--ozone-platform=headless',
      '--remote-debugging-port=0',
      '--lve',
    ];
    expect(wordsOf(argv, false)).toEqual(['--lve']);
    expect(wordsOf(['/opt/ibkr-trader', 'orders', '-x'], false)).toEqual(['orders', '-x']);
  });
});

describe('an Electron without security fixes', () => {
  test('runs the demo and nothing else', () => {
    expect(electronRefusal('demo', '33.2.1', {})).toBeNull();
    expect(electronRefusal('paper', '33.2.1', {})).toContain('expected demo');
    expect(electronRefusal('live', '45.4.1', { IBKR_TRADER_TEST_ELECTRON: '1' })).toContain('serve --live');
    expect(electronRefusal('live', '45.4.1', {})).toBeNull();
  });
});
