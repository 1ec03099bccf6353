/**
 * Pollutants by the code of HJ 212-2017 annex B (air names HJ 524, water names HJ 525), the hub's canonical key.
 *
 * `canonical` is the unit in which the hub holds the value; `protocol` the one in which HJ 212 devices send it. `plausible` bounds
 * the *median* of a source (in the canonical unit): a declared unit alone is never trusted.
 */
export interface Pollutant {
  readonly code: string;
  /** HJ/T 212-2005 code that older devices still send. */
  readonly code2005: string | null;
  readonly zh: string;
  readonly en: string;
  /** UCUM codes of `units.ts`. */
  readonly canonical: string;
  readonly protocol: string;
  /** g/mol in thousandths, gases only. NOx is reported as NO2. */
  readonly molarMassMilli: bigint | null;
  readonly plausible: readonly [number, number] | null;
}

type Row = readonly [
  code: string,
  code2005: string | null,
  zh: string,
  en: string,
  canonical: string,
  protocol: string,
  molarMassMilli: bigint | null,
  plausible: readonly [number, number] | null,
];

// The public tag table prints ng/m3 for particles; stations send µg/m³ (open question of the code table, so the unit stays checkable).
const rows: readonly Row[] = [
  ["a34004", null, "细颗粒物", "PM2.5", "ug/m3", "ug/m3", null, [1, 500]],
  ["a34002", null, "可吸入颗粒物", "PM10", "ug/m3", "ug/m3", null, [1, 800]],
  ["a34001", null, "总悬浮颗粒物", "TSP", "ug/m3", "ug/m3", null, [1, 1500]],
  ["a34005", null, "亚微米颗粒物", "PM1", "ug/m3", "ug/m3", null, [1, 400]],
  ["a34013", "01", "烟尘", "stack particulate", "mg/m3", "mg/m3", null, null],
  ["a21026", "02", "二氧化硫", "SO2", "ug/m3", "mg/m3", 64066n, [0.5, 500]],
  ["a21002", "03", "氮氧化物", "NOx", "ug/m3", "mg/m3", 46006n, [1, 600]],
  ["a21004", null, "二氧化氮", "NO2", "ug/m3", "mg/m3", 46006n, [1, 300]],
  ["a21003", null, "一氧化氮", "NO", "ug/m3", "mg/m3", 30006n, [0.1, 300]],
  ["a21005", "04", "一氧化碳", "CO", "mg/m3", "mg/m3", 28010n, [0.1, 20]],
  ["a05024", null, "臭氧", "O3", "ug/m3", "ug/m3", 47998n, [2, 400]],
  ["a21001", "10", "氨", "NH3", "ug/m3", "ng/m3", 17031n, [0.1, 200]],
  ["a21018", "06", "氟化物", "fluorides (air)", "mg/m3", "mg/m3", null, null],
  ["a24087", "25", "碳氢化合物", "hydrocarbons", "mg/m3", "mg/m3", null, null],
  ["a24088", null, "非甲烷总烃", "non-methane hydrocarbons", "mg/m3", "mg/m3", null, null],
  ["a25002", null, "苯", "benzene", "mg/m3", "mg/m3", null, null],
  ["a20057", "31", "汞及其化合物", "mercury and compounds", "mg/m3", "mg/m3", null, null],
  ["a05002", null, "甲烷", "CH4", "mg/m3", "mg/m3", null, null],
  ["a00000", "B02", "废气流量", "flue-gas flow", "m3/h", "m3/s", null, null],
  ["a19001", "S01", "氧气含量", "oxygen content", "%", "%", null, [0, 25]],
  ["a01011", "S02", "烟气流速", "stack gas velocity", "m/s", "m/s", null, null],
  ["a01012", "S03", "烟气温度", "stack gas temperature", "Cel", "Cel", null, null],
  ["a01013", "S08", "烟气压力", "stack gas pressure", "kPa", "kPa", null, null],
  ["a01014", "S05", "烟气湿度", "stack gas moisture", "%", "%", null, null],
  ["a01001", null, "气温", "air temperature", "Cel", "Cel", null, [-40, 45]],
  ["a01002", null, "相对湿度", "relative humidity", "%", "%", null, [1, 100]],
  ["a01006", null, "气压", "air pressure", "hPa", "kPa", null, [500, 1090]],
  ["a01007", null, "风速", "wind speed", "m/s", "m/s", null, [0, 40]],
  ["a01008", null, "风向", "wind direction", "deg", "deg", null, [0, 360]],
  ["w00000", "B01", "污水流量", "sewage flow", "m3/h", "L/s", null, null],
  ["w01001", "001", "pH值", "pH", "[pH]", "[pH]", null, [4, 10]],
  ["w01002", "002", "色度", "colour", "{degree}", "{degree}", null, null],
  ["w01009", null, "溶解氧", "dissolved oxygen", "mg/L", "mg/L", null, [1, 20]],
  ["w01010", null, "水温", "water temperature", "Cel", "Cel", null, [-2, 40]],
  ["w01012", "003", "悬浮物", "suspended solids", "mg/L", "mg/L", null, null],
  ["w01014", null, "电导率", "conductivity", "uS/cm", "uS/cm", null, null],
  ["w01017", "010", "五日生化需氧量", "BOD5", "mg/L", "mg/L", null, [0.2, 100]],
  ["w01018", "011", "化学需氧量", "COD", "mg/L", "mg/L", null, [2, 500]],
  ["w01019", null, "高锰酸盐指数", "permanganate index", "mg/L", "mg/L", null, [0.3, 50]],
  ["w01020", "015", "总有机碳", "TOC", "mg/L", "mg/L", null, null],
  ["w21001", "065", "总氮", "total nitrogen", "mg/L", "mg/L", null, [0.05, 100]],
  ["w21003", "060", "氨氮", "ammonia nitrogen", "mg/L", "mg/L", null, [0.005, 50]],
  ["w21011", "101", "总磷", "total phosphorus", "mg/L", "mg/L", null, [0.002, 10]],
  ["w21016", "070", "氰化物", "cyanide", "mg/L", "mg/L", null, null],
  ["w21017", "072", "氟化物", "fluoride", "mg/L", "mg/L", null, null],
  ["w21019", "071", "硫化物", "sulfide", "mg/L", "mg/L", null, null],
  ["w22001", "080", "石油类", "petroleum", "mg/L", "mg/L", null, null],
  ["w23002", "110", "挥发酚", "volatile phenols", "mg/L", "mg/L", null, null],
  ["w19002", "520", "阴离子表面活性剂", "anionic surfactants", "mg/L", "mg/L", null, null],
  ["w20111", "020", "总汞", "mercury", "mg/L", "ug/L", null, null],
  ["w20115", "022", "总镉", "cadmium", "mg/L", "ug/L", null, null],
  ["w20117", "024", "六价铬", "hexavalent chromium", "mg/L", "ug/L", null, null],
  ["w20119", "026", "总砷", "arsenic", "mg/L", "ug/L", null, null],
  ["w20120", "027", "总铅", "lead", "mg/L", "ug/L", null, null],
  ["w20128", "035", "总硒", "selenium", "mg/L", "ug/L", null, null],
  ["w20116", "023", "总铬", "chromium", "mg/L", "mg/L", null, null],
  ["w20121", "028", "总镍", "nickel", "mg/L", "mg/L", null, null],
  ["w20122", "029", "总铜", "copper", "mg/L", "mg/L", null, null],
  ["w20123", "030", "总锌", "zinc", "mg/L", "mg/L", null, null],
  ["w02003", "550", "粪大肠菌群", "faecal coliforms", "{count}/L", "{count}/L", null, null],
  ...(["LA", "L5", "L10", "L50", "L90", "L95", "Leq", "Ldn", "Ld", "Ln"] as const).map(
    (code): Row => [code, null, `噪声 ${code}`, `noise ${code}`, "dB(A)", "dB(A)", null, [20, 120]],
  ),
];

