/**
 * R2 Tianjin: long tables with HJ 212 codes and flags, a unit per row, revisions in the key, stations that move; cases,
 * inspections, outlets and alerts. The shape is a PostgreSQL database's, kept in strict SQLite tables: a `timestamptz` is the text
 * that PostgreSQL shows for it. Only the alerts came later, from a system that counts epoch milliseconds.
 */
import type Database from "better-sqlite3";
import { makeAir, makeGaps, makeWeather, northChina, type AirSeries } from "./air.ts";
import { inventedPerson, makeCompanies, TWO_REGION_COMPANY, type Company } from "./cast.ts";
import { insertRows, type Report } from "./database.ts";
import { seededRandom } from "./random.ts";
import { dateOfDay, hourOf, HOURS, localLabel } from "./year.ts";

/** Code, name, district, lon, lat, industry, traffic. */
const STATIONS = [
  ["1015A", "勤俭道", "120106", 117.1444, 39.1661, 1.05, 1.1],
  ["1017A", "大直沽八号路", "120102", 117.237, 39.1082, 1, 1.1],
  ["1018A", "前进道", "120103", 117.202, 39.0927, 1, 1.15],
  ["1023A", "第四大街", "120116", 117.707, 39.0343, 1.2, 0.9],
  ["1026A", "汉北路", "120116", 117.764, 39.1587, 1.15, 0.8],
  ["1027A", "团泊洼", "120118", 117.157, 38.9194, 0.8, 0.6],
] as const;
const POLLUTANTS = [
  ["a34004", "pm25", 0],
  ["a34002", "pm10", 0],
  ["a21026", "so2", 0],
  ["a21004", "no2", 0],
  ["a21005", "co", 2],
  ["a05024", "o3", 0],
] as const satisfies readonly (readonly [string, keyof AirSeries, number])[];
const LAWS = ["大气污染防治法 第九十九条", "水污染防治法 第八十三条", "排污许可管理条例 第三十三条", "行政处罚法 第二十八条"] as const;
const TYPES = ["超标排放", "无证排污", "不按证排污", "扬尘", "自动监测弄虚作假", "其他问题"] as const;

const SCHEMA = `
CREATE TABLE monitor_station (id INTEGER PRIMARY KEY, code TEXT NOT NULL, name TEXT, region_code TEXT, geom_lon REAL, geom_lat REAL,
  active_from TEXT, active_to TEXT, replaces INTEGER, contact TEXT) STRICT;
CREATE TABLE monitor_obs (station_id INTEGER NOT NULL, pollutant_code TEXT NOT NULL, start_at TEXT NOT NULL, avg_period TEXT NOT NULL,
  value REAL, unit TEXT, flag TEXT, rev INTEGER NOT NULL) STRICT;
CREATE TABLE source_enterprise (uscc TEXT PRIMARY KEY, name TEXT, industry TEXT, region_code TEXT, address TEXT, lon REAL, lat REAL,
  legal_rep TEXT, legal_rep_id TEXT, phone TEXT, permit_class TEXT, output_t REAL, energy_tce REAL) STRICT;
CREATE TABLE source_outlet (mn TEXT PRIMARY KEY, outlet_code TEXT, uscc TEXT, kind TEXT, region_code TEXT, lon REAL, lat REAL, height_m REAL) STRICT;
CREATE TABLE enforce_inspection (insp_no TEXT PRIMARY KEY, uscc TEXT, region_code TEXT, kind TEXT, on_date TEXT, officers TEXT, findings TEXT) STRICT;
CREATE TABLE enforce_case (case_no TEXT PRIMARY KEY, insp_no TEXT, uscc TEXT, region_code TEXT, type TEXT, opened TEXT, closed TEXT,
  legal_basis TEXT, amount REAL, status TEXT NOT NULL) STRICT;
CREATE TABLE alert_notice (no TEXT PRIMARY KEY, level INTEGER, region_code TEXT, issued_at INTEGER, start_at INTEGER, lifted_at INTEGER, reason TEXT) STRICT;
`;
const INDEXES = `
CREATE UNIQUE INDEX monitor_obs_key ON monitor_obs (station_id, pollutant_code, start_at, avg_period, rev);
CREATE INDEX monitor_obs_pollutant ON monitor_obs (pollutant_code, start_at);
CREATE INDEX monitor_obs_start ON monitor_obs (start_at);
CREATE INDEX source_outlet_uscc ON source_outlet (uscc);
CREATE INDEX enforce_case_uscc ON enforce_case (uscc);
CREATE INDEX enforce_case_insp ON enforce_case (insp_no);
CREATE INDEX enforce_inspection_uscc ON enforce_inspection (uscc);
`;

