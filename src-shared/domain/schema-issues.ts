import type * as z from 'zod';

/** The longest excerpt of a bad value that is shown. */
const VALUE_EXCERPT_LENGTH_MAX = 60;
/** How many issues are told at once; the rest are counted. */
const ISSUES_SHOWN_MAX = 5;

function valueAt(raw: unknown, path: readonly PropertyKey[]): unknown {
  let value = raw;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}

function excerpt(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length <= VALUE_EXCERPT_LENGTH_MAX ? text : `${text.slice(0, VALUE_EXCERPT_LENGTH_MAX)}…`;
}

/**
 * Says for each issue where it is, what was found there and what was expected, e.g.
 * `at risk.orderRate: found "ten"; Invalid input: expected number, received string`.
 * @param raw the document that was checked.
 */
export function describeIssues(error: z.ZodError, raw: unknown): string {
  const told = error.issues.slice(0, ISSUES_SHOWN_MAX).map(({ path, message }) => {
    const place = path.length === 0 ? 'the document' : path.map(String).join('.');
    return `at ${place}: found ${excerpt(valueAt(raw, path))}; ${message}`;
  });
  const more = error.issues.length - told.length;
  return told.join('\n') + (more > 0 ? `\nand ${String(more)} more` : '');
}
