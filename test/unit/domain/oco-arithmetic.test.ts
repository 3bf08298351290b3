import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { quantity } from '#domain/money';
import { allowedLeaves, excessOf, type OcoLegFill, type OcoRule } from '#domain/oco-arithmetic';

const proportional: OcoRule = { onPartialFill: 'reduce', sharing: 'proportional' };
const shareForShare: OcoRule = { onPartialFill: 'reduce', sharing: 'share-for-share' };
const cancelling: OcoRule = { onPartialFill: 'cancel', sharing: 'proportional' };

/** `4/10`: 4 of 10 filled; `4/10 by 0.1`: in steps of 0.1. */
function leg(text: string): OcoLegFill {
  const [fills = '', increment = '1'] = text.split(' by ');
  const [filled = '', of = ''] = fills.split('/');
  return { quantity: quantity(of), filled: quantity(filled), increment: quantity(increment) };
}
const leaves = (rule: OcoRule, ...legs: readonly string[]) => allowedLeaves(rule, legs.map(leg)).map(String);
const excess = (rule: OcoRule, ...legs: readonly string[]) => excessOf(rule, legs.map(leg)).map(String);

describe('what may still fill of an OCO group', () => {
  test('is everything before the first fill', () => {
    for (const rule of [proportional, shareForShare, cancelling]) {
      expect(leaves(rule, '0/10', '0/20')).toEqual(['10', '20']);
    }
  });

  test('of equal orders is the same under both readings of a reduction', () => {
    for (const rule of [proportional, shareForShare]) {
      expect(leaves(rule, '4/10', '0/10')).toEqual(['6', '6']);
      expect(leaves(rule, '4/10', '2/10', '0/10')).toEqual(['4', '4', '4']);
      expect(leaves(rule, '10/10', '0/10')).toEqual(['0', '0']);
    }
  });

  test('by proportion is the unfilled fraction, rounded down to what can be traded', () => {
    expect(leaves(proportional, '5/10', '0/30')).toEqual(['5', '15']);
    expect(leaves(proportional, '1/3', '0/10')).toEqual(['2', '6']);
    expect(leaves(proportional, '1/3', '0/10 by 0.1')).toEqual(['2', '6.6']);
    expect(leaves(proportional, '0.5/1.5 by 0.5', '0/3')).toEqual(['1', '2']);
  });

  test('share for share is less the shares that any of them filled', () => {
    expect(leaves(shareForShare, '4/10', '0/30')).toEqual(['6', '26']);
    expect(leaves(shareForShare, '12/30', '0/10')).toEqual(['18', '0']);
    expect(leaves(shareForShare, '10/10', '5/30')).toEqual(['0', '15']);
  });

  test('is nothing of the others once one has filled in part, where that cancels them', () => {
    expect(leaves(cancelling, '1/10', '0/10', '0/20')).toEqual(['9', '0', '0']);
    expect(leaves(cancelling, '12/10', '3/10')).toEqual(['0', '0']);
  });

  test('is never below nothing', () => {
    expect(leaves(proportional, '10/10', '10/10')).toEqual(['0', '0']);
    expect(leaves(shareForShare, '10/10', '10/10')).toEqual(['0', '0']);
  });
});

describe('what filled too much', () => {
  test('is nothing while the fills are one order, or fractions that add up to one', () => {
    expect(excess(proportional, '10/10', '0/10')).toEqual(['0', '0']);
    expect(excess(proportional, '4/10', '6/10')).toEqual(['0', '0']);
    expect(excess(proportional, '1/3', '20/30')).toEqual(['0', '0']);
    expect(excess(shareForShare, '10/10', '20/30')).toEqual(['0', '0']);
  });

  test('is of the order that came later', () => {
    expect(excess(proportional, '10/10', '10/10')).toEqual(['0', '10']);
    expect(excess(proportional, '6/10', '7/10')).toEqual(['0', '3']);
    expect(excess(proportional, '6/10', '7/10', '2/20')).toEqual(['0', '3', '2']);
    expect(excess(shareForShare, '25/30', '8/10')).toEqual(['0', '3']);
    expect(excess(cancelling, '10/10', '3/10')).toEqual(['0', '3']);
  });

  test('is also what one order filled beyond itself', () => {
    expect(excess(proportional, '12/10', '0/10')).toEqual(['2', '0']);
    expect(excess(shareForShare, '12/10', '0/30')).toEqual(['2', '0']);
    expect(excess(shareForShare, '12/10', '20/30')).toEqual(['2', '0']);
  });

  test('of unequal orders is what whole shares would not have given', () => {
    expect(excess(proportional, '1/3', '7/10')).toEqual(['0', '1']);
  });

  const ofGroup = fc.array(
    fc.record({ of: fc.integer({ min: 1, max: 500 }), part: fc.double({ min: 0, max: 1.5, noNaN: true }) }),
    {
      minLength: 2,
      maxLength: 10,
    },
  );
  /** Orders that have filled stand before those that have not. */
  const legsOf = (group: readonly { of: number; part: number }[]) =>
    group
      .map(({ of, part }) => leg(`${String(Math.floor(of * part))}/${String(of)}`))
      .sort((a, b) => Number(a.filled === '0') - Number(b.filled === '0'));

  test('what is allowed never fills too much, whichever order takes it', () => {
    fc.assert(
      fc.property(ofGroup, fc.constantFrom(proportional, shareForShare, cancelling), fc.nat(), (group, rule, pick) => {
        const before = legsOf(group);
        const index = pick % before.length;
        const more = Number(allowedLeaves(rule, before)[index]);
        const after = before.map((it, at) =>
          at === index ? { ...it, filled: quantity(String(Number(it.filled) + more)) } : it,
        );
        const sum = (legs: readonly OcoLegFill[]) => excessOf(rule, legs).reduce((total, it) => total + Number(it), 0);
        fc.pre(sum(before) === 0);
        expect(sum(after)).toBe(0);
      }),
    );
  });

  test('by fractions is told exactly when they add up to more than one', () => {
    fc.assert(
      fc.property(ofGroup, (group) => {
        const legs = legsOf(group);
        const told = excessOf(proportional, legs).some((it) => it !== '0');
        const product = legs.reduce((all, it) => all * BigInt(it.quantity), 1n);
        const used = legs.reduce((sum, it) => sum + (product / BigInt(it.quantity)) * BigInt(it.filled), 0n);
        expect(told).toBe(used > product);
      }),
    );
  });
});
