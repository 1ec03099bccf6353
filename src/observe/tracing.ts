/**
 * Spans by the OpenTelemetry SDK, sent to a collector over OTLP (http/json). Loaded only where a collector is configured.
 *
 * Attributes are of a closed list, and so are their values; no exception is recorded, because its message may quote anything. Parents are
 * passed by hand: nothing here follows asynchronous contexts, which would cost every request. The exporter reads the standard variables
 * (`OTEL_EXPORTER_OTLP_ENDPOINT`, `…_HEADERS`, `…_TIMEOUT`) itself.
 */
import { type Attributes, type Context, type Link, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace, TraceFlags } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { AlwaysOnSampler, BatchSpanProcessor, type SpanExporter, TracerProvider } from "@opentelemetry/sdk-trace";
import type { GraphqlDoor, RequestObserver } from "./observer.ts";
import { type CallerTraces, parseTraceparent } from "./traceparent.ts";

export interface TracingOptions {
  readonly service: string;
  /** Of requests, from 0 to 1; drawn by the hub, so that no header of a caller decides. */
  readonly share: number;
  readonly callers: CallerTraces;
  /** In [0, 1). */
  readonly random: () => number;
  /** Monotonic milliseconds. */
  readonly clock: () => number;
  /** Epoch milliseconds: read once for a trace, so that its spans lie in one another. */
  readonly now: () => number;
  onUnsent(spans: number): void;
}

export interface Tracing {
  /** Null: this request is not traced. */
  request(door: GraphqlDoor, traceparent: readonly string[] | undefined): TracedRequest | null;
  /** Sends what is left. */
  close(): Promise<void>;
}

export interface TracedRequest extends RequestObserver {
  readonly traceId: string;
}

/** Names of this project; `service.name` and the span's own fields are OpenTelemetry's. */
const attribute = (name: string): string => `one_network.${name}`;

const closeWithinMs = 3_000;

export function openTracing(options: TracingOptions): Tracing {
  const { clock, now } = options;
  const processor = new BatchSpanProcessor({ exporter: watched(new OTLPTraceExporter(), options.onUnsent) });
  // Whether a request is traced was said before its first span.
  const provider = new TracerProvider({ resource: resourceFromAttributes({ "service.name": options.service }), sampler: new AlwaysOnSampler(), spanProcessors: [processor] });
  const tracer = provider.getTracer("one-network");

  const request = (door: GraphqlDoor, parent: Context, links: Link[]): TracedRequest => {
    const originMs = now() - clock();
    const at = (ms: number): [number, number] => [Math.trunc((originMs + ms) / 1000), Math.trunc(((originMs + ms) % 1000) * 1e6)];
    const span = (name: string, within: Context, fromMs: number, attributes: Attributes, more: { readonly kind?: SpanKind; readonly links?: Link[] } = {}): Span =>
      tracer.startSpan(name, { ...more, attributes, startTime: at(fromMs) }, within);
    const root = span("request", parent, clock(), { [attribute("door")]: door }, { kind: SpanKind.SERVER, links });
    const inside = trace.setSpan(ROOT_CONTEXT, root);
    return {
      traceId: root.spanContext().traceId,
      planned: (how, fromMs) => span("plan", inside, fromMs, { [attribute("plan")]: how }).end(at(clock())),
      step(kind, entity) {
        const step = span("step", inside, clock(), { [attribute("step")]: kind, ...(entity === null ? {} : { [attribute("entity")]: entity }) });
        const within = trace.setSpan(ROOT_CONTEXT, step);
        return {
          called(call) {
            const one = span("source call", within, call.fromMs, {
              [attribute("source")]: call.source,
              [attribute("entity")]: call.entity,
              [attribute("kind")]: call.kind,
              [attribute("strata")]: call.strata,
              [attribute("pushdown")]: call.grade,
              [attribute("outcome")]: call.outcome,
              [attribute("rows")]: call.rows,
              [attribute("retries")]: Math.max(0, call.attempts - 1),
              [attribute("breaker")]: call.breaker,
            }, { kind: SpanKind.CLIENT });
            if (call.outcome !== "OK") one.setStatus({ code: SpanStatusCode.ERROR });
            one.end(at(call.untilMs));
          },
          ended(code) {
            failWith(step, code);
            step.end(at(clock()));
          },
        };
      },
      ran: ({ isComplete, rows }) => void root.setAttributes({ [attribute("complete")]: isComplete, [attribute("rows")]: rows }),
      recorded(fromMs, isDone) {
        const append = span("journal append", inside, fromMs, {});
        if (!isDone) append.setStatus({ code: SpanStatusCode.ERROR });
        append.end(at(clock()));
      },
      ended({ agency, purpose, status, code }) {
        root.setAttributes({ [attribute("agency")]: agency ?? "unknown", ...(purpose === null ? {} : { [attribute("purpose")]: purpose }), [attribute("status")]: String(status) });
        failWith(root, code);
        root.end(at(clock()));
      },
    };
  };

  return {
    request(door, traceparent) {
      if (options.random() >= options.share) return null;
      const caller = options.callers === "ignore" ? null : parseTraceparent(traceparent);
      if (caller === null) return request(door, ROOT_CONTEXT, []);
      const context = { ...caller, traceFlags: TraceFlags.SAMPLED, isRemote: true };
      return options.callers === "link" ? request(door, ROOT_CONTEXT, [{ context }]) : request(door, trace.setSpanContext(ROOT_CONTEXT, context), []);
    },
    close: async () => {
      // A collector that is silent does not keep the hub from ending.
      await Promise.race([provider.shutdown().catch(() => undefined), new Promise((resolve) => setTimeout(resolve, closeWithinMs).unref())]);
    },
  };
}

function failWith(span: Span, code: string | null): void {
  if (code === null) return;
  span.setAttribute(attribute("code"), code);
  span.setStatus({ code: SpanStatusCode.ERROR });
}

function watched(exporter: OTLPTraceExporter, onUnsent: (spans: number) => void): SpanExporter {
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        if (result.error !== undefined) onUnsent(spans.length);
        done(result);
      }),
    forceFlush: () => exporter.forceFlush(),
    shutdown: () => exporter.shutdown(),
  };
}
