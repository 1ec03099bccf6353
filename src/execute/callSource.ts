/**
 * Calls a source inside its deadline, bulkhead and breaker; failure is a value, and a source answers wholly or not at all.
 */
import { BrokenCircuitError, bulkhead, BulkheadRejectedError, circuitBreaker, ConsecutiveBreaker, handleWhen, type IPolicy, wrap } from "cockatiel";
import { type RowBatch, SourceFailure } from "../../adapters/contract/adapter.ts";
import type { AuthorisedQuery } from "../../adapters/contract/authorisedQuery.ts";
import type { Cell } from "../../adapters/contract/sourceQuery.ts";
import { reportOf, type RunContext, type SourceStatus } from "./runContext.ts";
import { inTurn } from "./turns.ts";

export interface CallPolicy {
  readonly deadlineMs: number;
  readonly guard: IPolicy;
}

/** Calls to one source at once, and waiting: beyond that it is BUSY rather than a queue that outlives every deadline. */
const concurrentMax = 16;
const queuedMax = 64;
/** Failures in a row until the source is left alone for `halfOpenAfterMs` (attacks.md F04: open within ten calls). */
const failuresToOpen = 8;
const halfOpenAfterMs = 2_000;

export function callPolicy(deadlineMs: number): CallPolicy {
  const countsAsFailure = handleWhen((error) => error instanceof SourceFailure && (error.status === "UNAVAILABLE" || error.status === "TIMEOUT" || error.status === "BAD_ANSWER"));
  const breaker = circuitBreaker(countsAsFailure, { halfOpenAfter: halfOpenAfterMs, breaker: new ConsecutiveBreaker(failuresToOpen) });
  return { deadlineMs, guard: wrap(bulkhead(concurrentMax, queuedMax), breaker) };
}

/** An aggregate reads all rows that it counts, a page only its own: the mapping's deadline is the page's. */
const aggregateDeadlineFactor = 10;

export type Rows = readonly (readonly Cell[])[];

/**
 * Rows of a minted query, or null where the source failed (the report says how). Synchronous where the driver is and the query is
 * short; callers must take both.
 */
export function fetchRows(run: RunContext, query: AuthorisedQuery): Rows | null | Promise<Rows | null> {
  const report = reportOf(run, query.source);
  if (run.excluded.has(query.source)) return null;
  const source = run.source(query.source);
  if (source === null) {
    report.status = "UNAVAILABLE";
    return null;
  }
  // No part: no row can be the source's, so it has nothing to add to a page or to any group.
  if (query.template.parts.length === 0) return [];
  const started = run.clock();
  if (source.adapter.rowsNow !== undefined && query.template.kind === "rows" && !run.signal.aborted) {
    try {
      const batch = source.adapter.rowsNow(query);
      if (batch !== null) {
        report.ms = Math.max(report.ms, run.clock() - started);
        report.stalenessMs = source.adapter.stalenessMs();
        return batch.rows;
      }
    } catch (error) {
      fail(report, error);
      return null;
    }
  }
  return fetchLater(run, query, started);
}

async function fetchLater(run: RunContext, query: AuthorisedQuery, started: number): Promise<Rows | null> {
  const source = run.source(query.source);
  const report = reportOf(run, query.source);
  if (source === null) {
    report.status = "UNAVAILABLE";
    return null;
  }
  const deadline = AbortSignal.timeout(source.call.deadlineMs * (query.template.kind === "aggregate" ? aggregateDeadlineFactor : 1));
  const signal = AbortSignal.any([run.signal, deadline]);
  try {
    const ask = async (): Promise<Rows> => {
      if (deadline.aborted) throw new SourceFailure("TIMEOUT");
      try {
        return await withinDeadline(query.template.kind === "rows" ? gather(source.adapter.rows(query, signal)) : source.adapter.aggregate(query, signal).then((batch) => batch.rows), deadline);
      } catch (error) {
        throw deadline.aborted ? new SourceFailure("TIMEOUT", error) : error;
      }
    };
    // Waiting for a turn counts: the deadline bounds the source's part in the operation.
    const rows = await inTurn(run, query.source, () => source.call.guard.execute(ask));
    report.stalenessMs = source.adapter.stalenessMs();
    return rows;
  } catch (error) {
    if (run.signal.aborted) throw new SourceFailure("ABORTED", error);
    fail(report, error);
    return null;
  } finally {
    report.ms = Math.max(report.ms, run.clock() - started);
  }
}

/** An adapter that ignores its signal still loses its turn at the deadline. */
function withinDeadline<Value>(work: Promise<Value>, deadline: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const onDeadline = (): void => reject(new SourceFailure("TIMEOUT"));
    deadline.addEventListener("abort", onDeadline, { once: true });
    work.then(resolve, reject).finally(() => deadline.removeEventListener("abort", onDeadline));
  });
}

async function gather(batches: AsyncIterable<RowBatch>): Promise<Rows> {
  const rows: (readonly Cell[])[] = [];
  for await (const batch of batches) for (const row of batch.rows) rows.push(row);
  return rows;
}

const statusOf: Readonly<Record<SourceFailure["status"], SourceStatus>> = {
  UNAVAILABLE: "UNAVAILABLE",
  TIMEOUT: "TIMEOUT",
  BAD_ANSWER: "BAD_ANSWER",
  OVER_CAP: "TOO_LARGE",
  ABORTED: "TIMEOUT",
  BUSY: "BUSY",
};

function fail(report: { status: SourceStatus }, error: unknown): void {
  if (error instanceof SourceFailure) report.status = statusOf[error.status];
  else if (error instanceof BulkheadRejectedError) report.status = "BUSY";
  else if (error instanceof BrokenCircuitError) report.status = "UNAVAILABLE";
  else report.status = "UNAVAILABLE";
}
