/**
 * How a generated source spells an attribute: columns, the mapping's words for it, and pairs of a unified value with the cells that
 * stand for it. Values and cells are drawn together, so the model needs no mapping.
 */
import fc from "fast-check";
import type { Value } from "../conditions.ts";
import { exact, type Exact, ratio, scaled } from "../exact.ts";

export type SourceCell = string | number | null;

export interface Drawn {
  readonly value: Value;
  readonly cells: readonly SourceCell[];
  /** What the source makes of the first cell, where it is not the cell's own text. */
  readonly spelled?: string | null;
}

export interface FieldStyle {
  /** Names are put before these by the table. */
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** The field in `source.yaml`. */
  readonly field: (columns: readonly string[]) => unknown;
  readonly draw: fc.Arbitrary<Drawn>;
  /** Numbers in a column of numbers. */
  readonly isNumber?: boolean;
}

/** A column of a row's key that holds times. */
export interface TimeKey {
  readonly types: readonly string[];
  readonly field: (column: string) => unknown;
  readonly text: (ms: number) => string;
}

/** What a kind of source can say, each in one of several ways. */
export interface Styles {
  readonly keyTexts: readonly string[];
  readonly keyNumbers: readonly string[];
  readonly instantKey: TimeKey;
  /** On the clock of the source. */
  readonly localKey: TimeKey;
  readonly texts: (values?: readonly string[]) => readonly FieldStyle[];
  /** Just the values, nothing around them. */
  readonly plainTexts: (values: readonly string[]) => readonly FieldStyle[];
  readonly enums: (names: readonly string[]) => readonly FieldStyle[];
  readonly booleans: readonly FieldStyle[];
  readonly dates: readonly FieldStyle[];
  readonly instants: readonly FieldStyle[];
  readonly integers: readonly FieldStyle[];
  readonly regions: readonly FieldStyle[];
  readonly decimals: (scale: number, options: { readonly unit?: unknown; readonly factor?: Exact }) => readonly FieldStyle[];
  readonly position: readonly FieldStyle[];
  /** None: the kind has no lists. */
  readonly lists: (names: readonly string[]) => readonly FieldStyle[];
  /** A measurement in a column of its own; `marked`: some cells say that there is none. */
  readonly observed: (options: { readonly factor?: Exact; readonly marked?: boolean }) => readonly FieldStyle[];
  /** A unit may stand in a column beside the value. */
  readonly unitsBeside: boolean;
}

export const pair = (value: Value, ...cells: SourceCell[]): Drawn => ({ value, cells });
const nothing = [pair(null, null)];
const blank = [pair(null, null), pair(null, ""), pair(null, "  ")];

const one = (type: string, field: (column: string) => unknown, draws: readonly Drawn[]): FieldStyle => ({
  columns: [{ name: "c", type }],
  field: ([column = ""]) => field(column),
  draw: fc.constantFrom(...draws),
});

/** Beyond the BMP, in the private area above the surrogates, composed and not, with LIKE's wildcards. */
export const texts: readonly string[] = ["甲", "乙站", "a", "B", "b", "a%b_", "𠀀字", "\ue000x", "é", "e\u0301", "10", "9", " a"];

const textStyles = (values: readonly string[] = texts): readonly FieldStyle[] => [
  one("TEXT", (column) => column, [...values.map((text) => pair(text, text)), ...blank]),
  one("TEXT", (column) => ({ column, missing: ["—", "-99"] }), [...values.map((text) => pair(text, text)), ...blank, pair(null, "—"), pair(null, "-99")]),
  one("TEXT", (column) => ({ column, normalise: "trim" }), [...values.map((text) => pair(text.trim(), ` ${text} `)), ...blank]),
];

/** By name, by numbers with a rest, by texts many to one. */
const enumStyles = (names: readonly string[]): readonly FieldStyle[] => {
  const [first = "", ...rest] = names;
  return [
    one("TEXT", (column) => column, [...names.map((name) => pair(name, name)), ...blank, pair(null, "NO_SUCH")]),
    one(
      "INTEGER",
      (column) => ({ column, codes: { ...Object.fromEntries(rest.map((name, index) => [String(index + 1), name])), "*": first } }),
      [...rest.map((name, index) => pair(name, index + 1)), pair(first, 0), pair(first, 77), ...nothing],
    ),
    one("TEXT", (column) => ({ column, codes: Object.fromEntries(names.flatMap((name, index) => [[`码${index}`, name], [`旧${index}`, name]])) }), [
      ...names.flatMap((name, index) => [pair(name, `码${index}`), pair(name, `旧${index}`)]),
      ...blank,
      pair(null, "码99"),
    ]),
  ];
};

