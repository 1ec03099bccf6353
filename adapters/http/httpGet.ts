/**
 * One GET of JSON, with everything a weak server may do to it: slow bodies, bodies without end, HTML in a 200, an error in a 200,
 * redirects, compression nobody asked for, limits on how often it may be asked. Every failure is a `SourceFailure`; its cause names
 * no header, no parameter's value and nothing of the body.
 */
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { SourceFailure } from "../contract/adapter.ts";
import { parseExactJson, type ExactJson } from "./exactJson.ts";
import { exhaustedMs, retryAfterMs } from "./rateHeaders.ts";
import { sendGet } from "./sendGet.ts";
import { tokenBucket } from "./tokenBucket.ts";

/** What tells one version of a page from the next. Plain JSON, kept with a mirror. */
export interface Validators {
  readonly etag: string | null;
  readonly lastModified: string | null;
}

export type Fetched =
  | {
      readonly kind: "body";
      readonly body: ExactJson;
      /** Null: the server sent none that can be relied on. */
      readonly validators: Validators | null;
      /** The `Link` header. */
      readonly link: string | null;
      readonly bytes: number;
    }
  | { readonly kind: "unchanged" };

export type Get = (url: URL, known: Validators | null, signal: AbortSignal) => Promise<Fetched>;

/** `busy`: ask again later; `refused`: an error inside a 200. */
export type Verdict = "ok" | "busy" | "refused";

export interface HttpOptions {
  readonly headers: Readonly<Record<string, string>>;
  /** Requests, in so many milliseconds. */
  readonly rate: { readonly count: number; readonly perMs: number };
  /** Of one request, body included. */
  readonly timeoutMs: number;
  readonly bodyBytesMax: number;
  /** A server may ask for a longer pause than this; the question then fails as BUSY. */
  readonly pauseMaxMs: number;
  /** A media type that stands for JSON although it does not say so, such as `text/plain`. */
  readonly mediaType: string | null;
  judge(body: ExactJson): Verdict;
}

const attemptsMax = 4;
const firstPauseMs = 250;
/** Rows may change twice within the second that `Last-Modified` names; after a minute its second is over (RFC 9110 §8.8.2.2). */
const strongAfterMs = 60_000;
/** A server that says "not before next year" is asked again all the same. */
const holdMaxMs = 600_000;

type Attempt = Fetched | { readonly kind: "again"; readonly pauseMs: number | null; readonly failure: SourceFailure };

const text = (headers: IncomingHttpHeaders, name: string): string | null => {
  const value = headers[name];
  return typeof value === "string" ? value : null;
};

async function readBody(body: IncomingMessage, declared: string | null, bytesMax: number): Promise<Buffer> {
  const overCap = (): never => {
    body.destroy();
    throw new SourceFailure("OVER_CAP", `the body is larger than ${bytesMax} bytes`);
  };
  if (Number(declared ?? 0) > bytesMax) overCap();
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > bytesMax) overCap();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parseBody(bytes: Buffer): ExactJson {
  try {
    return parseExactJson(new TextDecoder().decode(bytes));
  } catch {
    // The parser's own text would quote the body.
    throw new SourceFailure("BAD_ANSWER", "the body is no JSON");
  }
}

/** `application/json`, `text/json`, `application/geo+json` …; a server that names no type is taken at its body's word. */
const isJson = (contentType: string | null, also: string | null): boolean => {
  if (contentType === null) return true;
  const type = contentType.split(";")[0]?.trim().toLowerCase() ?? "";
  return /^[^/]+\/(?:[^/]+\+)?json$/.test(type) || type === also;
};

function validatorsOf(headers: IncomingHttpHeaders, nowMs: number): Validators | null {
  const etag = text(headers, "etag");
  const lastModified = text(headers, "last-modified");
  const sentMs = Date.parse(text(headers, "date") ?? "") || nowMs;
  const isStrong = lastModified !== null && sentMs - Date.parse(lastModified) >= strongAfterMs;
  if (etag === null && !isStrong) return null;
  return { etag, lastModified: isStrong ? lastModified : null };
}

