/** A column of text as it stands: nothing is evaluated but whether it is blank. */
import type { Unified } from "../../harmonise/unified.ts";
import { allOf, compare, inSlot, orderWhere, slot, TRUE_COND, when } from "../conditions.ts";
import { hasOnly, listOf, scalarOf, type CompareOperator, type Operand } from "../fieldContext.ts";
import type { LoweredAtom } from "../mapping.ts";
import { withinByDigits } from "../withinByDigits.ts";
import { type PlainContext, type PlainRewrite, presentCell } from "./plainRewrite.ts";

const comparisons = { eq: "=", ne: "<>", lt: "<", lte: "<=", gt: ">", gte: ">=" } as const;

export function plainText({ columns, chain, spec, type, guaranteed }: PlainContext): PlainRewrite | null {
  const [column] = columns;
  if (columns.length !== 1 || column?.kind !== "text" || !hasOnly(spec, ["missing"])) return null;
  if (type.kind !== "text" && type.kind !== "region") return null;
  const { expr } = column;
  const valid = guaranteed ? TRUE_COND : presentCell(column, spec);
  const note = "column compared as it stands";
  const text = (operand: Operand): string | null => {
    const value = scalarOf(operand);
    return typeof value === "string" ? value : null;
  };
  const texts = (operand: Operand): readonly string[] => listOf(operand).filter((value) => typeof value === "string");
  const atom = (operator: CompareOperator): LoweredAtom | null => {
    switch (operator) {
      case "eq":
      case "ne":
      case "lt":
      case "lte":
      case "gt":
      case "gte":
        return { grade: "R", cond: allOf(compare(expr, comparisons[operator], slot(0)), valid), bind: [text], note };
      case "in":
        return { grade: "R", cond: allOf(inSlot(expr, 0), valid), bind: [texts], note };
      case "startsWith":
      case "contains":
        return { grade: operator === "contains" ? "E" : "R", cond: allOf({ kind: operator, text: expr, part: slot(0) }, valid), bind: [text], note };
      case "within":
        return withinByDigits(expr, valid);
    }
  };
  const decode = (cell: Parameters<typeof chain.read>[0][number]): Unified => chain.read([cell]);
  const clean = when(valid, expr);
  return {
    valid,
    atom,
    order: {
      grade: "R",
      ...orderWhere(valid, expr),
      decode,
      canonical: { expr: clean, decode, scale: "text" },
      compare: (operator) => atom(operator) as LoweredAtom,
    },
    group: { grade: "R", expr: clean, decode },
    sum: null,
  };
}
