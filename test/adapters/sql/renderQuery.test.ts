// Goal: the SQL that goes to a source, word by word with its parameters; a change of it must show in a diff.
import { afterAll, beforeAll, expect, test } from "vitest";
import Database from "better-sqlite3";
import type { SourceCond, SourceTemplate } from "../../../adapters/contract/sourceQuery.ts";
import { prefixEnd } from "../../../adapters/sql/dialect.ts";
import { renderQuery } from "../../../adapters/sql/renderQuery.ts";
import { type Catalogue, readCatalogue } from "../../../adapters/sqlite/catalogue.ts";
import { sqliteDialect } from "../../../adapters/sqlite/sqliteDialect.ts";
import { type Fixture, makeFixture } from "../fixtures/observations.ts";
import { and, column, compare, constant, inSlot, isNotNull, isNull, or, part, read, rowid, rowsOf, slot } from "../fixtures/templates.ts";

let fixture: Fixture;
let catalogue: Catalogue;
beforeAll(() => {
  fixture = makeFixture();
  const database = new Database(fixture.file, { readonly: true });
  catalogue = readCatalogue(database);
  database.close();
});
afterAll(() => fixture.remove());

const render = (template: SourceTemplate, guardEvery: 4096 | null = null) => {
  const { text, parameters } = renderQuery(template, sqliteDialect(catalogue, { guardEvery }));
  const spell = parameters.map((of) => (of.kind === "constant" ? `'${String(of.value)}'` : of.as === "value" ? `$${of.slot}` : `${of.as}($${of.slot})`));
  return [text, ...spell];
};

const keyset = and(
  read("isTrue", compare(column("flag"), "=", constant("RAW"))),
  or(compare(column("value"), ">", slot(0)), and(compare(column("value"), "=", slot(0)), compare(rowid, ">", slot(1)))),
);
const byValue = [{ column: 0, descending: false }, { column: 1, descending: false }];

test("one part is a plain SELECT whose rule is a bare comparison, and whose keyset spares the NULLS words", () => {
  expect(render(rowsOf([part("readings", [column("value"), rowid], keyset)], { order: byValue, limitSlot: 2 }))).toEqual([
    'SELECT "t"."value", "t"."rowid" FROM "readings" AS "t" WHERE ("t"."flag" = ? AND ("t"."value" > ? OR ("t"."value" = ? AND "t"."rowid" > ?))) ORDER BY 1, 2 LIMIT ? + 0',
    "'RAW'", "$0", "$0", "$1", "$2",
  ]);
});

test("NULLs stand last forward and first backward, said only where it is not the native order", () => {
  const parts = [part("readings", [column("value"), rowid])];
  const orderBy = (descending: boolean, backward: boolean) =>
    render(rowsOf(parts, { order: [{ column: 0, descending }, { column: 1, descending: backward }], backward }))[0]?.split("ORDER BY ")[1];
  expect([orderBy(false, false), orderBy(true, false), orderBy(true, true), orderBy(false, true)]).toEqual([
    "1 NULLS LAST, 2", "1 DESC, 2", "1 DESC NULLS FIRST, 2 DESC", "1, 2 DESC",
  ]);
});

test("several parts are a UNION ALL; a column that may be NULL in one of them keeps the NULLS words", () => {
  const parts = [part("readings", [column("at"), column("value"), constant(0)]), part("later", [column("at"), constant("none"), constant(1)], isNotNull(column("at")))];
  expect(render(rowsOf(parts, { order: [0, 1, 2].map((position) => ({ column: position, descending: false })) }))).toEqual([
    'SELECT "t"."at", "t"."value", 0 FROM "readings" AS "t" WHERE 1 UNION ALL SELECT "t"."at", ?, 1 FROM "later" AS "t" WHERE 1 ORDER BY 1, 2 NULLS LAST, 3',
    "'none'",
  ]);
});

test("a list is one parameter, a prefix of a text column two", () => {
  const cond = and(inSlot(column("id"), 0), { kind: "startsWith", text: column("s"), part: slot(1) }, { kind: "contains", text: column("s"), part: slot(2) });
  expect(render(rowsOf([part("texts", [column("id")], cond)]))).toEqual([
    'SELECT "t"."id" FROM "texts" AS "t" WHERE ("t"."id" IN (SELECT "value" FROM json_each(?)) AND ("t"."s" >= ? AND "t"."s" < ?) AND instr("t"."s", ?) > 0)',
    "list($0)", "$1", "prefixEnd($1)", "$2",
  ]);
});

test("two-valued readings stay where NULL and FALSE differ", () => {
  const cond = read("isNotFalse", or(read("isTrue", compare(column("n"), ">", slot(0))), isNull(column("id"))));
  expect(render(rowsOf([part("texts", [{ kind: "truth", cond }], { kind: "not", of: cond })]))).toEqual([
    'SELECT CASE WHEN ("t"."n" > ?) IS 1 THEN 1 ELSE 0 END FROM "texts" AS "t" WHERE NOT (("t"."n" > ?) IS 1)',
    "$0", "$0",
  ]);
});

test("IS NOT FALSE stands where NULL can, and nowhere else", () => {
  const nullable = read("isNotFalse", compare(column("n"), ">", constant(4)));
  const never = read("isNotFalse", or(compare(column("id"), ">", constant(4)), isNull(column("n"))));
  expect(render(rowsOf([part("texts", [column("id")], and(nullable, never))]))).toEqual([
    'SELECT "t"."id" FROM "texts" AS "t" WHERE (("t"."n" > 4) IS NOT 0 AND ("t"."id" > 4 OR "t"."n" IS NULL))',
  ]);
});