/** An entity tag says more than a date; with both, a server looks at the tag alone. */
const conditions = (known: Validators | null): Readonly<Record<string, string>> => ({
  ...(known?.etag ? { "if-none-match": known.etag } : {}),
  ...(known?.lastModified ? { "if-modified-since": known.lastModified } : {}),
});

export function makeGet(options: HttpOptions): Get {
  const bucket = tokenBucket(options.rate);

  const attempt = async (url: URL, known: Validators | null, signal: AbortSignal): Promise<Attempt> => {
    const body = await sendGet(url, { accept: "application/json", "accept-encoding": "identity", ...options.headers, ...conditions(known) }, signal);
    const { statusCode = 0, headers } = body;
    const nowMs = Date.now();
    const restMs = exhaustedMs(headers, nowMs);
    if (restMs !== null) bucket.hold(Math.min(restMs, holdMaxMs));
    const refuse = (failure: SourceFailure): never => {
      body.destroy();
      throw failure;
    };
    const again = (failure: SourceFailure): Attempt => {
      body.destroy();
      return { kind: "again", pauseMs: retryAfterMs(headers, nowMs) ?? restMs, failure };
    };
    // A destroyed body emits an error that nobody else would hear.
    body.on("error", () => {});
    if (statusCode === 304 && known !== null) {
      body.destroy();
      return { kind: "unchanged" };
    }
    if (statusCode === 429 || statusCode === 503) return again(new SourceFailure("BUSY", `HTTP ${statusCode}`));
    if (statusCode >= 500) return again(new SourceFailure("UNAVAILABLE", `HTTP ${statusCode}`));
    if (statusCode !== 200) return refuse(new SourceFailure("BAD_ANSWER", `HTTP ${statusCode}`));
    const encoding = text(headers, "content-encoding");
    if (encoding !== null && encoding !== "identity") return refuse(new SourceFailure("BAD_ANSWER", "the body is compressed, which was not asked for"));
    if (!isJson(text(headers, "content-type"), options.mediaType)) return refuse(new SourceFailure("BAD_ANSWER", "the content type is not JSON"));
    const bytes = await readBody(body, text(headers, "content-length"), options.bodyBytesMax);
    const parsed = parseBody(bytes);
    switch (options.judge(parsed)) {
      case "busy":
        return again(new SourceFailure("BUSY", "the body says that the source is busy"));
      case "refused":
        throw new SourceFailure("BAD_ANSWER", "the body does not meet `ok`: an error inside a 200");
      case "ok":
        return { kind: "body", body: parsed, validators: validatorsOf(headers, nowMs), link: text(headers, "link"), bytes: bytes.length };
    }
  };

  const turn = async (signal: AbortSignal): Promise<void> => {
    if (bucket.waitMs() > options.pauseMaxMs) throw new SourceFailure("BUSY", "the source's own limit is spent for longer than the hub waits");
    await bucket.take(signal);
  };

  return async (url, known, signal) => {
    for (let round = 1; ; round += 1) {
      let result: Attempt;
      let deadline: AbortSignal | null = null;
      try {
        await turn(signal);
        deadline = AbortSignal.timeout(options.timeoutMs);
        result = await attempt(url, known, AbortSignal.any([signal, deadline]));
      } catch (cause) {
        if (signal.aborted) throw new SourceFailure("ABORTED", signal.reason);
        if (cause instanceof SourceFailure) throw cause;
        if (deadline?.aborted === true) throw new SourceFailure("TIMEOUT", "the deadline of one request passed");
        const failure = new SourceFailure("UNAVAILABLE", cause);
        // A connection that was kept alive may be dead by now; one more try tells that from a source that is down.
        if (round > 1) throw failure;
        result = { kind: "again", pauseMs: null, failure };
      }
      if (result.kind !== "again") return result;
      const pauseMs = result.pauseMs ?? firstPauseMs * 2 ** (round - 1);
      if (round >= attemptsMax || pauseMs > options.pauseMaxMs) throw result.failure;
      await sleep(pauseMs, undefined, { signal }).catch(() => {
        throw new SourceFailure("ABORTED", signal.reason);
      });
    }
  };
}
