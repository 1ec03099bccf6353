/** Cells as people compare them, columns of the region table, and days in a zone. */
import { describe, expect, test } from "vitest";
import type { AttributeType } from "../../schema/vocabulary.ts";
import { decimalOf, type Decimal } from "../../src/harmonise/decimal.ts";
import type { Unified } from "../../src/harmonise/unified.ts";
import { regionColumns, regionValue } from "../../src/access/regionColumns.ts";
import { spellCell } from "../../src/access/spellCell.ts";
import { startOfDayMs } from "../../src/access/zoneDay.ts";
import { Firm } from "./fixtures/vocabulary.ts";

const typeOf = (name: string): AttributeType => {
  const type = Firm.attributes.get(name)?.type;
  if (!type) throw new Error(name);
  return type;
};
const decimal = (text: string): Decimal => decimalOf(text) as Decimal;

describe("a cell is spelled", () => {
  test.each<readonly [type: AttributeType, cell: Unified, text: string | null]>([
    [typeOf("name"), null, null],
    [typeOf("output"), null, null],
    [typeOf("position"), null, null],
    [typeOf("tags"), null, null],
    [typeOf("name"), "示例", "示例"],
    [typeOf("staff"), 12, "12"],
    [typeOf("active"), false, "false"],
    [typeOf("output"), decimal("2.5"), "2.5"],
    [typeOf("output"), decimal("0.005"), "0"],
    [typeOf("output"), decimal("1.239"), "1.24"],
    [typeOf("tags"), ["a", "b"], "[a, b]"],
    [typeOf("tags"), [], "[]"],
    [typeOf("position"), { lon: decimal("114.51"), lat: decimal("38.04") }, "{ lon: 114.51, lat: 38.04 }"],
    [typeOf("position"), { lat: decimal("38.04"), lon: null }, "{ lat: 38.04 }"],
    [typeOf("position"), { lat: decimal("38.04") }, "{ lat: 38.04 }"],
  ])("%j: %j", (type, cell, text) => {
    expect(spellCell(type, cell)).toBe(text);
  });
});

describe("a column of the region table", () => {
  test.each<readonly [code: string, column: string, value: string | null]>([
    ["130100", "name", "石家庄市"],
    ["130100", "nameEn", "Shijiazhuang"],
    ["130100", "level", "PREFECTURE"],
    ["130000", "level", "PROVINCE"],
    ["100000", "level", "COUNTRY"],
    ["130100", "moon", null],
    ["999999", "name", null],
  ])("of %s, %s, is %s", (code, column, value) => {
    expect(regionValue(code, column)).toBe(value);
  });

  test("has a type that rules are read by", () => {
    expect([...regionColumns].map(([name, { type }]) => [name, type])).toEqual([
      ["name", { kind: "text" }],
      ["nameEn", { kind: "text" }],
      [
        "level",
        {
          kind: "enum",
          name: "RegionLevel",
          values: [
            { name: "COUNTRY", zh: "国家", en: "country" },
            { name: "PROVINCE", zh: "省级", en: "province" },
            { name: "PREFECTURE", zh: "地级", en: "prefecture" },
            { name: "COUNTY", zh: "县级", en: "county" },
          ],
        },
      ],
    ]);
  });
});

describe("a day begins", () => {
  test.each<readonly [date: string, days: number, zone: string, instant: string]>([
    ["2026-01-01", 0, "Asia/Shanghai", "2025-12-31T16:00:00.000Z"],
    ["2026-01-01", 1, "Asia/Shanghai", "2026-01-01T16:00:00.000Z"],
    ["2026-03-29", 1, "Europe/Paris", "2026-03-29T22:00:00.000Z"],
  ])("%s and %i days in %s", (date, days, zone, instant) => {
    expect(new Date(startOfDayMs(date, days, zone)).toISOString()).toBe(instant);
  });

  test("in no zone that does not exist", () => {
    expect(() => startOfDayMs("2026-01-01", 0, "Mars/Olympus")).toThrow(new RangeError("Mars/Olympus is not a time zone"));
  });
});
