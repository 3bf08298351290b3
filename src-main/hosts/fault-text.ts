/** What the log says of a fault: with its stack, because it is a bug and this line is what is left of it. */
export function faultText(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
