/**
 * How a listing goes on after its first page. What the body or the header `Link` says counts; parameters that nothing names are tried out,
 * and one counts only where the page that it brings begins with other rows.
 */
import type { ConfigValue } from "../contract/tableReader.ts";
import { atPath, cellText, type ExactJson, isArray, isObject } from "../http/exactJson.ts";
import { linkOfHeader, type FetchedPage } from "../http/followPages.ts";

type FoundPaging =
  | { readonly kind: "found"; readonly page: { readonly [word: string]: ConfigValue }; readonly evidence: string }
  /** The first page is all that there is. */
  | { readonly kind: "whole" }
  | { readonly kind: "unsure"; readonly reason: string };

const numbers = ["page", "pageNum", "pageNo", "pageIndex", "page_no", "page_num", "current", "currentPage", "curPage", "p", "page[number]"];
const offsets = ["offset", "start", "skip", "from", "startIndex", "$skip"];
const cursors = ["cursor", "after", "next", "page_token", "pageToken", "next_token", "continuation", "marker", "since"];
const sizes = ["size", "pageSize", "page_size", "limit", "per_page", "perPage", "rows", "count", "top"];

/** Parameters of a page, which are no part of a listing's own address. */
export const pagingWords: readonly string[] = [...numbers.slice(0, -1), "offset", "cursor"];

interface Scalar {
  readonly path: string;
  readonly key: string;
  readonly value: ExactJson;
}

/** Everything in a body that is neither within its rows nor a list. */
function scalarsIn(body: ExactJson, rows: string): readonly Scalar[] {
  const found: Scalar[] = [];
  const visit = (value: ExactJson, path: string, depth: number): void => {
    if (!isObject(value) || depth > 4) return;
    for (const [key, inner] of Object.entries(value)) {
      const at = path === "" ? key : `${path}.${key}`;
      if (key.includes(".") || at === rows) continue;
      if (isObject(inner)) visit(inner, at, depth + 1);
      else if (!isArray(inner)) found.push({ path: at, key, value: inner });
    }
  };
  visit(body, "", 0);
  return found;
}

const same = (a: readonly ExactJson[], b: readonly ExactJson[]): boolean => JSON.stringify(a[0]) === JSON.stringify(b[0]);

interface PagingInput {
  readonly first: URL;
  readonly page: FetchedPage;
  /** Path of the list in the body; empty: the body is it. */
  readonly rows: string;
  readonly elements: readonly ExactJson[];
  readonly fetch: (url: URL) => Promise<FetchedPage>;
}

