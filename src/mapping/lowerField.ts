/**
 * One field of a part: how cells become the unified value, and how filters, orders, groups and sums go back into the source.
 *
 * The first way back that fits rewrites constants; whatever it leaves out evaluates the lens in the source (grade E). A source that runs
 * no lens functions is lowered by `plain/lowerPlain.ts`.
 */
import type { Cell, LensForm, SourceCond, SourceExpr } from "../../adapters/contract/sourceQuery.ts";
import type { AttributeDef, AttributeType } from "../../schema/vocabulary.ts";
import type { Unified } from "../harmonise/unified.ts";
import type { ColumnRef } from "./columns.ts";
import { TRUE_COND, anyOf, compare, inSlot, isNotNull, isNotTrue, slot, when } from "./conditions.ts";
import { constantField } from "./constantField.ts";
import { numberOnly, readsNumbersOnly, listOf, scalarOf, stageOf, type CompareOperator, type FieldContext, type Rewrite } from "./fieldContext.ts";
import { compileChain } from "./lenses/chain.ts";
import type { LensSpec } from "./lenses/lensSpec.ts";
import { lowerPlain } from "./plain/lowerPlain.ts";
import type { GroupLens, LinkLens, LoweredAtom, MappedField, OrderLens, SumLens } from "./mapping.ts";
import { rewriteCodes } from "./rewriteCodes.ts";
import { rewriteNumber } from "./rewriteNumber.ts";
import { rewriteText } from "./rewriteText.ts";
import { rewriteTime } from "./rewriteTime.ts";
import { decodeExact, decodePrinted, exactCell, operatorsOf, printedCell } from "./unifiedOrder.ts";
import { withinByLens } from "./withinByLens.ts";

export interface FieldPlan {
  readonly attribute: AttributeDef;
  /** Type of the values: the attribute's, or for a link by attribute that of the target's attribute. */
  readonly type: AttributeType;
  readonly spec: LensSpec;
  readonly columns: readonly ColumnRef[];
  readonly original: Omit<MappedField["original"], "unitInput">;
  /** How a link is resolved; `attribute` takes this field's own group form. */
  readonly link: Extract<LinkLens, { by: "key" }> | { readonly by: "attribute"; readonly target: LinkLens["target"]; readonly attribute: string } | null;
}

export interface LensTools {
  /** Registers a chain and answers its id. */
  register(spec: LensSpec): string;
  /** The source can run the hub's lens functions. */
  readonly lensFunctions: boolean;
}

/** The field with the conditions that the part's base relation may need of it. */
export interface LoweredField {
  readonly field: MappedField;
  readonly valid: SourceCond;
  /** What a source without lens functions cannot do exactly: the mapping is refused. Absent where it runs them. */
  readonly gaps?: readonly string[];
}

/** A cell of another storage type than the column's is garbage; bytes are never read. */
function argumentOf(column: ColumnRef): SourceExpr {
  if (column.safe || column.constant !== undefined) return column.expr;
  const has = (type: "number" | "text"): SourceCond => ({ kind: "hasType", of: column.expr, type });
  if (readsNumbersOnly(column)) return when(has("number"), column.expr);
  return when(column.kind === "text" ? has("text") : anyOf(has("text"), has("number")), column.expr);
}

function cellGuard(column: ColumnRef): ((cell: Cell) => Cell) | null {
  if (column.safe || column.constant !== undefined) return null;
  return readsNumbersOnly(column) ? numberOnly : (cell) => (cell instanceof Uint8Array ? null : cell);
}

function reader(plan: FieldPlan): (cells: readonly Cell[]) => Unified {
  const chain = compileChain(plan.spec);
  const guards = plan.columns.map(cellGuard);
  if (guards.every((guard) => guard === null)) return chain.read;
  const [only] = guards;
  if (guards.length === 1 && only) return (cells) => chain.read([only(cells[0] ?? null)]);
  return (cells) => chain.read(cells.map((cell, index) => guards[index]?.(cell) ?? (guards[index] ? null : cell)));
}

function unitInputOf(spec: LensSpec): number | null {
  const unit = stageOf(spec, "unit")?.unit;
  return unit !== undefined && "inputs" in unit ? (unit.inputs[0] ?? null) : null;
}

function cellReader(plan: FieldPlan): MappedField["readCell"] {
  const [column, ...others] = plan.columns;
  if (column === undefined || others.length > 0) return null;
  const { readCell } = compileChain(plan.spec);
  const guard = cellGuard(column);
  return guard === null ? readCell : (cell) => readCell(guard(cell));
}

