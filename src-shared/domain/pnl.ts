import * as z from 'zod';
import { conIdSchema, epochMsSchema, type ConId, type EpochMs } from '#domain/ids';
import { priceSchema, type Money, type Quantity } from '#domain/money';
import type { LimitSource } from '#domain/limit-source';
import type { LossLatch } from '#domain/loss-latch';

/** The mark of an instrument when its day of profit and loss began (IBKR: 23:55 of its zone), taken while we watched. */
export const dayMarkSchema = z.strictObject({
  conId: conIdSchema,
  /** The reset that it belongs to. */
  resetAt: epochMsSchema,
  mark: priceSchema,
});
export type DayMark = Readonly<z.infer<typeof dayMarkSchema>>;

/** Profit and loss of a day, in the account's currency; null where it can not be known. */
export interface PnlFigures {
  /** pos·mark − pos₀·mark₀ + Σ signed trade cash − commissions (domain.md §5). */
  readonly daily: Money | null;
  readonly unrealised: Money | null;
  /** What the day's closing trades made against average cost, less the day's commissions. */
  readonly realised: Money | null;
}

/** One instrument that is held, or was traded today. */
export interface InstrumentPnl extends PnlFigures {
  readonly conId: ConId;
  readonly symbol: string;
  /** Why a figure is not known, in words; empty when all are. */
  readonly why: string;
  /** IBKR's own figures, null before it has told any. */
  readonly broker: PnlFigures | null;
  /** True when IBKR's daily figure differs by more than max(1 cent, 1 tick × |position|). */
  readonly differs: boolean;
}

/** The use of a limit as it stands, for people to see. Of `used / limit`: warn from 80 %, the daily loss from 70 %. */
export interface LimitUse<T extends Quantity | Money> {
  /** null: can not be known now. */
  readonly used: T | null;
  readonly limit: T;
  readonly source: LimitSource;
  readonly state: 'ok' | 'warn' | 'breach' | 'unknown';
}

/** Every limit of one symbol and its use. */
export interface SymbolLimitUse {
  readonly symbol: string;
  readonly conId: ConId | null;
  readonly positionSize: LimitUse<Quantity>;
  /** Its largest working order. */
  readonly orderExposure: LimitUse<Money>;
  readonly dailyLoss: LimitUse<Money>;
  readonly correlationExposure: LimitUse<Money>;
  readonly latch: LossLatch | null;
  /** What a person should know of the limits themselves: clamped to the global one, delisted, renamed. Empty: nothing. */
  readonly notes: readonly string[];
}

/** The risk of the portfolio as it stands: conflated, the latest only. */
export interface RiskPicture {
  readonly at: EpochMs;
  readonly pnl: readonly InstrumentPnl[];
  readonly total: PnlFigures & { readonly broker: PnlFigures | null; readonly differs: boolean; readonly why: string };
  /** Of symbols that are held, worked, latched or have limits of their own. */
  readonly symbols: readonly SymbolLimitUse[];
  readonly account: {
    readonly dailyLoss: LimitUse<Money>;
    readonly grossExposure: LimitUse<Money>;
    readonly latch: LossLatch | null;
  };
  readonly sectors: readonly { readonly name: string; readonly exposure: LimitUse<Money> }[];
  /** Warnings about correlations, in words: stale, missing, clusters near their limits. */
  readonly warnings: readonly string[];
  /** Messages to IBKR about orders today for each execution (IBKR's order efficiency ratio), and what it warns at. */
  readonly efficiency: { readonly messages: number; readonly executions: number; readonly warnAt: number };
}
