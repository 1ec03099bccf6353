/**
 * The law of lowering without lens functions: what plain SQL selects, orders, groups and adds up in a real PostgreSQL or MariaDB is what
 * the cells mean when the hub reads them. Random cells of every type with rubbish among them, every operator.
 */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Adapter } from "../../adapters/contract/adapter.ts";
import { checked } from "../../adapters/contract/checked.ts";
import type { BoundValue, Cell, SourceCond, SourceExpr, TimeBucket } from "../../adapters/contract/sourceQuery.ts";
import { parseMysqlConnection } from "../../adapters/mysql/connectionConfig.ts";
import { mariadb } from "../../adapters/mysql/flavour.ts";
import { openMysql } from "../../adapters/mysql/openMysql.ts";
import { parsePostgresConnection } from "../../adapters/postgres/connectionConfig.ts";
import { openPostgres } from "../../adapters/postgres/openPostgres.ts";
import { asEntityName, asSourceId } from "../../schema/ids.ts";
import { add, compareDecimal, decimalOf, multiply, type Decimal } from "../../src/harmonise/decimal.ts";
import { bucketStart } from "../../src/harmonise/time.ts";
import type { Unified } from "../../src/harmonise/unified.ts";
import { compileMapping } from "../../src/mapping/compileMapping.ts";
import type { FilterOperator, LoweredAtom, MappedField, MappedPart } from "../../src/mapping/mapping.ts";
import { compareExact, operatorsOf, printedCell, satisfies, signHolds } from "../../src/mapping/unifiedOrder.ts";
import { hasMariadb, makeDatabase } from "../fixtures/mariadbServer.ts";
import { hasPostgres, makeSchema } from "../fixtures/postgresServer.ts";
import { collect } from "../adapters/fixtures/collect.ts";
import { and, column, part as selectPart, query, rowsOf } from "../adapters/fixtures/templates.ts";
import { vocabulary } from "./support.ts";

const rowCount = 160;
const seed = Number(process.env.SEED ?? 20_260_301);
const draw = <T>(of: fc.Arbitrary<T>, many: number, salt: number): T[] => fc.sample(of, { numRuns: many, seed: seed + salt });

const doubles = fc.oneof(
  fc.constantFrom("0", "1", "-99", "75", "38.2", "0.30000000000000004", "1e15", "-1e15", "999999999999999", "1e-22", "9e-23", "1e300", "5e-324", "0.0005", "0.0015", "2.5", "NaN", "Infinity", "-Infinity"),
  fc.integer({ min: -20_000, max: 20_000 }).map((n) => String(n / 2000)),
  fc.double({ noNaN: true }).map(String),
);
const digits = (least: number, most: number): fc.Arbitrary<string> => fc.bigInt({ min: 10n ** BigInt(least - 1), max: 10n ** BigInt(most) - 1n }).map(String);
const numerics = fc.oneof(
  fc.constantFrom("0", "0.00", "-99", "-99.0", "NaN", "1e15", "999999999999999.999", "0.0005", "0.00050000000000000", "0.0015", "2.5000", "-0.0005", "123456789012345.678", "123456789012345.6785", "99999999999999999999"),
  fc.integer({ min: -3_000_000, max: 3_000_000 }).map((n) => String(n / 1000)),
  // Halves of a printed step, and their nearest neighbours.
  fc.tuple(fc.integer({ min: -50, max: 50 }), fc.constantFrom("", "0000000000001", "-")).map(([n, tail]) => (tail === "-" ? `${n}.000499999999999` : `${n}.0005${tail}`)),
  fc.tuple(digits(1, 20), fc.integer({ min: 0, max: 40 })).map(([n, scale]) => `${n}e-${scale}`),
);
const whole = fc.oneof(fc.integer({ min: -5000, max: 5000 }).map(String), fc.constantFrom("9223372036854775807", "-9223372036854775808", "999999999999999", "1000000000000000", "9007199254740993", "-99", "0"));
const texts = fc.oneof(fc.constantFrom("", " ", "\u3000", "\u00a0 ", "-99", "—", "a", "A", "中", "\u{1f600}", "\uffff", "\ufeff中", "\u0001", "12", " 12"), fc.string({ unit: "grapheme", maxLength: 5 }).filter((text) => !text.includes("\u0000")));
const codes = fc.constantFrom("0", "2", "3", "9", "x", "RAW", "REVIEWED", "PUBLISHED", "-99", "constructor", "");
const regionTexts = fc.constantFrom("130000", "130100", "130102", "130199", "110000", "100000", "129900", "13010", "1301020", "90", "US", "", "９10000");
const dates = fc.oneof(fc.constantFrom("infinity", "-infinity", "0044-03-15 BC", "10000-01-01", "9999-12-31", "0001-01-01", "2024-02-29", "1986-05-04", "1940-06-01"), fc.integer({ min: -30_000, max: 30_000 }).map((n) => new Date(n * 86_400_000).toISOString().slice(0, 10)));
const near = ["1986-05-04T02:00", "1986-09-14T01:00", "1986-09-14T00:30", "2024-03-10T02:30", "2024-11-03T01:30", "2024-01-01T00:00", "1940-06-01T00:00", "1901-01-01T00:00"];
const times = fc.oneof(
  fc.constantFrom("infinity", "-infinity", "0044-03-15 01:00:00 BC", "10000-01-01 00:00:00", "9999-12-31 23:59:59.999999", "0001-01-01 00:00:00", "1900-01-01 00:00:00"),
  fc.tuple(fc.constantFrom(...near), fc.integer({ min: -90, max: 90 }), fc.constantFrom("", ".5", ".001", ".0019", ".999999")).map(([at, minutes, rest]) => `${new Date(Date.parse(`${at}Z`) + minutes * 60_000).toISOString().slice(0, 19).replace("T", " ")}${rest}`),
  fc.integer({ min: 0, max: 9000 }).map((hours) => new Date(Date.UTC(2024, 0, 1) + hours * 3_600_000).toISOString().slice(0, 19).replace("T", " ")),
);

