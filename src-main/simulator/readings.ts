import type { BracketChildren } from '#simulator/bracket-rules';
import type { OcaReduction } from '#simulator/oca-rules';

/**
 * What a trailing order's stop does when a change names none and its trail is the same: IBKR's documents are silent, so
 * that it stays where it is (`keeps-stop`), or starts anew from the market, be that looser or tighter (`restarts`).
 */
export type TrailChange = 'keeps-stop' | 'restarts';

/** Under which name attached orders show the OCA group they asked for while they wait for their parent. */
export type ExitGroups = 'as-named' | 'renamed';

/** Where IBKR's documents leave two ways open, which of them this exchange goes. */
export interface Readings {
  readonly bracketChildren: BracketChildren;
  readonly ocaReduction: OcaReduction;
  readonly trailChange: TrailChange;
  readonly exitGroups: ExitGroups;
}

export const USUAL_READINGS: Readings = {
  bracketChildren: 'pro-rata',
  // As IBKR documents it; equal legs see no difference.
  ocaReduction: 'proportional',
  trailChange: 'keeps-stop',
  exitGroups: 'as-named',
};
