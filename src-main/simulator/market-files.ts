import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { err, ok, type Result } from '#domain/result';
import { parseFaultPlan } from './fault-plan';
import type { Fault } from './fault-schema';
import { tradedInstruments, type SimulatedInstrument } from './instruments';
import { parsePriceFile, type PriceFile } from './price-file';

/** The files a simulated market is made of. */
export interface MarketFiles {
  /** Paths; undefined: none. */
  readonly prices?: string | undefined;
  readonly faults?: string | undefined;
  /** How many symbols trade when no file of prices says which. */
  readonly symbols?: number | undefined;
}

export interface MarketPlan {
  readonly prices: PriceFile | undefined;
  readonly faults: readonly Fault[];
}

/** A file that can not be read: the system's own word for it. */
const readErrorSchema = z.object({ syscall: z.string(), code: z.string() });

/**
 * Reads and checks the files.
 * @returns what is wrong: the option, the file, the place in it, the value and what was expected.
 */
export async function readMarketFiles({ prices, faults, symbols }: MarketFiles): Promise<Result<MarketPlan, string>> {
  const priceFile = prices === undefined ? ok(undefined) : await parsed('--prices', prices, parsePriceFile);
  if (!priceFile.ok) return priceFile;
  const isTraded = stocksAmong(tradedInstruments(symbols, priceFile.value));
  const parsePlan = (text: string) => parseFaultPlan(text, isTraded);
  const plan = faults === undefined ? ok({ faults: [] }) : await parsed('--faults', faults, parsePlan);
  return plan.ok ? ok({ prices: priceFile.value, faults: plan.value.faults }) : plan;
}

/** Tells which symbols a fault may name: options and futures share theirs with others. */
export function stocksAmong(instruments: readonly SimulatedInstrument[]): (symbol: string) => boolean {
  const stocks = new Set(instruments.filter(({ secType }) => secType === 'STK').map(({ symbol }) => symbol));
  return (symbol) => stocks.has(symbol);
}

async function parsed<T>(
  option: string,
  path: string,
  parse: (text: string) => Result<T, string>,
): Promise<Result<T, string>> {
  const read = await textOf(path);
  const result = read.ok ? parse(read.value) : read;
  return result.ok ? result : err(`${option} "${path}": ${result.error}`);
}

async function textOf(path: string): Promise<Result<string, string>> {
  try {
    return ok(await readFile(path, 'utf8'));
  } catch (error) {
    const refused = readErrorSchema.safeParse(error);
    if (!refused.success) throw error;
    return err(`can not be read (${refused.data.code}), expected a file`);
  }
}
