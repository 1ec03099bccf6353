/** Operations whose rows turn out to be more bytes than the hub has room for, over HTTP. */
import Database from "better-sqlite3";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { smallNetwork } from "../fixtures/smallNetwork.ts";
import { type Hub, openHub } from "./openHub.ts";

const name = "x".repeat(100_000);
const list = (first: number, names = "name"): string => `{ stations(first: ${first}) { nodes { code ${names} } } }`;

describe("An operation that turns out large", () => {
  let hub: Hub;
  let owner: string;
  beforeAll(async () => {
    const network = await smallNetwork();
    await network.close(true);
    const database = new Database(join(network.dir, "hebei.db"));
    database.prepare("UPDATE station SET name = ?").run(name);
    database.close();
    hub = await openHub({ dir: network.dir }, () => ({ capacityBytes: 5_000_000 }));
    owner = await hub.net.token("owner", ["enforcement"]);
  });
  afterAll(() => hub.close());

  test("is answered while there is room, in pieces and yet the same bytes as any answer", async () => {
    const { status, text, json } = await hub.query(owner, list(10));
    expect(status).toBe(200);
    expect(json.data.stations.nodes).toHaveLength(10);
    expect(json.data.stations.nodes[9].name).toBe(name);
    expect(JSON.stringify(JSON.parse(text))).toBe(text);
  });

  test("is refused where there is none beside others of its agency, on record, and nothing of it stays behind", async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, () => hub.query(owner, list(10))));
    const refused = answers.filter(({ status }) => status === 503);
    expect(refused.length).toBeGreaterThan(0);
    for (const { json, headers } of refused) {
      expect(json.errors[0].extensions.code).toBe("HUB_BUSY");
      expect(json.data).toBeUndefined();
      expect(headers["retry-after"]).toBe("1");
    }
    expect(answers.filter(({ status }) => status === 200).length).toBe(12 - refused.length);
    expect((await hub.records()).filter(({ outcome, code }) => outcome === "REFUSED" && code === "HUB_BUSY")).toHaveLength(refused.length);
    const after = await hub.query(owner, list(10));
    // No breaker has opened: it is no fault of the source.
    expect(after.json.extensions).toMatchObject({ complete: true, sources: [{ status: "OK", rows: 10 }] });
  });

  test("goes without a source that alone is more than the hub carries", async () => {
    const { status, json } = await hub.query(owner, list(30));
    expect(status).toBe(200);
    expect(json).toMatchObject({ data: { stations: { nodes: [] } }, extensions: { complete: false, sources: [{ status: "TOO_LARGE", rows: 0 }] } });
  });

  test("is too large where only its text is: one cell under many names", async () => {
    const { status, json } = await hub.query(owner, list(10, Array.from({ length: 10 }, (_, index) => `n${index}: name`).join(" ")));
    expect(status).toBe(200);
    expect(json).toMatchObject({ data: { stations: null }, errors: [{ path: ["stations"], extensions: { code: "RESULT_TOO_LARGE" } }], extensions: { sources: [{ rows: 0 }] } });
    expect((await hub.query(owner, list(1))).status).toBe(200);
  });
});