const decimalOperands = fc.oneof(fc.integer({ min: -3_000_000, max: 3_000_000 }).map((n) => decimalOf(`${n}e-3`) as Decimal), fc.constantFrom<Decimal>(0, 75, 1e12, -1e12, 0.001, -0.001, 0.002));
const instantOperands = fc.oneof(fc.tuple(fc.constantFrom(...near), fc.integer({ min: -1500, max: 1500 }), fc.constantFrom(0, 1, -1)).map(([at, minutes, ms]) => Date.parse(`${at}Z`) + minutes * 60_000 + ms), fc.integer({ min: -60_000_000_000_000, max: 250_000_000_000_000 }));
const dateOperands = fc.oneof(fc.constantFrom("2024-02-29", "9999-12-31", "0001-01-01", "1986-05-04"), fc.integer({ min: -3000, max: 3000 }).map((n) => new Date(n * 86_400_000 * 10).toISOString().slice(0, 10)));

interface Case {
  readonly type: string;
  readonly field: string;
  readonly attribute: string;
  readonly entity?: "Station" | "Observation";
  readonly cells: fc.Arbitrary<string>;
  readonly operands: fc.Arbitrary<Unified>;
  readonly zone?: string;
  readonly more?: string;
}

const values = (type: string, cells: fc.Arbitrary<string>, fields: readonly string[]): readonly Case[] => fields.map((field) => ({ type, field, attribute: "value", entity: "Observation", cells, operands: decimalOperands }));
const enumOperands = fc.constantFrom<Unified>("RAW", "AUTO_CHECKED", "REVIEWED", "PUBLISHED");

