/**
 * Runs one statement at a time on its own read-only connection and posts the rows. Between rows, and every few thousand rowids
 * inside a scan (`hub_alive`), it looks at shared memory whether the query was cancelled; after a few batches that nobody has taken
 * it waits there.
 */
import { parentPort, workerData } from "node:worker_threads";
import { SourceFailure } from "../contract/adapter.ts";
import { connect } from "./connection.ts";
import { Cancelled, statusOf } from "./failure.ts";
import { readBatches, statementCache } from "./readStatement.ts";
import { batchesAheadMax, CANCELLED, type FromWorker, TAKEN, type ToWorker, type WorkerSetup } from "./workerMessages.ts";

const setup = workerData as WorkerSetup;
const port = parentPort;
if (port === null) throw new Error("this file runs in a worker thread");
const shared = new Int32Array(setup.shared);
const post = (message: FromWorker): void => port.postMessage(message);

let current = 0;
const stopIfCancelled = (): void => {
  if (Atomics.load(shared, CANCELLED) === current) throw new Cancelled("the query was cancelled");
};

let close = (): void => {};

async function open(): Promise<ReturnType<typeof statementCache>> {
  const database = await connect({ file: setup.file, lensModule: new URL(setup.lensModule), lenses: setup.lenses, busyMs: setup.busyMs });
  database.function("hub_alive", { deterministic: false }, () => {
    stopIfCancelled();
    return 1;
  });
  close = () => database.close();
  return statementCache(database);
}

/** Null until a connection stands: a file that is locked or gone now may be there for the next query. */
let prepare: ReturnType<typeof statementCache> | null = null;
// Before the first query comes, so that it need not wait for lenses to load; a failure shows with the query.
const early = open().then(
  (opened) => {
    prepare = opened;
  },
  () => {},
);

function waitForTaker(posted: number): void {
  for (let taken = Atomics.load(shared, TAKEN); posted - taken >= batchesAheadMax; taken = Atomics.load(shared, TAKEN)) {
    stopIfCancelled();
    // Both a taken batch and a cancellation wake this up.
    Atomics.wait(shared, TAKEN, taken, 100);
  }
}

async function answer(query: ToWorker): Promise<void> {
  await early;
  prepare ??= await open();
  let posted = 0;
  // The last batch waits for the end, so that a short answer is one message.
  let held: FromWorker["rows"] = [];
  for (const batch of readBatches(prepare(query.text), query.bound, query.rowsMax, stopIfCancelled)) {
    if (held.length > 0) {
      waitForTaker(posted);
      post({ id: query.id, rows: held, end: null });
      posted++;
    }
    held = batch;
  }
  post({ id: query.id, rows: held, end: { status: "OK", detail: "" } });
}

// The pool sends the next query only after the last one's end.
port.on("message", async (query: ToWorker | null) => {
  if (query === null) {
    await early;
    close();
    port.close();
    return;
  }
  current = query.id;
  try {
    await answer(query);
  } catch (cause) {
    const status = cause instanceof SourceFailure ? cause.status : statusOf(cause);
    post({ id: query.id, rows: [], end: { status, detail: String(cause) } });
  }
});
