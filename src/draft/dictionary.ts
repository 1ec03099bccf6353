/**
 * How agencies call entities and attributes, besides the vocabulary's own names: Chinese words and English ones. Pinyin, in full and
 * by initials, is made from the Chinese (`words.ts`). `~` stands for each word of the entity.
 */
import type { Vocabulary } from "../../schema/vocabulary.ts";

interface Words {
  readonly zh: readonly string[];
  readonly en: readonly string[];
}

const words = (zh: string, en = ""): Words => ({ zh: zh.split(" ").filter(Boolean), en: en.split(",").map((word) => word.trim()).filter(Boolean) });

/** Words for a row of the entity, as they stand in names of tables and at the head of names of columns. */
export const entityWords: Readonly<Record<string, Words>> = {
  Station: words("站点 测点 点位 监测点 监测点位 监测站 监测站点 子站 国控点 空气站 站", "station, site, stn, monitor point, monitoring site, monitor, location"),
  Observation: words("监测数据 小时数据 日数据 实时数据 分钟数据 浓度数据 空气质量 监测结果 监测值 时均值 日均值 水质数据", "observation, obs, measurement, reading, hourly, hour data, daily, monitor data, air quality, aq, aqi"),
  Section: words("断面 水质断面 监测断面 地表水断面", "section, cross section, water section, river section"),
  WaterQualityAssessment: words("水质评价 断面评价 水质类别 断面水质 水质月报 达标情况", "water quality, assessment, water assessment, water class"),
  Enterprise: words("企业 单位 污染源 排污单位 重点企业 公司 法人 市场主体 排污企业 污染源企业", "enterprise, ent, company, firm, corp, polluter, business, facility"),
  Outlet: words("排放口 排污口 排口 废气排口 废水排口", "outlet, discharge port, emission point, stack, discharge point, vent"),
  Inspection: words("检查 现场检查 执法检查 巡查 督查 执法任务", "inspection, inspect, insp, visit"),
  Violation: words("违法 违法行为 案件 立案 违法案件 环境违法", "violation, case, offence, breach"),
  PenaltyDecision: words("处罚 行政处罚 处罚决定 处罚案件 罚款 处罚信息", "penalty, fine, punishment, punish, sanction, penalty decision"),
  PollutionAlert: words("预警 重污染预警 重污染天气预警 重污染天气 应急预警", "alert, warning, pollution alert"),
};

/** Words in a table's name that say what a table is, not of which entity. */
export const tableFillers = words("基本信息 信息 数据 资料 表 清单 台账 明细 记录 档案 名录 汇总 字典 库", "info, information, data, list, table, tab, record, records, detail, base, basic, main, master, log, dim, fact, v, view, t, tb, tbl, ods, dwd, dws, sys, biz, bas, all");
/** Of these the hub wants none: copies and leftovers. */
export const copyWords = words("备份 历史 临时 归档", "bak, backup, his, hist, history, tmp, temp, old, copy, log");

const common: Readonly<Record<string, Words>> = {
  region: words(
    "行政区划代码 行政区划 区划代码 行政区代码 行政区 区划 所属地市 所属区县 所属城市 所在地市 所在城市 所属区域 所在区县 区县代码 城市代码 地市 区县 城市 市 县 辖区 地级行政区 所在地",
    "region code, region, district code, district, city code, city, area code, area, adcode, division code, county, county code, admin code, prefecture",
  ),
  quality: words("审核状态 审核级别 数据状态 审核标志 复核状态", "review status, audit status, data status, qc level, quality, verification"),
  receivedAt: words("入库时间 接收时间 创建时间 录入时间 上报时间 插入时间", "received at, created at, create time, insert time, load time, ingested at, recv time, created"),
  revision: words("版本号 修订号 修改次数 版本", "revision, rev, version, ver, row version"),
};

