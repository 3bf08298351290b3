import { expect, test } from 'vitest';
import * as z from 'zod';
import { zodEventCodec } from '#adapters/journal/event-codec';
import { InvariantError } from '#domain/assert';

const fillSchema = z.strictObject({ type: z.literal('filled'), quantity: z.string(), venue: z.string() });
type Fill = z.infer<typeof fillSchema>;

/** Version 1 said `shares`, as a number; version 2 did not know the venue. */
const versionOneSchema = z.object({ type: z.literal('filled'), shares: z.number() });
const oneToTwo = (raw: unknown): unknown => {
  const { type, shares } = versionOneSchema.parse(raw);
  return { type, quantity: String(shares) };
};
const twoToThree = (raw: unknown): unknown => ({ ...z.looseObject({}).parse(raw), venue: 'unknown' });
const codec = zodEventCodec<Fill>(fillSchema, 3, [oneToTwo, twoToThree]);

test('an event goes out as it is and comes back checked', () => {
  const fill: Fill = { type: 'filled', quantity: '10', venue: 'NASDAQ' };
  expect(codec.version).toBe(3);
  expect(codec.decode(codec.encode(fill), 3)).toEqual(fill);
});

test('an event of an older version is brought up to date, one step a version', () => {
  expect(codec.decode({ type: 'filled', shares: 5 }, 1)).toEqual({ type: 'filled', quantity: '5', venue: 'unknown' });
  expect(codec.decode({ type: 'filled', quantity: '5' }, 2)).toEqual({
    type: 'filled',
    quantity: '5',
    venue: 'unknown',
  });
});

test('an event of a newer program is refused', () => {
  expect(() => codec.decode({}, 4)).toThrow('version 4: this program knows versions 1 to 3');
});

test('a bad event is refused with the place in it', () => {
  expect(() => codec.decode({ type: 'filled', quantity: 5, venue: 'NYSE' }, 3)).toThrow(/at quantity: found 5/);
});

test('a version without its upgrade step is a bug', () => {
  expect(() => zodEventCodec(fillSchema, 3, [oneToTwo])).toThrow(InvariantError);
});
