/**
 * The law of lowering: rows selected by an atom in the source are exactly the rows whose unified value satisfies the operator.
 * Random cells of every storage type, every kind of lens, every operator, in typed and untyped tables.
 */
import Database from "better-sqlite3";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Cell, SourceCond } from "../../adapters/contract/sourceQuery.ts";
import { asEntityName } from "../../schema/ids.ts";
import { add, decimalOf, multiply, compareDecimal, scaledInteger, type Decimal } from "../../src/harmonise/decimal.ts";
import { parseDate } from "../../src/harmonise/time.ts";
import type { Unified } from "../../src/harmonise/unified.ts";
import { doubleOf, ordinalOf } from "../../src/mapping/bisect.ts";
import { install } from "../../src/mapping/lenses/sqlFunctions.ts";
import type { FilterOperator, LoweredAtom, MappedField, MappedPart, Mapping } from "../../src/mapping/mapping.ts";
import { compareExact, operatorsOf, printedCell, satisfies, signHolds } from "../../src/mapping/unifiedOrder.ts";
import { bindSlots, compileText, sqlCond, sqlExpr, table } from "./support.ts";

interface Case {
  readonly name: string;
  readonly attribute: string;
  readonly entity: string;
  /** SQLite type of column c; `strict` tables are typed. */
  readonly type: string;
  readonly strict?: boolean;
  readonly field: string;
  /** The attribute that is looked at, where it is not the written one. */
  readonly judged?: string;
  /** Column of the station's code. */
  readonly codeColumn?: string;
  /** Further fields of the part. */
  readonly more?: string;
  readonly timeZone?: string;
  readonly cells: fc.Arbitrary<Cell>;
  readonly operands?: fc.Arbitrary<Unified>;
  readonly second?: fc.Arbitrary<string | null>;
}

const blank = fc.constantFrom("", " ", "\u3000", "\u00a0 ", "-99", "—", "NA");
const anyText = fc.oneof(blank, fc.string({ unit: "grapheme", maxLength: 6 }), fc.constantFrom("\u{1f600}", "\uffff", "中", "a", "!", "~", "\u0001", "\ufeff中"));
const number = fc.oneof(
  fc.constantFrom(0, -0, 1, -99, 75, 38.2, 0.1 + 0.2, 1e15, -1e15, 999999999999999, 1e-22, 9e-23, -1e-23, 1e300, -1e300, 5e-324, 0.0005, 0.0015, 2.5),
  fc.integer({ min: -1000, max: 1000 }),
  fc.integer({ min: -20000, max: 20000 }).map((n) => n / 2000),
  fc.double({ noNaN: true }),
);
const numberText = fc.oneof(number.filter(Number.isFinite).map(String), fc.constantFrom("1e2", " 12 ", "1,234.5", "<0.5", "0.025L", "未检出", "12abc", "+3", ".5"), anyText);
const bytes = fc.uint8Array({ maxLength: 4 });
const mixed = fc.oneof(fc.constant(null), number, numberText, bytes);
const clock = fc.tuple(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 47 }));
/** Local readings around changes of the clock in New York and Shanghai, and plain ones. */
const localText = fc.oneof(
  clock.map(([day, half]) => new Date(Date.UTC(2024, 0, 1) + day * 86_400_000 + half * 1_800_000).toISOString().slice(0, 16).replace("T", " ")),
  fc.tuple(fc.constantFrom("2024-03-10", "2024-11-03", "1986-05-04", "1986-09-14"), fc.integer({ min: 0, max: 8 })).map(([day, half]) => `${day} ${String(Math.floor(half / 2)).padStart(2, "0")}:${half % 2 ? "30" : "00"}`),
  fc.constantFrom("2024-02-31 00:00", "2024-1-1 0:00", "9999-12-31 23:30", "0001-01-01 00:00", "2024-01-01 00:00 ", " 2024-01-01 00:00", "2024-01-01T00:00"),
);
const instants = fc.oneof(
  clock.map(([day, half]) => Date.UTC(2024, 0, 1) + day * 86_400_000 + half * 1_800_000),
  fc.constantFrom(Date.UTC(2024, 2, 10, 7), Date.UTC(2024, 10, 3, 5, 30), Date.UTC(2024, 10, 3, 6, 30), Date.UTC(1986, 4, 3, 18, 30), Date.UTC(1986, 8, 13, 15), Date.UTC(1986, 8, 13, 16, 30)).chain((ms) => fc.constantFrom(ms - 1, ms, ms + 1, ms + 3_600_000)),
  fc.integer({ min: -8.64e15, max: 8.64e15 }).filter((ms) => Math.abs(ms) < 2e14),
);
const decimals = fc.oneof(fc.integer({ min: -3_000_000, max: 3_000_000 }).map((n) => decimalOf(`${n}e-3`) as Decimal), fc.constantFrom<Decimal>(0, 75, 1e12, -1e12, 0.001, -0.001));
const texts = fc.oneof(anyText.filter((text) => text !== ""), fc.constantFrom("12", "1.5", "RAW"));
const codes = fc.constantFrom("0", "2", "3", "9", "x", "constructor", "RAW", "REVIEWED");
const regions = fc.constantFrom("130000", "130100", "130102", "130199", "110000", "100000", "129900", "US", "");

