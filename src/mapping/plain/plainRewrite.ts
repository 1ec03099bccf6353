/**
 * Lowering into a source that runs no lens functions: plain SQL alone, and exact, or the mapping is refused when it is loaded. There is
 * no evaluation in the hub to fall back on, so a field must be able to stand in every role that its type has.
 */
import type { Cell, SourceCond } from "../../../adapters/contract/sourceQuery.ts";
import type { AttributeType } from "../../../schema/vocabulary.ts";
import type { ColumnRef } from "../columns.ts";
import { inConstants, isNotNull, TRUE_COND, allOf } from "../conditions.ts";
import { stageOf, type CompareOperator } from "../fieldContext.ts";
import type { Chain } from "../lenses/chain.ts";
import type { LensSpec } from "../lenses/lensSpec.ts";
import { blanks } from "../lenses/value.ts";
import type { GroupLens, LoweredAtom, OrderLens, SumLens } from "../mapping.ts";
import { cellsOf } from "../rewriteCodes.ts";

export interface PlainContext {
  readonly type: AttributeType;
  readonly spec: LensSpec;
  readonly chain: Chain;
  readonly columns: readonly ColumnRef[];
  /** The base relation holds only rows in which the value is not NULL. */
  readonly guaranteed: boolean;
}

export interface PlainRewrite {
  /** TRUE exactly where the value is not NULL. */
  readonly valid: SourceCond;
  atom(operator: CompareOperator): LoweredAtom | null;
  readonly order: OrderLens | null;
  readonly group: GroupLens | null;
  readonly sum: SumLens | null;
  /** What a cell is taken for before the chain reads it. */
  readonly taken?: (cell: Cell) => Cell;
}

/** The cell is there: no NULL, no blank text, no missing marker. As `rawOf` and `missing` say. */
export function presentCell(column: ColumnRef, spec: LensSpec): SourceCond {
  const { expr } = column;
  const markers = (stageOf(spec, "missing")?.texts ?? []).flatMap((text) => cellsOf(text, column));
  const isThere: SourceCond = column.kind === "text" ? { kind: "isFalse", of: { kind: "consistsOf", of: expr, characters: blanks } } : isNotNull(expr);
  return allOf(isThere, markers.length === 0 ? TRUE_COND : inConstants(expr, markers, true));
}
