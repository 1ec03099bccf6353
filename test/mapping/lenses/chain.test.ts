import { describe, expect, test } from "vitest";
import type { Cell } from "../../../adapters/contract/sourceQuery.ts";
import { decimalText, printDecimal, type Decimal } from "../../../src/harmonise/decimal.ts";
import { parseInstant } from "../../../src/harmonise/time.ts";
import { zoneOf } from "../../../src/harmonise/zone.ts";
import { compileChain } from "../../../src/mapping/lenses/chain.ts";
import { wgs84ToGcj02 } from "../../../src/mapping/lenses/crs.ts";
import type { LensSpec, StageSpec } from "../../../src/mapping/lenses/lensSpec.ts";
import { listMark } from "../../../src/mapping/lenses/list.ts";
import { column, columnText, decimal, manySpecs, of, spec, unit, unitFromCells } from "./specs.ts";

const read = (lens: LensSpec, ...cells: Cell[]): unknown => compileChain(lens).read(cells);
const ms = (text: string): number => parseInstant(text, zoneOf("Asia/Shanghai")!) as number;
const shown = (lens: LensSpec, scale: number, ...cells: Cell[]): string | null => {
  const value = compileChain(lens).read(cells) as Decimal | null;
  return value === null ? null : printDecimal(value, scale);
};
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const many = (name: string): LensSpec => manySpecs[name] as LensSpec;

describe("a cell without lenses", () => {
  test.each<[LensSpec["result"], Cell, unknown]>([
    [of("text"), "a ", "a "], [of("text"), 1001, "1001"], [of("text"), 1, "1"], [of("text"), true, "true"], [of("text"), utf8("万"), "万"],
    [of("text"), "é", "é"], [of("text"), "", null], [of("text"), " \u3000\t", null], [of("text"), new Uint8Array([0xff]), null], [of("text"), null, null],
    [of("boolean"), "true", true], [of("boolean"), 0, false], [of("boolean"), "1", true], [of("boolean"), "Y", null], [of("boolean"), "是", null], [of("boolean"), 2, null],
    [of("integer"), "12", 12], [of("integer"), "12.0", 12], [of("integer"), 12.5, null], [of("integer"), "x", null], [of("integer"), true, null],
    [of("instant"), "2016-12-20 08:00", ms("2016-12-20T08:00")], [of("instant"), "2016-12-20T00:00Z", ms("2016-12-20T08:00")], [of("instant"), 1482163200000, null],
    [of("date"), "2024-03-05", "2024-03-05"], [of("date"), "2024-02-31", null], [of("date"), 20240305, null],
    [of("pollutant"), "a34004", "a34004"], [of("pollutant"), "PM2.5", null], [{ kind: "enum", values: ["RAW"] }, "RAW", "RAW"], [{ kind: "enum", values: ["RAW"] }, "raw", null], [of("region"), "130100", "130100"],
  ])("%j of %j is %j", (result, cell, expected) => expect(read(spec(result, column), cell)).toEqual(expected));

  test("an integer that a driver hands over as bigint is read as its digits", () => {
    expect([read(columnText, 12345678901234567890n), read(spec(of("integer"), column), 12n), read(spec(of("integer"), column), 2n ** 60n)]).toEqual(["12345678901234567890", 12, null]);
  });

  test.each<[Cell, string | null]>([["12.50", "12.5"], [12.5, "12.5"], ["1e3", "1000"], ["12abc", null], ["1,000", null], [Number.NaN, null], ["999999999999999", null], [1e14, null], [true, null]])(
    "a decimal of scale 3 reads %j as %s",
    (cell, expected) => expect(shown(spec(decimal(3), column), 3, cell)).toBe(expected),
  );
});

