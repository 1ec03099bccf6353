/** What happens between a question and its answer: rules that change at the last moment, and sources that say too much when they fail. */
import { afterEach, describe, expect, test, vi } from "vitest";
import type { Adapter } from "../../adapters/contract/adapter.ts";
import type { SourceRegistry } from "../../src/sources/registry.ts";
import { watchFiles } from "../audit/fixtures.ts";
import { policyYaml } from "../fixtures/smallNetwork.ts";
import { type Hub, openHub } from "../gateway/openHub.ts";

const opened: Hub[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((hub) => hub.close()));
});

const query = "{ stations(first: 2) { nodes { code name } } }";
const withoutName = policyYaml.replace("Station: [code, name, medium, region, elevation]", "Station: [code, medium, region, elevation]");

/** The network's sources, with an adapter changed. */
const changed = (registry: SourceRegistry, change: (adapter: Adapter) => Adapter): SourceRegistry => ({
  ...registry,
  get(id) {
    const ready = registry.get(id);
    return ready === null ? null : { ...ready, mapping: ready.mapping, adapter: change(ready.adapter) };
  },
});

describe("A rule that is withdrawn", () => {
  test("while its withdrawal is being written, an answer that was read under it does not leave after it", async () => {
    const files = watchFiles();
    let reads = 0;
    const hub = await openHub({ journalFiles: files.files }, ({ registry }) => ({
      registry: changed(registry, (adapter) => ({
        ...adapter,
        rowsNow(asked) {
          reads += 1;
          return adapter.rowsNow?.(asked) ?? null;
        },
      })),
    }));
    opened.push(hub);
    expect((await hub.query(null, query)).status).toBe(200);
    let release = (): void => {};
    files.hold = new Promise((resolve) => {
      release = resolve;
    });
    files.calls.length = 0;
    const withdrawal = hub.net.setPolicy(withoutName);
    await vi.waitFor(() => expect(files.calls).toContain("write"));
    reads = 0;
    const reply = hub.query(null, query);
    await vi.waitFor(() => expect(reads).toBeGreaterThan(0));
    // Another door of the same process answers meanwhile, so whatever the answer does before its record is done.
    for (let turn = 0; turn < 3; turn += 1) await hub.ask({ method: "GET", path: "/healthz" });
    files.hold = null;
    release();
    await withdrawal;
    expect(await reply).toMatchObject({ status: 400, json: { errors: [{ extensions: { code: "GRAPHQL_VALIDATION_FAILED" } }] } });
    expect((await reply).text).not.toContain("站点");
  });
});

describe("P41 what fails inside", () => {
  const secret = "SQLITE_ERROR: no such column: legal_rep_id CNRY-station-1001-contact at /var/lib/hebei.db";
  const fail = (): never => {
    throw new Error(secret);
  };
  test.each<[string, (registry: SourceRegistry) => SourceRegistry, string]>([
    ["a source", (registry) => changed(registry, (adapter) => ({ ...adapter, rowsNow: fail, rows: fail, aggregate: fail })), "{ stations(first: 2) { totalCount nodes { code } } }"],
    ["a source that is asked for a row by its id", (registry) => changed(registry, (adapter) => ({ ...adapter, rowsNow: fail, rows: fail })), '{ node(id: "Station.hebei.AAAA") { id } }'],
    ["the hub itself", (registry) => ({ ...registry, get: fail }), query],
  ])("%s: none of its words reach the caller or the journal", async (_what, change, asked) => {
    const hub = await openHub({}, ({ registry }) => ({ registry: change(registry) }));
    opened.push(hub);
    const reply = await hub.query(null, asked);
    const said = [reply.text, JSON.stringify(reply.headers), JSON.stringify(await hub.records())].join("\n");
    expect(said).not.toMatch(/SQLITE|column|legal_rep|CNRY|\/var|hebei\.db/);
    expect(reply.json.errors !== undefined || reply.json.extensions.complete === false).toBe(true);
  });
});
