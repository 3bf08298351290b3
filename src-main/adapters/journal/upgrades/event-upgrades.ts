import type { UpgradeStep } from '#domain/upgrade-steps';

/**
 * How events of older versions become events of the current one: `EVENT_UPGRADES[0]` lifts version 1 to 2, and so on.
 *
 * A change of the event schema that stored lines do not satisfy needs, in one commit: ENGINE_EVENT_VERSION + 1; one step
 * here, in a file of its own (`event-1-to-2.ts`) that imports nothing that may change later; and a journal written by
 * the old version as a fixture beside the journal's tests. A new optional field with a default needs none of this. Steps
 * and fixtures are never edited again.
 */
export const EVENT_UPGRADES: readonly UpgradeStep[] = [];
