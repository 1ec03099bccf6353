/** SQLite of a start-up: mixtures of English and pinyin in camel case and with prefixes, epoch milliseconds, HJ 212 codes, noise. */
import { clock, creditCode, type DatabaseSpec, numbers, type Value } from "./database.ts";

const random = numbers(53);
const stations = ["ZS01", "ZS02", "ZS03"];
const factors = [["a34004", 5, 70, 0], ["a34002", 10, 110, 0], ["a21026", 2, 12, 0], ["a21004", 5, 50, 0], ["a21005", 0.2, 1.1, 1]] as const;
const firms = Array.from({ length: 12 }, (_, i) => creditCode("330900", i));
const epoch = (hours: number): number => Date.UTC(2026, 0, 1) - 8 * 3_600_000 + hours * 3_600_000;

export const eastIslands: DatabaseSpec = {
  name: "east islands (SQLite, mixed names)",
  kind: "sqlite",
  region: "330000",
  tables: {
    stationInfo: {
      columns: { f_stationId: "TEXT PRIMARY KEY", f_zdName: "TEXT", f_districtCode: "TEXT", f_lng: "REAL", f_lat: "REAL", f_maintainer: "TEXT", f_yxzt: "INTEGER" },
      rows: stations.map((code, i): Value[] => [code, `舟山示例${i + 1}`, `33090${i + 2}`, 122.1 + i / 20, 30 + i / 30, "示例公司", 1]),
    },
    kq_factor_hour: {
      columns: { stationId: "TEXT", factorCode: "TEXT", monitorTime: "INTEGER", avgValue: "REAL", dataFlag: "TEXT", uploadTime: "INTEGER" },
      constraints: ["PRIMARY KEY (stationId, factorCode, monitorTime)"],
      rows: stations.flatMap((code) => factors.flatMap(([factor, low, high, digits]) => Array.from({ length: 72 }, (_, hour): Value[] => [code, factor, epoch(hour), random.between(low, high, digits), random.pick(["N", "N", "N", "M"]), epoch(hour) + 65 * 60_000]))),
    },
    ent_archive_main: {
      columns: { entId: "INTEGER PRIMARY KEY", entMc: "TEXT", creditNo: "TEXT", frName: "TEXT", frTel: "TEXT", hyCode: "TEXT", entAddr: "TEXT", isDel: "INTEGER" },
      rows: firms.map((code, i): Value[] => [i + 1, `示例渔业${i}有限公司`, code, "冯某", `1360000${4000 + i}`, "1361", `舟山市示例路${i}号`, i === 5 ? 1 : 0]),
    },
    punish_record: {
      columns: { pid: "INTEGER PRIMARY KEY", punishDocNo: "TEXT", entId: "INTEGER", punishDate: "TEXT", punishMoney: "REAL", lawBasis: "TEXT" },
      rows: Array.from({ length: 22 }, (_, i): Value[] => [i + 1, `舟环罚〔2026〕${i + 1}号`, 1 + (i % 12), `${clock(i * 70).date} 00:00:00`, random.pick([20000, 60000, 150000]), "大气污染防治法（示例）"]),
    },
    alarm_push_log: { columns: { id: "INTEGER PRIMARY KEY", msg: "TEXT", phone: "TEXT", sendTime: "TEXT" }, rows: [[1, "示例", "13600000000", "2026-01-01 10:00:00"]] },
  },
  foreign: ["alarm_push_log"],
  truth: {
    Station: { code: "f_stationId", name: "f_zdName", region: "f_districtCode", position: "f_lng + f_lat", operator: "f_maintainer", active: "f_yxzt", medium: "=AIR" },
    Observation: { station: "stationId", pollutant: "factorCode", start: "monitorTime", averaging: "=PT1H", value: "avgValue", flag: "dataFlag", receivedAt: "uploadTime", region: "stationInfo.f_districtCode" },
    Enterprise: { uscc: "creditNo", name: "entMc", legalRep: "frName", contactPhone: "frTel", industry: "hyCode", address: "entAddr", keep: "isDel = 0" },
    PenaltyDecision: { docNo: "punishDocNo", enterprise: "entId", decidedOn: "punishDate", amount: "punishMoney" },
  },
};
