/** A field that is the same in every row of its part: every role folds. */
import type { Cell, SourceExpr } from "../../adapters/contract/sourceQuery.ts";
import { decimalText, rational, type Decimal } from "../harmonise/decimal.ts";
import type { Unified } from "../harmonise/unified.ts";
import { FALSE_COND, TRUE_COND, compare, constant, slot } from "./conditions.ts";
import type { CompareOperator, Operand } from "./fieldContext.ts";
import { scalarOf } from "./fieldContext.ts";
import { printList } from "./lenses/list.ts";
import type { FieldPlan, LoweredField } from "./lowerField.ts";
import type { LoweredAtom } from "./mapping.ts";
import { compareExact, decodeExact, decodePrinted, exactCell, isDecimal, operatorsOf, printedCell, satisfies, signHolds } from "./unifiedOrder.ts";

export function constantField(plan: FieldPlan, value: Unified): LoweredField {
  const { type } = plan;
  /** Whether the atom holds is known when its operand is: one slot, compared with 1. */
  const folded = (holds: (operand: Operand) => boolean): LoweredAtom => ({
    grade: "R",
    cond: compare(slot(0), "=", constant(1)),
    bind: [(operand) => (holds(operand) ? 1 : 0)],
    note: "constant here, folded",
  });
  const printed: Cell = Array.isArray(value) ? printList(value as readonly string[]) : printedCell(type, value);
  const literal: SourceExpr = constant(printed);
  const exact: SourceExpr = constant(exactCell(type, value));
  const roles = type.kind !== "object" && type.kind !== "list" && type.kind !== "link" && !plan.link;
  const compareBy = (operator: "eq" | "lt" | "lte" | "gt" | "gte"): LoweredAtom =>
    folded((operand) => signHolds(operator, compareExact(type, value, scalarOf(operand))));
  const group = { grade: "R" as const, expr: literal, decode: (cell: Cell) => decodePrinted(type, cell) };
  const link = plan.link;
  return {
    valid: TRUE_COND,
    field: {
      attribute: plan.attribute,
      inputs: [],
      fedBy: [],
      original: { ...plan.original, unitInput: null },
      constant: value,
      read: () => value,
      readCell: null,
      filter: (operator) => {
        if (operator === "isNull") return { grade: "R", cond: FALSE_COND, bind: [], note: "constant here" };
        if (operator === "isNotNull") return { grade: "R", cond: TRUE_COND, bind: [], note: "constant here" };
        const existing: CompareOperator = operator;
        return link === null && operatorsOf(type).has(existing) ? folded((operand) => satisfies(type, existing, value, operand)) : null;
      },
      order: roles
        ? {
            grade: "R",
            expr: exact,
            split: null,
            decode: (cell) => decodeExact(type, cell),
            canonical: { expr: exact, decode: (cell) => decodeExact(type, cell) },
            compare: compareBy,
          }
        : null,
      group: roles ? group : null,
      sum:
        roles && (type.kind === "decimal" || type.kind === "integer") && isDecimal(value)
          ? { expr: constant(decimalText(value as Decimal)), split: [], linear: () => ({ factor: rational(1n), offset: rational(0n) }) }
          : null,
      link: link === null ? null : link.by === "key" ? link : { ...link, value: group, inputs: [] },
    },
  };
}
