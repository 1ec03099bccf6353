/** Everything that a hub tells of itself, as it leaves the hub: spans at a collector, figures as text, log lines. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { makeLog } from "../../src/observe/log.ts";
import type { LogEvent, LogLevel } from "../../src/observe/logEvents.ts";
import { makeMetrics, type Metrics } from "../../src/observe/metrics.ts";
import type { Observer } from "../../src/observe/observer.ts";
import { observerOf } from "../../src/observe/observerOf.ts";
import type { CallerTraces } from "../../src/observe/traceparent.ts";
import { openTracing, type Tracing } from "../../src/observe/tracing.ts";

export interface SentSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  readonly links: readonly { readonly traceId: string }[];
  readonly isError: boolean;
  readonly fromNs: bigint;
  readonly untilNs: bigint;
}

export interface Collector {
  readonly url: string;
  /** Bodies and heads as they came. */
  readonly raw: string[];
  spans(): readonly SentSpan[];
  close(): Promise<void>;
}

interface OtlpValue {
  readonly stringValue?: string;
  readonly intValue?: number | string;
  readonly doubleValue?: number;
  readonly boolValue?: boolean;
}
interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly { readonly key: string; readonly value: OtlpValue }[];
  readonly links?: readonly { readonly traceId: string }[];
  readonly status?: { readonly code?: number };
}
interface OtlpBody {
  readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[] }[];
}

/** An OTLP receiver over HTTP; `status`: what it answers. */
export async function openCollector(status = 200): Promise<Collector> {
  const raw: string[] = [];
  const bodies: OtlpBody[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString("utf8");
      raw.push(`${request.method} ${request.url} ${JSON.stringify(request.headers)}`, text);
      if (request.url === "/v1/traces") bodies.push(JSON.parse(text) as OtlpBody);
      response.writeHead(status, { "content-type": "application/json" }).end("{}");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    raw,
    spans: () =>
      bodies.flatMap(({ resourceSpans }) => resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))).map((span) => ({
        traceId: span.traceId,
        spanId: span.spanId,
        ...(span.parentSpanId ? { parentSpanId: span.parentSpanId } : {}),
        name: span.name,
        attributes: Object.fromEntries(span.attributes.map(({ key, value }) => [key, value.stringValue ?? value.boolValue ?? Number(value.intValue ?? value.doubleValue)])),
        links: span.links ?? [],
        isError: span.status?.code === 2,
        fromNs: BigInt(span.startTimeUnixNano),
        untilNs: BigInt(span.endTimeUnixNano),
      })),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export interface Told {
  readonly observer: Observer;
  readonly metrics: Metrics;
  readonly tracing: Tracing;
  readonly collector: Collector;
  /** Log lines as they would stand on standard error. */
  readonly lines: string[];
  log(event: LogEvent): void;
  /** Sends what is left to the collector; nothing is traced afterwards. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

export async function openTold({ callers = "ignore", share = 1, level = "debug", random = () => 0 }: { callers?: CallerTraces; share?: number; level?: LogLevel; random?: () => number } = {}): Promise<Told> {
  const collector = await openCollector();
  // As the product does: the exporter reads it from the environment.
  process.env["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.url;
  const clock = (): number => performance.now();
  const metrics = makeMetrics(clock);
  const lines: string[] = [];
  const log = makeLog({ level, format: "json", write: (line) => void lines.push(line), now: Date.now, onEvent: metrics.logged });
  const tracing = openTracing({ service: "one-network", share, callers, random, clock, now: Date.now, onUnsent: () => undefined });
  return {
    observer: observerOf({ metrics, tracing, log, logLevel: level, clock }),
    metrics,
    tracing,
    collector,
    lines,
    log,
    flush: () => tracing.close(),
    close: async () => {
      await tracing.close();
      await collector.close();
    },
  };
}

/** Samples of the exposition format by metric and labels. Throws where the text is not what Prometheus would take. */
export function parseExposition(text: string): ReadonlyMap<string, { readonly type: string; readonly help: string; readonly samples: readonly Sample[] }> {
  const found = new Map<string, { type: string; help: string; samples: Sample[] }>();
  const seen = new Set<string>();
  if (!text.endsWith("\n")) throw new Error("the last line has no end");
  for (const line of text.split("\n").filter((one) => one !== "")) {
    const head = /^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)$/.exec(line);
    if (head !== null) {
      const [, word, name = "", rest = ""] = head;
      const metric = found.get(name) ?? { type: "", help: "", samples: [] };
      if (metric.samples.length > 0) throw new Error(`${word} of ${name} after its samples`);
      if (word === "TYPE" && !/^(counter|gauge|histogram|summary|untyped)$/.test(rest)) throw new Error(`type ${rest}`);
      found.set(name, word === "TYPE" ? { ...metric, type: rest } : { ...metric, help: rest });
      continue;
    }
    const sample = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/.exec(line);
    if (sample === null) throw new Error(`no sample: ${line}`);
    const [, name = "", labelText = "", valueText = ""] = sample;
    const labels = Object.fromEntries([...labelText.matchAll(/([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/g)].map(([, label = "", value = ""]) => [label, value]));
    if (Object.entries(labels).reduce((length, [label, value]) => length + label.length + value.length + 4, 0) - 1 !== Math.max(labelText.length, -1) && labelText !== "") throw new Error(`labels: ${labelText}`);
    const value = valueText === "+Inf" ? Number.POSITIVE_INFINITY : Number(valueText);
    if (Number.isNaN(value) && valueText !== "NaN" && valueText !== "Nan") throw new Error(`value: ${valueText}`);
    if (seen.has(`${name}{${labelText}}`)) throw new Error(`twice: ${name}{${labelText}}`);
    seen.add(`${name}{${labelText}}`);
    const base = found.has(name) ? name : name.replace(/_(bucket|sum|count|total)$/, "");
    const metric = found.get(base);
    if (metric === undefined || metric.type === "") throw new Error(`${name} has no TYPE before it`);
    metric.samples.push({ name, labels, value });
  }
  return found;
}

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The value of one series; 0 where it is not there. */
export const valueOf = (text: string, name: string, labels: Readonly<Record<string, string>> = {}): number =>
  [...parseExposition(text).values()].flatMap(({ samples }) => samples).find((one) => one.name === name && Object.entries(labels).every(([label, value]) => one.labels[label] === value))?.value ?? 0;
