/** Row 12: to the canonical unit, by an exact factor that may depend on the row's unit and pollutant. */
import type { Cell } from "../../../adapters/contract/sourceQuery.ts";
import { canonicalUnit, conversion, type Linear } from "../../harmonise/units.ts";
import type { UnitSpec } from "./lensSpec.ts";
import type { Parameter } from "./parameter.ts";

/** The conversion of a row, null where the unit or the pollutant is unknown or they do not fit (the value is NULL then). */
export function unitLinear(
  stage: UnitSpec,
  parameters: { readonly unit: Parameter; readonly pollutant: Parameter | null },
): (cells: readonly Cell[]) => Linear | null {
  const known = new Map<string, Linear | null>();
  const linearOf = (unit: string, pollutant: string | null): Linear | null => {
    const key = `${pollutant ?? ""}\u001f${unit}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    const to = stage.to ?? (pollutant === null ? null : canonicalUnit(pollutant));
    const linear = to === null ? null : conversion({ from: unit, to, pollutant, at: stage.at });
    if (known.size < 1000 && key.length < 100) known.set(key, linear);
    return linear;
  };
  const { unit, pollutant } = parameters;
  if (unit.constant !== null && (pollutant === null || pollutant.constant !== null)) {
    const fixed = linearOf(unit.constant, pollutant?.constant ?? null);
    return () => fixed;
  }
  return (cells) => {
    const text = unit.read(cells);
    return text === null ? null : linearOf(text, pollutant?.read(cells) ?? null);
  };
}
