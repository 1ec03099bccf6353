/** Values on their way into a query: what a run may bring, and what an operand of a rule or a filter stands for. */
import { describe, expect, test } from "vitest";
import type { CompareOperator, Operand } from "../../schema/predicate.ts";
import type { AttributeDef } from "../../schema/vocabulary.ts";
import { decimalOf } from "../../src/harmonise/decimal.ts";
import { type Bindings, operandValue, slotSink, unifiedLiteral } from "../../src/plan/bindings.ts";
import { operandsOf } from "../../src/plan/operands.ts";
import type { PlanSlot } from "../../src/plan/operationPlan.ts";
import { compareColumn, regionColumn } from "../../src/plan/regionColumns.ts";
import { refusalOf } from "../access/fixtures/setting.ts";
import { attributeOf } from "./support/handMade.ts";

const amount = attributeOf("PenaltyDecision", "amount");
const hours = attributeOf("Observation", "validHours");
const name = attributeOf("Station", "name");
const start = attributeOf("Observation", "start");
const active = attributeOf("Station", "active");

const slot = (value: unknown, attribute: AttributeDef | null, measure = false): PlanSlot => ({ source: { kind: "literal", value }, attribute, argument: "where.x.eq", measure });

describe("a value of a run", () => {
  test.each<readonly [what: string, slot: PlanSlot, value: unknown]>([
    ["a text", slot("a", name), "a"],
    ["an instant", slot(5, start), 5],
    ["an integer", slot(3, hours), 3],
    ["a decimal in text", slot("12.5", amount), decimalOf("12.5")],
    ["a decimal as a number", slot(12, amount), decimalOf("12")],
    ["zeros at the end, which are no digits", slot("1.5000", amount), decimalOf("1.5")],
    ["as many digits as are printed", slot("0.25", amount), decimalOf("0.25")],
    ["a mean of integers, which is a fraction", slot("2.125", hours, true), decimalOf("2.125")],
    ["a mean with more digits than its attribute prints", slot("0.125", amount, true), decimalOf("0.125")],
    ["a list", slot(["1", "2"], amount), [decimalOf("1"), decimalOf("2")]],
    ["an argument without an attribute", slot("cursor", null), "cursor"],
    ["an absent argument without an attribute", slot(undefined, null), null],
  ])("is typed: %s", (_, of, value) => {
    expect(operandsOf([of], {})).toEqual([value]);
  });

  test.each<readonly [what: string, slot: PlanSlot, refusal: string]>([
    ["a NULL", slot(null, name), "where.x.eq must not be null"],
    ["an absent one", slot(undefined, amount), "where.x.eq must not be null"],
    ["a NULL in a list", slot(["1", null], amount), "where.x.eq must not be null"],
    ["more digits than are printed", slot("0.125", amount), "where.x.eq has more than 2 digits after the point"],
    ["more digits before an exponent", slot("1.1234e3", amount), "where.x.eq has more than 2 digits after the point"],
    ["what is no number", slot("x", amount), "where.x.eq is not a decimal within 18 digits"],
    ["too large a number", slot("1234567890123456789", amount), "where.x.eq is not a decimal within 18 digits"],
    ["a mean that is no number", slot("x", hours, true), "where.x.eq is not a decimal within 18 digits"],
  ])("is refused: %s", (_, of, refusal) => {
    expect(refusalOf(() => operandsOf([of], {}))).toBe(`BAD_ARGUMENT An argument does not fit: ${refusal}.`);
  });

  test("is looked up in the variables", () => {
    expect(operandsOf([{ ...slot(null, name), source: { kind: "variable", path: ["a", 1] } }], { a: ["x", "y"] })).toEqual(["y"]);
  });
});

const bindings: Bindings = {
  operands: ["slot", ["one", "two"]],
  agency: { region: "130000", partners: ["110000", "120000"], one: ["130100"], none: [], number: "12", big: "9007199254740993", word: "x", day: "2026-01-01T00:00:00Z", yes: "true", no: "false", money: "1.5" },
  nowMs: 1000,
  limit: 1,
  cursor: null,
  lookup: [],
};
const agency = (attribute: string): Operand => ({ kind: "agency", attribute });

