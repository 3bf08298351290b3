import { run, type Outcome, type RunOptions } from '#test/storm/scenario';
import type { Action, Script } from '#test/storm/script';

/** How many scenarios the search for a smaller one may cost. */
const RUNS_MAX = 400;

/**
 * A scenario with fewer actions in which the same invariant breaks: parts are left out as long as it does, the halves
 * first, single actions last.
 */
export async function shrink(failed: Outcome, options: RunOptions = {}): Promise<Outcome> {
  let smallest = failed;
  let runs = 0;
  for (let part = Math.ceil(failed.script.actions.length / 2); part >= 1; part = part === 1 ? 0 : Math.ceil(part / 2)) {
    for (let from = 0; from < smallest.script.actions.length;) {
      if (runs >= RUNS_MAX) return smallest;
      runs += 1;
      const smaller = await run(without(smallest.script, from, part), options);
      if (smaller.violation?.invariant === failed.violation?.invariant) smallest = smaller;
      else from += part;
    }
  }
  return smallest;
}

function without(script: Script, from: number, count: number): Script {
  const actions: readonly Action[] = [...script.actions.slice(0, from), ...script.actions.slice(from + count)];
  return { ...script, actions };
}
