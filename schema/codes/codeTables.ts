/**
 * The hub's own code tables, by the name that a mapping's `codes: NAME` gives: text of the source → unified value.
 *
 * What a table does not list is NULL and counted. Each table names its standard.
 */
import { hj212, hj212Units, pollutantNames } from "./pollutants.ts";
import { regionNames, regionNamesWithin, regions } from "./regions.ts";

export type CodeTable = Readonly<Record<string, string>>;

/** HJ 212-2017 table of data flags, to `ObservationFlag`. */
const hj212Flags: CodeTable = {
  N: "NORMAL",
  F: "STOPPED",
  M: "MAINTENANCE",
  S: "MANUAL",
  D: "FAULT",
  C: "CALIBRATION",
  T: "OVER_RANGE",
  B: "LINK_DOWN",
};

const english = "N NNE NE ENE E ESE SE SSE S SSW SW WSW W WNW NW NNW".split(" ");
const chinese = "北 北东北 东北 东东北 东 东东南 东南 南东南 南 南西南 西南 西西南 西 西西北 西北 北西北".split(" ");

/** Sixteen compass points (QX/T 51), English and Chinese, to the degrees from which the wind blows. Calm has no direction. */
const compass16: CodeTable = Object.fromEntries(
  [english, chinese].flatMap((points) => points.map((point, index) => [point, String(index * 22.5)])),
);

/** Kinds of 行政处罚法 (2021) §9 as decisions spell them, to `PenaltyKind`. */
const penaltyKindsZh: CodeTable = {
  警告: "WARNING",
  通报批评: "CRITICISM",
  罚款: "FINE",
  按日计罚: "DAILY_FINE",
  按日连续处罚: "DAILY_FINE",
  没收: "CONFISCATION",
  没收违法所得: "CONFISCATION",
  没收非法财物: "CONFISCATION",
  限产停产: "PRODUCTION_LIMIT",
  限制生产: "PRODUCTION_LIMIT",
  停产整治: "PRODUCTION_LIMIT",
  停产整顿: "PRODUCTION_LIMIT",
  查封扣押: "SEIZURE",
  暂扣许可证: "PERMIT_REVOCATION",
  吊销许可证: "PERMIT_REVOCATION",
  吊销排污许可证: "PERMIT_REVOCATION",
  责令关闭: "CLOSURE",
  责令停业: "CLOSURE",
  行政拘留: "DETENTION",
};

const classSpellings: Readonly<Record<string, string>> = {
  I: "Ⅰ I 1 一类 Ⅰ类 I类",
  II: "Ⅱ II 2 二类 Ⅱ类 II类",
  III: "Ⅲ III 3 三类 Ⅲ类 III类",
  IV: "Ⅳ IV 4 四类 Ⅳ类 IV类",
  V: "Ⅴ V 5 五类 Ⅴ类 V类",
  INFERIOR_V: "劣Ⅴ 劣V 6 劣五类 劣Ⅴ类 劣V类 劣5",
};

/** GB 3838-2002 classes in the spellings of public files, to `WaterClass`. */
const waterClass: CodeTable = Object.fromEntries(
  Object.entries(classSpellings).flatMap(([to, from]) => from.split(" ").map((spelling) => [spelling, to])),
);

/** ISO 3166-1 alpha-2 → region code; CN is the root of GB/T 2260. */
const iso3166: CodeTable = {
  CN: "100000",
  ...Object.fromEntries([...regions.values()].filter(({ code }) => /^[A-Z]{2}$/.test(code)).map(({ code }) => [code, code])),
};

/** Provinces whose counties are listed; each has a name table of its own, in which county names are rarely ambiguous. */
const provincesWithCounties = ["110000", "120000", "130000", "310000", "320000", "330000", "340000"];

const tables: readonly (readonly [string, CodeTable])[] = [
  ["gb2260-names", regionNames],
  ...provincesWithCounties.map((code) => [`gb2260-names-${code}`, regionNamesWithin(code)] as const),
  ["hj212", hj212],
  ["hj212-flags", hj212Flags],
  ["hj212-units", hj212Units],
  ["pollutant-names", pollutantNames],
  ["compass-16", compass16],
  ["penalty-kinds-zh", penaltyKindsZh],
  ["water-class", waterClass],
  ["iso3166", iso3166],
];

/** Tables have no prototype: a cell that says `constructor` is unlisted like any other. */
export const codeTables: ReadonlyMap<string, CodeTable> = new Map(
  tables.map(([name, table]) => [name, Object.freeze(Object.assign(Object.create(null) as Record<string, string>, table))]),
);
