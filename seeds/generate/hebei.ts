/**
 * R3 Hebei: pinyin names in upper case, every number as text, three spellings of "missing", hour-ending labels, O3 in ppb,
 * fines in 万元, dates as 2024/3/5, a deletion flag. The shape is a MySQL database's, kept in SQLite.
 */
import type Database from "better-sqlite3";
import { makeAir, makeGaps, makeWeather, northChina } from "./air.ts";
import { HEBEI_PLACES, makeCompanies, TWO_REGION_COMPANY, type Company } from "./cast.ts";
import { insertRows, type Report } from "./database.ts";
import { seededRandom } from "./random.ts";
import { dateOfDay, hourOf, HOURS, localLabel } from "./year.ts";

// TEXT behind DATETIME: by itself it would have the affinity of numbers in SQLite.
const SCHEMA = `
CREATE TABLE T_KQ_ZDXX (ZDBH VARCHAR(10) NOT NULL PRIMARY KEY, ZDMC VARCHAR(60), SSDS VARCHAR(20), JD VARCHAR(20), WD VARCHAR(20), SFYX CHAR(1));
CREATE TABLE T_KQ_XSSJ (ZDBH VARCHAR(10) NOT NULL, JCSJ DATETIME TEXT NOT NULL, PM25ND VARCHAR(20), PM10ND VARCHAR(20), SO2ND VARCHAR(20),
  NO2ND VARCHAR(20), COND VARCHAR(20), O3ND VARCHAR(20), SJZT VARCHAR(4));
CREATE TABLE T_WRY_QYXX (QYMC VARCHAR(120), TYSHXYDM VARCHAR(20) NOT NULL PRIMARY KEY, HYDM VARCHAR(8), FDDBR VARCHAR(40), LXDH VARCHAR(40), JSRQ VARCHAR(8));
CREATE TABLE T_WRY_NHCL (TYSHXYDM VARCHAR(20) NOT NULL PRIMARY KEY, NCL VARCHAR(20), ZHNH VARCHAR(20));
CREATE TABLE T_ZF_XZCF (WSH VARCHAR(60) NOT NULL PRIMARY KEY, TYSHXYDM VARCHAR(20), CFRQ VARCHAR(10), FKJE VARCHAR(20), SCBZ CHAR(1));
CREATE TABLE T_YJ_ZWRYJ (YJBH VARCHAR(40) NOT NULL PRIMARY KEY, SSDS VARCHAR(20), YJDJ VARCHAR(10), FBSJ DATETIME TEXT, QDSJ DATETIME TEXT, JCSJ DATETIME TEXT, YJYY VARCHAR(200));
`;
const INDEXES = `
CREATE UNIQUE INDEX UX_XSSJ ON T_KQ_XSSJ (ZDBH, JCSJ);
CREATE INDEX IX_XSSJ_JCSJ ON T_KQ_XSSJ (JCSJ);
CREATE INDEX IX_XZCF_QY ON T_ZF_XZCF (TYSHXYDM);
`;

/** O3: µg/m³ per ppb at 298.15 K (47.998 / 24.465). */
const O3_PER_PPB = 47.998 / 24.465;
const MISSING = ["-99", "—", ""] as const;

/** Reviewed up to the end of May, published up to the end of the year's first half; the last month is raw. */
const PUBLISHED_UNTIL = hourOf("2026-01-01");
const REVIEWED_UNTIL = hourOf("2026-06-01");

function* hourRows(report: Report): Generator<(string | null)[]> {
  const weather = makeWeather(northChina);
  const stations = HEBEI_PLACES.map((place, i) => {
    const code = `HB${place.code.slice(0, 4)}${String(i + 1).padStart(2, "0")}`;
    return { code, air: makeAir(weather, { code, industry: place.industry, traffic: 1 }), gaps: makeGaps(code), random: seededRandom(`hebei/${code}`) };
  });
  // A station whose master data was never entered: its hours have no place.
  const orphan = { ...stations[0], code: "HB990001" };
  for (let hour = 0; hour < HOURS; hour++) {
    if (hour % 876 === 0) report(hour / HOURS);
    const label = `${localLabel(hour + 1)}:00`;
    for (const station of hour < 48 ? [...stations, orphan] : stations) {
      const { code, air, gaps, random } = station;
      if (!air || !gaps || !random || gaps.rowMissing(hour)) continue;
      const read = (of: Float64Array, digits: number, divisor = 1): string => {
        if (random.chance(0.008)) return random.pick(MISSING);
        return ((of[hour] ?? 0) / divisor).toFixed(digits);
      };
      const state = hour < PUBLISHED_UNTIL ? "3" : hour < REVIEWED_UNTIL ? "2" : random.chance(0.3) ? "1" : "0";
      yield [
        code, label, random.chance(0.0002) ? "故障" : read(air.pm25, 0), read(air.pm10, 0), read(air.so2, 0), read(air.no2, 0),
        read(air.co, 1), read(air.o3, 1, O3_PER_PPB), random.chance(0.001) ? random.pick([null, "", "X9"]) : state,
      ];
    }
  }
}

