import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readTable } from "../drop/dropFolder.ts";
import { answer, startApi, type ApiServer, type Handler } from "./apiServer.ts";

let api: ApiServer;
beforeEach(async () => {
  api = await startApi((_url, _request, response) => answer(response, { code: 0, data: { list: [] } }));
});
afterEach(() => api.close());

const mirror = { every: "10m" };
const plain = { t: { get: "/t", rows: "data.list", mirror } };
const numbered = { t: { get: "/t", rows: "data.list", page: { number: "page", size: "size", max: "2", total: "data.total" }, mirror } };
const without = (rows: readonly Readonly<Record<string, unknown>>[]): unknown[] => rows.map(({ $received, ...row }) => row);

describe("Rows of an API", () => {
  test("keep every number as the body spells it", async () => {
    api.handle = (_url, _request, response) => answer(response, '{"data":{"list":[{"a":12.50,"b":12345678901234567890,"c":1e400,"d":-0.0,"e":"7","f":true,"g":null,"h":[1.10,"x"],"i":""}]}}');
    const { rows } = await readTable(api.reader(plain), "t");
    expect(without(rows)).toEqual([{ a: "12.50", b: "12345678901234567890", c: "1e400", d: "-0.0", e: "7", f: "true", g: null, h: '[1.10,"x"]', i: null }]);
  });

  test("have nested columns dotted, and a row per element of `each` with the outer columns repeated", async () => {
    api.handle = (_url, _request, response) =>
      answer(response, {
        data: {
          list: [
            { stationId: "S1", site: { name: "东四" }, items: [{ factor: "PM2.5", value: "12" }, { factor: "CO", value: "0.4", mark: "N" }] },
            { stationId: "S2", site: { name: "万柳" }, items: [] },
          ],
        },
      });
    const { rows } = await readTable(api.reader({ t: { ...plain.t, each: "items" } }), "t");
    expect(without(rows)).toEqual([
      { stationId: "S1", "site.name": "东四", "items.factor": "PM2.5", "items.value": "12", "items.mark": null },
      { stationId: "S1", "site.name": "东四", "items.factor": "CO", "items.value": "0.4", "items.mark": "N" },
    ]);
  });

  test("may not touch prototypes by their keys", async () => {
    api.handle = (_url, _request, response) => answer(response, '{"data":{"list":[{"__proto__":{"polluted":"1"},"constructor":"c","rowid":"9"}]}}');
    const { rows } = await readTable(api.reader(plain), "t");
    expect(rows[0]).toMatchObject({ "__proto__.polluted": "1", constructor: "c", "rowid (2)": "9" });
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });
});