const postgresCases: readonly Case[] = [
  ...values("float8", doubles, ["c", "{ column: c, unit: ppb }", "{ column: c, unit: mg/m3 }", "{ column: c, missing: ['-99', '0'], unit: ppb }"]),
  ...values("float4", doubles.filter((text) => Math.abs(Number(text)) < 1e38 && (Number(text) === 0 || Math.abs(Number(text)) > 1e-37 || Number.isNaN(Number(text)))), ["c", "{ column: c, unit: ppb }"]),
  ...values("numeric", numerics, ["c", "{ column: c, unit: ppb }", "{ column: c, unit: mg/m3 }", "{ column: c, missing: ['-99', '0'], unit: ppb }"]),
  ...values("numeric(12,4)", numerics.filter((text) => Math.abs(Number(text)) < 1e7), ["c", "{ column: c, unit: ppb }"]),
  ...values("int8", whole, ["c", "{ column: c, missing: ['-99'], unit: ppb }"]),
  ...values("int2", whole.filter((text) => Math.abs(Number(text)) < 30_000), ["{ column: c, unit: mg/m3 }"]),
  { type: "int8", field: "c", attribute: "revision", cells: whole, operands: fc.oneof(fc.integer({ min: -5000, max: 5000 }), fc.constantFrom(0, 999999999999999)) },
  ...["text", "varchar(40)", 'text COLLATE "C"', "char(8)"].map((type): Case => ({ type, field: "{ column: c, missing: ['—', '-99'] }", attribute: "name", cells: texts, operands: texts.filter((text) => text !== "") })),
  { type: "uuid", field: "c", attribute: "name", cells: fc.uuid(), operands: fc.uuid() },
  ...["text", "int4"].flatMap((type) => ["{ column: c, codes: { 0: RAW, 2: REVIEWED, 3: REVIEWED } }", "{ column: c, codes: { 0: RAW, 2: REVIEWED, '*': AUTO_CHECKED }, missing: ['-99', x] }", ...(type === "text" ? ["c"] : [])].map((field): Case => ({ type, field, attribute: "quality", cells: type === "text" ? codes : fc.constantFrom("0", "2", "3", "9", "-99"), operands: enumOperands }))),
  { type: "bool", field: "c", attribute: "active", cells: fc.constantFrom("true", "false"), operands: fc.boolean() },
  { type: "text", field: "{ column: c, codes: { 是: true, 否: false } }", attribute: "active", cells: fc.constantFrom("是", "否", "", "?"), operands: fc.boolean() },
  { type: "text", field: "c", attribute: "region", cells: regionTexts, operands: fc.constantFrom("130000", "130100", "130102", "100000", "110000") },
  { type: "text", field: "{ column: c, codes: gb2260-names }", attribute: "region", cells: fc.constantFrom("石家庄", "石家庄市", "河北省", "北京市", "nowhere", ""), operands: fc.constantFrom("130000", "130100", "100000") },
  { type: "date", field: "c", attribute: "activeFrom", cells: dates, operands: dateOperands },
  { type: "date", field: "{ column: c, missing: ['2024-02-29'] }", attribute: "activeFrom", cells: dates, operands: dateOperands },
  { type: "date", field: "c", attribute: "receivedAt", cells: dates, operands: instantOperands },
  ...["timestamptz", "timestamptz(3)", "timestamp", "timestamp(0)"].map((type): Case => ({ type, field: "{ column: c, missing: ['1900-01-01 00:00:00', '1900-01-01 00:00:00+00'] }", attribute: "receivedAt", cells: times, operands: instantOperands })),
  ...["timestamptz", "timestamp"].map((type): Case => ({ type, field: "c", attribute: "end", entity: "Observation", more: "      pollutant: { constant: a34004 }\n      averaging: { constant: PT1H }\n", cells: times, operands: instantOperands })),
];

const isFinite = (text: string): boolean => Number.isFinite(Number(text));
const singles = doubles.filter((text) => isFinite(text) && (Number(text) === 0 || (Math.abs(Number(text)) < 1e38 && Math.abs(Number(text)) > 1e-37)));
/** Days that no calendar has, which a server in a lenient mode stores. */
const impossible = ["0000-00-00", "2024-00-10", "2024-02-00", "2024-02-31", "2023-02-29"];
const isKept = (text: string): boolean => !/infinity|BC|^10000/.test(text);
const mariadbDates = fc.oneof({ weight: 4, arbitrary: dates.filter(isKept) }, { weight: 1, arbitrary: fc.constantFrom(...impossible) });
const mariadbTimes = fc.oneof({ weight: 6, arbitrary: times.filter(isKept) }, { weight: 1, arbitrary: fc.constantFrom(...impossible.map((day) => `${day} 00:00:00`), "2024-02-31 11:22:33.5") });
const flags = fc.constantFrom("0", "1", "-1", "2");

