/**
 * Every error a caller can meet: one closed list with its HTTP status, whether a retry can help, and what to do next.
 *
 * `docs/errors.md` is compared with this list by a test, both ways. Parameters are closed values (codes, limits, names that the
 * caller sent); never SQL, host, path, column or driver text.
 */
interface ErrorCode {
  readonly http: number;
  readonly retry: boolean;
  /** `{name}` is filled from the parameters. */
  readonly en: string;
  readonly zh: string;
}

const codes = {
  // identity
  UNAUTHENTICATED: { http: 401, retry: false, en: "A valid token is required. Ask the token endpoint /oauth/token for one.", zh: "需要有效令牌。请向 /oauth/token 申请。" },
  PURPOSE_REQUIRED: { http: 400, retry: false, en: "The token carries several purposes; say which one in the Purpose header.", zh: "令牌含多个用途，请在 Purpose 请求头中指明一个。" },
  PURPOSE_NOT_ALLOWED: { http: 403, retry: false, en: "The token does not carry this purpose. Ask for one that your agency holds.", zh: "令牌不含该用途，请使用本机构拥有的用途。" },
  FORBIDDEN: { http: 403, retry: false, en: "This door is not open to the caller.", zh: "调用者无权使用此入口。" },
  // gateway
  BAD_REQUEST: { http: 400, retry: false, en: "The request is not a well-formed GraphQL request. Send JSON with a query.", zh: "请求不是合法的 GraphQL 请求，请发送含 query 的 JSON。" },
  METHOD_NOT_ALLOWED: { http: 405, retry: false, en: "Use POST.", zh: "请使用 POST。" },
  NOT_ACCEPTABLE: { http: 406, retry: false, en: "The answer is application/json or application/graphql-response+json; accept one of them.", zh: "应答只有 application/json 或 application/graphql-response+json，请接受其一。" },
  UNSUPPORTED_MEDIA_TYPE: { http: 415, retry: false, en: "Send the request as application/json in UTF-8.", zh: "请以 UTF-8 的 application/json 发送请求。" },
  BODY_TOO_LARGE: { http: 413, retry: false, en: "The body is larger than {limit} bytes.", zh: "请求体超过 {limit} 字节。" },
  GRAPHQL_PARSE_FAILED: { http: 400, retry: false, en: "The document is not valid GraphQL. Check it in the sandbox.", zh: "文档不是合法的 GraphQL，请在沙箱中检查。" },
  GRAPHQL_VALIDATION_FAILED: { http: 400, retry: false, en: "The document does not fit the schema that this agency sees.", zh: "文档不符合本机构可见的模式。" },
  OPERATION_UNKNOWN: { http: 400, retry: false, en: "The document has no such operation; where it has several, operationName says which.", zh: "文档中没有该操作；含多个操作时须用 operationName 指明。" },
  BAD_VARIABLES: { http: 400, retry: false, en: "A variable is missing or does not fit its type.", zh: "变量缺失或类型不符。" },
  BAD_ARGUMENT: { http: 400, retry: false, en: "An argument does not fit: {argument}.", zh: "参数不符：{argument}。" },
  DOCUMENT_TOO_LARGE: { http: 400, retry: false, en: "The document exceeds a limit of the hub ({limit}). Split it.", zh: "文档超过中心限制（{limit}），请拆分。" },
  OPERATION_TOO_COSTLY: { http: 400, retry: false, en: "The operation may cost {units} units, more than {limit}. Ask for fewer rows or fields, or page.", zh: "该操作估计消耗 {units} 单位，超过 {limit}，请减少行数或字段，或分页查询。" },
  BUDGET_SPENT: { http: 429, retry: true, en: "The agency's budget for this purpose is spent. Try again in {seconds} s.", zh: "本机构此用途的额度已用完，请在 {seconds} 秒后重试。" },
  // plan and execute
  INVALID_ID: { http: 200, retry: false, en: "This is not an id of the hub.", zh: "不是本中心的标识。" },
  CURSOR_INVALID: { http: 200, retry: false, en: "The cursor was not made by this hub for this query. Keep filter and order written as they were (a literal stays one, so does a variable), or start from the first page.", zh: "游标不是本中心为该查询生成的；请保持筛选与排序的写法不变（字面量或变量），或从第一页重新开始。" },
  CURSOR_EXPIRED: { http: 200, retry: true, en: "What the agency may see changed since the cursor was made. Start from the first page.", zh: "生成游标后可见范围已变化，请从第一页重新开始。" },
  SOURCE_UNAVAILABLE: { http: 200, retry: true, en: "Source {source} cannot be reached; its rows are missing. Try again later.", zh: "数据源 {source} 无法访问，其数据缺失，请稍后再试。" },
  SOURCE_TIMEOUT: { http: 200, retry: true, en: "Source {source} did not answer in time; its rows are missing. Try again, or ask for less.", zh: "数据源 {source} 超时，其数据缺失，请重试或缩小范围。" },
  SOURCE_BAD_ANSWER: { http: 200, retry: true, en: "Source {source} answered with something that is not data; its rows are missing.", zh: "数据源 {source} 的应答不是数据，其数据缺失。" },
  SOURCE_SCHEMA_DRIFT: { http: 200, retry: true, en: "The tables of source {source} changed, so that its rows cannot be told from others. Try again once its steward has mended that.", zh: "数据源 {source} 的表结构已变化，无法确认其记录，请待其管理员修复后重试。" },
  RESULT_TOO_LARGE: { http: 200, retry: false, en: "The answer is larger than {limit} (rows, or bytes). Ask for less, or page.", zh: "结果超过 {limit}（行或字节），请缩小范围或分页。" },
  FILTER_TOO_BROAD: { http: 200, retry: false, en: "The filter {argument} is met by rows with more than {limit} different keys. Narrow it, or list those rows themselves.", zh: "筛选条件 {argument} 命中的记录涉及超过 {limit} 个不同的键，请收紧条件，或直接查询这些记录。" },
  POLICY_CHANGED: { http: 503, retry: true, en: "The rules changed while the answer was made. Try again.", zh: "应答生成期间规则发生变化，请重试。" },
  HUB_BUSY: { http: 503, retry: true, en: "The hub has as much to do as it can carry, or as it carries for one agency. Try again in {seconds} s.", zh: "中心或本机构的在办请求已达上限，请在 {seconds} 秒后重试。" },
  AUDIT_UNAVAILABLE: { http: 503, retry: true, en: "The disclosure record cannot be written, so nothing is answered. Try again later.", zh: "无法写入披露记录，因此不予应答，请稍后再试。" },
  INTERNAL: { http: 500, retry: true, en: "The hub failed. Name the correlation id to its operators.", zh: "中心内部错误，请将关联号告知运维人员。" },
  // files of operators and stewards; the message names place and mend
  NETWORK_INVALID: { http: 500, retry: false, en: "{place} {problem}", zh: "{place} {problem}" },
  MAPPING_INVALID: { http: 500, retry: false, en: "{place} {problem}", zh: "{place} {problem}" },
  POLICY_INVALID: { http: 500, retry: false, en: "{place} {problem}", zh: "{place} {problem}" },
  CONFIG_INVALID: { http: 500, retry: false, en: "{problem}", zh: "{problem}" },
  JOURNAL_BROKEN: { http: 500, retry: false, en: "{place} {problem}", zh: "{place} {problem}" },
} as const satisfies Record<string, ErrorCode>;

