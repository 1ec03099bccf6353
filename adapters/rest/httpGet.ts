/**
 * One GET of JSON, with everything a weak server may do to it: slow bodies, bodies without end, HTML in a 200, an error in a 200,
 * redirects, compression nobody asked for. Every failure is a `SourceFailure`; its cause names no header and no parameter's value.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { request, type Dispatcher } from "undici";
import { SourceFailure } from "../contract/adapter.ts";
import { meets } from "./bodyCondition.ts";
import { parseExactJson, type ExactJson } from "./exactJson.ts";
import type { RestConfig } from "./restConfig.ts";
import { tokenBucket } from "./tokenBucket.ts";

export type Fetched = { readonly kind: "body"; readonly body: ExactJson; readonly etag: string | null } | { readonly kind: "unchanged" };

const attemptsMax = 4;
/** A server may ask for a longer pause than this; the refresh then fails as BUSY and comes again at its next turn. */
const pauseMaxMs = 30_000;
const firstPauseMs = 250;

type Attempt = Fetched | { readonly kind: "again"; readonly pauseMs: number | null; readonly failure: SourceFailure };

/** `Retry-After` in seconds or as a date; null where it is neither. */
function retryAfterMs(header: string | string[] | undefined, nowMs: number): number | null {
  const text = Array.isArray(header) ? header[0] : header;
  if (text === undefined) return null;
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? null : Math.max(date - nowMs, 0);
}

async function readBody(body: Dispatcher.ResponseData["body"], bytesMax: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > bytesMax) {
      body.destroy();
      throw new SourceFailure("OVER_CAP", `the body is larger than ${bytesMax} bytes`);
    }
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

export function makeGet(config: RestConfig): (url: URL, etag: string | null, signal: AbortSignal) => Promise<Fetched> {
  const bucket = tokenBucket(config.rate);

  const attempt = async (url: URL, etag: string | null, signal: AbortSignal): Promise<Attempt> => {
    const { statusCode, headers, body } = await request(url, {
      method: "GET",
      headers: {
        accept: "application/json",
        "accept-encoding": "identity",
        ...config.headers,
        ...(etag === null ? {} : { "if-none-match": etag }),
      },
      signal,
      headersTimeout: config.timeoutMs,
      bodyTimeout: config.timeoutMs,
    });
    const refuse = async (failure: SourceFailure): Promise<never> => {
      body.destroy();
      throw failure;
    };
    const again = (failure: SourceFailure): Attempt => {
      body.destroy();
      return { kind: "again", pauseMs: retryAfterMs(headers["retry-after"], Date.now()), failure };
    };
    // A destroyed body emits an error that nobody else would hear.
    body.on("error", () => {});
    if (statusCode === 304 && etag !== null) {
      body.destroy();
      return { kind: "unchanged" };
    }
    if (statusCode === 429 || statusCode === 503) return again(new SourceFailure("BUSY", `HTTP ${statusCode}`));
    if (statusCode >= 500) return again(new SourceFailure("UNAVAILABLE", `HTTP ${statusCode}`));
    if (statusCode !== 200) return refuse(new SourceFailure("BAD_ANSWER", `HTTP ${statusCode}`));
    const encoding = headers["content-encoding"];
    if (encoding !== undefined && encoding !== "identity") return refuse(new SourceFailure("BAD_ANSWER", "the body is compressed, which was not asked for"));
    const parsed = parseBody(await readBody(body, config.bodyBytesMax));
    if (config.busy && meets(parsed, config.busy)) return again(new SourceFailure("BUSY", "the body says that the source is busy"));
    if (config.ok && !meets(parsed, config.ok)) throw new SourceFailure("BAD_ANSWER", "the body does not meet `ok`: an error inside a 200");
    const tag = headers["etag"];
    return { kind: "body", body: parsed, etag: typeof tag === "string" ? tag : null };
  };

  return async (url, etag, signal) => {
    for (let round = 1; ; round += 1) {
      const deadline = AbortSignal.timeout(config.timeoutMs);
      let result: Attempt;
      try {
        await bucket.take(signal);
        result = await attempt(url, etag, AbortSignal.any([signal, deadline]));
      } catch (cause) {
        if (cause instanceof SourceFailure) throw cause;
        if (signal.aborted) throw new SourceFailure("ABORTED", signal.reason);
        if (deadline.aborted) throw new SourceFailure("TIMEOUT", "the deadline of one request passed");
        const code = (cause as { code?: unknown }).code;
        const isTimeout = code === "UND_ERR_HEADERS_TIMEOUT" || code === "UND_ERR_BODY_TIMEOUT" || code === "UND_ERR_CONNECT_TIMEOUT";
        const failure = new SourceFailure(isTimeout ? "TIMEOUT" : "UNAVAILABLE", cause);
        // A connection that was kept alive may be dead by now; one more try tells that from a source that is down.
        if (isTimeout || round > 1) throw failure;
        result = { kind: "again", pauseMs: null, failure };
      }
      if (result.kind !== "again") return result;
      const pauseMs = result.pauseMs ?? firstPauseMs * 2 ** (round - 1);
      if (round >= attemptsMax || pauseMs > pauseMaxMs) throw result.failure;
      await sleep(pauseMs, undefined, { signal }).catch(() => {
        throw new SourceFailure("ABORTED", signal.reason);
      });
    }
  };
}