export function lowerField(plan: FieldPlan, guaranteed: boolean, tools: LensTools): LoweredField {
  if (!tools.lensFunctions) return lowerPlain(plan, guaranteed);
  const chain = compileChain(plan.spec);
  const constant = stageOf(plan.spec, "constant");
  if (constant) return constantField(plan, chain.read([]));

  const { type } = plan;
  const args = plan.columns.map(argumentOf);
  const id = tools.register(plan.spec);
  const lens = (form: LensForm): SourceExpr => ({ kind: "lens", lens: id, form, args });
  const otherLens = (spec: LensSpec, over: readonly SourceExpr[]): SourceExpr => ({ kind: "lens", lens: tools.register(spec), form: "printed", args: over });
  const context: FieldContext = { type, spec: plan.spec, chain, columns: plan.columns, guaranteed, lens, otherLens };
  const rewrite: Rewrite | null = rewriteNumber(context) ?? rewriteCodes(context) ?? rewriteTime(context) ?? rewriteText(context);
  const grade = "E";
  const valid = guaranteed ? TRUE_COND : (rewrite?.valid ?? isNotNull(lens("printed")));

  // All at once: chains that an atom needs must be known when the source's worker is set up.
  const atoms = new Map<string, LoweredAtom>();
  for (const operator of plan.link ? [] : operatorsOf(type)) {
    atoms.set(operator, rewrite?.atom(operator) ?? (operator === "within" ? withinByLens(context) : lensAtom(context, operator)));
  }
  const order: Omit<OrderLens, "canonical"> = rewrite?.order ?? {
    grade,
    expr: lens("exact"),
    split: null,
    decode: (cell) => decodeExact(type, cell),
    compare: (operator) => lensComparison(context, operator),
  };
  const group: GroupLens = rewrite?.group ?? { grade, expr: lens("printed"), decode: (cell) => decodePrinted(type, cell) };
  const isOrdered = type.kind !== "object" && type.kind !== "list" && type.kind !== "link";
  const sums = type.kind === "decimal" || type.kind === "integer";
  const field: MappedField = {
    attribute: plan.attribute,
    inputs: plan.columns.map(({ expr }) => expr),
    fedBy: [...new Set(plan.columns.map(({ fedBy }) => fedBy))],
    original: { ...plan.original, unitInput: unitInputOf(plan.spec) },
    constant: undefined,
    read: reader(plan),
    readCell: cellReader(plan),
    filter: (operator) => {
      if (operator === "isNotNull") return { grade: valid.kind === "true" || rewrite ? "R" : grade, cond: valid, bind: [], note: "presence of the value" };
      if (operator === "isNull") return { grade: valid.kind === "true" || rewrite ? "R" : grade, cond: isNotTrue(valid), bind: [], note: "absence of the value" };
      return atoms.get(operator) ?? null;
    },
    order:
      isOrdered && !plan.link ? { ...order, canonical: { expr: lens("exact"), decode: (cell) => decodeExact(type, cell) } } : null,
    group: isOrdered && !plan.link ? group : null,
    sum: sums && !plan.link ? (rewrite?.sum ?? lensSum(context)) : null,
    link: !plan.link
      ? null
      : plan.link.by === "key"
        ? plan.link
        : { ...plan.link, value: group, inputs: plan.columns.map(({ expr }) => expr) },
    filledByElse: stageOf(plan.spec, "else") !== undefined,
  };
  return { field, valid };
}

const symbols = { eq: "=", ne: "<>", lt: "<", lte: "<=", gt: ">", gte: ">=" } as const;

/** The lens is evaluated in the source and compared with the operand in printed form. */
function lensAtom(context: FieldContext, operator: Exclude<CompareOperator, "within">): LoweredAtom {
  const { type } = context;
  const value = context.lens("printed");
  const note = "lens evaluated in the source";
  switch (operator) {
    case "in":
      return {
        grade: "E",
        cond: inSlot(value, 0),
        bind: [(operand) => listOf(operand).map((item) => printedCell(type, item)).filter((cell) => cell !== null)],
        note,
      };
    case "startsWith":
    case "contains":
      return { grade: "E", cond: { kind: operator, text: value, part: slot(0) }, bind: [(operand) => printedCell(type, scalarOf(operand))], note };
    default:
      return { grade: "E", cond: compare(value, symbols[operator], slot(0)), bind: [(operand) => printedCell(type, scalarOf(operand))], note };
  }
}

function lensComparison(context: FieldContext, operator: "eq" | "lt" | "lte" | "gt" | "gte"): LoweredAtom {
  return {
    grade: "E",
    cond: compare(context.lens("exact"), symbols[operator], slot(0)),
    bind: [(operand) => exactCell(context.type, scalarOf(operand))],
    note: "lens evaluated in the source, by the exact value",
  };
}

/** Sums of the cleaned numbers; one linear step per combination of the cells that decide the unit. */
function lensSum(context: FieldContext): SumLens {
  const { chain, columns, spec } = context;
  const unit = stageOf(spec, "unit");
  const parameters = [unit?.unit, unit?.pollutant].flatMap((parameter) => (parameter && "inputs" in parameter ? [...parameter.inputs] : []));
  const positions = [...new Set(parameters)];
  const fixed = positions.length === 0 ? (chain.linear(columns.map(() => null)) ?? null) : null;
  return {
    expr: context.lens("number"),
    split: positions.flatMap((position) => columns[position]?.expr ?? []),
    linear: (split) => {
      if (positions.length === 0) return fixed;
      const cells: Cell[] = columns.map(() => null);
      positions.forEach((position, index) => {
        const guard = columns[position] ? cellGuard(columns[position]) : null;
        const cell = split[index] ?? null;
        cells[position] = guard ? guard(cell) : cell;
      });
      return chain.linear(cells);
    },
  };
}

