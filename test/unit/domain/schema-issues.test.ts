import { expect, test } from 'vitest';
import * as z from 'zod';
import { describeIssues } from '#domain/schema-issues';

function issuesOf(schema: z.ZodType, raw: unknown): string {
  const result = schema.safeParse(raw);
  return result.success ? '' : describeIssues(result.error, raw);
}

test('an issue is told with its place, what is there, and what was expected', () => {
  const schema = z.strictObject({ limits: z.array(z.strictObject({ perMinute: z.number() })) });
  expect(issuesOf(schema, { limits: [{ perMinute: 1 }, { perMinute: 'ten' }] })).toBe(
    'at limits.1.perMinute: found "ten"; Invalid input: expected number, received string',
  );
});

test('what is missing is found to be nothing', () => {
  expect(issuesOf(z.object({ a: z.object({ b: z.string() }) }), { a: {} })).toMatch(/^at a\.b: found nothing; /);
  const pathIntoNothing = z.custom(() => false).superRefine(() => undefined);
  expect(issuesOf(pathIntoNothing, 5)).toMatch(/^at the document: found 5; /);
});

test('a place that is not in the document is found to be nothing', () => {
  const schema = z.unknown().superRefine((_, context) => {
    context.addIssue({ code: 'custom', path: ['a', 'b'], message: 'expected b within a' });
  });
  expect(issuesOf(schema, { a: null })).toBe('at a.b: found nothing; expected b within a');
  expect(issuesOf(schema, { a: 'text' })).toBe('at a.b: found nothing; expected b within a');
});

test('a long value is cut', () => {
  expect(issuesOf(z.number(), 'x'.repeat(500))).toMatch(/^at the document: found "x{59}…; /);
});

test('only the first five issues are told, the others counted', () => {
  const text = issuesOf(z.array(z.number()), ['a', 'b', 'c', 'd', 'e', 'f', 'g']);
  expect(text.split('\n')).toHaveLength(6);
  expect(text).toMatch(/\nand 2 more$/);
});