export const pollutants: ReadonlyMap<string, Pollutant> = new Map(
  rows.map(([code, code2005, zh, en, canonical, protocol, molarMassMilli, plausible]) => [
    code,
    Object.freeze({ code, code2005, zh, en, canonical, protocol, molarMassMilli, plausible }),
  ]),
);

/** Code table `hj212`: the 2017 code, and the 2005 code that older devices send, to the 2017 code. */
export const hj212: Readonly<Record<string, string>> = Object.freeze(
  Object.fromEntries(
    [...pollutants.values()].flatMap(({ code, code2005 }) => (code2005 === null ? [[code, code]] : [[code, code], [code2005, code]])),
  ),
);

/** Code table `hj212-units`: the unit in which a device sends each code, of either edition. */
export const hj212Units: Readonly<Record<string, string>> = Object.freeze(
  Object.fromEntries(Object.entries(hj212).map(([from, code]) => [from, pollutants.get(code)?.protocol ?? ""])),
);

/** Spellings seen in the national feed, public dumps and regional files, besides the names of the table itself. */
const spellings: Readonly<Record<string, string>> = {
  a34004: "PM2.5 PM25 pm2.5 pm25 pm2_5 细颗粒物(PM2.5) 细颗粒物（PM2.5） PM₂.₅",
  a34002: "PM10 pm10 颗粒物(PM10) 可吸入颗粒物(PM10) 可吸入颗粒物（PM10） PM₁₀",
  a34001: "TSP tsp",
  a34005: "PM1 PM1.0 pm1",
  a21026: "SO2 so2 SO₂ 二氧化硫(SO2)",
  a21002: "NOx NOX nox",
  a21004: "NO2 no2 NO₂ 二氧化氮(NO2)",
  a21003: "NO no",
  a21005: "CO co 一氧化碳(CO)",
  a05024: "O3 o3 O₃ 臭氧(O3) 臭氧1小时 臭氧8小时",
  a21001: "NH3 nh3 氨气",
  a01001: "TEMPERATURE TEMP temperature temp 温度 气温",
  a01002: "RELATIVEHUMIDITY HUMIDITY humidity 湿度",
  a01006: "PRESSURE PRES pressure 大气压",
  a01007: "WSPM windspeed",
  a01008: "wd winddirection",
  w01001: "pH PH ph pH值",
  w01009: "DO 溶氧",
  w01010: "WT 水温(℃)",
  w01014: "EC",
  w01017: "BOD5 BOD 生化需氧量",
  w01018: "COD CODcr CODCr",
  w01019: "CODMn CODmn CODMN IMn",
  w21001: "TN",
  w21003: "NH3N NH3-N NH4N NH4-N",
  w21011: "TP",
};

/** Code table `pollutant-names`: Chinese and English names and common spellings → code. 氟化物 means air and water alike: left out. */
export const pollutantNames: Readonly<Record<string, string>> = (() => {
  const table: Record<string, string> = {};
  const twice = new Set<string>();
  const add = (name: string, code: string): void => {
    if (table[name] !== undefined && table[name] !== code) twice.add(name);
    table[name] = code;
  };
  for (const { code, zh, en } of pollutants.values()) {
    for (const name of [code, zh, en, ...(spellings[code]?.split(" ") ?? [])]) add(name, code);
  }
  for (const name of twice) delete table[name];
  return Object.freeze(table);
})();
