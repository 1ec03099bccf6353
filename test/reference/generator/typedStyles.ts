/**
 * How a database server spells an attribute. It runs no lens functions, so a column has the attribute's own type, or one of which plain
 * SQL says the value (docs/mapping.md, "Without lens functions"); its types, collations and rubbish are the server's own.
 */
import fc from "fast-check";
import type { Exact } from "../exact.ts";
import { bigNumbers, booleanNames, days, decimalValue, type Drawn, type FieldStyle, hours, localText, numbers, pair, positions, regionCodes, regionNames, type SourceCell, type Styles, texts } from "./fieldStyles.ts";

export type ServerKind = "postgres" | "mariadb";

interface Words {
  readonly texts: readonly string[];
  readonly wholes: readonly string[];
  readonly doubles: readonly string[];
  readonly singles: readonly string[];
  readonly decimals: readonly string[];
  readonly locals: readonly string[];
  readonly instants: readonly string[];
  /** Digits behind the second where the type does not say. */
  readonly fraction: number;
}

const words: Readonly<Record<ServerKind, Words>> = {
  postgres: {
    texts: ["text", 'text COLLATE "C"', "varchar(100)", 'text COLLATE "und-x-icu"'],
    wholes: ["int8", "int4"],
    doubles: ["float8"],
    singles: ["float4"],
    decimals: ["numeric", "numeric(40,20)"],
    locals: ["timestamp", "timestamp(3)", "timestamp(0)"],
    instants: ["timestamptz", "timestamptz(3)", "timestamptz(0)"],
    fraction: 6,
  },
  mariadb: {
    // Collations that take `a` for `A`, `á` and `a `, and one that takes it for nothing else.
    texts: ["varchar(100) COLLATE utf8mb4_general_ci", "varchar(100) COLLATE utf8mb4_nopad_bin", "varchar(100) COLLATE utf8mb4_unicode_520_ci", "varchar(100) COLLATE utf8mb4_bin"],
    wholes: ["bigint", "int"],
    doubles: ["double"],
    singles: ["float"],
    decimals: ["decimal(40,20)"],
    locals: ["datetime", "datetime(3)", "datetime(6)"],
    instants: ["timestamp NULL", "timestamp(3) NULL", "timestamp(6) NULL"],
    fraction: 0,
  },
};

const column = (type: string, field: (column: string) => unknown, draws: readonly Drawn[]): FieldStyle => ({
  columns: [{ name: "c", type }],
  field: ([name = ""]) => field(name),
  draw: fc.constantFrom(...draws),
});
const spelledAs = (value: Drawn["value"], spelled: string | null, ...cells: SourceCell[]): Drawn => ({ value, cells, spelled });
const nothing = pair(null, null);
const blank = [nothing, pair(null, ""), pair(null, "  ")];

/** What a collation may take for one text. */
const alike = ["A", "a ", "á", "S00", "s00 "];

/** `yyyy-MM-dd HH:mm:ss` and what is behind the second, as the hub reads it from a column of so many digits. */
function spelledTime(kind: ServerKind, text: string, digits: number, ms: number): string {
  const fraction = String(ms).padStart(3, "0");
  if (kind === "mariadb") return digits === 0 ? text : `${text}.${fraction}`;
  return ms === 0 ? text : `${text}.${fraction.replace(/0+$/, "")}`;
}

const utcText = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace("T", " ");
const clockText = (ms: number): string => localText(ms).replace("T", " ");

/** Hours, an instant a millisecond on, and one whose digits below are cut. */
function timeDraws(kind: ServerKind, type: string, textOf: (ms: number) => string, zone: string): readonly Drawn[] {
  const digits = Number(/\((\d)\)/.exec(type)?.[1] ?? words[kind].fraction);
  const draws = hours.map((ms) => spelledAs(ms, `${spelledTime(kind, textOf(ms), digits, 0)}${zone}`, `${textOf(ms)}${zone}`));
  for (const [atLeast, behind] of [[3, ".001"], [6, ".001999"]] as const) {
    if (digits >= atLeast) for (const ms of hours.slice(0, 3)) draws.push(spelledAs(ms + 1, `${spelledTime(kind, textOf(ms), digits, 1)}${zone}`, `${textOf(ms)}${behind}${zone}`));
  }
  return draws;
}

/** Times and days that are none: PostgreSQL has an end of time, MariaDB days that no calendar has, which read as NULL. */
const noTimes = (kind: ServerKind, isDay: boolean): readonly Drawn[] =>
  kind === "postgres" ? [pair(null, "infinity"), pair(null, "-infinity")] : [spelledAs(null, null, isDay ? "0000-00-00" : "0000-00-00 00:00:00"), ...(isDay ? [spelledAs(null, null, "2024-02-31")] : [])];

/** As a server of exact decimals prints it: up to 15 digits are a number of the hub's. */
const numericText = (text: string): string => (text.replace(/^-?0*\.?0*|\./g, "").length <= 15 ? String(Number(text)) : text);

