// `npm run -s ibkr-trader -- …` from a checkout: builds what is stale, then is the command line.
import { pathToFileURL } from 'node:url';
import { ensureBuilt } from './build.mjs';
import { ensureInstalled } from './install.mjs';
import { CALLED_FROM, CLI, requireNode } from './project.mjs';

requireNode();
await ensureInstalled();
await ensureBuilt();
process.argv[1] = CLI;
process.chdir(CALLED_FROM);
await import(pathToFileURL(CLI).href);
