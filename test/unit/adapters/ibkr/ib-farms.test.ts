import { expect, test } from 'vitest';
import { IbFarms } from '#adapters/ibkr/ib-farms';

const broken = (name: string): string => `Market data farm connection is broken:${name}`;
const fine = (name: string): string => `Market data farm connection is OK:${name}`;

test('one farm that comes back does not bring back the others', () => {
  const farms = new IbFarms();
  expect(farms.hear('quotes', 'down', broken('usfarm'))).toEqual({ state: 'down', text: broken('usfarm') });
  farms.hear('quotes', 'down', broken('usfarm.nj'));
  expect(farms.hear('quotes', 'up', fine('usfarm'))).toEqual({
    state: 'down',
    text: `${fine('usfarm')} (still down: usfarm.nj)`,
  });
  expect(farms.hear('quotes', 'up', fine('usfarm.nj'))).toEqual({ state: 'up', text: fine('usfarm.nj') });
});

test('farms of different data have nothing to do with each other', () => {
  const farms = new IbFarms();
  farms.hear('history', 'down', 'HMDS data farm connection is broken:ushmds');
  expect(farms.hear('quotes', 'up', fine('usfarm'))).toMatchObject({ state: 'up' });
  const idle = 'HMDS data farm connection is inactive but should be available upon demand.ushmds';
  expect(farms.hear('history', 'idle', idle)).toEqual({ state: 'idle', text: idle });
});

test('a farm without a name is one of its own until one without a name is fine', () => {
  const farms = new IbFarms();
  farms.hear('quotes', 'down', 'broken');
  expect(farms.hear('quotes', 'up', fine('usfarm'))).toMatchObject({
    state: 'down',
    text: expect.stringContaining('still down: another farm') as string,
  });
  expect(farms.hear('quotes', 'up', 'fine')).toEqual({ state: 'up', text: 'fine' });
});

test('a fresh session knows of none', () => {
  const farms = new IbFarms();
  for (let n = 0; n < 60; n += 1) farms.hear('quotes', 'down', broken(`farm${n}`));
  farms.forgetSession();
  expect(farms.hear('quotes', 'up', fine('usfarm'))).toMatchObject({ state: 'up' });
});
