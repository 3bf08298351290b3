/** What a command's end says to a script. */
export const EXIT = {
  /** Done, or accepted by the broker. */
  done: 0,
  /** Denied by our risk checks, refused, or rejected by the broker; the reason is on stderr. */
  denied: 1,
  /** The words make no sense: nothing was asked of anybody. */
  usage: 2,
  /** No workstation runs on the data directory. */
  noWorkstation: 3,
  /** No answer in time: what was asked may or may not have happened. */
  unknown: 4,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The words of a command line make no sense: the message names field, value and what was expected. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
