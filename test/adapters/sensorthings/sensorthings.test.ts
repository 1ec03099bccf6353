/** A SensorThings source over real HTTP: what it is asked for, what becomes of its entities, and what it may not do. */
import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Adapter, SourceFailure } from "../../../adapters/contract/adapter.ts";
import { checked } from "../../../adapters/contract/checked.ts";
import { ConfigProblem, type ConfigValue } from "../../../adapters/contract/tableReader.ts";
import { instantText } from "../../../adapters/sensorthings/readings.ts";
import { sensorThingsKind } from "../../../adapters/sensorthings/sensorThingsKind.ts";
import { scratchOpener } from "../../../adapters/sqlite/openScratch.ts";
import { makeJiangsuData } from "../../../seeds/jiangsu/data.ts";
import { makeJiangsuServer } from "../../../seeds/jiangsu/service.ts";
import { collect } from "../fixtures/collect.ts";
import { and, column, compare, constant, inConstants, inSlot, part, query, rowsOf, slot } from "../fixtures/templates.ts";
import { answer, startApi, type ApiServer, type Handler } from "../rest/apiServer.ts";

const kind = sensorThingsKind(scratchOpener(pathToFileURL(join(import.meta.dirname, "../../../src/mapping/lenses/sqlFunctions.ts"))));
const data = makeJiangsuData();
const asked: string[] = [];
let server: Server;
let url: string;
const open: Adapter[] = [];
beforeAll(async () => {
  server = makeJiangsuServer({ token: "right", data });
  server.on("request", ({ url: path = "" }: { url?: string }) => void asked.push(decodeURIComponent(path)));
  await once(server.listen(0, "127.0.0.1"), "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  asked.length = 0;
  await Promise.all(open.splice(0).map((adapter) => adapter.close()));
});
afterAll(() => void server.close().closeAllConnections());

const mentioned = {
  Things: ["properties.code", "name", "lon", "lat"],
  Observations: ["thing", "datastream", "observedProperty", "unit", "phenomenonTime.start", "phenomenonTime.end", "resultTime", "result", "resultQuality", "lon", "lat", "parameters.status"],
};
const opened = async (more: Readonly<Record<string, ConfigValue>> = {}, columns: Readonly<Record<string, readonly string[]>> = mentioned): Promise<Adapter> => {
  const adapter = checked(await kind.open({ connection: { url: `${url}/v1.1`, headers: { Authorization: "Bearer right" }, rate: "10000/s", page: "200", intervals: "1h", ...more }, tables: {}, mentioned: columns, baseDir: "/", lenses: {} }));
  open.push(adapter);
  return adapter;
};
const start = column("phenomenonTime.start");
const day = and(compare(start, ">=", constant("2026-06-27T16:00:00.000Z")), compare(start, "<", constant("2026-06-28T16:00:00.000Z")));
const rowsBy = (adapter: Adapter, names: readonly string[], where = day, values: readonly unknown[] = []) => collect(adapter, query(rowsOf([part("Observations", names.map((name) => column(name)), where)]), values as never));
const failureOf = (work: Promise<unknown>): Promise<SourceFailure> => work.then(() => Promise.reject(new Error("it answered")), (cause: unknown) => (cause instanceof SourceFailure ? cause : Promise.reject(cause)));

describe("Observations", () => {
  test("are flat rows: thing, place, property, unit, times, result and quality", async () => {
    const adapter = await opened();
    const names = mentioned.Observations;
    const [row] = await rowsBy(adapter, names, and(day, compare(column("thing"), "=", constant("3")), compare(column("observedProperty"), "=", constant("a05024"))));
    const cells = Object.fromEntries(names.map((name, i) => [name, row?.[i]]));
    expect(cells).toMatchObject({
      thing: "3",
      datastream: "9",
      observedProperty: "a05024",
      unit: "ug/m3",
      "phenomenonTime.start": "2026-06-27T16:00:00.000Z",
      "phenomenonTime.end": "2026-06-27T17:00:00.000Z",
      resultTime: "2026-06-27T17:00:00.000Z",
      resultQuality: "N",
      lon: "120.591",
      lat: "31.3019",
      "parameters.status": "reviewed",
    });
    expect(cells["result"]).toMatch(/^\d+(\.\d)?$/);
  });

  test("are asked for by filter, with what is needed and nothing else, page after page", async () => {
    const adapter = await opened();
    const rows = await rowsBy(adapter, ["@iot.id", "result"]);
    const expected = data.Observations.filter(({ own }) => String(own["phenomenonTime"]) >= "2026-06-27T16" && String(own["phenomenonTime"]) < "2026-06-28T16");
    expect(rows.map(([id]) => id).sort()).toEqual(expected.map(({ id }) => String(id)).sort());
    expect(asked).toHaveLength(Math.ceil((expected.length + 18) / 200));
    expect(asked[0]).toBe(
      "/v1.1/Observations?$top=200&$count=true&$orderby=id asc&$select=id,parameters,phenomenonTime,result,resultQuality,resultTime" +
        "&$expand=Datastream($select=id,unitOfMeasurement;$expand=ObservedProperty($select=id,name),Thing($select=id;$expand=Locations($select=id,location)))" +
        "&$filter=phenomenonTime ge 2026-06-27T16:00:00.000Z and phenomenonTime lt 2026-06-28T17:00:00.000Z",
    );
    expect(asked[1]).toContain("$skip=200");
  });

  test.each<[string, ReturnType<typeof and>, readonly unknown[], string]>([
    ["one id", compare(column("@iot.id"), "=", slot(0)), ["7"], "id eq 7"],
    ["ids", inSlot(column("@iot.id"), 0), [["7", "8"]], "(id eq 7 or id eq 8)"],
    ["a thing", compare(column("thing"), "=", slot(0)), ["3"], "Datastream/Thing/id eq 3"],
    ["a datastream", compare(column("datastream"), "=", slot(0)), ["3"], "Datastream/id eq 3"],
    ["properties by name", inConstants(column("observedProperty"), "a34004", "O'Brien"), [], "(Datastream/ObservedProperty/name eq 'O''Brien' or Datastream/ObservedProperty/name eq 'a34004')"],
    ["the end of an interval", compare(column("phenomenonTime.end"), ">", constant("2026-06-27T16:00:00.000Z")), [], "phenomenonTime gt 2026-06-27T15:00:00.000Z"],
    ["a time of results", compare(column("resultTime"), "<=", constant("2026-06-27T16:00:00.000Z")), [], "resultTime le 2026-06-27T16:00:00.000Z"],
  ])("are narrowed by %s", async (_what, where, values, filter) => {
    const adapter = await opened();
    const { text } = adapter.describe(query(rowsOf([part("Observations", [column("result")], where)]), values as never));
    expect(text.split("; then ")[0]).toMatch(/^GET \/Observations\?/);
    expect(text.split("; then ")[0]?.split("&$filter=")[1]).toBe(filter);
    const rows = await rowsBy(adapter, ["@iot.id"], where, values);
    expect(rows.length).toBeLessThan(data.Observations.length);
  });

  test("an id that no server could have is asked of nobody, and finds nothing", async () => {
    const adapter = await opened();
    expect(await rowsBy(adapter, ["result"], compare(column("@iot.id"), "=", slot(0)), ["\ue000forged"])).toEqual([]);
    expect(await rowsBy(adapter, ["result"], compare(column("@iot.id"), "=", slot(0)), ["1) or (1 eq 1"])).toEqual([]);
    expect(asked).toEqual([]);
    expect(await rowsBy(adapter, ["result"], compare(column("@iot.id"), "=", slot(0)), ["99999999"])).toEqual([]);
    expect(asked).toHaveLength(1);
  });

  test("a text in a filter is only a text", async () => {
    const adapter = await opened();
    expect(await rowsBy(adapter, ["result"], and(day, compare(column("observedProperty"), "=", constant("x' or 'a' eq 'a"))))).toEqual([]);
  });

  test("are not read whole unless the connection says so", async () => {
    const all = query(rowsOf([part("Observations", [column("@iot.id")])]));
    expect(await failureOf(collect(await opened(), all))).toMatchObject({ status: "OVER_CAP", cause: expect.stringMatching(/^Observations is read only where the query filters by /) });
    expect(await collect(await opened({ readAll: ["Observations"] }), all)).toHaveLength(data.Observations.length);
  });

  test("lead to their things by a join", async () => {
    const adapter = await opened();
    const joined = { ...part("Observations", [column("observedProperty"), column("properties.code", "s")], and(day, compare(column("thing"), "=", constant("2")))), joins: [{ table: "Things", alias: "s", on: compare(column("@iot.id", "s"), "=", column("thing")) }] };
    const rows = await collect(adapter, query(rowsOf([joined])));
    expect(new Set(rows.map(([, code]) => code))).toEqual(new Set(["1156A"]));
  });
});

describe("Another server", () => {
  let api: ApiServer;
  afterEach(() => api?.close());
  const serving = async (handle: Handler, more: Readonly<Record<string, ConfigValue>> = {}) => {
    api = await startApi(handle);
    return opened({ url: `${api.url}/v1.1`, readAll: ["Observations"], ...more }, { Observations: ["result", "phenomenonTime.start", "phenomenonTime.end", "lon"] });
  };
  const all = query(rowsOf([part("Observations", [column("@iot.id"), column("result"), column("phenomenonTime.start"), column("phenomenonTime.end"), column("lon")])]));
  const one = (id: unknown, more: object = {}) => ({ "@iot.id": id, result: 1, phenomenonTime: "2026-01-01T08:00:00+08:00", ...more });

  test("may spell instants, results and ids in its own way", async () => {
    const adapter = await serving((_url, _request, response) =>
      answer(response, '{"value":[{"@iot.id":"a-1","result":12.50,"phenomenonTime":"2026-01-01T08:00:00.5+08:00"},{"@iot.id":"b\'2","result":{"x":[1.10]},"phenomenonTime":"2026-02-30T00:00:00Z"},{"@iot.id":"c","result":true,"phenomenonTime":null},{"result":5}]}'),
    );
    expect(await collect(adapter, all)).toEqual([
      ["a-1", "12.50", "2026-01-01T00:00:00.500Z", null, null],
      ["b'2", '{"x":[1.10]}', null, null, null],
      ["c", "true", null, null, null],
    ]);
    const { text } = (await serving((_url, _request, response) => answer(response, { value: [] }), { ids: "text" })).describe(query(rowsOf([part("Observations", [column("result")], compare(column("@iot.id"), "=", constant("b'2")))])));
    expect(text).toContain("$filter=id eq 'b''2'");
  });

  test("that counts more than it gave, without a link, is asked to skip", async () => {
    const adapter = await serving((url, _request, response) => {
      const skip = Number(url.searchParams.get("$skip") ?? 0);
      answer(response, { "@iot.count": 5, value: [1, 2, 3, 4, 5].slice(skip, skip + 2).map((id) => one(id)) });
    });
    expect((await collect(adapter, all)).map(([id]) => id)).toEqual(["1", "2", "3", "4", "5"]);
    expect(api.asked.map((path) => /\$skip=(\d+)/.exec(path)?.[1])).toEqual([undefined, "2", "4"]);
  });

  test.each<[string, string, Handler]>([
    ["leads to another server", "BAD_ANSWER", (_url, _request, response) => answer(response, { value: [one(1)], "@iot.nextLink": "http://127.0.0.2:9/v1.1/Observations?$skip=1" })],
    ["leads in a circle", "BAD_ANSWER", (url, _request, response) => answer(response, { value: [one(1)], "@iot.nextLink": url.pathname + url.search })],
    ["gives fewer than it counts", "BAD_ANSWER", (_url, _request, response) => answer(response, { "@iot.count": 5, value: [] })],
    ["counts in words", "BAD_ANSWER", (_url, _request, response) => answer(response, { "@iot.count": "many", value: [] })],
    ["gives no list", "BAD_ANSWER", (_url, _request, response) => answer(response, { value: {} })],
    ["gives what is no entity", "BAD_ANSWER", (_url, _request, response) => answer(response, { value: [1] })],
    ["refuses the query", "BAD_ANSWER", (_url, _request, response) => response.writeHead(400, { "content-type": "application/json" }).end('{"message":"canary"}')],
    ["refuses the token", "BAD_ANSWER", (_url, _request, response) => response.writeHead(401).end()],
    ["answers a page of HTML", "BAD_ANSWER", (_url, _request, response) => response.writeHead(200, { "content-type": "text/html" }).end("<html>canary")],
    ["breaks off", "UNAVAILABLE", (_url, request) => request.socket.destroy()],
  ])("that %s is %s", async (_what, status, handle) => {
    const failure = await failureOf(collect(await serving(handle), all));
    expect(failure.status).toBe(status);
    expect(`${failure.message} ${String(failure.cause)}`).not.toContain("canary");
  });
});

test.each([
  ["2026-01-01T08:00:00+08:00", "2026-01-01T00:00:00.000Z"],
  ["2026-01-01T00:00Z", "2026-01-01T00:00:00.000Z"],
  ["2024-02-29T23:59:59.123456Z", "2024-02-29T23:59:59.123Z"],
  ["2026-01-01T08:00:00+0800", "2026-01-01T00:00:00.000Z"],
  ["2023-02-29T00:00:00Z", null],
  ["2026-01-01T25:00:00Z", null],
  ["2026-01-01", null],
  ["2026-01-01T00:00:00", null],
  ["", null],
])("The instant %j is spelt %j", (text, expected) => expect(instantText(text)).toBe(expected));

test.each<[string, Readonly<Record<string, ConfigValue>>, readonly string[], RegExp]>([
  ["another spelling of ids", { ids: "uuid" }, ["connection", "ids"], /number or text/],
  ["a set that there is not", { readAll: ["Observation"] }, ["connection", "readAll"], /no entity set; known: Things/],
  ["an interval in words", { intervals: "long" }, ["connection", "intervals"], /duration/],
  ["a page without end", { page: "0" }, ["connection", "page"], /whole number/],
  ["an unknown word", { top: "5" }, ["connection", "top"], /not known here/],
])("A connection with %s is refused at its place", async (_what, more, path, problem) => {
  const error: unknown = await opened(more).catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(ConfigProblem);
  expect(error).toMatchObject({ path, message: expect.stringMatching(problem) });
});
