/** Real public files as tables of a PostgreSQL database, as an agency might have loaded them: nobody made them for this hub. */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import iconv from "iconv-lite";
import { realData } from "../../realData/openNetwork.ts";
import type { DatabaseSpec, TableSpec, Value } from "./database.ts";

const records = (file: string, encoding = "utf-8", delimiter = ","): readonly (readonly string[])[] =>
  parse(iconv.decode(readFileSync(join(realData, file)), encoding), { delimiter, relax_column_count: true, bom: true, skip_empty_lines: true }) as string[][];

/** `NA` and blank cells become NULL; every table gets a running number, as loaders do. */
function table(rows: readonly (readonly string[])[], types: Readonly<Record<string, string>>, limit = Number.POSITIVE_INFINITY): TableSpec {
  const [header = [], ...body] = rows;
  return {
    columns: { row_id: "bigint PRIMARY KEY", ...Object.fromEntries(header.map((name) => [name, types[name] ?? "text"])) },
    rows: body.slice(0, limit).map((row, index): Value[] => [index + 1, ...header.map((_, at) => (row[at] === undefined || row[at] === "" || row[at] === "NA" ? null : (row[at] ?? null)))]),
  };
}

const numeric = (names: string): Readonly<Record<string, string>> => Object.fromEntries(names.split(" ").map((name) => [name, "numeric"]));

export function realFiles(): DatabaseSpec {
  const hours = readdirSync(join(realData, "beijing-prsa")).filter((name) => name.endsWith(".csv")).slice(0, 3);
  const [first = "", ...others] = hours;
  const prsa = [...records(`beijing-prsa/${first}`).slice(0, 2001), ...others.flatMap((file) => records(`beijing-prsa/${file}`).slice(1, 2001))];
  const feed = "pm10 pm10_24h pm2_5 pm2_5_24h o3 o3_24h o3_8h o3_8h_24h no2 no2_24h so2 so2_24h co co_24h aqi";
  return {
    name: "real files (PostgreSQL)",
    kind: "postgres",
    region: "100000",
    tables: {
      prsa: table(prsa, { ...numeric("PM2.5 PM10 SO2 NO2 CO O3 TEMP PRES DEWP RAIN WSPM"), No: "integer", year: "integer", month: "integer", day: "integer", hour: "integer" }),
      site_list: table(records("china-air-stations/NewSiteList.gbk.csv", "gb18030"), { 经度: "float8", 纬度: "float8" }),
      cnemc_hour: table(records("cnemc-hour-excerpt/2022-01-01T00_excerpt.csv"), { ...numeric(feed), timepoint: "timestamp", longitude: "float8", latitude: "float8" }),
      hourly_1410a: table(records("station-1410A/hourly_1410A_2021-2022.csv"), { ...numeric("PM2.5 O3 NO2 CO SO2"), datetime: "timestamp" }, 3000),
      openaq: table(records("openaq-excerpt/openaq_excerpt.csv", "utf-8", ";"), { Value: "numeric", "Last Updated": "timestamptz" }),
    },
    foreign: [],
    truth: {
      Station: { code: "监测点编码", name: "监测点名称", region: "地级行政区", position: "经度 + 纬度", medium: "=AIR" },
      "Station of prsa": { code: "station", medium: "=AIR" },
      "Station of openaq": { code: "Location", medium: "=AIR", region: "Country Code" },
      // An hour is called by its end here, as the publisher says; the table cannot.
      "Observation of cnemc_hour": { station: "stationcode", end: "timepoint", averaging: "=PT1H", region: "area", "value:a34004": "pm2_5 ug/m3", "value:a34002": "pm10 ug/m3", "value:a21026": "so2 ug/m3", "value:a21004": "no2 ug/m3", "value:a21005": "co mg/m3", "value:a05024": "o3 ug/m3" },
      // No plain SQL puts four columns into one time, and no column names the station of the other.
      "Observation of prsa": {},
      "Observation of hourly_1410a": {},
      "Observation of openaq": {},
    },
  };
}