const mariadbCases: readonly Case[] = [
  ...values("double", doubles.filter(isFinite), ["c", "{ column: c, unit: ppb }", "{ column: c, unit: mg/m3 }", "{ column: c, missing: ['-99', '0'], unit: ppb }"]),
  ...values("float", singles, ["c", "{ column: c, unit: ppb }"]),
  ...values("decimal(60,30)", numerics.filter(isFinite), ["c", "{ column: c, unit: ppb }", "{ column: c, unit: mg/m3 }", "{ column: c, missing: ['-99', '0'], unit: ppb }"]),
  ...values("decimal(65,38)", numerics.filter(isFinite), ["c", "{ column: c, unit: ppb }"]),
  ...values("decimal(12,4)", numerics.filter((text) => Math.abs(Number(text)) < 1e7), ["c", "{ column: c, unit: ppb }"]),
  ...values("bigint", whole, ["c", "{ column: c, missing: ['-99'], unit: ppb }"]),
  ...values("bigint unsigned", fc.oneof(whole, fc.constantFrom("18446744073709551615", "9223372036854775808")).filter((text) => !text.startsWith("-")), ["c"]),
  ...values("smallint", whole.filter((text) => Math.abs(Number(text)) < 30_000), ["{ column: c, unit: mg/m3 }"]),
  { type: "bigint", field: "c", attribute: "revision", cells: whole, operands: fc.oneof(fc.integer({ min: -5000, max: 5000 }), fc.constantFrom(0, 999999999999999)) },
  { type: "year", field: "c", attribute: "revision", cells: fc.integer({ min: 1901, max: 2155 }).map(String), operands: fc.integer({ min: 0, max: 2200 }) },
  ...["text", "varchar(40)", "varchar(40) COLLATE utf8mb4_nopad_bin", "varchar(40) COLLATE utf8mb4_bin", "varchar(40) COLLATE utf8mb4_unicode_ci", "varchar(40) COLLATE utf8mb4_unicode_nopad_ci", "varchar(40) CHARACTER SET utf8mb3", "varchar(40) CHARACTER SET gbk", "varchar(40) CHARACTER SET latin1", "char(8)"].map((type): Case => ({ type, field: "{ column: c, missing: ['—', '-99'] }", attribute: "name", cells: texts, operands: texts.filter((text) => text !== "") })),
  { type: "uuid", field: "c", attribute: "name", cells: fc.uuid(), operands: fc.uuid() },
  { type: "varbinary(20)", field: "c", attribute: "name", cells: fc.string({ unit: "binary", maxLength: 4 }), operands: fc.constantFrom("00", "e4b8ad", "61", "ff") },
  ...["text", "int", "enum('0','2','3','9','-99','x','RAW','REVIEWED','PUBLISHED','constructor','')"].flatMap((type) => ["{ column: c, codes: { 0: RAW, 2: REVIEWED, 3: REVIEWED } }", "{ column: c, codes: { 0: RAW, 2: REVIEWED, '*': AUTO_CHECKED }, missing: ['-99', x] }", ...(type === "text" ? ["c"] : [])].map((field): Case => ({ type, field, attribute: "quality", cells: type === "int" ? fc.constantFrom("0", "2", "3", "9", "-99") : codes, operands: enumOperands }))),
  ...["boolean", "bit(1)"].map((type): Case => ({ type, field: "{ column: c, codes: { 1: true, 0: false } }", attribute: "active", cells: type === "boolean" ? flags : fc.constantFrom("0", "1"), operands: fc.boolean() })),
  { type: "text", field: "{ column: c, codes: { 是: true, 否: false } }", attribute: "active", cells: fc.constantFrom("是", "否", "", "?"), operands: fc.boolean() },
  ...["varchar(20)", "varchar(20) CHARACTER SET gbk"].map((type): Case => ({ type, field: "c", attribute: "region", cells: regionTexts, operands: fc.constantFrom("130000", "130100", "130102", "100000", "110000") })),
  { type: "text", field: "{ column: c, codes: gb2260-names }", attribute: "region", cells: fc.constantFrom("石家庄", "石家庄市", "河北省", "北京市", "nowhere", ""), operands: fc.constantFrom("130000", "130100", "100000") },
  ...["date", "date NOT NULL"].map((type): Case => ({ type, field: "c", attribute: "activeFrom", cells: mariadbDates, operands: dateOperands })),
  { type: "date", field: "{ column: c, missing: ['2024-02-29'] }", attribute: "activeFrom", cells: mariadbDates, operands: dateOperands },
  { type: "date", field: "c", attribute: "receivedAt", cells: mariadbDates, operands: instantOperands },
  ...["datetime", "datetime(1)", "datetime(3)", "datetime(6)", "timestamp NULL", "timestamp(3) NULL", "timestamp(6) NULL"].map((type): Case => ({ type, field: "{ column: c, missing: ['1900-01-01 00:00:00', '2024-01-01 00:00:00+00'] }", attribute: "receivedAt", cells: mariadbTimes, operands: instantOperands })),
  ...["timestamp NULL", "datetime(3)"].map((type): Case => ({ type, field: "c", attribute: "end", entity: "Observation", more: "      pollutant: { constant: a34004 }\n      averaging: { constant: PT1H }\n", cells: mariadbTimes, operands: instantOperands })),
];

