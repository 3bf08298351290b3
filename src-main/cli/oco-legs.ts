import * as z from 'zod';
import { OCO_LEGS_MAX, ocoLegSchema, type OcoLeg } from '#domain/oco';
import { placeableTimeInForceSchema } from '#domain/order-spec';
import { err, ok, type Result } from '#domain/result';
import { describeIssues } from '#domain/schema-issues';

/** A file of legs: what goes without saying may be left out. */
const legsFileSchema = z
  .array(
    ocoLegSchema.extend({
      timeInForce: placeableTimeInForceSchema.default('DAY'),
      outsideRth: z.boolean().default(false),
    }),
  )
  .min(2, 'expected at least 2 legs')
  .max(OCO_LEGS_MAX, `expected at most ${OCO_LEGS_MAX} legs`);

/** The legs that a file names. The error says for each fault where it is, what is there and what was expected. */
export function parseLegs(text: string): Result<readonly OcoLeg[], string> {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (error) {
    return err(`is not JSON (${String(error)})`);
  }
  const parsed = legsFileSchema.safeParse(raw);
  return parsed.success ? ok(parsed.data) : err(describeIssues(parsed.error, raw));
}
