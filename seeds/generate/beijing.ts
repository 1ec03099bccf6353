/** R1 Beijing: wide tables in English, CO in µg/m³, wind as sixteen points, a soft delete, personal fields. */
import type Database from "better-sqlite3";
import { AIR_QUANTITIES, makeAir, makeGaps, makeWeather, northChina } from "./air.ts";
import { inventedPerson, makeCompanies, type Company } from "./cast.ts";
import { insertRows, type Report } from "./database.ts";
import { seededRandom } from "./random.ts";
import { dateOfDay, HOURS, localLabel } from "./year.ts";

/** Key, national code, name, lon, lat, kind, industry, traffic. Station facts are published ones; all values are invented. */
const SITES = [
  ["Wanshouxigong", "1001A", "万寿西宫", 116.3621, 39.8784, "city", 1.05, 1.1],
  ["Dingling", "1002A", "定陵", 116.2202, 40.2915, "control", 0.7, 0.5],
  ["Dongsi", "1003A", "东四", 116.4174, 39.9289, "city", 1.05, 1.15],
  ["Tiantan", "1004A", "天坛", 116.4072, 39.8863, "city", 1, 1.05],
  ["Nongzhanguan", "1005A", "农展馆", 116.462, 39.9365, "roadside", 1, 1.35],
  ["Guanyuan", "1006A", "官园", 116.3392, 39.9295, "city", 1, 1.1],
  ["Wanliu", "1007A", "海淀区万柳", 116.2878, 39.9611, "city", 0.95, 1.05],
  ["Shunyi", "1008A", "顺义新城", 116.6636, 40.135, "city", 0.9, 0.8],
  ["Huairou", "1009A", "怀柔镇", 116.6275, 40.3275, "city", 0.75, 0.6],
  ["Changping", "1010A", "昌平镇", 116.2296, 40.217, "city", 0.85, 0.8],
  ["Aotizhongxin", "1011A", "奥体中心", 116.3966, 39.9821, "city", 1, 1.1],
  ["Gucheng", "1012A", "古城", 116.184, 39.9136, "city", 1.05, 1],
] as const;
const POINTS = ["N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW"] as const;
const KINDS = ["罚款", "警告", "罚款,警告", "罚款,限产停产", "责令关闭"] as const;
const FINDINGS = ["未发现违法行为", "未按规定设置排放口", "自动监测设备运行不正常", "无组织排放管控不到位"] as const;

const SCHEMA = `
CREATE TABLE site (site TEXT PRIMARY KEY, national_code TEXT NOT NULL UNIQUE, name_zh TEXT, lon REAL, lat REAL, kind TEXT) STRICT;
CREATE TABLE aq_hourly (site TEXT NOT NULL, ts TEXT NOT NULL, pm25 REAL, pm10 REAL, so2 REAL, no2 REAL, co REAL, o3 REAL,
  temp REAL, pres REAL, dewp REAL, rain REAL, wd TEXT, wspm REAL) STRICT;
CREATE TABLE enterprise (uscc TEXT PRIMARY KEY, name TEXT, industry4 TEXT, legal_rep TEXT, phone TEXT, lon REAL, lat REAL) STRICT;
CREATE TABLE penalty (doc_no TEXT PRIMARY KEY, uscc TEXT, decided_on TEXT, amount_yuan REAL, kind TEXT, text TEXT, revoked INTEGER) STRICT;
CREATE TABLE inspection (id INTEGER PRIMARY KEY, uscc TEXT, on_date TEXT, officers TEXT, result TEXT, plan TEXT) STRICT;
CREATE TABLE alert (alert_no TEXT PRIMARY KEY, level TEXT, issued_at TEXT, start_at TEXT, lifted_at TEXT, reason TEXT) STRICT;
`;
const INDEXES = `
CREATE UNIQUE INDEX aq_hourly_key ON aq_hourly (site, ts);
CREATE INDEX aq_hourly_ts ON aq_hourly (ts);
${AIR_QUANTITIES.map((column) => `CREATE INDEX aq_hourly_${column} ON aq_hourly (${column});`).join("\n")}
CREATE INDEX penalty_uscc ON penalty (uscc);
CREATE INDEX penalty_decided ON penalty (decided_on);
CREATE INDEX inspection_uscc ON inspection (uscc);
`;

const tenth = (value: number): number => Math.round(value * 10) / 10;