const constantKeys = "      pollutant: { constant: a05024 }\n      averaging: { constant: PT1H }\n      start: { constant: \"2024-01-01T00:00Z\" }\n";

function yamlOf(one: Case, table: string, kind: string): string {
  const body =
    one.entity === "Observation"
      ? `  Station: { from: ${table}, key: k, tie: k, fields: { code: k } }\n  Observation:\n    from: ${table}\n    key: k\n    tie: k\n    fields:\n      station: k\n      ${one.attribute}: ${one.field}\n${one.more ?? constantKeys}`
      : `  Station:\n    from: ${table}\n    key: k\n    tie: k\n    fields:\n      code: k\n      ${one.attribute}: ${one.field}\n`;
  return `region: 130000\nkind: ${kind}\ntimeZone: ${one.zone ?? "Asia/Shanghai"}\nentities:\n${body}`;
}

interface Server {
  readonly kind: string;
  readonly isThere: boolean;
  readonly cases: readonly Case[];
  /** A table t0, t1, … for each case, with a key `k` and the column `c`. */
  open(cells: readonly (readonly (string | null)[])[]): Promise<{ readonly adapter: Adapter; drop(): Promise<void> }>;
}

const postgresServer: Server = {
  kind: "postgres",
  isThere: await hasPostgres(),
  cases: postgresCases,
  async open(cells) {
    const { run, drop, url, schema } = await makeSchema();
    for (const [index, { type }] of postgresCases.entries()) {
      await run(`CREATE TABLE t${index} (k text PRIMARY KEY, c ${type})`);
      await run(`INSERT INTO t${index} SELECT 'k' || n, c::${type.replace(/ COLLATE.*/, "")} FROM unnest($1::text[]) WITH ORDINALITY AS r (c, n)`, [cells[index]]);
    }
    return { adapter: checked(await openPostgres({ connection: parsePostgresConnection({ url, schema, connections: "2" }) })), drop };
  },
};

const mariadbServer: Server = {
  kind: "mariadb",
  isThere: await hasMariadb(),
  cases: mariadbCases,
  async open(cells) {
    const { run, drop, url } = await makeDatabase();
    await run("SET sql_mode = 'STRICT_ALL_TABLES,NO_BACKSLASH_ESCAPES,ALLOW_INVALID_DATES'");
    for (const [index, { type }] of mariadbCases.entries()) {
      await run(`CREATE TABLE t${index} (k varchar(10) PRIMARY KEY, c ${type}, KEY (c${/^(?:text|varbinary)/.test(type) ? "(20)" : ""}))`);
      await run("BEGIN");
      const inserted = type === "bit(1)" ? "CAST(? AS UNSIGNED)" : "?";
      // What the type cannot hold is left out row by row.
      for (const [n, cell] of (cells[index] ?? []).entries()) await run(`INSERT INTO t${index} VALUES (?, ${inserted})`, [`k${n + 1}`, cell]).catch(() => undefined);
      await run("COMMIT");
    }
    return { adapter: checked(await openMysql({ connection: parseMysqlConnection({ url, connections: "2" }, mariadb), flavour: mariadb })), drop };
  },
};

