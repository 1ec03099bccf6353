/** Drawing one thing after another, so that what is drawn may depend on what was: fast-check's `gen`. */
import fc from "fast-check";
import type { Drawn, FieldStyle } from "./fieldStyles.ts";

/** fast-check's imperative generator: `g(arbitrary, …)`. */
export type Generate = fc.GeneratorValue;
export const pick = <T>(g: Generate, from: readonly T[]): T => g(fc.constantFrom<T[]>, ...from) as T;
export const chance = (g: Generate, percent: number): boolean => g(fc.integer, { min: 1, max: 100 }) > 100 - percent;
export const upTo = (g: Generate, max: number): number => g(fc.integer, { min: 0, max });
const same = (draw: fc.Arbitrary<Drawn>): fc.Arbitrary<Drawn> => draw;
export const drawOf = (g: Generate, style: FieldStyle): Drawn => g(same, style.draw);
