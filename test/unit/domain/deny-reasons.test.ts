import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { DENY_REASONS_PAGE, denyReasonsPage } from '#test/docs/deny-reasons';

test('the page of the reasons is what the code says: npm run docs:deny-reasons writes it', () => {
  expect(readFileSync(DENY_REASONS_PAGE, 'utf8')).toBe(denyReasonsPage());
});
