/** All pages of one table, or of one window of it, as one consistent list; what does not fit together is a BAD_ANSWER. */
import { atPath, cellText, isArray, type ExactJson } from "../http/exactJson.ts";
import { badAnswer, followPages, linkOfHeader, linkOfSameServer, type FetchedPage } from "../http/followPages.ts";
import type { Get, Validators } from "../http/httpGet.ts";
import type { Paging } from "./pagingConfig.ts";
import type { TableAddress } from "./restConfig.ts";

/** One page as it was, to ask whether it still is. */
export interface PageTag extends Validators {
  /** Path and query. */
  readonly path: string;
}

export interface Page {
  readonly elements: readonly ExactJson[];
  /** Null where the server sends nothing to ask by. */
  readonly tag: PageTag | null;
  readonly bytes: number;
}

export type Parameters = readonly (readonly [name: string, value: string])[];

function elementsOf(body: ExactJson, path: string): readonly ExactJson[] {
  const list = path === "" ? body : atPath(body, path);
  return isArray(list) ? list : badAnswer(`\`rows: ${path}\` is no list in the body`);
}

export function firstUrl(base: string, { get, page }: TableAddress, parameters: Parameters): URL {
  const url = new URL(base + get);
  for (const [name, value] of parameters) url.searchParams.append(name, value);
  if (page.kind === "number" || page.kind === "offset") {
    url.searchParams.set(page.parameter, String(page.from));
    if (page.size !== null) url.searchParams.set(page.size, String(page.max));
  }
  return url;
}

interface SoFar {
  pages: number;
  elements: number;
  lastCount: number;
  total: number | null;
}

/** Where the next page is, or null at the end. */
function nextUrl(url: URL, { body, link: header }: FetchedPage, page: Paging, soFar: SoFar): URL | null {
  const withParameter = (name: string, value: string): URL => {
    const next = new URL(url);
    next.searchParams.set(name, value);
    return next;
  };
  switch (page.kind) {
    case "none":
      return null;
    case "number":
    case "offset": {
      const isLast = soFar.total === null ? soFar.lastCount < page.max : soFar.elements >= soFar.total;
      if (isLast) return null;
      if (soFar.lastCount === 0) return badAnswer("a page is empty before `total` was reached");
      return withParameter(page.parameter, String(page.from + (page.kind === "number" ? soFar.pages : soFar.elements)));
    }
    case "cursor": {
      const cursor = cellText(atPath(body, page.next));
      // A feed's last page may name the cursor that it was asked for.
      if (cursor === null || cursor === "" || soFar.lastCount === 0 || cursor === url.searchParams.get(page.cursor)) return null;
      return withParameter(page.cursor, cursor);
    }
    case "link": {
      const link = cellText(atPath(body, page.link));
      return link === null || link === "" ? null : linkOfSameServer(link, url);
    }
    case "header": {
      const link = linkOfHeader(header, page.relation);
      return link === null ? null : linkOfSameServer(link, url);
    }
  }
}

/** Total of a numbered listing; it must not change while it is read. */
function readTotal(body: ExactJson, page: Paging, before: number | null): number | null {
  if ((page.kind !== "number" && page.kind !== "offset") || page.total === null) return null;
  const text = cellText(atPath(body, page.total));
  if (text === null || !/^\d{1,12}$/.test(text)) return badAnswer(`\`total: ${page.total}\` is no number in the body`);
  const total = Number(text);
  return before !== null && before !== total ? badAnswer("`total` changed between two pages") : total;
}

/** Reads page after page; the caller must not use the rows of any unless all came. */
export async function* readPages(get: Get, base: string, table: TableAddress, parameters: Parameters, signal: AbortSignal): AsyncGenerator<Page> {
  const soFar: SoFar = { pages: 0, elements: 0, lastCount: 0, total: null };
  for await (const page of followPages(get, firstUrl(base, table, parameters), (fetched, url) => nextUrl(url, fetched, table.page, soFar), signal)) {
    const elements = elementsOf(page.body, table.rows);
    soFar.total = readTotal(page.body, table.page, soFar.total);
    soFar.pages += 1;
    soFar.elements += elements.length;
    soFar.lastCount = elements.length;
    yield { elements, tag: page.validators === null ? null : { path: page.path, ...page.validators }, bytes: page.bytes };
  }
  if (soFar.total !== null && soFar.elements !== soFar.total) badAnswer(`the pages hold ${soFar.elements} rows and \`total\` says ${soFar.total}`);
}

/** TRUE where the server answers 304 to every page as it was. */
export async function areUnchanged(get: Get, base: string, tags: readonly PageTag[], signal: AbortSignal): Promise<boolean> {
  for (const { path, ...validators } of tags) {
    const fetched = await get(new URL(path, base), validators, signal);
    if (fetched.kind !== "unchanged") return false;
  }
  return true;
}
