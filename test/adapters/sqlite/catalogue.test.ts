// Goal: introspection tells what SQLite guarantees and no more, and a change of tables is noticed.
import Database from "better-sqlite3";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readCatalogue } from "../../../adapters/sqlite/catalogue.ts";
import { openSqlite } from "../../../adapters/sqlite/openSqlite.ts";
import { collect } from "../fixtures/collect.ts";
import { type Fixture, lenses, lensModule, makeFixture } from "../fixtures/observations.ts";
import { column, isNull, part, query, rowsOf } from "../fixtures/templates.ts";

let fixture: Fixture;
beforeEach(() => {
  fixture = makeFixture();
});
afterEach(() => fixture.remove());

test("types are vouched for by STRICT tables and row numbers only", async () => {
  const adapter = await openSqlite({ file: fixture.file, lensModule, lenses });
  const tables = await adapter.introspect(new AbortController().signal);
  const of = (name: string) => tables.find((table) => table.name === name);
  expect(of("readings")).toEqual({
    name: "readings",
    columns: [
      { name: "id", type: "INTEGER", nullable: false, typeSafe: true },
      { name: "at", type: "INTEGER", nullable: false, typeSafe: true },
      { name: "station", type: "TEXT", nullable: false, typeSafe: true },
      { name: "value", type: "REAL", nullable: true, typeSafe: true },
      { name: "flag", type: "TEXT", nullable: true, typeSafe: true },
    ],
    unique: [["id"], ["station", "at"]],
    indexes: [["station", "at"], ["value"], ["at"]],
    rowCountEstimate: 60,
    rowid: true,
  });
  expect(of("texts")?.columns).toEqual([
    { name: "id", type: "INTEGER", nullable: false, typeSafe: true },
    { name: "s", type: "TEXT", nullable: true, typeSafe: false },
    { name: "n", type: "INTEGER", nullable: true, typeSafe: false },
    { name: "loose", type: "", nullable: true, typeSafe: false },
  ]);
  expect(of("stations")).toMatchObject({ unique: [["code"]], rowid: false, columns: [{ nullable: false, typeSafe: false }, { nullable: true }] });
  expect(of("named")).toMatchObject({ unique: [], rowid: false, columns: [{ name: "code", nullable: true, typeSafe: false }, { name: "name" }] });
  await adapter.close();
});

test("a key that is not the row number may hold NULL; partial and expression indexes prove nothing", () => {
  const database = new Database(":memory:");
  database.exec(`
    CREATE TABLE loose (k TEXT PRIMARY KEY, v ANY, g INTEGER GENERATED ALWAYS AS (1));
    CREATE UNIQUE INDEX part ON loose (v) WHERE v IS NOT NULL;
    CREATE UNIQUE INDEX lowered ON loose (lower(k));
    CREATE TABLE descending (k INTEGER PRIMARY KEY DESC);
    CREATE TABLE odd (rowid TEXT, _rowid_ TEXT, oid TEXT);
  `);
  const { tables } = readCatalogue(database);
  expect(tables.get("loose")?.info).toMatchObject({ unique: [["k"]], columns: [{ nullable: true }, { type: "ANY", typeSafe: false }, { name: "g" }] });
  // The documented exception: this is no alias of the row number, so NULL and text may stand in it.
  expect(tables.get("descending")?.info.columns).toEqual([{ name: "k", type: "INTEGER", nullable: true, typeSafe: false }]);
  expect(tables.get("odd")?.rowid).toBeNull();
  database.close();
});

test("a UTF-16 database is refused, since its text does not order by code points", async () => {
  const file = `${fixture.file}.utf16`;
  const database = new Database(file);
  database.exec("PRAGMA encoding = 'UTF-16le'; CREATE TABLE t (s TEXT)");
  database.close();
  await expect(openSqlite({ file, lensModule, lenses })).rejects.toMatchObject({ status: "BAD_ANSWER" });
});

test("when a table is rebuilt so that a column may be NULL, the NULLs are found", async () => {
  let time = 0;
  const adapter = await openSqlite({ file: fixture.file, lensModule, lenses, now: () => time });
  const before = adapter.health().version;
  const nulls = query(rowsOf([part("readings", [column("id")], isNull(column("station")))]));
  expect(adapter.rowsNow?.(nulls)?.rows).toEqual([]);
  const writer = new Database(fixture.file);
  writer.exec("DROP TABLE readings; CREATE TABLE readings (id INTEGER PRIMARY KEY, station TEXT); INSERT INTO readings VALUES (7, NULL)");
  writer.close();
  time += 1000;
  expect(adapter.rowsNow?.(nulls)?.rows).toEqual([[7]]);
  expect(await collect(adapter, nulls)).toEqual([[7]]);
  expect(adapter.health()).toMatchObject({ status: "ok", stalenessMs: null });
  expect(adapter.health().version).not.toBe(before);
  await adapter.close();
});