export type HubErrorCode = keyof typeof codes;
export const errorCodes: Readonly<Record<HubErrorCode, ErrorCode>> = codes;

type Parameters = Readonly<Record<string, string | number>>;

const fill = (text: string, parameters: Parameters): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in parameters ? String(parameters[name]) : whole));

/** The only error that the gateway forwards. `cause` goes to the log under the correlation id, never to a caller. */
export class HubError extends Error {
  readonly code: HubErrorCode;
  readonly parameters: Parameters;

  constructor(code: HubErrorCode, parameters: Parameters = {}, options: { cause?: unknown } = {}) {
    super(fill(codes[code].en, parameters), options);
    this.name = "HubError";
    this.code = code;
    this.parameters = parameters;
  }
}

/** `regions/hebei/policy.yaml:14:9` of a fault in a file, else null. */
export const placeOfFault = (error: unknown): string | null => (error instanceof HubError && typeof error.parameters["place"] === "string" ? error.parameters["place"] : null);

/** A fault in a file that people write: `regions/hebei/policy.yaml:14:9`, what is wrong, and the mend. */
export const fileError = (
  code: "NETWORK_INVALID" | "MAPPING_INVALID" | "POLICY_INVALID",
  at: { file: string; line: number; column: number },
  problem: string,
): HubError => new HubError(code, { place: `${at.file}:${at.line}:${at.column}`, problem });
