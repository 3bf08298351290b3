/**
 * @typedef {{ readonly passed: number; readonly failed: number }} Totals
 * @typedef {{ numPassedTests: number; numFailedTests: number; numPendingTests: number; numTodoTests: number;
 *   testResults: { status: string; assertionResults: unknown[] }[] }} VitestReport
 * @typedef {{ stats: { expected: number; unexpected: number; flaky: number; skipped: number } }} PlaywrightReport
 */

/**
 * A skipped test counts as failed: what did not run proves nothing. So does a file that failed before its tests.
 * @param {VitestReport} report vitest --reporter=json
 * @returns {Totals}
 */
export function vitestTotals(report) {
  const broken = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
  const failed = report.numFailedTests + report.numPendingTests + report.numTodoTests + broken.length;
  return { passed: report.numPassedTests, failed };
}

/**
 * A skipped or flaky test counts as failed.
 * @param {PlaywrightReport} report playwright test --reporter=json
 * @returns {Totals}
 */
export function playwrightTotals({ stats }) {
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky + stats.skipped };
}

/**
 * What a stage contributes: its tests, and one failure when it ended badly although no test of it failed (a threshold,
 * a crash, a report that says nothing ran).
 * @param {number} exitCode
 * @param {Totals | undefined} tests undefined for a stage that is one check by itself, or left no report
 * @returns {Totals}
 */
export function stageTotals(exitCode, tests) {
  if (tests === undefined) return exitCode === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
  const endedBadly = exitCode !== 0 || tests.passed + tests.failed === 0;
  return { passed: tests.passed, failed: tests.failed === 0 && endedBadly ? 1 : tests.failed };
}

/**
 * @param {readonly Totals[]} all
 * @returns {Totals}
 */
export function sumOf(all) {
  const count = (/** @type {'passed' | 'failed'} */ key) => all.reduce((sum, totals) => sum + totals[key], 0);
  return { passed: count('passed'), failed: count('failed') };
}

/**
 * The last line of a gate.
 * @param {Totals} totals
 */
export function totalsLine({ passed, failed }) {
  return `${passed} passed, ${failed} failed`;
}