export const booleanNames = { 是: "true", 否: "false" } as const;
const booleanStyles: readonly FieldStyle[] = [
  one("INTEGER", (column) => ({ column, codes: { 0: "false", 1: "true" } }), [pair(true, 1), pair(false, 0), pair(null, 2), ...nothing]),
  one("TEXT", (column) => ({ column, codes: booleanNames }), [pair(true, "是"), pair(false, "否"), ...blank]),
];

export const days: readonly string[] = ["2016-12-20", "2020-02-29", "2024-01-05", "2024-01-31", "2024-12-01"];
const dateStyles: readonly FieldStyle[] = [
  one("TEXT", (column) => column, [...days.map((day) => pair(day, day)), ...blank, pair(null, "2024-02-30"), pair(null, "昨天")]),
  one("TEXT", (column) => ({ column, format: "yyyy/M/d" }), [...days.map((day) => pair(day, day.split("-").map(Number).join("/"))), ...nothing, pair(null, "2024/13/1")]),
];

export const hours: readonly number[] = [0, 1, 2, 23, 24, 700, 9000].map((hour) => Date.UTC(2016, 11, 19, 15) + hour * 3_600_000);
/** The clock of the source, which is UTC+8. */
export const localText = (ms: number): string => new Date(ms + 8 * 3_600_000).toISOString().slice(0, 19);
const instantStyles: readonly FieldStyle[] = [
  one("TEXT", (column) => column, [...hours.map((ms) => pair(ms, `${localText(ms)}+08:00`)), ...hours.map((ms) => pair(ms, new Date(ms).toISOString())), ...blank]),
  one("INTEGER", (column) => ({ column, format: "epoch-ms" }), [...hours.map((ms) => pair(ms, ms)), pair(hours[0] ?? 0, hours[0] ?? 0), ...nothing]),
];

const integerStyles: readonly FieldStyle[] = [
  one("INTEGER", (column) => column, [-3, 0, 1, 2, 10, 2_000_000_000].map((value) => pair(value, value)).concat(nothing)),
  one("TEXT", (column) => column, [...[-3, 0, 1, 2, 10].map((value) => pair(value, String(value))), ...blank, pair(null, "x1"), pair(null, "1.5")]),
];

export const regionCodes: readonly string[] = ["130000", "130100", "130102", "120000", "110000"];
export const regionNames: Readonly<Record<string, string>> = { "130000": "河北省", "130100": "石家庄市", "120000": "天津市", "110000": "北京市" };
const regionStyles: readonly FieldStyle[] = [
  one("TEXT", (column) => column, [...regionCodes.map((code) => pair(code, code)), ...blank]),
  one("TEXT", (column) => ({ column, codes: "gb2260-names" }), [...Object.entries(regionNames).map(([code, name]) => pair(code, name)), ...blank, pair(null, "某地")]),
];

/** Ties at half a step, digits beyond any scale, zeros, signs, sizes near the ends of what the hub holds. */
export const numbers = ["0", "0.05", "-0.05", "0.15", "0.25", "0.35", "1", "1.005", "2.5", "12.34", "-3", "99.95", "100", "150", "0.0000005", "1e-7", "123456.789", "33333333.3333"];
export const bigNumbers = ["9007199254740991", "90071992547409.91", "90071992547409.92", "899999999999999.5", "1e15", "999999999999999", "123456789012.123456"];

/** The unified value; NULL where the printed form would be no safe integer, or the source's number is none that the hub reads. */
export function decimalValue(text: string, scale: number, factor: Exact = ratio(1n)): Exact | null {
  const own = exact(text);
  const size = own.n < 0n ? -own.n : own.n;
  if (size >= 10n ** 15n * own.d || text.replace(/[-.]|e.*$/g, "").replace(/^0+/, "").length > 18) return null;
  const value = ratio(own.n * factor.n, own.d * factor.d);
  const steps = scaled(value, scale);
  return steps > 9007199254740991n || steps < -9007199254740991n ? null : value;
}

