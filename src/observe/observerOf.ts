/** One observer of those that are configured: figures, spans, and the log's debug lines. */
import type { Log, LogLevel } from "./logEvents.ts";
import { loggedRequest } from "./loggedRequest.ts";
import type { Metrics } from "./metrics.ts";
import type { Observer, RequestObserver } from "./observer.ts";
import type { Tracing } from "./tracing.ts";

export interface Observers {
  readonly metrics: Metrics | null;
  readonly tracing: Tracing | null;
  readonly log: Log;
  readonly logLevel: LogLevel;
  /** Monotonic milliseconds. */
  readonly clock: () => number;
}

export function observerOf({ metrics, tracing, log, logLevel, clock }: Observers): Observer {
  const isDebug = logLevel === "debug";
  return {
    request(door, correlationId, traceparent) {
      if (metrics === null && tracing === null && !isDebug) return null;
      const traced = tracing?.request(door, traceparent) ?? null;
      return all([metrics?.request(door) ?? null, traced, isDebug ? loggedRequest(log, clock, door, correlationId, traced?.traceId ?? null) : null]);
    },
    answered: (door, status) => metrics?.answered(door, status),
    breakerChanged(source, state) {
      log({ event: "source.breaker", source, state });
      metrics?.breakerChanged(source, state);
    },
    appended: (ms, isDone) => metrics?.appended(ms, isDone),
  };
}

function all(given: readonly (RequestObserver | null)[]): RequestObserver | null {
  const observers = given.filter((one) => one !== null);
  const [only = null] = observers;
  if (observers.length < 2) return only;
  return {
    step(kind, entity) {
      const steps = observers.map((one) => one.step(kind, entity));
      return {
        called: (call) => steps.forEach((one) => void one.called(call)),
        ended: (code) => steps.forEach((one) => void one.ended(code)),
      };
    },
    planned: (how, fromMs) => observers.forEach((one) => void one.planned(how, fromMs)),
    ran: (result) => observers.forEach((one) => void one.ran(result)),
    recorded: (fromMs, isDone) => observers.forEach((one) => void one.recorded(fromMs, isDone)),
    ended: (end) => observers.forEach((one) => void one.ended(end)),
  };
}
