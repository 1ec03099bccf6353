/** F02–F07 over a REST source: what a client of the hub reads while a refresh meets errors, silence, pages, garbage and bombs. */
import type { ServerResponse } from "node:http";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { asSourceId } from "../../schema/ids.ts";
import { answer, startApi } from "../adapters/rest/apiServer.ts";
import { type Hub, openHub } from "../gateway/openHub.ts";
import { lagOf } from "./lag.ts";
import { between, lanesOf, oneOf, type Seeded, seedsEach, titleOf, underSeeds, wait } from "./seeds.ts";

type Serve = (response: ServerResponse) => void;
const stationsOf = (version: string) => Array.from({ length: 40 }, (_, index) => ({ code: `3${String(index).padStart(3, "0")}A`, name: `${version}${index}` }));
const secret = "CNRY at Parser.parse (/srv/api/db.js:10) SELECT * FROM users";
const json = { "content-type": "application/json" };
const lanesAtOnce = 5;

const timeoutMs = 1000;
const bodyBytesMax = 1_000_000;
/** What a busy machine may take on top, besides the event loop's own lag. */
const slackMs = 400;

const raw = (response: ServerResponse, status: number, headers: Record<string, string>, body: string | Buffer): void => {
  response.writeHead(status, headers);
  response.end(body);
};

const source = (url: string): string => `
region: 310000
kind: rest
connection: { url: "${url}", rate: 1000/s, timeout: ${timeoutMs}ms, bodyBytesMax: ${bodyBytesMax} }
timeZone: Asia/Shanghai
deadline: 5s
tables: { stations: { get: /stations, mirror: { every: 1h } } }
entities:
  Station: { from: stations, key: code, fields: { code: code, name: name, medium: { constant: AIR } } }
`;
const policy = "\nrules:\n  - { id: sh-open, to: agency:partner, allow: { Station: [code, name, medium] } }\n";

interface Lane {
  serve: Serve;
  readonly hub: Hub;
  /** What the last good refresh read. */
  version: string;
  /** How long the hub held on to one request at most, since it was set to 0. */
  heldMs: number;
  refresh(): Promise<unknown>;
  ask(): ReturnType<Hub["query"]>;
  close(): Promise<void>;
}

async function openLane(): Promise<Lane> {
  const api = await startApi((_url, _request, response) => {
    const from = performance.now();
    response.once("close", () => {
      lane.heldMs = Math.max(lane.heldMs, performance.now() - from);
    });
    lane.serve(response);
  });
  const serve: Serve = (response) => answer(response, stationsOf("沪站"));
  let lane = { serve } as Lane;
  const hub = await openHub({ regions: [{ folder: "shanghai", region: "310000", source: source(api.url), policy, makeDatabase: () => undefined }] });
  const token = await hub.net.token("partner", ["enforcement"]);
  lane = {
    serve,
    hub,
    version: "沪站",
    heldMs: 0,
    refresh: () => hub.net.registry.refresh(asSourceId("shanghai"), AbortSignal.timeout(20_000)),
    ask: () => hub.query(token, "{ stations(first: 100) { totalCount nodes { code name } } }"),
    async close() {
      await hub.close();
      await api.close();
    },
  };
  return lane;
}

interface Case extends Seeded {
  /** Of a body of rows that would be good ones. */
  serve(body: string, random: () => number): Serve;
  /** What a client reads afterwards: the rows of the last good refresh, or those that this one brought. */
  readonly reads: "old" | "new";
  /** The hub lets go of the request by the source's own timeout. */
  readonly isTimely?: boolean;
}

const cut = (body: string, random: () => number): string => body.slice(0, between(0, body.length - 1, random));
const zeros = Buffer.alloc(40_000_000);
const bombs = new Map<string, Buffer>();
/** Some tens of kilobytes that unpack to forty megabytes, once and then as often as is asked. */
const bomb = (encoding: "gzip" | "deflate" | "br"): Buffer => {
  const packed = bombs.get(encoding) ?? { gzip: () => gzipSync(zeros, { level: 1 }), deflate: () => deflateSync(zeros, { level: 1 }), br: () => brotliCompressSync(zeros, { params: { 1: 1 } }) }[encoding]();
  bombs.set(encoding, packed);
  return packed;
};

