/**
 * `within` where a region's code comes out of a lens: by the code's digits, as `isWithin` of the region table says (130102 lies in
 * 130100, 130000 and 100000), so that codes that no table lists are placed too.
 */
import type { Cell } from "../../adapters/contract/sourceQuery.ts";
import { allOf, anyOf, compare, constant, inSlot, isNotNull, slot } from "./conditions.ts";
import { listOf, type FieldContext, type Operand } from "./fieldContext.ts";
import type { LensSpec } from "./lenses/lensSpec.ts";
import type { LoweredAtom } from "./mapping.ts";

const nation = "100000";

const digits = (pattern: string): LensSpec => ({
  stages: [{ stage: "column" }, { stage: "match", pattern }],
  result: { kind: "text" },
  timeZone: "UTC",
});
const province = digits("^([1-8][0-9])[0-9]{4}$");
const prefecture = digits("^([1-8][0-9]{3})[0-9]{2}$");

export function withinByLens(context: FieldContext): LoweredAtom {
  const code = context.lens("printed");
  const ancestors = (operand: Operand): readonly string[] => listOf(operand).filter((value) => typeof value === "string");
  const prefixes = (padding: string) => (operand: Operand): readonly Cell[] =>
    ancestors(operand)
      .filter((text) => text.length === 6 && text.endsWith(padding))
      .map((text) => text.slice(0, 6 - padding.length));
  return {
    grade: "E",
    cond: anyOf(
      inSlot(code, 0),
      inSlot(context.otherLens(province, [code]), 1),
      inSlot(context.otherLens(prefecture, [code]), 2),
      allOf(compare(slot(3), "=", constant(1)), isNotNull(context.otherLens(province, [code]))),
    ),
    bind: [ancestors, prefixes("0000"), prefixes("00"), (operand) => (ancestors(operand).includes(nation) ? 1 : 0)],
    note: "region's code by the lens, its ancestors by digits",
  };
}
