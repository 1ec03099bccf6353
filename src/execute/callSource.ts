/**
 * Calls a source inside its own deadline and the operation's, behind its guard; failure is a value, and a source answers wholly or not
 * at all.
 */
import { type RowBatch, SourceFailure } from "../../adapters/contract/adapter.ts";
import type { AuthorisedQuery } from "../../adapters/contract/authorisedQuery.ts";
import type { Cell } from "../../adapters/contract/sourceQuery.ts";
import { HubError } from "../../schema/errorCodes.ts";
import { cameIn, type Holding } from "./holding.ts";
import { answerKey } from "./lastAnswers.ts";
import { reportOf, type RunContext, type RunSource, type SourceStatus } from "./runContext.ts";
import { OutOfTime, type SourceGuard, sourceGuard } from "./sourceGuard.ts";
import { type Asked, tellCall } from "./tellCall.ts";
import { inTurn } from "./turns.ts";

export interface CallPolicy {
  readonly deadlineMs: number;
  readonly guard: SourceGuard;
}

/** `concurrency`: calls that the source works on at once. */
export const callPolicy = (deadlineMs: number, concurrency?: number): CallPolicy => ({ deadlineMs, guard: sourceGuard({ concurrency }) });

/** An aggregate reads all rows that it counts, a page only its own: the mapping's deadline is the page's. */
const aggregateDeadlineFactor = 10;

export type Rows = readonly (readonly Cell[])[];

/**
 * Rows of a minted query, or null where the source failed (the report says how). Synchronous where the driver is and the query is
 * short; callers must take both. `mayBeOld`: where the region allows it, the last answer stands in for a source that does not answer.
 */
export function fetchRows(run: RunContext, query: AuthorisedQuery, asked: Asked, mayBeOld = true): Rows | null | Promise<Rows | null> {
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
  const last = mayBeOld ? lastOf(run, source, query) : null;
  if (run.remembered.has(query.source)) return last?.find() ?? null;
  if (source.adapter.rowsNow !== undefined && query.template.kind === "rows" && !run.signal.aborted) {
    try {
      const batch = source.adapter.rowsNow(query);
      if (batch !== null) {
        cameIn(run.holding, batch, "rows");
        report.ms = Math.max(report.ms, run.clock() - started);
        report.stalenessMs = source.adapter.stalenessMs();
        if (run.step !== null) tellCall(run.step, query, asked, source.call.guard, { fromMs: started, untilMs: run.clock(), attempts: 1, rows: batch.rows.length, error: null });
        return last === null ? batch.rows : last.taken(batch.rows);
      }
    } catch (error) {
      // Rejected, not thrown: beside it stand calls whose ends somebody has to wait for.
      if (error instanceof HubError) return Promise.reject(error);
      fail(source, report, error);
      if (run.step !== null) tellCall(run.step, query, asked, source.call.guard, { fromMs: started, untilMs: run.clock(), attempts: 1, rows: null, error });
      return last?.standIn() ?? null;
    }
  }
  return fetchLater(run, source, query, asked, started, last);
}

interface Last {
  /** Rows that came are the last answer from now on; where last answers stand in already, the one before is given still. */
  taken(rows: Rows): Rows | null;
  /** From here on in this run last answers stand in for the source; null where this one is not known, or rows have come already. */
  standIn(): Rows | null;
  /** Null, and the source has failed, where this one is not known. */
  find(): Rows | null;
}

/** Null where the source's region allows no old answers. */
function lastOf(run: RunContext, source: RunSource, query: AuthorisedQuery): Last | null {
  const { last } = source;
  if (last === undefined || last === null) return null;
  const { answers, maxAgeMs, mappingVersion } = last;
  const key = answerKey({ agencyId: run.agencyId, permit: run.permit, mappingVersion }, query);
  const report = reportOf(run, query.source);
  const find = (): Rows | null => {
    const found = answers.find(key, maxAgeMs);
    if (found === null) {
      if (report.status === "OK" || report.status === "STALE") report.status = "UNAVAILABLE";
      return null;
    }
    report.status = "STALE";
    report.stalenessMs = Math.max(report.stalenessMs ?? 0, found.ageMs);
    return found.rows;
  };
  return {
    taken: (rows) => {
      const given = run.remembered.has(query.source) ? find() : rows;
      if (given === rows) run.live.add(query.source);
      answers.remember(key, rows);
      return given;
    },
    standIn: () => {
      // What lies, or is too much, is no failure that yesterday's rows would mend; and rows of now and of then are not mixed.
      if (!mayStandIn.has(report.status) || run.live.has(query.source)) return null;
      run.remembered.add(query.source);
      return find();
    },
    find,
  };
}

