import { request as httpRequest } from "node:http";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { Adapter } from "../../adapters/contract/adapter.ts";
import { SourceFailure } from "../../adapters/contract/adapter.ts";
import type { SourceRegistry } from "../../src/sources/registry.ts";
import { watchFiles } from "../audit/fixtures.ts";
import { makeDatabase, policyYaml, sourceYaml } from "../fixtures/smallNetwork.ts";
import { type Hub, openHub } from "./openHub.ts";

const opened: Hub[] = [];
const open: typeof openHub = async (...args) => {
  const hub = await openHub(...args);
  opened.push(hub);
  return hub;
};
afterEach(async () => {
  await Promise.all(opened.splice(0).map((hub) => hub.close()));
});

const query = "{ stations(first: 2) { nodes { code name } } }";

describe("No record, no data", () => {
  /** Whether an answer gets out while the disk has not yet said that it holds the record. */
  const answersBeforeSync = async (hub: Hub, files: ReturnType<typeof watchFiles>): Promise<boolean> => {
    let release = (): void => {};
    files.hold = new Promise((resolve) => {
      release = resolve;
    });
    files.calls.length = 0;
    let isAnswered = false;
    const reply = hub.query(null, query).then((answer) => {
      isAnswered = true;
      return answer;
    });
    await vi.waitFor(() => expect(isAnswered || files.calls.includes("write")).toBe(true));
    // Another door of the same process answers meanwhile, so the answer would have had its turn.
    for (let turn = 0; turn < 3; turn += 1) await hub.ask({ method: "GET", path: "/healthz" });
    const wasEarly = isAnswered;
    release();
    files.hold = null;
    expect((await reply).status).toBe(200);
    return wasEarly;
  };

  test("the record is synced before the first byte of the answer leaves", async () => {
    const files = watchFiles();
    const hub = await open({ journalFiles: files.files });
    expect(await answersBeforeSync(hub, files)).toBe(false);
    expect(files.calls).toEqual(["write", "sync"]);
    await hub.query(null, query);
    expect(files.calls).toEqual(["write", "sync", "write", "sync"]);
  });

  test("this test notices a hub that does not wait for its record", async () => {
    const files = watchFiles();
    const hub = await open({ journalFiles: files.files }, ({ journal }) => ({ journal: { ...journal, append: async () => ({ id: "none" }) } }));
    expect(await answersBeforeSync(hub, files)).toBe(true);
  });

  test("F16: where the record cannot be written answers and refusals alike are 503, and the hub heals by itself", async () => {
    const files = watchFiles();
    const hub = await open({ journalFiles: files.files });
    files.failing = { operation: "sync", code: "EIO" };
    for (const document of [query, "{ nothing }"]) {
      const reply = await hub.query(null, document);
      expect(reply).toMatchObject({ status: 503, headers: { "retry-after": "1" }, json: { errors: [{ extensions: { code: "AUDIT_UNAVAILABLE" } }] } });
      expect(reply.text).not.toContain("站点");
    }
    expect((await hub.ask({ method: "GET", path: "/readyz" })).status).toBe(503);
    expect((await hub.ask({ method: "GET", path: "/healthz" })).status).toBe(200);
    files.failing = null;
    await vi.waitFor(async () => expect((await hub.ask({ method: "GET", path: "/readyz" })).status).toBe(200));
    expect((await hub.query(null, query)).status).toBe(200);
  });
});

/** A source whose rows wait until they are let go; each wait is handed to `onAsked`. */
const waiting = (registry: SourceRegistry, onAsked: (signal: AbortSignal) => Promise<void>): SourceRegistry => ({
  ...registry,
  get(id) {
    const ready = registry.get(id);
    if (ready === null) return null;
    const real: Adapter = ready.adapter;
    const adapter: Adapter = {
      ...real,
      rowsNow: () => null,
      async *rows(asked, signal) {
        await onAsked(signal);
        yield* real.rows(asked, signal);
      },
    };
    return { ...ready, mapping: ready.mapping, adapter };
  },
});

