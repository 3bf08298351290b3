import { assert } from '#domain/assert';

/** Lifts a stored document from one version to the next. Frozen once released: what it reads will never change again. */
export type UpgradeStep = (raw: unknown) => unknown;

/**
 * Checks that there is exactly one step between neighbouring versions: step 0 lifts version 1 to 2, and so on.
 * @throws InvariantError when a step is missing or left over.
 */
export function assertOneStepPerVersion(version: number, steps: readonly UpgradeStep[]): void {
  assert(steps.length === version - 1, `version ${String(version)} needs ${String(version - 1)} upgrade steps`);
}

/**
 * `raw`, stored as `version`, in the shape of the current version (one more than there are steps).
 * @throws Error when `version` is newer than this program, or no version at all.
 */
export function upgraded(raw: unknown, version: number, steps: readonly UpgradeStep[]): unknown {
  const current = steps.length + 1;
  if (!Number.isInteger(version) || version < 1 || version > current) {
    throw new Error(`version ${String(version)}: this program knows versions 1 to ${String(current)}`);
  }
  return steps.slice(version - 1).reduce((value, step) => step(value), raw);
}
