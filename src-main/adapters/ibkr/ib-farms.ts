import type { DataFarm, FarmState } from '#domain/quote';

/** IBKR runs about ten farms of each kind. */
const NAMES_MAX = 50;

/** The name that ends a farm's message: "… connection is broken:usfarm.nj", "… available upon demand.ushmds". */
function farmNamedIn(text: string): string {
  return /(?::|demand\.)\s*([\w.]{1,40})\s*$/.exec(text)?.[1] ?? '';
}

/**
 * Which farms are down. Each kind of data comes from several (usfarm, eufarm, cashfarm …), so one that is back does not
 * mean that all are.
 */
export class IbFarms {
  readonly #down = new Map<DataFarm, Set<string>>();

  /** @returns the state of all farms of that kind after TWS said `text` of one. */
  hear(farm: DataFarm, state: FarmState, text: string): { readonly state: FarmState; readonly text: string } {
    const down = this.#down.get(farm) ?? new Set<string>();
    this.#down.set(farm, down);
    const name = farmNamedIn(text);
    if (state === 'down') {
      if (down.size < NAMES_MAX) down.add(name);
      return { state, text };
    }
    if (name === '') down.clear();
    else down.delete(name);
    if (down.size === 0) return { state, text };
    return {
      state: 'down',
      text: `${text} (still down: ${[...down].map((each) => each || 'another farm').join(', ')})`,
    };
  }

  /** A fresh session tells the state of every farm. */
  forgetSession(): void {
    this.#down.clear();
  }
}
