import { describe, expect, test } from 'vitest';
import { describeEvent } from '#domain/activity-words';
import { describeOcoEvent, describeStopEvent } from '#domain/group-words';
import { scopeWords } from '#domain/limit-words';
import { emptyRiskTables, foldRiskTables } from '#domain/risk-fold';
import { assert, assertNever, InvariantError, present } from '#domain/assert';
import { describeState, describeStatus } from '#domain/order-words';
import { describeReason } from '#domain/risk-words';
import { describeCause, describeConnection, describeFinding } from '#domain/session-words';
import { apply, emptyWorkstationState } from '#domain/workstation-state';
import { epochMs, sequence } from '#domain/ids';
import { anOrder } from '#test/builders/domain-records';

// What the compiler forbids, a damaged file or another version could still bring: it throws, it is never shown as words.
const stranger = { code: 'NONSENSE', phase: 'nonsense', kind: 'nonsense', type: 'nonsense' } as never;

describe('a variant from outside its union is a broken invariant', () => {
  test.each<readonly [string, () => unknown]>([
    ['an event in words', () => describeEvent(stranger, emptyWorkstationState('demo'))],
    ['what happened to a stop', () => describeStopEvent(stranger, emptyWorkstationState('demo'))],
    ['what happened to an OCO group', () => describeOcoEvent(stranger, emptyWorkstationState('demo'))],
    ['a reason', () => describeReason(stranger)],
    ['the scope of a loss', () => scopeWords({ over: 'nonsense' } as never)],
    ['an event of limits and losses', () => foldRiskTables(emptyRiskTables(), stranger)],
    ['a status', () => describeStatus(stranger)],
    ['a state', () => describeState(anOrder({ state: stranger }))],
    ['a connection', () => describeConnection(stranger)],
    ['a finding', () => describeFinding(stranger)],
    ['the cause of a difference', () => describeCause(stranger)],
    [
      'an event',
      () => apply(emptyWorkstationState('demo'), { sequence: sequence(1), at: epochMs(0), event: stranger }),
    ],
    ['anything', () => assertNever(stranger)],
  ])('%s', (_, act) => {
    expect(act).toThrow(InvariantError);
  });
});

describe('invariants', () => {
  test('a fact that holds passes, one that does not names itself', () => {
    expect(() => assert(true, 'water is wet')).not.toThrow();
    expect(() => assert(false, 'water is wet')).toThrow('invariant broken: water is wet');
  });

  test('a value that must be there is given back, a missing one is named', () => {
    expect(present(0, 'the number')).toBe(0);
    expect(() => present(null, 'the number')).toThrow('invariant broken: the number is missing');
    expect(() => present(undefined, 'the number')).toThrow(InvariantError);
  });
});
