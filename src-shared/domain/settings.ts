import * as z from 'zod';
import { accountIdSchema, clientIdSchema } from '#domain/ids';
import { money, moneySchema, quantity, quantitySchema, ratio, ratioSchema } from '#domain/money';

/** Where money is at stake: demo is the built-in simulator, paper IBKR's paper account, live real money. */
export const tradingModeSchema = z.enum(['demo', 'paper', 'live']);
export type TradingMode = z.infer<typeof tradingModeSchema>;

/** The limits of the pre-trade checks, with their defaults. */
export const riskSettingsSchema = z.strictObject({
  /** Largest value of one order, in the instrument's currency. */
  maxOrderNotional: moneySchema.default(money('100000')),
  /** Largest quantity of one order. */
  maxOrderQuantity: quantitySchema.default(quantity('10000')),
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
