import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import readExcelFile from "read-excel-file/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildRegions } from "../../seeds/generate/buildRegions.ts";
import { buildDatabase } from "../../seeds/generate/database.ts";
import { usccCheckDigit } from "../../seeds/generate/uscc.ts";

const root = mkdtempSync(join(tmpdir(), "seeds-"));
const [first, second] = [join(root, "first"), join(root, "second")];
const databases = ["beijing", "tianjin", "hebei"] as const;
const open = (region: (typeof databases)[number]): Database.Database => new Database(join(first, "regions", `${region}.db`), { readonly: true });
const rows = (region: (typeof databases)[number], sql: string): unknown[][] => {
  const db = open(region);
  try {
    return db.prepare(sql).raw().all() as unknown[][];
  } finally {
    db.close();
  }
};
const one = (region: (typeof databases)[number], sql: string): unknown => rows(region, sql)[0]?.[0];
const drop = (name: string, folder = first): Buffer => readFileSync(join(folder, "drops", "anhui", name));
const sha = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

const progress: [string, number][] = [];

beforeAll(async () => {
  await buildRegions({ dataDir: first, onProgress: (region, fraction) => progress.push([region, fraction]) });
  await buildRegions({ dataDir: second, onProgress: () => undefined });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe("a build", () => {
  it("gives the same bytes every time, but for the workbook's packing", async () => {
    for (const region of databases) {
      const [a, b] = [first, second].map((folder) => sha(readFileSync(join(folder, "regions", `${region}.db`))));
      expect(a, region).toBe(b);
    }
    for (const name of readdirSync(join(first, "drops", "anhui")).filter((file) => file.endsWith(".csv"))) {
      expect(sha(drop(name)), name).toBe(sha(drop(name, second)));
    }
    const [a, b] = await Promise.all([first, second].map((folder) => readExcelFile(join(folder, "drops", "anhui", "排污单位台账.xlsx"))));
    expect(a).toEqual(b);
  });

  it("reports every region from 0 to 1, never backwards", () => {
    for (const region of [...databases, "anhui"]) {
      const fractions = progress.filter(([name]) => name === region).map(([, fraction]) => fraction);
      expect(fractions.at(-1)).toBe(1);
      expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
      expect(fractions.every((fraction) => fraction >= 0 && fraction <= 1)).toBe(true);
    }
  });

  it("leaves no temporary file and does not touch whole regions again", async () => {
    expect(readdirSync(join(first, "regions")).sort()).toEqual(databases.map((region) => `${region}.db`).sort());
    const before = statSync(join(first, "regions", "beijing.db")).mtimeMs;
    await buildRegions({ dataDir: first, onProgress: () => undefined });
    expect(statSync(join(first, "regions", "beijing.db")).mtimeMs).toBe(before);
  });

  it("that is interrupted leaves the old file as it was, and the next one works", () => {
    const file = join(root, "torn.db");
    writeFileSync(`${file}.building`, "left by a process that was killed");
    const fill = (db: Database.Database): unknown => db.exec("CREATE TABLE x (a); INSERT INTO x VALUES (1)");
    expect(() => buildDatabase(file, (db) => { fill(db); throw new Error("power cut"); })).toThrow("power cut");
    expect(existsSync(file)).toBe(false);
    buildDatabase(file, fill);
    const db = new Database(file, { readonly: true });
    expect(db.prepare("SELECT a FROM x").pluck().all()).toEqual([1]);
    db.close();
    expect(existsSync(`${file}.building`)).toBe(false);
  });
});

describe("the volume", () => {
  it("is at least a million observations, counted as the mappings unpivot them", () => {
    const sum = (columns: readonly string[], missing: string): string => columns.map((column) => `count(CASE WHEN ${column} NOT IN (${missing}) THEN 1 END)`).join(" + ");
    const beijing = one("beijing", `SELECT ${["pm25", "pm10", "so2", "no2", "co", "o3", "temp", "pres", "wd", "wspm"].map((c) => `count(${c})`).join(" + ")} FROM aq_hourly`) as number;
    const hebei = one("hebei", `SELECT ${sum(["PM25ND", "PM10ND", "SO2ND", "NO2ND", "COND", "O3ND"], "'-99', '—', '', '故障'")} FROM T_KQ_XSSJ`) as number;
    const tianjin = one("tianjin", "SELECT count(*) FROM (SELECT 1 FROM monitor_obs GROUP BY station_id, pollutant_code, start_at, avg_period)") as number;
    expect(beijing + hebei + tianjin).toBeGreaterThanOrEqual(1_000_000);
  });

  it("spans 2025-07-01 to 2026-06-30, with gaps as missing rows", () => {
    expect(rows("beijing", "SELECT min(ts), max(ts) FROM aq_hourly")).toEqual([["2025-07-01 00:00", "2026-06-30 23:00"]]);
    expect(one("beijing", "SELECT count(*) FROM aq_hourly")).toBeLessThan(12 * 8760);
    expect(rows("hebei", "SELECT min(JCSJ), max(JCSJ) FROM T_KQ_XSSJ")).toEqual([["2025-07-01 01:00:00", "2026-07-01 00:00:00"]]);
  });
});

describe("the oddities", () => {
  it.each([
    ["beijing", "two instruments disagree: PM2.5 above PM10", "SELECT count(*) FROM aq_hourly WHERE pm25 > pm10", 300],
    ["beijing", "CO is in µg/m³", "SELECT count(*) FROM aq_hourly WHERE co >= 300", 50_000],
    ["beijing", "cells are empty", "SELECT count(*) FROM aq_hourly WHERE pm25 IS NULL", 300],
    ["beijing", "penalties were withdrawn", "SELECT count(*) FROM penalty WHERE revoked = 1", 2],
    ["beijing", "a name leaves the basic plane", "SELECT count(*) FROM enterprise WHERE name LIKE '%𠮷%'", 1],
    ["beijing", "a name holds SQL's wildcards", "SELECT count(*) FROM enterprise WHERE instr(name, '%_') > 0", 1],
    ["beijing", "people are missing", "SELECT count(*) FROM enterprise WHERE legal_rep IS NULL", 1],
    ["beijing", "fines tie", "SELECT max(n) FROM (SELECT count(*) n FROM penalty GROUP BY amount_yuan)", 10],
    ["tianjin", "hours were revised", "SELECT count(*) FROM monitor_obs WHERE rev = 3", 1000],
    ["tianjin", "a unit differs by row", "SELECT count(*) FROM monitor_obs WHERE unit = 'mg/m3' AND pollutant_code = 'a34004'", 1000],
    ["tianjin", "values are missing for a reason", "SELECT count(*) FROM monitor_obs WHERE value IS NULL AND flag IN ('F', 'M', 'D', 'C', 'B')", 500],
    ["tianjin", "a station moved", "SELECT count(*) FROM monitor_station WHERE replaces IS NOT NULL", 1],
    ["tianjin", "an alert was not lifted", "SELECT count(*) FROM alert_notice WHERE lifted_at IS NULL", 1],
    ["hebei", "-99 is missing", "SELECT count(*) FROM T_KQ_XSSJ WHERE O3ND = '-99'", 100],
    ["hebei", "a dash is missing", "SELECT count(*) FROM T_KQ_XSSJ WHERE O3ND = '—'", 100],
    ["hebei", "blank is missing", "SELECT count(*) FROM T_KQ_XSSJ WHERE O3ND = ''", 100],
    ["hebei", "garbage stands among numbers", "SELECT count(*) FROM T_KQ_XSSJ WHERE PM25ND = '故障'", 3],
    ["hebei", "an hour's station is unknown", "SELECT count(*) FROM T_KQ_XSSJ WHERE ZDBH NOT IN (SELECT ZDBH FROM T_KQ_ZDXX)", 10],
    ["hebei", "brackets are square", "SELECT count(*) FROM T_ZF_XZCF WHERE WSH LIKE '%[202_]%'", 50],
    ["hebei", "dates have no leading zeros", "SELECT count(*) FROM T_ZF_XZCF WHERE CFRQ GLOB '2026/[1-9]/[1-9]'", 1],
    ["hebei", "rows are deleted softly", "SELECT count(*) FROM T_ZF_XZCF WHERE SCBZ = '1'", 2],
    ["hebei", "a deletion flag is unknown", "SELECT count(*) FROM T_ZF_XZCF WHERE SCBZ IS NULL", 1],
    ["hebei", "a code was typed in lower case", "SELECT count(*) FROM T_WRY_QYXX WHERE TYSHXYDM <> upper(TYSHXYDM)", 1],
  ] as const)("%s: %s", (region, _, sql, least) => {
    expect(one(region, sql)).toBeGreaterThanOrEqual(least);
  });

  it("O3 in Hebei is ppb: about half of Beijing's µg/m³", () => {
    const beijing = one("beijing", "SELECT avg(o3) FROM aq_hourly") as number;
    const hebei = one("hebei", "SELECT avg(CAST(O3ND AS REAL)) FROM T_KQ_XSSJ WHERE O3ND GLOB '[0-9]*'") as number;
    expect(beijing / hebei).toBeGreaterThan(1.7);
    expect(beijing / hebei).toBeLessThan(2.3);
  });

  it("one winter episode lies over all of 京津冀 at once", () => {
    const [from, to] = ["2026-01-14", "2026-01-15"];
    expect(one("beijing", `SELECT avg(pm25) FROM aq_hourly WHERE ts >= '${from}' AND ts < '${to}'`)).toBeGreaterThan(150);
    expect(one("hebei", `SELECT avg(CAST(PM25ND AS REAL)) FROM T_KQ_XSSJ WHERE JCSJ > '${from}' AND JCSJ <= '${to}' AND PM25ND GLOB '[0-9]*'`)).toBeGreaterThan(150);
    expect(one("tianjin", `SELECT avg(value) FROM monitor_obs WHERE pollutant_code = 'a34004' AND unit = 'ug/m3' AND start_at >= '${from}' AND start_at < '${to}'`)).toBeGreaterThan(150);
  });

  it("one company is known to Hebei and Tianjin by the same code, and was fined in Hebei", () => {
    const tianjin = new Set(rows("tianjin", "SELECT uscc FROM source_enterprise").flat());
    const shared = rows("hebei", "SELECT TYSHXYDM FROM T_WRY_QYXX").flat().filter((code) => tianjin.has(code));
    expect(shared).toHaveLength(1);
    expect(one("hebei", `SELECT count(*) FROM T_ZF_XZCF WHERE TYSHXYDM = '${String(shared[0])}' AND SCBZ = '0'`)).toBeGreaterThanOrEqual(1);
  });
});

describe("the invented", () => {
  it("companies have codes with the right check digit and a body that no registry issues", () => {
    const codes = [
      ...rows("beijing", "SELECT uscc FROM enterprise"), ...rows("tianjin", "SELECT uscc FROM source_enterprise"), ...rows("hebei", "SELECT trim(upper(TYSHXYDM)) FROM T_WRY_QYXX"),
    ].flat().map(String);
    expect(codes.length).toBeGreaterThan(250);
    for (const code of codes) {
      expect(code).toMatch(/^91\d{6}MA00DEM0[0-9A-HJ-NP-RTUWXY]{2}$/);
      expect(usccCheckDigit(code.slice(0, 17)), code).toBe(code.slice(17));
    }
  });

  it("the check digit is the one of published codes", () => {
    for (const code of ["91110000802100433B", "914403001922038216", "9144030071526726XG", "91330100799655058B", "91130200699229617X"]) {
      expect(usccCheckDigit(code.slice(0, 17))).toBe(code.slice(17));
    }
  });

  it("companies, persons and telephones say so", () => {
    expect(one("beijing", "SELECT count(*) FROM enterprise WHERE name NOT LIKE '%示例%'")).toBe(0);
    expect(one("hebei", "SELECT count(*) FROM T_WRY_QYXX WHERE FDDBR NOT LIKE '%某%' OR LXDH NOT LIKE '1380000%'")).toBe(0);
  });
});

describe("the drop folder", () => {
  const text = (name: string): string => new TextDecoder("gb18030", { fatal: true }).decode(drop(name));

  it("holds twelve months of GBK with CRLF, units in the header, the month in the name alone", () => {
    const months = readdirSync(join(first, "drops", "anhui")).filter((name) => /^water_\d{6}\.csv$/.test(name));
    expect(months).toHaveLength(12);
    for (const name of months) {
      const lines = text(name).split("\r\n");
      expect(lines[0]).toContain("断面编码,断面名称,所在河流,监测日期,水温(℃),pH,溶解氧(mg/L)");
      expect(lines).toHaveLength(18);
      expect(() => new TextDecoder("utf-8", { fatal: true }).decode(drop(name))).toThrow();
    }
  });

  it("spells a value below the limit in two ways and a missing one as a dash", () => {
    const all = readdirSync(join(first, "drops", "anhui")).filter((name) => name.endsWith(".csv")).map(text).join("");
    for (const spelling of [",<0.15,", ",0.15L,", ",—,", "劣Ⅴ", '"受降雨影响,""浑浊"""']) expect(all).toContain(spelling);
  });

  it("corrects rows of March in a later file", () => {
    const row = (name: string): string[] => text(name).split("\r\n").find((line) => line.startsWith("34010005"))?.split(",") ?? [];
    const [before, after] = [row("water_202603.csv"), row("water_202603_修订.csv")];
    expect(after[3]).toBe(before[3]);
    expect(Number(after[10])).toBeLessThan(Number(before[10]));
  });

  it("has a workbook with a title, two header rows, serial dates, thousands commas and a total line", async () => {
    const [sheet] = await readExcelFile(join(first, "drops", "anhui", "排污单位台账.xlsx"));
    expect(sheet?.sheet).toBe("2026年 ");
    const data = sheet?.data ?? [];
    expect(data[2]?.slice(0, 7)).toEqual(["序号", "统一社会信用代码", "单位名称", "行业代码", "所在地市", "法定代表人", "排放口"]);
    expect(data[3]?.slice(6)).toEqual(["编号", "高度", "登记日期", "产量(吨)", "综合能耗(吨标准煤)"]);
    expect(data.some((row) => typeof row[8] === "number" && row[8] > 43_000)).toBe(true);
    expect(data.some((row) => row[8] === "2024-05-06")).toBe(true);
    expect(data.some((row) => /^\d{1,3},\d{3}$/.test(String(row[9])))).toBe(true);
    expect(data.at(-1)?.slice(0, 2)).toEqual([null, "合计"]);
  });
});
