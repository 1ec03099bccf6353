/** A REST source that is asked with every query: exact on what its parameters bring, bounded, and silent about what it leaves out. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Adapter, SourceFailure } from "../../../adapters/contract/adapter.ts";
import { checked } from "../../../adapters/contract/checked.ts";
import { ConfigProblem, type ConfigValue } from "../../../adapters/contract/tableReader.ts";
import { restLiveKind } from "../../../adapters/rest/restLive.ts";
import { scratchOpener } from "../../../adapters/sqlite/openScratch.ts";
import { collect } from "../fixtures/collect.ts";
import { and, column, compare, constant, inSlot, or, part, query, rowsOf, slot, TRUE } from "../fixtures/templates.ts";
import { answer, startApi, type ApiServer } from "./apiServer.ts";

const kind = restLiveKind(scratchOpener(pathToFileURL(join(import.meta.dirname, "../../../src/mapping/lenses/sqlFunctions.ts"))));

const hours = Array.from({ length: 240 }, (_, i) => ({ station: `S${i % 4}`, time: new Date(Date.UTC(2026, 0, 1, Math.floor(i / 4))).toISOString(), value: i % 7 === 0 ? null : i, site: { note: `canary-${i}` } }));
const stations = ["S0", "S1", "S2", "S3"].map((code, i) => ({ code, region: i < 2 ? "320100" : "320200" }));

let api: ApiServer;
const open: Adapter[] = [];
beforeEach(async () => {
  api = await startApi((url, _request, response) => {
    const has = (name: string): string | null => url.searchParams.get(name);
    if (url.pathname === "/api/stations") return answer(response, stations.filter(({ code }) => has("codes") === null || has("codes")?.split(",").includes(code)));
    const rows = hours.filter(({ station, time }) => (has("station") === null || has("station") === station) && (has("from") === null || time >= (has("from") ?? "")) && (has("to") === null || time < (has("to") ?? "")));
    const page = Number(has("page"));
    return answer(response, { total: rows.length, list: rows.slice(page * 50, page * 50 + 50) });
  });
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((adapter) => adapter.close()));
  await api.close();
});

const tables = {
  hour: { get: "/hour", rows: "list", page: { number: "page", from: "0", max: "50", total: "total" }, push: { station: { eq: "station" }, time: { gte: "from", lt: "to" } }, live: { key: ["station", "time"] } },
  stations: { get: "/stations", push: { code: { in: "codes" } }, live: { key: "code" } },
};
const opened = async (more: Readonly<Record<string, ConfigValue>> = {}, declared: ConfigValue = tables): Promise<Adapter> => {
  const adapter = checked(await kind.open({ connection: { url: `${api.url}/api`, rate: "10000/s", ...more }, tables: declared, mentioned: { hour: ["value"], stations: ["region"] }, baseDir: "/", lenses: {} }));
  open.push(adapter);
  return adapter;
};
const from = (at: string) => compare(column("time"), ">=", constant(at));
const failureOf = (work: Promise<unknown>): Promise<SourceFailure> => work.then(() => Promise.reject(new Error("it answered")), (cause: unknown) => (cause instanceof SourceFailure ? cause : Promise.reject(cause)));

describe("A live REST source", () => {
  test("is asked for what its parameters can narrow, page by page, and answers exactly", async () => {
    const adapter = await opened();
    const cond = and(from("2026-01-02T00:00:00.000Z"), compare(column("station"), "=", slot(0)), or(compare(column("value"), "=", constant("97")), compare(column("value"), ">", constant("2"))));
    const rows = await collect(adapter, query(rowsOf([part("hour", [column("time"), column("value")], cond)], { order: [{ column: 1, descending: true }] }), ["S1"]));
    const expected = hours.filter(({ station, time, value }) => station === "S1" && time >= "2026-01-02T00:00:00.000Z" && value !== null && (value === 97 || String(value) > "2"));
    expect(rows).toEqual(expected.map(({ time, value }) => [time, String(value)]).sort((x, y) => (String(x[1]) < String(y[1]) ? 1 : -1)));
    expect(api.asked).toEqual(["/api/hour?station=S1&from=2026-01-02T00:00:00.000Z&page=0"]);
  });

  test("follows links to the rows that are there, and reads nothing else of the other table", async () => {
    const adapter = await opened();
    const joined = { ...part("hour", [column("station"), column("region", "s")], compare(column("time"), "=", constant("2026-01-01T05:00:00.000Z"))), joins: [{ table: "stations", alias: "s", on: compare(column("code", "s"), "=", column("station")) }] };
    expect((await collect(adapter, query(rowsOf([joined])))).toSorted()).toEqual(stations.map(({ code, region }) => [code, region]));
    expect(api.asked.at(-1)).toBe("/api/stations?codes=S0,S1,S2,S3");
    const one = { ...joined, where: and(joined.where, compare(column("station"), "=", constant("S3"))) };
    expect(await collect(adapter, query(rowsOf([one])))).toEqual([["S3", "320200"]]);
    expect(api.asked.at(-1)).toBe("/api/stations?codes=S3");
  });

  test("adds up in the hub's own exact numbers", async () => {
    const adapter = await opened();
    const { rows } = await adapter.aggregate(
      query({ kind: "aggregate", parts: [part("hour", [column("station"), column("value")], from("2026-01-01"))], groupBy: [0], measures: [{ fn: "count", column: 1 }, { fn: "sum", column: 1 }], slotCount: 0 }),
      new AbortController().signal,
    );
    const expected = stations.map(({ code }) => {
      const values = hours.flatMap(({ station, value }) => (station === code && value !== null ? [value] : []));
      return [code, values.length, String(values.reduce((a, b) => a + b, 0)), values.length];
    });
    expect([...rows].sort()).toEqual(expected);
    expect(api.asked).toHaveLength(5);
  });

  test("that would have to be read whole is not asked, unless its file allows it", async () => {
    const whole = query(rowsOf([part("hour", [column("time")])]));
    const refused = await failureOf(collect(await opened(), whole));
    expect([refused.status, refused.message, refused.cause]).toEqual(["OVER_CAP", "OVER_CAP", "hour is read only where the query filters by station or time"]);
    expect(api.asked).toEqual([]);
    const allowed = await opened({}, { ...tables, hour: { ...tables.hour, live: { key: ["station", "time"], all: "true" } } });
    expect(await collect(allowed, whole)).toHaveLength(240);
  });

  test("tells in explain what is pushed, without the server's name, its secrets or a row", async () => {
    const adapter = await opened({ headers: { Authorization: "Bearer canary-token" } });
    const { text, parameters } = adapter.describe(query(rowsOf([part("hour", [column("value")], and(from("2026-01-02"), inSlot(column("station"), 0)))]), [["S0", "S1"]]));
    expect(text).toMatch(/^GET \/hour\?station=S0&from=2026-01-02&page=0; then GET \/hour\?station=S1&from=2026-01-02&page=0; then SELECT /);
    expect(JSON.stringify([text, parameters])).not.toMatch(/canary|127\.0\.0\.1/);
    expect(adapter.describe(query(rowsOf([part("hour", [column("value")])]))).text).toMatch(/^refused: hour is read only where/);
    expect(api.asked).toEqual([]);
  });

  test("takes a row that two pages bring for one, and one without its key for none", async () => {
    api.handle = (url, _request, response) => answer(response, { total: 4, list: url.searchParams.get("page") === "0" ? [{ station: "A", time: "1", value: 1 }, { station: "A", time: "2" }] : [{ station: "A", time: "2" }, { station: "A", value: 5 }] });
    const adapter = await opened({}, { ...tables, hour: { ...tables.hour, page: { ...tables.hour.page, max: "2" } } });
    expect(await collect(adapter, query(rowsOf([part("hour", [column("time")], compare(column("station"), "=", constant("A")))])))).toEqual([["1"], ["2"]]);
  });
});

describe("Its caps", () => {
  const all = (where = from("2026")) => query(rowsOf([part("hour", [column("value")], where)]));

  test("count rows that the query may use, however many others come along", async () => {
    const adapter = await opened({ fetch: { rows: "60" } });
    expect(await failureOf(collect(adapter, all()))).toMatchObject({ status: "OVER_CAP" });
    // Four times as many rows come; a condition that no parameter can say lets a quarter of them stand.
    expect(await collect(adapter, all(and(from("2026"), { kind: "startsWith", text: column("station"), part: constant("S2") })))).toHaveLength(60);
    expect(api.asked).toHaveLength(2 + 5);
  });

  test("do not depend on rows that a rule hides", async () => {
    const adapter = await opened({ fetch: { rows: "60" } });
    const visible = and(from("2026"), { kind: "isTrue", of: compare(column("station"), "<>", constant("S9")) }, compare(column("station"), "=", constant("S1")));
    const before = await collect(adapter, all(visible));
    const hidden = Array.from({ length: 5000 }, (_, i) => ({ station: "S9", time: "2026", value: i }));
    api.handle = (url, _request, response) => {
      const rows = [...hidden, ...hours];
      const page = Number(url.searchParams.get("page"));
      answer(response, { total: rows.length, list: rows.slice(page * 50, page * 50 + 50) });
    };
    expect(await collect(adapter, all(visible))).toEqual(before);
  });

  test("bound what comes over the wire, at no number that could be told exactly", async () => {
    expect(await failureOf(collect(await opened({ fetch: { bytes: "4000" } }), all()))).toMatchObject({ status: "OVER_CAP" });
    expect(api.asked.length).toBeLessThan(5);
  });

  test("bound how many listings one query may start", async () => {
    const refused = await failureOf(collect(await opened({ fetch: { requests: "2" } }), all(inSlot(column("station"), 0))).catch((cause: unknown) => Promise.reject(cause)));
    expect(refused.status).toBe("OVER_CAP");
  });
});

describe("Its time", () => {
  test("an abort ends the requests that are under way", async () => {
    const abort = new AbortController();
    const closed = new Promise<void>((resolve) => {
      api.handle = (_url, request) => {
        request.on("close", resolve);
        abort.abort();
      };
    });
    const adapter = await opened();
    const started = performance.now();
    expect(await failureOf(collect(adapter, query(rowsOf([part("hour", [column("value")], from("2026"))])), abort.signal))).toMatchObject({ status: "ABORTED" });
    await closed;
    expect(performance.now() - started).toBeLessThan(2000);
  });

  test("a reader that stops early, or fails, ends the others of its query", async () => {
    const adapter = await opened({}, { ...tables, stations: { ...tables.stations, live: { key: "code", all: "true" } } });
    const ended = new Promise<void>((resolve) => {
      const others: (() => void)[] = [];
      let isAsked = false;
      // The other reader is at work when this one fails: before, it need not even begin.
      api.handle = (url, request, response) => {
        if (url.pathname === "/api/stations") {
          request.on("close", resolve);
          isAsked = true;
          for (const fail of others) fail();
        } else if (isAsked) answer(response, "<html>");
        else others.push(() => answer(response, "<html>"));
      };
    });
    const joined = { ...part("hour", [column("region", "s")], from("2026")), joins: [{ table: "stations", alias: "s", on: compare(column("code", "s"), "=", column("station")) }] };
    expect(await failureOf(collect(adapter, query(rowsOf([joined]))))).toMatchObject({ status: "BAD_ANSWER" });
    await ended;
    expect(adapter.health()).toMatchObject({ status: "failing" });
  });

  test("a busy server is waited for within bounds", async () => {
    let count = 0;
    const before = api.handle;
    api.handle = (url, request, response) => {
      count += 1;
      if (count === 1) response.writeHead(429, { "retry-after": "0" }).end();
      else before(url, request, response);
    };
    const adapter = await opened();
    expect(await collect(adapter, query(rowsOf([part("hour", [column("value")], from("2026"))])))).toHaveLength(240);
    api.handle = (_url, _request, response) => response.writeHead(429, { "retry-after": "3600" }).end();
    expect(await failureOf(collect(adapter, query(rowsOf([part("hour", [column("value")], from("2026"))]))))).toMatchObject({ status: "BUSY" });
  });

  test("many at once do not see each other's rows", async () => {
    const adapter = await opened();
    const one = (code: string) => collect(adapter, query(rowsOf([part("hour", [column("station")], compare(column("station"), "=", slot(0)))]), [code]));
    const answers = await Promise.all(Array.from({ length: 24 }, (_, i) => one(`S${i % 4}`)));
    for (const [i, rows] of answers.entries()) expect(new Set(rows.flat())).toEqual(new Set([`S${i % 4}`]));
  });
});

test.each<[string, ConfigValue, readonly string[], RegExp]>([
  ["no key", { t: { get: "/t", live: {} } }, ["tables", "t", "live", "key"], /one text/],
  ["no parameter and no leave to read all", { t: { get: "/t", live: { key: "a" } } }, ["tables", "t"], /no `push`/],
  ["a required column without a parameter", { t: { get: "/t", push: { a: { eq: "a" } }, require: "b", live: { key: "a" } } }, ["tables", "t", "require"], /no column of `push`/],
  ["a mirrored table beside it", { t: { get: "/t", live: { key: "a", all: "true" } }, u: { get: "/u", mirror: { every: "1h" } } }, ["tables", "u", "mirror"], /second file/],
  ["both", { t: { get: "/t", live: { key: "a", all: "true" }, mirror: { every: "1h" } } }, ["tables", "t", "mirror"], /second file/],
  ["a sort that is no operator", { t: { get: "/t", push: { a: { sort: "s" } }, live: { key: "a" } } }, ["tables", "t", "push", "a", "sort"], /known: eq, in/],
  ["a list without end", { t: { get: "/t", push: { a: { in: { parameter: "p", max: "0" } } }, live: { key: "a" } } }, ["tables", "t", "push", "a", "in", "max"], /whole number from 1/],
])("A live table with %s is refused at its place", async (_what, declared, path, problem) => {
  const error: unknown = await opened({}, declared).catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(ConfigProblem);
  expect(error).toMatchObject({ path, message: expect.stringMatching(problem) });
});

test("A query on a table that is not declared is a bad answer, and TRUE is no filter", async () => {
  expect(await failureOf(collect(await opened(), query(rowsOf([part("nowhere", [column("x")], TRUE)]))))).toMatchObject({ status: "BAD_ANSWER" });
});