const station = (field: string, attribute: string, more = "", code = "k"): string => `  Station:
    from: data
    key: k
    fields:
      code: ${code}
      ${attribute}: ${field}
${more}`;
const observation = (field: string, attribute: string, more: string): string => `  Station: { from: stations, key: k, fields: { code: k } }
  Observation:
    from: data
    key: k
    fields:
      station: k
      ${attribute}: ${field}
${more}`;
const constantKeys = "      pollutant: { constant: a05024 }\n      averaging: { constant: PT1H }\n      start: { constant: \"2024-01-01T00:00Z\" }\n";

const numberCases = (type: string, strict: boolean, cells: fc.Arbitrary<Cell>): readonly Case[] =>
  ["c", "{ column: c, unit: ppb }", "{ column: c, unit: mg/m3 }", "{ column: c, missing: ['-99', '0'], unit: ppb }"].map((field) => ({
    name: `number ${type}${strict ? " STRICT" : ""} ${field}`, entity: "Observation", attribute: "value", type, strict, field, more: constantKeys, cells, operands: decimals,
  }));

const cases: readonly Case[] = [
  ...numberCases("REAL", true, fc.oneof(fc.constant(null), number)),
  ...numberCases("INTEGER", true, fc.oneof(fc.constant(null), fc.integer({ min: -5000, max: 5000 }))),
  ...numberCases("REAL", false, mixed),
  ...numberCases("TEXT", false, mixed),
  ...numberCases("", false, mixed),
  { name: "bounds", entity: "Observation", attribute: "value", type: "TEXT", field: "{ column: c, below: ['<*', '*L', 未检出], above: ['>*'] }", more: constantKeys, cells: mixed, operands: decimals },
  { name: "unit of the row", entity: "Observation", attribute: "value", type: "TEXT", field: "{ column: c, unit: { column: u } }", more: constantKeys, cells: mixed, second: fc.constantFrom("ppb", "ug/m3", "mg/m3", "furlong", null), operands: decimals },
  { name: "codes to a decimal", entity: "Observation", attribute: "value", type: "TEXT", field: "{ column: c, codes: { a: '1.5', b: '-2', c: '1.5' } }", more: constantKeys, cells: fc.oneof(fc.constant(null), fc.constantFrom("a", "b", "c", "d", " a")), operands: fc.constantFrom<Unified>(1.5, -2, 0, 1) },
  { name: "format with thousands", entity: "PenaltyDecision", attribute: "amount", type: "TEXT", field: "{ column: c, format: '1,234.5', unit: 万元 }", cells: mixed, operands: decimals.map((value) => decimalOf(String(scaledInteger(value, 2)).concat("e-2"))) },
  { name: "integer STRICT", entity: "Station", attribute: "revision", type: "INTEGER", strict: true, field: "c", cells: fc.oneof(fc.constant(null), fc.integer({ min: -50, max: 50 }), fc.constantFrom(2 ** 53 - 1, 1e15)), operands: fc.integer({ min: -50, max: 50 }) },
  { name: "integer of text", entity: "Station", attribute: "revision", type: "TEXT", field: "c", cells: mixed, operands: fc.integer({ min: -50, max: 100 }) },
  ...["TEXT", "", "DATETIME"].flatMap((type) => ["c", "{ column: c, missing: [NA, '-99'] }", "{ column: c, normalise: trim }", "{ column: c, match: '^(.)' }", "{ column: c, else: none }"].map((field): Case => ({ name: `text ${type} ${field}`, entity: "Station", attribute: "name", type, field, cells: mixed, operands: texts }))),
  { name: "text STRICT", entity: "Station", attribute: "name", type: "TEXT", strict: true, field: "c", cells: fc.oneof(fc.constant(null), anyText), operands: texts },
  { name: "joined text", entity: "Station", attribute: "name", type: "TEXT", field: "{ columns: [c, u], glue: / }", cells: fc.oneof(fc.constant(null), anyText), second: fc.oneof(fc.constant(null), anyText), operands: texts },
  ...["TEXT", "INTEGER", "", "DATETIME"].flatMap((type) => ["{ column: c, codes: { 0: RAW, 2: REVIEWED, 3: REVIEWED } }", "{ column: c, codes: { 0: RAW, 2: REVIEWED, '*': RAW }, missing: [x] }", "c"].map((field): Case => ({ name: `enum ${type} ${field}`, entity: "Station", attribute: "quality", type, field, cells: fc.oneof(fc.constant(null), codes, fc.constantFrom<Cell>(0, 2, 3, 9, 2.5), bytes), operands: fc.constantFrom("RAW", "REVIEWED", "PUBLISHED", "x") }))),
  ...["INTEGER", "TEXT"].flatMap((type) => ["c", "{ column: c, codes: { 0: false, 1: true } }"].map((field): Case => ({ name: `boolean ${type} ${field}`, entity: "Station", attribute: "active", type, field, cells: fc.oneof(fc.constant(null), fc.constantFrom<Cell>(0, 1, 2, "0", "1", "true", "yes")), operands: fc.boolean() }))),
  ...["TEXT", ""].flatMap((type) => ["c", "{ column: c, normalise: trim }"].map((field): Case => ({ name: `region ${type} ${field}`, entity: "Station", attribute: "region", type, field, cells: fc.oneof(fc.constant(null), regions), operands: regions }))),
  { name: "region by name", entity: "Station", attribute: "region", type: "TEXT", field: "{ column: c, codes: gb2260-names }", cells: fc.oneof(fc.constant(null), fc.constantFrom("石家庄", "石家庄市", "河北省", "北京市", "nowhere")), operands: regions },
  { name: "region inside a number", entity: "Station", attribute: "region", type: "TEXT", field: "{ column: c, match: '^..([0-9]{6})' }", cells: fc.oneof(fc.constant(null), fc.constantFrom("91130102MA", "91110000MA", "911302")), operands: regions },
  { name: "region constant", entity: "Station", attribute: "region", type: "TEXT", field: "{ constant: 130102 }", cells: fc.constant(null), operands: regions },
  ...["Asia/Shanghai", "America/New_York", "UTC"].flatMap((timeZone) =>
    ["TEXT", "DATETIME", ""].map((type): Case => ({ name: `instant ${type} ${timeZone}`, entity: "Station", attribute: "receivedAt", type, timeZone, field: "{ column: c, format: yyyy-MM-dd HH:mm }", cells: fc.oneof(fc.constant(null), localText, bytes), operands: instants })),
  ),
  ...["TEXT", "DATETIME", ""].flatMap((type) =>
    ["", "      averaging: { constant: PT1H }\n"].map((averaging): Case => ({
      name: `key ${averaging ? "start from end" : "start"} ${type}`,
      entity: "Observation",
      attribute: averaging ? "end" : "start",
      judged: "start",
      type,
      timeZone: "America/New_York",
      field: "{ column: c, format: yyyy-MM-dd HH:mm }",
      more: `      pollutant: { constant: a34004 }\n${averaging || "      averaging: { constant: SPOT }\n"}`,
      cells: fc.oneof(fc.constant(null), localText, bytes),
      operands: instants,
    })),
  ),
  { name: "key text", entity: "Station", attribute: "name", judged: "code", type: "TEXT", field: "c", codeColumn: "c", cells: mixed, operands: texts },
  { name: "instant by day", entity: "Station", attribute: "receivedAt", type: "TEXT", timeZone: "America/New_York", field: "{ column: c, format: yyyy/MM/dd }", cells: localText.map((text) => text.slice(0, 10).replaceAll("-", "/")), operands: instants },
  { name: "instant by month", entity: "Station", attribute: "receivedAt", type: "TEXT", timeZone: "Asia/Shanghai", field: "{ column: c, format: yyyyMM }", cells: localText.map((text) => text.slice(0, 7).replace("-", "")), operands: instants },
  { name: "instant ISO", entity: "Station", attribute: "receivedAt", type: "TEXT", timeZone: "Asia/Shanghai", field: "c", cells: fc.oneof(fc.constant(null), localText), operands: instants },
  { name: "instant of numbers", entity: "Station", attribute: "receivedAt", type: "INTEGER", timeZone: "Asia/Shanghai", field: "{ column: c, format: epoch-ms }", cells: fc.oneof(fc.constant(null), instants), operands: instants },
  { name: "instant by the millisecond", entity: "Station", attribute: "receivedAt", type: "TEXT", timeZone: "UTC", field: "{ column: c, format: yyyy-MM-ddTHH:mm:ss.SSSZ }", cells: fc.oneof(fc.constant(null), instants.map((ms) => new Date(Number(ms)).toISOString()), instants.map((ms) => new Date(Number(ms)).toISOString().replace(/\.\d+/, "")), bytes), operands: instants },
  { name: "start from end", entity: "Observation", attribute: "end", type: "TEXT", timeZone: "America/New_York", field: "{ column: c, format: yyyy-MM-dd HH:mm }", more: "      pollutant: { constant: a34004 }\n      averaging: { constant: PT1H }\n", cells: localText, operands: instants },
  ...["c", "{ column: c, format: yyyy/MM/dd }", "{ column: c, format: [yyyy/M/d, yyyyMMdd] }"].map((field): Case => ({ name: `date ${field}`, entity: "Station", attribute: "activeFrom", type: "TEXT", field, cells: fc.oneof(fc.constant(null), localText.map((text) => text.slice(0, 10)), localText.map((text) => text.slice(0, 10).replaceAll("-", "/")), fc.constantFrom("20240131", "2024-02-31", " 2024-01-01")), operands: localText.map((text) => text.trim().slice(0, 10)).filter((text) => parseDate(text) !== null) })),
  { name: "list", entity: "PenaltyDecision", attribute: "kind", type: "TEXT", field: "{ column: c, list: ',', codes: penalty-kinds-zh }", cells: fc.oneof(fc.constant(null), fc.constantFrom("罚款", "罚款,警告", "", "x", "警告,x,罚款")), operands: fc.constantFrom("FINE", "WARNING", "CLOSURE") },
  { name: "constant", entity: "Station", attribute: "medium", type: "TEXT", field: "{ constant: AIR }", cells: fc.constant(null), operands: fc.constantFrom("AIR", "SURFACE_WATER") },
];

