/** The suite's rows, as every kind holds them. What is expected of a query is worked out from these in JavaScript. */
import { randomBytes } from "node:crypto";
import { randomOf } from "../../fixtures/random.ts";
import type { Cell } from "../../../adapters/contract/sourceQuery.ts";
import type { TableSpec } from "./harness.ts";

/** In every table's name, so that a running statement is known for the suite's own. */
const mark = randomBytes(5).toString("hex");

/** U+FF5E sorts before U+1D11E by code points and after it by UTF-16 units. */
const texts: readonly (string | null)[] = [
  "", " ", "\u3000", "A", "a", "ab", "aB", "a b", "aé", "ae\u0301", "á", "z", "Z", "10", "9", "北京", "北京市", "～", "𝄞", "𝄞a", "O'Brien", "100%", "a_b", "\\", '"', "{a,b}", "NULL", "\u{10ffff}", null, null,
];
const integers: readonly (number | bigint | null)[] = [0, 1, -1, 2, 3, 3, 9007199254740993n, -9007199254740993n, 9223372036854775807n, -9223372036854775808n, null, 7];
const numbers: readonly (number | null)[] = [0.1, 0.2, 0.3, 0.1 + 0.2, -0.5, 0, 1e-7, 1e20, 2 ** 53, null, 23.333333333333332, -1e-7];
/** Half of them are no doubles. */
const decimals: readonly (string | null)[] = ["0.1", "0.10", "123456789012345.678", "123456789012345.679", "-0.000000000000000000001", "99999999999999999999", "1.5", "2.5", null, "0"];
const dates: readonly (string | null)[] = ["2024-02-29", "2024-03-01", "2023-12-31", "0001-01-01", "9999-12-31", null];
/** Clocks of Asia/Shanghai were set forward on 1986-05-04 and back on 1986-09-14; New York's are every year. */
const instants: readonly (string | null)[] = [
  "1986-05-03 17:59:59.999+00", "1986-05-03 18:00:00+00", "1986-09-13 15:30:00+00", "1986-09-13 16:30:00+00", "2024-03-10 06:59:59+00", "2024-03-10 07:00:00+00", "2024-11-03 05:30:00+00", "2024-11-03 06:30:00+00",
  "2023-12-31 15:59:59.999+00", "2023-12-31 16:00:00+00", "2024-01-01 00:00:00+00", null,
];
const locals: readonly (string | null)[] = ["1986-09-14 00:30:00", "1986-09-14 01:30:00", "2024-02-29 23:59:59.999", "2024-03-01 00:00:00", "2023-12-31 23:59:59", null];

const at = <T>(list: readonly T[], index: number): T => list[index % list.length] as T;
const rowCount = 120;

export interface Fact {
  readonly id: number;
  readonly s: string | null;
  readonly n: number | bigint | null;
  readonly x: number | null;
  readonly d: string | null;
  readonly day: string | null;
  readonly at: string | null;
  readonly local: string | null;
  readonly k: number;
}

export const facts: readonly Fact[] = Array.from({ length: rowCount }, (_, i) => ({
  id: i + 1,
  s: at(texts, i),
  n: at(integers, i * 5 + Math.floor(i / 12)),
  x: at(numbers, i * 7 + Math.floor(i / 12)),
  d: at(decimals, i * 3 + Math.floor(i / 10)),
  day: at(dates, i),
  at: at(instants, i * 5),
  local: at(locals, i + Math.floor(i / 6)),
  k: Math.floor(i / 4),
}));

const asRows = (rows: readonly object[]): TableSpec["rows"] => rows as readonly Readonly<Record<string, Cell>>[];

export const factsTable: TableSpec = {
  name: `facts_${mark}`,
  columns: {
    id: { type: "integer", notNull: true },
    s: { type: "text" },
    n: { type: "integer" },
    x: { type: "number" },
    d: { type: "decimal" },
    day: { type: "date" },
    at: { type: "instant" },
    local: { type: "local" },
    k: { type: "integer", notNull: true },
  },
  unique: [["id"]],
  rows: asRows(facts),
};