describe("Paging", () => {
  const all = ["A", "B", "C", "D", "E"].map((k) => ({ k }));
  const keys = (rows: readonly Readonly<Record<string, unknown>>[]): unknown[] => rows.map((row) => row["k"]);

  test("by number asks for page after page until the total is there", async () => {
    api.handle = (url, _request, response) => {
      const page = Number(url.searchParams.get("page"));
      answer(response, { data: { total: 5, list: all.slice((page - 1) * 2, page * 2) } });
    };
    expect(keys((await readTable(api.reader(numbered), "t")).rows)).toEqual(["A", "B", "C", "D", "E"]);
    expect(api.asked).toEqual(["/api/t?page=1&size=2", "/api/t?page=2&size=2", "/api/t?page=3&size=2"]);
  });

  test("by cursor follows `next` until it ends, repeats or brings nothing", async () => {
    api.handle = (url, _request, response) => {
      const at = Number(url.searchParams.get("since") ?? 0);
      answer(response, { data: { list: all.slice(at, at + 2), next: String(Math.min(at + 2, 5)) } });
    };
    const reader = api.reader({ t: { ...plain.t, page: { cursor: "since", next: "data.next" } } });
    expect(keys((await readTable(reader, "t")).rows)).toEqual(["A", "B", "C", "D", "E"]);
  });

  test("by link follows relative and absolute links of the same server", async () => {
    api.handle = (url, _request, response) => {
      const at = Number(url.searchParams.get("at") ?? 0);
      const next = [`/api/t?at=2`, `${api.url}/api/t?at=4`, null][at / 2];
      answer(response, { data: { list: all.slice(at, at + 2) }, next });
    };
    const reader = api.reader({ t: { ...plain.t, page: { link: "next" } } });
    expect(keys((await readTable(reader, "t")).rows)).toEqual(["A", "B", "C", "D", "E"]);
  });

  test("by offset asks from row to row, and without a total until a page is not full", async () => {
    api.handle = (url, _request, response) => {
      const at = Number(url.searchParams.get("skip"));
      answer(response, all.slice(at, at + Number(url.searchParams.get("take"))));
    };
    const reader = api.reader({ t: { get: "/t", page: { offset: "skip", size: "take", max: "2" }, mirror } });
    expect(keys((await readTable(reader, "t")).rows)).toEqual(["A", "B", "C", "D", "E"]);
    expect(api.asked).toEqual(["/api/t?skip=0&take=2", "/api/t?skip=2&take=2", "/api/t?skip=4&take=2"]);
  });

  test("by the header Link follows the relation that it is told, among others, relative or absolute", async () => {
    api.handle = (url, _request, response) => {
      const at = Number(url.searchParams.get("at") ?? 0);
      const next = ["</api/t?at=2>; rel=\"next\"", `<${api.url}/api/t?at=4>; title="a, b; c"; rel="last next"`, ""][at / 2];
      answer(response, all.slice(at, at + 2), { link: ["<http://127.0.0.2:9/api/t>; rel=prev", next].filter((link) => link !== "").join(", ") });
    };
    const reader = api.reader({ t: { get: "/t", page: { linkHeader: "next" }, mirror } });
    expect(keys((await readTable(reader, "t")).rows)).toEqual(["A", "B", "C", "D", "E"]);
  });

  const byHeader = { t: { get: "/t", page: { linkHeader: "next" }, mirror } };
  const byLink = { t: { ...plain.t, page: { link: "next" } } };
  test.each<[string, unknown, string]>([
    ["another host", byLink, "http://127.0.0.2:9/x"],
    ["another host in the header", byHeader, "<http://127.0.0.2:9/x>; rel=next"],
    ["another port", byLink, "http://127.0.0.1:9/x"],
    ["another scheme", byHeader, "<file:///etc/passwd>; rel=next"],
    ["a host without a scheme", byLink, "//127.0.0.2/x"],
    ["no address", byLink, "http://["],
  ])("never carries the source's secrets to %s", async (_what, tables, link) => {
    const elsewhere = await startApi((_url, _request, response) => answer(response, []));
    try {
      const leading = link.replace("127.0.0.1:9", new URL(elsewhere.url).host);
      api.handle = (_url, _request, response) => answer(response, tables === byHeader ? all : { data: { list: all }, next: leading }, tables === byHeader ? { link: leading } : {});
      await expect(readTable(api.reader(tables as never, { headers: { Authorization: "Bearer s3" } }), "t")).rejects.toMatchObject({ status: "BAD_ANSWER" });
      expect([api.asked.length, elsewhere.asked.length]).toEqual([1, 0]);
    } finally {
      await elsewhere.close();
    }
  });

  test.each<[string, unknown, Handler]>([
    ["header links in a circle", byHeader, (_url, _request, response) => answer(response, all, { link: "</api/t?a=1>; rel=next" })],
    ["a total that changes midway", numbered, (url, _request, response) => answer(response, { data: { total: url.searchParams.get("page") === "1" ? 5 : 4, list: all.slice(0, 2) } })],
    ["a total that its rows do not reach", numbered, (url, _request, response) => answer(response, { data: { total: 5, list: url.searchParams.get("page") === "1" ? all.slice(0, 2) : [] } })],
    ["more rows than the total", numbered, (_url, _request, response) => answer(response, { data: { total: 1, list: all.slice(0, 2) } })],
    ["a total that is none", numbered, (_url, _request, response) => answer(response, { data: { total: "many", list: [] } })],
    ["cursors in a circle", { t: { ...plain.t, page: { cursor: "c", next: "n" } } }, (url, _request, response) => answer(response, { data: { list: all }, n: url.searchParams.get("c") === "1" ? "2" : "1" })],
    ["a link to another server", { t: { ...plain.t, page: { link: "next" } } }, (_url, _request, response) => answer(response, { data: { list: all }, next: "http://127.0.0.2:9/x" })],
  ])("with %s is a BAD_ANSWER", async (_what, tables, handle) => {
    api.handle = handle;
    await expect(readTable(api.reader(tables as never), "t")).rejects.toMatchObject({ status: "BAD_ANSWER" });
  });
});