const mayStandIn: ReadonlySet<SourceStatus> = new Set<SourceStatus>(["UNAVAILABLE", "TIMEOUT", "BUSY", "STALE"]);

async function fetchLater(run: RunContext, source: RunSource, query: AuthorisedQuery, about: Asked, started: number, last: Last | null): Promise<Rows | null> {
  const report = reportOf(run, query.source);
  const isLong = query.template.kind === "aggregate";
  const ownMs = source.call.deadlineMs * (isLong ? aggregateDeadlineFactor : 1);
  const signal = AbortSignal.any([run.signal, AbortSignal.timeout(Math.max(0, Math.min(ownMs, Math.ceil(run.deadlineAtMs - started))))]);
  let attempts = 0;
  const tell = (rows: Rows | null, error: unknown): void => {
    if (run.step !== null) tellCall(run.step, query, about, source.call.guard, { fromMs: started, untilMs: run.clock(), attempts, rows: rows?.length ?? null, error });
  };
  const ask = async (isProbe: boolean): Promise<Rows> => {
    if (signal.aborted) throw new OutOfTime();
    attempts += 1;
    // Nobody else is let through while one call tries the source, so it may not take as long as an aggregate may.
    const patience = isProbe && ownMs > source.call.deadlineMs ? AbortSignal.timeout(source.call.deadlineMs) : null;
    const asked = patience === null ? signal : AbortSignal.any([signal, patience]);
    const askedAt = run.clock();
    try {
      return await untilAborted(query.template.kind === "rows" ? gather(run.holding, source.adapter.rows(query, asked)) : source.adapter.aggregate(query, asked).then((batch) => grouped(run.holding, batch)), asked);
    } catch (error) {
      if (!asked.aborted) throw error;
      // Left before it had its time: the operation's end, or the caller's, is no fault of the source.
      throw isProbe || run.clock() - askedAt >= source.call.deadlineMs - clockSlackMs ? new SourceFailure("TIMEOUT", error) : new OutOfTime();
    }
  };
  try {
    // Waiting for a turn counts: the deadlines bound the source's part in the operation.
    const rows = await untilAborted(inTurn(run, query.source, () => source.call.guard.call(ask, signal, isLong)), signal);
    if (last !== null && run.remembered.has(query.source)) {
      tell(rows, null);
      return last.taken(rows);
    }
    report.stalenessMs = source.adapter.stalenessMs();
    tell(rows, null);
    return last === null ? rows : last.taken(rows);
  } catch (error) {
    const cause = run.signal.aborted && !(error instanceof NoRoom) ? new SourceFailure("ABORTED", error) : error;
    tell(null, cause);
    if (cause instanceof NoRoom) throw cause.refusal;
    if (run.signal.aborted) throw cause;
    fail(source, report, error);
    return last?.standIn() ?? null;
  } finally {
    report.ms = Math.max(report.ms, run.clock() - started);
  }
}

/** Timers may end a little before the clock says so. */
const clockSlackMs = 5;

/** An adapter that ignores its signal still loses its turn. */
function untilAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(new OutOfTime());
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}

async function gather(holding: Holding, batches: AsyncIterable<RowBatch>): Promise<Rows> {
  const rows: (readonly Cell[])[] = [];
  let bytes = 0;
  try {
    for await (const batch of batches) {
      bytes += cameIn(holding, batch, "rows");
      for (const row of batch.rows) rows.push(row);
    }
    return rows;
  } catch (error) {
    holding.gone(bytes);
    throw asNoRoom(error);
  }
}

function grouped(holding: Holding, batch: RowBatch): Rows {
  try {
    cameIn(holding, batch, "groups");
    return batch.rows;
  } catch (error) {
    throw asNoRoom(error);
  }
}

/** The hub's own refusal on its way through the source's guard, which is to take it for no fault of the source. */
class NoRoom extends SourceFailure {
  readonly refusal: HubError;
  constructor(refusal: HubError) {
    super("OVER_CAP", refusal);
    this.refusal = refusal;
  }
}

const asNoRoom = (error: unknown): unknown => (error instanceof HubError ? new NoRoom(error) : error);

const statusOf: Readonly<Record<SourceFailure["status"], SourceStatus>> = {
  UNAVAILABLE: "UNAVAILABLE",
  TIMEOUT: "TIMEOUT",
  BAD_ANSWER: "BAD_ANSWER",
  OVER_CAP: "TOO_LARGE",
  ABORTED: "TIMEOUT",
  BUSY: "BUSY",
};

function fail(source: RunSource, report: { status: SourceStatus }, error: unknown): void {
  report.status = error instanceof SourceFailure ? statusOf[error.status] : "UNAVAILABLE";
  if (report.status === "BAD_ANSWER") source.suspect?.();
}