describe("an operand", () => {
  test.each<readonly [operand: Operand, operator: CompareOperator, attribute: AttributeDef, value: unknown]>([
    [{ kind: "literal", value: "a" }, "eq", name, "a"],
    [{ kind: "literal", value: "a" }, "in", name, ["a"]],
    [{ kind: "literal", value: "a" }, "within", name, ["a"]],
    [{ kind: "literals", values: ["a", "b"] }, "in", name, ["a", "b"]],
    [{ kind: "slot", slot: 0 }, "eq", name, "slot"],
    [{ kind: "slot", slot: 0 }, "in", name, ["slot"]],
    [{ kind: "slot", slot: 1 }, "in", name, ["one", "two"]],
    [{ kind: "slot", slot: 1 }, "contains", name, ["one", "two"]],
    [{ kind: "slot", slot: 9 }, "eq", name, null],
    [{ kind: "slot", slot: 9 }, "within", name, [null]],
    [agency("region"), "eq", name, "130000"],
    [agency("region"), "within", name, ["130000"]],
    [agency("partners"), "within", name, ["110000", "120000"]],
    [agency("partners"), "eq", name, null],
    [agency("one"), "eq", name, "130100"],
    [agency("none"), "in", name, []],
    [agency("none"), "eq", name, null],
    [agency("absent"), "eq", name, null],
    [agency("absent"), "in", name, []],
    [agency("number"), "eq", hours, 12],
    [agency("big"), "eq", hours, null],
    [agency("word"), "eq", hours, null],
    [agency("day"), "gte", start, Date.UTC(2026, 0, 1)],
    [agency("word"), "gte", start, null],
    [agency("yes"), "eq", active, true],
    [agency("no"), "eq", active, false],
    [agency("word"), "eq", active, null],
    [agency("word"), "eq", amount, null],
    [{ kind: "now", offsetMs: -400 }, "gte", start, 600],
    [{ kind: "now", offsetMs: 400 }, "in", start, [1400]],
  ])("%j under %s", (operand, operator, attribute, value) => {
    expect(operandValue(operand, operator, attribute, bindings)).toEqual(value);
  });

  test("of a decimal is exact", () => {
    expect(unifiedLiteral(amount, "0.10")).toEqual(decimalOf("0.1"));
    expect(unifiedLiteral(amount, true)).toBeNull();
    expect(unifiedLiteral(active, true)).toBe(true);
    expect(operandValue(agency("money"), "eq", amount, bindings)).toEqual(decimalOf("1.5"));
    expect(operandValue({ kind: "literals", values: ["1.5"] }, "in", amount, bindings)).toEqual([decimalOf("1.5")]);
  });

  test("stands in the slot of its number", () => {
    const slots = slotSink();
    expect([slots.add(() => 1), slots.add(({ limit }) => limit)]).toEqual([0, 1]);
    expect(slots.binders.map((bind) => bind({ ...bindings, limit: 9 }))).toEqual([1, 9]);
  });
});

describe("a column of the region table", () => {
  test.each<readonly [value: unknown, read: unknown]>([
    ["石家庄市", "石家庄市"],
    [["A", "B"], ["A", "B"]],
    [null, null],
    [undefined, null],
    [5, null],
  ])("%j is read as %j", (value, read) => {
    expect(regionColumn({ column: value }, "column")).toEqual(read);
  });

  test.each<readonly [value: string | readonly string[] | null, operator: CompareOperator, operand: never, truth: boolean | null]>([
    [null, "eq", "a" as never, null],
    ["a", "eq", null as never, null],
    ["a", "eq", "a" as never, true],
    ["a", "eq", "b" as never, false],
    ["a", "ne", "a" as never, false],
    ["a", "ne", "b" as never, true],
    ["b", "lt", "b" as never, false],
    ["a", "lt", "b" as never, true],
    ["c", "lt", "b" as never, false],
    ["b", "lte", "b" as never, true],
    ["c", "lte", "b" as never, false],
    ["a", "lte", "b" as never, true],
    ["b", "gt", "b" as never, false],
    ["c", "gt", "b" as never, true],
    ["a", "gt", "b" as never, false],
    ["b", "gte", "b" as never, true],
    ["a", "gte", "b" as never, false],
    ["c", "gte", "b" as never, true],
    // By code points: U+FF5E is below U+1F600, by UTF-16 above its surrogates.
    ["～", "lt", "😀" as never, true],
    ["abc", "startsWith", "ab" as never, true],
    ["abc", "startsWith", "bc" as never, false],
    ["abc", "contains", "bc" as never, true],
    ["abc", "contains", "ca" as never, false],
    ["a", "in", ["b", "a"] as never, true],
    ["a", "in", ["b"] as never, false],
    ["a", "within", ["a"] as never, true],
    ["a", "in", "abc" as never, false],
    ["1", "eq", 1 as never, null],
    [["a", "b"], "contains", "b" as never, true],
    [["a", "b"], "contains", "c" as never, false],
    [["1"], "contains", 1 as never, true],
    [["a"], "eq", "a" as never, null],
  ])("%j %s %j is %s", (value, operator, operand, truth) => {
    expect(compareColumn(value, operator, operand)).toBe(truth);
  });
});