const slashed = (date: string): string => date.split("-").map(Number).join("/");

/** How the code was typed: some clerks used lower case, some left a blank behind. */
const typed = (uscc: string, i: number): string => (i % 17 === 5 ? uscc.toLowerCase() : i % 23 === 7 ? `${uscc} ` : uscc);

/** How the document number was typed: square brackets as a rule, full-width ones and digits now and then. */
function documentNumber(city: string, year: string, serial: number): string {
  const short = city.slice(0, 1);
  if (serial % 19 === 4) return `${short}环罚（${year}）${serial}号`;
  if (serial % 29 === 6) return `${short}环罚[${year}] ${serial} 号`;
  return `${short}环罚[${year}]${serial}号`;
}

export function fillHebei(db: Database.Database, report: Report): void {
  db.exec(SCHEMA);
  insertRows(db, "T_KQ_ZDXX", [
    ...HEBEI_PLACES.map(({ code, name, lon, lat }, i): (string | null)[] => [
      `HB${code.slice(0, 4)}${String(i + 1).padStart(2, "0")}`, `${name.replace("市", "")}示例站`, name, lon.toFixed(4), lat.toFixed(4), i === 8 ? "N" : "Y",
    ]),
    ["HB130199", "石家庄示例新站（未运行）", "石家庄市", "", "", "Y"],
  ]);
  insertRows(db, "T_KQ_XSSJ", hourRows((fraction) => report(fraction * 0.85)));

  const random = seededRandom("hebei/enforcement");
  const cast: Company[] = HEBEI_PLACES.flatMap((place) => makeCompanies(place, place.code === "130100" ? 29 : 18));
  const story = { company: TWO_REGION_COMPANY, code: TWO_REGION_COMPANY.uscc };
  const rows = [...cast.map((company, i) => ({ company, code: typed(company.uscc, i) })), story];
  insertRows(db, "T_WRY_QYXX", rows.map(({ company, code }, i) => [
    company.name, code, company.industry, company.legalRep, company.phone, dateOfDay(-900 + ((i * 37) % 800)).replaceAll("-", ""),
  ]));
  insertRows(db, "T_WRY_NHCL", rows.map(({ company, code }) => [
    code, company.output === null ? "—" : String(company.output), company.energy === null ? "-99" : company.energy.toFixed(1),
  ]));
  insertRows(db, "T_ZF_XZCF", Array.from({ length: 140 }, (_, i) => {
    const { company, code } = i === 70 ? story : random.pick(rows as [typeof story, ...typeof rows]);
    const decided = dateOfDay(Math.floor((i * 364) / 140));
    // 万元; ties on purpose.
    const fine = random.pick(["2", "5", "5", "10", "12.345", "0.5", "—", "壹万"]);
    const deleted = random.chance(0.07) ? "1" : random.chance(0.02) ? null : "0";
    return [documentNumber(company.place.name, decided.slice(0, 4), i + 1), code, slashed(decided), i === 70 ? "20" : fine, i === 70 ? "0" : deleted];
  }));
  insertRows(db, "T_YJ_ZWRYJ", HEBEI_PLACES.flatMap(({ code, name }, i): (string | null)[][] => [
    [`冀重污[2026]${i * 2 + 1}号`, name, "橙色", "2026-01-11 20:00:00", "2026-01-12 12:00:00", "2026-01-14 00:00:00", "区域性污染过程（示例）"],
    [`冀重污[2026]${i * 2 + 2}号`, name, code === "130700" ? "黄色" : "红色", "2026-01-13 20:00:00", "2026-01-14 00:00:00", i === 10 ? "" : "2026-01-18 12:00:00", "区域性污染过程加重（示例）"],
  ]));
  db.exec(INDEXES);
  report(1);
}
