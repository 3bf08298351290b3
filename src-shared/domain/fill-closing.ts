import * as z from 'zod';
import type { Fill } from '#domain/fill';
import { execIdSchema } from '#domain/ids';
import {
  compare,
  isNegative,
  isZero,
  magnitudeOf,
  minOf,
  priceSchema,
  quantitySchema,
  type SignedQuantity,
} from '#domain/money';
import type { PositionRecord } from '#domain/position';

/** What a fill closed of the position that it found, and what that had cost: where realised profit comes from. */
export const fillClosingSchema = z.strictObject({
  execId: execIdSchema,
  quantity: quantitySchema,
  /** Average cost of a unit of what was closed, in the instrument's currency; null while it was unknown. */
  cost: priceSchema.nullable(),
});
export type FillClosing = Readonly<z.infer<typeof fillClosingSchema>>;

/** What `fill` closes of `held`, the position before it; null when it only adds. */
export function closingOf(held: PositionRecord | undefined, fill: Fill): FillClosing | null {
  if (held === undefined || !closes(held.quantity, fill)) return null;
  const quantity = minOf(magnitudeOf(held.quantity), fill.quantity);
  return { execId: fill.execId, quantity, cost: held.averageCost };
}

function closes(held: SignedQuantity, { side }: Fill): boolean {
  return !isZero(held) && (side === 'BUY') === isNegative(held);
}

/**
 * What the correction of a fill closed: at the cost that the replaced one found, for later fills may have moved the
 * average since; all of it where that was the whole of the replaced one.
 */
export function correctedClosing(closing: FillClosing, replaced: Fill, fill: Fill): FillClosing {
  const isWhole = compare(closing.quantity, replaced.quantity) === 0;
  const quantity = isWhole ? fill.quantity : minOf(closing.quantity, fill.quantity);
  return { ...closing, execId: fill.execId, quantity };
}
