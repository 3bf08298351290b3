import { present } from '#domain/assert';
import { createRandom, type Random } from '#simulator/random';

/** Chance by a seed: the same seed throws the same dice on every machine. */
export class Dice {
  readonly #random: Random;

  constructor(seed: number) {
    this.#random = createRandom(seed);
  }

  /** A whole number from `min` to `max`, both included. */
  whole(min: number, max: number): number {
    return min + Math.floor(this.#random.uniform() * (max - min + 1));
  }

  /** True once in `1 / probability` throws. */
  chance(probability: number): boolean {
    return this.#random.uniform() < probability;
  }

  pick<T>(choices: readonly T[]): T {
    const at = this.whole(0, choices.length - 1);
    // null may be one of them: what can not be is that there is none.
    for (const choice of choices.slice(at)) return choice;
    throw new Error('nothing to choose from');
  }

  /** One of the choices, each as often as its weight says. */
  weighed<T>(choices: readonly (readonly [weight: number, choice: T])[]): T {
    const total = choices.reduce((sum, [weight]) => sum + weight, 0);
    let left = this.#random.uniform() * total;
    for (const [weight, choice] of choices) {
      left -= weight;
      if (left < 0) return choice;
    }
    return present(choices.at(-1), 'the last of the choices')[1];
  }
}
