/** Lenses that the suite brings to every source that runs the hub's functions, under names that are no other lens's. */
import { manySpecs } from "../../mapping/lenses/specs.ts";

export const suiteLenses = Object.fromEntries(Object.entries(manySpecs).map(([name, spec]) => [`suite ${name}`, spec]));
