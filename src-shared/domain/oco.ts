import * as z from 'zod';
import { clientOrderIdSchema, epochMsSchema, groupIdSchema } from '#domain/ids';
import { symbolSchema } from '#domain/instrument';
import { enteredQuantitySchema, quantitySchema, ZERO_QUANTITY } from '#domain/money';
import { enteredTermsSchema, placeableTimeInForceSchema, sideSchema } from '#domain/order-spec';

/** How many orders one OCO group may have. */
export const OCO_LEGS_MAX = 10;

/** What a partial fill of one order does to the others: it reduces them, or cancels them. */
export const onPartialFillSchema = z.enum(['reduce', 'cancel']);
export type OnPartialFill = z.infer<typeof onPartialFillSchema>;
/** How reducing counts: by the fraction that filled, or by the shares that filled. For equal legs both are the same. */
export const ocoSharingSchema = z.enum(['proportional', 'share-for-share']);
export type OcoSharing = z.infer<typeof ocoSharingSchema>;
/** What happens when more filled than the group was for: an alarm alone, or the excess is traded back as well. */
export const onOverfillSchema = z.enum(['alert', 'flatten-excess']);
export type OnOverfill = z.infer<typeof onOverfillSchema>;

/** One order of an OCO group as a person asks for it. */
export const ocoLegSchema = z.strictObject({
  symbol: symbolSchema,
  side: sideSchema,
  quantity: enteredQuantitySchema,
  terms: enteredTermsSchema,
  timeInForce: placeableTimeInForceSchema,
  outsideRth: z.boolean(),
});
export type OcoLeg = Readonly<z.infer<typeof ocoLegSchema>>;

/** Two or more orders of which the fill of one cancels or reduces the others. */
export const ocoOrderRequestSchema = z.strictObject({
  legs: z.array(ocoLegSchema).min(2).max(OCO_LEGS_MAX),
  onPartialFill: onPartialFillSchema,
  sharing: ocoSharingSchema,
  onOverfill: onOverfillSchema,
});
export type OcoOrderRequest = Readonly<z.infer<typeof ocoOrderRequestSchema>>;

/**
 * A placed OCO group. `native`: IBKR holds the group (OCA type 2 for reduce, 1 for cancel), and this app checks.
 * `managed`: this app reduces and cancels, which it can not while the link is down.
 */
export const ocoGroupSchema = z.strictObject({
  id: groupIdSchema,
  custody: z.enum(['native', 'managed']),
  onPartialFill: onPartialFillSchema,
  sharing: ocoSharingSchema,
  onOverfill: onOverfillSchema,
  legs: z
    .array(
      z.strictObject({
        order: clientOrderIdSchema,
        quantity: quantitySchema,
        /** How much of what it filled is too much for the group, as last told. */
        excess: quantitySchema.default(ZERO_QUANTITY),
      }),
    )
    .min(2)
    .max(OCO_LEGS_MAX),
  opened: epochMsSchema,
  closed: epochMsSchema.nullable(),
  /** From then on siblings that should be gone or smaller are cancelled or reduced by us; null while nothing is owed. */
  siblingsDueBy: epochMsSchema.nullable(),
  /** Orders of ours that traded an excess back. */
  flattenedBy: z.array(clientOrderIdSchema).max(OCO_LEGS_MAX),
});
export type OcoGroup = Readonly<z.infer<typeof ocoGroupSchema>>;

/** Equal legs of one account may be IBKR's own OCA group; unequal ones are managed by the app, for IBKR's reading differs. */
export function custodyOf({ legs, onPartialFill }: OcoOrderRequest): OcoGroup['custody'] {
  const isEqual = new Set(legs.map(({ quantity }) => quantity)).size === 1;
  return isEqual || onPartialFill === 'cancel' ? 'native' : 'managed';
}