export async function findPaging({ first, page, rows, elements, fetch }: PagingInput): Promise<FoundPaging> {
  const scalars = scalarsIn(page.body, rows);
  const numberAt = (pattern: RegExp): (Scalar & { readonly number: number }) | undefined =>
    scalars.flatMap((each) => (pattern.test(each.key) && /^\d{1,12}$/.test(cellText(each.value) ?? "") ? [{ ...each, number: Number(cellText(each.value)) }] : []))[0];

  if (linkOfHeader(page.link, "next") !== null) return { kind: "found", page: { linkHeader: "next" }, evidence: "the header Link names the next page" };
  const link = scalars.find(({ path, value }) => /(?:^|[._])(?:next|nextlink|next_link|nexturl|next_url|next_page_url|nextpageurl)(?:\.(?:href|url))?$/i.test(path) && (value === null || /^(?:https?:\/\/|\/|\?)/.test(cellText(value) ?? "")));
  if (link !== undefined && link.value !== null) return { kind: "found", page: { link: link.path }, evidence: `${link.path} is the address of the next page` };

  /** Rows of the listing with other parameters; null: it does not answer, or with no list. */
  const rowsWith = async (parameters: Readonly<Record<string, string>>): Promise<readonly ExactJson[] | null> => {
    const url = new URL(first);
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    try {
      const { body } = await fetch(url);
      const list = rows === "" ? body : atPath(body, rows);
      return isArray(list ?? null) ? (list as readonly ExactJson[]) : null;
    } catch {
      // A parameter that a server does not know may be an error to it.
      return null;
    }
  };
  const isOther = (list: readonly ExactJson[] | null): list is readonly ExactJson[] => list !== null && list.length > 0 && !same(list, elements);

  const cursor = scalars.find(({ key, value }) => /^(?:next|next_?cursor|cursor|next_?page_?token|next_?token|continuation(?:_?token)?|end_?cursor|marker)$/i.test(key) && value !== null && cellText(value) !== "" && !/^(?:https?:|\/)/.test(cellText(value) ?? ""));
  if (cursor !== undefined) {
    const text = cellText(cursor.value) ?? "";
    for (const name of new Set([cursor.key.replace(/^next_?/i, "").replace(/^./, (letter) => letter.toLowerCase()), cursor.key, ...cursors].filter((each) => each !== ""))) {
      if (isOther(await rowsWith({ [name]: text }))) return { kind: "found", page: { cursor: name, next: cursor.path }, evidence: `${cursor.path} is a cursor, and ${name} takes it: another page came` };
    }
  }

  const total = numberAt(/^(?:total|totalCount|total_count|totalElements|totalRecords|total_records|totalNum|recordsTotal|count|totalResults|numberMatched|found)$/i);
  const pages = numberAt(/^(?:pages|totalPages?|total_pages|pageCount|page_count|last_page)$/i);
  const isTotal = total !== undefined && total.number >= elements.length && !(total.number === elements.length && (pages?.number ?? 1) > 1);
  if ((isTotal && total.number === elements.length) || (pages?.number === 1 && !isTotal)) return { kind: "whole" };
  const hasMore = isTotal || (pages !== undefined && pages.number > 1);
  // Without a word of its own, only a full page of a usual size makes one think that there is more.
  if (!hasMore && (elements.length < 10 || !(elements.length % 10 === 0 || /^(?:64|128|256|512|1024)$/.test(String(elements.length))))) return { kind: "whole" };

  const said = (names: readonly string[]): readonly string[] => {
    const keys = scalars.map(({ key }) => key);
    return [...names].sort((a, b) => Number(keys.includes(b)) - Number(keys.includes(a)));
  };
  const counts: Readonly<Record<string, string>> = { max: String(elements.length), ...(isTotal ? { total: total.path } : {}) };
  const size = sizes.find((name) => scalars.some(({ key, value }) => key === name && cellText(value) === String(elements.length)));
  const sized: Readonly<Record<string, string>> = size === undefined ? {} : { size };
  for (const name of said(numbers)) {
    const second = await rowsWith({ [name]: "2" });
    if (!isOther(second)) continue;
    const [one, zero] = [await rowsWith({ [name]: "1" }), await rowsWith({ [name]: "0" })];
    const from = one !== null && same(one, elements) ? "1" : zero !== null && same(zero, elements) ? "0" : null;
    if (from === null) continue;
    // A parameter that counts rows would begin its second page with the first one's third row.
    if (elements[2] !== undefined && JSON.stringify(second[0]) === JSON.stringify(elements[2])) continue;
    const isSized = size !== undefined && (await rowsWith({ [name]: from, [size]: String(elements.length) }))?.length === elements.length;
    return { kind: "found", page: { number: name, from, ...(isSized ? sized : {}), ...counts }, evidence: `${name}=2 brings another page${isTotal ? `, and ${total.path} says ${total.number}` : ""}` };
  }
  for (const name of said(offsets)) {
    if (!isOther(await rowsWith({ [name]: String(elements.length) }))) continue;
    if (elements[1] !== undefined) {
      const shifted = await rowsWith({ [name]: "1" });
      if (shifted === null || JSON.stringify(shifted[0]) !== JSON.stringify(elements[1])) continue;
    }
    return { kind: "found", page: { offset: name, from: "0", ...counts }, evidence: `${name}=${elements.length} brings the next rows${isTotal ? `, and ${total.path} says ${total.number}` : ""}` };
  }
  const reason = hasMore ? `${isTotal ? `${total.path} says ${total.number}` : `${pages?.path} says ${pages?.number} pages`}, the first page has ${elements.length} rows, and no usual parameter brings the next` : `the list has ${elements.length} rows, which looks like a full page, and no usual parameter brings another`;
  return { kind: "unsure", reason: `${reason}: say \`page\` (docs/mapping.md), or take this away if that is all. 未能判断分页方式` };
}