const attributes: Readonly<Record<string, Readonly<Record<string, Words>>>> = {
  Station: {
    code: words("~编码 ~编号 ~代码 ~号 ~标识 编码 编号", "~ code, ~ id, ~ no, ~ number, ~, code, national code"),
    name: words("~名称 ~名 ~简称 名称", "~ name, name, name zh, position name, title"),
    medium: words("环境要素 要素类型 监测类别 要素", "medium, element type, env type"),
    role: words("~类型 点位属性 ~性质 ~类别 站类", "~ type, ~ kind, role, site type"),
    elevation: words("海拔 海拔高度 高程", "elevation, altitude, elev, alt"),
    operator: words("运维单位 运营单位 运维公司 运营公司", "operator, operated by, operating company, maintainer"),
    contact: words("联系人 负责人 联系人及电话 管理员", "contact, contact person, person in charge, keeper"),
    movedFrom: words("迁移前站点 原站点 被替代站点 原站点编号", "replaces, moved from, predecessor, previous station"),
    active: words("是否启用 启用状态 是否在用 运行状态 启用标志 在用", "active, is active, enabled, in operation, is enabled"),
    activeFrom: words("启用日期 建站时间 建站日期 启用时间 投运日期", "active from, start date, opened, opened on, built on, commissioned"),
    activeTo: words("停用日期 停运日期 撤站日期 停用时间", "active to, end date, closed, closed on, decommissioned"),
  },
  Observation: {
    station: words("站点编码 站点编号 站点代码 站点 测点编号 测点编码 测点代码 点位编码 点位编号 监测点编码 监测点编号 站号 监测站编号 站点名称 站点标识 断面编码 断面编号 断面代码", "station id, station code, station, site, site id, site code, stn, stn code, station no, location, monitor id, section code"),
    pollutant: words("因子编码 因子代码 污染物编码 污染物代码 监测项目 监测因子 因子 污染物 因子名称 污染物名称 项目代码", "pollutant code, pollutant, factor code, factor, parameter, param code, item code, indicator, species"),
    start: words("监测时间 数据时间 时间 观测时间 采样时间 开始时间 起始时间 监测日期 日期 采样日期 时间点 小时", "start at, start time, time, ts, monitor time, measured at, measure time, data time, observed at, datetime, timepoint, date, start, begin time, sample time, sampled at, timestamp, dt, obs time, hour"),
    end: words("结束时间 截止时间", "end at, end time, end, until"),
    averaging: words("数据类型 时间类型 统计周期 均值类型 平均时间", "averaging, avg period, period, interval, data type, avg type, granularity, resolution"),
    value: words("监测值 浓度 浓度值 数值 均值 监测浓度 检测值 值 测值 监测结果", "value, val, concentration, conc, avg, avg value, result, reading, mean, measured value"),
    unit: words("单位 计量单位", "unit, units, uom"),
    flag: words("数据标识 数据标记 状态标识 标识 数据标志", "flag, mark, data flag, status flag, qc flag, quality flag"),
    validHours: words("有效小时数 有效时数", "valid hours, hours valid, n valid"),
  },
  Section: {
    code: words("~编码 ~编号 ~代码 编码 编号", "~ code, ~ id, ~ no, code"),
    name: words("~名称 ~名 名称", "~ name, name"),
    basin: words("流域 所属流域 流域名称 水系", "basin, basin name, watershed"),
    river: words("所在河流 河流名称 河流 所在水体 水体名称 河湖名称", "river, river name, water body, lake"),
    waterBodyType: words("水体类型 水体类别", "water body type, body type"),
    level: words("控制级别 断面级别 断面属性 控制类别", "control level, level, section level"),
    targetClass: words("水质目标 目标类别 目标水质 考核目标 水质目标类别", "target class, target, target quality, goal class"),
    intakeProtection: words("是否饮用水源 是否在饮用水水源上游", "intake protection, drinking water"),
  },
  WaterQualityAssessment: {
    section: words("断面编码 断面编号 断面代码 断面 断面名称", "section code, section id, section"),
    start: words("评价月份 评价时间 监测月份 评价周期 月份 年月 统计月份 评价年月", "month, period, assessed month, stat month, year month, assessment month"),
    averaging: words("评价时段 评价周期类型", "period type"),
    class: words("水质类别 现状类别 评价类别 水质现状 实际类别 水质等级", "class, water class, quality class, actual class, grade"),
    determining: words("定类因子 超标因子 超标项目 主要污染指标 定类项目", "determining, exceeding items, main pollutants, limiting factor"),
    targetMet: words("是否达标 达标情况 达标", "target met, is met, compliant, qualified"),
    eutrophication: words("综合营养状态指数 营养状态指数", "trophic index, tli, eutrophication"),
  },
  Enterprise: {
    uscc: words("统一社会信用代码 社会信用代码 信用代码 统一信用代码 统一代码", "uscc, credit code, unified code, social credit code, unified social credit code, usc code, uni code"),
    name: words("~名称 ~名 单位名称 企业全称 名称", "~ name, name, full name, company"),
    formerNames: words("曾用名 曾用名称", "former names, former name, old name"),
    industry: words("行业代码 行业类别 行业 行业编码 所属行业 行业类别代码 国民经济行业", "industry, industry code, industry4, sector, sector code, trade code, naics"),
    address: words("地址 详细地址 单位地址 企业地址 注册地址 生产地址 经营地址", "address, addr, street, location address"),
    permitClass: words("管理类别 许可管理类别 排污许可管理类别", "permit class, management class, permit type"),
    performanceGrade: words("绩效分级 绩效等级 绩效级别", "performance grade, grade, perf level"),
    legalRep: words("法定代表人 法人代表 法人 法人姓名 法定代表人姓名 法人名称", "legal rep, legal representative, legal person, owner name, corporate representative"),
    legalRepId: words("法定代表人身份证号 身份证号 法人身份证 证件号码 身份证号码 证件号 法人证件号码", "legal rep id, id number, id card, identity number, id no, idcard no"),
    contactPhone: words("联系电话 电话 联系方式 手机 手机号 固定电话 手机号码 办公电话", "contact phone, phone, tel, mobile, telephone, phone no, contact tel"),
    output: words("年产量 产量 产能 年产能 年产值", "output, annual output, capacity, production, output t"),
    energy: words("综合能耗 年综合能耗 能耗 能源消费量 能源消耗", "energy, energy use, energy tce, energy consumption"),
  },
  Outlet: {
    code: words("~编号 ~编码 ~代码 编号", "~ code, ~ id, ~ no, code, outlet"),
    kind: words("~类型 ~类别 类型", "~ type, ~ kind, kind, type"),
    enterprise: words("统一社会信用代码 社会信用代码 信用代码 企业编号 企业代码 单位编号 污染源编号 企业标识 企业编码", "uscc, enterprise id, enterprise, company id, credit code, ent id, firm id, owner id, facility id, company code"),
    height: words("排放口高度 高度 排气筒高度 烟囱高度", "height, stack height, height m"),
    diameter: words("出口内径 内径 排气筒内径 直径", "diameter, inner diameter, bore"),
    receiving: words("受纳水体 排放去向 受纳水体名称 去向", "receiving, receiving water, destination, receiving body"),
  },
  Inspection: {
    no: words("~编号 ~号 检查单号 任务编号 编号", "~ no, ~ id, ~ number, no, task no, record no"),
    kind: words("检查方式 检查类型 检查类别", "kind, ~ type, ~ kind, type"),
    inspectedOn: words("检查日期 检查时间 执法日期 执法时间", "inspected on, on date, ~ date, date, visited on"),
    enterprise: words("统一社会信用代码 社会信用代码 信用代码 企业编号 单位编号 被检查单位 污染源编号 企业标识", "uscc, enterprise id, enterprise, company id, credit code, ent id, firm id, company code, facility id"),
    officers: words("执法人员 检查人员 检查人 执法人", "officers, inspectors, inspector, officer"),
    plan: words("检查计划 计划", "plan"),
    findings: words("检查情况 检查结果 检查结论 发现问题 现场情况", "findings, result, results, conclusion, remarks found"),
  },
  Violation: {
    no: words("案件编号 案号 立案编号 立案号 案件号", "case no, ~ no, ~ id, case number, violation no"),
    enterprise: words("统一社会信用代码 社会信用代码 信用代码 企业编号 单位编号 污染源编号 企业标识", "uscc, enterprise id, enterprise, company id, credit code, ent id, firm id, company code, facility id"),
    inspection: words("检查编号 检查单号", "inspection no, inspection id, inspection, insp no"),
    penalty: words("处罚决定书文号 决定书文号", "penalty no, penalty id, decision no"),
    type: words("违法类型 违法行为类型 案件类型 违法行为", "violation type, ~ type, type, offence"),
  },
  PenaltyDecision: {
    docNo: words("决定书文号 处罚决定书文号 处罚文号 文书号 文号 决定书号 处罚决定书号 决定文书号 行政处罚决定书文号", "doc no, document no, decision no, ~ no, ~ doc no, doc number, ref no"),
    kind: words("处罚种类 处罚类别 处罚类型 处罚方式", "penalty kind, ~ kind, ~ type, kind, type"),
    amount: words("罚款金额 处罚金额 罚金 金额 罚没金额 罚款", "amount, ~ amount, ~ money, amount yuan, fine, sum, money"),
    enterprise: words("统一社会信用代码 社会信用代码 信用代码 企业编号 单位编号 污染源编号 企业标识", "uscc, enterprise id, enterprise, company id, credit code, ent id, firm id, company code, facility id"),
    subject: words("当事人 被处罚人 被处罚单位 行政相对人 当事人名称 被处罚对象", "subject, party, respondent, offender"),
    decidedOn: words("处罚日期 决定日期 处罚决定日期 处罚时间 作出日期 决定时间 处罚决定时间", "decided on, decision date, ~ date, date, fined on, issue date"),
    publishedUntil: words("公示截止日期 公示截止期 公示截止时间", "published until, publicity end, public until"),
    review: words("复议诉讼状态 复议情况 复议诉讼", "review, appeal state, appeal"),
    revoked: words("是否撤销 撤销标志 撤销 是否已撤销", "revoked, is revoked, withdrawn, cancelled"),
  },
  PollutionAlert: {
    no: words("预警编号 预警文号 编号 预警号", "alert no, no, ~ id, ~ number, ~ no"),
    level: words("预警级别 预警等级 预警颜色 级别 响应级别", "level, alert level, colour, color, severity"),
    standard: words("分级标准 预警标准", "standard"),
    criteria: words("启动条件 预警条件", "criteria, condition"),
    issuedAt: words("发布时间 发布日期", "issued at, publish time, published at, issue time, issued"),
    startAt: words("启动时间 生效时间 预警开始时间 开始时间 响应启动时间", "start at, start time, effective at, in force from, started, valid from"),
    liftedAt: words("解除时间 解除日期 终止时间 预警解除时间", "lifted at, lift time, end time, ended at, cancelled at, valid to"),
    reason: words("原因 预警原因 发布原因 预警内容", "reason, cause"),
    measures: words("应急措施 管控措施 响应措施", "measures, actions"),
  },
};

