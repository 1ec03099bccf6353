/** `connection` and `tables` of a REST source (languages.md §2, rest), parsed. */
import { configProblem, readDurationMs, readInteger, readMap, readText, readTexts, type Path } from "../contract/configReader.ts";
import type { ConfigValue, ReaderConfig, ReaderInput, ReaderTable } from "../contract/tableReader.ts";
import { parseBodyCondition, type BodyCondition } from "./bodyCondition.ts";
import { parseSpan, type Span } from "./calendar.ts";

export type Paging =
  | { readonly kind: "none" }
  | { readonly kind: "number"; readonly number: string; readonly from: number; readonly size: string | null; readonly max: number; readonly total: string | null }
  | { readonly kind: "cursor"; readonly cursor: string; readonly next: string }
  | { readonly kind: "link"; readonly link: string };

/** A feed that is fetched window by window: a range of two parameters, or one that names the window. */
export interface Windowed {
  readonly span: Span;
  readonly since: Span;
  readonly parameters: { readonly from: string; readonly to: string } | { readonly name: string };
}

export interface RestTable extends ReaderTable {
  readonly get: string;
  readonly rows: string;
  readonly each: string | null;
  readonly page: Paging;
  readonly windowed: Windowed | null;
}

export interface RestConfig extends ReaderConfig {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Requests, in so many milliseconds. */
  readonly rate: { readonly count: number; readonly perMs: number };
  readonly ok: BodyCondition | null;
  readonly busy: BodyCondition | null;
  /** Of one request, body included. */
  readonly timeoutMs: number;
  readonly bodyBytesMax: number;
  readonly timeZone: string;
  readonly tables: readonly RestTable[];
}

const bodyBytesDefaultMax = 32 * 1024 * 1024;
const timeoutDefaultMs = 30_000;
const rateUnitsMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };
/** A window costs at least one request; more than this is a wrong `window` or `since`. */
const windowsMax = 20_000;

function parseRate(value: ConfigValue | undefined, path: Path): RestConfig["rate"] {
  if (value === undefined) return { count: 10, perMs: 1000 };
  const text = readText(value, path);
  const found = /^(\d{1,6})\/([smh])$/.exec(text);
  const count = Number(found?.[1] ?? 0);
  if (count === 0) configProblem(path, `must be a rate such as 10/s or 600/m, not \`${text}\`.`);
  return { count, perMs: rateUnitsMs[found?.[2] ?? "s"] ?? 1000 };
}

function parseUrl(value: ConfigValue | undefined, path: Path): string {
  const text = readText(value, path);
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || (url.protocol !== "http:" && url.protocol !== "https:")) configProblem(path, "must be an http or https address.");
  if (url.username !== "" || url.password !== "") configProblem(path, "must not hold a password; send it in a header.");
  if (url.search !== "" || url.hash !== "") configProblem(path, "must not hold a query or fragment.");
  return text.replace(/\/+$/, "");
}

function parsePaging(value: ConfigValue | undefined, path: Path): Paging {
  if (value === undefined) return { kind: "none" };
  const map = readMap(value, path, ["number", "from", "size", "max", "total", "cursor", "next", "link"]);
  const text = (key: string): string => readText(map[key], [...path, key]);
  const only = (known: readonly string[]): void => void readMap(value, path, known);
  if (map["number"] !== undefined) {
    only(["number", "from", "size", "max", "total"]);
    if (map["max"] === undefined) configProblem(path, "needs `max`, the rows of a full page.");
    return {
      kind: "number",
      number: text("number"),
      from: map["from"] === undefined ? 1 : readInteger(map["from"], [...path, "from"], { least: 0, greatest: 1 }),
      size: map["size"] === undefined ? null : text("size"),
      max: readInteger(map["max"], [...path, "max"], { least: 1, greatest: 100_000 }),
      total: map["total"] === undefined ? null : text("total"),
    };
  }
  if (map["cursor"] !== undefined) {
    only(["cursor", "next"]);
    return { kind: "cursor", cursor: text("cursor"), next: text("next") };
  }
  if (map["link"] !== undefined) {
    only(["link"]);
    return { kind: "link", link: text("link") };
  }
  configProblem(path, "must be `{ number, max, … }`, `{ cursor, next }` or `{ link }`.");
}

