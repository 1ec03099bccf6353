/** Page after page of one listing, each from the one before; a listing that leads in a circle, or to another server, is a BAD_ANSWER. */
import { SourceFailure } from "../contract/adapter.ts";
import type { Fetched, Get, Validators } from "./httpGet.ts";

export type FetchedPage = Extract<Fetched, { kind: "body" }>;

export interface FollowedPage extends FetchedPage {
  /** Path and query, without the origin: a demonstration server's port changes. */
  readonly path: string;
  readonly validators: Validators | null;
}

/** More is a feed that never ends. */
const pagesMax = 100_000;

export const badAnswer = (what: string): never => {
  throw new SourceFailure("BAD_ANSWER", what);
};

/** A link that the server gave, made absolute. The request carries the source's secrets; only the source itself may get them. */
export function linkOfSameServer(link: string, url: URL): URL {
  const next = URL.canParse(link, url.href) ? new URL(link, url) : badAnswer("the link to the next page is no address");
  return next.origin === url.origin ? next : badAnswer("the link to the next page leads to another server");
}

/** The target of a relation in a `Link` header (RFC 8288), or null. */
export function linkOfHeader(header: string | null, relation: string): string | null {
  for (const [, target = "", parameters = ""] of (header ?? "").matchAll(/<([^<>]*)>((?:\s*;\s*[^;,="]+(?:=(?:"[^"]*"|[^;,"]*))?)*)/g)) {
    const rel = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,"]*))/i.exec(parameters);
    if ((rel?.[1] ?? rel?.[2] ?? "").toLowerCase().split(/\s+/).includes(relation.toLowerCase())) return target;
  }
  return null;
}

/**
 * `nextOf` is asked after the page was used. Whoever reads must not use the rows of any page unless all came.
 */
export async function* followPages(get: Get, first: URL, nextOf: (page: FetchedPage, url: URL) => URL | null, signal: AbortSignal): AsyncGenerator<FollowedPage> {
  const seen = new Set<string>();
  let url: URL | null = first;
  while (url) {
    if (seen.has(url.href) || seen.size >= pagesMax) badAnswer("the pages lead in a circle or have no end");
    seen.add(url.href);
    const fetched = await get(url, null, signal);
    if (fetched.kind === "unchanged") return badAnswer("304 to a request that was not conditional");
    yield { ...fetched, path: url.pathname + url.search };
    url = nextOf(fetched, url);
  }
}
