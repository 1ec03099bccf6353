// Goal: sums are exact, integers arrive exactly whatever their width, and groups follow SQL's NULL rules.
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Adapter } from "../../../adapters/contract/adapter.ts";
import { checked } from "../../../adapters/contract/checked.ts";
import type { AggregateTemplate } from "../../../adapters/contract/sourceQuery.ts";
import { openSqlite } from "../../../adapters/sqlite/openSqlite.ts";
import { collect } from "../fixtures/collect.ts";
import { type Fixture, lenses, lensModule, makeFixture } from "../fixtures/observations.ts";
import { column, compare, constant, inConstants, part, query, rowsOf, slot, TRUE } from "../fixtures/templates.ts";

let fixture: Fixture;
let adapter: Adapter;
const signal = new AbortController().signal;
beforeAll(async () => {
  fixture = makeFixture({ manyRows: 2500 });
  adapter = checked(await openSqlite({ file: fixture.file, lensModule, lenses }));
});
afterAll(async () => {
  await adapter.close();
  fixture.remove();
});

const aggregate = (of: Pick<AggregateTemplate, "parts" | "groupBy" | "measures">) =>
  adapter.aggregate(query({ kind: "aggregate", slotCount: 0, ...of }), signal);

test("0.1 + 0.2 is 0.3, and the count of values stands beside the sum", async () => {
  const parts = [part("readings", [column("value")], inConstants(column("id"), 2, 3))];
  expect((await aggregate({ parts, groupBy: [], measures: [{ fn: "sum", column: 0 }] })).rows).toEqual([["0.3", 2]]);
});

test("the hub's own lens functions sum exactly too, beyond the digits of a double", async () => {
  const own = checked(await openSqlite({ file: fixture.file, lensModule: new URL("../../../src/mapping/lenses/sqlFunctions.ts", import.meta.url), lenses: {} }));
  const sumOf = (parts: AggregateTemplate["parts"]) => own.aggregate(query({ kind: "aggregate", parts, groupBy: [], measures: [{ fn: "sum", column: 0 }], slotCount: 0 }), signal);
  expect((await sumOf([part("readings", [column("value")], inConstants(column("id"), 2, 3))])).rows).toEqual([["0.3", 2]]);
  // 10^15 is where the hub's decimals end.
  const only = inConstants(column("id"), 1);
  const large = Array.from({ length: 11 }, () => part("wide", [constant(999_999_999_999_999)], only));
  expect((await sumOf([...large, part("wide", [constant(0.1)], only)])).rows).toEqual([["10999999999999989.1", 12]]);
  await own.close();
});

test("the sum of the int64 extremes does not overflow, nor do min and max lose a digit", async () => {
  const parts = [part("wide", [column("n")]), part("wide", [column("n")])];
  const measures = [{ fn: "sum", column: 0 }, { fn: "min", column: 0 }, { fn: "max", column: 0 }, { fn: "count", column: 0 }, { fn: "count", column: null }] as const;
  const sum = 2n * (1n + 9007199254740993n - 1n);
  expect((await aggregate({ parts, groupBy: [], measures })).rows).toEqual([[String(sum), 8, -(2n ** 63n), 2n ** 63n - 1n, 8, 10]]);
});

test("no rows give one group without a group key and none with one", async () => {
  const parts = [part("readings", [column("station"), column("value")], { kind: "false" })];
  expect((await aggregate({ parts, groupBy: [], measures: [{ fn: "count", column: null }, { fn: "sum", column: 1 }, { fn: "max", column: 1 }] })).rows).toEqual([[0, null, 0, null]]);
  expect((await aggregate({ parts, groupBy: [0], measures: [{ fn: "count", column: null }] })).rows).toEqual([]);
});

test("NULL is a group, and countDistinct ignores it", async () => {
  const parts = [part("readings", [column("flag"), column("value")])];
  const { rows } = await aggregate({ parts, groupBy: [0], measures: [{ fn: "count", column: null }, { fn: "countDistinct", column: 1 }] });
  expect([...rows].sort((a, b) => String(a[0]).localeCompare(String(b[0])))).toEqual([[null, 30, 5], ["RAW", 30, 5]]);
});

test("groups of a UNION ALL meet across its parts", async () => {
  const parts = [part("readings", [column("station")]), part("later", [column("station")])];
  const { rows } = await aggregate({ parts, groupBy: [0], measures: [{ fn: "count", column: null }] });
  expect(rows).toContainEqual(["s0", 50]);
});

const ofWide = rowsOf([part("wide", [column("id"), column("n")], TRUE)], { order: [{ column: 0, descending: false }] });
const wideRows = [[1, 1], [2, 9007199254740993n], [3, 2n ** 63n - 1n], [4, -(2n ** 63n)], [5, null]];

test("integers beyond 2^53 arrive exactly as bigint, all others as number", async () => {
  // Twice: the second time the statement is known to hold wide integers.
  for (let round = 0; round < 2; round++) {
    expect(await collect(adapter, query(ofWide))).toEqual(wideRows);
    expect(adapter.rowsNow?.(query(ofWide))?.rows).toEqual(wideRows);
  }
});

test("an integer beyond 2^53 after thousands of small ones is exact, and no row is lost or doubled", async () => {
  const late = rowsOf([part("many", [column("id")]), part("wide", [column("n")], compare(column("id"), "=", constant(2)))], { order: [{ column: 0, descending: false }] });
  const rows = await collect(adapter, query(late));
  expect(rows).toHaveLength(2501);
  expect(rows.slice(-2)).toEqual([[2500], [9007199254740993n]]);
  expect(new Set(rows.flat()).size).toBe(2501);
});

test("an integer beyond 2^53 is found by its exact value, alone and in a list", async () => {
  const one = rowsOf([part("wide", [column("id")], compare(column("n"), "=", slot(0)))]);
  expect(await collect(adapter, query(one, [9007199254740993n]))).toEqual([[2]]);
  expect(await collect(adapter, query(one, [2n ** 64n]))).toEqual([]);
  const list = rowsOf([part("wide", [column("id")], { kind: "inList", left: column("n"), list: slot(0), negated: false })]);
  expect(await collect(adapter, query(list, [[9007199254740993n, 2n ** 63n - 1n]]))).toEqual([[2], [3]]);
});

test("a lens and a bucket run inside the source, in rows and in groups", async () => {
  const lens = { kind: "lens", lens: "upper", form: "printed", args: [column("s")] } as const;
  expect(await collect(adapter, query(rowsOf([part("texts", [lens], compare(column("s"), "=", slot(0)))]), ["aé"]))).toEqual([["AÉ"]]);
  const day = { kind: "bucket", of: column("at"), bucket: "DAY", zone: "UTC" } as const;
  const { rows } = await aggregate({ parts: [part("readings", [day, constant(1)])], groupBy: [0], measures: [{ fn: "count", column: null }] });
  expect(rows).toEqual([[0, 60]]);
});
