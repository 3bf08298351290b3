import type { CallFailure } from '#api/client';
import type { Command, CommandReply } from '#domain/command';
import type { CommandKey } from '#domain/ids';
import type { Result } from '#domain/result';
import type { RiskOverride } from '#domain/risk-override';
import type { Session } from '#renderer/stores/session';
import { withNotice } from '#renderer/stores/ui-store';

/** A command that was sent: its key repeats it safely. */
export interface SentCommand {
  readonly key: CommandKey;
  readonly command: Command;
  /** Lets this one command pass a limit, or a closed market. */
  readonly override?: RiskOverride;
}

/** Sends `command` under a new key: one intent of a person, one key. */
export function newCommand(session: Session, command: Command, override?: RiskOverride): SentCommand {
  return { key: session.newKey(), command, ...(override === undefined ? {} : { override }) };
}

/** Sends or repeats `sent`; the same key is the same command, however often it is asked. */
export function send(session: Session, sent: SentCommand): Promise<Result<CommandReply, CallFailure>> {
  return session.client().commands.execute(sent);
}

/** Sends `command` with no dialog around it: what went wrong is told as a problem named `title`. */
export async function sendAlone(session: Session, command: Command, title: string): Promise<void> {
  const answer = await send(session, newCommand(session, command));
  const accepted = answer.ok && answer.value.outcome === 'accepted';
  if (accepted) return;
  const text = answer.ok ? answer.value.message : describeFailure(answer.error);
  session.ui.setState((store) => withNotice(store, { tone: 'problem', title, text, at: session.now() }));
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
