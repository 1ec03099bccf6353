/**
 * What an answer's headers say about when to ask again: `Retry-After` (RFC 9110 §10.2.3), `RateLimit` (IETF draft
 * "RateLimit header fields for HTTP", in its structured form and in the older ones) and `X-RateLimit-*`.
 */
type Headers = Readonly<Record<string, string | string[] | undefined>>;

const one = (headers: Headers, name: string): string | null => {
  const value = headers[name];
  return Array.isArray(value) ? (value[0] ?? null) : (value ?? null);
};

/** `Retry-After` in seconds or as a date; null where it is neither. */
export function retryAfterMs(headers: Headers, nowMs: number): number | null {
  const text = one(headers, "retry-after");
  if (text === null) return null;
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? null : Math.max(date - nowMs, 0);
}

/** Beyond this a "reset" is a time of day (seconds since 1970), not a span. */
const epochFromS = 1_000_000_000;

const spanMs = (seconds: number, nowMs: number): number => Math.max(seconds >= epochFromS ? seconds * 1000 - nowMs : seconds * 1000, 0);

const numberIn = (text: string, pattern: RegExp): number | null => {
  const found = pattern.exec(text)?.[1];
  return found === undefined ? null : Number(found);
};

/** Milliseconds for which nothing more may be asked; null where the headers leave something, or say nothing that can be read. */
export function exhaustedMs(headers: Headers, nowMs: number): number | null {
  const combined = one(headers, "ratelimit");
  const readings: readonly (readonly [remaining: number | null, reset: number | null])[] = [
    // Of several policies in one field the first that is spent counts.
    ...(combined === null
      ? []
      : [
          ...combined.split(",").map((policy) => [numberIn(policy, /;\s*r=(\d{1,9})\b/), numberIn(policy, /;\s*t=(\d{1,10})\b/)] as const),
          [numberIn(combined, /\bremaining=(\d{1,9})\b/), numberIn(combined, /\breset=(\d{1,10})\b/)] as const,
        ]),
    ...["ratelimit", "x-ratelimit"].map((prefix) => [numberIn(one(headers, `${prefix}-remaining`) ?? "", /^\s*(\d{1,9})\b/), numberIn(one(headers, `${prefix}-reset`) ?? "", /^\s*(\d{1,10})\b/)] as const),
  ];
  const spent = readings.find(([remaining, reset]) => remaining === 0 && reset !== null);
  return spent === undefined ? null : spanMs(spent[1] ?? 0, nowMs);
}
