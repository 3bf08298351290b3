import { riskyCommandSchema, type Command, type RiskyCommand } from '#domain/command';

/** The command as one that goes through risk; null: it is not. */
export function riskyOf(command: Command): RiskyCommand | null {
  return riskyCommandSchema.safeParse(command).data ?? null;
}
