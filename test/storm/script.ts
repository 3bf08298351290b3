import { Dice } from '#test/storm/dice';

/** A moment that something waits for: the worst ones to act at. */
export const MOMENTS = [
  'order-written',
  'order-arrived',
  'execution',
  'execution-heard',
  'link-down',
  'ready',
  'snapshot-begun',
  'process-started',
  'stop-moved',
] as const;
export type Moment = (typeof MOMENTS)[number];

/** When an action of a script comes: at a time, or so long after the n-th such moment from the start. */
export type When =
  { readonly atMs: number } | { readonly moment: Moment; readonly count: number; readonly delayMs: number };

/** What a person or a program may do; what exactly, chance decides when it comes, by the action's own dice. */
export const TRADES = [
  'place-order',
  'place-bracket',
  'place-trailing-stop',
  'place-oco',
  'protect-position',
  'close-position',
  'modify-order',
  'cancel-order',
  'cancel-all',
  'flatten',
  'rearm-stop',
  'acknowledge',
  'set-limit',
  'set-trading',
  'reset-latch',
  'repeat-command',
] as const;
export type Trade = (typeof TRADES)[number];

/** What can go wrong. */
export const FAULTS = [
  'drop',
  'drop-at-message',
  'lose-upstream',
  'lose-quotes',
  'freeze',
  'roll-back-ids',
  'duplicate-reports',
  'shuffle-statuses',
  'repeat-execution',
  'correct-execution',
  'fill-before-cancel',
  'partial-fill',
  'thin-market',
  'reject-place',
  'reject-live',
  'refuse-change',
  'refuse-cancel',
  'lose-request',
  'fill-both-legs',
  'crash',
  'crash-at-message',
  'crash-at-append',
  'disk-full',
  'sleep',
  'gap',
  'plunge',
  'halt',
  'close-market',
  'split',
  'transfer',
  'foreign-order',
  'manual-order',
  'cancel-in-tws',
] as const;
export type FaultKind = (typeof FAULTS)[number];

/** One thing of a scenario. */
export interface Action {
  readonly when: When;
  readonly what: Trade | FaultKind;
  /** The seed of its own chance, so that it stays the same when others are left out. */
  readonly dice: number;
}

/** A whole scenario: what the world is like, and what comes. */
export interface Script {
  readonly seed: number;
  readonly lengthMs: number;
  readonly actions: readonly Action[];
}

const LENGTH_MS_MIN = 30_000;
const LENGTH_MS_MAX = 120_000;
const ACTIONS_MIN = 20;
const ACTIONS_MAX = 60;
const DICE_MAX = 0x7f_ff_ff_ff;
const MOMENT_COUNT_MAX = 12;
const MOMENT_DELAY_MS_MAX = 60;
/** The share of actions that wait for a moment instead of a time. */
const AT_A_MOMENT = 0.35;
const FAULT_SHARES = [0.2, 0.35, 0.5] as const;

const TRADE_WEIGHTS: readonly (readonly [number, Trade])[] = [
  [16, 'place-order'],
  [20, 'place-bracket'],
  [16, 'place-trailing-stop'],
  [14, 'place-oco'],
  [5, 'protect-position'],
  [7, 'close-position'],
  [10, 'modify-order'],
  [8, 'cancel-order'],
  [2, 'cancel-all'],
  [2, 'flatten'],
  [3, 'rearm-stop'],
  [5, 'acknowledge'],
  [4, 'set-limit'],
  [3, 'set-trading'],
  [3, 'reset-latch'],
  [3, 'repeat-command'],
];
const FAULT_WEIGHTS: readonly (readonly [number, FaultKind])[] = [
  [5, 'drop'],
  [5, 'drop-at-message'],
  [4, 'lose-upstream'],
  [3, 'lose-quotes'],
  [3, 'freeze'],
  [2, 'roll-back-ids'],
  [4, 'duplicate-reports'],
  [4, 'shuffle-statuses'],
  [3, 'repeat-execution'],
  [3, 'correct-execution'],
  [6, 'fill-before-cancel'],
  [14, 'partial-fill'],
  [4, 'thin-market'],
  [4, 'reject-place'],
  [3, 'reject-live'],
  [5, 'refuse-change'],
  [4, 'refuse-cancel'],
  [3, 'lose-request'],
  [6, 'fill-both-legs'],
  [4, 'crash'],
  [5, 'crash-at-message'],
  [4, 'crash-at-append'],
  [1, 'disk-full'],
  [2, 'sleep'],
  [8, 'gap'],
  [5, 'plunge'],
  [3, 'halt'],
  [2, 'close-market'],
  [1, 'split'],
  [2, 'transfer'],
  [2, 'foreign-order'],
  [2, 'manual-order'],
  [4, 'cancel-in-tws'],
];

/** The scenario of a seed. */
export function scriptOf(seed: number): Script {
  const dice = new Dice(seed);
  const lengthMs = dice.whole(LENGTH_MS_MIN, LENGTH_MS_MAX);
  const faultShare = dice.pick(FAULT_SHARES);
  const actions = Array.from({ length: dice.whole(ACTIONS_MIN, ACTIONS_MAX) }, (): Action => {
    const what = dice.chance(faultShare) ? dice.weighed(FAULT_WEIGHTS) : dice.weighed(TRADE_WEIGHTS);
    return { when: whenOf(dice, lengthMs), what, dice: dice.whole(1, DICE_MAX) };
  });
  return { seed, lengthMs, actions };
}

function whenOf(dice: Dice, lengthMs: number): When {
  if (!dice.chance(AT_A_MOMENT)) return { atMs: dice.whole(0, lengthMs) };
  const count = dice.whole(1, MOMENT_COUNT_MAX);
  return { moment: dice.pick(MOMENTS), count, delayMs: dice.chance(0.5) ? 0 : dice.whole(0, MOMENT_DELAY_MS_MAX) };
}

/** An action in words, for a replay. */
export function wordsOf({ when, what, dice }: Action): string {
  const moment =
    'atMs' in when
      ? `at ${(when.atMs / 1000).toFixed(3)} s`
      : `${when.delayMs} ms after ${when.moment} number ${when.count}`;
  return `${what} ${moment} (dice ${dice})`;
}