/** As a REAL, an INTEGER, and text with missing markers and rubbish. `strict`: the table takes nothing but numbers in a number column. */
function decimalStyles(scale: number, options: { readonly strict: boolean; readonly unit?: unknown; readonly factor?: Exact }): readonly FieldStyle[] {
  const { strict, unit, factor } = options;
  const field = (column: string, more: object = {}): unknown => ({ column, ...(unit === undefined ? {} : { unit }), ...more });
  const asNumber = (text: string): Drawn => pair(decimalValue(String(Number(text)), scale, factor), Number(text));
  const asText = (text: string): Drawn => pair(decimalValue(text, scale, factor), text);
  const all = [...numbers, ...bigNumbers];
  return [
    { isNumber: true, ...one("REAL", (column) => field(column), [...all.map(asNumber), ...nothing, ...(strict ? [] : [pair(null, "无"), pair(null, "12abc")])]) },
    one("TEXT", (column) => field(column, { missing: ["-99", "—"] }), [...all.map(asText), asText(" 12.34 "), ...blank, pair(null, "-99"), pair(null, "—"), pair(null, "abc"), pair(null, "1,5")]),
    { isNumber: true, ...one("INTEGER", (column) => field(column), ["0", "1", "-3", "100", "7", "2000000000"].map(asNumber).concat(nothing)) },
  ];
}

/** Longitude and latitude. */
export const positions: readonly Drawn[] = [
  pair({ lon: exact("116.4074"), lat: exact("39.9042") }, 116.4074, 39.9042),
  pair({ lon: exact("116.405"), lat: exact("39.995") }, 116.405, 39.995),
  pair({ lon: exact("-0.004"), lat: exact("0") }, -0.004, 0),
  pair(null, 116.4, null),
  pair(null, null, null),
];
const lonLatStyle = (strict: boolean): FieldStyle => ({
  columns: [
    { name: "lon", type: "REAL" },
    { name: "lat", type: strict ? "REAL" : "TEXT" },
  ],
  field: ([lon, lat]) => ({ lon, lat }),
  draw: fc.constantFrom(...positions),
});

const listStyles = (names: readonly string[]): readonly FieldStyle[] => {
  const sets = [[], names.slice(0, 1), names.slice(1, 3), names.slice(0, 2)];
  return [
    one("TEXT", (column) => ({ column, list: "," }), [...sets.slice(1).map((set) => pair(set, set.join(","))), pair(names.slice(0, 1), `${names[0] ?? ""},UNKNOWN_ONE`), ...nothing]),
    {
      columns: names.slice(0, 2).map((_, index) => ({ name: `f${index}`, type: "INTEGER" })),
      field: (columns) => ({ flags: Object.fromEntries(columns.map((column, index) => [column, names[index]])) }),
      draw: fc.constantFrom(pair([], 0, 0), pair(names.slice(0, 1), 1, 0), pair(names.slice(1, 2), null, 1), pair(names.slice(0, 2), 1, 1)),
    },
  ];
};

/** Of a SQLite file, and of mirrors, whose cells are texts. `strict`: number columns hold numbers alone. */
export const localStyles = (strict: boolean): Styles => ({
  keyTexts: ["TEXT"],
  keyNumbers: ["INTEGER"],
  instantKey: { types: ["TEXT"], field: (column) => column, text: (ms) => `${localText(ms)}+08:00` },
  localKey: { types: ["TEXT"], field: (column) => ({ column, format: "yyyy-MM-dd HH:mm:ss" }), text: (ms) => localText(ms).replace("T", " ") },
  texts: textStyles,
  plainTexts: (values) => textStyles(values).slice(0, 1),
  enums: enumStyles,
  booleans: booleanStyles,
  dates: dateStyles,
  instants: instantStyles,
  integers: integerStyles,
  regions: regionStyles,
  decimals: (scale, options) => decimalStyles(scale, { strict, ...options }),
  position: [lonLatStyle(strict)],
  lists: listStyles,
  observed: ({ marked = false, ...options }) => decimalStyles(6, { strict, ...options }).slice(Number(marked), Number(marked) + 1),
  unitsBeside: true,
});
