/**
 * Chance without a state: the same key and place give the same draw, in any order of asking. It makes what is drawn on demand –
 * the bars of a day years ago – independent of what was asked before.
 */

const UINT32 = 0x1_0000_0000;
const GOLDEN = 0x9e3779b9;
/** Draws that a bell-shaped one is made of. */
const NORMAL_DRAWS = 12;

/** A key made of words and whole numbers. */
export function noiseKey(...parts: readonly (string | number)[]): number {
  let key = 0x811c9dc5;
  for (const letter of parts.join('\0')) key = Math.imul(key ^ letter.charCodeAt(0), 0x01000193);
  return key >>> 0;
}

/** A number in [0, 1). */
export function uniformAt(key: number, place: number): number {
  let z = (key + Math.imul(place + 1, GOLDEN)) >>> 0;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return ((z ^ (z >>> 15)) >>> 0) / UINT32;
}

/** A bell-shaped draw with mean 0 and deviation 1, of additions only and so the same bits everywhere. */
export function normalAt(key: number, place: number): number {
  let sum = -NORMAL_DRAWS / 2;
  for (let draw = 0; draw < NORMAL_DRAWS; draw += 1) sum += uniformAt(key, place * NORMAL_DRAWS + draw);
  return sum;
}
