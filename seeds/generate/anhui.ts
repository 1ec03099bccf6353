/**
 * R5 Anhui: a folder that an office fills by hand. GBK files with CRLF, units in the headers, the month in the file's name
 * alone, below-limit values in two spellings, a corrected file, and a workbook made for people, not for programs.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import iconv from "iconv-lite";
import writeExcelFile from "write-excel-file/node";
import { makeCompanies, type Company } from "./cast.ts";
import { GENERATION, type Report } from "./database.ts";
import { seededRandom } from "./random.ts";
import { assess, className, sample, type WaterSection } from "./water.ts";
import { MONTHS } from "./year.ts";

const CITIES = [
  { code: "340100", name: "合肥市", lon: 117.23, lat: 31.82 },
  { code: "340200", name: "芜湖市", lon: 118.43, lat: 31.35 },
  { code: "340300", name: "蚌埠市", lon: 117.39, lat: 32.92 },
  { code: "341000", name: "黄山市", lon: 118.34, lat: 29.72 },
  { code: "341800", name: "宣城市", lon: 118.76, lat: 30.94 },
] as const;

/** City, name, river, lake, target, load. */
const SECTION_LIST = [
  [3, "街口", "新安江", false, 2, 0.75], [3, "率水示例断面", "率水", false, 2, 0.8], [3, "横江示例断面", "横江", false, 2, 0.9], [3, "太平湖湖心", "太平湖", true, 2, 0.7],
  [0, "巢湖西半湖湖心", "巢湖", true, 4, 2.6], [0, "巢湖东半湖湖心", "巢湖", true, 3, 1.7], [0, "南淝河示例断面", "南淝河", false, 5, 3.1], [0, "派河示例断面", "派河", false, 4, 2.4],
  [1, "东西梁山示例断面", "长江", false, 2, 0.9], [1, "青弋江示例断面", "青弋江", false, 2, 0.95], [1, "漳河示例断面", "漳河", false, 3, 1.3],
  [2, "蚌埠闸上示例断面", "淮河", false, 3, 1.4], [2, "沫河口示例断面", "淮河", false, 3, 1.6], [2, "涡河示例断面", "涡河", false, 4, 2.1],
  [4, "水阳江示例断面", "水阳江", false, 2, 1], [4, "郎川河示例断面", "郎川河", false, 3, 1.2],
] as const;

export const ANHUI_SECTIONS: readonly WaterSection[] = SECTION_LIST.map(([city, name, river, lake, target, load], i) => {
  const { code, name: cityName, lon, lat } = CITIES[city];
  return { code: `${code}${String(i + 1).padStart(2, "0")}`, name, river, region: { code, name: cityName }, lon, lat, lake, target, load };
});

const WATER_HEADER = "断面编码,断面名称,所在河流,监测日期,水温(℃),pH,溶解氧(mg/L),高锰酸盐指数(mg/L),化学需氧量(mg/L),氨氮(mg/L),总磷(mg/L),总氮(mg/L),水质类别,目标类别,备注";
/** Below this the laboratory reports "less than". */
const AMMONIA_LIMIT = 0.15;