function compileCase(one: Case): { mapping: Mapping; part: MappedPart } {
  const body =
    one.entity === "Station"
      ? station(one.field, one.attribute, one.more, one.codeColumn)
      : one.entity === "Observation"
        ? observation(one.field, one.attribute, one.more ?? "")
        : `  PenaltyDecision:\n    from: data\n    key: k\n    fields:\n      docNo: k\n      ${one.attribute}: ${one.field}\n`;
  const text = `region: 130000\nkind: sqlite\ntimeZone: ${one.timeZone ?? "Asia/Shanghai"}\nentities:\n${body}`;
  const options = { unique: [["k"]], strict: one.strict ?? false };
  const mapping = compileText(text, [table("data", `k|TEXT!, c|${one.type}, u|TEXT`, options), table("stations", "k|TEXT!", options)]);
  const [part] = mapping.entities.get(asEntityName(one.entity))?.parts ?? [];
  if (!part) throw new Error("no part");
  return { mapping, part };
}

interface Row {
  readonly k: string;
  readonly value: Unified;
}

/** The table with its cells, read back as SQLite stored them. */
function load(one: Case, mapping: Mapping, part: MappedPart, field: MappedField, cells: readonly (readonly [Cell, string | null])[]): { db: Database.Database; rows: readonly Row[] } {
  const db = new Database(":memory:");
  install(db, Object.fromEntries(mapping.lenses));
  db.exec(`CREATE TABLE data (k TEXT NOT NULL PRIMARY KEY, c ${one.type}, u TEXT) ${one.strict ? "STRICT" : ""}`);
  const insert = db.prepare("INSERT INTO data VALUES (?, ?, ?)");
  cells.forEach(([cell, second], index) => insert.run(`k${index}`, cell, second));
  const inputs = field.inputs.map((expr) => `${sqlExpr(expr)}`);
  const statement = db.prepare(`SELECT t.k${inputs.map((text) => `, ${text}`).join("")} FROM data t WHERE ${sqlCond(part.base)}`).raw();
  const rows = (statement.all() as Cell[][]).map(([k, ...own]) => ({ k: String(k), value: field.read(own) }));
  return { db, rows };
}

