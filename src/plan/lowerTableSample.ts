/**
 * Looks at a table as it stands, for `region draft`: an owner looking at its own source before there is a mapping. No agency's answer is
 * made of them, so no permit stands behind them. All are bounded by a row limit or by few groups.
 */
import type { AggregateTemplate, RowsTemplate, SourceCond, SourceExpr } from "../../adapters/contract/sourceQuery.ts";
import { slotSink } from "./bindings.ts";
import type { Lowered } from "./scan.ts";

const all: SourceCond = { kind: "true" };
const column = (name: string): SourceExpr => ({ kind: "column", alias: "t", column: name });

/** Some rows with all the named columns, in the source's own order; `where`: only rows whose cell is the text. */
export function lowerTableSample(table: string, columns: readonly string[], where: { readonly column: string; readonly text: string } | null): Lowered<null> {
  const slots = slotSink();
  const cond: SourceCond = where === null ? all : { kind: "compare", op: "=", left: column(where.column), right: { kind: "constant", value: where.text } };
  const template: RowsTemplate = {
    kind: "rows",
    parts: [{ table, alias: "t", joins: [], where: cond, columns: columns.map(column) }],
    order: [],
    backward: false,
    limitSlot: slots.add((bindings) => bindings.limit),
    slotCount: slots.binders.length,
  };
  return { template, binders: slots.binders, layout: null, notes: [] };
}

/** The different cells of a column with their counts. */
export const lowerDistinct = (table: string, name: string): Lowered<null> => aggregate(table, name, { groupBy: [0], measures: [{ fn: "count", column: null }] });

/** The least and the greatest cell of a column. */
export const lowerEnds = (table: string, name: string): Lowered<null> =>
  aggregate(table, name, { groupBy: [], measures: [{ fn: "min", column: 0 }, { fn: "max", column: 0 }] });

function aggregate(table: string, name: string, what: Pick<AggregateTemplate, "groupBy" | "measures">): Lowered<null> {
  const template: AggregateTemplate = { kind: "aggregate", parts: [{ table, alias: "t", joins: [], where: all, columns: [column(name)] }], ...what, slotCount: 0 };
  return { template, binders: [], layout: null, notes: [] };
}