function waterRow(section: WaterSection, monthIndex: number, corrected: boolean): string {
  const random = seededRandom(`anhui/${section.code}/${monthIndex}`);
  const water = sample(section, monthIndex);
  const day = 3 + random.integer(0, 7);
  const dry = random.chance(0.02);
  const shown = (value: number): string => (dry || random.chance(0.01) ? "—" : String(value));
  const ammonia = water.ammonia < AMMONIA_LIMIT && !dry ? (random.chance(0.5) ? `<${AMMONIA_LIMIT}` : `${AMMONIA_LIMIT}L`) : shown(water.ammonia);
  const phosphorus = corrected ? Number((water.phosphorus * 0.5).toFixed(3)) : water.phosphorus;
  const remark = corrected ? "实验室复核后更正" : dry ? "断流" : random.chance(0.05) ? '受降雨影响,"浑浊"' : "";
  const cells = [
    section.code, section.name, section.river, random.chance(0.5) ? `${day}日` : String(day),
    shown(water.temperature), shown(water.ph), shown(water.oxygen), shown(water.codMn), shown(water.cod), ammonia, shown(phosphorus), shown(water.nitrogen),
    dry ? "—" : className(assess({ ...water, phosphorus }, section.lake)), className(section.target), remark,
  ];
  return cells.map((cell) => (/[",]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(",");
}

const toGbk = (lines: readonly string[], ending: string): Buffer => iconv.encode(lines.map((line) => line + ending).join(""), "gb18030");

/** Code, name with its state in brackets, city, lon, lat: published facts of the national station list. */
const AIR_SITES = [
  ["1270A", "明珠广场", 0, "117.1959", "31.7848"], ["1271A", "三里街", 0, "117.3072", "31.8764"], ["1273A", "董铺水库(对照点)", 0, "117.1604", "31.9052"],
  ["1276A", "瑶海区（停运190501）", 0, "117.336", "31.8586"], ["2295A", "延安路89号", 3, "118.2903", "29.6963"], ["2297A", "黄山区政府5号楼", 3, "", ""],
  ["3998A", "示例新站(启用250901)", 1, "118.4301", "31.3502"], ["3999A", "示例旧站(已停运)", 2, "117.39", "32.92"],
] as const;

function stationList(): string[] {
  const rows = AIR_SITES.map(([code, name, city, lon, lat]) => {
    const { name: cityName } = CITIES[city];
    return [code, name, cityName.slice(0, -1), lon, lat, name.includes("对照点") ? "Y" : "N", "安徽省", cityName].join(",");
  });
  return ["监测点编码,监测点名称,城市,经度,纬度,对照点,省级行政区,地级行政区", ...rows, "1141A,普陀,上海,121.4,31.238,N,上海市,上海市"];
}

const withThousands = (amount: number): string => amount.toLocaleString("en-US");
/** Serial day number of Excel's 1900 system. */
const excelSerial = (date: string): number => Date.parse(date) / 86_400_000 + 25_569;

/** Title and remark rows, two header rows with merged cells, one row per outlet, a total line; the sheet's name ends in a blank. */
async function writeLedger(file: string): Promise<void> {
  const random = seededRandom("anhui/ledger");
  const cast: Company[] = CITIES.flatMap((city) => makeCompanies(city, city.code === "340100" ? 20 : 8));
  const outlets = cast.flatMap((company, i) => Array.from({ length: 1 + (i % 2) }, (_, n) => ({ company, code: n === 0 ? "DA001" : "DW001" })));
  const header = (value: string, columnSpan = 1, rowSpan = 1) => ({ value, columnSpan, rowSpan, fontWeight: "bold" as const });
  const WIDTH = 11;
  const spanned = (count: number): null[] => Array<null>(count).fill(null);
  const data = [
    [header("排污单位及排放口台账（示例，均为虚构）", WIDTH), ...spanned(WIDTH - 1)],
    [{ value: "单位：吨、吨标准煤、米" }, ...spanned(WIDTH - 1)],
    [header("序号", 1, 2), header("统一社会信用代码", 1, 2), header("单位名称", 1, 2), header("行业代码", 1, 2), header("所在地市", 1, 2), header("法定代表人", 1, 2),
      header("排放口", 3), null, null, header("上年度", 2), null],
    [...spanned(6), header("编号"), header("高度"), header("登记日期"), header("产量(吨)"), header("综合能耗(吨标准煤)")],
    ...outlets.map(({ company, code }, i) => [
      i + 1, company.uscc, company.name, company.industry, company.place.name, company.legalRep, code, code.startsWith("DA") ? random.integer(15, 90) : null,
      // A serial number, as if typed before the column got its date format; some clerks typed text.
      i % 9 === 4 ? "2024-05-06" : excelSerial("2019-01-01") + random.integer(0, 2000),
      company.output === null ? "—" : withThousands(company.output), company.energy === null ? "/" : withThousands(company.energy),
    ]),
    [null, "合计", ...spanned(7), withThousands(cast.reduce((sum, company) => sum + (company.output ?? 0), 0)), null],
  ];
  await writeExcelFile(data, { sheet: "2026年 " }).toFile(file);
}

const MARK = ".generation";
const RECEIVED = new Date("2026-07-01T09:00:00+08:00");

export function isAnhuiBuilt(folder: string): boolean {
  const mark = join(folder, MARK);
  return existsSync(mark) && readFileSync(mark, "utf8") === String(GENERATION);
}

/** Writes the whole folder beside its place and renames it: a reader finds all of it or none. */
export async function buildAnhui(folder: string, report: Report): Promise<void> {
  const unfinished = `${folder}.building`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  for (const [i, month] of MONTHS.entries()) {
    writeFileSync(join(unfinished, `water_${month}.csv`), toGbk([WATER_HEADER, ...ANHUI_SECTIONS.map((section) => waterRow(section, i, false))], "\r\n"));
    report(i / 14);
  }
  const march = MONTHS.indexOf("202603");
  const corrected = ANHUI_SECTIONS.filter((section) => section.river === "巢湖");
  writeFileSync(join(unfinished, "water_202603_修订.csv"), toGbk([WATER_HEADER, ...corrected.map((section) => waterRow(section, march, true))], "\r\n"));
  writeFileSync(join(unfinished, "NewSiteList_AH.csv"), toGbk(stationList(), "\n"));
  await writeLedger(join(unfinished, "排污单位台账.xlsx"));
  writeFileSync(join(unfinished, MARK), String(GENERATION));
  // Received when the office would have sent it: the year's end, not the moment of this build.
  for (const name of readdirSync(unfinished)) utimesSync(join(unfinished, name), RECEIVED, RECEIVED);
  rmSync(folder, { recursive: true, force: true });
  renameSync(unfinished, folder);
  report(1);
}