describe("stages", () => {
  test.each<[string, LensSpec, Cell[], unknown]>([
    ["missing texts are NULL", many("ppb"), ["—"], null],
    ["a missing text meets a number by its spelling", many("ppb"), [-99], null],
    ["columns are joined", many("glued"), [2016, 3, 1, 23], ms("2016-03-01T23:00")],
    ["columns with one missing are NULL", many("glued"), [2016, null, 1, 23], null],
    ["columns make no hour 24", many("glued"), [2016, 3, 1, 24], null],
    ["a missing text in a joined column is NULL", spec(of("text"), { stage: "columns", count: 2, glue: "/" }, { stage: "missing", texts: ["NA"] }), ["CN", "NA"], null],
    ["glue stands between", spec(of("text"), { stage: "columns", count: 2, glue: "/" }), ["CN", "Beijing"], "CN/Beijing"],
    ["a constant needs no cell", spec(of("pollutant"), { stage: "constant", value: "a34004" }), [], "a34004"],
    ["flags list what is true", many("flags"), [1, "no"], ["WATER"]],
    ["flags without any true are an empty list", many("flags"), [null, "0"], []],
    ["width", spec(of("text"), column, { stage: "normalise", how: ["width"] }), ["ＡＢ１（停运）"], "AB1(停运)"],
    ["upper raises ASCII only", spec(of("text"), column, { stage: "normalise", how: ["upper"] }), ["abß"], "ABß"],
    ["html-text", spec(of("text"), column, { stage: "normalise", how: ["html-text"] }), ["<p>超标&nbsp;2&lt;3 &#x4e2d;<br/> 处&amp;lt;</p>"], "超标 2<3 中 处&lt;"],
    ["penalty-number", spec(of("text"), column, { stage: "normalise", how: ["penalty-number"] }), ["京环罚 [２０２４]12号"], "京环罚〔2024〕12号"],
    ["penalty-number leaves other brackets", spec(of("text"), column, { stage: "normalise", how: ["penalty-number"] }), ["沪环罚（2024）3号（补）"], "沪环罚〔2024〕3号(补)"],
    ["uscc", spec(of("text"), column, { stage: "normalise", how: ["uscc"] }), [" 91110000-8021 00433b"], "91110000802100433B"],
    ["match gives the first group that took part", many("matched"), ["某站(20181130停用)"], "2018-11-30"],
    ["match of the other branch", many("matched"), ["某站(停运150702)"], "2015-07-02"],
    ["match that finds nothing is NULL", many("matched"), ["某站"], null],
    ["match of more than 1 kB is NULL", many("matched"), [`${"x".repeat(1100)}停运150702`], null],
    ["match without a group is the whole", spec(of("text"), column, { stage: "match", pattern: "对照点" }), ["a(对照点)"], "对照点"],
    ["text with no bound has no censor mark", many("censor"), ["0.02"], null],
    ["a text below", many("censor"), ["0.12L"], "BELOW"],
    ["a text below without a limit", many("censor"), ["未检出"], "BELOW"],
    ["a text above", many("censor"), ["> 5"], "ABOVE"],
    ["garbage behind < is no bound", many("censor"), ["<abc"], null],
    ["list drops blanks and what is unlisted", many("list"), ["b, a,,x"], ["B", "A"]],
    ["a blank list is NULL", many("list"), [" "], null],
    ["a JSON list", many("json"), ['["x", 2, null]'], ["x", "2"]],
    ["JSON that is no list is NULL", many("json"), ['{"a":1}'], null],
    ["several formats", many("excel"), ["2/29/24"], "2024-02-29"],
    ["Excel's serial as text", many("excel"), ["45000"], "2023-03-15"],
    ["epoch-ms", many("epoch"), ["1482163200000"], 1482163200000],
    ["epoch-ms takes no fraction", many("epoch"), [1.5], null],
    ["codes meet a number by its spelling", many("enum"), [2], "REVIEWED"],
    ["codes: any other text", many("enum"), ["7"], "RAW"],
    ["codes: NULL stays NULL", many("enum"), [null], null],
    ["codes: a name of Object.prototype is not in the table", spec(of("text"), column, { stage: "codes", table: { a: "b" } }), ["constructor"], null],
    ["codes to booleans", spec(of("boolean"), column, { stage: "codes", table: { 是: "true", 否: "false" } }), ["是"], true],
    ["else for what is unlisted", spec(of("text"), column, { stage: "codes", table: { a: "b" } }, { stage: "else", value: "URBAN" }), ["x"], "URBAN"],
    ["else keeps a boolean's type", spec(of("boolean"), column, { stage: "codes", table: { 停运: "false" } }, { stage: "else", value: true }), ["x"], true],
    ["the start of an hour-ending label", many("span"), ["2016-12-20T01:00", "PT1H"], ms("2016-12-20T00:00")],
    ["a start without its averaging is NULL", many("span"), ["2016-12-20T01:00", "x"], null],
  ])("%s", (_, lens, cells, expected) => expect(read(lens, ...cells)).toEqual(expected));

  test.each<[string, LensSpec, number, Cell[], string | null]>([
    ["CO of 300 µg/m³ is 0.3 mg/m³", many("co"), 3, [300], "0.3"],
    ["10 ppb of O3", many("ppb"), 1, ["10"], "19.6"],
    ["10 ppb of SO2 at 25 °C", spec(decimal(1), column, unit("ppb", "a21026")), 1, [10], "26.2"],
    ["10 ppb of SO2 at 0 °C", spec(decimal(1), column, unit("ppb", "a21026", null, "273.15K")), 1, [10], "28.6"],
    ["ppb of a particle", spec(decimal(1), column, unit("ppb", "a34004")), 1, [10], null],
    ["a unit and a pollutant from columns", many("unitColumn"), 3, ["0.03", "ppm", "a21005"], "0.034"],
    ["an unknown unit in a column", many("unitColumn"), 3, ["0.03", "furlong", "a21005"], null],
    ["a missing unit in a column", many("unitColumn"), 3, ["0.03", null, "a21005"], null],
    ["a limit below, in µg/L", many("bounds"), 5, ["<0.04"], "0.00004"],
    ["a limit with L and blanks", many("bounds"), 5, [" 0.04 L"], "0.00004"],
    ["no limit", many("bounds"), 5, ["未检出"], null],
    ["a plain value beside bounds", many("bounds"), 5, ["0.04"], "0.00004"],
    ["thousands, in 万元", many("thousands"), 2, ["1,234.56"], "12345600"],
    ["thousands at the wrong place", many("thousands"), 2, ["12,34.5"], null],
    ["a number where thousands may be", many("thousands"), 2, [2.35], "23500"],
    ["degrees, minutes, seconds", many("dms"), 6, ["116°23′29.5″E"], "116.391528"],
    ["the southern hemisphere", many("dms"), 6, ["南纬23°30′"], "-23.5"],
    ["sixty minutes", many("dms"), 6, ["23°60′"], null],
    ["wind from its name, in degrees", spec(decimal(1), column, { stage: "codes", table: { NNE: "22.5" } }, unit("deg", "a01008")), 1, ["NNE"], "22.5"],
    ["else in unified units", many("otherwise"), 2, ["x"], "1.5"],
    ["more than a safe integer at the scale", many("co"), 6, [1e14], null],
  ])("%s", (_, lens, scale, cells, expected) => expect(shown(lens, scale, ...cells)).toBe(expected));

  test("run in the same order whatever order they are written in", () => {
    const stages: StageSpec[] = [
      { stage: "else", value: "0" }, { stage: "codes", table: { A1: "5" } }, { stage: "normalise", how: ["upper"] }, { stage: "missing", texts: ["A1"] }, { stage: "match", pattern: "^x(.*)$" }, column,
    ];
    const results = [stages, [...stages].reverse()].map((order) => ["xa1", "A1", "xA1"].map((cell) => shown(spec(decimal(0), ...order), 0, cell)));
    expect(results[0]).toEqual(results[1]);
    expect(read(spec(of("text"), ...stages.slice(1)), "A1")).toBeNull();
  });
});

