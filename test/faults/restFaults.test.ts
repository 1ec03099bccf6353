/** F05 and F07 over a REST source: what a client of the hub reads while a refresh meets errors, pages, garbage and bombs. */
import type { ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { asSourceId } from "../../schema/ids.ts";
import { answer, startApi } from "../adapters/rest/apiServer.ts";
import { type Hub, openHub } from "../gateway/openHub.ts";
import { randomOf } from "../fixtures/random.ts";

type Serve = (response: ServerResponse) => void;
const rows = Array.from({ length: 40 }, (_, index) => ({ code: `3${String(index).padStart(3, "0")}A`, name: `沪站${index}` }));
const secret = "CNRY at Parser.parse (/srv/api/db.js:10) SELECT * FROM users";

const raw = (response: ServerResponse, status: number, headers: Record<string, string>, body: string | Buffer): void => {
  response.writeHead(status, headers);
  response.end(body);
};

const source = (url: string): string => `
region: 310000
kind: rest
connection: { url: "${url}", rate: 1000/s, timeout: 1s }
timeZone: Asia/Shanghai
deadline: 5s
tables: { stations: { get: /stations, mirror: { every: 1h } } }
entities:
  Station: { from: stations, key: code, fields: { code: code, name: name, medium: { constant: AIR } } }
`;
const policy = "\nrules:\n  - { id: sh-open, to: agency:partner, allow: { Station: [code, name, medium] } }\n";

describe("a region whose API is refreshed", () => {
  let serve: Serve = (response) => answer(response, rows);
  let api: Awaited<ReturnType<typeof startApi>>;
  let hub: Hub;
  let token: string;
  beforeAll(async () => {
    api = await startApi((_url, _request, response) => serve(response));
    hub = await openHub({ regions: [{ folder: "shanghai", region: "310000", source: source(api.url), policy, makeDatabase: () => undefined }] });
    token = await hub.net.token("partner", ["enforcement"]);
  });
  afterAll(async () => {
    await hub.close();
    await api.close();
  });
  const ask = () => hub.query(token, "{ stations(first: 100) { totalCount nodes { code name } } }");
  const refresh = () => hub.net.registry.refresh(asSourceId("shanghai"), AbortSignal.timeout(20_000));

  interface Case {
    readonly id: string;
    readonly what: string;
    readonly seeds: number;
    serve(random: () => number): Serve;
  }
  const cases: readonly Case[] = [
    { id: "F05", what: "HTTP 500 with a body of its own", seeds: 2, serve: () => (response) => raw(response, 500, { "content-type": "text/html" }, `<html>${secret}</html>`) },
    { id: "F07", what: "200 with a web page", seeds: 2, serve: () => (response) => raw(response, 200, { "content-type": "text/html" }, `<!doctype html><p>${secret}</p>`) },
    { id: "F07", what: "JSON that breaks off after N bytes", seeds: 20, serve: (random) => (response) => raw(response, 200, { "content-type": "application/json" }, JSON.stringify(rows).slice(0, Math.floor(random() * 2000))) },
    {
      id: "F07",
      what: "a body shorter than it said",
      seeds: 5,
      serve: (random) => (response) => {
        response.writeHead(200, { "content-type": "application/json", "content-length": "100000" });
        response.write(JSON.stringify(rows).slice(0, 1 + Math.floor(random() * 1000)));
        response.destroy();
      },
    },
    { id: "F07", what: "a bomb of zeros, compressed", seeds: 2, serve: () => (response) => raw(response, 200, { "content-type": "application/json", "content-encoding": "gzip" }, gzipSync(Buffer.alloc(200_000_000))) },
    { id: "F07", what: "an error inside a 200", seeds: 2, serve: () => (response) => answer(response, { error: secret }) },
    { id: "F07", what: "rows that are none", seeds: 2, serve: () => (response) => answer(response, [1, "x", null]) },
    { id: "F02", what: "a connection that is reset", seeds: 2, serve: () => (response) => void response.destroy() },
  ];

  test.each(cases)("$id: $what ($seeds seeds): the rows of the last good refresh, with their age, and nothing of what came", { timeout: 60_000 }, async ({ seeds, serve: of }) => {
    for (let seed = 1; seed <= seeds; seed += 1) {
      serve = of(randomOf(seed));
      const before = process.memoryUsage().rss;
      await refresh();
      const reply = await ask();
      serve = (response) => answer(response, rows);
      expect(reply.status).toBe(200);
      expect(reply.text).not.toMatch(/CNRY|html|SELECT|db\.js|Unexpected|JSON/);
      expect(reply.json.data.stations.totalCount).toBe(40);
      expect(reply.json.extensions.sources).toMatchObject([{ source: "shanghai", status: "OK", rows: 40 }]);
      expect(typeof reply.json.extensions.sources[0].staleness).toBe("number");
      expect(process.memoryUsage().rss - before).toBeLessThan(400_000_000);
    }
    expect(hub.net.log.join("\n")).not.toContain("CNRY");
  });

  test("F05: errors now and then, over 20 seeds: each refresh is whole or none, and what is read is a state that the API had", { timeout: 60_000 }, async () => {
    let version = 0;
    for (let seed = 1; seed <= 20; seed += 1) {
      const random = randomOf(seed);
      const share = 0.1 + random() * 0.4;
      version += 1;
      const named = rows.map((row) => ({ ...row, name: `版${version}` }));
      serve = (response) => (random() < share ? raw(response, 502, {}, secret) : answer(response, named));
      await refresh();
      const names = new Set((await ask()).json.data.stations.nodes.map(({ name }: { name: string }) => name));
      expect(names.size, `seed ${seed}`).toBe(1);
    }
    serve = (response) => answer(response, rows);
    await refresh();
    expect((await ask()).json.data.stations.nodes[0]).toEqual({ code: "3000A", name: "沪站0" });
  });
});