const selected = (db: Database.Database, base: SourceCond, atom: LoweredAtom, operand: Unified | readonly Unified[]): string[] =>
  (db.prepare(`SELECT t.k FROM data t WHERE ${sqlCond(base)} AND (${sqlCond(atom.cond)})`).pluck().all(bindSlots(atom.bind.map((bind) => bind(operand)))) as string[]).sort();

const keysWhere = (rows: readonly Row[], test: (value: Unified) => boolean): string[] => rows.filter(({ value }) => test(value)).map(({ k }) => k).sort();

const runs = Number(process.env.FC_RUNS ?? 20);

describe("an atom in the source selects exactly the rows whose unified value satisfies it", () => {
  for (const one of cases) {
    it(one.name, () => {
      const { mapping, part } = compileCase(one);
      const field = part.fields.get(one.judged ?? one.attribute);
      if (!field) throw new Error("no field");
      const { type } = field.attribute;
      const rowCells = fc.array(fc.tuple(one.cells, one.second ?? fc.constant(null)), { minLength: 1, maxLength: 25 });
      const operands = one.operands ?? fc.constant<Unified>(null);
      fc.assert(
        fc.property(rowCells, fc.array(operands, { minLength: 1, maxLength: 3 }), (cells, wanted) => {
          const { db, rows } = load(one, mapping, part, field, cells);
          try {
            // Values of the rows themselves are the boundary cases.
            const own = rows.flatMap(({ value }) => (value === null || Array.isArray(value) || typeof value === "object" && type.kind !== "decimal" ? [] : [type.kind === "decimal" ? decimalOf(`${String(printedCell(type, value))}e-${type.scale}`) : value]));
            for (const operand of [...wanted, ...own.slice(0, 4), null]) {
              for (const operator of operatorsOf(type)) {
                const atom = field.filter(operator);
                if (!atom) throw new Error(`no atom for ${operator}`);
                const value = operator === "in" || operator === "within" ? [operand, ...wanted] : operand;
                expect(selected(db, part.base, atom, value), `${operator} ${String(operand)} [${atom.grade} ${atom.note}]`).toEqual(keysWhere(rows, (cell) => satisfies(type, operator, cell, value)));
              }
            }
            for (const [operator, isNull] of [["isNull", true], ["isNotNull", false]] as const) {
              const atom = field.filter(operator as FilterOperator);
              if (atom) expect(selected(db, part.base, atom, null), operator).toEqual(keysWhere(rows, (cell) => (cell === null) === isNull));
            }
            checkOrder(db, part, field, rows);
            checkGroup(db, part, field, rows);
            checkSum(db, part, field, rows);
          } finally {
            db.close();
          }
        }),
        { numRuns: runs },
      );
    });
  }
});

