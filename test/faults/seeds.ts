/** Rows of faults under seeds: a seed is a run of its own, on whichever hub is free. `SEED=7 npx vitest run test/faults -t F06` runs one alone. */
import { randomOf } from "../fixtures/random.ts";

const only = process.env.SEED === undefined ? null : Number(process.env.SEED);

export const seedsEach = 20;

export interface Seeded {
  readonly id: string;
  readonly what: string;
  readonly seeds: number;
}

export const titleOf = ({ id, what, seeds }: Seeded): string => `${id}: ${what} (${seeds} seeds)`;

/** 1 to `count`, or the one that was asked for. */
const seedsOf = (count: number): readonly number[] => (only === null ? Array.from({ length: count }, (_, index) => index + 1) : [only]);

/** So many hubs, or one for a single seed. */
export const lanesOf = (count: number): number => (only === null ? count : 1);

/** As many seeds at once as there are hubs; the first that fails is named, and no further one begins. */
export async function underSeeds<Lane>({ id, what, seeds }: Seeded, lanes: readonly Lane[], run: (lane: Lane, seed: number, random: () => number) => Promise<void>): Promise<void> {
  const waiting = [...seedsOf(seeds)];
  const failures: Error[] = [];
  const work = async (lane: Lane): Promise<void> => {
    for (let seed = waiting.shift(); seed !== undefined && failures.length === 0; seed = waiting.shift()) {
      try {
        await run(lane, seed, randomOf(seed));
      } catch (cause) {
        failures.push(new Error(`${id} ${what}, seed ${seed} (alone: SEED=${seed}): ${cause instanceof Error ? cause.message : String(cause)}`, { cause }));
      }
    }
  };
  await Promise.all(lanes.map(work));
  if (failures[0] !== undefined) throw failures[0];
}

/** One of them, by the seed. */
export function oneOf<Value>(values: readonly Value[], random: () => number): Value {
  const value = values[Math.floor(random() * values.length)];
  if (value === undefined) throw new Error("there is none to choose");
  return value;
}

/** A whole number from `least` to `greatest`. */
export const between = (least: number, greatest: number, random: () => number): number => least + Math.floor(random() * (greatest - least + 1));

export const wait = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));
