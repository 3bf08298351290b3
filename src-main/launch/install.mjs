import { missingPackages } from './parts/missing-packages.mjs';
import { durationText } from './parts/duration.mjs';
import { readJson } from './project.mjs';
import { giveUp, runNpm, say } from './run.mjs';

/**
 * Installs the npm packages of package-lock.json unless they are there.
 * @returns {Promise<boolean>} true when it had to
 */
export async function ensureInstalled() {
  const missing = missingPackages(readJson('package-lock.json'), readJson('node_modules', '.package-lock.json'));
  if (missing.length === 0) return false;
  say(`npm packages: ${missing.length} missing or outdated, installing all by npm ci`);
  const ended = await runNpm(['ci', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'], {
    title: 'npm ci',
  });
  if (ended.code !== 0) giveUp('npm ci', ended);
  say(`npm packages installed in ${durationText(ended.ms)}`);
  return true;
}
