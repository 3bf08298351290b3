import { present } from '#domain/assert';

/** From `lowEdge` upwards prices move in steps of `increment`, both in units of 0.0001. */
export interface TickBand {
  readonly lowEdge: number;
  readonly increment: number;
}

/** IBKR's market rule of US stocks: one cent at every price. */
export const CENT_RULE = 26;
/** A banded rule: 0.0001 below one dollar, one cent from there. */
export const SUB_DOLLAR_RULE = 557;
/** The E-mini future: a quarter of a point. */
export const INDEX_FUTURE_RULE = 67;
/** Options quoted in pennies below three dollars, in nickels from there. */
export const OPTION_RULE = 110;
/** Pairs of currencies; IBKR's own tick is half of this, finer than the unit of this simulator. */
export const FX_RULE = 239;
/** German blue chips. */
export const EURO_STOCK_RULE = 1773;

const RULES: ReadonlyMap<number, readonly TickBand[]> = new Map([
  [CENT_RULE, [{ lowEdge: 0, increment: 100 }]],
  [
    SUB_DOLLAR_RULE,
    [
      { lowEdge: 0, increment: 1 },
      { lowEdge: 10_000, increment: 100 },
    ],
  ],
  [INDEX_FUTURE_RULE, [{ lowEdge: 0, increment: 2_500 }]],
  [
    OPTION_RULE,
    [
      { lowEdge: 0, increment: 100 },
      { lowEdge: 30_000, increment: 500 },
    ],
  ],
  [FX_RULE, [{ lowEdge: 0, increment: 1 }]],
  [EURO_STOCK_RULE, [{ lowEdge: 0, increment: 200 }]],
]);

/** The bands of market rule `id`, lowest first; undefined when there is no such rule. */
export function tickBandsOf(id: number): readonly TickBand[] | undefined {
  return RULES.get(id);
}

/** The tick at `price` under market rule `id`, both in units. */
export function tickAt(id: number, price: number): number {
  const bands = present(RULES.get(id), 'market rule');
  const band = bands.findLast((candidate) => price >= candidate.lowEdge) ?? bands[0];
  return present(band, 'tick band').increment;
}

/** True when `price` is a whole number of ticks. */
export function isOnTick(id: number, price: number): boolean {
  return price % tickAt(id, price) === 0;
}

/** `price` moved down to its tick, never below one tick. */
export function tickDown(id: number, price: number): number {
  const tick = tickAt(id, price);
  return Math.max(tick, Math.floor(price / tick) * tick);
}

/** `price` moved up to its tick. */
export function tickUp(id: number, price: number): number {
  const tick = tickAt(id, price);
  return Math.ceil(price / tick) * tick;
}
