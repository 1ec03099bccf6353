/** The example mappings (trimmed to entities of the vocabulary) compile against the tables that they speak of. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { TableInfo } from "../../adapters/contract/adapter.ts";
import { asEntityName } from "../../schema/ids.ts";
import { compileText, table } from "./support.ts";

const textColumns = (names: string): string => names.split(" ").map((name) => `${name.replaceAll("_", " ").trim()}|`).join(", ");
/** A mirror's table: columns without a type. */
const mirrored = (name: string, columns: string, ...unique: string[][]): TableInfo => table(name, `${columns}, $file|, $row|INTEGER, $precedence|INTEGER, $received|`, { unique });

const sources: Readonly<Record<string, readonly TableInfo[]>> = {
  beijing: [
    table("site", "site|TEXT!, national_code|TEXT, name_zh|TEXT, kind|TEXT, lon|REAL, lat|REAL", { unique: [["site"]], strict: true }),
    table("aq_hourly", "site|TEXT!, ts|TEXT!, pm25|REAL, pm10|REAL, so2|REAL, no2|REAL, co|REAL, o3|REAL, temp|REAL, pres|REAL, dewp|REAL, rain|REAL, wd|TEXT, wspm|REAL", { unique: [["site", "ts"]], strict: true }),
    table("enterprise", "uscc|TEXT!, name|TEXT, industry4|TEXT, legal_rep|TEXT, phone|TEXT, lon|REAL, lat|REAL", { unique: [["uscc"]] }),
    table("penalty", "doc_no|TEXT!, uscc|TEXT, decided_on|TEXT, amount_yuan|REAL, kind|TEXT, text|TEXT, revoked|INTEGER", { unique: [["doc_no"]] }),
    table("inspection", "id|INTEGER!, uscc|TEXT, on_date|TEXT, officers|TEXT, result|TEXT", { unique: [["id"]] }),
  ],
  hebei: [
    table("T_KQ_ZDXX", "ZDBH|VARCHAR(10)!, ZDMC|VARCHAR(60), SSDS|VARCHAR(20), JD|VARCHAR(20), WD|VARCHAR(20), SFYX|CHAR(1)", { unique: [["ZDBH"]] }),
    table("T_KQ_XSSJ", "ZDBH|VARCHAR(10)!, JCSJ|DATETIME!, PM25ND|VARCHAR(20), PM10ND|VARCHAR(20), SO2ND|VARCHAR(20), NO2ND|VARCHAR(20), COND|VARCHAR(20), O3ND|VARCHAR(20), SJZT|VARCHAR(4)", { unique: [["ZDBH", "JCSJ"]] }),
    table("T_WRY_QYXX", "QYMC|VARCHAR(120), TYSHXYDM|VARCHAR(20)!, HYDM|VARCHAR(8), FDDBR|VARCHAR(40), LXDH|VARCHAR(40), JSRQ|VARCHAR(8)", { unique: [["TYSHXYDM"]] }),
    table("T_ZF_XZCF", "WSH|VARCHAR(60)!, TYSHXYDM|VARCHAR(20), CFRQ|VARCHAR(10), FKJE|VARCHAR(20), SCBZ|CHAR(1)", { unique: [["WSH"]] }),
  ],
  tianjin: [
    table("monitor.station", "id|BIGINT!, code|TEXT, name|TEXT, region_code|CHAR(6), geom_lon|DOUBLE, geom_lat|DOUBLE, active.lower|DATE, active.upper|DATE, replaces|BIGINT", { unique: [["id"]], strict: true }),
    table("monitor.obs", "station_id|BIGINT!, pollutant_code|TEXT!, start_at|TIMESTAMPTZ!, avg_period|INTERVAL!, value|NUMERIC, unit|TEXT, flag|CHAR(1), rev|INT!", { unique: [["station_id", "pollutant_code", "start_at", "avg_period", "rev"]], strict: true }),
    table("source.outlet", "mn|TEXT!, outlet_code|TEXT, kind|TEXT, lon|DOUBLE, lat|DOUBLE", { unique: [["mn"]], strict: true }),
    table("enforce.case", "case_no|TEXT!, uscc|TEXT, opened|DATE, closed|DATE, legal_basis|TEXT[], amount|NUMERIC, status|TEXT", { unique: [["case_no"]], strict: true }),
  ],
  shanghai: [
    mirrored("stations", textColumns("stationId stationName lng lat district"), ["stationId"]),
    mirrored("hour", textColumns("stationId time items.factor items.value items.unit items.mark"), ["stationId", "time", "items.factor"]),
    mirrored("sections", textColumns("sectionCode sectionName river lng lat district target"), ["sectionCode"]),
    mirrored("results", textColumns("sectionCode month CODMn NH3N TP TN waterClass"), ["sectionCode", "month"]),
    mirrored("penalties", textColumns("docNo uscc decidedOn amount kind revoked updatedAt")),
  ],
  anhui: [
    mirrored("water", `${textColumns("断面编码 断面名称 所在河流 监测日期 水温(℃) pH 溶解氧(mg/L) 高锰酸盐指数(mg/L) 化学需氧量(mg/L) 氨氮(mg/L) 总磷(mg/L) 总氮(mg/L) 水质类别 目标类别")}, $month|`),
    mirrored("sites", textColumns("监测点编码 监测点名称 省级行政区 地级行政区 经度 纬度"), ["监测点编码"]),
  ],
  "beijing-prsa": [mirrored("hours", textColumns("No year month day hour PM2.5 PM10 SO2 NO2 CO O3 TEMP PRES DEWP RAIN wd WSPM station"), ["station", "year", "month", "day", "hour"])],
  "china-air-stations": [mirrored("sites", textColumns("监测点编码 监测点名称 城市 经度 纬度 对照点 省级行政区 地级行政区"), ["监测点编码"])],
  "cnemc-hour-excerpt": [
    mirrored("feed", ["stationcode", "timepoint", "positionname", "area", "longitude", "latitude", "pm10", "pm10_24h", "pm2_5", "pm2_5_24h", "o3", "o3_24h", "o3_8h", "o3_8h_24h", "no2", "no2_24h", "so2", "so2_24h", "co", "co_24h"].map((name) => `${name}|`).join(", "), ["stationcode", "timepoint"]),
  ],
  "openaq-excerpt": [mirrored("latest", textColumns("Country_Code City Location Coordinates Pollutant Source_Name Unit Value Last_Updated"), ["Country Code", "Location", "Pollutant", "Last Updated"])],
  "station-1410A": [mirrored("hours", `${textColumns("datetime PM2.5 O3 NO2 CO SO2")}, $station|`, ["$station", "datetime"])],
  jiangsu: [
    mirrored("Things", textColumns("@iot.id properties.outletCode properties.kind properties.regionCode Locations.0.location.coordinates.0 Locations.0.location.coordinates.1 properties.uscc"), ["@iot.id"]),
  ],
};

