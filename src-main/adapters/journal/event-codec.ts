import type * as z from 'zod';
import { describeIssues } from '#domain/schema-issues';
import { assertOneStepPerVersion, upgraded, type UpgradeStep } from '#domain/upgrade-steps';
import type { EventCodec } from '#ports/journal-port';

/**
 * The codec of events that a zod schema describes.
 * @param version the schema's version: 1 at first, one more with every change that old lines do not satisfy.
 * @param upgrades the step from version 1 to 2, then from 2 to 3 …
 * @throws InvariantError when a step is missing.
 */
export function zodEventCodec<E>(
  schema: z.ZodType<E>,
  version: number,
  upgrades: readonly UpgradeStep[],
): EventCodec<E> {
  assertOneStepPerVersion(version, upgrades);
  return {
    version,
    encode: (event) => event,
    decode: (raw, storedVersion) => {
      const current = upgraded(raw, storedVersion, upgrades);
      const event = schema.safeParse(current);
      if (!event.success) throw new Error(describeIssues(event.error, current));
      return event.data;
    },
  };
}
