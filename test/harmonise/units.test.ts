import { describe, expect, test } from "vitest";
import { printDecimal } from "../../src/harmonise/decimal.ts";
import { applyLinear, conversion, type GasState } from "../../src/harmonise/units.ts";

const convert = (value: number, from: string, to: string, pollutant: string | null, scale: number, at: GasState = "298.15K"): string | null => {
  const linear = conversion({ from, to, pollutant, at });
  return linear && printDecimal(applyLinear(value, linear), scale);
};

describe("conversion (domain.md §2.3)", () => {
  test.each([
    ["SO2", "a21026", "2.619", "2.858"], ["NO2", "a21004", "1.88", "2.053"], ["NO", "a21003", "1.226", "1.339"], ["NOx, reported as NO2", "a21002", "1.88", "2.053"],
    ["CO", "a21005", "1.145", "1.25"], ["O3", "a05024", "1.962", "2.141"], ["NH3", "a21001", "0.696", "0.76"],
  ])("1 ppb of %s is the tabled mass at 25 °C and at 0 °C", (_, code, at25, at0) => {
    expect([convert(1, "ppb", "ug/m3", code, 3), convert(1, "ppb", "ug/m3", code, 3, "273.15K")]).toEqual([at25, at0]);
  });

  test.each([
    [10, "ppb", "ug/m3", "a21026", 1, "26.2"], [50, "ppb", "ug/m3", "a21004", 1, "94"], [1, "ppm", "mg/m3", "a21005", 3, "1.145"], [300, "ug/m3", "mg/m3", "a21005", 3, "0.3"],
    [0.3, "mg/m3", "ug/m3", "a21005", 3, "300"], [300, "K", "Cel", null, 2, "26.85"], [26.85, "Cel", "K", null, 2, "300"], [101.3, "kPa", "hPa", null, 1, "1013"], [2.35, "万元", "CNY", null, 2, "23500"],
    [0.00005, "mg/L", "ug/L", "w20111", 3, "0.05"], [1, "L/s", "m3/h", null, 2, "3.6"], [12, "µg/m³", "ug/m3", null, 1, "12"],
  ])("%d %s → %s of %s, at scale %i, is %s", (value, from, to, code, scale, expected) => expect(convert(value, from, to, code, scale)).toBe(expected));

  test.each([
    ["particles have no molar mass", "ppb", "ug/m3", "a34004"], ["an unknown pollutant has none", "ppb", "ug/m3", "a99999"], ["nothing is said of what it is", "ppb", "ug/m3", null],
    ["dimensions differ", "Cel", "ug/m3", "a21026"], ["a unit is unknown", "furlong", "m", null], ["a name of Object.prototype is no unit", "constructor", "m", null],
  ])("is refused where %s", (_, from, to, code) => expect(conversion({ from, to, pollutant: code, at: "298.15K" })).toBeNull());
});
