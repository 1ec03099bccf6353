// Goal: what plain SQL cannot do exactly is refused when the mapping is loaded, at its place; what it can is taken.
import { expect, test } from "vitest";
import type { CellKind, TableInfo } from "../../adapters/contract/adapter.ts";
import { asEntityName, asSourceId } from "../../schema/ids.ts";
import { compileMapping } from "../../src/mapping/compileMapping.ts";
import { vocabulary } from "./support.ts";

const table = (name: string, columns: Readonly<Record<string, CellKind>>, unique: readonly (readonly string[])[] = [["k"]]): TableInfo => ({
  name,
  columns: Object.entries(columns).map(([column, cells]) => ({ name: column, type: cells.toUpperCase(), nullable: !["k", "tie"].includes(column), typeSafe: true, cells })),
  unique,
  indexes: [],
  rowCountEstimate: 0,
  rowid: false,
});
const stations = table("stations", { k: "text", t: "text", n: "number", d: "decimal", i: "integer", day: "date", at: "instant", local: "local", u: "text", lon: "number", lat: "number" });

const compile = (body: string, more: { timeZone?: string; tables?: readonly TableInfo[]; keyHash?: boolean } = {}) =>
  compileMapping({
    text: `region: 130000\nkind: postgres\ntimeZone: ${more.timeZone ?? "Asia/Shanghai"}\nentities:\n${body}`,
    file: "regions/x/source.yaml",
    source: asSourceId("x"),
    vocabulary,
    tables: more.tables ?? [stations],
    codeFiles: {},
    capabilities: { lensFunctions: false, rowid: false, keyHash: more.keyHash ?? false },
  });
const station = (fields: string): string => `  Station:\n    from: stations\n    key: k\n    tie: k\n    fields:\n      code: k\n${fields}`;

test.each([
  ["dates in text", "      activeFrom: t\n", "Station.activeFrom"],
  ["times in text", "      receivedAt: { column: t, format: yyyy-MM-dd HH:mm }\n", "Station.receivedAt"],
  ["times in numbers", "      receivedAt: { column: i, format: epoch-ms }\n", "Station.receivedAt"],
  ["numbers in text", "      revision: t\n", "Station.revision"],
  ["a cleaning", "      name: { column: t, normalise: trim }\n", "Station.name"],
  ["a pattern", "      name: { column: t, match: '^(.)' }\n", "Station.name"],
  ["joined columns", "      name: { columns: [t, u] }\n", "Station.name"],
  ["a default", "      name: { column: t, else: none }\n", "Station.name"],
  ["a text from a number", "      name: i\n", "Station.name"],
  ["a position in text", "      position: { lon: t, lat: u }\n", "Station.position"],
])("%s is refused", (_, fields, coordinate) => {
  expect(() => compile(station(fields))).toThrow(new RegExp(`^regions/x/source\\.yaml:11:\\d+ .*\`${coordinate}\` from .*exactly`));
});

test("a local time in a zone that still changes its clock is refused, in one that no more does it is taken", () => {
  expect(() => compile(station("      receivedAt: local\n"), { timeZone: "America/New_York" })).toThrow("Station.receivedAt");
  expect(compile(station("      receivedAt: local\n")).warnings).toEqual([]);
});

test("the latest row of a key needs something that tells its rows apart, and equal rows need a tie", () => {
  const revised = table("stations", { k: "text", rev: "integer" }, []);
  expect(() => compile("  Station: { from: stations, key: k, latest: rev, tie: k, fields: { code: k } }\n", { tables: [revised] })).toThrow(/unique key without NULLs/);
  expect(() => compile("  Station: { from: stations, key: k, fields: { code: k } }\n")).toThrow(/`tie`/);
});

test("where a source hashes keys, a hash of the key orders equal rows, if the key is always there and no `tie` says otherwise", () => {
  const rows = table("stations", { k: "text", t: "text", tie: "integer" }, [["k"], ["k", "tie"], ["tie"], ["t"]]);
  const tieOf = (words: string): unknown => compile(`  Station: { from: stations, ${words}, fields: { code: k } }\n`, { tables: [rows], keyHash: true }).entities.get(asEntityName("Station"))?.parts[0]?.tie;
  expect(tieOf("key: k")).toEqual({ kind: "keyHash", alias: "t", columns: ["k"] });
  expect(tieOf("key: [k, tie]")).toEqual({ kind: "keyHash", alias: "t", columns: ["k", "tie"] });
  expect(tieOf("key: { columns: [k, tie], public: true }")).toEqual({ kind: "keyHash", alias: "t", columns: ["k", "tie"] });
  expect(tieOf("key: { columns: k, public: true }")).toEqual({ kind: "column", alias: "t", column: "k" });
  expect(tieOf("key: k, tie: tie")).toEqual({ kind: "column", alias: "t", column: "tie" });
  expect(() => tieOf("key: t")).toThrow(/`t` may be NULL.*`tie`/);
});

test("parts whose equal rows would be ordered by unlike columns are refused", () => {
  const numbered = table("numbered", { k: "text", tie: "integer" }, [["k"], ["tie"]]);
  const part = (name: string, words: string): string => `  ${name}: { from: numbered, key: k, ${words}fields: { code: k } }\n`;
  const both = (one: string, other: string): readonly string[] => compile(part("Station", one) + part("Station/other", other), { tables: [numbered], keyHash: true }).warnings;
  expect(() => both("tie: tie, ", "")).toThrow(/^regions\/x\/source\.yaml:5:\d+ .*`numbered` \(integer\).*a hash of its key.*`tie` of one type in every part/);
  expect(both("", "")).toEqual([]);
  expect(both("tie: k, ", "")).toEqual([]);
  expect(both("tie: tie, ", "tie: tie, ")).toEqual([]);
});

test("parts whose columns of one attribute do not compare are refused", () => {
  const other = table("others", { k: "text", at: "local" });
  const part = (name: string, from: string): string => `  ${name}: { from: ${from}, key: k, tie: k, fields: { code: k, receivedAt: at } }\n`;
  expect(() => compile(part("Station", "stations") + part("Station/other", "others"), { tables: [stations, other] })).toThrow(/Station\.receivedAt.*one order/);
});

test("what plain SQL says needs no lens", () => {
  const mapping = compile(station("      name: { column: t, missing: [—] }\n      activeFrom: day\n      receivedAt: at\n      position: { lon: lon, lat: lat, crs: GCJ-02 }\n      quality: { column: i, codes: { 0: RAW, '*': REVIEWED } }\n      movedFrom: u\n"));
  expect(mapping.lenses.size).toBe(0);
  expect(JSON.stringify([...(mapping.entities.get(asEntityName("Station"))?.parts[0]?.fields.values() ?? [])])).not.toContain('"kind":"lens"');
});
