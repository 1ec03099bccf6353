/** Opens what tells of the hub: its log always, figures and spans where they are configured, each loaded only then. */
import type { OpenJournal } from "../audit/openJournal.ts";
import type { HubState } from "../gateway/hubState.ts";
import type { Gateway } from "../gateway/server.ts";
import { makeLog } from "../observe/log.ts";
import type { Log } from "../observe/logEvents.ts";
import type { Metrics, Standing } from "../observe/metrics.ts";
import type { Observer } from "../observe/observer.ts";
import { observerOf } from "../observe/observerOf.ts";
import type { SourceRegistry } from "../sources/registry.ts";
import { logOptions } from "./logOptions.ts";
import type { ObserveConfig } from "./observeConfig.ts";

export interface Observed {
  readonly log: Log;
  readonly observer: Observer;
  readonly metrics: Metrics | null;
  close(): Promise<void>;
}

const clock = (): number => performance.now();
/** A collector that is away fails every few seconds; one line in a minute says so. */
const unsentEveryMs = 60_000;

export async function openObserved(config: ObserveConfig): Promise<Observed> {
  const metrics = config.metrics === null ? null : (await import("../observe/metrics.ts")).makeMetrics(clock);
  const log = makeLog({ ...logOptions(config), ...(metrics === null ? {} : { onEvent: metrics.logged }) });
  const tracing = config.traces === null ? null : (await import("../observe/tracing.ts")).openTracing({ ...config.traces, random: Math.random, clock, now: Date.now, onUnsent: unsentLog(log) });
  return { log, observer: observerOf({ metrics, tracing, log, logLevel: config.logLevel, clock }), metrics, close: async () => tracing?.close() };
}

function unsentLog(log: Log): (spans: number) => void {
  let unsent = 0;
  let saidMs = Number.NEGATIVE_INFINITY;
  return (spans) => {
    unsent += spans;
    if (clock() - saidMs < unsentEveryMs) return;
    log({ event: "traces.unsent", spans: unsent });
    unsent = 0;
    saidMs = clock();
  };
}

/** Answers where figures are served, or null. */
export async function openMetrics(input: { readonly metrics: Metrics | null; readonly config: ObserveConfig["metrics"]; readonly closing: (() => void | Promise<void>)[]; standing(): Standing }): Promise<string | null> {
  const { metrics, config, closing, standing } = input;
  if (metrics === null || config === null) return null;
  metrics.watch(standing);
  const { serveMetrics } = await import("../observe/metricsServer.ts");
  const server = await serveMetrics(metrics, config);
  closing.push(server.close);
  return server.url;
}

/** What figures of a state are read from. */
export function standingOf(state: HubState, registry: SourceRegistry, journal: OpenJournal, gateway: Gateway): Standing {
  const { guards, budgets } = gateway.standing();
  return {
    epoch: state.current().policySet.epoch,
    journal: { isHealthy: journal.healthy(), waiting: journal.waiting() },
    sources: registry.list().map((source) => ({
      source: source.id,
      isReady: source.status === "ready",
      stalenessMs: source.status === "ready" ? source.source.adapter.stalenessMs() : null,
      drift: source.status === "ready" ? source.drift.length : 0,
      guard: guards.get(source.id)?.state() ?? null,
    })),
    budgets,
  };
}