describe("An answer that is no data", () => {
  test.each<[string, string, Handler, Readonly<Record<string, string>>?]>([
    ["HTML in a 200", "BAD_ANSWER", (_url, _request, response) => answer(response, "<html>login</html>")],
    ["truncated JSON", "BAD_ANSWER", (_url, _request, response) => answer(response, '{"data":{"list":[{"k":"A"},{"k"')],
    ["nesting without end", "BAD_ANSWER", (_url, _request, response) => answer(response, "[".repeat(200_000))],
    ["an error inside a 200", "BAD_ANSWER", (_url, _request, response) => answer(response, { code: 40301, data: { list: [] } })],
    ["a body without its `ok` field", "BAD_ANSWER", (_url, _request, response) => answer(response, { data: { list: [] } })],
    ["rows that are no list", "BAD_ANSWER", (_url, _request, response) => answer(response, { code: 0, data: { list: {} } })],
    ["elements that are no objects", "BAD_ANSWER", (_url, _request, response) => answer(response, { code: 0, data: { list: [1] } })],
    ["a redirect", "BAD_ANSWER", (_url, _request, response) => response.writeHead(302, { location: "http://127.0.0.1:9/" }).end()],
    ["a 403", "BAD_ANSWER", (_url, _request, response) => response.writeHead(403).end()],
    ["a compressed body", "BAD_ANSWER", (_url, _request, response) => response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync('{"code":0,"data":{"list":[]}}'))],
    ["a body above the cap", "OVER_CAP", (_url, _request, response) => answer(response, { code: 0, data: { list: ["x".repeat(5000)] } }), { bodyBytesMax: "2000" }],
    ["a body that says it is above the cap", "OVER_CAP", (_url, _request, response) => response.writeHead(200, { "content-length": "900000000" }).end(), { bodyBytesMax: "2000" }],
    ["a body above the cap that says no length", "OVER_CAP", (_url, _request, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write(" ".repeat(500)), 1);
      response.on("close", () => clearInterval(timer));
    }, { bodyBytesMax: "2000" }],
    ["a bomb in a small compressed body", "BAD_ANSWER", (_url, _request, response) => response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" }).end(gzipSync(`[${" ".repeat(50_000_000)}]`))],
    ["JSON that says it is a page", "BAD_ANSWER", (_url, _request, response) => response.writeHead(200, { "content-type": "text/html" }).end('{"code":0,"data":{"list":[]}}')],
    ["JSON that says it is an image", "BAD_ANSWER", (_url, _request, response) => response.writeHead(200, { "content-type": "image/png" }).end('{"code":0,"data":{"list":[]}}')],
    ["bytes that are no text", "BAD_ANSWER", (_url, _request, response) => response.writeHead(200, { "content-type": "application/json" }).end(Buffer.from([0xff, 0xfe, 0x00, 0x01]))],
    ["a 304 to a question without a condition", "BAD_ANSWER", (_url, _request, response) => response.writeHead(304).end()],
    ["a connection that is cut", "UNAVAILABLE", (_url, request) => request.socket.destroy()],
    ["a body that is cut", "UNAVAILABLE", (_url, request, response) => {
      response.writeHead(200, { "content-length": "1000" });
      response.write('{"code":0,', () => request.socket.destroy());
    }],
    ["silence", "TIMEOUT", () => {}, { timeout: "200ms" }],
    ["a body that drips", "TIMEOUT", (_url, _request, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write(" "), 20);
      response.on("close", () => clearInterval(timer));
    }, { timeout: "300ms" }],
    ["a pause longer than a refresh may wait", "BUSY", (_url, _request, response) => response.writeHead(429, { "retry-after": "3600" }).end()],
  ])("%s is %s", async (_what, status, handle, connection = {}) => {
    api.handle = handle;
    const reader = api.reader(plain, { ok: { code: { eq: "0" } }, ...connection });
    await expect(readTable(reader, "t")).rejects.toMatchObject({ status });
  });

  test.each(["application/json", "application/json; charset=utf-8", "application/geo+json", "text/json", "text/plain"])("may call itself %s, where its file says so", async (type) => {
    api.handle = (_url, _request, response) => response.writeHead(200, { "content-type": type }).end('{"data":{"list":[{"k":"A"}]}}');
    expect((await readTable(api.reader(plain, type === "text/plain" ? { mediaType: "text/plain" } : {}), "t")).rows).toHaveLength(1);
  });

  test("tells the log nothing of the body", async () => {
    api.handle = (_url, _request, response) => answer(response, '{"canary": SECRET}');
    const failure = await readTable(api.reader(plain), "t").catch((error: unknown) => error);
    expect(JSON.stringify([(failure as Error).message, String((failure as Error).cause)])).not.toContain("SECRET");
  });
});