/** Columns that are nobody's attribute but tell what becomes of a row. */
export const technical = {
  deleted: words("删除标志 是否删除 删除标识 删除状态 删除标记", "is deleted, deleted, del flag, delete flag, deleted flag, del, is del, removed"),
  valid: words("是否有效 有效标志 有效标识 有效性 是否可用 有效", "is valid, valid, valid flag, yxbz, usable"),
  updated: words("更新时间 修改时间 最后修改时间 变更时间", "updated at, update time, modified at, modify time, last updated, last modified, mtime"),
  lon: words("经度 东经 经度坐标 ~经度", "lon, lng, longitude, long, ~ lon, ~ lng, ~ longitude, x, geom lon, gis x, coord x, lon wgs84"),
  lat: words("纬度 北纬 纬度坐标 ~纬度", "lat, latitude, ~ lat, ~ latitude, y, geom lat, gis y, coord y, lat wgs84"),
} as const;

/** All words for an attribute; those of the vocabulary itself come first. */
export function wordsOf(vocabulary: Vocabulary, entity: string, attribute: string): Words {
  const declared = vocabulary.entities.get(entity as never)?.attributes.get(attribute);
  const own = attributes[entity]?.[attribute];
  const shared = common[attribute];
  return {
    zh: [...(declared ? [declared.zh] : []), ...(own?.zh ?? []), ...(shared?.zh ?? [])],
    en: [attribute.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`), ...(own?.en ?? []), ...(shared?.en ?? [])],
  };
}
