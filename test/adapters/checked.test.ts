// Goal: a careless adapter cannot give a wrong answer through the wrapper.
import { expect, test } from "vitest";
import { type Adapter, type RowBatch, SourceFailure } from "../../adapters/contract/adapter.ts";
import { checked, widthOf } from "../../adapters/contract/checked.ts";
import type { AggregateTemplate, Cell } from "../../adapters/contract/sourceQuery.ts";
import { collect } from "./fixtures/collect.ts";
import { column, part, query, rowsOf } from "./fixtures/templates.ts";

const twoColumns = rowsOf([part("t", [column("a"), column("b")])]);
const sums: AggregateTemplate = { kind: "aggregate", parts: twoColumns.parts, groupBy: [0], measures: [{ fn: "sum", column: 1 }, { fn: "count", column: null }], slotCount: 0 };
const signal = new AbortController().signal;

const careless = (batches: readonly (readonly (readonly Cell[])[])[], failure?: unknown): Adapter => ({
  kind: "careless",
  capabilities: () => ({ lensFunctions: false, rowid: false }),
  introspect: async () => Promise.reject(new Error("SELECT secret FROM host")),
  async *rows(): AsyncGenerator<RowBatch> {
    for (const rows of batches) yield { rows };
    if (failure !== undefined) throw failure;
  },
  aggregate: async () => ({ rows: batches.flat() }),
  rowsNow: () => ({ rows: batches.flat() }),
  describe: () => ({ text: "", parameters: [] }),
  stalenessMs: () => null,
  health: () => ({ status: "ok", stalenessMs: null, version: "" }),
  close: async () => {},
});
const row = [1, 2];

test("the width of an answer counts a sum twice", () => {
  expect([widthOf(twoColumns), widthOf(sums)]).toEqual([2, 4]);
});

test.each([
  ["a row that is too short", [[row, [1]]], undefined, "BAD_ANSWER"],
  ["a row that is too long", [[row, [1, 2, 3]]], undefined, "BAD_ANSWER"],
  ["more rows than asked for, over two batches", [[row, row], [row, row]], undefined, "OVER_CAP"],
  ["an unknown error", [[row]], new Error("ECONNREFUSED 10.0.0.7:5432"), "BAD_ANSWER"],
  ["a failure of the list", [[row]], new SourceFailure("BUSY"), "BUSY"],
] as const)("%s fails as it should", async (_, batches, failure, status) => {
  const failed = await collect(checked(careless(batches, failure)), query(twoColumns, [], 3)).catch((cause: unknown) => cause);
  expect(failed).toBeInstanceOf(SourceFailure);
  expect(failed).toMatchObject({ status, message: status });
});

test("a batch of more than 1000 rows is refused", async () => {
  const batches = [Array.from({ length: 1001 }, () => row)];
  await expect(collect(checked(careless(batches)), query(twoColumns))).rejects.toMatchObject({ status: "BAD_ANSWER" });
});

test("rowsNow and aggregate are checked as well", async () => {
  const adapter = checked(careless([[row, row]]));
  expect(() => adapter.rowsNow?.(query(twoColumns, [], 1))).toThrow("OVER_CAP");
  expect(adapter.rowsNow?.(query(twoColumns, [], 2))).toEqual({ rows: [row, row] });
  await expect(adapter.aggregate(query(sums), signal)).rejects.toMatchObject({ status: "BAD_ANSWER" });
});

test("an adapter that ends quietly on an abort has not answered", async () => {
  const controller = new AbortController();
  const adapter = checked({
    ...careless([]),
    async *rows(): AsyncGenerator<RowBatch> {
      controller.abort();
    },
  });
  await expect(collect(adapter, query(twoColumns), controller.signal)).rejects.toMatchObject({ status: "ABORTED" });
});

test("driver text stays in the cause", async () => {
  const failed = await checked(careless([])).introspect(signal).catch((cause: unknown) => cause);
  expect(failed).toMatchObject({ status: "BAD_ANSWER", message: "BAD_ANSWER" });
  expect((failed as Error).cause).toBeInstanceOf(Error);
});

test("a query of the other kind, or with too few values, is the caller's mistake", () => {
  const adapter = checked(careless([[row]]));
  expect(() => adapter.rows(query(sums), signal)).toThrow("asked for as rows");
});
