/**
 * Columns of doubles and whole numbers: bounds by bisection as everywhere (`rewriteNumber`), with the rest of the roles said plainly.
 * Groups are by the cell; cells that print alike are gathered when groups merge.
 */
import type { Cell, SourceExpr } from "../../../adapters/contract/sourceQuery.ts";
import type { Unified } from "../../harmonise/unified.ts";
import { allOf, inSlot, slot, TRUE_COND } from "../conditions.ts";
import { listOf, type FieldContext, type Operand } from "../fieldContext.ts";
import type { LoweredAtom } from "../mapping.ts";
import { rewriteNumber } from "../rewriteNumber.ts";
import { decodePrinted } from "../unifiedOrder.ts";
import type { PlainContext, PlainRewrite } from "./plainRewrite.ts";
import { decimalOfSteps, scaledExpr, stepsScale } from "./scale.ts";

const noLens = (): SourceExpr => {
  throw new Error("the source runs no lens");
};

export function plainNumber(context: PlainContext): PlainRewrite | null {
  const [column] = context.columns;
  if (column?.safe !== true) return null;
  const full: FieldContext = { ...context, lens: noLens, otherLens: noLens };
  const rewrite = rewriteNumber(full);
  if (!rewrite?.order || !rewrite.sum) return null;
  const { chain, type } = context;
  const { order, sum } = rewrite;
  const clean = order.expr;
  const linear = sum.linear([]);
  if (linear === null) return null;
  const [lowest, highest] = rewrite.atom("eq")?.bind ?? [];
  if (!lowest || !highest) return null;
  const within = (operand: Operand, end: typeof lowest): readonly Cell[] => listOf(operand).map((value) => end(value) as Cell).filter((bound) => bound !== null);
  const valid = context.guaranteed ? TRUE_COND : rewrite.valid;
  const inList: LoweredAtom =
    type.kind === "integer"
      ? { grade: "R", cond: allOf(inSlot(column.expr, 0), valid), bind: [(operand) => listOf(operand).filter((value) => typeof value === "number")], note: "column compared as it stands" }
      : { grade: "R", cond: allOf({ kind: "inRanges", of: column.expr, low: slot(0), high: slot(1) }, valid), bind: [(operand) => within(operand, lowest), (operand) => within(operand, highest)], note: "a range for each value" };
  const printed = (cell: Cell): Unified => decodePrinted(type, chain.printed([cell]));
  return {
    valid: rewrite.valid,
    atom: (operator) => (operator === "in" ? inList : rewrite.atom(operator)),
    order: {
      ...order,
      canonical:
        type.kind === "integer" ? { expr: clean, decode: (cell) => chain.read([cell]), scale: "integer" } : { expr: scaledExpr(clean, linear), decode: decimalOfSteps, scale: stepsScale },
    },
    group: { grade: "R", expr: clean, decode: printed },
    sum,
  };
}
