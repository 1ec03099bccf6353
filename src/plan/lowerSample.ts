/**
 * Rows of one part of a mapping's base relation, for `source check`: an owner looking at its own source. No agency's answer is made of
 * them, so no permit stands behind them.
 */
import type { RowsTemplate } from "../../adapters/contract/sourceQuery.ts";
import type { MappedPart } from "../mapping/mapping.ts";
import { slotSink } from "./bindings.ts";
import type { Lowered } from "./scan.ts";

/** Where each attribute's input cells stand in a row. */
export type SampleLayout = ReadonlyMap<string, { readonly at: number; readonly count: number }>;

export function lowerSample(part: MappedPart): Lowered<SampleLayout> {
  const slots = slotSink();
  const layout = new Map<string, { at: number; count: number }>();
  const columns = [...part.fields].flatMap(([name, { inputs }]) => {
    layout.set(name, { at: [...layout.values()].reduce((sum, { count }) => sum + count, 0), count: inputs.length });
    return inputs;
  });
  const template: RowsTemplate = {
    kind: "rows",
    parts: [{ table: part.table, alias: "t", joins: part.joins, where: part.base, columns: [...columns, part.tie] }],
    order: [{ column: columns.length, descending: false }],
    backward: false,
    limitSlot: slots.add((bindings) => bindings.limit),
    slotCount: slots.binders.length,
  };
  return { template, binders: slots.binders, layout, notes: [] };
}
