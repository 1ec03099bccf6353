import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeJiangsuData } from "../../seeds/jiangsu/data.ts";
import { makeJiangsuServer } from "../../seeds/jiangsu/service.ts";

const data = makeJiangsuData();
let server: Server;
let base = "";
beforeAll(async () => {
  server = makeJiangsuServer({ token: "right", data });
  await once(server.listen(0, "127.0.0.1"), "listening");
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1.1`;
});
afterAll(() => void server.close().closeAllConnections());

interface Answer {
  readonly value: readonly Readonly<Record<string, unknown>>[];
  readonly "@iot.count"?: number;
  readonly "@iot.nextLink"?: string;
}
const raw = (path: string, authorization = "Bearer right"): Promise<Response> => fetch(path.startsWith("http") ? path : base + path, { headers: { authorization } });
const get = async (path: string): Promise<Answer> => (await raw(path)).json() as Promise<Answer>;
const options = (given: Readonly<Record<string, string>>): string => `?${Object.entries(given).map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&")}`;

describe("the Jiangsu service", () => {
  it("has the same entities every time: six stations, three properties each, five days of hours with gaps", () => {
    expect(makeJiangsuData().Observations.map(({ own }) => own)).toEqual(data.Observations.map(({ own }) => own));
    expect([data.Things.length, data.Datastreams.length]).toEqual([6, 18]);
    expect(data.Observations.length).toBeGreaterThan(2000);
    expect(data.Observations.length).toBeLessThanOrEqual(6 * 3 * 120);
    expect(data.Observations.some(({ own }) => own["result"] === null && own["resultQuality"] !== "N")).toBe(true);
    expect(new Set(data.Observations.map(({ own }) => (own["parameters"] as { status: string }).status))).toEqual(new Set(["auto", "reviewed"]));
  });

  it("leads from page to page by links, at most 500 at once, and counts when it is asked", async () => {
    const seen = new Set<unknown>();
    let pages = 0;
    for (let path: string | undefined = `/Observations${options({ $top: "10000", $count: "true", $select: "id", $orderby: "id desc" })}`; path !== undefined; ) {
      const page: Answer = await get(path);
      expect(page["@iot.count"]).toBe(data.Observations.length);
      expect(page.value.length).toBeLessThanOrEqual(500);
      for (const entity of page.value) seen.add(entity["@iot.id"]);
      pages += 1;
      path = page["@iot.nextLink"];
    }
    expect([seen.size, pages]).toEqual([data.Observations.length, Math.ceil(data.Observations.length / 500)]);
    expect((await get("/Things"))["@iot.count"]).toBeUndefined();
  });

  it.each([
    ["id eq 5", 1],
    ["id eq 5 or id eq 6", 2],
    ["not (id gt 4)", 4],
    ["id ge 2 and id lt 5", 3],
    ["Datastream/id eq 1 and phenomenonTime ge 2026-06-27T00:00:00Z and phenomenonTime lt 2026-06-27T03:00:00+00:00", 3],
    ["Datastream/ObservedProperty/name eq 'a34004' and Datastream/Thing/properties/code eq '1151A' and phenomenonTime lt 2026-06-25T18:00:00Z", 2],
    ["Datastream/Thing/name eq 'it''s nowhere'", 0],
  ])("filters by %s", async (filter, count) => {
    expect((await get(`/Observations${options({ $filter: filter, $count: "true" })}`))["@iot.count"]).toBe(count);
  });

  it("expands relations with options of their own, and shows what was selected alone", async () => {
    const { value } = await get(`/Observations${options({ $top: "1", $select: "id,result", $expand: "Datastream($select=unitOfMeasurement;$expand=Thing($select=name;$expand=Locations($select=location)),ObservedProperty($select=name))" })}`);
    expect(value).toEqual([
      {
        "@iot.id": 1,
        result: expect.any(Number),
        Datastream: {
          unitOfMeasurement: expect.objectContaining({ symbol: "ug/m3" }),
          Thing: { name: "迈皋桥", Locations: [{ location: { type: "Point", coordinates: [118.8086, 32.1065] } }] },
          ObservedProperty: { name: "a34004" },
        },
      },
    ]);
  });

  it.each([
    [400, `/Observations${options({ $filter: "result ~ 5" })}`],
    [400, `/Observations${options({ $filter: "(id eq 5" })}`],
    [400, `/Observations${options({ $filter: "id eq" })}`],
    [400, `/Observations${options({ $expand: "Things" })}`],
    [400, `/Observations${options({ $expand: "Datastream($top=5)" })}`],
    [400, `/Observations${options({ $top: "-1" })}`],
    [400, `/Observations${options({ $apply: "x" })}`],
    [400, `/Things${options({ $filter: "Locations/name eq 'x'" })}`],
    [404, "/Tasks"],
    [404, "/"],
  ])("answers %d to %s", async (status, path) => {
    const response = await raw(path);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ code: status, type: "error" });
  });

  it("shows nothing without its token", async () => {
    expect((await raw("/Things", "Bearer wrong")).status).toBe(401);
  });
});
