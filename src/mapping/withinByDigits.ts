/**
 * `within` where a column holds a region's code as it stands: by the code's digits, as `isWithin` of the region table says (130102 lies in
 * 130100, 130000 and 100000), so that codes that no table lists are placed too. No lens is evaluated: a row that a rule hides takes no
 * longer than one that is not there.
 */
import type { SourceCond, SourceExpr } from "../../adapters/contract/sourceQuery.ts";
import { allOf, anyOf, compare, constant, inSlot, slot } from "./conditions.ts";
import { listOf, type Operand } from "./fieldContext.ts";
import type { LoweredAtom } from "./mapping.ts";

const nation = "100000";
const codes = (operand: Operand): readonly string[] => listOf(operand).filter((value) => typeof value === "string");
const prefixes = (padding: string) => (operand: Operand): readonly string[] => codes(operand).filter((code) => code.length === 6 && code.endsWith(padding)).map((code) => code.slice(0, 6 - padding.length));

/** Of the slots of a `within`: the codes themselves, provinces by two digits, prefectures by four, and 1 where the nation is among them. */
export const withinBinders: LoweredAtom["bind"] = [codes, prefixes("0000"), prefixes("00"), (operand) => (codes(operand).includes(nation) ? 1 : 0)];

/** `valid`: the column's text is neither blank nor a missing marker. */
export function withinByDigits(expr: SourceExpr, valid: SourceCond): LoweredAtom {
  const isCode: SourceCond = allOf({ kind: "digits", of: expr, length: 6 }, compare(expr, ">=", constant("1")), compare(expr, "<", constant("9")));
  const under = (length: number, number: number): SourceCond => allOf(isCode, inSlot({ kind: "start", of: expr, length }, number));
  return {
    grade: "E",
    cond: allOf(anyOf(inSlot(expr, 0), under(2, 1), under(4, 2), allOf(compare(slot(3), "=", constant(1)), isCode)), valid),
    bind: withinBinders,
    note: "region's code as it stands, its ancestors by digits",
  };
}