const rows: readonly Omit<Case, "seeds">[] = [
  {
    id: "F02",
    what: "a connection that is reset, before the head or after N bytes of the body",
    reads: "old",
    serve: (body, random) => (response) => {
      if (random() < 0.3) return void response.destroy();
      response.writeHead(200, json);
      response.write(cut(body, random) || " ", () => response.destroy());
    },
  },
  {
    id: "F03",
    what: "silence, before the head or after N bytes of the body",
    reads: "old",
    isTimely: true,
    serve: (body, random) => (response) => {
      if (random() < 0.3) return;
      response.writeHead(200, json);
      response.write(cut(body, random) || " ");
    },
  },
  {
    id: "F04",
    what: "slow, and over within the timeout",
    reads: "new",
    serve: (body, random) => {
      const at = between(0, body.length, random);
      const [headMs, restMs] = [random() * (timeoutMs / 10), random() * (timeoutMs / 10)];
      return async (response) => {
        await wait(headMs);
        response.writeHead(200, json);
        response.write(body.slice(0, at));
        await wait(restMs);
        response.end(body.slice(at));
      };
    },
  },
  { id: "F04", what: "slower than the timeout", reads: "old", isTimely: true, serve: (body, random) => { const ms = timeoutMs * (1.3 + random() / 2); return async (response) => { await wait(ms); raw(response, 200, json, body); }; } },
  {
    id: "F05",
    what: "HTTP 5xx with a body of its own",
    reads: "old",
    serve: (body, random) => (response) => raw(response, oneOf([500, 501, 502, 503, 504, 599], random), { "content-type": oneOf(["text/html", "application/json"], random), "retry-after": "0" }, random() < 0.5 ? `<html>${secret}</html>` : body),
  },
  {
    id: "F06",
    what: "a byte now and then, so that the connection is never idle",
    reads: "old",
    isTimely: true,
    serve: (body, random) => {
      const [at, everyMs] = [between(0, body.length - 100, random), between(10, 150, random)];
      return (response) => {
        response.writeHead(200, json);
        response.write(body.slice(0, at));
        let sent = at;
        const timer = setInterval(() => response.write(body[sent++] ?? " "), everyMs);
        response.once("close", () => clearInterval(timer));
      };
    },
  },
  { id: "F07", what: "200 with a web page, whatever it says that it is", reads: "old", serve: (_body, random) => (response) => raw(response, 200, { "content-type": oneOf(["text/html", "application/json", "text/plain", "application/xhtml+xml"], random) }, `<!doctype html><p>${secret}${"x".repeat(between(0, 20_000, random))}</p>`) },
  { id: "F07", what: "JSON that breaks off after N bytes", reads: "old", serve: (body, random) => (response) => raw(response, 200, json, cut(body, random)) },
  {
    id: "F07",
    what: "a body shorter than it said",
    reads: "old",
    serve: (body, random) => (response) => {
      // Whole, and still not what was announced, now and then.
      const part = random() < 0.3 ? body : cut(body, random);
      response.writeHead(200, { ...json, "content-length": String(Buffer.byteLength(part) + between(1, 100_000, random)) });
      response.write(part || " ", () => response.destroy());
    },
  },
  {
    id: "F07",
    what: "a body longer than it said",
    reads: "old",
    serve: (body, random) => {
      const length = between(0, Buffer.byteLength(body) - 1, random);
      // By hand: Node would not send it.
      return (response) => void response.socket?.end(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n${body}`);
    },
  },
  { id: "F07", what: "a bomb of zeros, compressed", reads: "old", serve: (_body, random) => { const encoding = oneOf(["gzip", "deflate", "br"] as const, random); return (response) => raw(response, 200, { ...json, "content-encoding": encoding }, bomb(encoding)); } },
  {
    id: "F07",
    what: "a body without end",
    reads: "old",
    serve: (body, random) => {
      const chunk = oneOf([`${body.slice(0, -1)},`, " ".repeat(65_536), `["${"x".repeat(65_536)}",`, "[".repeat(65_536)], random);
      return (response) => {
        response.writeHead(200, json);
        const more = (): void => {
          while (!response.destroyed && response.write(chunk));
        };
        response.on("drain", more);
        more();
      };
    },
  },
  { id: "F07", what: "an error inside a 200", reads: "old", serve: (_body, random) => (response) => answer(response, oneOf<unknown>([{ error: secret }, { code: 500, message: secret, data: [] }, null, true, 42, JSON.stringify(secret), { stations: [] }], random)) },
  {
    id: "F07",
    what: "rows that are none",
    reads: "old",
    serve: (body, random) => (response) => {
      // One among good ones is enough.
      const bad = oneOf<unknown>([1, "x", null, true, [], [[secret]]], random);
      const list = JSON.parse(body) as unknown[];
      list.splice(between(0, list.length, random), random() < 0.5 ? 0 : list.length, bad);
      answer(response, list);
    },
  },
  { id: "F07", what: "lists within lists, to no end", reads: "old", serve: (_body, random) => (response) => raw(response, 200, json, oneOf(["[", '{"a":', '[{"code":'], random).repeat(between(1_000, 100_000, random))) },
];
const cases: readonly Case[] = rows.map((row) => ({ ...row, seeds: seedsEach }));

describe("a region whose API is refreshed", { timeout: 120_000 }, () => {
  const lanes: Lane[] = [];
  beforeAll(async () => {
    while (lanes.length < lanesOf(lanesAtOnce)) lanes.push(await openLane());
  });
  afterAll(async () => {
    for (const lane of lanes) await lane.close();
  });

  test.each(cases)("$id: $what ($seeds seeds): the rows of one good refresh, with their age, and nothing of what came", async (row) => {
    const before = process.memoryUsage().rss;
    await underSeeds(row, lanes, async (lane, seed, random) => {
      const came = `${row.id}-${seed}-`;
      const serve = row.serve(JSON.stringify(stationsOf(came)), random);
      lane.serve = serve;
      lane.heldMs = 0;
      const { lagMs } = await lagOf(() => lane.refresh());
      if (row.isTimely === true) {
        while (lane.heldMs === 0) await wait(1);
        expect(lane.heldMs).toBeLessThan(timeoutMs + slackMs + lagMs);
      }
      if (row.reads === "new") lane.version = came;
      const reply = await lane.ask();
      expect(reply.status).toBe(200);
      expect(reply.text).not.toMatch(/CNRY|html|SELECT|db\.js|Unexpected|JSON/);
      expect(reply.json.data.stations.totalCount).toBe(40);
      expect(reply.json.data.stations.nodes).toEqual(stationsOf(lane.version));
      expect(reply.json.extensions.sources).toMatchObject([{ source: "shanghai", status: "OK", rows: 40 }]);
      expect(typeof reply.json.extensions.sources[0].staleness).toBe("number");
      expect(lane.hub.net.log.join("\n")).not.toMatch(/CNRY|SELECT/);
    });
    // Forty megabytes of each bomb are the server's own.
    expect(process.memoryUsage().rss - before).toBeLessThan(400_000_000);
  });

  const sweep: Seeded = { id: "F05", what: "errors now and then, from one in ten to one in two", seeds: seedsEach };
  test(`${titleOf(sweep)}: each refresh is whole or none, and what is read is a state that the API had`, async () => {
    const outcomes = { old: 0, new: 0 };
    await underSeeds(sweep, lanes, async (lane, seed, random) => {
      const share = 0.1 + random() * 0.4;
      for (let round = 0; round < 4; round += 1) {
        const came = `${sweep.id}-${seed}-${round}-`;
        let asked = 0;
        lane.serve = (response) => {
          asked += 1;
          if (random() < share) raw(response, oneOf([500, 502, 503], random), { "retry-after": "0" }, secret);
          else answer(response, stationsOf(came));
        };
        await lane.refresh();
        // The first and three more, if each of them fails.
        expect(asked).toBeLessThanOrEqual(4);
        const { nodes } = (await lane.ask()).json.data.stations;
        const isNew = nodes[0].name.startsWith(came);
        outcomes[isNew ? "new" : "old"] += 1;
        if (isNew) lane.version = came;
        expect(nodes).toEqual(stationsOf(lane.version));
      }
    });
    for (const lane of lanes) {
      lane.serve = (response) => answer(response, stationsOf("沪站"));
      await lane.refresh();
      expect((await lane.ask()).json.data.stations.nodes[0]).toEqual({ code: "3000A", name: "沪站0" });
    }
    console.log(`F05 over REST: ${outcomes.new} refreshes came whole, ${outcomes.old} not at all`);
  });
});