function* hourRows(report: Report): Generator<(string | number | null)[]> {
  const weather = makeWeather(northChina);
  const stations = SITES.map(([site, code, , , , , industry, traffic]) => ({
    site,
    air: makeAir(weather, { code, industry, traffic }),
    gaps: makeGaps(code),
    random: seededRandom(`beijing/${code}`),
  }));
  for (let hour = 0; hour < HOURS; hour++) {
    if (hour % 876 === 0) report(hour / HOURS);
    const ts = localLabel(hour);
    const temperature = weather.temperature[hour] ?? 0;
    for (const { site, air, gaps, random } of stations) {
      if (gaps.rowMissing(hour)) continue;
      const read = (of: Float64Array, factor = 1): number | null => (gaps.cellMissing() ? null : Math.round((of[hour] ?? 0) * factor));
      const temp = tenth(temperature + random.normal() * 0.5);
      yield [
        site, ts, read(air.pm25), read(air.pm10), read(air.so2), read(air.no2),
        // CO in µg/m³, to the hundred, as this source has always spelt it.
        gaps.cellMissing() ? null : Math.round((air.co[hour] ?? 0) * 10) * 100, read(air.o3),
        temp, tenth((weather.pressure[hour] ?? 0) + random.normal() * 0.4), tenth(temp - random.between(2, 14)), random.chance(0.03) ? tenth(random.between(0.1, 9)) : 0,
        random.chance(0.004) ? null : (POINTS[Math.floor(((weather.windDirection[hour] ?? 0) + random.normal() * 20 + 371.25) / 22.5) % 16] ?? "N"),
        tenth(Math.max(0, (weather.windSpeed[hour] ?? 0) + random.normal() * 0.4)),
      ];
    }
  }
}

/** Names that have tripped programs: outside the basic plane, wildcards of SQL, an apostrophe. */
const ODD_NAMES: readonly (string | undefined)[] = ["示例𠮷野食品有限公司", "示例100%_清洁能源有限公司", "示例O'Brien新材料有限公司"];

function companies(): Company[] {
  const places = [
    { code: "110106", name: "丰台区", lon: 116.29, lat: 39.86 },
    { code: "110111", name: "房山区", lon: 116.14, lat: 39.75 },
    { code: "110112", name: "通州区", lon: 116.66, lat: 39.91 },
  ];
  return places.flatMap((place) => makeCompanies(place, 20)).map((company, i) => ({ ...company, name: ODD_NAMES[i] ?? company.name }));
}

export function fillBeijing(db: Database.Database, report: Report): void {
  db.exec(SCHEMA);
  insertRows(db, "site", SITES.map(([site, code, name, lon, lat, kind]) => [site, code, name, lon, lat, kind]));
  insertRows(db, "aq_hourly", hourRows((fraction) => report(fraction * 0.8)));

  const random = seededRandom("beijing/enforcement");
  const cast = companies();
  insertRows(db, "enterprise", cast.map(({ uscc, name, industry, legalRep, phone, lon, lat }) => [uscc, name, industry, legalRep, phone, lon, lat]));
  insertRows(db, "penalty", Array.from({ length: 90 }, (_, i) => {
    const company = random.pick(cast as [Company, ...Company[]]);
    const day = Math.floor((i * 364) / 90);
    const decided = dateOfDay(day);
    return [
      `京环罚〔${decided.slice(0, 4)}〕${i + 1}号`, company.uscc, decided,
      // Ties on purpose: most fines are one of a few round sums.
      random.pick([20000, 50000, 50000, 100000, 123456.78, null]), random.pick(KINDS),
      `当事人${company.legalRep ?? "不详"}，电话${company.phone ?? "不详"}（示例文本）`, random.chance(0.08) ? 1 : 0,
    ];
  }));
  insertRows(db, "inspection", Array.from({ length: 160 }, (_, i) => {
    const company = random.pick(cast as [Company, ...Company[]]);
    return [i + 1, company.uscc, dateOfDay(Math.floor((i * 364) / 160)), `${inventedPerson(random)}、${inventedPerson(random)}`, random.pick(FINDINGS), "双随机抽查（示例）"];
  }));
  insertRows(db, "alert", [
    ["BJ-2025-01", "黄色", "2025-11-21 16:00", "2025-11-22 00:00", "2025-11-25 00:00", "静稳天气（示例）"],
    ["BJ-2026-01", "橙色", "2026-01-11 18:00", "2026-01-12 12:00", "2026-01-14 00:00", "区域性污染过程（示例）"],
    ["BJ-2026-02", "红色", "2026-01-14 00:00", "2026-01-14 00:00", "2026-01-18 08:00", "区域性污染过程加重（示例）"],
    ["BJ-2026-03", "黄色", "2026-02-16 20:00", "2026-02-17 00:00", null, "春节期间（示例，未解除）"],
  ]);
  db.exec(INDEXES);
  report(1);
}
