/** A PostgreSQL source behind the fault proxy, failing in every way: what the hub tells of it names the way and nothing else. */
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { type FaultHub, openFaultHub } from "../faults/faultHub.ts";
import type { Fault } from "../faults/faultProxy.ts";
import { hasPostgres } from "../fixtures/postgresServer.ts";
import { openTold, type SentSpan, type Told, valueOf } from "./observed.ts";

describe.skipIf(!(await hasPostgres()))("A source that fails", () => {
  let told: Told;
  let hub: FaultHub;
  const query = "{ stations(where: { name: { contains: \"津站CNRYliteral\" } }, first: 5) { nodes { code name } totalCount } }";
  const faults: readonly Fault[] = [{ kind: "blackHole" }, { kind: "refuse" }, { kind: "say", text: "CNRYsaid SELECT 津站" }, { kind: "resetAfter", bytes: 200 }];

  beforeAll(async () => {
    told = await openTold();
    hub = await openFaultHub({ parts: { observer: told.observer, log: told.log } });
    for (let count = 0; count < 6; count += 1) await hub.query(query);
    for (const fault of faults) {
      await hub.proxy.set(fault);
      await hub.query(query);
    }
    await hub.region.run("ALTER TABLE station RENAME COLUMN contact TO cnry_contact; ALTER TABLE station RENAME COLUMN name TO cnry_name");
    await hub.proxy.set({ kind: "none" });
    await new Promise((resolve) => setTimeout(resolve, 2_100));
    for (let count = 0; count < 3; count += 1) await hub.query(query);
    await hub.registry.checkDrift();
    await told.flush();
  }, 60_000);
  afterAll(async () => {
    await hub.close();
    await told.close();
  });

  const calls = (): readonly SentSpan["attributes"][] => told.collector.spans().filter(({ name, attributes }) => name === "source call" && attributes["one_network.source"] === "tianjin").map(({ attributes }) => attributes);

  it("leaves a call for each attempt with its outcome, the breaker's state, and an error's mark", () => {
    const outcomes = new Set(calls().map((attributes) => attributes["one_network.outcome"]));
    expect(outcomes).toContain("OK");
    expect(outcomes.size).toBeGreaterThan(1);
    for (const span of told.collector.spans()) if (span.name === "source call") expect(span.isError).toBe(span.attributes["one_network.outcome"] !== "OK");
  });

  it("is counted by outcome, as spans tell it", async () => {
    const figures = await told.metrics.text();
    for (const outcome of ["OK", "UNAVAILABLE", "TIMEOUT", "BAD_ANSWER", "BUSY"]) {
      expect(valueOf(figures, "one_network_source_calls_total", { source: "tianjin", outcome }), outcome).toBe(calls().filter((attributes) => attributes["one_network.outcome"] === outcome).length);
    }
  });

  it("is told in the log by codes: SQLSTATE of the database, and changes of its tables by their kind", () => {
    const failed = told.lines.map((line) => JSON.parse(line) as Record<string, unknown>).filter(({ event }) => event === "source.call_failed");
    expect(failed.map(({ driver }) => driver)).toContain("42703");
    const registryLines = hub.log.join("\n");
    expect(registryLines).toContain('"event":"source.drifted","source":"tianjin","change":"COLUMN_GONE"');
  });

  test.each([["cells", /津站|CNRY-station/], ["literals", /CNRYliteral|CNRYsaid/], ["columns and tables", /cnry_|"station"|contact/], ["statements", /SELECT|FROM|\$1/], ["hosts, ports, accounts", /127\.0\.0\.1:\d+(?!\/v1)|postgres:|password/]])("names no %s anywhere", async (_what, pattern) => {
    const sent = told.collector.raw.filter((text) => !/^POST /.test(text));
    expect([...sent, ...told.lines, ...hub.log, await told.metrics.text()].filter((text) => pattern.test(text))).toEqual([]);
  });
});
