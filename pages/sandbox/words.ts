/** The page's own texts, in both languages. GraphiQL's own buttons stay English: it has no other texts. */
import type { SandboxWords } from "../../src/gateway/sandboxContract.ts";

export type Language = keyof SandboxWords;

export const words = {
  title: { zh: "一张网 · 沙箱", en: "One Network · sandbox" },
  language: { zh: "语言", en: "Language" },
  loadFailed: { zh: "无法读取沙箱配置，请确认中心正在运行，然后刷新本页。", en: "The sandbox's configuration cannot be read. Check that the hub is running, then reload." },
  askAs: { zh: "以何机构查询", en: "Ask as" },
  purpose: { zh: "查询用途", en: "Purpose" },
  noPurpose: { zh: "（无）", en: "(none)" },
  token: { zh: "访问令牌", en: "Token" },
  tokenHint: { zh: "粘贴令牌；只留在本页内存中", en: "paste a token; it stays in this page's memory" },
  use: { zh: "使用", en: "Use" },
  tokenInUse: { zh: "正以该令牌查询", en: "Asking with this token as" },
  noToken: { zh: "未使用令牌", en: "No token in use" },
  examples: { zh: "示例查询", en: "Examples" },
  chooseExample: { zh: "选择示例……", en: "choose one…" },
  fitting: { zh: "可用于该机构的模式", en: "Fit this agency's schema" },
  unfitting: { zh: "含该机构不可见的字段", en: "Name fields that this agency does not see" },
  schemaLoading: { zh: "正在读取该机构的模式……", en: "Reading this agency's schema…" },
  schemaFailed: { zh: "无法读取模式：", en: "The schema cannot be read: " },
  schemaTypes: { zh: "该机构的模式含实体 {count} 种", en: "Entities in this agency's schema: {count}" },
  explain: { zh: "执行说明", en: "Explain" },
  explainAgain: { zh: "重新说明", en: "Explain again" },
  explainEmpty: { zh: "先写一个查询。", en: "Write a query first." },
  explainBadVariables: { zh: "变量不是合法的 JSON。", en: "The variables are not JSON." },
  close: { zh: "关闭", en: "Close" },
  notes: { zh: "本次应答", en: "About this answer" },
  complete: { zh: "完整", en: "complete" },
  incomplete: { zh: "不完整：有数据源缺失", en: "incomplete: a source is missing" },
  receipt: { zh: "披露回执", en: "Receipt" },
  correlationId: { zh: "关联号", en: "Correlation id" },
  sources: { zh: "数据源", en: "Sources" },
  source: { zh: "数据源", en: "Source" },
  status: { zh: "状态", en: "Status" },
  rows: { zh: "行数", en: "Rows" },
  milliseconds: { zh: "毫秒（约）", en: "ms (about)" },
  staleness: { zh: "数据滞后", en: "Staleness" },
  live: { zh: "实时", en: "live" },
  whyMissing: { zh: "为何缺值？", en: "Why is a value missing?" },
  nothingWithheld: { zh: "本查询所用字段没有被保留；空值即来源中无值。", en: "Nothing that this query uses is withheld: a null is a null in its source." },
  withheldSome: {
    zh: "下列字段在下列来源中可能被保留，保留的值与空值同样显示为 null，也同样参与过滤和排序。",
    en: "These fields may be withheld in these sources. A withheld value shows as null, and filters and sorts as one.",
  },
  field: { zh: "字段", en: "Field" },
  because: { zh: "原因", en: "Because" },
  rule: { zh: "规则", en: "Rule" },
  ask: { zh: "申请", en: "Ask for it" },
  superseded: { zh: "应答返回前已切换机构或用途。", en: "Agency or purpose was changed before the answer came." },
  notJson: { zh: "中心的应答不是 JSON（HTTP {status}）。", en: "The hub's answer is not JSON (HTTP {status})." },
  unreachable: { zh: "无法连接中心。", en: "The hub cannot be reached." },
  tokenRefused: { zh: "中心未签发令牌（HTTP {status}）。", en: "The hub gave no token (HTTP {status})." },
} as const satisfies Record<string, SandboxWords>;

/** What a developer can do about an error whose message alone leaves them puzzled. */
export const errorHints: Readonly<Record<string, SandboxWords>> = {
  GRAPHQL_VALIDATION_FAILED: {
    zh: "未知的字段可能不存在，也可能在所有来源中都对该机构保留：两种情况的应答相同。左侧文档只列出该机构可见的字段。",
    en: "An unknown field either does not exist or is withheld from this agency in every source: both answer the same. The documentation on the left lists what this agency sees.",
  },
  UNAUTHENTICATED: { zh: "请在上方粘贴有效令牌，或选择机构。", en: "Paste a valid token above, or pick an agency." },
  PURPOSE_REQUIRED: { zh: "请在上方选择用途。", en: "Choose a purpose above." },
  PURPOSE_NOT_ALLOWED: { zh: "请在上方选择令牌所含的用途。", en: "Choose a purpose that the token carries." },
};

export const sourceStatus: Readonly<Record<string, SandboxWords>> = {
  OK: { zh: "正常", en: "OK" },
  TIMEOUT: { zh: "超时", en: "timed out" },
  UNAVAILABLE: { zh: "无法访问", en: "unavailable" },
  BAD_ANSWER: { zh: "应答不是数据", en: "answered with no data" },
  TOO_LARGE: { zh: "结果过大", en: "answer too large" },
  BUSY: { zh: "繁忙", en: "busy" },
};

/** `{name}` in a text is filled from the values. */
export const fill = (text: string, values: Readonly<Record<string, string | number>>): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
