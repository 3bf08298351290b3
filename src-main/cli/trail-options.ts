import type { Command } from 'commander';
import { enteredPriceSchema, percentSchema, type Percent, type Price } from '#domain/money';
import type { Trail } from '#domain/order-spec';
import type { UsageError } from './exit-code';
import { notBeside, valueOption } from './options';

/** How far a stop trails, as two options of which one may be given. */
export interface TrailOptions {
  readonly trailAmount?: Price;
  readonly trailPercent?: Percent;
}

/** Adds `--trail-percent` and `--trail-amount`. */
export function addTrailOptions(command: Command): Command {
  return command
    .addOption(valueOption('--trail-percent <percent>', 'how far the stop trails, 2 is two percent', percentSchema))
    .addOption(valueOption('--trail-amount <amount>', 'how far the stop trails, in money a unit', enteredPriceSchema));
}

/** The trail that was given, or null. @throws UsageError when both are. */
export function trailOf({ trailAmount, trailPercent }: TrailOptions): Trail | null {
  if (trailAmount !== undefined && trailPercent !== undefined) {
    throw notBeside('--trail-amount', trailAmount, '--trail-percent', trailPercent);
  }
  if (trailAmount !== undefined) return { by: 'amount', amount: trailAmount };
  return trailPercent === undefined ? null : { by: 'percent', percent: trailPercent };
}

/** An option that a trailing stop has no use for. */
export function notBesideTrail(field: string, text: string, trail: Trail): UsageError {
  return trail.by === 'amount'
    ? notBeside(field, text, '--trail-amount', trail.amount)
    : notBeside(field, text, '--trail-percent', trail.percent);
}
