import { expect, test } from 'vitest';
import { accountId } from '#domain/ids';
import { ok } from '#domain/result';
import { confirmLive } from '#hosts/live-confirmation';

const ACCOUNT = accountId('U1234567');
const ALLOWED = { allowLive: true, liveAccount: ACCOUNT };

test('live trading starts when the settings allow it and the very account was typed', () => {
  expect(confirmLive(ALLOWED, ACCOUNT)).toEqual(ok(ACCOUNT));
});

test.each([
  [{ allowLive: false, liveAccount: ACCOUNT }, ACCOUNT, '"allowLive": true'],
  [{ allowLive: true, liveAccount: null }, ACCOUNT, '"liveAccount"'],
  [ALLOWED, null, '--confirm-account U1234567'],
  [ALLOWED, accountId('U7654321'), 'found "U7654321", expected the account of settings.json, U1234567'],
])('with %o and %s typed it does not, and says what to do', (settings, typed, hint) => {
  const refused = confirmLive(settings, typed);
  expect(refused.ok ? '' : refused.error.reason).toContain(hint);
});
