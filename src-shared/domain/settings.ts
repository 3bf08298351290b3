import * as z from 'zod';
import { accountIdSchema, clientIdSchema } from '#domain/ids';
import { correlationAggregationSchema, onMissingSchema } from '#domain/exposure';
import { symbolSchema } from '#domain/instrument';
import { money, moneySchema, quantity, quantitySchema, ratio, ratioSchema } from '#domain/money';

/** Where money is at stake: demo is the built-in simulator, paper IBKR's paper account, live real money. */
export const tradingModeSchema = z.enum(['demo', 'paper', 'live']);
export type TradingMode = z.infer<typeof tradingModeSchema>;

/** What may be done by hand while an instrument's market is closed (domain.md §6). */
export const whenClosedSchema = z.enum(['disabled', 'cancel-only', 'enabled']);

/** How correlations are computed and used (domain.md §5). */
export const correlationSettingsSchema = z.strictObject({
  /** Daily returns that count, L. */
  lookbackDays: z.int().min(20).max(1_000).default(60),
  /** From this |ρ| on a symbol belongs to a cluster, τ. */
  threshold: ratioSchema.default(ratio('0.7')),
  aggregation: correlationAggregationSchema.default('gross'),
  onMissing: onMissingSchema.default('sector'),
  /** After so many hours a matrix is stale, and computed again. */
  ttlHours: z.int().min(1).max(168).default(24),
});
export type CorrelationSettings = Readonly<z.infer<typeof correlationSettingsSchema>>;

/** Symbols and sectors that lists in the settings may name at most. */
const NAMES_MAX = 5_000;

/** The limits of the pre-trade checks, with their defaults. */
export const riskSettingsSchema = z.strictObject({
  /** Largest value of one order, in the account's currency. */
  maxOrderNotional: moneySchema.default(money('100000')),
  /** Largest quantity of one order. */
  maxOrderQuantity: quantitySchema.default(quantity('10000')),
  /** Largest position of one symbol in units, long or short, with every working order filled at its worst. */
  maxPositionSize: quantitySchema.default(quantity('10000')),
  /** Loss of a day over the whole account from which only reducing is allowed, in the account's currency. */
  maxDailyLoss: moneySchema.default(money('10000')),
  /** Largest Σ of all positions at worst, long and short alike, in the account's currency. */
  maxGrossExposure: moneySchema.default(money('1000000')),
  /** Largest exposure of a symbol together with what is correlated to it, in the account's currency. */
  maxCorrelatedExposure: moneySchema.default(money('250000')),
  /** Largest exposure of a sector that `sectorLimits` does not name. */
  maxSectorExposure: moneySchema.default(money('500000')),
  /** By sector, as IBKR or sectors.json names it. */
  sectorLimits: z.record(z.string().min(1).max(80), moneySchema).default({}),
  /** null: every symbol that is not denied. */
  allowedSymbols: z.array(symbolSchema).max(NAMES_MAX).nullable().default(null),
  deniedSymbols: z.array(symbolSchema).max(NAMES_MAX).default([]),
  /** New orders and changes that people and scripts may send in one second. */
  ordersPerSecondMax: z.int().min(1).max(40).default(10),
  /** Working orders of one symbol and side; IBKR takes 20. */
  ordersPerSideMax: z.int().min(1).max(20).default(20),
  orderManagementWhenClosed: whenClosedSchema.default('disabled'),
  correlation: correlationSettingsSchema.prefault({}),
  /** Distance through the far touch from which a price warns and is denied. */
  priceCollarWarn: ratioSchema.default(ratio('0.02')),
  priceCollarDeny: ratioSchema.default(ratio('0.05')),
  /** Oldest quote an order that adds risk may be priced with. */
  quoteAgeMaxMs: z.int().min(500).max(60_000).default(5_000),
  /** Within this time the same order again from the window is a duplicate. */
  duplicateWindowMs: z.int().min(0).max(600_000).default(2_000),
  /** The same for the command line and scripts, which repeat faster than people. */
  duplicateCliMs: z.int().min(0).max(600_000).default(10_000),
  /** Whether selling below zero is allowed. */
  allowShort: z.boolean().default(false),
});
export type RiskSettings = Readonly<z.infer<typeof riskSettingsSchema>>;

/** The TWS or Gateway to connect to, when the command line does not say. */
export const connectionSettingsSchema = z.strictObject({
  host: z.string().min(1).max(253).default('127.0.0.1'),
  paperPort: z.int().min(1).max(65_535).default(7497),
  livePort: z.int().min(1).max(65_535).default(7496),
  clientId: clientIdSchema.default(clientIdSchema.parse(1)),
});

/** settings.json. Unknown keys are refused by name. */
export const settingsSchema = z.strictObject({
  risk: riskSettingsSchema.prefault({}),
  connection: connectionSettingsSchema.prefault({}),
  /** Live trading needs this, the right account id, and a typed confirmation. */
  allowLive: z.boolean().default(false),
  liveAccount: accountIdSchema.nullable().default(null),
});
export type Settings = Readonly<z.infer<typeof settingsSchema>>;

/** The settings of a first start. */
export const DEFAULT_SETTINGS: Settings = settingsSchema.parse({});
