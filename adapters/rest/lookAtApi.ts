/**
 * What tables the listings of a JSON API hold: where the rows are in the body, which nested list makes rows of its own, how the next page
 * is asked for (tried out, not only guessed), and what a good answer says of itself. Rows come from the kind's own reader.
 */
import { type Look, type LookableKind, type LookedTable, type LookInput, LookProblem, freeName, readSample, wordOf } from "../contract/look.ts";
import type { ConfigValue } from "../contract/tableReader.ts";
import { atPath, cellText, type ExactJson, isArray, isObject } from "../http/exactJson.ts";
import { makeGet } from "../http/httpGet.ts";
import { parseHttpConfig } from "../http/httpConfig.ts";
import { findPaging, pagingWords } from "./findPaging.ts";
import { parseRestConfig } from "./restConfig.ts";
import { openReader } from "./restReader.ts";

const sample = { rowsMax: 5_000, partRowsMax: 5_000 };
const depthMax = 4;

export const restLook: LookableKind = { kind: "rest", from: "address", rowid: true, look: lookAtApi };

type Words = { readonly [word: string]: ConfigValue };

async function lookAtApi({ url, paths, headers, signal, log }: LookInput): Promise<Look> {
  const address = URL.parse(url);
  if (address === null || !/^https?:$/.test(address.protocol)) throw new LookProblem("The address of an API begins with http:// or https://; name it: --url URL.", "接口地址须以 http:// 或 https:// 开头。");
  const base = paths.length === 0 ? address.origin : url.replace(/[?#].*$/, "").replace(/\/+$/, "");
  const gets = paths.length === 0 ? [address.pathname + address.search] : paths.map((path) => (path.startsWith("/") ? path : `/${path}`));
  const connection = { url: base, ...(Object.keys(headers).length === 0 ? {} : { headers }) };
  const http = parseHttpConfig(connection, 30_000);
  const get = makeGet({ ...http, pauseMaxMs: 30_000, judge: () => "ok" });
  const fetch = async (at: URL) => {
    const fetched = await get(at, null, signal);
    if (fetched.kind !== "body") throw new Error("304 to a request that was not conditional");
    return fetched;
  };
  const taken = new Set<string>();
  const undecided: (readonly [string, string])[] = [];
  const declared: { name: string; table: Words; note: string; comment: string | null }[] = [];
  const oks: (Words | null)[] = [];
  for (const path of gets) {
    const first = new URL(base + path);
    for (const word of pagingWords) first.searchParams.delete(word);
    const page = await fetch(first);
    const lists = listsIn(page.body);
    const [list] = lists;
    if (list === undefined) {
      const isByColumn = arraysIn(page.body) >= 2;
      throw new LookProblem(
        isByColumn
          ? `${path} answers with a list per column, and rows are needed: put a converter in front that makes rows, or drop files of rows (--kind drop).`
          : `${path} answers with no list of objects. Name the address of one listing, or several by --get /a,/b.`,
        isByColumn ? "该接口按列返回数组，须先转换为按行的记录，或改用文件投递。" : "该接口的应答中没有记录数组，请给出列表接口的地址。",
      );
    }
    for (const other of lists.slice(1)) log(`${path}: rows are taken from ${list.path === "" ? "the body" : list.path}; there is another list at ${other.path}. 另有数组 ${other.path} 未采用。`);
    oks.push(okOf(page.body));
    const paging = await findPaging({ first, page, rows: list.path, elements: list.elements, fetch });
    const stem = tableName(path, list.path, taken);
    if (paging.kind === "unsure") undecided.push([`tables.${stem}.page`, paging.reason]);
    const shared: Words = {
      get: first.pathname.slice(new URL(base).pathname.replace(/\/+$/, "").length) + first.search,
      ...(list.path === "" ? {} : { rows: list.path }),
      ...(paging.kind === "found" ? { page: paging.page } : {}),
    };
    const note = paging.kind === "found" ? paging.evidence : paging.kind === "whole" ? "one page holds all" : `not sure: ${paging.reason}`;
    const each = nestedList(list.elements);
    if (each === null || each.hasOwn) declared.push({ name: stem, table: { ...shared, mirror: { every: "1h" } }, note, comment: null });
    if (each !== null) declared.push({ name: `${stem}_${each.path.replaceAll(".", "_")}`, table: { ...shared, each: each.path, mirror: { every: "1h" } }, note: `a row for each of ${each.path}`, comment: null });
  }
  const [ok] = oks;
  const said: Words = ok !== undefined && ok !== null && oks.every((each) => JSON.stringify(each) === JSON.stringify(ok)) ? { ok } : {};
  const reader = openReader(parseRestConfig({ connection: { ...connection, ...said }, tables: Object.fromEntries(declared.map(({ name, table }) => [name, table])), timeZone: "Asia/Shanghai", baseDir: "/" }));
  const tables: LookedTable[] = [];
  for (const { name, table, note, comment } of declared) {
    const read = await readSample(reader, name, sample, signal, log);
    tables.push({ name, declared: table, note, ...read, unique: [], foreign: [], comment });
  }
  return { address: base, connection: said, tables, timeZone: null, undecided };
}

interface List {
  readonly path: string;
  readonly elements: readonly ExactJson[];
}

const isRows = (value: ExactJson): value is readonly ExactJson[] => isArray(value) && value.length > 0 && value.every((element) => isObject(element));

/** Lists of objects in a body, the longest first; lists within their elements are no rows of the body. */
function listsIn(body: ExactJson): readonly List[] {
  const found: List[] = [];
  const visit = (value: ExactJson, path: string, depth: number): void => {
    if (isRows(value)) found.push({ path, elements: value });
    else if (isObject(value) && depth < depthMax) for (const [key, inner] of Object.entries(value)) if (!key.includes(".")) visit(inner, path === "" ? key : `${path}.${key}`, depth + 1);
  };
  visit(body, "", 0);
  return found.sort((a, b) => b.elements.length - a.elements.length);
}

/** Lists of plain values: a body that keeps a list per column has several. */
function arraysIn(body: ExactJson, depth = 0): number {
  if (isArray(body)) return body.length > 1 ? 1 : 0;
  if (!isObject(body) || depth >= depthMax) return 0;
  return Object.values(body).reduce<number>((sum, inner) => sum + arraysIn(inner, depth + 1), 0);
}

/** A list of objects that most elements have, and whether the element says something of its own beside it. */
function nestedList(elements: readonly ExactJson[]): { readonly path: string; readonly hasOwn: boolean } | null {
  const counts = new Map<string, number>();
  const visit = (value: ExactJson, path: string, depth: number): void => {
    if (!isObject(value) || depth >= depthMax) return;
    for (const [key, inner] of Object.entries(value)) {
      if (key.includes(".")) continue;
      const at = path === "" ? key : `${path}.${key}`;
      if (isRows(inner)) counts.set(at, (counts.get(at) ?? 0) + inner.length);
      else visit(inner, at, depth + 1);
    }
  };
  for (const element of elements) visit(element, "", 0);
  const having = (path: string): number => elements.filter((element) => isObject(element) && isArray(atPath(element, path) ?? null)).length;
  const [best] = [...counts].filter(([path, count]) => count >= elements.length && having(path) >= elements.length * 0.8).sort(([, a], [, b]) => b - a);
  if (best === undefined) return null;
  const [first] = elements;
  const own = isObject(first) ? Object.entries(first).filter(([key, value]) => key !== best[0].split(".")[0] && !isArray(value)) : [];
  return { path: best[0], hasOwn: own.length >= 2 };
}

/** What the outermost object says of a good answer: `code: 0`, `success: true`. */
function okOf(body: ExactJson): Words | null {
  if (!isObject(body)) return null;
  for (const key of ["success", "code", "errcode", "errorCode", "error_code", "retCode", "status", "result"]) {
    const text = cellText(Object.hasOwn(body, key) ? body[key] : undefined);
    if (text !== null && !isObject(body[key]) && !isArray(body[key] ?? null) && /^(?:0+|200|true|ok|success|succeeded)$/i.test(text)) return { [key]: { eq: text } };
  }
  return null;
}

/** A word for the table: the last step of its path that says something. */
function tableName(path: string, rows: string, taken: Set<string>): string {
  const steps = decodeURIComponent(path.replace(/\?.*$/, "")).split("/").map(wordOf).filter((step) => step !== "" && !/^(?:api|list|query|page|get|v\d+|open|rest|data|json|all)$/i.test(step));
  return freeName(steps.at(-1) ?? (wordOf(rows.split(".").at(-1) ?? "") || "rows"), taken);
}
