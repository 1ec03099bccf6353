// Goal: every kind of condition selects the same rows as a plain reading of its docstring, NULLs and Unicode included.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Adapter } from "../../../adapters/contract/adapter.ts";
import { checked } from "../../../adapters/contract/checked.ts";
import type { BoundValue, Cell, SourceCond, SourceExpr } from "../../../adapters/contract/sourceQuery.ts";
import { openSqlite } from "../../../adapters/sqlite/openSqlite.ts";
import { type Fixture, lenses, lensModule, makeFixture, texts } from "../fixtures/observations.ts";
import { and, column, compare, constant, inConstants, inSlot, isNotNull, isNull, not, or, part, query, read, rowid, rowsOf, slot } from "../fixtures/templates.ts";
import { collect } from "../fixtures/collect.ts";

let fixture: Fixture;
let adapter: Adapter;
beforeAll(async () => {
  fixture = makeFixture();
  adapter = checked(await openSqlite({ file: fixture.file, lensModule, lenses }));
});
afterAll(async () => {
  await adapter.close();
  fixture.remove();
});

/** Ids (1-based) of `texts` for which the plain reading holds. */
const where = (holds: (text: string) => boolean): number[] => texts.flatMap((text, i) => (text !== null && holds(text) ? [i + 1] : []));
const codePoints = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
const s = column("s");
const n = column("n");
const allIds = texts.map((_, i) => i + 1);
const nullN = allIds.filter((id) => (id - 1) % 3 === 0);
const filledN = allIds.filter((id) => (id - 1) % 3 !== 0);

interface Case {
  readonly name: string;
  readonly cond: SourceCond;
  readonly values?: readonly BoundValue[];
  readonly ids: readonly number[];
}
const lens = (chain: string, arg: SourceExpr): SourceExpr => ({ kind: "lens", lens: chain, form: "printed", args: [arg] });
const textCond = (kind: "startsWith" | "contains", text: SourceExpr): SourceCond => ({ kind, text, part: slot(0) });

const cases: readonly Case[] = [
  { name: "true selects all", cond: { kind: "true" }, ids: allIds },
  { name: "false selects none", cond: { kind: "false" }, ids: [] },
  { name: "an empty and is true", cond: and(), ids: allIds },
  { name: "an empty or is false", cond: or(), ids: [] },
  { name: "equality is case-sensitive", cond: compare(s, "=", slot(0)), values: ["A"], ids: where((t) => t === "A") },
  { name: "ne drops NULL", cond: compare(s, "<>", slot(0)), values: ["A"], ids: where((t) => t !== "A") },
  { name: "text orders by code points: less than an astral character", cond: compare(s, "<", slot(0)), values: ["𝄞"], ids: where((t) => codePoints(t, "𝄞") < 0) },
  { name: "text orders by code points: greater than a BMP character", cond: compare(s, ">", slot(0)), values: ["～"], ids: where((t) => codePoints(t, "～") > 0) },
  { name: "a bound whole number equals the text that spells it", cond: and(compare(column("loose"), "=", constant("3")), compare(s, "<>", slot(0))), values: [5], ids: [4] },
  { name: "comparison with a NULL operand is unknown", cond: compare(s, "=", slot(0)), values: [null], ids: [] },
  { name: "a list is one parameter", cond: inSlot(s, 0), values: [["A", "𝄞", "nowhere"]], ids: where((t) => t === "A" || t === "𝄞") },
  { name: "an empty list is false", cond: inSlot(s, 0), values: [[]], ids: [] },
  { name: "a list may hold quotes, NULs and brackets", cond: inSlot(s, 0), values: [['"]', "a\0b", "']--", "ab"]], ids: where((t) => t === "ab") },
  { name: "a list of integers meets integers", cond: inSlot(n, 0), values: [[1, 2n, 2.5]], ids: [2, 3] },
  { name: "constants in a list", cond: inConstants(s, "A", "a"), ids: where((t) => t === "A" || t === "a") },
  { name: "an empty constant list is false", cond: inConstants(s), ids: [] },
  { name: "not in drops NULL", cond: { kind: "inList", left: s, list: { kind: "constants", values: ["A"] }, negated: true }, ids: where((t) => t !== "A") },
  { name: "not in a slot's list", cond: { kind: "inList", left: s, list: slot(0), negated: true }, values: [["A"]], ids: where((t) => t !== "A") },
  { name: "not in an empty list is true, also for NULL", cond: { kind: "inList", left: s, list: slot(0), negated: true }, values: [[]], ids: allIds },
  { name: "isNull", cond: isNull(n), ids: nullN },
  { name: "isNull negated", cond: isNotNull(n), ids: filledN },
  { name: "the row number is never NULL", cond: isNull(rowid), ids: [] },
  { name: "startsWith on a text column", cond: textCond("startsWith", s), values: ["a"], ids: where((t) => t.startsWith("a")) },
  { name: "startsWith an astral character", cond: textCond("startsWith", s), values: ["𝄞"], ids: where((t) => t.startsWith("𝄞")) },
  { name: "startsWith nothing is true but for NULL", cond: textCond("startsWith", s), values: [""], ids: where(() => true) },
  { name: "startsWith knows no wildcards", cond: textCond("startsWith", s), values: ["%"], ids: [] },
  { name: "startsWith on an expression", cond: textCond("startsWith", lens("upper", s)), values: ["A"], ids: where((t) => t.toUpperCase().startsWith("A")) },
  { name: "startsWith on a column of numbers and texts", cond: textCond("startsWith", column("loose")), values: ["1"], ids: [2] },
  { name: "contains on a column of numbers and texts", cond: textCond("contains", column("loose")), values: [4], ids: [5] },
  { name: "contains", cond: textCond("contains", s), values: ["京"], ids: where((t) => t.includes("京")) },
  { name: "contains nothing is true but for NULL", cond: textCond("contains", s), values: [""], ids: where(() => true) },
  { name: "contains knows no wildcards", cond: textCond("contains", s), values: ["_"], ids: [] },
  { name: "not over a two-valued condition", cond: not(isNull(n)), ids: filledN },
  { name: "isTrue", cond: read("isTrue", compare(n, ">", constant(4))), ids: filledN.filter((id) => id - 1 > 4) },
  { name: "isNotTrue takes NULL and FALSE", cond: read("isNotTrue", compare(n, ">", constant(4))), ids: allIds.filter((id) => nullN.includes(id) || id - 1 <= 4) },
  { name: "isFalse drops NULL", cond: read("isFalse", compare(n, ">", constant(4))), ids: filledN.filter((id) => id - 1 <= 4) },
  { name: "isNotFalse takes NULL and TRUE", cond: read("isNotFalse", compare(n, ">", constant(4))), ids: allIds.filter((id) => nullN.includes(id) || id - 1 > 4) },
  { name: "not over isTrue keeps NULL rows", cond: not(read("isTrue", compare(n, ">", constant(4)))), ids: allIds.filter((id) => nullN.includes(id) || id - 1 <= 4) },
  { name: "isFalse over isTrue inside an or", cond: read("isFalse", or(read("isTrue", compare(n, ">", constant(4))), isNull(s))), ids: allIds.filter((id) => id !== 10 && (nullN.includes(id) || id - 1 <= 4)) },
  { name: "hasType number", cond: { kind: "hasType", of: column("loose"), type: "number" }, ids: allIds.filter((id) => id % 2 === 1) },
  { name: "hasType text", cond: { kind: "hasType", of: column("loose"), type: "text" }, ids: allIds.filter((id) => id % 2 === 0) },
  { name: "hasType is FALSE for NULL, so its NOT is TRUE", cond: not({ kind: "hasType", of: n, type: "number" }), ids: nullN },
  { name: "a lens in a comparison", cond: compare(lens("double", n), "=", slot(0)), values: [8], ids: [5] },
  { name: "coalesce of one, two and none", cond: compare({ kind: "coalesce", of: [{ kind: "coalesce", of: [n] }, constant(-1), { kind: "coalesce", of: [] }] }, "=", constant(-1)), ids: nullN },
  { name: "when", cond: compare({ kind: "when", cond: isNull(n), then: constant("none"), otherwise: s }, "=", slot(0)), values: ["none"], ids: nullN },
  { name: "truth is 0 for unknown", cond: compare({ kind: "truth", cond: compare(n, ">", constant(4)) }, "=", constant(0)), ids: allIds.filter((id) => nullN.includes(id) || id - 1 <= 4) },
];

