/** Closed tables: a filter asks for the source's codes, an order or a group for what each of them stands for, case by case. */
import type { Cell, SourceCond, SourceExpr } from "../../../adapters/contract/sourceQuery.ts";
import type { Unified } from "../../harmonise/unified.ts";
import { allOf, anyOf, compare, constant, inConstants, inSlot, slot, TRUE_COND } from "../conditions.ts";
import { hasOnly, scalarOf, stageOf, type FieldContext, type Operand } from "../fieldContext.ts";
import type { LoweredAtom } from "../mapping.ts";
import { cellsOf, closedTexts, unlisted } from "../rewriteCodes.ts";
import { compareExact, decodeExact, decodePrinted, exactCell, operatorsOf, printedCell, satisfies, signHolds } from "../unifiedOrder.ts";
import { type PlainContext, type PlainRewrite, presentCell } from "./plainRewrite.ts";

/** All of them go to the source with each query, once for a filter and once for an order. */
const constantsMax = 3000;

export function plainCodes(context: PlainContext): PlainRewrite | null {
  const [column] = context.columns;
  const { chain, spec, type, guaranteed } = context;
  if (context.columns.length !== 1 || !column || column.kind === "any" || column.kind === "loose") return null;
  if (!hasOnly(spec, ["missing", "codes"]) || ["list", "object", "link", "decimal"].includes(type.kind)) return null;
  const texts = closedTexts(context as unknown as FieldContext);
  if (!texts || texts.length > constantsMax) return null;

  const listed: Cell[] = [];
  const byValue = new Map<string, { readonly value: Unified; readonly cells: Cell[] }>();
  for (const cell of texts.flatMap((text) => cellsOf(text, column))) {
    listed.push(cell);
    const value = chain.read([cell]);
    if (value === null) continue;
    const key = JSON.stringify(value);
    const entry = byValue.get(key) ?? { value, cells: [] };
    entry.cells.push(cell);
    byValue.set(key, entry);
  }
  const entries = [...byValue.values()];
  const other = Object.hasOwn(stageOf(spec, "codes")?.table ?? {}, "*") ? chain.read([unlisted]) : null;
  const known = inConstants(column.expr, entries.flatMap(({ cells }) => cells));
  // What no line lists, but a cell that is there.
  const elsewhere = allOf(presentCell(column, spec), inConstants(column.expr, listed, true));
  const valid = guaranteed ? TRUE_COND : other === null ? known : anyOf(known, elsewhere);
  const note = other === null ? "code table turned round" : 'code table turned round, "*" as what it does not list';

  const atomOf = (holds: (value: Unified, operand: Operand) => boolean): LoweredAtom => {
    const list = (operand: Operand): readonly Cell[] => entries.filter(({ value }) => holds(value, operand)).flatMap(({ cells }) => cells);
    const found = inSlot(column.expr, 0);
    if (other === null) return { grade: "V", cond: found, bind: [list], note };
    return { grade: "V", cond: anyOf(found, allOf(elsewhere, compare(slot(1), "=", constant(1)))), bind: [list, (operand) => (holds(other, operand) ? 1 : 0)], note };
  };
  const caseOf = (cellOf: (value: Unified) => Cell): SourceExpr => {
    const last: SourceExpr = other === null ? constant(null) : { kind: "when", cond: elsewhere, then: constant(cellOf(other)), otherwise: constant(null) };
    return entries.reduceRight<SourceExpr>((otherwise, { value, cells }): SourceExpr => {
      const cond: SourceCond = inConstants(column.expr, cells);
      return { kind: "when", cond, then: constant(cellOf(value)), otherwise };
    }, last);
  };
  const exact = caseOf((value) => exactCell(type, value));
  const printed = caseOf((value) => printedCell(type, value));
  const decode = (cell: Cell): Unified => decodeExact(type, cell);
  return {
    valid,
    atom: (operator) => (operatorsOf(type).has(operator) ? atomOf((value, operand) => satisfies(type, operator, value, operand)) : null),
    order: {
      grade: "E",
      expr: exact,
      split: null,
      decode,
      canonical: { expr: exact, decode, scale: scaleOfCell(type.kind) },
      compare: (operator) => atomOf((value, operand) => signHolds(operator, compareExact(type, value, scalarOf(operand)))),
    },
    group: { grade: "E", expr: printed, decode: (cell) => decodePrinted(type, cell) },
    sum: null,
  };
}

/** Of what `exactCell` gives for the type. */
export const scaleOfCell = (kind: string): string => (kind === "boolean" || kind === "integer" ? "integer" : kind === "instant" ? "epoch ms" : kind === "decimal" ? "decimal key" : "text");
