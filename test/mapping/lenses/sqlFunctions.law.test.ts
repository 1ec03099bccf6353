import Database from "better-sqlite3";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import type { Cell } from "../../../adapters/contract/sourceQuery.ts";
import { compareDecimal, decimalOf, decimalText, powerOfTen, rationalOf, scaledInteger, type Decimal } from "../../../src/harmonise/decimal.ts";
import { applyLinear } from "../../../src/harmonise/units.ts";
import { compileChain } from "../../../src/mapping/lenses/chain.ts";
import { install } from "../../../src/mapping/lenses/sqlFunctions.ts";
import { manySpecs } from "./specs.ts";

const db = new Database(":memory:");
install(db, manySpecs);
afterAll(() => void db.close());
const one = (sql: string, ...values: unknown[]): unknown[] => db.prepare(sql).raw().get(...values) as unknown[];

const plausible = fc.constantFrom<Cell>(
  "12.5", "0.025L", "<0.3", "-99", "—", "未检出", "2016-12-20 00:00", "2016-12-20T08:00:00+08:00", "20240305", "2024/3/5", "a,b,x", '["a",1]', "ppb", "ug/m3", "a21026", "PT1H", "P1M", "1,234.5", "116°23′29.5″",
  "某站(停运150702)", "true", "1", 45000, 1e300, 5e-324, -0, 300, 12.25, 116.4, 39.9, "1e14", "１２", "\u0000", "999999999999999.999", "\ud800",
);
const cell: fc.Arbitrary<Cell> = fc.oneof(
  plausible, fc.string({ unit: "binary", maxLength: 30 }), fc.string({ maxLength: 12 }), fc.double({ noNaN: true }), fc.integer(), fc.constant(null), fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes)),
);
const cells = fc.array(cell, { maxLength: 5 });
const lens = fc.constantFrom(...Object.keys(manySpecs));

describe("every chain", () => {
  test("is total, and its forms are NULL together", () => {
    fc.assert(fc.property(lens, fc.array(fc.oneof(cell, fc.boolean(), fc.bigInt(), fc.constant(Number.NaN)), { maxLength: 5 }), (id, row) => {
      const chain = compileChain(manySpecs[id]!);
      const value = chain.read(row);
      expect(chain.printed(row) === null).toBe(value === null);
      expect(chain.exact(row) === null).toBe(value === null);
      if (value === null) expect(chain.number(row)).toBeNull();
      chain.linear(row);
    }), { numRuns: 20_000 });
  });

  test("answers in SQLite what it reads in the hub", () => {
    fc.assert(fc.property(lens, cells, (id, row) => {
      const chain = compileChain(manySpecs[id]!);
      const slots = row.map(() => ", ?").join("");
      // What SQLite stores: text without lone surrogates, -0 as it is.
      const stored = row.length === 0 ? [] : (one(`select ${row.map(() => "?").join(",")}`, ...row) as Cell[]);
      const sql = `select ${["printed", "exact", "number"].map((form) => `hub_lens('${id}', '${form}'${slots})`).join(",")}`;
      expect(one(sql, ...row, ...row, ...row)).toEqual([chain.printed(stored), chain.exact(stored), chain.number(stored)]);
    }), { numRuns: 10_000 });
  });
});

describe("decimal chains", () => {
  const decimals = fc.constantFrom("decimal", "ppb", "co", "kelvin", "thousands", "bounds");
  const number = fc.oneof(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), fc.integer({ min: -100_000, max: 100_000 }).map((n) => String(n / 1000)), fc.constantFrom<Cell>("<0.3", "0.25", 0.25, -0, 0, "1234567890.12345678"));

  test("the exact form sorts in SQLite as the exact values do, and printed never turns that order round", () => {
    fc.assert(fc.property(decimals, number, number, (id, a, b) => {
      const chain = compileChain(manySpecs[id]!);
      const left = chain.read([a]);
      const right = chain.read([b]);
      fc.pre(left !== null && right !== null);
      const order = compareDecimal(left as Decimal, right as Decimal);
      const [less, equal] = one(`select hub_lens('${id}','exact',?) < hub_lens('${id}','exact',?), hub_lens('${id}','exact',?) = hub_lens('${id}','exact',?)`, a, b, a, b);
      expect([less, equal]).toEqual([order < 0 ? 1 : 0, order === 0 ? 1 : 0]);
      const printed = Number(chain.printed([a])) - Number(chain.printed([b]));
      expect(Math.sign(printed) * order).toBeGreaterThanOrEqual(0);
    }), { numRuns: 2000 });
  });

  test("number and linear make the value", () => {
    fc.assert(fc.property(decimals, number, (id, a) => {
      const chain = compileChain(manySpecs[id]!);
      const value = chain.read([a]);
      fc.pre(value !== null);
      const back = applyLinear(decimalOf(chain.number([a]) as string | number) as Decimal, chain.linear([a])!);
      expect(compareDecimal(back, value as Decimal)).toBe(0);
      expect(Number.isSafeInteger(scaledInteger(value as Decimal, 1))).toBe(true);
    }));
  });
});

