/** The trace context that a caller sends along (W3C Trace Context §3.2), and what the hub makes of it. */

/**
 * `ignore`: nothing of it is read or sent on. `link`: a span of the hub names it. `parent`: the hub's spans continue the caller's trace.
 * Whether a request is traced is for the hub to say in any case.
 */
export type CallerTraces = "ignore" | "link" | "parent";

export interface CallerTrace {
  readonly traceId: string;
  readonly spanId: string;
}

const form = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}$/;

/** Null for none, several, and one of another version or form. Its flags, and any `tracestate`, are not read. */
export function parseTraceparent(sent: readonly string[] | undefined): CallerTrace | null {
  const [text, ...more] = sent ?? [];
  const found = text === undefined || more.length > 0 ? null : form.exec(text);
  return found === null ? null : { traceId: found[1] as string, spanId: found[2] as string };
}
