/** SQLite out of an Oracle: initials of pinyin, dates as text, daily means, water with limits, a copy and tables of the application. */
import { clock, creditCode, type DatabaseSpec, numbers, type Value } from "./database.ts";

const random = numbers(11);
const stations = ["2871A", "2872A", "2873A", "2874A"];
const sections = ["DM320101", "DM320102", "DM320103"];
const surnames = ["王", "李", "张", "陈", "刘"];
const companies = Array.from({ length: 24 }, (_, i) => ({ id: i + 100, code: creditCode("320100", i), name: `示例${random.pick(["化工", "水泥", "印染", "电镀"])}${i}有限公司` }));

export const riverCity: DatabaseSpec = {
  name: "river city (SQLite, initials of pinyin)",
  kind: "sqlite",
  region: "320000",
  tables: {
    T_JCZ_XX: {
      columns: { XH: "INTEGER PRIMARY KEY", ZDBM: "VARCHAR(10) NOT NULL UNIQUE", ZDMC: "VARCHAR(40)", XZQHDM: "VARCHAR(6)", JD: "NUMBER(9,6)", WD: "NUMBER(9,6)", HBGD: "NUMBER(6,1)", YWDW: "VARCHAR(60)", LXR: "VARCHAR(40)", QYRQ: "VARCHAR(8)", SFQY: "CHAR(1)", BZ: "VARCHAR(200)" },
      rows: stations.map((code, i): Value[] => [i + 1, code, `${["玄武", "鼓楼", "江宁", "浦口"][i]}示例站`, ["320102", "320106", "320115", "320111"][i] ?? null, 118.7 + i / 50, 32.05 + i / 60, 12.5 + i, "示例运维有限公司", "示例联系人", `201${i}0101`, i === 3 ? "0" : "1", null]),
    },
    T_JCZ_RSJ: {
      columns: { ZDBM: "VARCHAR(10) NOT NULL", JCRQ: "VARCHAR(10) NOT NULL", PM25: "NUMBER", PM10: "NUMBER", SO2: "NUMBER", NO2: "NUMBER", CO: "NUMBER", O3_8H: "NUMBER", AQI: "NUMBER", SYWRW: "VARCHAR(40)" },
      constraints: ["PRIMARY KEY (ZDBM, JCRQ)"],
      rows: stations.flatMap((code) => Array.from({ length: 120 }, (_, day): Value[] => [code, clock(day * 24).date, random.between(8, 90), random.between(20, 140), random.between(3, 15), random.between(10, 60), random.between(0.3, 1.4, 1), random.between(30, 150), random.between(30, 150), "PM2.5"])),
    },
    T_DBS_DM: {
      columns: { DMBM: "VARCHAR(12) PRIMARY KEY", DMMC: "VARCHAR(40)", SSLY: "VARCHAR(20)", SZHL: "VARCHAR(40)", SZMB: "VARCHAR(10)", KZJB: "VARCHAR(10)", DMJD: "NUMBER", DMWD: "NUMBER", XZQHDM: "VARCHAR(12)" },
      rows: sections.map((code, i): Value[] => [code, `示例断面${i + 1}`, "长江", ["秦淮河", "滁河", "长江"][i] ?? null, ["Ⅲ", "Ⅲ", "Ⅱ"][i] ?? null, ["国控", "省控", "国控"][i] ?? null, 118.6 + i / 10, 31.9 + i / 20, `${320102 + i}001000`]),
    },
    T_DBS_SZSJ: {
      columns: { ID: "INTEGER PRIMARY KEY", DMBM: "VARCHAR(12)", JCSJ: "VARCHAR(20)", SW: "VARCHAR(10)", PH: "VARCHAR(10)", RJY: "VARCHAR(10)", GMSYZS: "VARCHAR(10)", AD: "VARCHAR(10)", ZL: "VARCHAR(10)", ZD: "VARCHAR(10)" },
      constraints: ["UNIQUE (DMBM, JCSJ)"],
      rows: sections.flatMap((code, s) =>
        Array.from({ length: 150 }, (_, i): Value[] => {
          const { y, m, d, h } = clock(i * 4);
          const ammonia = random.between(0.02, 0.6, 3);
          return [s * 150 + i + 1, code, `${y}/${m}/${d} ${h}:00`, String(random.between(5, 25, 1)), String(random.between(6.9, 8.3, 2)), String(random.between(5, 11, 2)), String(random.between(1.5, 5, 1)), ammonia < 0.05 ? "<0.025" : String(ammonia), i % 30 === 0 ? "--" : String(random.between(0.03, 0.2, 3)), String(random.between(5, 80, 1))];
        }),
      ),
    },
    T_DBS_SZPJ: {
      columns: { DMBM: "VARCHAR(12) NOT NULL", NY: "VARCHAR(6) NOT NULL", SZLB: "VARCHAR(8)", CBYZ: "VARCHAR(100)", SFDB: "VARCHAR(4)" },
      constraints: ["PRIMARY KEY (DMBM, NY)"],
      rows: sections.flatMap((code) => Array.from({ length: 12 }, (_, m): Value[] => [code, `2025${String(m + 1).padStart(2, "0")}`, random.pick(["Ⅱ", "Ⅲ", "Ⅳ"]), random.pick(["总磷", "氨氮、总磷", null]), random.pick(["是", "否"])])),
    },
    T_QY_JBXX: {
      columns: { QYID: "INTEGER PRIMARY KEY", QYMC: "VARCHAR(120)", TYSHXYDM: "VARCHAR(18) UNIQUE", HYLB: "VARCHAR(6)", FRDB: "VARCHAR(30)", FRSFZH: "VARCHAR(18)", LXDH: "VARCHAR(20)", XXDZ: "VARCHAR(200)", XZQHDM: "VARCHAR(6)", GLLB: "VARCHAR(20)", ZCZB: "NUMBER", SCBJ: "CHAR(1)" },
      rows: companies.map(({ id, code, name }, i): Value[] => [id, name, code, ["2614", "3011", "1713", "3360"][i % 4] ?? null, `${random.pick(surnames)}某`, `32010018000101${String(i).padStart(3, "0")}X`, `1380000${String(1000 + i)}`, `南京市示例路${i}号`, random.pick(["320102", "320106", "320115"]), random.pick(["重点管理", "简化管理", "登记管理"]), random.between(100, 9000), random.pick(["0", "0", "0", "1"])]),
    },
    T_XZCF_JDS: {
      columns: { JDSWH: "VARCHAR(60) PRIMARY KEY", QYID: "INTEGER", CFRQ: "VARCHAR(10)", CFJE: "NUMBER", CFZL: "VARCHAR(60)", GSJZRQ: "VARCHAR(10)" },
      rows: Array.from({ length: 40 }, (_, i): Value[] => [`宁环罚字[2026]${i + 1}号`, random.pick(companies).id, clock(i * 48).date, random.pick([20000, 50000, 100000, 35000]), random.pick(["罚款", "罚款、责令关闭", "警告"]), clock(i * 48 + 8760).date]),
    },
    T_QY_JBXX_BAK: { columns: { QYID: "INTEGER", QYMC: "VARCHAR(120)", TYSHXYDM: "VARCHAR(18)" }, rows: companies.map(({ id, code, name }): Value[] => [id, name, code]) },
    T_SYS_YH: { columns: { YHID: "INTEGER PRIMARY KEY", YHM: "VARCHAR(30)", MM: "VARCHAR(64)", ZT: "CHAR(1)" }, rows: [[1, "admin", "x", "1"], [2, "guest", "y", "1"]] },
    T_ZD_HYLB: { columns: { DM: "VARCHAR(6)", MC: "VARCHAR(60)" }, rows: [["2614", "有机化学原料制造"], ["3011", "水泥制造"]] },
  },
  foreign: ["T_QY_JBXX_BAK", "T_SYS_YH", "T_ZD_HYLB"],
  truth: {
    Station: { code: "ZDBM", name: "ZDMC", region: "XZQHDM", position: "JD + WD", elevation: "HBGD", operator: "YWDW", contact: "LXR", activeFrom: "QYRQ", active: "SFQY", medium: "=AIR" },
    "Station of sections": { code: "DMBM", name: "DMMC", region: "XZQHDM", position: "DMJD + DMWD", medium: "=SURFACE_WATER" },
    Observation: { station: "ZDBM", start: "JCRQ", averaging: "=P1D", region: "T_JCZ_XX.XZQHDM", "value:a34004": "PM25 ug/m3", "value:a34002": "PM10 ug/m3", "value:a21026": "SO2 ug/m3", "value:a21004": "NO2 ug/m3", "value:a21005": "CO mg/m3" },
    "Observation of T_DBS_SZSJ": { station: "DMBM", start: "JCSJ", averaging: "=PT4H", region: "T_DBS_DM.XZQHDM", "value:w01010": "SW Cel", "value:w01001": "PH [pH]", "value:w01009": "RJY mg/L", "value:w01019": "GMSYZS mg/L", "value:w21003": "AD mg/L", "value:w21011": "ZL mg/L" },
    Section: { code: "DMBM", name: "DMMC", basin: "SSLY", river: "SZHL", targetClass: "SZMB", level: "KZJB", position: "DMJD + DMWD", region: "XZQHDM" },
    WaterQualityAssessment: { section: "DMBM", start: "NY", averaging: "=P1M", class: "SZLB", determining: "CBYZ", targetMet: "SFDB", region: "T_DBS_DM.XZQHDM" },
    Enterprise: { uscc: "TYSHXYDM", name: "QYMC", industry: "HYLB", legalRep: "FRDB", legalRepId: "FRSFZH", contactPhone: "LXDH", address: "XXDZ", region: "XZQHDM", permitClass: "GLLB", keep: "SCBJ = 0" },
    PenaltyDecision: { docNo: "JDSWH", enterprise: "QYID", decidedOn: "CFRQ", amount: "CFJE", kind: "CFZL", publishedUntil: "GSJZRQ", region: "T_QY_JBXX.XZQHDM" },
  },
};
