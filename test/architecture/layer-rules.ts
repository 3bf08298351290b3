import path from 'node:path';
import { type ICruiseResult, cruise } from 'dependency-cruiser';
import extractDepcruiseOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import { assert } from '#domain/assert';

/** The checkout. */
export const ROOT = path.resolve(import.meta.dirname, '..', '..');

/**
 * Runs the layer rules of .dependency-cruiser.cjs over some folders.
 * @param baseDir the folder that the rules' paths are relative to
 * @throws InvariantError when dependency-cruiser gives no structured result
 */
export async function cruiseLayers(baseDir: string, folders: readonly string[]): Promise<ICruiseResult> {
  const options = await extractDepcruiseOptions(path.join(ROOT, '.dependency-cruiser.cjs'));
  const { output } = await cruise([...folders], { ...options, baseDir });
  assert(typeof output !== 'string', 'dependency-cruiser answers with a result when no reporter is named');
  return output;
}
