const DETAILS_LENGTH_MAX = 300;
const DEPTH_MAX = 5;

/** Every figure and word in a JSON value, those of objects after their key: FIX tags such as 8229 mean something. */
function wordsIn(value: unknown, depth: number): readonly string[] {
  if (typeof value === 'string' || typeof value === 'number') return value === '' ? [] : [String(value)];
  if (typeof value !== 'object' || value === null || depth === 0) return [];
  if (Array.isArray(value)) return value.flatMap((part) => wordsIn(part, depth - 1));
  return Object.entries(value).flatMap(([key, part]) => {
    const words = wordsIn(part, depth - 1);
    return words.length === 0 ? [] : [`${key}: ${words.join(', ')}`];
  });
}

/**
 * The machine-readable details of an order reject (advancedOrderReject) as words to stand behind its text; they are not
 * always JSON.
 * @returns empty when there is nothing in them.
 */
export function rejectDetailsOf(details: string): string {
  let words: readonly string[];
  try {
    words = wordsIn(JSON.parse(details), DEPTH_MAX);
  } catch {
    words = [details.trim()]; // not JSON, which is an answer and not a fault
  }
  return words
    .filter((word) => word !== '')
    .join('; ')
    .slice(0, DETAILS_LENGTH_MAX);
}