describe("positions", () => {
  test("come from GCJ-02 back to WGS-84 within 10⁻⁶ degrees", () => {
    for (const [lon, lat] of [[116.397, 39.909], [121.4737, 31.2304], [87.6, 43.8], [110.3, 20]] as const) {
      const [x, y] = wgs84ToGcj02(lon, lat);
      expect(Math.hypot((x - lon) * 85_000, (y - lat) * 111_000)).toBeGreaterThan(50);
      const position = read(many("position"), x, y) as { lon: number; lat: number };
      expect(Math.abs(position.lon - lon)).toBeLessThan(1e-6);
      expect(Math.abs(position.lat - lat)).toBeLessThan(1e-6);
    }
  });

  test("outside China's box stay", () => expect(read(many("position"), "2.35", "48.85")).toEqual({ lon: 2.35, lat: 48.85 }));
  test.each<[string, Cell, Cell]>([["half a position", 116.4, null], ["off the globe", 216.4, 39.9], ["swapped", 39.9, 116.4], ["garbage", "x", "y"]])("%s is NULL", (_, lon, lat) => {
    expect(read(many("position"), lon, lat)).toBeNull();
    expect(compileChain(many("position")).printed([lon, lat])).toBeNull();
  });
});

describe("forms", () => {
  test("printed is a scaled integer, ms, 0 or 1, marked elements, or the text", () => {
    const printed = (name: string, ...cells: Cell[]): Cell => compileChain(many(name)).printed(cells);
    expect([printed("decimal", "1.2345"), printed("boolean", "true"), printed("instant", "2016-12-20"), printed("flags", 1, 1), printed("flags"), printed("text", 5)]).toEqual([
      1234, 1, ms("2016-12-20"), `${listMark}WATER${listMark}AIR${listMark}`, listMark, "5",
    ]);
  });

  test("number is the source's own number, and linear takes it to the unified value", () => {
    const chain = compileChain(spec(decimal(3), column, { stage: "missing", texts: ["-99"] }, unitFromCells));
    const cells = ["12.5", "ppb", "a21026"];
    expect(chain.number(cells)).toBe(12.5);
    expect(chain.linear(cells)).toEqual({ factor: { n: 64066n, d: 24465n }, offset: { n: 0n, d: 1n } });
    expect([chain.number(["-99", "ppb", "a21026"]), chain.number(["12.5", "?", "a21026"]), chain.linear(["12.5", "?", "a21026"])]).toEqual([null, null, null]);
    expect(chain.number(["1234567890.12345678", "ppb", "a21026"])).toBe("1234567890.12345678");
  });

  test("else shows in read and printed, and not in number: a sum must not count it", () => {
    const chain = compileChain(many("otherwise"));
    expect([decimalText(chain.read([null]) as Decimal), chain.printed([null]), chain.number([null])]).toEqual(["1.5", 150, null]);
  });

  test.each<[string, LensSpec]>([
    ["zone", { ...columnText, result: of("instant"), timeZone: "Mars/Olympus" }], ["pattern", spec(of("text"), column, { stage: "match", pattern: "(" })], ["format", spec(of("date"), column, { stage: "format", formats: ["HH"] })],
    ["format for the type", spec(decimal(1), column, { stage: "format", formats: ["yyyy"] })],
  ])("a bad %s is refused when the chain is made, not when it runs", (_, lens) => expect(() => compileChain(lens)).toThrow());
});
