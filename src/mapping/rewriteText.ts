/** Filters on a column that holds the attribute's text as it is: the operand is bound unchanged. */
import type { SourceCond } from "../../adapters/contract/sourceQuery.ts";
import type { Unified } from "../harmonise/unified.ts";
import { TRUE_COND, allOf, anyOf, compare, constant, inConstants, inSlot, isNotNull, orderWhere, slot } from "./conditions.ts";
import { hasOnly, listOf, scalarOf, stageOf, type CompareOperator, type FieldContext, type Operand, type Rewrite } from "./fieldContext.ts";
import type { LoweredAtom } from "./mapping.ts";
import { cellsOf } from "./rewriteCodes.ts";
import { withinByDigits } from "./withinByDigits.ts";

const comparisons = { lt: "<", lte: "<=", gt: ">", gte: ">=" } as const;

/**
 * The column's text is neither blank nor a missing marker. Blanks are ASCII up to the space, U+00A0, U+3000 and U+FEFF, so a text
 * that starts with a letter, digit or CJK character is surely none; only others are asked of the lens.
 */
export function presentText(column: FieldContext["columns"][number], missing: readonly string[], lens: SourceCond): SourceCond {
  const { expr } = column;
  const plain = anyOf(
    allOf(compare(expr, ">=", constant("!")), compare(expr, "<", constant("\u007f"))),
    allOf(compare(expr, ">=", constant("\u3001")), compare(expr, "<", constant("\ufeff"))),
    lens,
  );
  const markers = missing.filter((text) => text.trim() !== "");
  return markers.length === 0 ? plain : allOf(plain, inConstants(expr, markers, true));
}

export function rewriteText(context: FieldContext): Rewrite | null {
  const [column] = context.columns;
  const { chain, spec, type } = context;
  if (context.columns.length !== 1 || !column || !hasOnly(spec, ["missing"])) return null;
  if (type.kind !== "text" && type.kind !== "region") return null;
  // A typed integer reads as its digits.
  const digits = column.kind === "integer" && column.safe;
  if (column.kind !== "text" && column.kind !== "any" && !digits) return null;
  const { expr } = column;
  const byLens: SourceCond = isNotNull(context.lens("printed"));
  const valid = context.guaranteed
    ? TRUE_COND
    : column.kind === "text"
      ? presentText(column, stageOf(spec, "missing")?.texts ?? [], byLens)
      : digits && !stageOf(spec, "missing")
        ? isNotNull(expr)
        : byLens;
  /** Cells that read as this text; none where it is blank or a missing marker. */
  const cells = (value: Unified) =>
    typeof value === "string" ? cellsOf(value, column).filter((cell) => chain.read([cell]) === value) : [];
  const text = (operand: Operand): string | null => {
    const value = scalarOf(operand);
    return typeof value === "string" ? value : null;
  };
  const note = "column compared as it stands";
  const atom = (operator: CompareOperator): LoweredAtom | null => {
    switch (operator) {
      case "eq":
        return column.kind === "text"
          ? { grade: "R", cond: compare(expr, "=", slot(0)), bind: [(operand) => cells(scalarOf(operand))[0] ?? null], note }
          : { grade: "R", cond: inSlot(expr, 0), bind: [(operand) => cells(scalarOf(operand))], note };
      case "in":
        return { grade: "R", cond: inSlot(expr, 0), bind: [(operand) => listOf(operand).flatMap(cells)], note };
      case "ne":
        if (column.kind !== "text") return null;
        return { grade: "R", cond: allOf(compare(expr, "<>", slot(0)), valid), bind: [text], note };
      case "lt":
      case "lte":
      case "gt":
      case "gte":
        if (column.kind !== "text") return null;
        return { grade: "R", cond: allOf(compare(expr, comparisons[operator], slot(0)), valid), bind: [text], note };
      case "startsWith":
      case "contains":
        if (column.kind !== "text") return null;
        return { grade: operator === "contains" ? "E" : "R", cond: allOf({ kind: operator, text: expr, part: slot(0) }, valid), bind: [text], note };
      case "within":
        return column.kind === "text" ? withinByDigits(expr, valid) : null;
    }
  };
  const decode = (cell: Parameters<typeof chain.read>[0][number]): Unified => chain.read([cell]);
  const asItStands = context.guaranteed && column.kind === "text";
  return {
    valid,
    atom,
    order: column.kind === "text"
      ? {
          grade: "R",
          ...orderWhere(valid, expr),
          decode,
          compare: (operator) => atom(operator) as LoweredAtom,
        }
      : null,
    group: asItStands ? { grade: "R", expr, decode } : null,
    sum: null,
  };
}