describe("the other functions", () => {
  test("hub_sum is the exact sum of the decimals that the cells spell, in any order", () => {
    fc.assert(fc.property(fc.array(fc.oneof(fc.double({ noNaN: true, min: -1e12, max: 1e12 }), fc.integer({ min: -1e9, max: 1e9 }).map((n) => n / 1000), cell), { maxLength: 20 }), (values) => {
      const scale = powerOfTen(40);
      let n = 0n;
      let count = 0;
      for (const value of values) {
        const text = value instanceof Uint8Array ? null : value;
        const exact = typeof text === "number" || typeof text === "string" ? decimalOf(text) : null;
        if (exact === null) continue;
        const term = rationalOf(exact);
        n += (term.n * scale) / term.d;
        count++;
      }
      fc.pre(!values.some((value) => value instanceof Uint8Array));
      const expected = count === 0 ? null : decimalText({ n, d: scale });
      const sum = (list: readonly Cell[]): unknown => one(`select hub_sum(column1) from (values ${["(null)", ...list.map(() => "(?)")].join(",")})`, ...list)[0];
      expect(sum(values)).toBe(expected);
      expect(sum([...values].reverse())).toBe(expected);
    }), { numRuns: 500 });
  });

  test("hub_sum of many large numbers stays exact past 2⁵³", () => {
    expect(one("with recursive n(i) as (select 1 union all select i+1 from n where i < 20000) select hub_sum(899999999.999999) from n")).toEqual(["17999999999999.98"]);
    expect(one("select hub_sum(x) from (select 1 x where 0)")).toEqual([null]);
  });

  test.each([
    ["hub_starts('京津冀', '京')", 1], ["hub_starts('京津冀', '津')", 0], ["hub_starts('a%', 'A')", 0], ["hub_starts(null, 'a')", null], ["hub_starts('a', null)", null], ["hub_starts('a', '')", 1], ["hub_contains('a_c', '_')", 1],
    ["hub_contains('abc', '_')", 0], ["hub_contains('𠮷田', '田')", 1], ["hub_contains(130100, '01')", 1], ["hub_contains(x'ff', 'a')", null], ["hub_bucket(1482163200000 + 1, 'DAY', 'Asia/Shanghai')", 1482163200000],
    ["hub_bucket('x', 'DAY', 'UTC')", null], ["hub_bucket(1, 'WEEK', 'UTC')", null], ["hub_bucket(1, 'DAY', 'Nowhere')", null], ["hub_bucket(9e99, 'DAY', 'UTC')", null], ["hub_lens('nothing', 'printed', 1)", null], ["hub_lens('co', 'other', 1)", null],
    ["hub_lens('toString', 'printed', 1)", null], ["hub_lens()", null], ["hub_lens('co', 'printed')", null],
  ])("%s is %s", (expression, expected) => expect(one(`select ${expression}`)).toEqual([expected]));

  test("hub_lens may stand in an index: it is deterministic", () => {
    db.exec("create table t(x text); create index t_x on t(hub_lens('ppb', 'printed', x)); insert into t values ('10'), ('x'), (null), ('20')");
    expect(db.prepare("select x from t where hub_lens('ppb', 'printed', x) > 200").raw().all()).toEqual([["20"]]);
  });
});