describe("a condition selects the rows that its docstring says", () => {
  test.each(cases)("$name", async ({ cond, values = [], ids }) => {
    const template = rowsOf([part("texts", [column("id")], cond)], { order: [{ column: 0, descending: false }] });
    const asked = query(template, values);
    expect((await collect(adapter, asked)).map(([id]) => id)).toEqual(ids);
    // The main thread answers the same, where it answers.
    expect(adapter.rowsNow?.(asked)?.rows.map(([id]) => id)).toEqual(ids);
  });
});

test("isLatest keeps the highest of each key, NULL lowest, ties by row number, a NULL key being one key", async () => {
  const cond: SourceCond = { kind: "isLatest", table: "revised", alias: "t", key: ["k"], by: ["revision", "minor"] };
  const rows = await collect(adapter, query(rowsOf([part("revised", [column("v")], cond)])));
  expect(rows.flat().sort()).toEqual(["newest a", "newest b", "newest c", "newest null key"]);
});

test("a join to the latest row of a key gives each row one, and NULLs where the key has none", async () => {
  const latest: SourceCond = { kind: "isLatest", table: "revised", alias: "j", key: ["k"], by: ["revision", "minor"] };
  const joined = { ...part("texts", [column("s"), column("v", "j")]), joins: [{ table: "revised", alias: "j", on: and(compare(column("k", "j"), "=", column("s")), latest) }] };
  const rows = await collect(adapter, query(rowsOf([joined])));
  expect(rows.filter(([, found]) => found !== null)).toEqual([["a", "newest a"]]);
  expect(rows).toHaveLength(texts.length);
});

test("a column that collates without case still compares, orders and groups by code points", async () => {
  const equal = rowsOf([part("nocase", [column("s")], compare(column("s"), "=", slot(0)))]);
  expect(await collect(adapter, query(equal, ["a"]))).toEqual([["a"]]);
  const ordered = rowsOf([part("nocase", [column("s")])], { order: [{ column: 0, descending: false }] });
  expect(await collect(adapter, query(ordered))).toEqual([["A"], ["a"], ["b"]]);
  const groups = await adapter.aggregate(
    query({ kind: "aggregate", parts: [part("nocase", [column("s")])], groupBy: [0], measures: [{ fn: "count", column: null }], slotCount: 0 }),
    AbortSignal.timeout(10_000),
  );
  expect(groups.rows).toHaveLength(3);
});

test("a to-one join gives NULLs where nothing is found, and its NOT NULL columns may be NULL", async () => {
  const joined = {
    ...part("readings", [column("station"), column("name", "j")], isNull(column("code", "j"))),
    joins: [{ table: "stations", alias: "j", on: compare(column("code", "j"), "=", column("station")) }],
  };
  const rows = await collect(adapter, query(rowsOf([joined])));
  expect(new Set(rows.map((row: readonly Cell[]) => row.join()))).toEqual(new Set(["s2,"]));
  expect(rows).toHaveLength(20);
});