describe("Rules that change while a source is asked", () => {
  const withoutName = policyYaml.replace("Station: [code, name, medium, region, elevation]", "Station: [code, medium, region, elevation]");
  const fewerRows = policyYaml.replace("elevation] }\n", "elevation] }\n    where: { Station: { region: { in: [130200] } } }\n");
  /** `steps`: what happens while the n-th call of the source is under way. */
  const openChanging = async (steps: ((hub: Hub) => Promise<void>)[]): Promise<Hub> => {
    const hub: Hub = await open({}, ({ registry }) => ({ registry: waiting(registry, async () => steps.shift()?.(hub)) }));
    return hub;
  };

  test("F22: a field that is withdrawn is not answered, and the operation is judged anew", async () => {
    const hub = await openChanging([(one) => one.net.setPolicy(withoutName)]);
    const reply = await hub.query(null, query);
    expect(reply).toMatchObject({ status: 400, json: { errors: [{ extensions: { code: "GRAPHQL_VALIDATION_FAILED" } }] } });
    expect(reply.text).not.toContain("站点");
    expect(await hub.records()).toMatchObject([{ outcome: "REFUSED", code: "GRAPHQL_VALIDATION_FAILED", epoch: 2 }]);
  });

  test("F22: rows that are withdrawn are not answered: the operation runs once more under the rules of now", async () => {
    const hub = await openChanging([(one) => one.net.setPolicy(fewerRows)]);
    const reply = await hub.query(null, query);
    expect(reply.json.data.stations.nodes.map(({ code }: { code: string }) => code)).toEqual(["1002A", "1005A"]);
    expect(reply.json.extensions.access.epoch).toBe(2);
    expect(await hub.records()).toMatchObject([{ outcome: "ANSWERED", epoch: 2 }]);
  });

  test("a rule that ends while a source is asked is not answered from", async () => {
    let nowMs = Date.parse("2026-06-30T12:00:00+08:00");
    const hub: Hub = await open({ now: () => nowMs, policy: policyYaml.replace("elevation] }\n", "elevation] }\n    until: 2026-06-30\n") }, ({ registry }) => ({
      registry: waiting(registry, async () => {
        nowMs = Date.parse("2026-07-01T00:00:00+08:00");
      }),
    }));
    const reply = await hub.query(null, query);
    expect(reply).toMatchObject({ status: 400, json: { errors: [{ extensions: { code: "GRAPHQL_VALIDATION_FAILED" } }] } });
    expect(reply.text).not.toContain("站点");
  });

  test("a change that touches nothing of the operation lets it be answered", async () => {
    const hub = await openChanging([(one) => one.net.setPolicy(policyYaml.replace("name, industry, region]", "name, region]"))]);
    expect((await hub.query(null, query)).json.data.stations.nodes).toHaveLength(2);
  });

  test("a second change in between is POLICY_CHANGED, with nothing of the data, and recorded", async () => {
    const hub = await openChanging([(one) => one.net.setPolicy(fewerRows), (one) => one.net.setPolicy(policyYaml)]);
    const reply = await hub.query(null, query);
    expect(reply).toMatchObject({ status: 503, json: { errors: [{ extensions: { code: "POLICY_CHANGED" } }] } });
    expect(reply.text).not.toContain("站点");
    expect(await hub.records()).toMatchObject([{ outcome: "REFUSED", code: "POLICY_CHANGED" }]);
    expect((await hub.query(null, query)).status).toBe(200);
  });
});

test("an answer without a source that could not be asked is recorded as the part that it is", async () => {
  const region = (folder: string, code: string, source: string) => ({ folder, region: code, source, policy: policyYaml, makeDatabase });
  const hub = await open({ regions: [region("hebei", "130000", sourceYaml), region("tianjin", "120000", sourceYaml.replace("region: 130000", "region: 120000").replace("key: code", "kee: code"))] });
  const { json } = await hub.query(null, "{ stations(first: 2) { totalCount nodes { code } } }");
  expect(json).toMatchObject({ data: { stations: { totalCount: null } }, extensions: { complete: false, sources: [{ source: "hebei", status: "OK" }, { source: "tianjin", status: "UNAVAILABLE" }] } });
  expect(await hub.records()).toMatchObject([{ outcome: "PARTIAL", sources: [{ source: "hebei", status: "OK", rows: 2 }, { source: "tianjin", status: "UNAVAILABLE", rows: 0 }] }]);
});

test("F12: a caller who goes away stops the source, and the record says ABORTED and what was asked", async () => {
  let asked = (_signal: AbortSignal): void => {};
  const underWay = new Promise<AbortSignal>((resolve) => {
    asked = resolve;
  });
  const hub = await open({}, ({ registry }) => ({
    registry: waiting(registry, (signal) => {
      asked(signal);
      return new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(new SourceFailure("ABORTED"))));
    }),
  }));
  const body = JSON.stringify({ query });
  const request = httpRequest(`${hub.gateway.url}/graphql`, { method: "POST", agent: false, headers: { "content-type": "application/json", "x-correlation-id": "gone", "content-length": Buffer.byteLength(body) } });
  request.on("error", () => undefined);
  request.end(body);
  const signal = await underWay;
  request.destroy();
  await vi.waitFor(() => expect(signal.aborted).toBe(true));
  await vi.waitFor(async () => expect(await hub.records()).toMatchObject([{ outcome: "ABORTED", correlationId: "gone", agency: "public", coordinates: ["Station.code", "Station.name"], sources: [] }]));
});

test("a server that closes answers what is under way and takes nothing new", async () => {
  let release = (): void => {};
  let asked = (): void => {};
  const underWay = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const hub = await open({}, ({ registry }) => ({
    registry: waiting(registry, () => {
      asked();
      return new Promise((resolve) => {
        release = resolve;
      });
    }),
  }));
  const reply = hub.query(null, query);
  await underWay;
  const closed = hub.gateway.close();
  await expect(hub.query(null, query)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  release();
  expect((await reply).status).toBe(200);
  await closed;
});