/** Several revisions of a key; NULL is the lowest of them. */
export const revisions = [
  { id: 1, k: "a", rev: 1, minor: 1, v: "old" }, { id: 2, k: "a", rev: 2, minor: null, v: "older minor" }, { id: 3, k: "a", rev: 2, minor: 1, v: "newest a" },
  { id: 4, k: "b", rev: null, minor: null, v: "null revision" }, { id: 5, k: "b", rev: 0, minor: null, v: "newest b" },
  { id: 6, k: "c", rev: 3, minor: 3, v: "tie" }, { id: 7, k: "c", rev: 3, minor: 3, v: "newest c" },
  { id: 8, k: null, rev: 1, minor: 1, v: "old null key" }, { id: 9, k: null, rev: 2, minor: 1, v: "newest null key" },
] as const;

export const revisedTable: TableSpec = {
  name: `revised_${mark}`,
  columns: { id: { type: "integer", notNull: true }, k: { type: "text" }, rev: { type: "integer" }, minor: { type: "integer" }, v: { type: "text" } },
  unique: [["id"]],
  rows: asRows(revisions),
};

/** The names of tables and columns are a region's own. */
export const weirdTable: TableSpec = {
  name: `we"ird; -- ${mark}`,
  columns: { [`a "b' -- $1 ?`]: { type: "text" }, true: { type: "integer", notNull: true } },
  unique: [["true"]],
  rows: [{ [`a "b' -- $1 ?`]: "x", true: 0 }],
};

export const manyRows = 5500;
export const manyTable: TableSpec = {
  name: `many_${mark}`,
  columns: { id: { type: "integer", notNull: true }, n: { type: "integer" }, s: { type: "text" } },
  unique: [["id"]],
  rows: asRows(Array.from({ length: manyRows }, (_, i) => ({ id: i, n: i % 100, s: `m${i}` }))),
};

/** Texts that a source's cells should be, and the bytes of nobody's: controls, halves of pairs that UTF-8 makes whole, what is no code point of a script. */
const plausible = ["12.5", "0.025L", "<0.3", "-99", "—", "未检出", "2016-12-20 0:00", "2024/3/5", '["a",1]', "[", "PT1H", "1,234.5", "23°2′9.5″", "1e999", "１２", "99999999999.999", "\ufeff", "\uffff", "\u202e", "20240230", "''", "$1", "NaN", "\u0001"];
/** A figure of HJ 212 has 32 characters, and the suite spells a byte in two. */
const bytesMax = 15;
const randomText = (random: () => number): string => {
  const bytes = Uint8Array.from({ length: Math.floor(random() * 24) }, () => Math.floor(random() * 256));
  // No NUL, which PostgreSQL cannot hold, and no ends of lines, which files of lines may spell otherwise.
  let text = new TextDecoder().decode(bytes).replace(/[\u0000\r\n]/g, "?");
  while (Buffer.byteLength(text) > bytesMax) text = Array.from(text).slice(1).join("");
  return text;
};
const garbledSeed = Number(process.env.SEED ?? 20_260_401);
const garbled = randomOf(garbledSeed);
export const garbledTexts: readonly (string | null)[] = [null, "", ...plausible, ...Array.from({ length: 200 }, () => randomText(garbled))];

/** For expressions that must be total. */
export const garbledTable: TableSpec = {
  name: `garbled_${mark}`,
  columns: { id: { type: "integer", notNull: true }, s: { type: "text" } },
  unique: [["id"]],
  rows: asRows(garbledTexts.map((s, id) => ({ id, s }))),
};

/** `running` looks for the first. */
export const tables: readonly TableSpec[] = [manyTable, factsTable, revisedTable, weirdTable, garbledTable];
