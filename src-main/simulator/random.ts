/** A reproducible source of chance: the same seed gives the same numbers on every machine. */
export interface Random {
  /** A number in [0, 1). */
  uniform(): number;
  /** A draw from the normal distribution with mean 0 and deviation 1. */
  normal(): number;
}

const UINT32 = 0x1_0000_0000;
const WARM_UP_ROUNDS = 12;

/** A sfc32 generator whose state is spread from `seed` by splitmix32. */
export function createRandom(seed: number): Random {
  let mixer = seed >>> 0;
  const splitmix = (): number => {
    mixer = (mixer + 0x9e3779b9) >>> 0;
    let z = mixer;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
  let a = splitmix();
  let b = splitmix();
  let c = splitmix();
  let counter = 1;
  const next = (): number => {
    const sum = (a + b + counter) >>> 0;
    counter = (counter + 1) >>> 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) >>> 0;
    c = ((c << 21) | (c >>> 11)) >>> 0;
    c = (c + sum) >>> 0;
    return sum;
  };
  for (let round = 0; round < WARM_UP_ROUNDS; round += 1) next();

  const uniform = (): number => next() / UINT32;
  return {
    uniform,
    // Twelve uniforms: bell-shaped, additions only, and so the same bits everywhere (Math.log and Math.cos are not).
    normal: () => {
      let sum = -6;
      for (let draw = 0; draw < 12; draw += 1) sum += uniform();
      return sum;
    },
  };
}
