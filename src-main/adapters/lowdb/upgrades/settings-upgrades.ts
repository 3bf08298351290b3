import type { UpgradeStep } from '#domain/upgrade-steps';

/** The version in which settings.json is written now. */
export const SETTINGS_VERSION = 1;

/**
 * How settings of older versions become current: `SETTINGS_UPGRADES[0]` lifts version 1 to 2, and so on, each step in a
 * file of its own with a stored document of the old version as its test's fixture. Never edited once released.
 */
export const SETTINGS_UPGRADES: readonly UpgradeStep[] = [];