const REVIEWED_UNTIL = hourOf("2026-06-01");
/** The third station moved on this day: a new row that replaces the old one. */
const MOVED = hourOf("2025-11-01");
const MOVED_ID = 3;
const NEW_ID = STATIONS.length + 1;

type Row = (string | number | null)[];

/** `2025-07-01 00:00:00+08` */
const timestamptz = (hour: number): string => `${localLabel(hour)}:00+08`;

function* observationRows(report: Report): Generator<Row> {
  const weather = makeWeather(northChina);
  for (const [index, [code, , , , , industry, traffic]] of STATIONS.entries()) {
    report(index / STATIONS.length);
    const air = makeAir(weather, { code, industry, traffic });
    const gaps = makeGaps(code);
    const random = seededRandom(`tianjin/${code}`);
    // This station's instruments send particles in mg/m³; only the unit column says so.
    const inMilligrams = code === "1026A";
    for (const [pollutant, quantity, digits] of POLLUTANTS) {
      const scaled = quantity === "co" || (inMilligrams && (quantity === "pm25" || quantity === "pm10"));
      const factor = quantity === "co" || !scaled ? 1 : 0.001;
      const places = 10 ** (factor === 1 ? digits : 3);
      const unit = scaled ? "mg/m3" : "ug/m3";
      let daySum = 0;
      let dayHours = 0;
      for (let hour = 0; hour < HOURS; hour++) {
        const station = index + 1 === MOVED_ID && hour >= MOVED ? NEW_ID : index + 1;
        if (!gaps.rowMissing(hour)) {
          const value = Math.round((air[quantity][hour] ?? 0) * factor * places) / places;
          // Stopped, maintenance, fault, calibration, link: the row stays and says why, mostly without a number.
          const flag = random.chance(0.012) ? random.pick(["F", "M", "D", "D", "C", "T", "B", "S"]) : "N";
          const measured = flag === "N" || flag === "S" || flag === "T" || random.chance(0.1) ? value : null;
          const at = timestamptz(hour);
          const reviewed = hour < REVIEWED_UNTIL;
          if (reviewed && random.chance(0.02)) {
            // The earlier revisions were kept: the first was read before review, the second is one correction too early.
            yield [station, pollutant, at, "01:00:00", Math.round(value * 1.3 * places) / places, unit, "N", 1];
            if (random.chance(0.2)) yield [station, pollutant, at, "01:00:00", Math.round(value * 1.1 * places) / places, unit, "N", 2];
            yield [station, pollutant, at, "01:00:00", measured, unit, flag, 3];
          } else {
            yield [station, pollutant, at, "01:00:00", measured, unit, flag, reviewed ? 2 : 1];
          }
          if (measured !== null) {
            daySum += measured;
            dayHours += 1;
          }
        }
        if (hour % 24 === 23) {
          // A day mean needs 20 hours (GB 3095-2026, table 4).
          if (dayHours >= 20) yield [station, pollutant, timestamptz(hour - 23), "1 day", Math.round((daySum / dayHours) * places * 10) / (places * 10), unit, "N", hour < REVIEWED_UNTIL ? 2 : 1];
          daySum = 0;
          dayHours = 0;
        }
      }
    }
  }
}

const PLACES = [
  { code: "120110", name: "东丽区", lon: 117.31, lat: 39.09 },
  { code: "120111", name: "西青区", lon: 117.01, lat: 39.14 },
  { code: "120116", name: "滨海新区", lon: 117.7, lat: 39.01 },
] as const;

/** Eighteen characters like an identity number, with a birth year and a check digit that nobody can have. */
const impossibleIdNumber = (i: number): string => `120000180001${String(i).padStart(5, "0")}0`;

