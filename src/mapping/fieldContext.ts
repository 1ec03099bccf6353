/** What every way of lowering a field needs to know about it. */
import type { Cell, LensForm, SourceCond, SourceExpr } from "../../adapters/contract/sourceQuery.ts";
import type { AttributeType } from "../../schema/vocabulary.ts";
import type { Unified } from "../harmonise/unified.ts";
import type { ColumnRef } from "./columns.ts";
import type { Chain } from "./lenses/chain.ts";
import type { LensSpec } from "./lenses/lensSpec.ts";
import type { FilterOperator, GroupLens, LoweredAtom, OrderLens, SumLens } from "./mapping.ts";

export interface FieldContext {
  /** Type of the values; for a link by attribute that of the target's attribute. */
  readonly type: AttributeType;
  readonly spec: LensSpec;
  readonly chain: Chain;
  readonly columns: readonly ColumnRef[];
  /** The base relation holds only rows in which the value is not NULL. */
  readonly guaranteed: boolean;
  /** The chain evaluated in the source. */
  lens(form: LensForm): SourceExpr;
  /** Another chain of this mapping, over any expressions. */
  otherLens(spec: LensSpec, args: readonly SourceExpr[]): SourceExpr;
}

export type CompareOperator = Exclude<FilterOperator, "isNull" | "isNotNull">;
export type Operand = Unified | readonly Unified[];

/**
 * A way back into the source in which constants are rewritten (languages.md §2: R and V). What it leaves out is evaluated by the
 * lens in the source.
 */
export interface Rewrite {
  /** TRUE exactly where the value is not NULL. */
  readonly valid: SourceCond;
  /** Null where this operator has no rewriting. */
  atom(operator: CompareOperator): LoweredAtom | null;
  readonly order: Omit<OrderLens, "canonical"> | null;
  readonly group: GroupLens | null;
  readonly sum: SumLens | null;
}

export const stageOf = <Name extends LensSpec["stages"][number]["stage"]>(spec: LensSpec, stage: Name) =>
  spec.stages.find((candidate): candidate is Extract<LensSpec["stages"][number], { stage: Name }> => candidate.stage === stage);

/** The chain consists of these stages alone (`column` always among them). */
export const hasOnly = (spec: LensSpec, stages: readonly LensSpec["stages"][number]["stage"][]): boolean =>
  stageOf(spec, "column") !== undefined && spec.stages.every(({ stage }) => stage === "column" || stages.includes(stage));

export const scalarOf = (operand: Operand): Unified => (Array.isArray(operand) ? null : (operand as Unified));
/** The list of `in` and `within`; NULLs in it match nothing. */
export const listOf = (operand: Operand): readonly Unified[] =>
  Array.isArray(operand) ? (operand as readonly Unified[]).filter((value) => value !== null) : operand === null ? [] : [operand as Unified];

/** A column of numbers that is not typed by the source holds texts too; to the hub those are no numbers. */
export const readsNumbersOnly = (column: ColumnRef): boolean => (column.kind === "number" || column.kind === "integer") && !column.safe;

export const numberOnly = (cell: Cell): Cell => (typeof cell === "number" || typeof cell === "bigint" ? cell : null);
