/** The hub as a process: what is closed until the environment opens it, and what leaves it then. */
import { beforeAll, beforeEach, afterEach, describe, expect, it, test } from "vitest";
import { build, command, failedStart, type RunningHub, type SmallFolder, smallFolder, startHub } from "../cli/hubProcess.ts";
import { openCollector, valueOf } from "./observed.ts";

let folder: SmallFolder;
beforeAll(build);
beforeEach(() => {
  folder = smallFolder();
});
afterEach(() => folder.remove());

const query = "{ stations(first: 1) { nodes { name } } }";
const metricsUrl = (hub: RunningHub): string | undefined => hub.lines.map((line) => /^ {2}metrics +(http:\S+)$/.exec(line)?.[1]).find((url) => url !== undefined);
const events = (hub: RunningHub): readonly Record<string, unknown>[] =>
  hub
    .errors()
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe("A hub", () => {
  it("serves no figures and sends no spans unless it is told to", async () => {
    const hub = await startHub(folder);
    try {
      await hub.query(query);
      expect(metricsUrl(hub)).toBeUndefined();
      expect((await fetch(`${hub.url}/metrics`)).status).toBe(404);
    } finally {
      await hub.stop();
    }
    // No line of the log, but that the hub is up, while nothing happens.
    expect(events(hub)).toMatchObject([{ level: "info", event: "hub.started", sources: 1, ready: 1, epoch: 1 }]);
  });

  it("serves figures of this machine, sends spans with the collector's headers, logs at debug, and sends what is left when it stops", async () => {
    const collector = await openCollector();
    const hub = await startHub(folder, { METRICS_PORT: "0", LOG_LEVEL: "debug", OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_EXPORTER_OTLP_HEADERS: "x-tenant=environment" });
    const { out: token } = await command(folder, "token", "--agency", "partner", "--purpose", "enforcement");
    try {
      const { body } = await hub.query(query, token.trim());
      const { correlationId } = (body as { extensions: { correlationId: string } }).extensions;
      await hub.query("{ noSuchField }", "no.token.PW=123456");
      const url = metricsUrl(hub) ?? "";
      expect(new URL(url).hostname).toBe("127.0.0.1");
      const figures = await (await fetch(url)).text();
      expect(valueOf(figures, "one_network_agency_requests_total", { agency: "partner", outcome: "answered" })).toBe(1);
      expect(valueOf(figures, "one_network_journal_append_duration_seconds_count")).toBeGreaterThan(1);
      expect(valueOf(figures, "one_network_source_ready", { source: "hebei" })).toBe(1);
      expect(events(hub).find(({ event, agency }) => event === "request.ended" && agency === "partner")).toMatchObject({ correlationId, status: 200, door: "graphql", traceId: expect.stringMatching(/^[0-9a-f]{32}$/) });
    } finally {
      await hub.stop();
      await collector.close();
    }
    const traceId = events(hub).find(({ event, agency }) => event === "request.ended" && agency === "partner")?.["traceId"];
    expect(collector.spans().filter((span) => span.traceId === traceId).map(({ name }) => name).sort()).toEqual(["journal append", "plan", "request", "source call", "step"]);
    expect(collector.raw.join("\n")).toContain('"x-tenant":"environment"');
    const told = `${hub.errors()}${collector.raw.join("\n")}`;
    for (const secret of [token.trim(), token.trim().split(".")[2] ?? "none", "PW=", "Authorization", "noSuchField", "stations("]) expect(told).not.toContain(secret);
  });

  it("answers as ever while its collector is away, and says so once", async () => {
    const collector = await openCollector();
    await collector.close();
    const hub = await startHub(folder, { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_EXPORTER_OTLP_TIMEOUT: "300", OTEL_BSP_SCHEDULE_DELAY: "50" });
    try {
      for (let count = 0; count < 3; count += 1) expect(await hub.query(query)).toMatchObject({ status: 200 });
    } finally {
      expect(await hub.stop()).toBe(0);
    }
    expect(events(hub).filter(({ event }) => event === "traces.unsent")).toMatchObject([{ level: "warn", spans: expect.any(Number) }]);
  });

  test.each<[Record<string, string>, RegExp]>([
    [{ LOG_LEVEL: "trace" }, /^LOG_LEVEL is trace; set it to one of debug, info, warn, error\.\n$/],
    [{ LOG_FORMAT: "xml" }, /^LOG_FORMAT is xml; set it to one of json, text\.\n$/],
    [{ METRICS_PORT: "http" }, /^METRICS_PORT is http; set it to a number from 0 to 65535\.\n$/],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: "collector:4317" }, /^OTEL_EXPORTER_OTLP_ENDPOINT is no http or https address\. /],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4317", OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" }, /^The hub sends spans as http\/json, not grpc\. /],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318", OTEL_TRACES_SAMPLER_ARG: "2" }, /^OTEL_TRACES_SAMPLER_ARG is 2; /],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318", TRACE_CALLERS: "all" }, /^TRACE_CALLERS is all; set it to one of ignore, link, parent\.\n$/],
  ])("refuses to start with %j, and says what to set", async (env, message) => {
    const { code, err } = await failedStart(folder, env);
    expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(message) });
  });

  it("refuses to start where its figures' port is taken", async () => {
    const other = await openCollector();
    try {
      const { code, err } = await failedStart(folder, { METRICS_PORT: new URL(other.url).port });
      expect(code).toBe(1);
      expect(err).toMatch(/Metrics cannot be served at 127\.0\.0\.1:\d+ \(EADDRINUSE\)\. Set METRICS_PORT and METRICS_HOST to a free port of this machine\.\n$/);
    } finally {
      await other.close();
    }
  });
});
