/**
 * A few worker threads that read one file, and a short queue before them.
 *
 * Cancelling: the reader is told at once; the worker stops at its next row or every 4096th rowid of a scan. Where neither comes (a
 * sort, a join without keys) better-sqlite3 cannot be interrupted: after `graceMs` the thread is abandoned and another takes its
 * place. An abandoned thread ends with its statement; while too many linger, queries fail as BUSY.
 */
import { Worker } from "node:worker_threads";
import { SourceFailure } from "../contract/adapter.ts";
import type { Cell } from "../contract/sourceQuery.ts";
import { CANCELLED, type FromWorker, TAKEN, type ToWorker, type WorkerSetup } from "./workerMessages.ts";

export interface PoolOptions extends Omit<WorkerSetup, "shared"> {
  readonly workers: number;
  /** From cancelling a query to giving its thread up. */
  readonly graceMs: number;
  /** Queries that may wait for a worker; the hub's own bulkhead is narrower, this one only bounds memory. */
  readonly waitingMax: number;
}

export interface WorkerPool {
  read(query: Omit<ToWorker, "id">, signal: AbortSignal): AsyncGenerator<readonly (readonly Cell[])[]>;
  close(): Promise<void>;
  /** Thread ids of the present workers, for tests and metrics. */
  threadIds(): readonly number[];
}

interface Job {
  readonly message: ToWorker;
  readonly batches: (readonly (readonly Cell[])[])[];
  /** Set once: how it ended for the reader. */
  end: "OK" | SourceFailure | null;
  wake: () => void;
}

interface Seat {
  worker: Worker | null;
  shared: Int32Array;
  job: Job | null;
}

// Node runs the source in tests and the compiled file in production.
const workerFile = new URL(import.meta.url.endsWith(".ts") ? "./sqliteWorker.worker.ts" : "./sqliteWorker.worker.js", import.meta.url);

/**
 * Lets an idle worker end by itself, which it does at once. `terminate` is for those that do not: pulling threads down while others
 * come up has ended whole processes in V8's own check of code pages (Node 24.21, `jit_page.has_value()`).
 */
function leave(worker: Worker, graceMs: number): Promise<unknown> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(worker.terminate()), Math.max(graceMs, 1000));
    worker.once("exit", () => {
      clearTimeout(timer);
      resolve(undefined);
    });
    worker.postMessage(null);
  });
}

export function openPool(options: PoolOptions): WorkerPool {
  const { workers, graceMs, waitingMax, ...setup } = options;
  const seats = Array.from({ length: workers }, (): Seat => ({ worker: null, shared: new Int32Array(2), job: null }));
  const waiting: Job[] = [];
  const abandoned = new Set<Promise<unknown>>();
  let lastId = 0;
  let closed = false;

  function spawn(seat: Seat): Worker {
    const shared = new SharedArrayBuffer(8);
    const worker = new Worker(workerFile, { workerData: { ...setup, shared } satisfies WorkerSetup, execArgv: [] });
    seat.worker = worker;
    seat.shared = new Int32Array(shared);
    worker.on("message", (message: FromWorker) => receive(seat, message));
    let reason: unknown = new Error("a worker ended");
    worker.on("error", (cause) => {
      reason = cause;
    });
    worker.on("exit", () => {
      // An abandoned worker has lost its seat already. A fresh one is made by the next query, so that a file that cannot be opened
      // costs one failed query each time and no loop.
      if (seat.worker !== worker) return;
      seat.worker = null;
      const { job } = seat;
      seat.job = null;
      if (job !== null) finish(job, new SourceFailure("UNAVAILABLE", reason));
      dispatch();
    });
    // An idle pool keeps no process alive.
    worker.unref();
    return worker;
  }

  function dispatch(): void {
    for (const seat of seats) {
      if (seat.job !== null) continue;
      const job = waiting.shift();
      if (job === undefined) return;
      const worker = seat.worker ?? spawn(seat);
      seat.job = job;
      Atomics.store(seat.shared, TAKEN, 0);
      worker.ref();
      worker.postMessage(job.message);
    }
  }

  function receive(seat: Seat, message: FromWorker): void {
    const { job } = seat;
    if (job === null || job.message.id !== message.id) return;
    if (message.rows.length > 0 && job.end === null) job.batches.push(message.rows);
    if (message.end === null) {
      job.wake();
      return;
    }
    const { status, detail } = message.end;
    seat.job = null;
    seat.worker?.unref();
    finish(job, status === "OK" ? "OK" : new SourceFailure(status, new Error(detail)));
    dispatch();
  }

  function finish(job: Job, end: "OK" | SourceFailure): void {
    job.end ??= end;
    job.wake();
  }

  /** The reader leaves: by its signal, or because it stopped reading. */
  function cancel(job: Job): void {
    finish(job, new SourceFailure("ABORTED"));
    const place = waiting.indexOf(job);
    if (place >= 0) waiting.splice(place, 1);
    const seat = seats.find((candidate) => candidate.job === job);
    if (seat === undefined) return;
    Atomics.store(seat.shared, CANCELLED, job.message.id);
    Atomics.notify(seat.shared, TAKEN);
    setTimeout(() => {
      if (seat.job === job) abandon(seat);
    }, graceMs).unref();
  }

  function abandon(seat: Seat): void {
    const { worker } = seat;
    seat.worker = null;
    seat.job = null;
    if (worker !== null) {
      const end = worker.terminate().finally(() => abandoned.delete(end));
      abandoned.add(end);
    }
    dispatch();
  }

  async function* read(query: Omit<ToWorker, "id">, signal: AbortSignal): AsyncGenerator<readonly (readonly Cell[])[]> {
    if (closed) throw new SourceFailure("UNAVAILABLE", new Error("the adapter is closed"));
    if (signal.aborted) throw new SourceFailure("ABORTED");
    if (waiting.length >= waitingMax || abandoned.size > workers) throw new SourceFailure("BUSY");
    lastId = (lastId % 0x7fff_ffff) + 1;
    const job: Job = { message: { ...query, id: lastId }, batches: [], end: null, wake: () => {} };
    const onAbort = (): void => cancel(job);
    signal.addEventListener("abort", onAbort, { once: true });
    waiting.push(job);
    dispatch();
    try {
      for (;;) {
        if (job.end instanceof SourceFailure) throw job.end;
        const batch = job.batches.shift();
        if (batch !== undefined) {
          yield batch;
          noteTaken(job);
        } else if (job.end === "OK") {
          return;
        } else {
          await new Promise<void>((resolve) => {
            job.wake = resolve;
          });
        }
      }
    } finally {
      signal.removeEventListener("abort", onAbort);
      if (job.end === null) cancel(job);
    }
  }

  function noteTaken(job: Job): void {
    const seat = seats.find((candidate) => candidate.job === job);
    if (seat === undefined) return;
    Atomics.add(seat.shared, TAKEN, 1);
    Atomics.notify(seat.shared, TAKEN);
  }

  async function close(): Promise<void> {
    closed = true;
    for (const job of waiting.splice(0)) finish(job, new SourceFailure("UNAVAILABLE", new Error("the adapter is closed")));
    for (const seat of seats) {
      if (seat.job !== null) cancel(seat.job);
    }
    await Promise.all(seats.map(({ worker, job }) => (worker === null ? undefined : job === null ? leave(worker, graceMs) : worker.terminate())));
    await Promise.all(abandoned);
  }

  // Threads start with the first query that needs one: most sources are opened twice (their lenses come second), and a hub that
  // answers from the main thread needs none.
  return { read, close, threadIds: () => seats.flatMap((seat) => seat.worker?.threadId ?? []) };
}
