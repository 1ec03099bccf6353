/**
 * `within` where a region's code comes out of a lens: by the code's digits, as `isWithin` of the region table says (130102 lies in
 * 130100, 130000 and 100000), so that codes that no table lists are placed too.
 */
import { allOf, anyOf, compare, constant, inSlot, isNotNull, slot } from "./conditions.ts";
import type { FieldContext } from "./fieldContext.ts";
import type { LensSpec } from "./lenses/lensSpec.ts";
import type { LoweredAtom } from "./mapping.ts";
import { withinBinders } from "./withinByDigits.ts";

const digits = (pattern: string): LensSpec => ({
  stages: [{ stage: "column" }, { stage: "match", pattern }],
  result: { kind: "text" },
  timeZone: "UTC",
});
const province = digits("^([1-8][0-9])[0-9]{4}$");
const prefecture = digits("^([1-8][0-9]{3})[0-9]{2}$");

export function withinByLens(context: FieldContext): LoweredAtom {
  const code = context.lens("printed");
  return {
    grade: "E",
    cond: anyOf(
      inSlot(code, 0),
      inSlot(context.otherLens(province, [code]), 1),
      inSlot(context.otherLens(prefecture, [code]), 2),
      allOf(compare(slot(3), "=", constant(1)), isNotNull(context.otherLens(province, [code]))),
    ),
    bind: withinBinders,
    note: "region's code by the lens, its ancestors by digits",
  };
}
