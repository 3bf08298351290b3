import { describe, expect, test } from 'vitest';
import { playwrightTotals, stageTotals, sumOf, totalsLine, vitestTotals } from '#launch/parts/totals';

const vitestReport = {
  numPassedTests: 10,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [{ status: 'passed', assertionResults: [{}] }],
};

describe('the totals of a gate are true', () => {
  test('Vitest: passed and failed tests', () => {
    expect(vitestTotals({ ...vitestReport, numFailedTests: 2 })).toEqual({ passed: 10, failed: 2 });
  });

  test('Vitest: a skipped test and one still to be written are failures', () => {
    expect(vitestTotals({ ...vitestReport, numPendingTests: 1, numTodoTests: 1 })).toEqual({ passed: 10, failed: 2 });
  });

  test('Vitest: a file that could not be loaded is a failure, though it has no test', () => {
    const testResults = [
      { status: 'failed', assertionResults: [] },
      { status: 'failed', assertionResults: [{}] },
    ];
    expect(vitestTotals({ ...vitestReport, numFailedTests: 1, testResults })).toEqual({ passed: 10, failed: 2 });
  });

  test('Playwright: unexpected, flaky and skipped are failures', () => {
    const stats = { expected: 5, unexpected: 1, flaky: 1, skipped: 1 };
    expect(playwrightTotals({ stats })).toEqual({ passed: 5, failed: 3 });
  });

  test('a stage without tests is one check', () => {
    expect(stageTotals(0, undefined)).toEqual({ passed: 1, failed: 0 });
    expect(stageTotals(1, undefined)).toEqual({ passed: 0, failed: 1 });
  });

  test('a stage whose tests passed but that ended badly is one failure, as when a coverage threshold is missed', () => {
    expect(stageTotals(1, { passed: 10, failed: 0 })).toEqual({ passed: 10, failed: 1 });
  });

  test('failed tests are not counted twice by the exit code that they cause', () => {
    expect(stageTotals(1, { passed: 10, failed: 2 })).toEqual({ passed: 10, failed: 2 });
  });

  test('a stage that ran no test at all is a failure', () => {
    expect(stageTotals(0, { passed: 0, failed: 0 })).toEqual({ passed: 0, failed: 1 });
  });

  test('a stage that went well counts as it is', () => {
    expect(stageTotals(0, { passed: 3, failed: 0 })).toEqual({ passed: 3, failed: 0 });
  });

  test('the last line is the sum', () => {
    const all = [
      { passed: 3, failed: 0 },
      { passed: 4, failed: 1 },
    ];
    expect(totalsLine(sumOf(all))).toBe('7 passed, 1 failed');
  });
});