type Push = Readonly<Record<string, Readonly<Record<string, string>>>>;

function parsePush(value: ConfigValue | undefined, path: Path): Push {
  if (value === undefined) return {};
  return Object.fromEntries(
    Object.entries(readMap(value, path, null)).map(([column, operators]) => {
      const at = [...path, column];
      const known = readMap(operators, at, ["eq", "gte", "gt", "lt", "lte"]);
      return [column, Object.fromEntries(Object.entries(known).map(([operator, parameter]) => [operator, readText(parameter, [...at, operator])]))];
    }),
  );
}

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
  const operators = push[column];
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

function parseTable(name: string, value: ConfigValue): RestTable {
  const path = ["tables", name];
  const map = readMap(value, path, ["get", "rows", "each", "page", "push", "require", "mirror"]);
  const get = readText(map["get"], [...path, "get"]);
  if (!get.startsWith("/") || get.startsWith("//")) configProblem([...path, "get"], "must be a path that starts with one `/`.");
  if (map["mirror"] === undefined) configProblem(path, "needs `mirror: { every: 10m }`: how often it is fetched.");
  const mirrorPath = [...path, "mirror"];
  const mirror = readMap(map["mirror"], mirrorPath, ["every", "window", "since"]);
  const push = parsePush(map["push"], [...path, "push"]);
  const windowed = parseWindow(mirror, push, mirrorPath);
  const column = mirror["window"] === undefined ? null : (Object.keys(readMap(mirror["window"], mirrorPath, null))[0] ?? null);
  for (const required of map["require"] === undefined ? [] : readTexts(map["require"], [...path, "require"])) {
    if (required !== column) configProblem([...path, "require"], `\`${required}\` must be in every request, so \`mirror.window\` has to be over it.`);
  }
  return {
    name,
    everyMs: readDurationMs(mirror["every"], [...mirrorPath, "every"]),
    get,
    rows: map["rows"] === undefined ? "" : readText(map["rows"], [...path, "rows"]),
    each: map["each"] === undefined ? null : readText(map["each"], [...path, "each"]),
    page: parsePaging(map["page"], [...path, "page"]),
    windowed,
  };
}

/** Throws a ConfigProblem. */
export function parseRestConfig({ connection, tables, timeZone }: ReaderInput): RestConfig {
  const path = (key: string): Path => ["connection", key];
  const map = readMap(connection, ["connection"], ["url", "headers", "rate", "ok", "busy", "timeout", "bodyBytesMax"]);
  const headers = Object.entries(map["headers"] === undefined ? {} : readMap(map["headers"], path("headers"), null)).map(([name, value]) => {
    const text = readText(value, [...path("headers"), name]);
    if (!/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/.test(name) || /[\r\n\0]/.test(text)) configProblem([...path("headers"), name], "is no HTTP header.");
    return [name.toLowerCase(), text] as const;
  });
  const declared = Object.entries(readMap(tables, ["tables"], null));
  if (declared.length === 0) configProblem(["tables"], "names no table; write `NAME: { get: /path, rows: data.list, mirror: { every: 10m } }`.");
  const parsed = declared.map(([name, value]) => parseTable(name, value));
  const url = parseUrl(map["url"], path("url"));
  return {
    url,
    headers: Object.fromEntries(headers),
    rate: parseRate(map["rate"], path("rate")),
    ok: map["ok"] === undefined ? null : parseBodyCondition(map["ok"], path("ok")),
    busy: map["busy"] === undefined ? null : parseBodyCondition(map["busy"], path("busy")),
    timeoutMs: map["timeout"] === undefined ? timeoutDefaultMs : readDurationMs(map["timeout"], path("timeout")),
    bodyBytesMax:
      map["bodyBytesMax"] === undefined
        ? bodyBytesDefaultMax
        : readInteger(map["bodyBytesMax"], path("bodyBytesMax"), { least: 1, greatest: 512 * 1024 * 1024 }),
    timeZone,
    tables: parsed,
    // The port of a demonstration server changes at each start; its rows do not. Secrets stay out.
    identity: JSON.stringify([new URL(url).hostname, new URL(url).pathname, parsed.map(({ everyMs: _, ...table }) => table)]),
  };
}
