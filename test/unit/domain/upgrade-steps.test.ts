import { expect, test } from 'vitest';
import { InvariantError } from '#domain/assert';
import { assertOneStepPerVersion, upgraded } from '#domain/upgrade-steps';

const steps = [(raw: unknown) => [raw, 'to 2'], (raw: unknown) => [raw, 'to 3']];

test('a stored document passes every step from its version on', () => {
  expect(upgraded('one', 1, steps)).toEqual([['one', 'to 2'], 'to 3']);
  expect(upgraded('two', 2, steps)).toEqual(['two', 'to 3']);
  expect(upgraded('three', 3, steps)).toBe('three');
});

test.each([0, 4, 1.5, Number.NaN])('version %s is none that this program knows', (version) => {
  expect(() => upgraded({}, version, steps)).toThrow(`version ${version}: this program knows versions 1 to 3`);
});

test('there is exactly one step between neighbouring versions', () => {
  expect(() => assertOneStepPerVersion(3, steps)).not.toThrow();
  expect(() => assertOneStepPerVersion(4, steps)).toThrow(InvariantError);
  expect(() => assertOneStepPerVersion(2, steps)).toThrow(InvariantError);
});