describe("A busy server", () => {
  test.each<[string, Handler]>([
    ["by 429 and Retry-After", (_url, _request, response) => response.writeHead(429, { "retry-after": "0" }).end()],
    ["inside a 200", (_url, _request, response) => answer(response, { code: 42901 })],
    ["by one 500", (_url, _request, response) => response.writeHead(500).end()],
    ["by 503 until a date that is over", (_url, _request, response) => response.writeHead(503, { "retry-after": "Fri, 01 Jan 2021 00:00:00 GMT" }).end()],
    ["by 429 and a limit that has been reset", (_url, _request, response) => response.writeHead(429, { ratelimit: '"default";r=0;t=0' }).end()],
  ])("%s is asked again", async (_what, busy) => {
    let count = 0;
    api.handle = (url, request, response) => {
      count += 1;
      if (count === 1) busy(url, request, response);
      else answer(response, { code: 0, data: { list: [{ k: "A" }] } });
    };
    const reader = api.reader(plain, { ok: { code: { eq: "0" } }, busy: { code: { in: ["42901"] } } });
    expect((await readTable(reader, "t")).rows).toHaveLength(1);
    expect(count).toBe(2);
  });

  test("that names a date is asked again then, and not before", async () => {
    const asked: number[] = [];
    api.handle = (_url, _request, response) => {
      asked.push(Date.now());
      // HTTP dates have seconds: the next but one is from 1 to 2 s away.
      if (asked.length === 1) response.writeHead(503, { "retry-after": new Date(Math.floor(Date.now() / 1000) * 1000 + 2000).toUTCString() }).end();
      else answer(response, { data: { list: [] } });
    };
    await readTable(api.reader(plain), "t");
    expect((asked[1] ?? 0) - (asked[0] ?? 0)).toBeGreaterThanOrEqual(990);
  });

  test.each<[string, Readonly<Record<string, string>>]>([
    ["RateLimit", { ratelimit: '"burst";r=5;t=9, "default";r=0;t=1' }],
    ["RateLimit of an older draft", { ratelimit: "limit=10, remaining=0, reset=1" }],
    ["RateLimit-Remaining", { "ratelimit-remaining": "0", "ratelimit-reset": "1" }],
    ["X-RateLimit-Remaining", { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1" }],
  ])("that says by %s that nothing is left is left alone until it may be asked", async (_what, headers) => {
    const asked: number[] = [];
    api.handle = (url, _request, response) => {
      asked.push(performance.now());
      answer(response, { data: { total: 3, list: url.searchParams.get("page") === "1" ? [{ k: "A" }, { k: "B" }] : [{ k: "C" }] } }, headers);
    };
    await readTable(api.reader(numbered), "t");
    expect((asked[1] ?? 0) - (asked[0] ?? 0)).toBeGreaterThanOrEqual(950);
  });

  test("that may not be asked for an hour is busy at once", async () => {
    api.handle = (_url, _request, response) => answer(response, { data: { total: 3, list: [{ k: "A" }, { k: "B" }] } }, { "ratelimit-remaining": "0", "ratelimit-reset": "3600" });
    const started = performance.now();
    await expect(readTable(api.reader(numbered), "t")).rejects.toMatchObject({ status: "BUSY" });
    expect(performance.now() - started).toBeLessThan(5000);
  });

  test("that wants a pause gives it up when the reader leaves", async () => {
    const abort = new AbortController();
    api.handle = (_url, _request, response) => {
      response.writeHead(429, { "retry-after": "20" }).end();
      setTimeout(() => abort.abort(), 50);
    };
    const started = performance.now();
    await expect(readTable(api.reader(plain), "t", { signal: abort.signal })).rejects.toMatchObject({ status: "ABORTED" });
    expect(performance.now() - started).toBeLessThan(5000);
  });

  test("gets its secrets in headers, and the abort of a read ends it", async () => {
    const abort = new AbortController();
    let authorization: string | undefined;
    api.handle = (_url, request) => {
      authorization = request.headers.authorization;
      abort.abort();
    };
    const reading = readTable(api.reader(plain, { headers: { Authorization: "Bearer s3" } }), "t", { signal: abort.signal });
    await expect(reading).rejects.toMatchObject({ status: "ABORTED" });
    expect(authorization).toBe("Bearer s3");
  });
});

describe("Reading again", () => {
  test("with entity tags takes a 304 for no change, and reads whole when any page differs", async () => {
    let version = 1;
    api.handle = (url, request, response) => {
      const page = url.searchParams.get("page");
      const etag = `"${page}-${page === "2" ? version : 1}"`;
      if (request.headers["if-none-match"] === etag) response.writeHead(304).end();
      else answer(response, { data: { total: 3, list: page === "1" ? [{ k: "A" }, { k: "B" }] : [{ k: `C${version}` }] } }, { etag });
    };
    const reader = api.reader(numbered);
    const first = await readTable(reader, "t");
    const second = await readTable(reader, "t", { state: first.state });
    expect([second.parts, second.rows, second.state]).toEqual([[], [], { ...(first.state as object), readMs: expect.any(Number) }]);
    version = 2;
    const third = await readTable(reader, "t", { state: second.state });
    expect(third.rows.map((row) => row["k"])).toEqual(["A", "B", "C2"]);
  });

  test("with a date of the last change takes a 304, unless the date is too fresh to tell two versions apart", async () => {
    let changed = "Fri, 01 Jan 2021 00:00:00 GMT";
    const conditions: (string | undefined)[] = [];
    api.handle = (_url, request, response) => {
      const since = request.headers["if-modified-since"];
      conditions.push(since);
      if (since === changed) response.writeHead(304).end();
      else answer(response, { data: { list: [{ k: changed }] } }, { "last-modified": changed });
    };
    const reader = api.reader(plain);
    const first = await readTable(reader, "t");
    const second = await readTable(reader, "t", { state: first.state });
    expect([second.parts, second.rows]).toEqual([[], []]);
    changed = new Date().toUTCString();
    const third = await readTable(reader, "t", { state: second.state });
    expect(third.rows).toHaveLength(1);
    await readTable(reader, "t", { state: third.state });
    expect(conditions).toEqual([undefined, "Fri, 01 Jan 2021 00:00:00 GMT", "Fri, 01 Jan 2021 00:00:00 GMT", undefined, undefined]);
  });

  const feed = {
    t: { get: "/hour", rows: "data.list", push: { time: { gte: "from", lt: "to" } }, mirror: { every: "10m", window: { time: "P1D" }, since: "P3D" } },
  };

  test("by windows asks for every day at first, then for the last two and what has begun since, and lets go of what is too old", async () => {
    const reader = api.reader(feed);
    const first = await readTable(reader, "t", { nowMs: Date.parse("2024-03-10T09:00:00+08:00") });
    expect(api.asked).toEqual(
      ["07", "08", "09", "10"].map((day, index, days) => `/api/hour?from=2024-03-${day}T00:00:00+08:00&to=2024-03-${days[index + 1] ?? "11"}T00:00:00+08:00`),
    );
    api.asked.length = 0;
    const second = await readTable(reader, "t", { state: first.state, nowMs: Date.parse("2024-03-11T00:05:00+08:00") });
    expect(second.parts).toEqual(["2024-03-09T00:00:00+08:00", "2024-03-10T00:00:00+08:00", "2024-03-11T00:00:00+08:00"]);
    expect(second.gone).toEqual(["2024-03-07T00:00:00+08:00"]);
    expect(api.asked).toHaveLength(3);
  });

  test("by months names each month in the one parameter", async () => {
    const reader = api.reader({
      t: { get: "/results", rows: "data.list", push: { month: { eq: "month" } }, require: ["month"], mirror: { every: "1d", window: { month: "P1M" }, since: "P1Y" } },
    });
    await readTable(reader, "t", { nowMs: Date.parse("2024-03-31T12:00:00+08:00") });
    expect(api.asked).toEqual(["2023-03", "2023-04", "2023-05", "2023-06", "2023-07", "2023-08", "2023-09", "2023-10", "2023-11", "2023-12", "2024-01", "2024-02", "2024-03"].map((month) => `/api/results?month=${month}`));
  });
});
