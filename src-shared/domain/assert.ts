/** A broken invariant: a bug of ours, never an expected failure. The host halts trading when it sees one. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}

/**
 * States a fact that must hold.
 * @throws InvariantError when it does not.
 */
export function assert(condition: boolean, fact: string): asserts condition {
  if (!condition) throw new InvariantError(`invariant broken: ${fact}`);
}

/**
 * Ends a switch over a union: a forgotten case is a compile error, a value from outside the union throws.
 * @throws InvariantError always.
 */
export function assertNever(value: never): never {
  throw new InvariantError(`invariant broken: unexpected variant ${JSON.stringify(value)}`);
}

/**
 * A value that must be there.
 * @throws InvariantError when it is undefined or null.
 */
export function present<T>(value: T | undefined | null, what: string): T {
  if (value === undefined || value === null) throw new InvariantError(`invariant broken: ${what} is missing`);
  return value;
}
