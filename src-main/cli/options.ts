import { Option, type Command } from 'commander';
import type * as z from 'zod';
import { commandKeySchema, orderNumberSchema, type CommandKey, type OrderNumber } from '#domain/ids';
import { UsageError } from './exit-code';

const TIMEOUT_SECONDS_DEFAULT = 5;
const TIMEOUT_SECONDS_MAX = 600;
const SECOND_MS = 1_000;

/** Options that every command has. */
export interface CommonOptions {
  readonly dataDir?: string;
  readonly json?: true;
}

/** Options of every command that changes something. */
export interface ChangeOptions extends CommonOptions {
  readonly live?: true;
  readonly key?: CommandKey;
  /** Milliseconds. */
  readonly timeout: number;
}

/** A field of the command line that is wrong: `--quantity "ten": expected a quantity such as 10, zero or more`. */
export function wrongValue(field: string, text: string, expected: string): UsageError {
  return new UsageError(`${field} "${text}": ${expected}`);
}

/** Two options of which only one may be given: `--stop "145": not beside --trail-percent "2", give one of them`. */
export function notBeside(field: string, text: string, other: string, otherText: string): UsageError {
  return wrongValue(field, text, `not beside ${other} "${otherText}", give one of them`);
}

/** `text` as `schema` has it. @throws UsageError naming field, value and what was expected. */
export function parsedAs<T>(field: string, schema: z.ZodType<T>, text: string): T {
  const parsed = schema.safeParse(text);
  if (parsed.success) return parsed.data;
  // The value stands in front already.
  const expected = parsed.error.issues.map(({ message }) => message.replace(/, got ".*"$/s, '')).join('; ');
  throw wrongValue(field, text, expected);
}

/** An option whose text is read by `schema`. `flags` as commander wants them: `--limit <price>`. */
export function valueOption<T>(flags: string, description: string, schema: z.ZodType<T>): Option {
  const option = new Option(flags, description);
  return option.argParser((text) => parsedAs(String(option.long), schema, text));
}

/** An option that takes one of a few words, in any case. */
export function wordOption(flags: string, description: string, words: readonly string[]): Option {
  const option = new Option(flags, `${description}: ${words.join(', ')}`);
  return option.argParser((text) => {
    const word = words.find((known) => known.toLowerCase() === text.toLowerCase());
    if (word === undefined) throw wrongValue(String(option.long), text, `expected ${words.join(' or ')}`);
    return word;
  });
}

/** An option that takes a whole number from `min` to `max`. */
export function integerOption(flags: string, description: string, min: number, max: number): Option {
  const option = new Option(flags, description);
  return option.argParser((text) => parsedInteger(String(option.long), text, min, max));
}

/** `text` as a whole number from `min` to `max`. @throws UsageError naming field, value and what was expected. */
export function parsedInteger(field: string, text: string, min: number, max: number): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw wrongValue(field, text, `expected a whole number from ${min} to ${max}`);
}

/** Adds what every command has. */
export function addCommonOptions(command: Command): Command {
  return command
    .option('--data-dir <directory>', 'the data directory of the workstation')
    .option('--json', 'print one JSON document');
}

/** An option that takes seconds above zero, handed on as milliseconds. */
export function secondsOption(flags: string, description: string, secondsMax: number): Option {
  const option = new Option(flags, description);
  return option.argParser((text) => {
    const seconds = /^\d{1,6}(\.\d{1,3})?$/.test(text) ? Number(text) : 0;
    if (seconds > 0 && seconds <= secondsMax) return Math.round(seconds * SECOND_MS);
    throw wrongValue(String(option.long), text, `expected seconds above 0, at most ${secondsMax}`);
  });
}

/** Adds what every command that changes something has. */
export function addChangeOptions(command: Command): Command {
  return addCommonOptions(command)
    .option('--live', 'allow this where real money is at stake')
    .addOption(valueOption('--key <key>', 'the key of a command: the same key is carried out once', commandKeySchema))
    .addOption(
      secondsOption('--timeout <seconds>', "how long to wait for the broker's answer", TIMEOUT_SECONDS_MAX).default(
        TIMEOUT_SECONDS_DEFAULT * SECOND_MS,
        String(TIMEOUT_SECONDS_DEFAULT),
      ),
    );
}

/** Adds an example to the help. */
export function addExample(command: Command, ...lines: readonly string[]): Command {
  const shown = lines.map((line) => `  $ ibkr-trader ${line}`).join('\n');
  return command.addHelpText('after', `\nExample:\n${shown}`);
}

/** True when a person answered yes; anything else is no. */
export function isYes(answer: string): boolean {
  return /^\s*y(es)?\s*$/i.test(answer);
}

/** An order number as a person types it. @throws UsageError when it is none. */
export function parsedOrderNumber(text: string, field = 'ID'): OrderNumber {
  const number = orderNumberSchema.safeParse(/^\d{1,15}$/.test(text) ? Number(text) : undefined);
  if (number.success) return number.data;
  throw wrongValue(field, text, 'expected an order number such as 1051');
}
