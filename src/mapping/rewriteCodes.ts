/**
 * Filters through a closed table: `codes`, or a column that holds the attribute's own codes. Whatever the operator, the source
 * values that satisfy it are found in the table and asked for by a list (languages.md §2 row 11).
 */
import type { Cell, SourceCond } from "../../adapters/contract/sourceQuery.ts";
import { pollutants } from "../../schema/codes/pollutants.ts";
import type { Unified } from "../harmonise/unified.ts";
import type { ColumnRef } from "./columns.ts";
import { TRUE_COND, allOf, anyOf, compare, constant, inConstants, inSlot, isNotNull, slot } from "./conditions.ts";
import { hasOnly, listOf, stageOf, type FieldContext, type Operand, type Rewrite } from "./fieldContext.ts";
import { operatorsOf, printedCell, satisfies } from "./unifiedOrder.ts";

/** Longer tables are not written into a query; the lens answers there. */
const constantsMax = 200;

/** A text that no table lists: what it becomes is what `"*"` says. */
export const unlisted = "\u0001 unlisted \u0001";

/** Cells of the column that the table's text can stand for. */
export function cellsOf(text: string, column: ColumnRef): readonly Cell[] {
  const number = Number(text);
  const isNumber = text.trim() !== "" && String(number) === text && Number.isFinite(number);
  switch (column.kind) {
    case "text":
    case "date":
    case "local":
    case "instant":
      return [text];
    case "number":
    case "integer":
    case "decimal":
      return isNumber ? [number] : [];
    case "any":
      return isNumber ? [text, number] : [text];
    case "loose":
      // there SQLite stores a text that looks like a number as one
      return isNumber ? [number] : Number.isNaN(number) || text.trim() === "" ? [text] : [];
  }
}

/** Every text that the chain can answer, where that is a closed list. */
export function closedTexts(context: FieldContext): readonly string[] | null {
  const table = stageOf(context.spec, "codes");
  if (table) return Object.keys(table.table).filter((key) => key !== "*");
  const { result } = context.spec;
  if (result.kind === "pollutant") return [...pollutants.keys()];
  if (result.kind === "enum") return result.values ?? null;
  return result.kind === "boolean" ? ["0", "1", "true", "false"] : null;
}

export function rewriteCodes(context: FieldContext): Rewrite | null {
  const [column] = context.columns;
  const { chain, spec, type } = context;
  if (context.columns.length !== 1 || !column || !hasOnly(spec, ["missing", "codes", "unit"])) return null;
  // A list's elements and a link's locator are no codes; a unit that depends on the row is the lens's.
  if (type.kind === "list" || type.kind === "object") return null;
  const unit = stageOf(spec, "unit");
  if (unit && (!("constant" in unit.unit) || (unit.pollutant && !("constant" in unit.pollutant)) || !stageOf(spec, "codes"))) return null;
  const texts = closedTexts(context);
  if (!texts) return null;

  const entries: { readonly cell: Cell; readonly value: Unified }[] = [];
  const listed: Cell[] = [];
  for (const text of texts) {
    for (const cell of cellsOf(text, column)) {
      listed.push(cell);
      const value = chain.read([cell]);
      if (value !== null) entries.push({ cell, value });
    }
  }
  const keyOf = (value: Unified): string | null => {
    const cell = printedCell(type, value);
    return cell === null ? null : String(cell);
  };
  const keys = entries.map(({ value }) => keyOf(value));
  /** A filter on a region's name may list thousands of codes, and so does the table: not every pair is looked at. */
  const amongst = (operand: Operand): typeof entries => {
    const wanted = new Set(listOf(operand).map(keyOf));
    return entries.filter((_, at) => keys[at] !== null && wanted.has(keys[at] ?? null));
  };
  const table = stageOf(spec, "codes")?.table ?? {};
  const other = Object.hasOwn(table, "*") ? chain.read([unlisted]) : null;
  const known = inConstants(column.expr, entries.map(({ cell }) => cell));
  const byLens: SourceCond = isNotNull(context.lens("printed"));
  if (other !== null && listed.length > constantsMax) return null;
  const valid = context.guaranteed ? TRUE_COND : other === null && entries.length <= constantsMax ? known : byLens;
  const elsewhere = allOf(context.guaranteed ? TRUE_COND : byLens, inConstants(column.expr, listed, true), compare(slot(1), "=", constant(1)));
  return {
    valid,
    atom: (operator) => {
      if (!operatorsOf(type).has(operator)) return null;
      const holds = (value: Unified, operand: Operand): boolean => satisfies(type, operator, value, operand);
      const list = (operand: Operand): readonly Cell[] => (operator === "in" ? amongst(operand) : entries.filter(({ value }) => holds(value, operand))).map(({ cell }) => cell);
      const found = inSlot(column.expr, 0);
      return {
        grade: "V",
        cond: other === null ? found : anyOf(found, elsewhere),
        bind: other === null ? [list] : [list, (operand) => (holds(other, operand) ? 1 : 0)],
        note: other === null ? "code table turned round" : 'code table turned round, "*" as what it does not list',
      };
    },
    order: null,
    group: null,
    sum: null,
  };
}
