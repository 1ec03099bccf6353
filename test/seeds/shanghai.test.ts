import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { makeShanghaiData } from "../../seeds/shanghai/data.ts";
import { makeShanghaiServer } from "../../seeds/shanghai/service.ts";

interface Page {
  readonly total: number;
  readonly pageNum: number;
  readonly pageSize: number;
  readonly list: readonly Record<string, unknown>[];
  readonly next?: string | null;
}
interface Envelope {
  readonly code: number;
  readonly msg: string;
  readonly data: Page | null;
}

const data = makeShanghaiData();
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

async function serve(options: { rate?: number; now?: () => number } = {}) {
  const server = makeShanghaiServer({ token: "right", data, rate: options.rate ?? 1000, now: options.now ?? (() => 0) });
  servers.push(server);
  await once(server.listen(0, "127.0.0.1"), "listening");
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v2`;
  const raw = (path: string, headers: Record<string, string> = {}, method = "GET"): Promise<Response> =>
    fetch(base + path, { method, headers: { authorization: "Bearer right", ...headers } });
  const get = async (path: string): Promise<Envelope> => (await raw(path)).json() as Promise<Envelope>;
  const list = async (path: string): Promise<Page> => {
    const { code, data: page } = await get(path);
    if (code !== 0 || !page) throw new Error(`refused: ${path}`);
    return page;
  };
  return { raw, get, list };
}

const time = (text: string): string => encodeURIComponent(text);

describe("the Shanghai service", () => {
  it("pages hours by at most a thousand rows and gives every row once", async () => {
    const { list } = await serve();
    const first = await list("/hour");
    expect(first.list).toHaveLength(1000);
    const pages = Math.ceil(first.total / first.pageSize);
    const seen = new Set<string>();
    for (let page = 1; page <= pages; page++) {
      for (const row of (await list(`/hour?page=${page}`)).list) seen.add(`${String(row["stationId"])} ${String(row["time"])}`);
    }
    expect(seen.size).toBe(first.total);
    expect(first.total).toBeGreaterThan(14_000);
    expect((await list(`/hour?page=${pages + 1}`)).list).toEqual([]);
  });

  it("filters hours by station and by a half-open span of time", async () => {
    const { list } = await serve();
    const from = time("2026-06-01T00:00:00+08:00");
    const page = await list(`/hour?stationId=1141A&from=${from}&to=${time("2026-06-01T03:00:00+08:00")}`);
    expect(page.list.map((row) => row["time"])).toEqual(["2026-06-01T00:00:00+08:00", "2026-06-01T01:00:00+08:00", "2026-06-01T02:00:00+08:00"]);
    expect((await list(`/hour?from=${time("2026-05-31T16:00:00Z")}&to=${time("2026-05-31T17:00:00Z")}`)).list[0]?.["time"]).toBe("2026-06-01T00:00:00+08:00");
    expect((await list(`/hour?from=${from}&to=${from}`)).total).toBe(0);
  });

  it("spells numbers as text and leaves some items out or empty", () => {
    const items = data.hours.flatMap((row) => row.items);
    expect(items.every((item) => typeof item["value"] === "string")).toBe(true);
    expect(items.some((item) => item["value"] === "" && item["mark"] !== "N")).toBe(true);
    expect(data.hours.some((row) => row.items.length < 6)).toBe(true);
    expect(data.hours.length).toBeLessThan(10 * 60 * 24);
  });

  it.each(["/hour?from=yesterday", "/hour?page=0", "/hour?from=2026-06-02&to=2026-06-01", "/stations?size=101", "/stations?page=x", "/water/results?month=2026-13", "/penalties?since=-1"])(
    "refuses %s inside a 200",
    async (path) => {
      const { raw } = await serve();
      const response = await raw(path);
      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({ code: 40001, data: null });
    },
  );

  it.each([undefined, "Bearer wrong", "right"])("shows nothing to the authorization %s", async (authorization) => {
    const { raw } = await serve();
    const response = await raw("/stations", { authorization: authorization ?? "" });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ code: 40301, data: null });
  });

  it("answers 429 with Retry-After beyond its rate, and again when time has passed", async () => {
    let now = 0;
    const { raw } = await serve({ rate: 2, now: () => now });
    const statuses: number[] = [];
    for (let i = 0; i < 5; i++) statuses.push((await raw("/alerts")).status);
    expect(statuses).toEqual([200, 200, 200, 200, 429]);
    const busy = await raw("/alerts");
    expect(busy.headers.get("retry-after")).toBe("1");
    expect(await busy.json()).toMatchObject({ code: 42901 });
    now = 1000;
    expect((await raw("/alerts")).status).toBe(200);
  });

  it("knows by its ETag what a caller already has", async () => {
    const { raw } = await serve();
    const etag = (await raw("/stations?size=100")).headers.get("etag") ?? "";
    expect((await raw("/stations?size=100", { "if-none-match": etag })).status).toBe(304);
    expect((await raw("/stations?size=1", { "if-none-match": etag })).status).toBe(200);
  });

  it("feeds penalties by a cursor and repeats a changed one", async () => {
    const { list } = await serve();
    const rows: Record<string, unknown>[] = [];
    for (let next: string | null = "0"; next !== null; ) {
      const page: Page = await list(`/penalties?since=${next}`);
      rows.push(...page.list);
      next = page.next ?? null;
    }
    const numbers = rows.map((row) => row["docNo"]);
    expect(new Set(numbers).size).toBe(70);
    expect(numbers.length).toBeGreaterThan(70);
    const last = new Map(rows.map((row) => [row["docNo"], row["revoked"]]));
    expect([...last.values()].filter(Boolean)).toHaveLength(numbers.length - 70);
  });

  it("serves sections, results with limits, enterprises and alerts", async () => {
    const { list } = await serve();
    expect((await list("/water/sections")).total).toBe(8);
    expect((await list("/water/results?month=2026-03")).total).toBe(8);
    const all = await list("/water/results?size=100");
    expect(all.total).toBe(96);
    expect(all.list.some((row) => String(row["TP"]).endsWith("L"))).toBe(true);
    expect((await list("/enterprises?size=100")).list).toHaveLength(60);
    expect((await list("/alerts")).list.some((row) => row["liftedAt"] === null)).toBe(true);
  });

  it("knows no other path, method or malformed address", async () => {
    const { raw } = await serve();
    expect((await raw("/nothing")).status).toBe(404);
    expect((await raw("/stations", {}, "POST")).status).toBe(405);
  });

  it("makes the same data every time", () => {
    expect(makeShanghaiData()).toEqual(data);
  });
});
