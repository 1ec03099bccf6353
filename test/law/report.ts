/** How the laws of this folder draw their cases and tell of a failure: by seed, so that it can be asked for again. */
import type fc from "fast-check";

export const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
export const casesOr = (usual: number): number => Number(process.env.CASES ?? usual);

/**
 * A law over cases that could not break it says nothing, so each law counts those that could and draws more while they are too few.
 * After so many rounds it fails instead: its generator has nothing to say.
 */
export const roundsMax = 60;

/** A network as fast-check prints it says less than the difference itself. */
export async function tellSeed(details: fc.RunDetails<[fc.GeneratorValue]>): Promise<void> {
  if (!details.failed) return;
  const { errorInstance } = details;
  throw new Error(`SEED=${details.seed} CASES=1\n${errorInstance instanceof Error ? (errorInstance.stack ?? errorInstance.message) : String(errorInstance)}`);
}

/** One network a run. `SHRINK=1` looks for a smaller one. */
export const parameters = (numRuns: number, from = seed) => ({ numRuns, seed: from, endOnFailure: process.env.SHRINK === undefined, asyncReporter: tellSeed });