describe("a bound carried back into a column of numbers is the last double that satisfies it", () => {
  for (const one of cases.filter(({ name }) => name.startsWith("number REAL") || name.startsWith("number INTEGER"))) {
    it(one.name, () => {
      const { mapping, part } = compileCase(one);
      const field = part.fields.get(one.attribute);
      if (!field) throw new Error("no field");
      fc.assert(
        fc.property(one.operands ?? fc.constant<Unified>(0), (operand) => {
          const found = (["eq", "ne", "lt", "lte", "gt", "gte"] as const).map((operator) => ({ operator, atom: field.filter(operator), exact: operator === "ne" ? null : (field.order?.compare(operator) ?? null) }));
          const ends = found.flatMap(({ atom, exact }) => [...(atom?.bind ?? []), ...(exact?.bind ?? [])].map((bind) => bind(operand))).filter((end) => typeof end === "number");
          const near = ends.flatMap((end) => [-2n, -1n, 0n, 1n, 2n].map((step) => doubleOf(ordinalOf(end) + step))).filter((cell) => one.type === "REAL" || Number.isSafeInteger(cell));
          const { db, rows } = load(one, mapping, part, field, [...new Set(near)].map((cell) => [cell, null]));
          try {
            for (const { operator, atom, exact } of found) {
              if (atom) expect(selected(db, part.base, atom, operand), `${operator} ${String(operand)}`).toEqual(keysWhere(rows, (value) => satisfies(field.attribute.type, operator, value, operand)));
              if (exact) expect(selected(db, part.base, exact, operand), `exact ${operator}`).toEqual(keysWhere(rows, (value) => value !== null && signHolds(operator, compareExact(field.attribute.type, value, operand))));
            }
          } finally {
            db.close();
          }
        }),
        { numRuns: runs * 2 },
      );
    });
  }
});

