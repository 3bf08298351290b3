import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type * as z from 'zod';
import { parseFault, parseFaultPlan } from '#simulator/fault-plan';
import { FAULT_MESSAGES, faultSchema, ORDER_MOMENTS } from '#simulator/fault-schema';

const textLike = (pattern: RegExp): unknown => expect.stringMatching(pattern);
const isTraded = (symbol: string): boolean => symbol === 'AAPL';
const planned = (...faults: readonly unknown[]): string => JSON.stringify({ version: 1, faults });

describe('a fault plan', () => {
  test('may leave out what has a usual value', () => {
    expect(parseFaultPlan(planned({ fault: 'restart' }, { fault: 'halt', symbol: 'AAPL' }), isTraded)).toEqual({
      ok: true,
      value: {
        version: 1,
        faults: [
          { fault: 'restart', downSeconds: 60, rollBackIds: true },
          { fault: 'halt', symbol: 'AAPL' },
        ],
      },
    });
  });

  test.each([
    [{ seconds: 5 }, { kind: 'time', seconds: 5 }],
    [{ message: 'place-order' }, { kind: 'message', message: 'place-order', count: 1 }],
    [
      { message: 'cancel-order', count: 3 },
      { kind: 'message', message: 'cancel-order', count: 3 },
    ],
    [{ order: 2 }, { kind: 'order', order: 2, is: 'placed' }],
    [
      { order: 2, is: 'filled' },
      { kind: 'order', order: 2, is: 'filled' },
    ],
  ])('strikes at %j', (at, trigger) => {
    expect(parseFault(JSON.stringify({ fault: 'drop', at }), isTraded)).toMatchObject({
      ok: true,
      value: { at: trigger },
    });
  });

  test.each([
    ['{"version":1', /^expected JSON: SyntaxError: .* position/],
    ['{"version":2,"faults":[]}', /^at version: found 2; /],
    ['{"version":1,"faults":[],"note":"x"}', /^at the document: found .*"note"/],
    [planned({ fault: 'dropp' }), /^at faults\.0\.fault: found "dropp"; expected one of drop, freeze, /],
    [planned({ fault: 'drop', rate: 1 }), /^at faults\.0: found .*; unknown rate, expected fault, at, reaches$/],
    [planned({ fault: 'drop' }, { fault: 'slow' }), /^at faults\.1\.milliseconds: found nothing; .*expected number/],
    [planned({ fault: 'drop', at: { seconds: 1, order: 1 } }), /^at faults\.0\.at: .* expected seconds, or message/],
    [planned({ fault: 'drop', at: { seconds: 1, count: 1 } }), /^at faults\.0\.at: .* expected seconds, or message/],
    [
      planned({ fault: 'drop', at: { seconds: 1, is: 'filled' } }),
      /^at faults\.0\.at: .* expected seconds, or message/,
    ],
    [planned({ fault: 'drop', at: { count: 2 } }), /^at faults\.0\.at: .* expected seconds, or message/],
    [planned({ fault: 'drop', at: 5 }), /^at faults\.0\.at: found 5; .*expected object/],
    [planned({ fault: 'drop', at: {} }), /^at faults\.0\.at: .* expected seconds, or message/],
    [planned({ fault: 'upstream-lost', code: 5 }), /^at faults\.0\.code: found 5; .*1100\|2110/],
    [
      planned({ fault: 'price', symbol: 'AAPL', last: '0.5' }),
      /^at faults\.0\.last: found "0\.5"; expected a price of 1/,
    ],
    [planned({ fault: 'reading', exitGroups: 'x' }), /^at faults\.0\.exitGroups: found "x"; .*"as-named"\|"renamed"$/],
    [planned({ fault: 'transfer', symbol: 'AAPL', shares: 0 }), /^at faults\.0\.shares: found 0; expected shares in/],
    [
      planned({ fault: 'halt', symbol: 'aapl' }),
      /^at faults\.0\.symbol: found "aapl"; expected a symbol such as AAPL$/,
    ],
    [
      planned({ fault: 'gap', symbol: 'ZZZ', percent: 1 }),
      'at faults.0.symbol: found "ZZZ"; expected a symbol that the simulator trades',
    ],
    [
      planned({ fault: 'reject', forSeconds: 1, until: 'release' }),
      /^at faults\.0: .*; expected forSeconds or until, not both$/,
    ],
  ])('%s is refused with the place, the value and what was expected', (text, expected) => {
    expect(parseFaultPlan(text, isTraded)).toEqual({
      ok: false,
      error: typeof expected === 'string' ? expected : textLike(expected),
    });
  });

  test.each([
    ['drop', /^expected JSON: /],
    ['{"fault":"freeze","forSeconds":0}', /^at forSeconds: found 0; /],
    ['{"fault":"resume","symbol":"ZZZ"}', /^at symbol: found "ZZZ"; expected a symbol that the simulator trades$/],
  ])('a single fault %s is refused', (text, expected) => {
    expect(parseFault(text, isTraded)).toEqual({ ok: false, error: textLike(expected) });
  });

  test('the example is one', () => {
    expect(parseFaultPlan(readFileSync('docs/examples/fault-plan.json', 'utf8'), isTraded).ok).toBe(true);
  });
});

describe('docs/simulator.md', () => {
  const text = readFileSync('docs/simulator.md', 'utf8');

  test('tells every fault with its parameters and their usual values, and no other', () => {
    const told = [...text.matchAll(/^\| `([a-z0-9-]+)` +\| *(.*?) *\| .* \| .* \|$/gm)].map(([, name, cell = '']) => {
      return `${name}: ${cell.trim()}`;
    });
    const known = faultSchema.options.map(({ shape }) => {
      const { fault, at, ...parameters } = shape;
      expect(at).toBeDefined();
      const words = Object.entries<z.ZodType>(parameters).map(([name, schema]) => {
        const usual = schema.safeParse(undefined);
        return usual.success && usual.data !== undefined
          ? `\`${name}\` (${JSON.stringify(usual.data).replaceAll('"', '')})`
          : `\`${name}\``;
      });
      return `${fault.value}: ${words.join(', ')}`;
    });
    expect(told.sort()).toEqual([...known].sort());
  });

  test('tells every message and moment that a fault can wait for', () => {
    for (const word of [...FAULT_MESSAGES, ...ORDER_MOMENTS]) expect(text).toContain(`\`${word}\``);
  });
});
