import { describe, expect, test } from 'vitest';
import { connectWordsOf, newPortIn } from '#adapters/ibkr/ib-connect-words';
import { clientId } from '#domain/ids';

const there = { endpoint: 'localhost:7497', clientId: clientId(3), wasUp: false };

describe('why there is no connection is said with what to do', () => {
  test.each<[number, string, string]>([
    [
      502,
      'connect ECONNREFUSED',
      'nothing answers at localhost:7497 (connect ECONNREFUSED): start TWS or IB Gateway, enable socket clients in its API settings, and check the port',
    ],
    [503, 'out of date', 'TWS at localhost:7497 is too old (out of date): update TWS'],
    [504, 'Not connected', 'the connection to TWS was gone when something was to be sent (Not connected)'],
    [
      506,
      'Unsupported Version 201',
      'TWS at localhost:7497 and this program share no version of the API (Unsupported Version 201): install a current stable TWS, or a newer version of this program',
    ],
    [
      507,
      'Bad Message Length',
      'TWS could not read a message (Bad Message Length); most often another program uses client id 3 too: choose another client id',
    ],
    [326, 'in use', 'client id 3 is in use by another program: close it or choose another client id'],
    [1300, 'TWS socket port has been reset', 'TWS socket port has been reset'],
    [
      1300,
      'Please reconnect on the new port - 4002',
      'TWS moved to port 4002 (1300); following it there: change the port in the settings',
    ],
    [1, 'anything else', 'anything else'],
  ])('code %i, %s', (code, told, words) => {
    expect(connectWordsOf(code, told, there)).toBe(words);
  });

  test('a session that was up and breaks needs no setting changed', () => {
    expect(connectWordsOf(502, 'read ECONNRESET', { ...there, wasUp: true })).toBe(
      'the connection to TWS broke (read ECONNRESET)',
    );
  });
});

test.each<[number, string, number | null]>([
  [1300, 'being dropped. Please reconnect on the new port - 4002', 4002],
  [1300, 'Please reconnect on the new port -7496.', 7496],
  [1300, 'TWS socket port has been reset', null],
  [1300, 'Please reconnect on the new port - 0', null],
  [1300, 'Please reconnect on the new port - 70000', null],
  [502, 'new port - 4002', null],
])('code %i "%s" names port %s', (code, text, port) => {
  expect(newPortIn(code, text)).toBe(port);
});
