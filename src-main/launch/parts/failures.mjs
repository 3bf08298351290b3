import path from 'node:path';

/**
 * @typedef {{ title: string; status: string; ancestorTitles: string[] }} VitestAssertion
 * @typedef {{ testResults: { name: string; status: string; assertionResults: VitestAssertion[] }[] }} VitestReport
 * @typedef {{ title: string; ok: boolean; tests: { projectName: string; status: string }[] }} PlaywrightSpec
 * @typedef {{ title: string; suites?: PlaywrightSuite[]; specs?: PlaywrightSpec[] }} PlaywrightSuite
 * @typedef {{ suites: PlaywrightSuite[] }} PlaywrightReport
 */

/** A failed stage is to be seen whole at the end of a log that somebody cut. */
const NAMES_MAX = 15;
const EXCERPT_HEAD_LINES = 35;
const EXCERPT_TAIL_LINES = 10;
const LINE_LENGTH_MAX = 500;

/**
 * Which tests did not pass, and which files did not get as far as a test.
 * @param {VitestReport} report vitest --reporter=json
 * @param {string} root what the names of the files are told from
 * @returns {string[]}
 */
export function vitestFailures({ testResults }, root) {
  return testResults.flatMap(({ name, status, assertionResults }) => {
    const file = path.relative(root, name);
    if (status === 'failed' && assertionResults.length === 0) return [`${file} (could not be loaded)`];
    return assertionResults
      .filter((test) => test.status !== 'passed')
      .map((test) => named([file, ...test.ancestorTitles, test.title], test.status));
  });
}

/**
 * Which tests did not simply pass: unexpected, flaky, skipped.
 * @param {PlaywrightReport} report playwright test --reporter=json
 * @returns {string[]}
 */
export function playwrightFailures({ suites }) {
  return suites.flatMap((suite) => failuresIn(suite, []));
}

/**
 * @param {PlaywrightSuite} suite
 * @param {readonly string[]} above
 * @returns {string[]}
 */
function failuresIn({ title, suites = [], specs = [] }, above) {
  const here = [...above, title];
  const own = specs.flatMap((spec) =>
    spec.tests
      .filter(({ status }) => status !== 'expected')
      .map(({ projectName, status }) => named([projectName, ...here, spec.title], status)),
  );
  return [...own, ...suites.flatMap((suite) => failuresIn(suite, here))];
}

/**
 * @param {readonly string[]} words
 * @param {string} status
 */
function named(words, status) {
  const name = words.filter((word) => word !== '').join(' > ');
  return status === 'failed' || status === 'unexpected' ? name : `${name} (${status})`;
}

/**
 * The names that a person has to see, a line each.
 * @param {readonly string[]} names
 * @returns {string[]}
 */
export function nameLines(names) {
  const lines = names.slice(0, NAMES_MAX).map((name) => `  ✗ ${cut(name)}`);
  return names.length > NAMES_MAX ? [...lines, `  and ${names.length - NAMES_MAX} more`] : lines;
}

/**
 * The beginning and the end of what a program wrote, without empty lines.
 * @param {string} output
 * @returns {string[]}
 */
export function excerptOf(output) {
  const lines = output
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map(cut);
  const left = lines.length - EXCERPT_HEAD_LINES - EXCERPT_TAIL_LINES;
  if (left <= 1) return lines;
  const end = lines.slice(-EXCERPT_TAIL_LINES);
  return [...lines.slice(0, EXCERPT_HEAD_LINES), `… ${left} lines left out …`, ...end];
}

/** @param {string} line */
function cut(line) {
  return line.length > LINE_LENGTH_MAX ? `${line.slice(0, LINE_LENGTH_MAX)}…` : line;
}
