// Goal: the main thread answers what SQLite's plan proves to be short, and leaves everything else to a worker.
import { afterAll, beforeAll, expect, test } from "vitest";
import { mint } from "../../../adapters/contract/authorisedQuery.ts";
import type { Adapter } from "../../../adapters/contract/adapter.ts";
import { checked } from "../../../adapters/contract/checked.ts";
import type { BoundValue, RowsTemplate, SourceCond } from "../../../adapters/contract/sourceQuery.ts";
import { openSqlite } from "../../../adapters/sqlite/openSqlite.ts";
import { type Fixture, lenses, lensModule, makeFixture } from "../fixtures/observations.ts";
import { and, column, compare, inSlot, isNotNull, part, query, rowid, rowsOf, slot, TRUE } from "../fixtures/templates.ts";

let fixture: Fixture;
let adapter: Adapter;
beforeAll(async () => {
  fixture = makeFixture({ manyRows: 20_000 });
  adapter = checked(await openSqlite({ file: fixture.file, lensModule, lenses, smallTableRowsMax: 1000 }));
});
afterAll(async () => {
  await adapter.close();
  fixture.remove();
});

const many = (where: SourceCond, more: Partial<RowsTemplate> = {}) => rowsOf([part("many", [column("id"), column("s")], where)], more);
const byId = { order: [{ column: 0, descending: false }] };
const joined = (table: string, on: SourceCond) => rowsOf([{ ...part("stations", [column("name")]), joins: [{ table, alias: "j", on }] }]);
const lens = { kind: "lens", lens: "double", form: "printed", args: [column("id")] } as const;
const firstKeys = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

interface Case {
  readonly name: string;
  readonly template: RowsTemplate;
  readonly values?: readonly BoundValue[];
  /** Rows, or null: asked of a worker. */
  readonly rows: number | null;
}
const cases: readonly Case[] = [
  { name: "a small table is scanned", template: rowsOf([part("readings", [column("id")])]), rows: 60 },
  { name: "a large table is not", template: many(TRUE), rows: null },
  { name: "a large table in the order of its key, with a limit", template: many(TRUE, { ...byId, limitSlot: 0 }), values: [5], rows: 5 },
  { name: "the next page by its key", template: many(compare(rowid, ">", slot(1)), { ...byId, limitSlot: 0 }), values: [5, 19_998], rows: 2 },
  { name: "a limit above one page", template: many(TRUE, { ...byId, limitSlot: 0 }), values: [1002], rows: null },
  { name: "a limit with a condition that many rows meet", template: many(compare(column("n"), "=", slot(1)), { ...byId, limitSlot: 0 }), values: [5, 7], rows: 5 },
  { name: "a limit with a condition that no row meets", template: many(compare(column("n"), "=", slot(1)), { ...byId, limitSlot: 0 }), values: [5, 100], rows: null },
  { name: "a limit after a sort", template: many(TRUE, { order: [{ column: 1, descending: false }], limitSlot: 0 }), values: [5], rows: null },
  { name: "a limit above one page with a condition", template: many(isNotNull(column("n")), { ...byId, limitSlot: 0 }), values: [1002], rows: null },
  { name: "rows of a key list", template: many(inSlot(column("id"), 0)), values: [firstKeys(1001)], rows: 1001 },
  { name: "rows of a key list, filtered and sorted", template: many(and(inSlot(column("id"), 0), compare(column("n"), ">=", slot(1))), { order: [{ column: 1, descending: true }] }), values: [firstKeys(10), 5], rows: 5 },
  { name: "a key list that is too long", template: many(inSlot(column("id"), 0)), values: [firstKeys(1002)], rows: null },
  { name: "a list of what is no key", template: many(inSlot(column("n"), 0)), values: [[1]], rows: null },
  { name: "a join that finds its row by key", template: joined("many", compare(column("id", "j"), "=", column("code"))), rows: null },
  { name: "a join of small tables by key", template: joined("readings", compare(column("id", "j"), "=", column("code"))), rows: 2 },
  { name: "a join of small tables without a key", template: joined("readings", compare(column("at", "j"), "<>", column("code"))), rows: null },
  { name: "a view", template: rowsOf([part("named", [column("code")])]), rows: null },
  { name: "isLatest without an index over its key", template: rowsOf([part("texts", [column("id")], { kind: "isLatest", table: "texts", alias: "t", key: ["s"], by: ["n"] })]), rows: null },
  { name: "a small part beside a large one", template: rowsOf([part("readings", [column("id")]), part("many", [column("id")])]), rows: null },
  { name: "a merge of two parts in key order, with a limit", template: rowsOf([part("readings", [column("id")]), part("many", [column("id")])], { ...byId, limitSlot: 0 }), values: [8], rows: 8 },
];

test.each(cases)("$name: $rows", ({ template, values = [], rows }) => {
  expect(adapter.rowsNow?.(query(template, values))?.rows.length ?? null).toBe(rows);
});

test("a template that went over the budget is not tried again for a minute", async () => {
  let time = 0;
  const own = checked(await openSqlite({ file: fixture.file, lensModule, lenses, smallTableRowsMax: 1000, now: () => time }));
  const template = many(compare(column("n"), "=", slot(1)), { ...byId, limitSlot: 0, slotCount: 2 });
  const ask = (n: number) => own.rowsNow?.(mint({ source: "test", template, values: [5, n], rowsMax: 10 }))?.rows.length ?? null;
  expect([ask(7), ask(100), ask(7)]).toEqual([5, null, null]);
  time += 60_000;
  expect(ask(7)).toBe(5);
  await own.close();
});

test("lens calls make a table count for more", async () => {
  const own = checked(await openSqlite({ file: fixture.file, lensModule, lenses, smallTableRowsMax: 100 }));
  expect(own.rowsNow?.(query(rowsOf([part("readings", [column("id")])])))?.rows).toHaveLength(60);
  expect(own.rowsNow?.(query(rowsOf([part("readings", [lens])])))).toBeNull();
  await own.close();
});

test("one row more than rowsMax is OVER_CAP here too", () => {
  const template = rowsOf([part("readings", [column("id")])]);
  expect(() => adapter.rowsNow?.(query(template, [], 59))).toThrow("OVER_CAP");
  expect(adapter.rowsNow?.(query(template, [], 60))?.rows).toHaveLength(60);
});

test("an aggregate is never answered here", () => {
  const template = { kind: "aggregate", parts: [part("readings", [column("id")])], groupBy: [], measures: [], slotCount: 0 } as const;
  expect(() => adapter.rowsNow?.(query(template))).toThrow("asked for as rows");
});