describe("example mappings", () => {
  it.each(Object.entries(sources))("%s compiles", (name, tables) => {
    const text = readFileSync(new URL(`./examples/${name}.source.yaml`, import.meta.url), "utf8");
    const mapping = compileText(text, tables);
    expect(mapping.entities.size).toBeGreaterThan(0);
    const shape = [...mapping.entities.values()].map(({ entity, parts }) => `${entity.name} ${parts.length}: ${[...(parts[0]?.fields.entries() ?? [])].map(([attribute, field]) => `${attribute}:${field.constant !== undefined ? "=" : (field.filter("eq")?.grade ?? "-")}${field.order?.grade ?? ""}`).join(" ")}`);
    expect(shape).toMatchSnapshot();
  });

  it("has a branch of its own for every unpivoted column, and the filled-in attributes", () => {
    const mapping = compileText(readFileSync(new URL("./examples/hebei.source.yaml", import.meta.url), "utf8"), sources.hebei ?? []);
    const parts = mapping.entities.get(asEntityName("Observation"))?.parts ?? [];
    expect(parts.map(({ branch }) => branch)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(parts.map(({ fields }) => fields.get("unit")?.constant)).toEqual(["ug/m3", "ug/m3", "ug/m3", "ug/m3", "mg/m3", "ug/m3"]);
    const o3 = parts[5];
    expect(o3?.fields.get("value")?.original).toEqual({ unit: "ppb", unitInput: null, code: "O3ND" });
    expect(o3?.fields.get("start")?.read(["2024-01-01 01:00:00"])).toBe(Date.parse("2024-01-01T00:00+08:00"));
    expect(o3?.locator.at(-1)).toEqual({ kind: "constant", value: "O3ND" });
    expect(mapping.warnings.filter((text) => text.includes("SFYX"))).toHaveLength(1);
  });
});
