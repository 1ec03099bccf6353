/** What single signs are worth: names, units, times, identifiers. */
import { describe, expect, it, test } from "vitest";
import type { Cell } from "../../adapters/contract/sourceQuery.ts";
import { vocabulary } from "../../schema/hubVocabulary.ts";
import { entityWords, tableFillers, technical, wordsOf } from "../../src/draft/dictionary.ts";
import { regionFit, yesNoOf } from "../../src/draft/guessCodes.ts";
import { labelOf, spacingOf, timeFit } from "../../src/draft/guessTime.ts";
import { guessUnit, unitInName, unitSaid } from "../../src/draft/guessUnit.ts";
import { guessWide } from "../../src/draft/guessWide.ts";
import { isIdNumber, isPenaltyNumber, isUscc } from "../../src/draft/identifiers.ts";
import { matchName, nameOf, spellingsOf } from "../../src/draft/names.ts";
import { pinyinOf } from "../../src/draft/pinyin.ts";
import { profileTable, type ColumnProfile } from "../../src/draft/profile.ts";

function column(name: string, cells: readonly Cell[], type = "TEXT"): ColumnProfile {
  const info = { name: "t", columns: [{ name, type, nullable: true, typeSafe: true }], unique: [], indexes: [], rowCountEstimate: cells.length };
  const [found] = profileTable({ info, rows: cells.map((cell) => [cell]), distinct: new Map() }).columns;
  if (found === undefined) throw new Error("no column");
  return found;
}

describe("a name", () => {
  const spellings = spellingsOf(wordsOf(vocabulary(), "Station", "name"), entityWords["Station"] ?? { zh: [], en: [] }, "Station.name");

  test.each(["站点名称", "ZDMC", "zhandianmingcheng", "station_name", "stationName", "F_ZDMC", "zd_name", "stn_mc"])("%s is a station's", (name) => {
    expect(matchName(nameOf(name), spellings)?.score ?? 0).toBeGreaterThanOrEqual(0.7);
  });

  test.each(["ZDBM", "station_code", "QYMC", "备注", "x"])("%s is not", (name) => {
    expect(matchName(nameOf(name), spellings)?.score ?? 0).toBeLessThan(0.7);
  });

  it("loses its unit: in brackets or behind it", () => {
    expect(nameOf("高锰酸盐指数(mg/L)")).toMatchObject({ unit: "mg/L", forms: ["高锰酸盐指数"] });
    expect(nameOf("stack_height_m").forms).toContain("stackheight");
  });

  it("gives way to what the catalogue says beside it, initials first", () => {
    const code = spellingsOf(wordsOf(vocabulary(), "Station", "code"), entityWords["Station"] ?? { zh: [], en: [] }, "Station.code");
    expect(matchName(nameOf("k1", "", "站点名称（全称），必填"), spellings)).toMatchObject({ how: "its comment: the word 站点名称" });
    expect(matchName(nameOf("ZDBM", "", "站点编码"), code)?.score).toBeGreaterThanOrEqual(0.9);
    expect(matchName(nameOf("ZDBM", "", "字典别名"), code)?.score ?? 0).toBeLessThan(0.5);
  });

  it("of a path into nested data is its last step", () => {
    expect(matchName(nameOf("properties.stationName"), spellings)?.score ?? 0).toBeGreaterThanOrEqual(0.7);
    expect(nameOf("PM2.5").forms).toEqual(["pm25"]);
  });

  it("is known in pinyin for every word of the dictionary", () => {
    const words = [...Object.values(entityWords), tableFillers, ...Object.values(technical), ...[...vocabulary().entities.values()].flatMap((entity) => [...entity.attributes.keys()].map((attribute) => wordsOf(vocabulary(), entity.name, attribute)))];
    const unknown = words.flatMap(({ zh }) => zh).filter((word) => pinyinOf(word.replace(/[^\p{L}\p{N}]/gu, "")) === null);
    expect(unknown).toEqual([]);
  });
});

