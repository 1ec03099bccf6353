/** All pages of one table, or of one window of it, as one consistent list; what does not fit together is a BAD_ANSWER. */
import { SourceFailure } from "../contract/adapter.ts";
import { atPath, cellText, isArray, type ExactJson } from "./exactJson.ts";
import type { Fetched } from "./httpGet.ts";
import type { Paging, RestTable } from "./restConfig.ts";

export interface PageTag {
  /** Path and query, without the origin: a demonstration server's port changes. */
  readonly path: string;
  readonly etag: string;
}

export interface Page {
  readonly elements: readonly ExactJson[];
  /** Null where the server sends none: the page can then not be asked for conditionally. */
  readonly tag: PageTag | null;
}

export type Get = (url: URL, etag: string | null, signal: AbortSignal) => Promise<Fetched>;

/** More is a feed that never ends. */
const pagesMax = 100_000;

const bad = (what: string): never => {
  throw new SourceFailure("BAD_ANSWER", what);
};

function elementsOf(body: ExactJson, path: string): readonly ExactJson[] {
  const list = path === "" ? body : atPath(body, path);
  return isArray(list) ? list : bad(`\`rows: ${path}\` is no list in the body`);
}

export function firstUrl(base: string, table: RestTable, parameters: Readonly<Record<string, string>>): URL {
  const url = new URL(base + table.get);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  if (table.page.kind === "number") {
    url.searchParams.set(table.page.number, String(table.page.from));
    if (table.page.size !== null) url.searchParams.set(table.page.size, String(table.page.max));
  }
  return url;
}

/** Where the next page is, or null at the end. */
function nextUrl(url: URL, body: ExactJson, page: Paging, soFar: { pages: number; elements: number; lastCount: number; total: number | null }): URL | null {
  switch (page.kind) {
    case "none":
      return null;
    case "number": {
      const isLast = soFar.total === null ? soFar.lastCount < page.max : soFar.elements >= soFar.total;
      if (isLast) return null;
      if (soFar.lastCount === 0) return bad("a page is empty before `total` was reached");
      const next = new URL(url);
      next.searchParams.set(page.number, String(page.from + soFar.pages));
      return next;
    }
    case "cursor": {
      const cursor = cellText(atPath(body, page.next));
      // A feed's last page may name the cursor that it was asked for.
      if (cursor === null || cursor === "" || soFar.lastCount === 0 || cursor === url.searchParams.get(page.cursor)) return null;
      const next = new URL(url);
      next.searchParams.set(page.cursor, cursor);
      return next;
    }
    case "link": {
      const link = cellText(atPath(body, page.link));
      if (link === null || link === "") return null;
      const next = URL.canParse(link, url.href) ? new URL(link, url) : bad("the link to the next page is no address");
      // The request carries the source's secrets; only the source itself may get them.
      return next.origin === url.origin ? next : bad("the link to the next page leads to another server");
    }
  }
}

/** Total of a numbered listing; it must not change while it is read. */
function readTotal(body: ExactJson, page: Paging, before: number | null): number | null {
  if (page.kind !== "number" || page.total === null) return null;
  const text = cellText(atPath(body, page.total));
  if (text === null || !/^\d{1,12}$/.test(text)) return bad(`\`total: ${page.total}\` is no number in the body`);
  const total = Number(text);
  return before !== null && before !== total ? bad("`total` changed between two pages") : total;
}

/** Reads page after page; the caller must not use the rows of any unless all came. */
export async function* readPages(get: Get, base: string, table: RestTable, parameters: Readonly<Record<string, string>>, signal: AbortSignal): AsyncGenerator<Page> {
  const seen = new Set<string>();
  let url: URL | null = firstUrl(base, table, parameters);
  let [pages, elements] = [0, 0];
  let total: number | null = null;
  while (url) {
    if (seen.has(url.href) || pages >= pagesMax) bad("the pages lead in a circle or have no end");
    seen.add(url.href);
    const fetched = await get(url, null, signal);
    if (fetched.kind === "unchanged") return bad("304 to a request that was not conditional");
    const list = elementsOf(fetched.body, table.rows);
    total = readTotal(fetched.body, table.page, total);
    pages += 1;
    elements += list.length;
    yield { elements: list, tag: fetched.etag === null ? null : { path: url.pathname + url.search, etag: fetched.etag } };
    url = nextUrl(url, fetched.body, table.page, { pages, elements, lastCount: list.length, total });
  }
  if (total !== null && elements !== total) bad(`the pages hold ${elements} rows and \`total\` says ${total}`);
}

/** TRUE where the server answers 304 to every page as it was. */
export async function areUnchanged(get: Get, base: string, tags: readonly PageTag[], signal: AbortSignal): Promise<boolean> {
  for (const { path, etag } of tags) {
    const fetched = await get(new URL(path, base), etag, signal);
    if (fetched.kind !== "unchanged") return false;
  }
  return true;
}
