// `npm test`: the whole gate from a bare checkout, with what it needs.
import { obtainElectron } from './electron-runtime.mjs';
import { ensureInstalled } from './install.mjs';
import { requireNode } from './project.mjs';
import { say } from './run.mjs';
import { ensureSystemPackages } from './system-packages.mjs';

requireNode();
if (!(await ensureInstalled())) say('npm packages: all there');
await ensureSystemPackages();
const electron = await obtainElectron();
// Without one the stages that need it fail below, and say so; the others still run.
say(
  'missing' in electron
    ? `Electron: ${electron.missing}`
    : `Electron: ${electron.version} (${electron.kind}) at ${electron.dist}`,
);
await import('./check.mjs');
