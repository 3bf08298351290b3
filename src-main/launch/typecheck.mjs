// Type-checks every layer with its own compiler settings: `npm run typecheck`.
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { inParallel } from './parts/in-parallel.mjs';
import { ROOT, packageScript } from './project.mjs';
import { runNode } from './run.mjs';

/** tsconfig.json is the editor's, tsconfig.base.json is what the layers share. */
export const LAYERS = readdirSync(ROOT)
  .flatMap((name) => /^tsconfig\.(?!base\.)(\w+)\.json$/.exec(name)?.[1] ?? [])
  .sort();

/** @param {string} layer */
export function typecheck(layer) {
  return runNode(packageScript('typescript', 'tsc'), ['-p', `tsconfig.${layer}.json`]);
}

if (process.argv[1] === import.meta.filename) {
  const results = await inParallel(Math.min(2, availableParallelism()), LAYERS, async (layer) => {
    const ended = await typecheck(layer);
    console.log(`${ended.code === 0 ? 'ok    ' : 'FAILED'} ${layer}\n${ended.output}`.trimEnd());
    return ended.code;
  });
  process.exitCode = results.every((code) => code === 0) ? 0 : 1;
}
