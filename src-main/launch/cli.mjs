// `npm run -s ibkr-trader -- …` from a checkout: builds what is stale, then is the command line.
import { pathToFileURL } from 'node:url';
import { ensureBuilt } from './build.mjs';
import { ensureInstalled } from './install.mjs';
import { CLI, requireNode } from './project.mjs';

requireNode();
await ensureInstalled();
await ensureBuilt();
process.argv[1] = CLI;
await import(pathToFileURL(CLI).href);
