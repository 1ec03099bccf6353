/** Pollutants of the generated observations, and what a unit makes of a number (GB 3095: gases at 298.15 K). */
import fc from "fast-check";
import { ratio } from "../exact.ts";
import { decimalValue, type Drawn, type FieldStyle } from "./fieldStyles.ts";
import type { Value } from "../conditions.ts";

export const pollutantCodes: Readonly<Record<string, string>> = { PM25: "a34004", O3: "a05024", CO: "a21005" };
export const canonicalUnits: Readonly<Record<string, string>> = { a34004: "ug/m3", a05024: "ug/m3", a21005: "mg/m3" };
/** Molar masses over the molar volume at 298.15 K (GB 3095, amendment of 2018). */
export const ppbOfOzone = ratio(47998n, 24465n);
const ppmOfMonoxide = ratio(28010n, 24465n);

/** The unit stands beside the value. What the unit makes of it depends on the row's pollutant: `unifiedByUnit`. */
export const valueWithUnit: FieldStyle = {
  columns: [
    { name: "c", type: "TEXT" },
    { name: "unit", type: "TEXT" },
  ],
  field: ([column, unit]) => ({ column, unit: { column: unit } }),
  draw: fc
    .tuple(fc.constantFrom("1", "0.05", "12.34", "150", "abc", null), fc.constantFrom("ug/m3", "mg/m3", "ppb", "bogus", null))
    .map(([text, unit]): Drawn => ({ value: text === null || text === "abc" ? null : text, cells: [text, unit] })),
};

export function unifiedByUnit(text: string, unit: string | null, pollutant: string): Value {
  const mass = { "ug/m3": ratio(1n), "mg/m3": ratio(1000n) }[unit ?? ""];
  const perMicrogram = canonicalUnits[pollutant] === "mg/m3" ? ratio(1n, 1000n) : ratio(1n);
  const scale = (factor: ReturnType<typeof ratio>): Value => decimalValue(text, 6, ratio(factor.n * perMicrogram.n, factor.d * perMicrogram.d));
  if (mass !== undefined) return scale(mass);
  if (unit !== "ppb" || pollutant === "a34004") return null;
  return scale(pollutant === "a05024" ? ppbOfOzone : ppmOfMonoxide);
}
