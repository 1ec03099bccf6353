/** A hub with a healthy and a failing source, scraped as Prometheus would: figures against what was asked. */
import { once } from "node:events";
import { get } from "node:http";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { type Adapter, SourceFailure } from "../../adapters/contract/adapter.ts";
import { standingOf } from "../../src/cli/openObserved.ts";
import { makeMetrics } from "../../src/observe/metrics.ts";
import { type MetricsServer, serveMetrics } from "../../src/observe/metricsServer.ts";
import type { SourceRegistry } from "../../src/sources/registry.ts";
import { type Attacked, openAttacked } from "../attacks/fixture/openAttacked.ts";
import { rowsOf } from "../attacks/fixture/rows.ts";
import { openTold, parseExposition, type Told, valueOf } from "./observed.ts";

const query = "{ enterprises(first: 3) { nodes { name } } }";
const secret = "CNRYdriver: SELECT legal_rep FROM ent WHERE id = '330104'";

/** Tianjin answers only what it is told to. */
const failing = { with: null as SourceFailure | null };
const withFailures = (registry: SourceRegistry): SourceRegistry => ({
  ...registry,
  get(id) {
    const ready = registry.get(id);
    if (ready === null || id !== "tianjin") return ready;
    const adapter: Adapter = {
      ...ready.adapter,
      rowsNow: () => null,
      async *rows(asked, signal) {
        if (failing.with !== null) throw failing.with;
        yield* ready.adapter.rows(asked, signal);
      },
    };
    return { ...ready, adapter };
  },
});

let told: Told;
let attacked: Attacked;
let server: MetricsServer;
let text: string;
const ask = async (agency: string, document = query) => attacked.hub.query(await attacked.hub.net.token(agency, ["check"]), document);

beforeAll(async () => {
  told = await openTold({ level: "info" });
  attacked = await openAttacked({ rows: rowsOf, change: ({ registry }) => ({ observer: told.observer, log: told.log, registry: withFailures(registry) }) });
  const { net, gateway } = attacked.hub;
  told.metrics.watch(() => standingOf(net.state, net.registry, net.journal, gateway));
  server = await serveMetrics(told.metrics, { host: "127.0.0.1", port: 0 });
  for (let count = 0; count < 4; count += 1) await ask("full");
  await ask("low");
  failing.with = new SourceFailure("BAD_ANSWER", Object.assign(new Error(secret), { code: "42P01" }));
  // LOW sees nothing of Tianjin. The breaker opens once half of the calls failed, and the rest of these is spared it.
  for (let count = 0; count < 8; count += 1) await ask("full");
  await ask("full", "{ enterprises { nodes { noSuchField } } }");
  await ask("full", "{ nodes(ids: [\"x\"]) { id } }");
  await attacked.hub.query("no token", query);
  text = await scrape();
});
afterAll(async () => {
  await server.close();
  await attacked.close();
  await told.close();
});

const scrape = async (): Promise<string> => {
  const response = await fetch(server.url);
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/);
  return response.text();
};

