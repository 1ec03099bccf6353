/** PostgreSQL with Chinese names, units in brackets, ozone in ppb, rows written within the hour after their label. */
import { clock, creditCode, type DatabaseSpec, numbers, type Value } from "./database.ts";

const random = numbers(37);
const firms = Array.from({ length: 16 }, (_, i) => creditCode("430100", i));

export const southHills: DatabaseSpec = {
  name: "south hills (PostgreSQL, 中文)",
  kind: "postgres",
  region: "430000",
  tables: {
    空气站点: {
      columns: { 序号: "integer PRIMARY KEY", 站点编号: "text NOT NULL UNIQUE", 站点名称: "text", 所在城市: "text", 经度: "numeric(9,5)", 纬度: "numeric(9,5)", 站点类型: "text" },
      rows: ["长沙市", "株洲市", "湘潭市", "岳阳市"].map((city, i): Value[] => [i + 1, `43${i}1A`, `${city.slice(0, 2)}示例站`, city, 112.9 + i / 5, 28.2 + i / 6, i === 3 ? "对照点" : "评价点"]),
    },
    小时浓度: {
      columns: { 序号: "integer PRIMARY KEY", 站点编号: "text NOT NULL", 监测时间: "timestamp NOT NULL", "PM2.5(μg/m³)": "numeric(8,2)", "PM10(μg/m³)": "numeric(8,2)", "二氧化硫(μg/m³)": "numeric(8,2)", "二氧化氮(μg/m³)": "numeric(8,2)", "一氧化碳(mg/m³)": "numeric(8,3)", "臭氧(ppb)": "numeric(8,2)", 入库时间: "timestamp" },
      constraints: ["UNIQUE (站点编号, 监测时间)"],
      rows: [0, 1, 2, 3].flatMap((i) =>
        Array.from({ length: 60 }, (_, hour): Value[] => {
          const label = clock(hour + 7);
          return [i * 60 + hour + 1, `43${i}1A`, `${label.date} ${label.time}`, random.between(5, 80), random.between(15, 120), random.between(2, 12), random.between(8, 55), random.between(0.2, 1.1, 2), random.between(10, 70, 1), `${label.date} ${label.time.slice(0, 3)}12:30`];
        }),
      ),
    },
    企业名录: {
      columns: { 序号: "integer PRIMARY KEY", 统一社会信用代码: "text NOT NULL UNIQUE", 单位名称: "text", 法定代表人: "text", 联系电话: "text", 行业代码: "text", "年产量(万吨)": "numeric(12,3)", 所在区县: "text", 是否删除: "smallint" },
      rows: firms.map((code, i): Value[] => [i + 1, code, `示例湘江${i}有限公司`, "周某", `1370000${3000 + i}`, ["3011", "3110"][i % 2] ?? null, random.between(1, 300, 2), ["芙蓉区", "天心区", "岳麓区"][i % 3] ?? null, i % 7 === 0 ? 1 : 0]),
    },
    行政处罚: {
      columns: { 序号: "integer PRIMARY KEY", 决定书文号: "text UNIQUE", 统一社会信用代码: "text", 处罚日期: "date", "罚款金额(万元)": "numeric(10,4)", 处罚种类: "text", 是否撤销: "text" },
      rows: Array.from({ length: 20 }, (_, i): Value[] => [i + 1, `长环罚〔2026〕${i + 1}号`, random.pick(firms), clock(i * 90).date, random.pick([2, 3.5, 10]), "罚款", i % 8 === 0 ? "是" : "否"]),
    },
    重污染天气预警: {
      columns: { 序号: "integer PRIMARY KEY", 预警编号: "text UNIQUE", 预警级别: "text", 发布时间: "timestamp", 启动时间: "timestamp", 解除时间: "timestamp", 所在城市: "text", 预警原因: "text" },
      rows: Array.from({ length: 6 }, (_, i): Value[] => [i + 1, `长重污〔2026〕${i + 1}号`, ["黄色预警", "橙色预警", "红色预警"][i % 3] ?? null, `${clock(i * 200).date} 17:00:00`, `${clock(i * 200 + 24).date} 00:00:00`, `${clock(i * 200 + 72).date} 12:00:00`, "长沙市", "示例"]),
    },
    值班表: { columns: { 序号: "integer PRIMARY KEY", 值班日期: "date", 值班人员: "text" }, rows: [[1, "2026-01-01", "吴某"], [2, "2026-01-02", "郑某"]] },
  },
  foreign: ["值班表"],
  truth: {
    Station: { code: "站点编号", name: "站点名称", region: "所在城市", position: "经度 + 纬度", role: "站点类型", medium: "=AIR" },
    Observation: { station: "站点编号", end: "监测时间", averaging: "=PT1H", receivedAt: "入库时间", region: "空气站点.所在城市", "value:a34004": "PM2.5(μg/m³) ug/m3", "value:a34002": "PM10(μg/m³) ug/m3", "value:a21026": "二氧化硫(μg/m³) ug/m3", "value:a21004": "二氧化氮(μg/m³) ug/m3", "value:a21005": "一氧化碳(mg/m³) mg/m3", "value:a05024": "臭氧(ppb) ppb" },
    Enterprise: { uscc: "统一社会信用代码", name: "单位名称", legalRep: "法定代表人", contactPhone: "联系电话", industry: "行业代码", output: "年产量(万吨)", region: "所在区县", keep: "是否删除 = 0" },
    PenaltyDecision: { docNo: "决定书文号", enterprise: "统一社会信用代码", decidedOn: "处罚日期", amount: "罚款金额(万元)", kind: "处罚种类", revoked: "是否撤销" },
    PollutionAlert: { no: "预警编号", level: "预警级别", issuedAt: "发布时间", startAt: "启动时间", liftedAt: "解除时间", region: "所在城市", reason: "预警原因" },
  },
};
