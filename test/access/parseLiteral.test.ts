/** A text of a policy as a value of an attribute's type, or the sentence that refuses it. */
import { describe, expect, test } from "vitest";
import type { AttributeType } from "../../schema/vocabulary.ts";
import { parseDuration, parseInstantWithOffset, parseLiteral } from "../../src/access/parseLiteral.ts";
import { Firm } from "./fixtures/vocabulary.ts";

const typeOf = (name: string): AttributeType => {
  const type = Firm.attributes.get(name)?.type;
  if (!type) throw new Error(name);
  return type;
};
const enumList: AttributeType = { kind: "list", of: { kind: "enum", name: "Kind", values: [{ name: "A", zh: "甲", en: "a" }] } };

describe("a literal", () => {
  test.each<readonly [type: AttributeType, text: string, value: string | number | boolean]>([
    [typeOf("name"), "a b", "a b"],
    [typeOf("parent"), "a", "a"],
    [typeOf("state"), "RAW", "RAW"],
    [typeOf("active"), "true", true],
    [typeOf("active"), "false", false],
    [typeOf("staff"), "-12", -12],
    [typeOf("staff"), "9007199254740991", 9_007_199_254_740_991],
    [typeOf("output"), "12", "12"],
    [typeOf("output"), "-1.25", "-1.25"],
    [typeOf("output"), "120.5", "120.5"],
    [typeOf("seen"), "2026-01-31T08:00+08:00", Date.UTC(2026, 0, 31)],
    [typeOf("founded"), "2026-01-31", "2026-01-31"],
    [typeOf("pollutant"), "a34004", "a34004"],
    [typeOf("region"), "130100", "130100"],
    [typeOf("region"), "139999", "139999"],
    [typeOf("region"), "BE", "BE"],
    [typeOf("tags"), "anything", "anything"],
    [enumList, "A", "A"],
  ])("%j takes %s", (type, text, value) => {
    expect(parseLiteral(type, text)).toEqual({ ok: true, value });
  });

  test.each<readonly [type: AttributeType, text: string, problem: string]>([
    [typeOf("name"), "", "the value is empty; write it, or use isNull"],
    [typeOf("state"), "raw", "raw is not one of RAW, REVIEWED"],
    [typeOf("active"), "TRUE", "TRUE is not a boolean; write true or false"],
    [typeOf("staff"), "1.5", "1.5 is not a whole number"],
    [typeOf("staff"), "1a", "1a is not a whole number"],
    [typeOf("staff"), "a1", "a1 is not a whole number"],
    [typeOf("staff"), "--1", "--1 is not a whole number"],
    [typeOf("staff"), "0x10", "0x10 is not a whole number"],
    [typeOf("staff"), "1e3", "1e3 is not a whole number"],
    [typeOf("staff"), "12.0", "12.0 is not a whole number"],
    [typeOf("staff"), "9007199254740993", "9007199254740993 is not a whole number"],
    [typeOf("output"), "x1", "x1 is not a decimal number that the hub can hold"],
    [typeOf("output"), "1x", "1x is not a decimal number that the hub can hold"],
    [typeOf("output"), "1.", "1. is not a decimal number that the hub can hold"],
    [typeOf("output"), ".5", ".5 is not a decimal number that the hub can hold"],
    [typeOf("output"), "1e3", "1e3 is not a decimal number that the hub can hold"],
    [typeOf("output"), "1234567890123456789012", "1234567890123456789012 is not a decimal number that the hub can hold"],
    [typeOf("output"), "0.123", "0.123 has more than the 2 digits after the point that are printed"],
    [typeOf("seen"), "2026-01-31T08:00", "2026-01-31T08:00 is not an instant; write it with its offset: 2026-01-31T08:00+08:00"],
    [typeOf("founded"), "2026-02-30", "2026-02-30 is not a date; write 2026-01-31"],
    [typeOf("pollutant"), "PM2.5", "PM2.5 is not a pollutant; write its HJ 212-2017 code, such as a34004"],
    [typeOf("region"), "930000", "930000 is not a region; write its GB/T 2260 code, such as 130100"],
    [typeOf("region"), "1301000", "1301000 is not a region; write its GB/T 2260 code, such as 130100"],
    [typeOf("region"), "x130100", "x130100 is not a region; write its GB/T 2260 code, such as 130100"],
    [typeOf("region"), "13010", "13010 is not a region; write its GB/T 2260 code, such as 130100"],
    [typeOf("region"), "1abcde", "1abcde is not a region; write its GB/T 2260 code, such as 130100"],
    [typeOf("position"), "1", "an object can only be asked for isNull"],
    [enumList, "B", "B is not one of A"],
  ])("%j refuses %s", (type, text, problem) => {
    expect(parseLiteral(type, text)).toEqual({ ok: false, problem });
  });
});

describe("an instant says its offset", () => {
  test.each<readonly [text: string, ms: number | null]>([
    ["2026-01-31T00:00:00Z", Date.UTC(2026, 0, 31)],
    ["2026-01-31T00:00:00.5Z", Date.UTC(2026, 0, 31) + 500],
    ["2026-01-31T00:00-01:30", Date.UTC(2026, 0, 31, 1, 30)],
    ["2026-01-31T00:00", null],
    ["2026-01-31", null],
    ["2026-01-31Z", null],
    ["2026-01-31T25:00Z", null],
    ["2026-01-31T00:00Zx", null],
    ["2026-01-31T00:00+8", null],
    ["2026-01-31T00:00+08", null],
    ["Tomorrow at noon Z", null],
  ])("%s", (text, ms) => {
    expect(parseInstantWithOffset(text)).toBe(ms);
  });
});

describe("a duration has a fixed length", () => {
  const [second, minute, hour, day, week] = [1000, 60_000, 3_600_000, 86_400_000, 604_800_000];
  test.each<readonly [text: string, ms: number | null]>([
    ["PT1S", second],
    ["PT2M", 2 * minute],
    ["PT36H", 36 * hour],
    ["P2D", 2 * day],
    ["P3W", 3 * week],
    ["-P2D", -2 * day],
    ["P1W2DT3H4M5S", week + 2 * day + 3 * hour + 4 * minute + 5 * second],
    ["PT10M", 10 * minute],
    ["P10W", 10 * week],
    ["P12D", 12 * day],
    ["PT12S", 12 * second],
    ["P0D", 0],
    ["P", null],
    ["-P", null],
    ["PT", null],
    ["P1DT", null],
    ["P1M", null],
    ["P1Y", null],
    ["1D", null],
    ["P1DX", null],
    ["XP1D", null],
    ["+P1D", null],
    ["P1D2W", null],
    ["P1.5D", null],
    ["", null],
  ])("%s", (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });
});