describe("/metrics", () => {
  it("is the exposition format, with names after Prometheus's conventions", () => {
    for (const [name, { type, help, samples }] of parseExposition(text)) {
      expect(help, name).not.toBe("");
      if (!name.startsWith("one_network_")) continue;
      expect(name).toMatch(/^[a-z][a-z0-9_]*[a-z]$/);
      expect(name).not.toMatch(/milli|_ms|_minutes|_kb|_percent/);
      expect(name.endsWith("_total"), name).toBe(type === "counter");
      if (type === "histogram") {
        expect(name).toMatch(/_seconds$/);
        for (const { name: sample, labels, value } of samples.filter(({ labels: { le } }) => le === "+Inf")) {
          expect(sample).toBe(`${name}_bucket`);
          const { le: _le, ...rest } = labels;
          expect(valueOf(text, `${name}_count`, rest)).toBe(value);
        }
      }
    }
  });

  test.each<[string, Record<string, string>, number]>([
    ["answers_total", { door: "graphql", status: "200", code: "OK" }, 6],
    ["answers_total", { door: "graphql", status: "200", code: "PARTIAL" }, 8],
    ["answers_total", { door: "graphql", status: "400", code: "GRAPHQL_VALIDATION_FAILED" }, 1],
    ["answers_total", { door: "graphql", status: "401", code: "UNAUTHENTICATED" }, 1],
    ["answer_errors_total", { code: "INVALID_ID" }, 1],
    ["request_duration_seconds_count", { door: "graphql" }, 16],
    ["agency_requests_total", { agency: "full", outcome: "answered" }, 5],
    ["agency_requests_total", { agency: "full", outcome: "partial" }, 8],
    ["agency_requests_total", { agency: "full", outcome: "refused" }, 1],
    ["agency_requests_total", { agency: "low", outcome: "answered" }, 1],
    ["agency_requests_total", { agency: "unknown", outcome: "refused" }, 1],
    // Two documents of FULL and one of LOW that are plans.
    ["plans_total", { way: "compiled" }, 3],
    ["plans_total", { way: "prepared" }, 11],
    ["source_calls_total", { source: "hebei", outcome: "OK" }, 13],
    ["source_calls_total", { source: "tianjin", outcome: "OK" }, 4],
    ["source_ready", { source: "tianjin" }, 1],
    ["source_breaker_state", { source: "tianjin", state: "open" }, 1],
    ["source_breaker_state", { source: "tianjin", state: "closed" }, 0],
    ["source_breaker_state", { source: "hebei", state: "closed" }, 1],
    ["source_breaker_changes_total", { source: "tianjin", state: "open" }, 1],
    ["source_calls_running", { source: "hebei" }, 0],
    ["source_drift_findings", { source: "hebei" }, 0],
    ["journal_healthy", {}, 1],
    ["journal_waiting_records", {}, 0],
    ["policy_epoch", {}, 1],
    ["log_events_total", { level: "warn", event: "source.breaker" }, 1],
  ])("%s %j is %d", (name, labels, expected) => {
    expect(valueOf(text, `one_network_${name}`, labels)).toBe(expected);
  });

  it("counts failures of a source by their kind, those that the breaker spared it beside them", () => {
    const [failed, spared] = ["BAD_ANSWER", "UNAVAILABLE"].map((outcome) => valueOf(text, "one_network_source_calls_total", { source: "tianjin", outcome }));
    expect(failed).toBeGreaterThanOrEqual(3);
    expect((failed ?? 0) + (spared ?? 0)).toBe(8);
    // A spared call took no time of the source.
    expect(valueOf(text, "one_network_source_call_duration_seconds_count", { source: "tianjin", kind: "rows" })).toBe(4 + (failed ?? 0));
  });

  it("counts rows as they were printed, and as they were read", async () => {
    const printed = (await ask("full")).json.extensions.sources.reduce((total: number, { rows }: { rows: number }) => total + rows, 0);
    const before = valueOf(text, "one_network_agency_rows_total", { agency: "full" });
    const read = valueOf(text, "one_network_source_rows_total", { source: "hebei" });
    const after = await scrape();
    expect(valueOf(after, "one_network_agency_rows_total", { agency: "full" }) - before).toBe(printed);
    expect(valueOf(after, "one_network_source_rows_total", { source: "hebei" })).toBeGreaterThan(read);
  });

  it("tells what an agency has left", async () => {
    // Much, and looked at at once: some ten thousand units come back each second.
    await Promise.all(Array.from({ length: 5 }, () => ask("full", "{ enterprises(first: 1000) { nodes { name uscc industry } } }")));
    const now = await scrape();
    expect(valueOf(now, "one_network_agency_budget_left_units", { agency: "full", purpose: "check", window: "day" }), "spent in one go").toBeLessThan(1_200_000_000 - 5_000);
    const [left, most] = ["agency_budget_left_units", "agency_budget_units"].map((name) => valueOf(now, `one_network_${name}`, { agency: "full", purpose: "check", window: "day" }));
    expect(left).toBeLessThan(most ?? 0);
    expect(left).toBeGreaterThan(0);
  });

  it("has the process's own figures", () => {
    for (const name of ["process_cpu_seconds_total", "process_resident_memory_bytes", "nodejs_eventloop_lag_p99_seconds", "nodejs_heap_size_used_bytes"]) expect(valueOf(text, name)).toBeGreaterThan(0);
  });

  it("times the journal", () => {
    expect(valueOf(text, "one_network_source_retries_total", { source: "tianjin" })).toBe(0);
    const metrics = makeMetrics(() => 0);
    metrics.appended(20, true);
    metrics.appended(5, false);
    return metrics.text().then((own) => {
      expect(valueOf(own, "one_network_journal_append_duration_seconds_sum")).toBe(0.02);
      expect(valueOf(own, "one_network_journal_append_failures_total")).toBe(1);
    });
  });

  it("names nothing that a driver said, nor do spans and lines", async () => {
    await told.flush();
    expect(told.collector.spans().filter(({ attributes }) => attributes["one_network.outcome"] === "BAD_ANSWER").length).toBeGreaterThanOrEqual(3);
    expect(`${text}${told.lines.join("\n")}${told.collector.raw.join("\n")}`).not.toMatch(/CNRY|SELECT|legal_rep|330104/);
  });
});

describe("The listener", () => {
  test.each([
    ["GET", "/", 404],
    ["GET", "/graphql", 404],
    ["POST", "/metrics", 405],
  ])("answers %s %s with %d", async (method, path, status) => {
    expect((await fetch(new URL(path, server.url), { method })).status).toBe(status);
  });

  it("is not at the agencies' door", async () => {
    expect((await fetch(`${attacked.hub.gateway.url}/metrics`)).status).toBe(404);
  });

  it("refuses a page that reaches it under another name", async () => {
    const { port } = new URL(server.url);
    const request = get({ host: "127.0.0.1", port, path: "/metrics", headers: { host: `rebound.example:${port}` } });
    const [response] = (await once(request, "response")) as [import("node:http").IncomingMessage];
    response.resume();
    expect(response.statusCode).toBe(403);
  });

  it("says which setting to mend where it cannot listen", async () => {
    const taken = Number(new URL(server.url).port);
    await expect(serveMetrics(told.metrics, { host: "127.0.0.1", port: taken })).rejects.toMatchObject({ code: "CONFIG_INVALID", message: expect.stringMatching(/METRICS_PORT/) });
  });
});
