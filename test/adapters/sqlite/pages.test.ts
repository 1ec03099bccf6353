// Goal: order, keyset and paging are total with ties and NULLs in both directions, and an index serves them.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import Database from "better-sqlite3";
import type { Adapter } from "../../../adapters/contract/adapter.ts";
import { checked } from "../../../adapters/contract/checked.ts";
import type { Cell, RowsTemplate, SourceCond } from "../../../adapters/contract/sourceQuery.ts";
import { openSqlite } from "../../../adapters/sqlite/openSqlite.ts";
import { collect } from "../fixtures/collect.ts";
import { type Fixture, lenses, lensModule, makeFixture } from "../fixtures/observations.ts";
import { and, column, compare, constant, isNull, or, part, query, rowid, rowsOf, slot, TRUE } from "../fixtures/templates.ts";

let fixture: Fixture;
let adapter: Adapter;
beforeAll(async () => {
  fixture = makeFixture({ manyRows: 3000 });
  adapter = checked(await openSqlite({ file: fixture.file, lensModule, lenses }));
});
afterAll(async () => {
  await adapter.close();
  fixture.remove();
});

/** (value, rowid) of all readings in the order asked, by a comparator of its own. */
function expected(descending: boolean, backward: boolean): readonly (readonly Cell[])[] {
  const database = new Database(fixture.file, { readonly: true });
  const rows = database.prepare("SELECT value, id FROM readings").raw().all() as [number | null, number][];
  database.close();
  const forward = [...rows].sort(([a, i], [b, j]) => {
    if (a === null || b === null) return a === b ? i - j : a === null ? 1 : -1;
    return (descending ? b - a : a - b) || i - j;
  });
  return backward ? forward.reverse() : forward;
}

/** Rows after (value, id): NULLs come last, and reading backward everything is reversed. */
function after(descending: boolean, backward: boolean, value: Cell): SourceCond {
  const v = column("value");
  const up = descending === backward;
  const tie = compare(rowid, backward ? "<" : ">", slot(1));
  if (value === null) return backward ? or(and(isNull(v), tie), { kind: "isNull", of: v, negated: true }) : and(isNull(v), tie);
  const beyond = compare(v, up ? ">" : "<", slot(0));
  const same = and(compare(v, "=", slot(0)), tie);
  return backward ? or(beyond, same) : or(beyond, same, isNull(v));
}

describe.each([
  [false, false], [true, false], [false, true], [true, true],
])("descending %s, backward %s", (descending, backward) => {
  const template = (where: SourceCond): RowsTemplate =>
    rowsOf([part("readings", [column("value"), rowid], where)], {
      order: [{ column: 0, descending: descending !== backward }, { column: 1, descending: backward }],
      backward,
      limitSlot: 2,
    });

  test("a keyset walk of seven rows a page meets every row once, in order", async () => {
    const walked: (readonly Cell[])[] = [];
    let last: readonly Cell[] | undefined;
    do {
      const where = last === undefined ? TRUE : after(descending, backward, last[0] as Cell);
      const page = await collect(adapter, query(template(where), [last?.[0] ?? null, last?.[1] ?? null, 7]));
      walked.push(...page);
      last = page.at(-1);
    } while (last !== undefined);
    expect(walked).toEqual(expected(descending, backward));
  });
});

/** SQLite's plan of what the adapter sends. */
function plan(template: RowsTemplate, values: readonly Cell[]): readonly string[] {
  const { text } = adapter.describe(query(template, values));
  const database = new Database(fixture.file, { readonly: true });
  const rows = database.prepare(`EXPLAIN QUERY PLAN ${text}`).all(...(text.match(/\?/g) ?? []).map(() => null)) as { detail: string }[];
  database.close();
  return rows.map((row) => row.detail);
}

test("a UNION ALL is merged from indexes, without sorting", () => {
  const columns = [column("at"), rowid];
  const template = rowsOf([part("readings", [...columns, constant(0)]), part("later", [...columns, constant(1)], compare(column("at"), ">", slot(1)))], {
    order: [0, 1, 2].map((position) => ({ column: position, descending: false })),
    limitSlot: 0,
  });
  const details = plan(template, [5, 1]);
  expect(details).toContain("MERGE (UNION ALL)");
  expect(details.filter((detail) => detail.includes("TEMP B-TREE"))).toEqual([]);
  expect(details.filter((detail) => /USING (COVERING )?INDEX/.test(detail))).toHaveLength(2);
});

test("the merged order is by value and tie over both parts", async () => {
  const template = rowsOf([part("readings", [column("at"), rowid, constant(0)]), part("later", [column("at"), rowid, constant(1)])], {
    order: [0, 1, 2].map((position) => ({ column: position, descending: false })),
  });
  const rows = (await collect(adapter, query(template))) as [number, number, number][];
  expect(rows).toHaveLength(90);
  expect(rows).toEqual([...rows].sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]));
});

test.each([
  ["a rule read as TRUE", "readings", { kind: "isTrue", of: compare(column("station"), "=", slot(1)) }, "INDEX readings_key"],
  ["a list of keys", "many", { kind: "inList", left: column("id"), list: slot(1), negated: false }, "INTEGER PRIMARY KEY"],
  ["a prefix", "readings", { kind: "startsWith", text: column("station"), part: slot(1) }, "INDEX readings_key"],
] as const satisfies readonly (readonly [string, string, SourceCond, string])[])("an index serves %s", (_, table, cond, index) => {
  const details = plan(rowsOf([part(table, [rowid, constant(1)], cond)], { limitSlot: 0 }), [5, "s0"]);
  expect(details.join("\n")).toMatch(new RegExp(`SEARCH t USING (COVERING )?${index}`));
});

test("an index serves isLatest", () => {
  const cond: SourceCond = { kind: "isLatest", table: "revised", alias: "t", key: ["k"], by: ["revision"] };
  expect(plan(rowsOf([part("revised", [column("v")], cond)]), []).join("\n")).toMatch(/SEARCH t~newer USING (COVERING )?INDEX revised_key \(k=\?\)/);
});