describe("a unit", () => {
  const of = (numbers: readonly number[], pollutant: string, canonical: string, named: string | null = null) => guessUnit({ numbers, named, pollutant, coordinate: "Observation.value", canonical });

  test.each([
    ["PM2.5 in µg/m³", [12, 35, 80], "a34004", "ug/m3", "ug/m3"],
    ["PM2.5 in mg/m³", [0.012, 0.035, 0.08], "a34004", "ug/m3", "mg/m3"],
    ["CO in mg/m³", [0.4, 0.7, 1.2], "a21005", "mg/m3", "mg/m3"],
    ["CO in µg/m³", [400, 700, 1200], "a21005", "mg/m3", "ug/m3"],
    ["air pressure in kPa", [100.1, 101.2, 101.5], "a01006", "hPa", "kPa"],
  ])("%s is told by its median", (_what, numbers, pollutant, canonical, unit) => {
    const guess = of(numbers, pollutant, canonical);
    expect(guess).toMatchObject({ unit });
    expect(guess.confidence).toBeGreaterThanOrEqual(0.7);
  });

  it("of ozone with fractions is not told: ppb and µg/m³ are both plausible", () => {
    const guess = of([20.4, 31.7, 44.1], "a05024", "ug/m3");
    expect(guess.confidence).toBeLessThan(0.7);
    expect(guess.rivals).toEqual(["ppb"]);
  });

  test.each([
    ["SO2", "a21026", "ug/m3", 9],
    ["NO2", "a21004", "ug/m3", 34],
    ["O3", "a05024", "ug/m3", 62],
    ["CO", "a21005", "mg/m3", 0.7],
  ])("of whole or rounded %s is drafted as networks publish it, and ppb or ppm stands beside it: no range tells them apart", (_gas, pollutant, canonical, median) => {
    const guess = of([median * 0.6, median, median * 1.7].map((value) => (canonical === "mg/m3" ? Number(value.toFixed(1)) : Math.round(value))), pollutant, canonical);
    expect(guess.unit).toBe(canonical);
    expect(guess.confidence).toBeLessThan(0.9);
    expect(guess.rivals).toContain(canonical === "mg/m3" ? "ppm" : "ppb");
    expect(guess.evidence).toMatch(/would be plausible too/);
  });

  test.each([
    ["二氧化硫浓度(mg/m3)", "mg/m3"],
    ["臭氧小时浓度，单位：ppb", "ppb"],
    ["臭氧 单位:μg/m³", "ug/m3"],
    ["臭氧浓度", null],
  ])("is what the comment %s says", (comment, unit) => {
    expect(unitSaid(nameOf("f1", "", comment))).toBe(unit);
  });

  it("in the name counts, unless the numbers contradict it", () => {
    expect(of([20.4, 31.7], "a05024", "ug/m3", unitInName("O3_ppb", null))).toMatchObject({ unit: "ppb" });
    expect(of([400, 700], "a21005", "mg/m3", "mg/m3").unit).toBeNull();
  });

  test.each([
    [[20000, 50000], "CNY"],
    [[2, 5, 10], "万元"],
  ])("of fines of %j is %s", (numbers, unit) => {
    expect(guessUnit({ numbers, named: null, pollutant: null, coordinate: "PenaltyDecision.amount", canonical: "CNY" })).toMatchObject({ unit });
  });

  it("of output is never told by numbers, and no number of an enterprise is repeated", () => {
    const guess = guessUnit({ numbers: [51234], named: null, pollutant: null, coordinate: "Enterprise.output", canonical: "t" });
    expect(guess.confidence).toBeLessThan(0.7);
    expect(guess.evidence).not.toMatch(/51/);
  });
});

describe("a time", () => {
  test.each([
    [["2026-01-05 08:00:00"], { column: "t", format: "yyyy-MM-dd HH:mm:ss" }],
    [["2026/1/5 8:00", "2026/11/15 18:00"], { column: "t", format: "yyyy/M/d H:mm" }],
    [["20260105080000"], { column: "t", format: "yyyyMMddHHmmss" }],
    [["2026-01-05T08:00:00+08:00"], "t"],
    [["2026年1月5日8时"], { column: "t", format: "yyyy年M月d日H时" }],
  ])("%j is spelt %j", (cells, field) => {
    expect(timeFit(column("t", cells), "instant")?.field).toEqual(field);
  });

  it("with day and month in either order has a rival", () => {
    expect(timeFit(column("t", ["3/5/2026", "4/6/2026"]), "date")?.rival).not.toBeNull();
    expect(timeFit(column("t", ["3/25/2026", "4/6/2026"]), "date")).toMatchObject({ rival: null, field: { format: "M/d/yyyy" } });
  });

  it("that is none is none", () => {
    expect(timeFit(column("t", ["Ⅲ", "12.5"]), "instant")).toBeNull();
  });

  const hours = Array.from({ length: 30 }, (_, hour) => Date.UTC(2026, 0, 1, hour));
  const label = (name: string, lagMinutes: number | null, ends: readonly [number, number] | null = null) => {
    const profiled = column(name, ["x"]);
    const table = profileTable({ info: { name: "t", columns: [], unique: [], indexes: [], rowCountEstimate: 0 }, rows: [], distinct: new Map() });
    return labelOf({ column: profiled, readings: hours, table, written: lagMinutes === null ? null : hours.map((ms) => ms + lagMinutes * 60_000), ends })?.end ?? null;
  };
  test.each([
    ["JCSJ", 10, null, "end"],
    ["JCSJ", 65, null, "start"],
    ["start_at", null, null, "start"],
    ["结束时间", null, null, "end"],
    ["JCSJ", null, [Date.UTC(2026, 0, 1, 0), Date.UTC(2026, 2, 1, 23)], "start"],
    ["JCSJ", null, [Date.UTC(2026, 0, 1, 1), Date.UTC(2026, 2, 1, 0)], "end"],
    ["JCSJ", null, null, null],
    ["JCSJ", 24 * 60, null, null],
  ] as const)("%s written %s minutes after it, over %j, labels the %s", (name, lag, ends, expected) => {
    expect(label(name, lag, ends)).toBe(expected);
  });

  it("keeps a rhythm per series, gaps allowed", () => {
    expect(spacingOf([0, 1, 2, 3, 5].map((hour) => hour * 3_600_000), ["a", "a", "a", "a", "a"])).toMatchObject({ averaging: "PT1H" });
    expect(spacingOf([0, 7, 9, 30].map((hour) => hour * 3_600_000), ["a", "a", "a", "a"])).toBeNull();
  });
});

