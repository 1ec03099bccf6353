/** Conditions with what they mean for a row: TRUE, FALSE or UNKNOWN (null). */
import type { BoundValue, SourceCond, SourceExpr } from "../../../adapters/contract/sourceQuery.ts";
import { and, column, compare, constant, inConstants, inSlot, isNotNull, isNull, not, or, read, slot } from "../fixtures/templates.ts";
import type { ColumnType } from "./harness.ts";
import type { Fact } from "./tables.ts";

export interface ConditionCase {
  readonly name: string;
  readonly cond: SourceCond;
  readonly values?: readonly BoundValue[];
  readonly holds: (row: Fact) => boolean | null;
  readonly needs?: ColumnType;
}

const bytes = (text: string): Buffer => Buffer.from(text);
export const codePoints = (a: string, b: string): number => Buffer.compare(bytes(a), bytes(b));
const ofText = (test: (text: string) => boolean) => (row: Fact) => (row.s === null ? null : test(row.s));
const ofInteger = (test: (n: bigint) => boolean) => (row: Fact) => (row.n === null ? null : test(BigInt(row.n)));
const ofNumber = (test: (x: number) => boolean) => (row: Fact) => (row.x === null ? null : test(row.x));
/** Steps of 10^-30. */
export const scaled = (text: string): bigint => {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = /^(-?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/.exec(text) ?? [];
  return BigInt(`${sign}${whole}${fraction}`) * 10n ** BigInt(30 - fraction.length + Number(exponent));
};
const ofDecimal = (test: (d: bigint) => boolean) => (row: Fact) => (row.d === null ? null : test(scaled(row.d)));
const ms = (text: string): number => Date.parse(`${text.replace(" ", "T").replace(/\+00$/, "")}Z`);
const ofInstant = (test: (at: number) => boolean) => (row: Fact) => (row.at === null ? null : test(ms(row.at)));
const ofLocal = (test: (at: number) => boolean) => (row: Fact) => (row.local === null ? null : test(ms(row.local)));
const ofDay = (test: (day: string) => boolean) => (row: Fact) => (row.day === null ? null : test(row.day));

const [s, n, x, d, day, at, local] = ["s", "n", "x", "d", "day", "at", "local"].map((name) => column(name)) as [SourceExpr, SourceExpr, SourceExpr, SourceExpr, SourceExpr, SourceExpr, SourceExpr];
const part = (kind: "startsWith" | "contains", text: SourceExpr): SourceCond => ({ kind, text, part: slot(0) });
const notIn = (left: SourceExpr, list: SourceExpr): SourceCond => ({ kind: "inList", left, list, negated: true });

const operators = { "=": (c: number) => c === 0, "<>": (c: number) => c !== 0, "<": (c: number) => c < 0, "<=": (c: number) => c <= 0, ">": (c: number) => c > 0, ">=": (c: number) => c >= 0 } as const;
const sign = (a: bigint | number, b: bigint | number): number => (a < b ? -1 : a > b ? 1 : 0);

/** Every comparison with every operand, in the column's own type. */
const comparisons: readonly ConditionCase[] = (Object.keys(operators) as (keyof typeof operators)[]).flatMap((op): ConditionCase[] => [
  ...["a", "A", "", "𝄞", "～", "北京", "O'Brien", "\\", "z\u0301"].map((text): ConditionCase => ({ name: `text ${op} ${JSON.stringify(text)}`, cond: compare(s, op, slot(0)), values: [text], holds: ofText((own) => operators[op](codePoints(own, text))) })),
  ...[3, 9007199254740993n, -(2n ** 63n), 0].map((value): ConditionCase => ({ name: `integer ${op} ${value}`, cond: compare(n, op, slot(0)), values: [value], holds: ofInteger((own) => operators[op](sign(own, BigInt(value)))) })),
  // Between two integers, and beyond all that fit.
  ...[2.5, -0.5, 1e30].map((value): ConditionCase => ({ name: `integer ${op} ${value}`, cond: compare(n, op, slot(0)), values: [value], holds: ofInteger((own) => operators[op](sign(own, value))) })),
  ...[0.1, 0.30000000000000004, 0.3, 1e-7, 0, 1e20, 23.333333333333332].map((value): ConditionCase => ({ name: `number ${op} ${value}`, cond: compare(x, op, slot(0)), values: [value], holds: ofNumber((own) => operators[op](sign(own, value))) })),
  { name: `number ${op} its neighbours' midpoint in whole numbers`, cond: compare(x, op, slot(0)), values: [9007199254740993n], holds: ofNumber((own) => operators[op](own === 2 ** 53 ? -1 : sign(own, 9007199254740993))) },
  ...["0.1", "123456789012345.678", "123456789012345.6785", "-0.000000000000000000001", "99999999999999999999"].map((value): ConditionCase => ({ name: `decimal ${op} ${value}`, cond: compare(d, op, slot(0)), values: [value], needs: "decimal", holds: ofDecimal((own) => operators[op](sign(own, scaled(value)))) })),
  ...["2024-02-29", "0001-01-01", "9999-12-31", "2024-01-15"].map((value): ConditionCase => ({ name: `date ${op} ${value}`, cond: compare(day, op, slot(0)), values: [value], needs: "date", holds: ofDay((own) => operators[op](codePoints(own, value))) })),
  ...["1986-09-13 15:30:00+00", "2024-11-03 06:30:00.000+00", "2023-12-31 16:00:00Z", "1986-05-03 17:59:59.999+00"].map((value): ConditionCase => ({ name: `instant ${op} ${value}`, cond: compare(at, op, slot(0)), values: [value], needs: "instant", holds: ofInstant((own) => operators[op](sign(own, ms(value.replace("Z", "+00"))))) })),
  { name: `instant ${op} one with an offset`, cond: compare(at, op, slot(0)), values: ["2024-01-01 00:00:00+08:00"], needs: "instant", holds: ofInstant((own) => operators[op](sign(own, Date.UTC(2023, 11, 31, 16)))) },
  ...["1986-09-14 00:30:00", "2024-02-29 23:59:59.999"].map((value): ConditionCase => ({ name: `local time ${op} ${value}`, cond: compare(local, op, slot(0)), values: [value], needs: "local", holds: ofLocal((own) => operators[op](sign(own, ms(value)))) })),
]);

/** A forged id's locator may be anything: it equals nothing, and fails nothing. */
const strange = ["abc", "", "1e999999", "0x10", "NaN", "2024-02-30", "a\u0000", "\ud800", "9".repeat(150), "' OR '1'='1", "3; DROP TABLE x", "$1", "{1}"];
const misfits: readonly ConditionCase[] = strange.flatMap((value) =>
  (["n", "x", "d", "day", "at", "local"] as const).flatMap((name): ConditionCase[] => {
    const needs = ({ d: "decimal", day: "date", at: "instant", local: "local" } as const)[name as "d"];
    const more = needs === undefined ? {} : { needs };
    const own = (row: Fact): unknown => row[name];
    const isEqual = (): boolean => false;
    return [
      { name: `${name} = ${JSON.stringify(value.slice(0, 20))} is FALSE`, cond: read("isFalse", compare(column(name), "=", slot(0))), values: [value], holds: (row) => own(row) !== null, ...more },
      { name: `${name} in a list with ${JSON.stringify(value.slice(0, 20))} is FALSE`, cond: read("isFalse", inSlot(column(name), 0)), values: [[value]], holds: (row) => own(row) !== null && !isEqual(), ...more },
    ];
  }),
);

const plain: readonly ConditionCase[] = [
  { name: "true", cond: { kind: "true" }, holds: () => true },
  { name: "false", cond: { kind: "false" }, holds: () => false },
  { name: "an empty and", cond: and(), holds: () => true },
  { name: "an empty or", cond: or(), holds: () => false },
  { name: "a comparison with NULL is unknown", cond: compare(s, "=", slot(0)), values: [null], holds: () => null },
  { name: "a text that no database can hold equals none", cond: compare(s, "=", slot(0)), values: ["a\u0000"], holds: ofText(() => false) },
  { name: "a text is not unequal to NULL", cond: compare(s, "<>", slot(0)), values: ["A"], holds: ofText((own) => own !== "A") },
  { name: "two slots", cond: compare(slot(0), "=", constant(1)), values: [1], holds: () => true },
  { name: "two slots that differ", cond: compare(slot(0), "=", constant(1)), values: [0], holds: () => false },
  { name: "a list", cond: inSlot(s, 0), values: [["A", "𝄞", "nowhere", '"', "{a,b}", "NULL", "\\", ""]], holds: ofText((own) => ["A", "𝄞", '"', "{a,b}", "NULL", "\\", ""].includes(own)) },
  { name: "a list of integers", cond: inSlot(n, 0), values: [[1, 9007199254740993n, 2.5, "3"]], holds: ofInteger((own) => [1n, 9007199254740993n, 3n].includes(own)) },
  { name: "a list of numbers", cond: inSlot(x, 0), values: [[0.1, 0.3, 1e20]], holds: ofNumber((own) => [0.1, 0.3, 1e20].includes(own)) },
  { name: "an empty list is false, also for NULL", cond: read("isFalse", inSlot(s, 0)), values: [[]], holds: () => true },
  { name: "constants in a list", cond: inConstants(s, "A", "a"), holds: ofText((own) => own === "A" || own === "a") },
  { name: "an empty list of constants", cond: inConstants(s), holds: () => false },
  { name: "not in a list drops NULL", cond: notIn(s, slot(0)), values: [["A"]], holds: ofText((own) => own !== "A") },
  { name: "not in an empty list is true, also for NULL", cond: notIn(s, slot(0)), values: [[]], holds: () => true },
  { name: "isNull", cond: isNull(n), holds: (row) => row.n === null },
  { name: "isNotNull", cond: isNotNull(n), holds: (row) => row.n !== null },
  { name: "hasType number of a number", cond: { kind: "hasType", of: x, type: "number" }, holds: (row) => row.x !== null },
  { name: "hasType text of a number", cond: { kind: "hasType", of: x, type: "text" }, holds: () => false },
  { name: "hasType text of a text", cond: { kind: "hasType", of: s, type: "text" }, holds: (row) => row.s !== null },
  ...["a", "𝄞", "", "%", "_", "北", "O'", "\u{10ffff}", "\\"].flatMap((text): ConditionCase[] => [
    { name: `startsWith ${JSON.stringify(text)}`, cond: part("startsWith", s), values: [text], holds: ofText((own) => own.startsWith(text)) },
    { name: `contains ${JSON.stringify(text)}`, cond: part("contains", s), values: [text], holds: ofText((own) => own.includes(text)) },
  ]),
  { name: "not over a two-valued condition", cond: not(isNull(n)), holds: (row) => row.n !== null },
  { name: "isNotTrue takes NULL and FALSE", cond: read("isNotTrue", compare(n, ">", constant(2))), holds: (row) => ofInteger((own) => own > 2n)(row) !== true },
  { name: "isNotFalse takes NULL and TRUE", cond: read("isNotFalse", compare(n, ">", constant(2))), holds: (row) => ofInteger((own) => own > 2n)(row) !== false },
  { name: "isFalse over isTrue inside an or", cond: read("isFalse", or(read("isTrue", compare(n, ">", constant(2))), isNull(s))), holds: (row) => ofInteger((own) => own > 2n)(row) !== true && row.s !== null },
  { name: "an or with an unknown", cond: or(compare(n, ">", constant(2)), compare(s, "=", slot(0))), values: ["A"], holds: (row) => (ofInteger((own) => own > 2n)(row) === true || row.s === "A" ? true : row.n === null || row.s === null ? null : false) },
  { name: "coalesce", cond: compare({ kind: "coalesce", of: [{ kind: "coalesce", of: [n] }, constant(-5), { kind: "coalesce", of: [] }] }, "=", constant(-5)), holds: (row) => row.n === null },
  { name: "when", cond: compare({ kind: "when", cond: isNull(n), then: constant("none"), otherwise: s }, "=", slot(0)), values: ["none"], holds: (row) => (row.n === null ? true : row.s === null ? null : row.s === "none") },
  { name: "truth is 0 for unknown", cond: compare({ kind: "truth", cond: compare(n, ">", constant(2)) }, "=", constant(0)), holds: (row) => ofInteger((own) => own > 2n)(row) !== true },
  { name: "consistsOf", cond: { kind: "consistsOf", of: s, characters: " \t\u3000" }, holds: ofText((own) => /^[ \t\u3000]*$/u.test(own)) },
  { name: "digits", cond: { kind: "digits", of: s, length: 2 }, holds: ofText((own) => /^[0-9]{2}$/.test(own)) },
  { name: "start", cond: compare({ kind: "start", of: s, length: 1 }, "=", slot(0)), values: ["𝄞"], holds: ofText((own) => Array.from(own)[0] === "𝄞") },
  { name: "inRanges", cond: { kind: "inRanges", of: x, low: slot(0), high: slot(1) }, values: [[0.1, -1], [0.25, -0.1]], holds: (row) => row.x !== null && ((row.x >= 0.1 && row.x <= 0.25) || (row.x >= -1 && row.x <= -0.1)) },
  { name: "inRanges without a range", cond: { kind: "inRanges", of: x, low: slot(0), high: slot(1) }, values: [[], []], holds: () => false },
  { name: "inRanges of decimals", cond: { kind: "inRanges", of: d, low: slot(0), high: slot(1) }, values: [["123456789012345.6785"], ["123456789012345.68"]], needs: "decimal", holds: (row) => row.d === "123456789012345.679" },
  { name: "significant", cond: { kind: "significant", of: d, digits: 18 }, needs: "decimal", holds: ofDecimal((own) => String(own).replace(/^-?0*|0*$/g, "").length <= 18) },
];

export const conditionCases: readonly ConditionCase[] = [...plain, ...comparisons, ...misfits];

/** The rule's predicate, for strata: the rows with TRUE and the rows without are all rows, none of them twice. */
export const predicates: readonly ConditionCase[] = [...plain, ...comparisons].filter((_, index) => index % 5 === 0);