for (const server of [postgresServer, mariadbServer]) describe.skipIf(!server.isThere)(`plain SQL in ${server.kind} says what the cells mean`, () => {
  const { cases } = server;
  let adapter: Adapter;
  let drop = async (): Promise<void> => {};
  beforeAll(async () => {
    // What no type can hold (a surrogate's half in text) is left out here.
    ({ adapter, drop } = await server.open(cases.map(({ cells }, index) => draw(fc.option(cells, { nil: null, freq: 12 }), rowCount, index).map((cell) => (cell?.isWellFormed() === false ? null : cell)))));
  }, 120_000);
  afterAll(async () => {
    await adapter?.close();
    await drop();
  });

  const open = async (index: number): Promise<{ part: MappedPart; field: MappedField; rows: { k: string; value: Unified }[] }> => {
    const one = cases[index] as Case;
    const tables = await adapter.introspect(new AbortController().signal);
    const mapping = compileMapping({ text: yamlOf(one, `t${index}`, server.kind), file: "x.yaml", source: asSourceId("x"), vocabulary, tables, codeFiles: {}, capabilities: adapter.capabilities() });
    const part = mapping.entities.get(asEntityName(one.entity ?? "Station"))?.parts[0] as MappedPart;
    const field = part.fields.get(one.attribute) as MappedField;
    const cells = await collect(adapter, query(rowsOf([selectPart(part.table, [column("k"), ...field.inputs], part.base)])));
    return { part, field, rows: cells.map(([k, ...own]) => ({ k: String(k), value: field.read(own) })) };
  };
  const keys = async (part: MappedPart, cond: SourceCond, bound: readonly BoundValue[] = []): Promise<string[]> =>
    (await collect(adapter, query(rowsOf([selectPart(part.table, [column("k")], and(part.base, cond))]), bound))).map(([k]) => String(k)).sort();
  const byAtom = (part: MappedPart, atom: LoweredAtom, operand: Unified | readonly Unified[]): Promise<string[]> => keys(part, atom.cond, atom.bind.map((bind) => bind(operand)));
  const where = (rows: readonly { k: string; value: Unified }[], test: (value: Unified) => boolean): string[] => rows.filter(({ value }) => test(value)).map(({ k }) => k).sort();
  const named = cases.map((one, index) => ({ name: `${one.attribute} from ${one.type}: ${one.field}`, index, one }));

  test.each(named)("$name: filters", async ({ index, one }) => {
    const { part, field, rows } = await open(index);
    const { type } = field.attribute;
    expect(rows.filter(({ value }) => value !== null).length, "some cells are read").toBeGreaterThan(rowCount / 8);
    // Values of the rows themselves are the boundary cases, as they are printed.
    const own = rows.flatMap(({ value }) => (value === null ? [] : [type.kind === "decimal" ? (decimalOf(`${String(printedCell(type, value))}e-${type.scale}`) as Unified) : value]));
    const operands = [...draw(one.operands, 12, 1000 + index), ...own.slice(0, 24)].filter((value) => value !== null);
    for (const operand of operands) {
      for (const operator of operatorsOf(type)) {
        const atom = field.filter(operator) as LoweredAtom;
        const value = operator === "in" || operator === "within" ? [operand, ...operands.slice(0, 3)] : operand;
        expect(await byAtom(part, atom, value), `${operator} ${JSON.stringify(printedCell(type, operand))}`).toEqual(where(rows, (cell) => satisfies(type, operator, cell, value)));
      }
    }
    for (const [operator, isNull] of [["isNull", true], ["isNotNull", false]] as const) {
      expect(await byAtom(part, field.filter(operator as FilterOperator) as LoweredAtom, null), operator).toEqual(where(rows, (cell) => (cell === null) === isNull));
    }
  });

  test.each(named)("$name: orders, groups and sums", async ({ index }) => {
    const { part, field, rows } = await open(index);
    const { type } = field.attribute;
    const order = field.order;
    if (order === null) throw new Error("no order");
    const sorted = [...rows].sort((a, b) => (a.value === null || b.value === null ? Number(a.value === null) - Number(b.value === null) : compareExact(type, a.value, b.value)) || (a.k < b.k ? -1 : 1)).map(({ k }) => k);
    for (const expr of [order.expr, order.canonical.expr]) {
      const template = rowsOf([selectPart(part.table, [expr, column("k")], part.base)], { order: [{ column: 0, descending: false }, { column: 1, descending: false }] });
      expect((await collect(adapter, query(template))).map(([, k]) => k)).toEqual(sorted);
    }
    const canonical = await collect(adapter, query(rowsOf([selectPart(part.table, [order.expr, order.canonical.expr, column("k")], part.base)])));
    for (const [own, other, k] of canonical) {
      const value = rows.find((row) => row.k === k)?.value ?? null;
      for (const read of [order.decode(own as Cell), order.canonical.decode(other as Cell)]) expect(value === null ? read === null : compareExact(type, read, value) === 0, `${String(k)}`).toBe(true);
    }
    // A page reads values and NULLs apart, by whichever form orders it.
    for (const of of [order.expr, order.canonical.expr]) for (const negated of [true, false]) expect(await keys(part, { kind: "isNull", of, negated })).toEqual(where(rows, (cell) => (cell !== null) === negated));
    // A cursor stands at a row's value, also at one that came back in canonical form.
    for (const { value } of rows.filter(({ value }) => value !== null).slice(0, 12)) {
      for (const operator of ["eq", "lt", "lte", "gt", "gte"] as const) {
        expect(await byAtom(part, order.compare(operator), value), `cursor ${operator}`).toEqual(where(rows, (cell) => cell !== null && signHolds(operator, compareExact(type, cell, value))));
      }
    }
    if (order.split !== null) {
      expect(await keys(part, order.split.hasValue)).toEqual(where(rows, (cell) => cell !== null));
      expect(await keys(part, order.split.hasNone)).toEqual(where(rows, (cell) => cell === null));
    }
    await groupsAre(part, field.group?.expr as SourceExpr, (cell) => JSON.stringify(printedCell(type, field.group?.decode(cell) ?? null)), rows.map(({ value }) => JSON.stringify(printedCell(type, value))));
    const group = field.group;
    if (group?.times) {
      for (const [bucket, zone] of [["HOUR", "Asia/Shanghai"], ["DAY", "Asia/Shanghai"], ["MONTH", "Asia/Shanghai"], ["YEAR", "UTC"], ["DAY", "America/New_York"], ["HOUR", "Asia/Kathmandu"]] as const satisfies readonly (readonly [TimeBucket, string])[]) {
        const expr: SourceExpr = group.times.inSource ? { kind: "bucket", of: group.expr, bucket, zone, ownClock: group.times.clock === zone } : group.expr;
        const start = (instant: Unified | undefined): string => String(typeof instant === "number" ? bucketStart(instant, bucket, zone) : null);
        await groupsAre(part, expr, (cell) => start(group.times?.decode(cell)), rows.map(({ value }) => start(value)));
      }
    }
    if (field.sum !== null) {
      const linear = field.sum.linear([]);
      const answer = await adapter.aggregate(query({ kind: "aggregate", parts: [selectPart(part.table, [field.sum.expr], part.base)], groupBy: [], measures: [{ fn: "sum", column: 0 }], slotCount: 0 }), new AbortController().signal);
      const [sum, count] = answer.rows[0] ?? [];
      const read = rows.flatMap(({ value }) => (value === null ? [] : [value as Decimal]));
      const total = read.reduce<Decimal>((a, b) => add(a, asRational(b)), 0);
      expect(count).toBe(read.length);
      if (linear === null || sum === null || sum === undefined) throw new Error("no sum");
      const unified = add(multiply(exactOf(String(sum)), linear.factor), { n: linear.offset.n * BigInt(read.length), d: linear.offset.d });
      expect(compareDecimal(unified, total)).toBe(0);
    }
  });

  const asRational = (value: Decimal) => exactOf(typeof value === "number" ? String(value) : value);
  function exactOf(value: string | { readonly n: bigint; readonly d: bigint }): { readonly n: bigint; readonly d: bigint } {
    if (typeof value !== "string") return value;
    const [, sign = "", wholePart = "0", fraction = "", exponent = "0"] = /^(-?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/.exec(value) ?? [];
    const shift = Number(exponent) - fraction.length;
    const n = BigInt(`${sign}${wholePart}${fraction}`);
    return shift >= 0 ? { n: n * 10n ** BigInt(shift), d: 1n } : { n, d: 10n ** BigInt(-shift) };
  }

  async function groupsAre(part: MappedPart, expr: SourceExpr, read: (cell: Cell) => string, expected: readonly string[]): Promise<void> {
    const answer = await adapter.aggregate(query({ kind: "aggregate", parts: [selectPart(part.table, [expr], part.base)], groupBy: [0], measures: [{ fn: "count", column: null }], slotCount: 0 }), new AbortController().signal);
    const found = new Map<string, number>();
    for (const [cell, count] of answer.rows) found.set(read(cell as Cell), (found.get(read(cell as Cell)) ?? 0) + Number(count));
    const counted = new Map<string, number>();
    for (const key of expected) counted.set(key, (counted.get(key) ?? 0) + 1);
    expect(new Map([...found].sort())).toEqual(new Map([...counted].sort()));
  }
});