function checkOrder(db: Database.Database, part: MappedPart, field: MappedField, rows: readonly Row[]): void {
  const { order } = field;
  const { type } = field.attribute;
  if (!order) return;
  const byKey = new Map(rows.map(({ k, value }) => [k, value]));
  for (const { expr, decode } of [order, order.canonical]) {
    const read = db.prepare(`SELECT t.k, ${sqlExpr(expr)} FROM data t WHERE ${sqlCond(part.base)} ORDER BY 2 ASC NULLS LAST`).raw().all() as [string, Cell][];
    let before: Unified = null;
    for (const [k, cell] of read) {
      const value = byKey.get(k) ?? null;
      expect(cell === null, `NULL of ${k}`).toBe(value === null);
      if (value !== null) expect(compareExact(type, decode(cell), value), "decode").toBe(0);
      if (value !== null && before !== null) expect(compareExact(type, before, value), "order").toBeLessThanOrEqual(0);
      before = value;
    }
  }
  for (const { value: pivot } of rows.slice(0, 3)) {
    if (pivot === null) continue;
    for (const operator of ["eq", "lt", "lte", "gt", "gte"] as const) {
      const sign = { eq: (s: number) => s === 0, lt: (s: number) => s < 0, lte: (s: number) => s <= 0, gt: (s: number) => s > 0, gte: (s: number) => s >= 0 }[operator];
      expect(selected(db, part.base, order.compare(operator), pivot), `compare ${operator}`).toEqual(keysWhere(rows, (value) => value !== null && sign(compareExact(type, value, pivot))));
    }
  }
}

function checkGroup(db: Database.Database, part: MappedPart, field: MappedField, rows: readonly Row[]): void {
  const { group } = field;
  const { type } = field.attribute;
  if (!group) return;
  const read = db.prepare(`SELECT ${sqlExpr(group.expr)}, count(*) FROM data t WHERE ${sqlCond(part.base)} GROUP BY 1`).raw().all() as [Cell, number][];
  const counted = new Map<string, number>();
  for (const [cell, count] of read) {
    const key = String(printedCell(type, group.decode(cell)));
    counted.set(key, (counted.get(key) ?? 0) + count);
  }
  const expected = new Map<string, number>();
  for (const { value } of rows) {
    const key = String(printedCell(type, value));
    expected.set(key, (expected.get(key) ?? 0) + 1);
  }
  expect(new Map([...counted].sort())).toEqual(new Map([...expected].sort()));
}

function checkSum(db: Database.Database, part: MappedPart, field: MappedField, rows: readonly Row[]): void {
  const { sum } = field;
  if (!sum) return;
  const split = sum.split.map((expr) => `, ${sqlExpr(expr)}`).join("");
  const read = db.prepare(`SELECT ${sqlExpr(sum.expr)}${split} FROM data t WHERE ${sqlCond(part.base)}`).raw().all() as Cell[][];
  let total: Decimal = 0;
  let expected: Decimal = 0;
  for (const [cell, ...parts] of read) {
    const linear = sum.linear(parts);
    const number = cell === null || cell === undefined ? null : decimalOf(cell as string | number);
    if (linear && number !== null) total = add(total, toRational(add(multiply(number, linear.factor), linear.offset)));
  }
  for (const { value } of rows) if (value !== null) expected = add(expected, toRational(value as Decimal));
  expect(compareDecimal(total, expected)).toBe(0);
}

function toRational(value: Decimal): { n: bigint; d: bigint } {
  if (typeof value !== "number") return value;
  const text = value.toString();
  const [mantissa = "0", exponent = "0"] = text.split("e");
  const [whole = "0", fraction = ""] = mantissa.split(".");
  const power = Number(exponent) - fraction.length;
  const n = BigInt(whole + fraction);
  return power >= 0 ? { n: n * 10n ** BigInt(power), d: 1n } : { n, d: 10n ** BigInt(-power) };
}
