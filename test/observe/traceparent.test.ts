/** What a caller's trace context does: nothing, unless the operator trusts it; and it never decides whether the hub traces. */
import { afterEach, describe, expect, it, test } from "vitest";
import { parseTraceparent } from "../../src/observe/traceparent.ts";
import type { CallerTraces } from "../../src/observe/traceparent.ts";
import { openTold, type Told } from "./observed.ts";

const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
const spanId = "00f067aa0ba902b7";
const header = `00-${traceId}-${spanId}-01`;

let told: Told;
afterEach(() => told.close());

/** The root span of one request. */
async function requested(callers: CallerTraces, sent: readonly string[] | undefined): Promise<{ traceId: string; parentSpanId?: string; links: readonly { traceId: string }[] }> {
  told = await openTold({ callers });
  const request = told.observer.request("graphql", "one", sent);
  request?.ended({ agency: "owner", purpose: null, status: 200, code: null });
  await told.flush();
  const [span] = told.collector.spans();
  if (span === undefined) throw new Error("no span came");
  return span;
}

describe("A caller's traceparent", () => {
  it("is neither read nor sent on by default", async () => {
    const span = await requested("ignore", [header]);
    expect(span.traceId).not.toBe(traceId);
    expect(told.collector.raw.join("\n")).not.toMatch(new RegExp(`${traceId}|${spanId}`));
  });

  it("is named by a link where the operator says so", async () => {
    const span = await requested("link", [header]);
    expect(span).toMatchObject({ links: [{ traceId }] });
    expect(span.traceId).not.toBe(traceId);
  });

  it("is gone on with where the operator says so", async () => {
    expect(await requested("parent", [header])).toMatchObject({ traceId, parentSpanId: spanId });
  });

  test.each<[string, readonly string[] | undefined]>([
    ["missing", undefined],
    ["sent twice", [header, header]],
    ["of another version", [`01-${traceId}-${spanId}-01`]],
    ["of zeros", [`00-${"0".repeat(32)}-${spanId}-01`]],
    ["of a span of zeros", [`00-${traceId}-${"0".repeat(16)}-01`]],
    ["in capitals", [header.toUpperCase()]],
    ["longer", [`${header}-x`]],
    ["a statement", ["' OR 1=1 --"]],
  ])("is no context when %s", async (_what, sent) => {
    expect(parseTraceparent(sent)).toBeNull();
    const span = await requested("parent", sent);
    expect(span.parentSpanId).toBeUndefined();
    expect(span.links).toEqual([]);
  });

  it("cannot make the hub trace, whatever its flag and its id say", async () => {
    for (const callers of ["ignore", "link", "parent"] as const) {
      told = await openTold({ callers, share: 0.5, random: () => 0.5 });
      // Under a sampler by trace id this one is always taken.
      expect(told.tracing.request("graphql", [`00-${"0".repeat(31)}1-${spanId}-01`])).toBeNull();
      if (callers !== "parent") await told.close();
    }
  });

  it("cannot keep the hub from tracing", async () => {
    expect(await requested("parent", [`00-${traceId}-${spanId}-00`])).toMatchObject({ traceId });
  });
});
