import { describe, expect, test } from "vitest";
import { ConfigProblem, type ConfigValue } from "../../../adapters/contract/tableReader.ts";
import { addSpan, instantText, parseSpan, windowStart, type Span } from "../../../adapters/rest/calendar.ts";
import { restKind } from "../../../adapters/rest/restKind.ts";
import { tokenBucket } from "../../../adapters/http/tokenBucket.ts";

const table = (more: Readonly<Record<string, ConfigValue>>): ConfigValue => ({ t: { get: "/t", mirror: { every: "1h" }, ...more } });
const parse = (tables: ConfigValue, connection: Readonly<Record<string, ConfigValue>> = {}) =>
  restKind.parseConfig({ connection: { url: "http://127.0.0.1:1/api", ...connection }, tables, timeZone: "Asia/Shanghai", baseDir: "/" });

describe("A REST source's configuration", () => {
  test.each<[string, () => unknown, string[], RegExp]>([
    ["no url", () => parse(table({}), { url: "" }), ["connection", "url"], /one text/],
    ["another scheme", () => parse(table({}), { url: "file:///etc/passwd" }), ["connection", "url"], /http or https/],
    ["a password in the url", () => parse(table({}), { url: "http://a:b@host/" }), ["connection", "url"], /in a header/],
    ["a broken header", () => parse(table({}), { headers: { A: "x\r\nB: y" } }), ["connection", "headers", "A"], /no HTTP header/],
    ["a rate in words", () => parse(table({}), { rate: "fast" }), ["connection", "rate"], /10\/s/],
    ["an unknown operator in `ok`", () => parse(table({}), { ok: { code: { is: "0" } } }), ["connection", "ok", "code", "is"], /known: eq, ne, in/],
    ["a get that leads elsewhere", () => parse(table({ get: "//evil/" })), ["tables", "t", "get"], /one `\/`/],
    ["a table that is live among mirrored ones", () => parse({ t: { get: "/t", mirror: { every: "1h" }, live: { key: "a" } } }), ["tables", "t", "live"], /second file/],
    ["no mirror", () => parse({ t: { get: "/t" } }), ["tables", "t"], /needs `mirror/],
    ["pages of no size", () => parse(table({ page: { number: "page" } })), ["tables", "t", "page"], /needs `max`/],
    ["mixed paging", () => parse(table({ page: { cursor: "c", next: "n", total: "t" } })), ["tables", "t", "page", "total"], /known: cursor, next/],
    ["a window that is not pushed", () => parse(table({ mirror: { every: "1h", window: { time: "P1D" }, since: "P1Y" } })), ["tables", "t", "mirror", "window", "time"], /no column of `push`/],
    ["a window with overlapping bounds", () => parse(table({ push: { time: { gte: "a", lte: "b" } }, mirror: { every: "1h", window: { time: "P1D" }, since: "P1Y" } })), ["tables", "t", "mirror", "window", "time"], /`gte` and `lt`/],
    ["a window without `since`", () => parse(table({ push: { time: { eq: "d" } }, mirror: { every: "1h", window: { time: "P1D" } } })), ["tables", "t", "mirror"], /needs `since`/],
    ["too many windows", () => parse(table({ push: { time: { gte: "a", lt: "b" } }, mirror: { every: "1h", window: { time: "PT1M" }, since: "P1Y" } })), ["tables", "t", "mirror", "since"], /windows/],
    ["a required parameter that no window gives", () => parse(table({ require: ["month"] })), ["tables", "t", "require"], /mirror\.window/],
  ])("with %s is refused at its place", (_what, run, path, problem) => {
    expect(run).toThrow(ConfigProblem);
    try {
      run();
    } catch (error) {
      expect(error).toMatchObject({ path, message: expect.stringMatching(problem) });
    }
  });

  test("has an identity that holds no secret and does not depend on them", () => {
    const identity = parse(table({}), { headers: { Authorization: "Bearer canary" } }).identity;
    expect(identity).not.toContain("canary");
    expect(identity).toBe(parse(table({}), { headers: { Authorization: "Bearer other" } }).identity);
  });
});

describe("Windows", () => {
  test.each<[string, string, string, string]>([
    ["P1D", "Asia/Shanghai", "2024-03-10T00:00:00+08:00", "2024-03-11T00:00:00+08:00"],
    ["P1M", "Asia/Shanghai", "2024-03-01T00:00:00+08:00", "2024-04-01T00:00:00+08:00"],
    ["P1Y", "Asia/Shanghai", "2024-01-01T00:00:00+08:00", "2025-01-01T00:00:00+08:00"],
    ["PT6H", "Asia/Shanghai", "2024-03-10T06:00:00+08:00", "2024-03-10T12:00:00+08:00"],
    ["P1D", "America/New_York", "2024-03-09T00:00:00-05:00", "2024-03-10T00:00:00-05:00"],
  ])("of %s in %s begin at %s and end at %s", (span, zone, from, to) => {
    const parsed = parseSpan(span) as Span;
    const start = windowStart(Date.parse("2024-03-10T09:30:00+08:00"), parsed, zone);
    expect([instantText(start, zone), instantText(addSpan(start, parsed, 1, zone), zone)]).toEqual([from, to]);
  });

  test("follow one another without gap or overlap over a change of offset", () => {
    const span = parseSpan("P1D") as Span;
    const zone = "America/New_York";
    let at = windowStart(Date.parse("2024-03-08T12:00:00Z"), span, zone);
    for (let n = 0; n < 5; n += 1) {
      const next = addSpan(at, span, 1, zone);
      expect(windowStart(next - 1, span, zone)).toBe(at);
      expect(windowStart(next, span, zone)).toBe(next);
      at = next;
    }
  });
});

test("A token bucket lets its callers through one step apart, whatever order their turns fall in", async () => {
  let nowMs = 0;
  const bucket = tokenBucket({ count: 1000, perMs: 1000 }, () => nowMs);
  const done: number[] = [];
  const signal = AbortSignal.timeout(5000);
  await Promise.all([0, 1, 2].map((n) => bucket.take(signal).then(() => done.push(n))));
  expect(done).toEqual([0, 1, 2]);
  nowMs = 1000;
  // Who leaves the queue takes no turn along.
  await Promise.allSettled([0, 1, 2, 3].map(() => bucket.take(AbortSignal.abort())));
  expect(bucket.waitMs()).toBe(0);
  await bucket.take(signal);
  await expect(bucket.take(AbortSignal.abort())).rejects.toThrow();
});