/** The company's other site: same code as in Hebei's register, other name and place. */
const secondSite: Company = { ...TWO_REGION_COMPANY, name: "示例渤海两地化工有限公司天津分公司", place: PLACES[2], lon: 117.7312, lat: 39.0144, address: "天津市滨海新区示例港路9号" };

function fillEnforcement(db: Database.Database): void {
  const random = seededRandom("tianjin/enforcement");
  const cast: [Company, ...Company[]] = [secondSite, ...PLACES.flatMap((place) => makeCompanies(place, 20))];
  insertRows(db, "source_enterprise", cast.map((c, i) => [
    c.uscc, c.name, c.industry, c.place.code, c.address, c.lon, c.lat, c.legalRep, impossibleIdNumber(i), c.phone,
    random.pick(["重点管理", "简化管理", "登记管理"]), c.output, c.energy,
  ]));
  insertRows(db, "source_outlet", cast.flatMap((c, i) => Array.from({ length: 1 + (i % 3) }, (_, n): Row => [
    `A120000_${String(i * 3 + n).padStart(4, "0")}`, n === 2 ? "DW001" : `DA00${n + 1}`, c.uscc, random.pick(["主要排放口", "一般排放口", "车间排口"]),
    c.place.code, c.lon + n * 0.001, c.lat, n === 2 ? null : random.integer(15, 120),
  ])));
  const inspections = Array.from({ length: 150 }, (_, i) => {
    const company = i === 75 ? secondSite : random.pick(cast);
    const day = Math.floor((i * 364) / 150);
    return { no: `津检${dateOfDay(day).slice(0, 4)}-${String(i + 1).padStart(4, "0")}`, company, day };
  });
  insertRows(db, "enforce_inspection", inspections.map(({ no, company, day }) => [
    no, company.uscc, company.place.code, random.pick(["双随机", "专项", "信访", "非现场", "帮扶"]), dateOfDay(day),
    JSON.stringify([inventedPerson(random), inventedPerson(random)]), random.pick(["未发现违法行为", "发现超标排放", "台账不全", null]),
  ]));
  insertRows(db, "enforce_case", inspections.filter((_, i) => i % 2 === 1).map(({ no, company, day }, i) => {
    const status = random.pick(["closed", "closed", "closed", "open", "revoked"]);
    const closed = status === "open" ? null : dateOfDay(day + random.integer(10, 60));
    return [
      `津环罚〔${(closed ?? dateOfDay(day)).slice(0, 4)}〕${i + 1}号`, i % 11 === 3 ? null : no, company.uscc, company.place.code, random.pick(TYPES), dateOfDay(day + 3), closed,
      JSON.stringify(random.chance(0.3) ? [random.pick(LAWS), random.pick(LAWS)] : [random.pick(LAWS)]),
      status === "open" ? null : random.pick([20000, 50000, 50000, 100000, 88888.88]), status,
    ];
  }));
  const at = (label: string): number => Date.parse(`${label}:00+08:00`);
  insertRows(db, "alert_notice", [
    ["津重污〔2026〕1号", 2, "120000", at("2026-01-11T17:00"), at("2026-01-12T12:00"), at("2026-01-14T00:00"), "区域性污染过程（示例）"],
    ["津重污〔2026〕2号", 1, "120000", at("2026-01-13T22:00"), at("2026-01-14T00:00"), at("2026-01-18T10:00"), "区域性污染过程加重（示例）"],
    ["津重污〔2026〕3号", 3, "120000", at("2026-02-16T20:00"), at("2026-02-17T00:00"), null, "春节期间（示例，未解除）"],
  ]);
}

export function fillTianjin(db: Database.Database, report: Report): void {
  db.exec(SCHEMA);
  insertRows(db, "monitor_station", [
    ...STATIONS.map(([code, name, region, lon, lat], i): Row => [
      i + 1, code, name, region, lon, lat, "2013-01-01", i + 1 === MOVED_ID ? "2025-10-31" : null, null, `示例运维 1380000${String(i).padStart(4, "0")}`,
    ]),
    [NEW_ID, "1018B", "前进道（迁建）", "120103", 117.2111, 39.0877, "2025-11-01", null, MOVED_ID, null],
  ]);
  insertRows(db, "monitor_obs", observationRows((fraction) => report(fraction * 0.8)));
  fillEnforcement(db);
  db.exec(INDEXES);
  report(1);
}
