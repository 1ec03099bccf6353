/** SQLite out of another Oracle: full pinyin, English cut to abbreviations, dates with slashes, 12-digit places. Drafted once before anything was mended for it. */
import { clock, creditCode, type DatabaseSpec, numbers, type Value } from "./database.ts";

const random = numbers(71);
const points = ["QHXN01", "QHXN02", "QHXN03", "QHXN04"];
const firms = Array.from({ length: 14 }, (_, i) => ({ key: `WRY${630100 + i}`, code: creditCode("630100", i) }));
const slashed = (hours: number): string => {
  const { y, m, d } = clock(hours);
  return `${y}/${m}/${d}`;
};

export const westPlateau: DatabaseSpec = {
  name: "west plateau (SQLite, full pinyin and cut English)",
  kind: "sqlite",
  region: "630000",
  tables: {
    JIANCEDIAN: {
      columns: { DIANWEIBIANMA: "VARCHAR(20) PRIMARY KEY", DIANWEIMINGCHENG: "VARCHAR(60)", XINGZHENGQUHUADAIMA: "VARCHAR(12)", JINGDU: "VARCHAR(20)", WEIDU: "VARCHAR(20)", GAOCHENG: "VARCHAR(10)", SHIFOUYOUXIAO: "VARCHAR(2)" },
      rows: points.map((code, i): Value[] => [code, `西宁示例点${i + 1}`, `63010${2 + i}000000`, String(101.7 + i / 20), String(36.6 + i / 30), String(2260 + i), i === 3 ? "否" : "是"]),
    },
    KQ_RIJUNZHI: {
      columns: { DIANWEIBIANMA: "VARCHAR(20)", JIANCERIQI: "VARCHAR(12)", PM25_ND: "VARCHAR(10)", PM10_ND: "VARCHAR(10)", SO2_ND: "VARCHAR(10)", NO2_ND: "VARCHAR(10)", CO_ND: "VARCHAR(10)", O3_ND: "VARCHAR(10)", SHENHEZHUANGTAI: "VARCHAR(10)", GENGXINSHIJIAN: "VARCHAR(20)" },
      constraints: ["UNIQUE (DIANWEIBIANMA, JIANCERIQI)"],
      rows: points.flatMap((code) => Array.from({ length: 90 }, (_, day): Value[] => [code, slashed(day * 24), ...[random.between(5, 60), random.between(20, 150), random.between(5, 30), random.between(10, 45), random.between(0.4, 2, 1), random.between(40, 140)].map((value, at) => (day % 17 === at ? "-999" : String(value))), random.pick(["已审核", "已审核", "原始"]), `${clock(day * 24 + 30).date} ${clock(day * 24 + 30).time}`])),
    },
    POLL_SRC_ENT_BASE: {
      columns: { ENT_CD: "VARCHAR(20) PRIMARY KEY", ENT_NM: "VARCHAR(100)", USCC_CD: "VARCHAR(18)", LEGAL_PSN_NM: "VARCHAR(40)", CONTACT_TEL: "VARCHAR(30)", ENT_ADDR: "VARCHAR(200)", INDU_CD: "VARCHAR(6)", REG_CD: "VARCHAR(6)", PERF_LEVEL: "VARCHAR(4)", DEL_IND: "VARCHAR(1)" },
      rows: firms.map(({ key, code }, i): Value[] => [key, `示例盐化${i}有限公司`, code, "马某", `1350000${5000 + i}`, `西宁市示例巷${i}号`, "2614", "630102", random.pick(["A", "B", "C"]), i === 2 ? "1" : "0"]),
    },
    OUTLET_INFO: {
      columns: { OUTLET_ID: "INTEGER PRIMARY KEY", OUTLET_CD: "VARCHAR(10)", ENT_CD: "VARCHAR(20)", OUTLET_HGT: "NUMBER", LNG: "NUMBER", LAT: "NUMBER" },
      rows: firms.flatMap(({ key }, i): Value[][] => [[i * 2 + 1, "DA001", key, 30 + i, 101.7, 36.6], [i * 2 + 2, "DA002", key, 25 + i, 101.71, 36.61]]),
    },
    XINGZHENGCHUFA: {
      columns: { JUEDINGSHUWENHAO: "VARCHAR(60) PRIMARY KEY", ENT_CD: "VARCHAR(20)", CHUFARIQI: "VARCHAR(12)", FAKUANJINE: "VARCHAR(20)", WEIFALEIXING: "VARCHAR(40)", SHIFOUCHEXIAO: "VARCHAR(2)" },
      rows: Array.from({ length: 24 }, (_, i): Value[] => [`青环罚〔2026〕${i + 1}号`, random.pick(firms).key, slashed(i * 60), String(random.pick([2, 4.5, 10])), random.pick(["超标排放", "无证排污", "未批先建"]), i % 7 === 0 ? "是" : "否"]),
    },
    XITONGRIZHI: { columns: { ID: "INTEGER PRIMARY KEY", NEIRONG: "VARCHAR(200)", SHIJIAN: "VARCHAR(20)" }, rows: [[1, "登录", "2026-01-01 10:00:00"], [2, "退出", "2026-01-01 11:00:00"]] },
  },
  foreign: ["XITONGRIZHI"],
  truth: {
    Station: { code: "DIANWEIBIANMA", name: "DIANWEIMINGCHENG", region: "XINGZHENGQUHUADAIMA", position: "JINGDU + WEIDU", elevation: "GAOCHENG", medium: "=AIR", keep: "SHIFOUYOUXIAO = 是" },
    Observation: { station: "DIANWEIBIANMA", start: "JIANCERIQI", averaging: "=P1D", quality: "SHENHEZHUANGTAI", region: "JIANCEDIAN.XINGZHENGQUHUADAIMA", "value:a34004": "PM25_ND ug/m3", "value:a34002": "PM10_ND ug/m3", "value:a21026": "SO2_ND ug/m3", "value:a21004": "NO2_ND ug/m3", "value:a21005": "CO_ND mg/m3", "value:a05024": "O3_ND ug/m3" },
    Enterprise: { uscc: "USCC_CD", name: "ENT_NM", legalRep: "LEGAL_PSN_NM", contactPhone: "CONTACT_TEL", address: "ENT_ADDR", industry: "INDU_CD", region: "REG_CD", performanceGrade: "PERF_LEVEL", keep: "DEL_IND = 0" },
    Outlet: { code: "OUTLET_CD", enterprise: "ENT_CD", height: "OUTLET_HGT", position: "LNG + LAT", region: "POLL_SRC_ENT_BASE.REG_CD" },
    PenaltyDecision: { docNo: "JUEDINGSHUWENHAO", enterprise: "ENT_CD", decidedOn: "CHUFARIQI", amount: "FAKUANJINE", revoked: "SHIFOUCHEXIAO", region: "POLL_SRC_ENT_BASE.REG_CD" },
    // One table, two entities: the decision and what it punishes.
    Violation: { no: "JUEDINGSHUWENHAO", enterprise: "ENT_CD", type: "WEIFALEIXING", region: "POLL_SRC_ENT_BASE.REG_CD" },
  },
};
