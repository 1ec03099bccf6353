/** `connection` and `tables` of a REST source (languages.md §2, rest), parsed. */
import { configProblem, readDurationMs, readMap, readText, readTexts, type ConfigMap, type Path } from "../contract/configReader.ts";
import type { ConfigValue, ReaderConfig, ReaderInput, ReaderTable } from "../contract/tableReader.ts";
import { httpWords, parseHttpConfig, type HttpConfig } from "../http/httpConfig.ts";
import type { HttpOptions } from "../http/httpGet.ts";
import { meets, parseBodyCondition, type BodyCondition } from "./bodyCondition.ts";
import { parseSpan, type Span } from "./calendar.ts";
import { parsePaging, type Paging } from "./pagingConfig.ts";
import { parsePush, type Push } from "./pushConfig.ts";

/** A feed that is fetched window by window: a range of two parameters, or one that names the window. */
export interface Windowed {
  readonly span: Span;
  readonly since: Span;
  readonly parameters: { readonly from: string; readonly to: string } | { readonly name: string };
}

/** Where a table's rows are. */
export interface TableAddress {
  readonly name: string;
  readonly get: string;
  readonly rows: string;
  readonly each: string | null;
  readonly page: Paging;
}

export interface RestTable extends TableAddress, ReaderTable {
  readonly windowed: Windowed | null;
}

export interface RestConnection {
  readonly http: HttpConfig;
  readonly ok: BodyCondition | null;
  readonly busy: BodyCondition | null;
}

export interface RestConfig extends ReaderConfig, RestConnection {
  readonly timeZone: string;
  readonly tables: readonly RestTable[];
}

const timeoutDefaultMs = 30_000;
/** A window costs at least one request; more than this is a wrong `window` or `since`. */
const windowsMax = 20_000;

function readSpan(value: ConfigValue | undefined, path: Path): Span {
  const text = readText(value, path);
  return parseSpan(text) ?? configProblem(path, `must be a span such as P1D, P1M, P1Y or PT6H, not \`${text}\`.`);
}

const aboutMs = ({ unit, count }: Span): number => count * { ms: 1, day: 86_400_000, month: 2_629_800_000, year: 31_557_600_000 }[unit];

function parseWindow(mirror: Readonly<Record<string, ConfigValue>>, push: Push, path: Path): Windowed | null {
  if (mirror["window"] === undefined) return null;
  const at = [...path, "window"];
  const [entry, ...more] = Object.entries(readMap(mirror["window"], at, null));
  if (!entry || more.length > 0) configProblem(at, "names one column, e.g. `{ time: P1D }`.");
  const [column, text] = entry;
  const span = readSpan(text, [...at, column]);
  if (mirror["since"] === undefined) configProblem(path, "has a `window` and needs `since`: how far back the mirror goes.");
  const since = readSpan(mirror["since"], [...path, "since"]);
  const count = aboutMs(since) / aboutMs(span);
  if (count < 1 || count > windowsMax) configProblem([...path, "since"], `makes ${Math.floor(count)} windows; from 1 to ${windowsMax} are possible.`);
  const operators = push[column]?.parameters;
  if (!operators) configProblem([...at, column], `is no column of \`push\`, so its window cannot be asked for.`);
  if (operators["eq"] !== undefined) {
    if (span.count !== 1 && span.unit !== "ms") configProblem([...at, column], "is asked for by one value, so the window is one day, month or year.");
    return { span, since, parameters: { name: operators["eq"] } };
  }
  if (operators["gte"] === undefined || operators["lt"] === undefined) {
    configProblem([...at, column], "needs `gte` and `lt` (or `eq`) in `push`: other bounds would read a row twice or not at all.");
  }
  return { span, since, parameters: { from: operators["gte"], to: operators["lt"] } };
}

/** `live` is read by the live kind; here it is refused, since one source is either. */
export const tableWords = ["get", "rows", "each", "page", "push", "require", "mirror", "live"] as const;

export function parseAddress(name: string, map: ConfigMap, path: Path): TableAddress {
  const get = readText(map["get"], [...path, "get"]);
  if (!get.startsWith("/") || get.startsWith("//")) configProblem([...path, "get"], "must be a path that starts with one `/`.");
  return {
    name,
    get,
    rows: map["rows"] === undefined ? "" : readText(map["rows"], [...path, "rows"]),
    each: map["each"] === undefined ? null : readText(map["each"], [...path, "each"]),
    page: parsePaging(map["page"], [...path, "page"]),
  };
}

function parseTable(name: string, value: ConfigValue): RestTable {
  const path = ["tables", name];
  const map = readMap(value, path, tableWords);
  const address = parseAddress(name, map, path);
  if (map["live"] !== undefined) configProblem([...path, "live"], "and `mirror` are for different sources; put live tables into a second file, NAME.source.yaml.");
  if (map["mirror"] === undefined) configProblem(path, "needs `mirror: { every: 10m }` (how often it is fetched), or `live: { key: … }` to ask with every query.");
  const mirrorPath = [...path, "mirror"];
  const mirror = readMap(map["mirror"], mirrorPath, ["every", "window", "since"]);
  const push = parsePush(map["push"], [...path, "push"]);
  const windowed = parseWindow(mirror, push, mirrorPath);
  const column = mirror["window"] === undefined ? null : (Object.keys(readMap(mirror["window"], mirrorPath, null))[0] ?? null);
  for (const required of map["require"] === undefined ? [] : readTexts(map["require"], [...path, "require"])) {
    if (required !== column) configProblem([...path, "require"], `\`${required}\` must be in every request, so \`mirror.window\` has to be over it.`);
  }
  return { ...address, everyMs: readDurationMs(mirror["every"], [...mirrorPath, "every"]), windowed };
}

export function parseConnection(map: ConfigMap, timeoutMs: number): RestConnection {
  const condition = (key: string): BodyCondition | null => (map[key] === undefined ? null : parseBodyCondition(map[key], ["connection", key]));
  return { http: parseHttpConfig(map, timeoutMs), ok: condition("ok"), busy: condition("busy") };
}

export const judgeBy =
  ({ ok, busy }: RestConnection): HttpOptions["judge"] =>
  (body) =>
    busy && meets(body, busy) ? "busy" : ok && !meets(body, ok) ? "refused" : "ok";

/** Throws a ConfigProblem. */
export function parseRestConfig({ connection, tables, timeZone }: ReaderInput): RestConfig {
  const parts = parseConnection(readMap(connection, ["connection"], [...httpWords, "ok", "busy"]), timeoutDefaultMs);
  const declared = Object.entries(readMap(tables, ["tables"], null));
  if (declared.length === 0) configProblem(["tables"], "names no table; write `NAME: { get: /path, rows: data.list, mirror: { every: 10m } }`.");
  const parsed = declared.map(([name, value]) => parseTable(name, value));
  const { hostname, pathname } = new URL(parts.http.url);
  return {
    ...parts,
    timeZone,
    tables: parsed,
    // The port of a demonstration server changes at each start; its rows do not. Secrets stay out.
    identity: JSON.stringify([hostname, pathname, parsed.map(({ everyMs: _, ...table }) => table)]),
  };
}
