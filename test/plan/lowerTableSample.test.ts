/** What a draft asks of a table, whole: bounded, of the named columns alone, and values only as constants. */
import { expect, test } from "vitest";
import type { AggregateTemplate, RowsTemplate } from "../../adapters/contract/sourceQuery.ts";
import type { Bindings } from "../../src/plan/bindings.ts";
import { lowerDistinct, lowerEnds, lowerTableSample } from "../../src/plan/lowerTableSample.ts";

const bindings: Bindings = { operands: [], agency: {}, nowMs: 0, limit: 50, cursor: null, lookup: [], keys: new Map() };
const name = { kind: "column", alias: "t", column: "name" } as const;
const code = { kind: "column", alias: "t", column: "code" } as const;
const rest = { layout: null, notes: [] };

const sample = (where: RowsTemplate["parts"][number]["where"]): RowsTemplate => ({
  kind: "rows",
  parts: [{ table: "station", alias: "t", joins: [], where, columns: [name, code] }],
  order: [],
  backward: false,
  limitSlot: 0,
  slotCount: 1,
});

test.each([
  ["all rows", null, { kind: "true" }],
  ["rows of one text", { column: "code", text: "130100" }, { kind: "compare", op: "=", left: code, right: { kind: "constant", value: "130100" } }],
] as const)("a sample of %s, no more than asked for", (_, where, cond) => {
  const { binders, ...lowered } = lowerTableSample("station", ["name", "code"], where);
  expect(lowered).toEqual({ template: sample(cond), ...rest });
  expect(binders.map((bind) => bind(bindings))).toEqual([50]);
});

const figures = (of: Pick<AggregateTemplate, "groupBy" | "measures">): AggregateTemplate => ({
  kind: "aggregate",
  parts: [{ table: "station", alias: "t", joins: [], where: { kind: "true" }, columns: [name] }],
  ...of,
  slotCount: 0,
});

test("the different cells of a column with their counts", () => {
  expect(lowerDistinct("station", "name")).toEqual({ template: figures({ groupBy: [0], measures: [{ fn: "count", column: null }] }), binders: [], ...rest });
});

test("the ends of a column", () => {
  expect(lowerEnds("station", "name")).toEqual({ template: figures({ groupBy: [], measures: [{ fn: "min", column: 0 }, { fn: "max", column: 0 }] }), binders: [], ...rest });
});
