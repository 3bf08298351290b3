import * as z from 'zod';
import { err, ok, type Result } from '#domain/result';
import { describeIssues } from '#domain/schema-issues';
import { faultSchema, type Fault } from './fault-schema';

/** More faults than a day can use. */
const FAULTS_MAX = 10_000;

const faultPlanSchema = z.strictObject({
  version: z.literal(1),
  faults: z.array(faultSchema).max(FAULTS_MAX),
});

/** What goes wrong, and when. */
export interface FaultPlan {
  readonly faults: readonly Fault[];
}

/**
 * Reads a fault plan (docs/simulator.md).
 * @param isTraded whether the simulator knows a symbol.
 * @returns what is wrong: each place with the value that was found and what was expected.
 */
export function parseFaultPlan(text: string, isTraded: (symbol: string) => boolean): Result<FaultPlan, string> {
  const raw = parseJson(text);
  if (!raw.ok) return raw;
  const plan = faultPlanSchema.safeParse(raw.value);
  if (!plan.success) return err(describeIssues(plan.error, raw.value));
  const unknown = plan.data.faults.flatMap((fault, index) => {
    const problem = unknownSymbolOf(fault, isTraded);
    return problem === undefined ? [] : [`at faults.${index}.symbol: ${problem}`];
  });
  return unknown.length === 0 ? ok(plan.data) : err(unknown.join('\n'));
}

/** Reads one fault of a plan. */
export function parseFault(text: string, isTraded: (symbol: string) => boolean): Result<Fault, string> {
  const raw = parseJson(text);
  if (!raw.ok) return raw;
  const fault = faultSchema.safeParse(raw.value);
  if (!fault.success) return err(describeIssues(fault.error, raw.value));
  const problem = unknownSymbolOf(fault.data, isTraded);
  return problem === undefined ? ok(fault.data) : err(`at symbol: ${problem}`);
}

function unknownSymbolOf(fault: Fault, isTraded: (symbol: string) => boolean): string | undefined {
  if (!('symbol' in fault) || isTraded(fault.symbol)) return undefined;
  return `found "${fault.symbol}"; expected a symbol that the simulator trades`;
}

function parseJson(text: string): Result<unknown, string> {
  try {
    return ok(JSON.parse(text));
  } catch (error) {
    return err(`expected JSON: ${String(error)}`);
  }
}
