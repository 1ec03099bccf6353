/**
 * Regions as a hub constant: GB/T 2260 codes as a tree, and the few countries that foreign sources name (ISO 3166-1).
 *
 * Visible to everyone, so rules and filters may use any column. Relations in the tree follow the code's digits, so that a county
 * that is not listed still lies within its listed prefecture and province.
 */
import { ambiguousCountyNames, countyLines } from "./gb2260Counties.ts";
import { prefectureLines, provinceLines } from "./gb2260Prefectures.ts";

export type RegionLevel = "COUNTRY" | "PROVINCE" | "PREFECTURE" | "COUNTY";
export type Compact = "JING_JIN_JI" | "YANGTZE_RIVER_DELTA" | "FENWEI_PLAIN" | "GREATER_BAY_AREA";

export interface RegionEntry {
  readonly code: string;
  readonly name: string;
  readonly nameEn: string;
  readonly level: RegionLevel;
  /** Code of the region one level up that is listed, or null for a country. */
  readonly parent: string | null;
  /** Cooperation areas that the region belongs to, its parents' included. */
  readonly compact: readonly Compact[];
}

const nation = "100000";

/** ISO 3166-1 alpha-2 codes that stand as regions of their own; CN is 100000. `ZZ` is the code for "unknown". */
const countries: readonly (readonly [string, string, string])[] = [
  ["BE", "比利时", "Belgium"],
  ["BG", "保加利亚", "Bulgaria"],
  ["BR", "巴西", "Brazil"],
  ["BZ", "伯利兹", "Belize"],
  ["CA", "加拿大", "Canada"],
  ["CH", "瑞士", "Switzerland"],
  ["DE", "德国", "Germany"],
  ["FI", "芬兰", "Finland"],
  ["FR", "法国", "France"],
  ["GB", "英国", "United Kingdom"],
  ["IN", "印度", "India"],
  ["IT", "意大利", "Italy"],
  ["JP", "日本", "Japan"],
  ["KR", "韩国", "Republic of Korea"],
  ["MN", "蒙古", "Mongolia"],
  ["NL", "荷兰", "Netherlands"],
  ["RU", "俄罗斯", "Russia"],
  ["US", "美国", "United States"],
  ["ZZ", "未指明", "Unspecified"],
];

/** Members as the regional action plans list them (京津冀及周边 "2+26", 长三角 2019, 汾渭平原 2018, 粤港澳大湾区 2019). */
const compacts: Readonly<Record<Compact, string>> = {
  JING_JIN_JI:
    "110000 120000 130000 140100 140300 140400 140500 370100 370300 370800 371400 371500 371600 371700 410100 410200 410500 410600 410700 410800 410900",
  YANGTZE_RIVER_DELTA: "310000 320000 330000 340000",
  FENWEI_PLAIN: "140100 140700 140800 141000 141100 410300 411200 610100 610200 610300 610400 610500",
  GREATER_BAY_AREA: "440100 440300 440400 440600 440700 441300 441200 441900 442000 810000 820000",
};

/** A code and those above it by digits, nearest first: 130102 → 130102, 130100, 130000, 100000. Foreign codes stand alone. */
const lineage = (code: string): readonly string[] => {
  if (!/^[1-8]\d{5}$/.test(code)) return [code];
  return [...new Set([code, `${code.slice(0, 4)}00`, `${code.slice(0, 2)}0000`, nation])];
};

const parse = (lines: string): readonly (readonly [string, string, string])[] =>
  lines
    .trim()
    .split("\n")
    .map((line) => {
      const [code = "", name = "", ...english] = line.split(" ");
      return [code, name, english.join(" ")] as const;
    });

const build = (): ReadonlyMap<string, RegionEntry> => {
  const levels: readonly (readonly [RegionLevel, readonly (readonly [string, string, string])[]])[] = [
    ["COUNTRY", [[nation, "中国", "China"], ...countries]],
    ["PROVINCE", parse(provinceLines)],
    ["PREFECTURE", parse(prefectureLines)],
    ["COUNTY", parse(countyLines)],
  ];
  const members = Object.entries(compacts).map(([compact, codes]) => [compact as Compact, new Set(codes.split(" "))] as const);
  const entries = new Map<string, RegionEntry>();
  for (const [level, rows] of levels) {
    for (const [code, name, nameEn] of rows) {
      const above = lineage(code);
      const parent = above.slice(1).find((candidate) => entries.has(candidate)) ?? null;
      const compact = members.filter(([, codes]) => above.some((candidate) => codes.has(candidate))).map(([of]) => of);
      entries.set(code, Object.freeze({ code, name, nameEn, level, parent, compact }));
    }
  }
  return entries;
};

/** Every listed region by code, parents before children. */
export const regions: ReadonlyMap<string, RegionEntry> = build();

export const regionByCode = (code: string): RegionEntry | undefined => regions.get(code);

/** The region or one above it is `ancestor`; regions need not be listed. */
export const isWithin = (code: string, ancestor: string): boolean => lineage(code).includes(ancestor);

/** Codes of the listed regions at or below `code`, itself included where listed. */
export const descendants = (code: string): readonly string[] => [...regions.keys()].filter((candidate) => isWithin(candidate, code));

const provinceSuffix = /(?:壮族|回族|维吾尔)?自治区$|特别行政区$|省$|市$/;

/** Spellings by which sources name a region: 石家庄市 and 石家庄, 河北省 and 河北; counties by their full name only. */
const spellings = (entry: RegionEntry): readonly string[] => {
  switch (entry.level) {
    case "COUNTRY":
    case "COUNTY":
      return [entry.name];
    case "PROVINCE":
      return [entry.name, entry.name.replace(provinceSuffix, "")];
    case "PREFECTURE":
      return [entry.name, entry.name.replace(/(?:市|地区)$/, "")];
  }
};

const nameTable = (entries: Iterable<RegionEntry>, excluded: ReadonlySet<string>): Readonly<Record<string, string>> => {
  const table: Record<string, string> = {};
  const twice = new Set(excluded);
  for (const entry of entries) {
    for (const name of new Set(spellings(entry))) {
      if (table[name] !== undefined) twice.add(name);
      else table[name] = entry.code;
    }
  }
  for (const name of twice) delete table[name];
  return Object.freeze(table);
};

/**
 * Names → codes over all listed regions. A name that two regions of the country bear (朝阳区, 吉林 for province and city) is
 * left out: it would be a guess.
 */
export const regionNames: Readonly<Record<string, string>> = nameTable(regions.values(), ambiguousCountyNames);

/** Names → codes within one province, where a county's name is unique more often. */
export const regionNamesWithin = (province: string): Readonly<Record<string, string>> =>
  nameTable(descendants(province).flatMap((code) => regions.get(code) ?? []), new Set());

export const regionByName = (name: string): RegionEntry | undefined => regions.get(regionNames[name] ?? "");