test("isLatest compares column after column, NULL lowest", () => {
  const cond: SourceCond = { kind: "isLatest", table: "revised", alias: "t", key: ["k"], by: ["revision"] };
  expect(render(rowsOf([part("revised", [column("v")], cond)]))).toEqual([
    'SELECT "t"."v" FROM "revised" AS "t" WHERE "t"."rowid" = (SELECT "t~newer"."rowid" FROM "revised" AS "t~newer" WHERE "t~newer"."k" IS "t"."k" ORDER BY "t~newer"."revision" DESC NULLS LAST, "t~newer"."rowid" DESC LIMIT 1)',
  ]);
});

test("isLatest of a joined row is asked by the key that the join gives", () => {
  const latest: SourceCond = { kind: "isLatest", table: "revised", alias: "j", key: ["k"], by: ["revision"] };
  const joined = { ...part("texts", [column("v", "j")]), joins: [{ table: "revised", alias: "j", on: and(compare(column("k", "j"), "=", column("s")), latest) }] };
  expect(render(rowsOf([joined]))).toEqual([
    'SELECT "j"."v" FROM "texts" AS "t" LEFT JOIN "revised" AS "j" ON ("j"."k" = "t"."s" AND "j"."rowid" = (SELECT "j~newer"."rowid" FROM "revised" AS "j~newer" WHERE "j~newer"."k" IS "t"."s" ORDER BY "j~newer"."revision" DESC NULLS LAST, "j~newer"."rowid" DESC LIMIT 1)) WHERE 1',
  ]);
});

test("an aggregate groups a UNION ALL and ships the count beside a sum", () => {
  const template: SourceTemplate = {
    kind: "aggregate",
    parts: [part("readings", [column("station"), column("value")]), part("later", [column("station"), column("value")], compare(column("at"), ">=", slot(0)))],
    groupBy: [0],
    measures: [{ fn: "count", column: null }, { fn: "sum", column: 1 }, { fn: "countDistinct", column: 1 }, { fn: "max", column: 1 }],
    slotCount: 1,
  };
  expect(render(template)).toEqual([
    'SELECT "q"."c0", count(*), hub_sum("q"."c1"), count("q"."c1"), count(DISTINCT "q"."c1"), max("q"."c1") FROM (SELECT "t"."station" AS "c0", "t"."value" AS "c1" FROM "readings" AS "t" WHERE 1 UNION ALL SELECT "t"."station" AS "c0", "t"."value" AS "c1" FROM "later" AS "t" WHERE "t"."at" >= ?) AS "q" GROUP BY "q"."c0"',
    "$0",
  ]);
});

test("an integer beyond 2^53 goes into the hub's functions as text", () => {
  const lens = { kind: "lens", lens: "x", form: "printed", args: [column("n")] } as const;
  const wide = "CASE WHEN typeof(@) = 'integer' AND @ NOT BETWEEN -9007199254740991 AND 9007199254740991 THEN CAST(@ AS TEXT) ELSE @ END";
  expect(render(rowsOf([part("wide", [lens])]))[0]).toBe(`SELECT hub_lens(?, 'printed', ${wide.replaceAll("@", '"t"."n"')}) FROM "wide" AS "t" WHERE 1`);
  const sum: SourceTemplate = { kind: "aggregate", parts: [part("wide", [column("n")])], groupBy: [], measures: [{ fn: "sum", column: 0 }], slotCount: 0 };
  expect(render(sum)[0]).toContain(`SELECT hub_sum(${wide.replaceAll("@", '"q"."c0"')}), count("q"."c0") FROM`);
});

test("lens, bucket and join", () => {
  const joined = {
    ...part("readings", [
      { kind: "lens", lens: "it's", form: "exact", args: [column("value"), column("name", "j")] } as const,
      { kind: "bucket", of: column("at"), bucket: "DAY", zone: "Asia/Shanghai" } as const,
    ]),
    joins: [{ table: "stations", alias: "j", on: compare(column("code", "j"), "=", column("station")) }],
  };
  expect(render(rowsOf([joined]))).toEqual([
    `SELECT hub_lens(?, 'exact', "t"."value", "j"."name"), hub_bucket("t"."at", 'DAY', ?) FROM "readings" AS "t" LEFT JOIN "stations" AS "j" ON "j"."code" = "t"."station" WHERE 1`,
    "'it's'", "'Asia/Shanghai'",
  ]);
});

test("a worker's text can be stopped every 4096 row numbers", () => {
  expect(render(rowsOf([part("readings", [column("id")], compare(column("id"), ">", slot(0)))]), 4096)[0]).toBe(
    'SELECT "t"."id" FROM "readings" AS "t" WHERE (("t"."rowid" & 4095) <> 0 OR hub_alive()) AND "t"."id" > ?',
  );
});

test("names are quoted, and a column called rowid does not pass for the row number", () => {
  expect(render(rowsOf([part('we"ird; --', [column("a \"b' -- c"), rowid])]))[0]).toBe(
    `SELECT "t"."a ""b' -- c", "t"."_rowid_" FROM "we""ird; --" AS "t" WHERE 1`,
  );
});

test.each([
  ["ab", "ac"], ["", null], ["a\u{10ffff}", "b"], ["\u{10ffff}", null], ["\ud7ff", "\ue000"], ["～", "\uff5f"], ["𝄞", "𝄟"],
])("the texts that start with %j end before %j", (prefix, end) => {
  expect(prefixEnd(prefix)).toBe(end);
});
