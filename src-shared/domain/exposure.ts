import * as z from 'zod';
import { moneySchema, priceSchema, ratioSchema } from '#domain/money';
import { limitSourceSchema } from '#domain/limit-source';

/** How the exposures of correlated symbols add up: only what adds, or what hedges taken off too. */
export const correlationAggregationSchema = z.enum(['gross', 'net']);
/** What stands for correlations that are not known. */
export const onMissingSchema = z.enum(['sector', 'warn', 'deny']);

/** The most clusters and members of one that a decision carries: the tightest ones. */
export const CLUSTERS_MAX = 16;
export const MEMBERS_MAX = 10;

/** A name that counts in a cluster, and with how much, in the account's currency; negative where it hedges. */
export const clusterMemberSchema = z.strictObject({
  symbol: z.string().max(40),
  /** null: of the same sector, in the place of a correlation that is not known. */
  correlation: ratioSchema.nullable(),
  amount: moneySchema,
});
export type ClusterMember = Readonly<z.infer<typeof clusterMemberSchema>>;

/**
 * The cluster around one symbol, that the order's symbol is in: E of domain.md §5, in one direction of the cluster's own
 * position. Amounts in the account's currency.
 */
export const clusterSchema = z.strictObject({
  symbol: z.string().max(40),
  direction: z.enum(['long', 'short']),
  /** Of the cluster's symbol with the order's; 1 for its own; null: the sector stands for it. */
  correlation: ratioSchema.nullable(),
  before: moneySchema,
  /** What the order's symbol counts in it before, so that what it counts after can take its place. */
  own: moneySchema,
  limit: moneySchema,
  source: limitSourceSchema,
  members: z.array(clusterMemberSchema).max(MEMBERS_MAX),
  /** How many names count beside `members`. */
  others: z.int().nonnegative(),
});
export type Cluster = Readonly<z.infer<typeof clusterSchema>>;

/** The portfolio as an order finds it, in the account's currency. */
export const exposureContextSchema = z.strictObject({
  /** The price that positions and working orders of the instrument are valued at; null: unknown. */
  mark: priceSchema.nullable(),
  /** Instruments that are held or worked and can not be valued, the first few. */
  unknown: z.array(z.string().max(40)).max(MEMBERS_MAX),
  /** Σ over all instruments of the larger of long and short at worst. */
  gross: moneySchema,
  /** What the order's own instrument counts in `gross` and in its sector. */
  own: moneySchema,
  sector: z.strictObject({
    name: z.string().max(80),
    before: moneySchema,
    limit: moneySchema,
    source: limitSourceSchema,
  }),
  clusters: z.array(clusterSchema).max(CLUSTERS_MAX),
  /** How the correlations were known. `missing`: not for the order's symbol, or older than they may be. */
  correlations: z.discriminatedUnion('state', [
    z.strictObject({ state: z.literal('fresh'), version: z.string().max(64) }),
    z.strictObject({ state: z.literal('stale'), version: z.string().max(64), ageMs: z.int() }),
    z.strictObject({ state: z.literal('missing'), symbols: z.array(z.string().max(40)).max(MEMBERS_MAX) }),
  ]),
});
export type ExposureContext = Readonly<z.infer<typeof exposureContextSchema>>;
