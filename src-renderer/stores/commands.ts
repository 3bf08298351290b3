import type { CallFailure } from '#api/client';
import type { Command, CommandReply } from '#domain/command';
import type { CommandKey } from '#domain/ids';
import type { Result } from '#domain/result';
import type { Session } from '#renderer/stores/session';

/** A command that was sent: its key repeats it safely. */
export interface SentCommand {
  readonly key: CommandKey;
  readonly command: Command;
}

/** Sends `command` under a new key: one intent of a person, one key. */
export function newCommand(session: Session, command: Command): SentCommand {
  return { key: session.newKey(), command };
}

/** Sends or repeats `sent`; the same key is the same command, however often it is asked. */
export function send(session: Session, { key, command }: SentCommand): Promise<Result<CommandReply, CallFailure>> {
  return session.client().commands.execute({ key, command });
}

/** True when the workstation may have carried the command out although no answer came. */
export function mayHaveHappened({ code }: CallFailure): boolean {
  return code === 'DEADLINE' || code === 'CLOSED';
}

/** Why there is no answer, and what it means for the order. */
export function describeFailure(failure: CallFailure): string {
  const reason = failure.reason.charAt(0).toUpperCase() + failure.reason.slice(1);
  return mayHaveHappened(failure)
    ? `${reason}. It may or may not have been carried out; asking again with the same key is safe.`
    : `${reason}. Nothing was sent.`;
}
