import { describe, expect, test } from 'vitest';
import { SYSTEM_NEEDS, installedPackages, packagesFor, unmetNeeds } from '#launch/parts/system-needs';

const needs = [
  { packages: ['xvfb'], purpose: 'a display' },
  { packages: ['libasound2t64', 'libasound2'], purpose: 'Electron' },
];

describe('the packages of a Debian system', () => {
  test('only what dpkg calls installed is there: removed with its settings left is not', () => {
    const status = 'xvfb config-files\nunzip installed\n';
    expect(installedPackages(status)).toEqual(new Set(['unzip']));
  });

  test('a need is met by either of its names', () => {
    expect(unmetNeeds(needs, new Set(['libasound2']))).toEqual([needs[0]]);
    expect(unmetNeeds(needs, new Set(['xvfb', 'libasound2t64']))).toEqual([]);
  });

  test('the first name that the system offers is installed, the last one asked for when it offers none', () => {
    expect(packagesFor(needs, new Set(['xvfb', 'libasound2t64', 'libasound2']))).toEqual(['xvfb', 'libasound2t64']);
    expect(packagesFor(needs, new Set(['xvfb', 'libasound2']))).toEqual(['xvfb', 'libasound2']);
    expect(packagesFor(needs, new Set())).toEqual(['xvfb', 'libasound2']);
  });

  test('every need of the tests says what it is for', () => {
    expect(SYSTEM_NEEDS.filter(({ packages, purpose }) => packages.length === 0 || purpose === '')).toEqual([]);
  });
});
