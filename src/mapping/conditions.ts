/** Small constructors for source conditions and expressions; constants fold. */
import type { Cell, SourceCond, SourceExpr } from "../../adapters/contract/sourceQuery.ts";
import type { OrderLens } from "./mapping.ts";

export const TRUE_COND: SourceCond = { kind: "true" };
export const FALSE_COND: SourceCond = { kind: "false" };

export const slot = (number: number): SourceExpr => ({ kind: "slot", slot: number });
export const constant = (value: Cell): SourceExpr => ({ kind: "constant", value });

type CompareOp = Extract<SourceCond, { kind: "compare" }>["op"];

export const compare = (left: SourceExpr, op: CompareOp, right: SourceExpr): SourceCond => ({ kind: "compare", op, left, right });
export const isNull = (of: SourceExpr): SourceCond => ({ kind: "isNull", of, negated: false });
export const isNotNull = (of: SourceExpr): SourceCond => ({ kind: "isNull", of, negated: true });

/** Empty lists fold: not every database takes `IN ()`. */
export function inConstants(left: SourceExpr, values: readonly Cell[], negated = false): SourceCond {
  if (values.length === 0) return negated ? isNotNull(left) : FALSE_COND;
  return { kind: "inList", left, list: { kind: "constants", values }, negated };
}

export const inSlot = (left: SourceExpr, number: number): SourceCond => ({ kind: "inList", left, list: slot(number), negated: false });

export function allOf(...conds: readonly SourceCond[]): SourceCond {
  const of: SourceCond[] = [];
  for (const cond of conds) {
    if (cond.kind === "false") return FALSE_COND;
    if (cond.kind === "true") continue;
    if (cond.kind === "and") of.push(...cond.of);
    else of.push(cond);
  }
  const [only] = of;
  return only === undefined ? TRUE_COND : of.length === 1 ? only : { kind: "and", of };
}

export function anyOf(...conds: readonly SourceCond[]): SourceCond {
  const of: SourceCond[] = [];
  for (const cond of conds) {
    if (cond.kind === "true") return TRUE_COND;
    if (cond.kind === "false") continue;
    if (cond.kind === "or") of.push(...cond.of);
    else of.push(cond);
  }
  const [only] = of;
  return only === undefined ? FALSE_COND : of.length === 1 ? only : { kind: "or", of };
}

/** Two-valued: so it may stand in a base relation. */
export const isTrue = (of: SourceCond): SourceCond => (of.kind === "true" || of.kind === "false" ? of : { kind: "isTrue", of });
export const isNotTrue = (of: SourceCond): SourceCond =>
  of.kind === "true" ? FALSE_COND : of.kind === "false" ? TRUE_COND : { kind: "isNotTrue", of };

export const when = (cond: SourceCond, then: SourceExpr): SourceExpr =>
  cond.kind === "true" ? then : { kind: "when", cond, then, otherwise: constant(null) };

/** Order by a column in the rows where `valid` holds, the others without a value. `hasNone`: the opposite in better words, if there are. */
export const orderWhere = (valid: SourceCond, expr: SourceExpr, hasNone: SourceCond = isNotTrue(valid)): Pick<OrderLens, "expr" | "split"> => ({
  expr: when(valid, expr),
  split: valid.kind === "true" ? null : { hasValue: valid, hasNone, expr },
});
