/**
 * Figures in Prometheus's form. Loaded only where there is a listener for them.
 *
 * Labels hold ids of the network's files and words of closed lists, so there are as many series as the network has sources, agencies and
 * purposes, whatever callers send. What has a state (breakers, budgets, mirrors) is read when it is asked for.
 */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import type { LogEventName, LogLevel } from "./logEvents.ts";
import type { BreakerState, GraphqlDoor, Observer, RequestObserver, SourceCall } from "./observer.ts";

/** The hub as it is at a moment. */
export interface Standing {
  readonly epoch: number;
  readonly journal: { readonly isHealthy: boolean; readonly waiting: number };
  readonly sources: readonly {
    readonly source: string;
    readonly isReady: boolean;
    /** Null for a source that is asked live. */
    readonly stalenessMs: number | null;
    readonly drift: number;
    /** Null: never asked. */
    readonly guard: { readonly breaker: BreakerState; readonly running: number; readonly waiting: number } | null;
  }[];
  readonly budgets: readonly { readonly agency: string; readonly purpose: string; readonly window: "minute" | "day"; readonly left: number; readonly capacity: number }[];
}

export interface Metrics extends Omit<Observer, "request"> {
  request(door: GraphqlDoor): RequestObserver;
  logged(event: LogEventName, level: LogLevel): void;
  /** Asked at each scrape; no I/O. */
  watch(standing: () => Standing): void;
  /** The exposition format, and its media type. */
  text(): Promise<string>;
  readonly contentType: string;
}

const name = (rest: string): string => `one_network_${rest}`;

/** Seconds. A page takes a millisecond from SQLite and an aggregate up to the operation's deadline. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25];

/** Callers whom no token names share one label. */
const unknown = "unknown";

