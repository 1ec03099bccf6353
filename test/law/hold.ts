/** How the laws of this folder are held: over networks of ascending seeds, until enough cases were seen and enough of each kind. */
import { expect, test } from "vitest";
import type { ServerKind } from "../reference/generator/typedStyles.ts";
import { minimised, rowText } from "../reference/laws/minimise.ts";
import type { LawName } from "../reference/laws/laws.ts";
import { Difference, holdOver } from "../reference/laws/networks.ts";
import { newTally, type Tally } from "../reference/laws/tally.ts";

export const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 30));
export const casesOr = (usual: number): number => Number(process.env.CASES ?? usual);

/** A law over cases that could not break it says nothing; after so many networks its generator has nothing to say. */
const networksMax = 5000;

/**
 * `enough`: how many of `cases` must have been worth something; asked by the name under which the law notes them.
 * `servers`: kinds of database servers, of which every network has one at least.
 */
export function holds(says: string, law: LawName, usual: number, enough: Readonly<Record<string, number>>, servers: readonly ServerKind[] = []): void {
  const cases = casesOr(usual);
  test(`${says} (seed ${seed})`, { timeout: 900_000 }, async () => {
    const tally = newTally();
    const isEnough = (): boolean => tally.of("cases") >= cases && Object.entries(enough).every(([what, share]) => tally.of(what) >= Math.max(1, tally.of("cases") * share));
    for (let network = 0; network < networksMax && !isEnough(); network += 1) await holdAt(law, seed + network, tally, servers);
    for (const [what, share] of Object.entries(enough)) expect(tally.of(what), `${what} among ${tally.of("cases")} cases`).toBeGreaterThanOrEqual(Math.max(1, tally.of("cases") * share));
    // Most policies are accepted.
    expect(tally.of("policies refused")).toBeLessThan(tally.of("cases") / 8);
  });
}

async function holdAt(law: LawName, at: number, tally: Tally, servers: readonly ServerKind[]): Promise<void> {
  try {
    await holdOver(law, at, tally, servers);
  } catch (error) {
    if (!(error instanceof Difference)) throw error;
    const row = rowText(await minimised(error), `seed ${at}`);
    throw new Error(`SEED=${at} CASES=1\n${error.message}\na row for test/reference/regressions:\n${row}`);
  }
}
