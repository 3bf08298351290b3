import type { Command } from 'commander';
import { riskOverrideSchema, type RiskOverride } from '#domain/risk-override';
import { UsageError } from './exit-code';
import { addChangeOptions, valueOption, wrongValue, type ChangeOptions } from './options';

/** Options of commands that a person may give in spite of a limit, or of a market that is closed. */
export interface OverrideOptions extends ChangeOptions {
  readonly override?: true;
  readonly reason?: RiskOverride['reason'];
}

/** Options of the commands that go through risk. */
export interface RiskyOptions extends OverrideOptions {
  readonly preview?: true;
  readonly margin?: true;
}

/** Adds what every command has that changes something and may be overridden. */
export function addOverrideOptions(command: Command): Command {
  return addChangeOptions(command)
    .option('--override', 'let this one command pass a limit or a closed market; needs --reason')
    .addOption(valueOption('--reason <text>', 'why, for the journal', riskOverrideSchema.shape.reason));
}

/** Adds what every command has that goes through risk. */
export function addRiskOptions(command: Command): Command {
  return addOverrideOptions(
    command
      .option('--preview', 'show the risk decision, send nothing')
      .option('--margin', 'beside --preview: ask IBKR what margin it would need'),
  );
}

/** What a person wants passed, and why. @throws UsageError where only one of both is said. */
export function overrideOf({ override, reason }: OverrideOptions): RiskOverride | null {
  if (override === true) {
    if (reason !== undefined) return { reason };
    throw new UsageError('--override: needs --reason "…", which is written down with it');
  }
  if (reason === undefined) return null;
  throw wrongValue('--reason', reason, 'goes with --override, which is missing');
}