function decimals(kind: ServerKind, scale: number, { unit, factor, marked = false }: { readonly unit?: unknown; readonly factor?: Exact; readonly marked?: boolean }): readonly FieldStyle[] {
  const { doubles, singles, decimals: exacts, wholes } = words[kind];
  const field = (name: string): unknown => ({ column: name, ...(unit === undefined ? {} : { unit }), ...(marked ? { missing: ["-99"] } : {}) });
  const none = [nothing, ...(marked ? [pair(null, -99)] : [])];
  const asDouble = (text: string): Drawn => pair(decimalValue(String(Number(text)), scale, factor), Number(text));
  const plain = [...numbers, ...bigNumbers].filter((text) => !text.includes("e"));
  const asExact = (text: string): Drawn => spelledAs(decimalValue(text, scale, factor), numericText(text), text);
  // More digits than the hub reads, and zeros that count for none.
  const long = [spelledAs(null, "0.1234567890123456789", "0.1234567890123456789"), spelledAs(decimalValue("2.5", scale, factor), "2.5", "2.50000000000000000000")];
  const infinite = kind === "postgres" ? [pair(null, "NaN"), pair(null, "Infinity")] : [];
  return [
    ...doubles.map((type) => ({ isNumber: true, ...column(type, field, [...[...numbers, ...bigNumbers].map(asDouble), ...none, pair(null, 1e300), ...infinite]) })),
    // Binary fractions, which single precision holds.
    ...singles.map((type) => ({ isNumber: true, ...column(type, field, [...["0", "2.5", "-3", "0.25", "100", "150.125"].map(asDouble), ...none]) })),
    ...exacts.map((type) => ({ isNumber: true, ...column(type, field, [...plain.map(asExact), ...long, ...none, ...(type === "numeric" ? [pair(null, "NaN")] : [])]) })),
    ...wholes.map((type) => ({ isNumber: true, ...column(type, field, [...["0", "1", "-3", "100", "7", "2000000000"].map(asDouble), ...none]) })),
  ];
}

export function typedStyles(kind: ServerKind): Styles {
  const { texts: textTypes, wholes, doubles, decimals: exacts, locals, instants } = words[kind];
  const plainTexts = (values: readonly string[]): readonly FieldStyle[] => textTypes.map((type) => column(type, (name) => name, [...values.map((text) => pair(text, text)), ...blank]));
  return {
    keyTexts: textTypes,
    keyNumbers: wholes,
    plainTexts,
    texts: (values = [...texts, ...alike]) => [
      ...plainTexts(values),
      ...textTypes.map((type) => column(type, (name) => ({ column: name, missing: ["—", "-99"] }), [...values.map((text) => pair(text, text)), ...blank, pair(null, "—"), pair(null, "-99")])),
    ],
    enums: (names) => {
      const [first = "", ...rest] = names;
      const byName = [...names.map((name) => pair(name, name)), nothing, pair(null, "NO_SUCH")];
      return [
        ...textTypes.slice(0, 2).map((type) => column(type, (name) => name, byName)),
        ...(kind === "mariadb" ? [column(`enum(${[...names, "NO_SUCH"].map((name) => `'${name}'`).join(",")})`, (name) => name, byName)] : []),
        ...wholes.map((type) =>
          column(type, (name) => ({ column: name, codes: { ...Object.fromEntries(rest.map((one, index) => [String(index + 1), one])), "*": first } }), [...rest.map((one, index) => pair(one, index + 1)), pair(first, 0), pair(first, 77), nothing]),
        ),
        column(textTypes[0] ?? "", (name) => ({ column: name, codes: Object.fromEntries(names.flatMap((one, index) => [[`码${index}`, one], [`旧${index}`, one]])) }), [
          ...names.flatMap((one, index) => [pair(one, `码${index}`), pair(one, `旧${index}`)]),
          ...blank,
          pair(null, "码99"),
        ]),
      ];
    },
    booleans: [
      ...(kind === "postgres" ? [column("bool", (name) => name, [pair(true, "true"), pair(false, "false"), nothing])] : []),
      column(kind === "mariadb" ? "boolean" : "int2", (name) => ({ column: name, codes: { 0: "false", 1: "true" } }), [pair(true, 1), pair(false, 0), pair(null, 2), nothing]),
      column(textTypes[0] ?? "", (name) => ({ column: name, codes: booleanNames }), [pair(true, "是"), pair(false, "否"), ...blank]),
    ],
    dates: [column("date", (name) => name, [...days.map((day) => pair(day, day)), nothing, ...noTimes(kind, true)]), column("date", (name) => ({ column: name, missing: ["2024-01-31"] }), [...days.map((day) => pair(day === "2024-01-31" ? null : day, day)), nothing])],
    instants: [
      ...instants.map((type) => column(type, (name) => name, [...timeDraws(kind, type, utcText, "+00"), nothing, ...noTimes(kind, false)])),
      ...locals.map((type) => column(type, (name) => name, [...timeDraws(kind, type, clockText, ""), nothing, ...noTimes(kind, false)])),
      // Midnights of the mapping's clock.
      column("date", (name) => name, [...days.map((day) => pair(Date.parse(`${day}T00:00:00+08:00`), day)), nothing]),
    ],
    integers: wholes.map((type) => column(type, (name) => name, [...[-3, 0, 1, 2, 10, 2_000_000_000].map((value) => pair(value, value)), nothing])),
    regions: [
      ...textTypes.map((type) => column(type, (name) => name, [...regionCodes.map((code) => pair(code, code)), ...blank])),
      column(textTypes[0] ?? "", (name) => ({ column: name, codes: "gb2260-names" }), [...Object.entries(regionNames).map(([code, name]) => pair(code, name)), ...blank, pair(null, "某地")]),
    ],
    decimals: (scale, options) => decimals(kind, scale, options),
    position: [...doubles, ...exacts].map((type) => ({
      columns: [{ name: "lon", type }, { name: "lat", type }],
      field: ([lon, lat]: readonly string[]) => ({ lon, lat }),
      draw: fc.constantFrom(...positions, pair(null, 400, 39.9)),
    })),
    // Plain SQL says no list, and no unit that stands in a column.
    lists: () => [],
    unitsBeside: false,
    observed: (options) => decimals(kind, 6, options),
    instantKey: { types: kind === "mariadb" ? instants.slice(0, 1) : instants, field: (name) => name, text: (ms) => `${utcText(ms)}+00` },
    localKey: { types: kind === "mariadb" ? locals.slice(0, 1) : locals, field: (name) => name, text: clockText },
  };
}
