/**
 * R4 Shanghai as an HTTP service: JSON in an envelope `{ code, msg, data }`, pages, numbers as text, refusals inside a 200,
 * 429 with Retry-After beyond ten requests a second, ETags. It can filter by what its parameters say and by nothing else.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Row, ShanghaiData } from "./data.ts";

export interface ServiceOptions {
  readonly token: string;
  readonly data: ShanghaiData;
  /** Requests a second on average; twice as many in a burst. */
  readonly rate: number;
  /** Milliseconds, for the rate alone. */
  now(): number;
}

/** `{ code, msg, data }`; 0 = ok. */
type Answer = { readonly code: 0; readonly msg: "ok"; readonly data: Row } | { readonly code: number; readonly msg: string; readonly data: null };

const CODES = { parameter: 40001, token: 40301, busy: 42901, path: 40401 } as const;
const PATH = "/api/v2";
const HOUR_PAGE = 1000;
const PENALTY_PAGE = 50;

const ok = (data: Row): Answer => ({ code: 0, msg: "ok", data });
const refuse = (code: number, msg: string): Answer => ({ code, msg, data: null });
const badParameter = (name: string): Answer => refuse(CODES.parameter, `参数错误: ${name}`);

/** A whole number within bounds, the default where the parameter is absent, else null. */
function whole(query: URLSearchParams, name: string, fallback: number, most: number): number | null {
  const text = query.get(name);
  if (text === null) return fallback;
  const number = /^\d{1,7}$/.test(text) ? Number(text) : Number.NaN;
  return number >= 1 && number <= most ? number : null;
}

function page(rows: readonly Row[], query: URLSearchParams, size: number): Answer {
  const number = whole(query, "page", 1, 1_000_000);
  if (number === null) return badParameter("page");
  return ok({ total: rows.length, pageNum: number, pageSize: size, list: rows.slice((number - 1) * size, number * size) });
}

function sizedPage(rows: readonly Row[], query: URLSearchParams): Answer {
  const size = whole(query, "size", 20, 100);
  return size === null ? badParameter("size") : page(rows, query, size);
}

/** An ISO instant; without a zone it is Shanghai's. Undefined: absent; null: not an instant. */
function instant(query: URLSearchParams, name: string): number | null | undefined {
  const text = query.get(name);
  if (text === null || text === "") return undefined;
  const found = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2})?(?:\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})?$/.exec(text);
  if (!found) return null;
  const [, date, clock = "00:00", seconds = ":00", zone = "+08:00"] = found;
  const at = Date.parse(`${date}T${clock}${seconds}${zone}`);
  return Number.isNaN(at) ? null : at;
}

function hours(data: ShanghaiData, query: URLSearchParams): Answer {
  const from = instant(query, "from");
  const to = instant(query, "to");
  if (from === null) return badParameter("from");
  if (to === null) return badParameter("to");
  if (from !== undefined && to !== undefined && from > to) return badParameter("from > to");
  const station = query.get("stationId") || null;
  const rows = data.hours.filter(
    (row) => (station === null || row.stationId === station) && (from === undefined || row.atMs >= from) && (to === undefined || row.atMs < to),
  );
  return page(rows.map(({ stationId, time, items }) => ({ stationId, time, items })), query, HOUR_PAGE);
}

function penalties(data: ShanghaiData, query: URLSearchParams): Answer {
  const since = query.get("since") ?? "0";
  const first = /^\d{1,7}$/.test(since) ? Number(since) : null;
  if (first === null) return badParameter("since");
  const end = first + PENALTY_PAGE;
  return ok({ list: data.penalties.slice(first, end), next: end < data.penalties.length ? String(end) : null });
}

function results(data: ShanghaiData, query: URLSearchParams): Answer {
  const month = query.get("month");
  if (month === null) return sizedPage([...data.results.values()].flat(), query);
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(month)) return badParameter("month");
  return sizedPage(data.results.get(month) ?? [], query);
}

function route(path: string, query: URLSearchParams, data: ShanghaiData): Answer | null {
  switch (path) {
    case `${PATH}/stations`:
      return sizedPage(data.stations, query);
    case `${PATH}/hour`:
      return hours(data, query);
    case `${PATH}/water/sections`:
      return sizedPage(data.sections, query);
    case `${PATH}/water/results`:
      return results(data, query);
    case `${PATH}/enterprises`:
      return sizedPage(data.enterprises, query);
    case `${PATH}/penalties`:
      return penalties(data, query);
    case `${PATH}/alerts`:
      return sizedPage(data.alerts, query);
    default:
      return null;
  }
}

function makeLimiter(rate: number, now: () => number): () => boolean {
  let left = 2 * rate;
  let last = now();
  return () => {
    const at = now();
    left = Math.min(2 * rate, left + ((at - last) * rate) / 1000);
    last = at;
    if (left < 1) return false;
    left -= 1;
    return true;
  };
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

export function makeShanghaiServer({ token, data, rate, now }: ServiceOptions): Server {
  const expected = digest(`Bearer ${token}`);
  const mayPass = makeLimiter(rate, now);

  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const send = (status: number, body: Answer, headers: Readonly<Record<string, string>> = {}): void => {
      const text = JSON.stringify(body);
      const etag = `"${createHash("sha256").update(text).digest("base64url").slice(0, 22)}"`;
      const unchanged = status === 200 && request.headers["if-none-match"] === etag;
      response.writeHead(unchanged ? 304 : status, { "content-type": "application/json; charset=utf-8", etag, ...headers });
      response.end(unchanged ? undefined : text);
    };
    if (!mayPass()) return send(429, refuse(CODES.busy, "请求过于频繁"), { "retry-after": "1" });
    if (request.method !== "GET") return send(405, refuse(CODES.path, "只支持 GET"), { allow: "GET" });
    if (!timingSafeEqual(digest(request.headers.authorization ?? ""), expected)) return send(200, refuse(CODES.token, "令牌无效"));
    const url = URL.parse(request.url ?? "/", "http://service");
    const found = url && route(url.pathname, url.searchParams, data);
    return found ? send(200, found) : send(404, refuse(CODES.path, "接口不存在"));
  };
  return createServer(answer);
}