export function makeMetrics(clock: () => number): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const counter = (rest: string, help: string, ...labelNames: string[]): Counter => new Counter({ name: name(rest), help, labelNames, registers });
  const gauge = (rest: string, help: string, ...labelNames: string[]): Gauge => new Gauge({ name: name(rest), help, labelNames, registers });
  const histogram = (rest: string, help: string, ...labelNames: string[]): Histogram => new Histogram({ name: name(rest), help, labelNames, buckets, registers });

  const answers = counter("answers_total", "Answers and refusals by door, HTTP status and error code; code is OK or PARTIAL for answers.", "door", "status", "code");
  const durations = histogram("request_duration_seconds", "From a request's head to its answer, GraphQL doors.", "door");
  const innerErrors = counter("answer_errors_total", "Errors inside answers, by code.", "code");
  const plans = counter("plans_total", "Requests by how their plan was had: prepared before, or compiled.", "way");
  const appends = histogram("journal_append_duration_seconds", "From a record's arrival at the journal until it is durable.");
  const appendFailures = counter("journal_append_failures_total", "Records that the journal did not take.");
  const logLines = counter("log_events_total", "Events by level and name, also those below LOG_LEVEL.", "level", "event");
  const requests = counter("agency_requests_total", "Requests by agency and outcome: answered, partial, refused, rejected (429), gone.", "agency", "outcome");
  const rows = counter("agency_rows_total", "Nodes and groups printed for an agency.", "agency");
  const callDurations = histogram("source_call_duration_seconds", "Calls that reached a source, from the wait for a turn to the last row.", "source", "kind");
  const calls = counter("source_calls_total", "Calls by outcome, also those that never reached the source.", "source", "outcome");
  const sourceRows = counter("source_rows_total", "Rows read from a source.", "source");
  const retries = counter("source_retries_total", "Calls that were asked a second time.", "source");
  const pushdown = counter("source_pushdown_calls_total", "Calls by the grade of their weakest condition: R, V, M, E or none.", "source", "grade");
  const breakerChanges = counter("source_breaker_changes_total", "Changes of a source's breaker, by the state that it came into.", "source", "state");

  let standing: (() => Standing) | null = null;
  // Gauges are filled together by the first of them that is asked.
  const epoch = new Gauge({
    name: name("policy_epoch"),
    help: "Epoch of the policies in force.",
    registers,
    collect: () => {
      if (standing !== null) fill(standing());
    },
  });
  const journalHealthy = gauge("journal_healthy", "1 while the journal takes records; else nothing is answered.");
  const journalWaiting = gauge("journal_waiting_records", "Records that wait for the journal's next write.");
  const ready = gauge("source_ready", "1 where a source can be asked.", "source");
  const staleness = gauge("source_staleness_seconds", "Age of what is read of a mirrored source.", "source");
  const drift = gauge("source_drift_findings", "Differences between a source's tables and those that its mapping was compiled on.", "source");
  const breaker = gauge("source_breaker_state", "1 for the state that a source's breaker is in.", "source", "state");
  const running = gauge("source_calls_running", "Calls that a source is working on.", "source");
  const waiting = gauge("source_calls_waiting", "Calls that wait for their turn at a source.", "source");
  const left = gauge("agency_budget_left_units", "What an agency has left to spend, once it has asked.", "agency", "purpose", "window");
  const capacity = gauge("agency_budget_units", "What an agency may spend in a minute or a day.", "agency", "purpose", "window");

  function fill(now: Standing): void {
    for (const one of [ready, staleness, drift, breaker, running, waiting, left, capacity]) one.reset();
    epoch.set(now.epoch);
    journalHealthy.set(now.journal.isHealthy ? 1 : 0);
    journalWaiting.set(now.journal.waiting);
    for (const { source, isReady, stalenessMs, drift: found, guard } of now.sources) {
      ready.set({ source }, isReady ? 1 : 0);
      if (stalenessMs !== null) staleness.set({ source }, stalenessMs / 1000);
      drift.set({ source }, found);
      if (guard === null) continue;
      for (const state of ["closed", "open", "half-open"] as const) breaker.set({ source, state }, guard.breaker === state ? 1 : 0);
      running.set({ source }, guard.running);
      waiting.set({ source }, guard.waiting);
    }
    for (const { agency, purpose, window, left: units, capacity: most } of now.budgets) {
      left.set({ agency, purpose, window }, units);
      capacity.set({ agency, purpose, window }, most);
    }
  }

  const step = {
    called: (call: SourceCall): void => {
      const { source, outcome, kind, grade } = call;
      calls.inc({ source, outcome });
      if (call.attempts === 0) return;
      callDurations.observe({ source, kind }, (call.untilMs - call.fromMs) / 1000);
      pushdown.inc({ source, grade });
      if (call.rows > 0) sourceRows.inc({ source }, call.rows);
      if (call.attempts > 1) retries.inc({ source }, call.attempts - 1);
    },
    ended: (): void => undefined,
  };

  return {
    request(door) {
      const fromMs = clock();
      let isPartial = false;
      let printed = 0;
      return {
        step: () => step,
        planned: (way) => plans.inc({ way }),
        ran: ({ isComplete, rows: count, codes }) => {
          isPartial = !isComplete;
          printed = count;
          for (const code of codes) innerErrors.inc({ code });
        },
        recorded: () => undefined,
        ended: ({ agency, status, code }) => {
          const who = agency ?? unknown;
          durations.observe({ door }, (clock() - fromMs) / 1000);
          answers.inc({ door, status, code: code ?? (isPartial ? "PARTIAL" : "OK") });
          requests.inc({ agency: who, outcome: status === "gone" ? "gone" : status === 429 ? "rejected" : code !== null ? "refused" : isPartial ? "partial" : "answered" });
          // What was printed and then not sent, because the caller left or the rules had changed, was not given.
          if (code === null && status !== "gone" && printed > 0) rows.inc({ agency: who }, printed);
        },
      };
    },
    answered: (door, status) => answers.inc({ door, status, code: "" }),
    breakerChanged: (source, state) => breakerChanges.inc({ source, state }),
    appended: (ms, isDone) => {
      if (isDone) appends.observe(ms / 1000);
      else appendFailures.inc();
    },
    logged: (event, level) => logLines.inc({ level, event }),
    watch: (next) => {
      standing = next;
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
