import { describe, expect, test } from "vitest";
import { codeTables } from "../../schema/codes/codeTables.ts";
import { pollutants } from "../../schema/codes/pollutants.ts";
import { descendants, isWithin, regionByCode, regionByName, regions } from "../../schema/codes/regions.ts";
import { unitByText, units } from "../../schema/codes/units.ts";
import { vocabulary } from "../../schema/hubVocabulary.ts";
import { asEntityName } from "../../schema/ids.ts";
import type { AttributeDef } from "../../schema/vocabulary.ts";

const table = (name: string): Readonly<Record<string, string>> => codeTables.get(name) ?? {};

describe("regions", () => {
  test.each([
    ["石家庄", "130100"],
    ["石家庄市", "130100"],
    ["河北", "130000"],
    ["内蒙古", "150000"],
    ["雄安新区", "133100"],
    ["青浦区", "310118"],
    ["朝阳市", "211300"],
    ["黄山市", "341000"],
  ])("%s is %s", (name, code) => {
    expect(regionByName(name)?.code).toBe(code);
  });

  test.each(["朝阳区", "吉林", "新华区", "", "constructor"])("%j is no single region", (name) => {
    expect(regionByName(name)).toBeUndefined();
  });

  test("a district that others share its name with is found within its province", () => {
    expect(table("gb2260-names").宝山区).toBeUndefined();
    expect(table("gb2260-names-310000").宝山区).toBe("310113");
  });

  test("form one tree: every parent is listed and one level up lies around its children", () => {
    for (const { code, parent, level } of regions.values()) {
      if (level === "COUNTRY") expect(parent).toBeNull();
      else {
        expect(regionByCode(parent ?? "")).toBeDefined();
        expect(isWithin(code, parent ?? "")).toBe(true);
      }
    }
  });

  test("a municipality's district stands directly under it", () => {
    expect(regionByCode("110105")).toMatchObject({ parent: "110000", level: "COUNTY" });
  });

  test("lie within themselves and what is above, listed or not", () => {
    expect(isWithin("130100", "130000")).toBe(true);
    expect(isWithin("130199", "130100")).toBe(true);
    expect(isWithin("130000", "130100")).toBe(false);
    expect(isWithin("FR", "100000")).toBe(false);
    expect(isWithin("130100", "13")).toBe(false);
    expect(descendants("110000")).toHaveLength(17);
  });

  test("inherit the cooperation areas of those above", () => {
    expect(regionByCode("130102")?.compact).toEqual(["JING_JIN_JI"]);
    expect(regionByCode("340100")?.compact).toEqual(["YANGTZE_RIVER_DELTA"]);
    expect(regionByCode("350000")?.compact).toEqual([]);
  });
});

describe("pollutants and units", () => {
  test("every pollutant is held and sent in a unit that the hub knows", () => {
    for (const { canonical, protocol } of pollutants.values()) {
      expect(units.has(canonical)).toBe(true);
      expect(units.get(protocol)?.dimension).toBe(units.get(canonical)?.dimension);
    }
  });

  test.each([
    ["µg/m³", "ug/m3"],
    ["μg/m³", "ug/m3"],
    ["mg/L", "mg/L"],
    ["℃", "Cel"],
    ["万元", "万元"],
  ])("the spelling %s is %s", (text, code) => {
    expect(unitByText(text)?.code).toBe(code);
  });

  test("an unknown unit is none", () => {
    expect(unitByText("constructor")).toBeUndefined();
    expect(unitByText("mmol/L")).toBeUndefined();
  });

  test("codes of 2005 lead to those of 2017", () => {
    expect(table("hj212")).toMatchObject({ "02": "a21026", "011": "w01018", a34004: "a34004" });
    expect(table("hj212-units")).toMatchObject({ "020": "ug/L", w20111: "ug/L" });
  });

  test.each([
    ["PM2.5", "a34004"],
    ["细颗粒物(PM2.5)", "a34004"],
    ["颗粒物(PM10)", "a34002"],
    ["二氧化硫", "a21026"],
    ["O3", "a05024"],
    ["高锰酸盐指数", "w01019"],
    ["NH3N", "w21003"],
  ])("the name %s is %s", (name, code) => {
    expect(table("pollutant-names")[name]).toBe(code);
  });

  test("a name that air and water share is left out", () => {
    expect(table("pollutant-names").氟化物).toBeUndefined();
  });
});

describe("code tables", () => {
  const valuesOf = (entity: string, attribute: string): readonly string[] => {
    const { type } = vocabulary().entities.get(asEntityName(entity))?.attributes.get(attribute) ?? ({ type: { kind: "text" } } as AttributeDef);
    const of = type.kind === "list" ? type.of : type;
    return of.kind === "enum" ? of.values.map(({ name }) => name) : [];
  };

  test.each([
    ["hj212-flags", "Observation", "flag"],
    ["penalty-kinds-zh", "PenaltyDecision", "kind"],
    ["water-class", "WaterQualityAssessment", "class"],
  ])("%s leads to values of %s.%s", (name, entity, attribute) => {
    expect(valuesOf(entity, attribute)).not.toEqual([]);
    expect(Object.values(table(name)).filter((value) => !valuesOf(entity, attribute).includes(value))).toEqual([]);
  });

  test("water classes are read in Roman, Latin and Arabic spelling", () => {
    expect(["Ⅲ", "III", "3", "劣Ⅴ", "劣V"].map((spelling) => table("water-class")[spelling])).toEqual(["III", "III", "III", "INFERIOR_V", "INFERIOR_V"]);
  });

  test("compass points are degrees", () => {
    expect(["N", "NNE", "西", "NNW"].map((point) => table("compass-16")[point])).toEqual(["0", "22.5", "270", "337.5"]);
  });

  test("a cell that names a property of objects is unlisted in every table", () => {
    for (const each of codeTables.values()) expect(each.constructor).toBeUndefined();
  });
});
