/**
 * Arithmetic on short canonical decimal texts in whole numbers, which a double holds exactly up to 10^15. What prices and
 * quantities are like fits; for everything else the answer is undefined, and the caller reckons with decimals.
 */

/** Digits of a number that stays exact when it is scaled and rounded. */
const WHOLE_MAX = 1e15;
const LENGTH_MAX = 15;

/** Decimals of a canonical text. */
export function decimalsOf(text: string): number {
  const point = text.indexOf('.');
  return point === -1 ? 0 : text.length - point - 1;
}

/** `text` × 10^places; undefined where that is not exact. */
function scaled(text: string, places: number): number | undefined {
  if (text.length > LENGTH_MAX) return undefined;
  const whole = Math.round(Number(text) * 10 ** places);
  return Math.abs(whole) > WHOLE_MAX ? undefined : whole;
}

/** The canonical text of whole × 10^−places. */
function textOf(whole: number, places: number): string {
  if (places === 0 || whole === 0) return String(whole === 0 ? 0 : whole);
  const digits = String(Math.abs(whole)).padStart(places + 1, '0');
  const point = digits.length - places;
  let end = digits.length;
  while (end > point && digits.charCodeAt(end - 1) === 48) end -= 1;
  const text = end === point ? digits.slice(0, point) : `${digits.slice(0, point)}.${digits.slice(point, end)}`;
  return whole < 0 ? `-${text}` : text;
}

/** Both as whole numbers of one scale. */
interface Pair {
  readonly a: number;
  readonly b: number;
  readonly places: number;
}

function pairOf(a: string, b: string): Pair | undefined {
  const places = Math.max(decimalsOf(a), decimalsOf(b));
  const first = scaled(a, places);
  const second = scaled(b, places);
  return first === undefined || second === undefined ? undefined : { a: first, b: second, places };
}

/** −1 or 1 as `a` is below or above `b`, which is another number. */
export function compareSmall(a: string, b: string): -1 | 1 | undefined {
  if (a.length > LENGTH_MAX || b.length > LENGTH_MAX) return undefined;
  return Number(a) < Number(b) ? -1 : 1;
}

export function addSmall(a: string, b: string): string | undefined {
  const pair = pairOf(a, b);
  return pair === undefined ? undefined : textOf(pair.a + pair.b, pair.places);
}

export function subtractSmall(a: string, b: string): string | undefined {
  const pair = pairOf(a, b);
  return pair === undefined ? undefined : textOf(pair.a - pair.b, pair.places);
}

/** The product, where it has at most `placesMax` decimals. */
export function multiplySmall(a: string, b: string, placesMax: number): string | undefined {
  const places = decimalsOf(a) + decimalsOf(b);
  const first = scaled(a, decimalsOf(a));
  const second = scaled(b, decimalsOf(b));
  if (first === undefined || second === undefined || places > placesMax) return undefined;
  const product = first * second;
  return Math.abs(product) > WHOLE_MAX ? undefined : textOf(product, places);
}

/** How many whole times `step` (above zero) goes into `a` (zero or more). */
export function timesWithin(a: string, step: string): string | undefined {
  const pair = pairOf(a, step);
  return pair === undefined ? undefined : textOf((pair.a - (pair.a % pair.b)) / pair.b, 0);
}
