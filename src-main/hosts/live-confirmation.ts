import type { AccountId } from '#domain/ids';
import { err, ok, type Result } from '#domain/result';
import type { Settings } from '#domain/settings';
import type { LaunchRefusal } from '#hosts/launch-options';

/**
 * Whether live trading may start: the settings allow it and name the account, and a person typed that very account
 * for this launch. Three separate acts, because one slip must not put real money at stake.
 * @returns the only account that may be traded.
 */
export function confirmLive(
  settings: Pick<Settings, 'allowLive' | 'liveAccount'>,
  typed: AccountId | null,
): Result<AccountId, LaunchRefusal> {
  const { allowLive, liveAccount } = settings;
  if (!allowLive) {
    return err({ reason: 'Live trading is off. To allow it, set "allowLive": true in settings.json.' });
  }
  if (liveAccount === null) {
    return err({ reason: 'No live account is named. Set "liveAccount" in settings.json to the account to be traded.' });
  }
  if (typed === null) {
    return err({ reason: `Live trading is not confirmed. Type the account: --confirm-account ${liveAccount}` });
  }
  if (typed !== liveAccount) {
    return err({
      reason: `--confirm-account: found "${typed}", expected the account of settings.json, ${liveAccount}.`,
    });
  }
  return ok(liveAccount);
}
