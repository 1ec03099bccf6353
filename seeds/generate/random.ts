/**
 * Pseudo-random numbers with a name instead of a clock: the same name gives the same numbers on every machine, so two builds of
 * the demonstration are equal. Not for secrets.
 */
export interface Random {
  /** [0, 1) */
  next(): number;
  /** [low, high] */
  integer(low: number, high: number): number;
  /** [low, high) */
  between(low: number, high: number): number;
  /** About normal: mean 0, deviation 1, never beyond ±6. */
  normal(): number;
  chance(probability: number): boolean;
  pick<T>(from: readonly [T, ...T[]]): T;
}

/** mulberry32 over an FNV-1a hash of the name. */
export function seededRandom(name: string): Random {
  let state = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) state = Math.imul(state ^ name.charCodeAt(i), 0x01000193) >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  return {
    next,
    integer: (low, high) => low + Math.floor(next() * (high - low + 1)),
    between: (low, high) => low + next() * (high - low),
    // Three uniforms are smooth enough for weather and cost a third of Box-Muller.
    normal: () => (next() + next() + next() - 1.5) * 2,
    chance: (probability) => next() < probability,
    pick: (from) => from[Math.floor(next() * from.length)] ?? from[0],
  };
}