describe("columns that each hold a pollutant", () => {
  const wideOf = (columns: Readonly<Record<string, readonly number[]>>): readonly string[] => {
    const names = Object.keys(columns);
    const info = { name: "t", columns: names.map((name) => ({ name, type: "REAL", nullable: true, typeSafe: true })), unique: [], indexes: [], rowCountEstimate: 3 };
    const table = profileTable({ info, rows: [0, 1, 2].map((row) => names.map((name) => columns[name]?.[row] ?? null)), distinct: new Map() });
    return guessWide(table).columns.map(({ column: name, pollutant, doubt }) => `${name} ${pollutant}${doubt === null ? "" : " ?"}`);
  };

  it("are known by any spelling, by initials only with a doubt, and never by two letters of another medium", () => {
    expect(wideOf({ "PM2.5": [20, 30, 40], EYHL: [5, 6, 7], CY: [40, 50, 60], ZT: [0, 2, 2] })).toEqual(["PM2.5 a34004", "EYHL a21026", "CY a05024 ?"]);
    expect(wideOf({ RJY: [7, 8, 9], GMSYZS: [2, 3, 4], HXXYL: [10, 12, 15], ZD: [5, 9, 30] })).toEqual(["RJY w01009", "GMSYZS w01019", "HXXYL w01018", "ZD w21001 ?"]);
    expect(wideOf({ CO: [1, 2, 3], NAME: [1, 2, 3] })).toEqual([]);
  });

  it("are no daily means, maxima or indices of one", () => {
    expect(wideOf({ pm2_5: [20, 30, 40], pm10: [30, 40, 50], pm2_5_24h: [21, 31, 41], pm10_iaqi: [3, 4, 5], aqi: [50, 60, 70] })).toEqual(["pm2_5 a34004", "pm10 a34002"]);
  });
});

describe("codes", () => {
  test.each([
    [["320102", "320106"], "c"],
    [["320102001000", "320106002000"], { column: "c", match: "^(\\d{6})" }],
    [["南京市", "苏州"], { column: "c", codes: "gb2260-names" }],
    [["999999", "000000"], undefined],
    [["一车间", "二车间"], undefined],
  ])("%j are regions by %j", (cells, field) => {
    expect(regionFit(column("c", cells))?.field).toEqual(field);
  });

  it("that say yes and no say it in few words", () => {
    expect(yesNoOf(column("c", ["Y", "N", "Y"]))).toEqual({ yes: ["Y"], no: ["N"] });
    expect(yesNoOf(column("c", ["0", "1", "2"]))).toBeNull();
  });

  test.each([
    [isUscc, "91110000802100433B", true],
    [isUscc, "91310000132149985L", false],
    [isIdNumber, "11010519491231002X", true],
    [isIdNumber, "91110000802100433B", false],
    [isPenaltyNumber, "京环罚〔2024〕12号", true],
    [isPenaltyNumber, "津环罚字[2024]第12号", true],
    [isPenaltyNumber, "2024-12", false],
  ] as const)("%o of %s is %s", (holds, text, expected) => {
    expect(holds(text)).toBe(expected);
  });
});
