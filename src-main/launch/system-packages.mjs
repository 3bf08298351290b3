import { durationText } from './parts/duration.mjs';
import { SYSTEM_NEEDS, installedPackages, packagesFor, unmetNeeds } from './parts/system-needs.mjs';
import { findChromium } from './chromium.mjs';
import { packageScript } from './project.mjs';
import { giveUp, run, runNode, say } from './run.mjs';

/** Installs what the end-to-end tests need of the system, where that can be done; says what else is to be done. */
export async function ensureSystemPackages() {
  if (process.platform === 'linux') await ensureLinuxPackages();
  if (findChromium() !== undefined) return;
  say('Chromium: none on this system, getting the one of Playwright');
  const ended = await runNode(packageScript('playwright'), ['install', 'chromium'], {
    title: 'playwright install chromium',
  });
  if (ended.code !== 0) giveUp('installing Chromium', ended);
}

async function ensureLinuxPackages() {
  const status = await run('dpkg-query', ['-W', '-f=${Package} ${db:Status-Status}\\n']);
  if (status.code !== 0) {
    const what = SYSTEM_NEEDS.map(({ packages, purpose }) => `  ${packages.at(-1)} (${purpose})`).join('\n');
    say(`This is not Debian or Ubuntu, so nothing of the system was installed. The end-to-end tests need:\n${what}`);
    return;
  }
  const unmet = unmetNeeds(SYSTEM_NEEDS, installedPackages(status.output)).filter(
    ({ packages }) => !(packages.includes('chromium') && findChromium() !== undefined),
  );
  if (unmet.length === 0) {
    say('system packages: all there');
    return;
  }
  const prefix = await rootPrefix();
  const alternatives = unmet.flatMap(({ packages }) => packages);
  if (prefix === undefined) {
    say(
      `System packages are missing and this user may not install them. As root:\n  apt-get install ${unmet.map(({ packages }) => packages.at(-1)).join(' ')}`,
    );
    process.exit(1);
  }
  await apt(prefix, ['update', '-qq'], 'apt-get update');
  const offered = await run('apt-cache', ['--no-all-versions', '--quiet', 'pkgnames']);
  const names = packagesFor(unmet, new Set(offered.output.split('\n').filter((name) => alternatives.includes(name))));
  say(`system packages: installing ${names.join(' ')}`);
  const ended = await apt(prefix, ['install', '-y', '-qq', '--no-install-recommends', ...names], 'apt-get install');
  say(`system packages installed in ${durationText(ended.ms)}`);
}

/**
 * @param {readonly string[]} prefix
 * @param {readonly string[]} words
 * @param {string} title
 */
async function apt(prefix, words, title) {
  const [program = '', ...rest] = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...words];
  const ended = await run(program, rest, { title });
  if (ended.code !== 0) giveUp(title, ended);
  return ended;
}

/**
 * What to put before a command to run it as root without a question; undefined when that can not be done.
 * @returns {Promise<readonly string[] | undefined>}
 */
async function rootPrefix() {
  if (process.getuid?.() === 0) return [];
  const sudo = await run('sudo', ['-n', 'true']);
  return sudo.code === 0 ? ['sudo', '-n'] : undefined;
}
