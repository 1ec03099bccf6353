/**
 * Private in-memory databases, one for each run, in one thread. A run's work is short pieces (a page of rows, one statement), so runs
 * take turns; a run that was stopped gives its turn up at its next row.
 */
import { parentPort, workerData } from "node:worker_threads";
import Database from "better-sqlite3";
import { SourceFailure } from "../contract/adapter.ts";
import type { Cell } from "../contract/sourceQuery.ts";
import { Cancelled, statusOf } from "./failure.ts";
import { prepareRead, readAll, readBatches } from "./readStatement.ts";
import { type FromScratch, type ScratchSetup, STOPPED, type ToScratch } from "./scratchMessages.ts";

const setup = workerData as ScratchSetup;
const port = parentPort;
if (port === null) throw new Error("this file runs in a worker thread");
const { install } = (await import(setup.lensModule)) as { install(database: Database.Database, lenses: Readonly<Record<string, unknown>>): void };

interface Run {
  readonly database: Database.Database;
  readonly shared: Int32Array;
}
const runs = new Map<number, Run>();

function start(shared: Int32Array): Run {
  const database = new Database(":memory:");
  install(database, setup.lenses);
  database.function("hub_alive", { deterministic: false }, () => {
    stopIfOver(shared);
    return 1;
  });
  for (const statement of setup.schema) database.exec(statement);
  return { database, shared };
}

function stopIfOver(shared: Int32Array): void {
  if (Atomics.load(shared, STOPPED) !== 0) throw new Cancelled("the run was stopped");
}

function insert({ database, shared }: Run, { table, rows, after, keep }: Extract<ToScratch, { kind: "insert" }>): readonly Cell[] {
  const name = `"${table.replaceAll('"', '""')}"`;
  const statement = database.prepare(setup.inserts[table] ?? "");
  database.transaction(() => {
    for (const row of rows) {
      stopIfOver(shared);
      statement.run(...row);
    }
    if (keep !== null) database.prepare(`DELETE FROM ${name} WHERE rowid > ? AND rowid NOT IN (${keep.text})`).run(after, ...keep.bound);
  })();
  return database.prepare(`SELECT count(*), coalesce(max(rowid), 0) FROM ${name}`).raw().get() as Cell[];
}

const post = (message: FromScratch): void => port.postMessage(message);

function answer(message: Exclude<ToScratch, { kind: "start" | "end" }>, run: Run): void {
  const { ask } = message;
  stopIfOver(run.shared);
  switch (message.kind) {
    case "insert":
      return post({ run: message.run, ask, kind: "done", rows: [insert(run, message)] });
    case "distinct":
      return post({ run: message.run, ask, kind: "done", rows: readAll(prepareRead(run.database, message.statement.text), message.statement.bound) });
    case "rows": {
      // Not held back: a run's rows are bounded, and a thread that waited for one reader would let all others wait.
      let held: readonly (readonly Cell[])[] = [];
      const { text, bound } = message.statement;
      for (const batch of readBatches(prepareRead(run.database, text), bound, message.rowsMax, () => stopIfOver(run.shared))) {
        if (held.length > 0) post({ run: message.run, ask, kind: "batch", rows: held });
        held = batch;
      }
      return post({ run: message.run, ask, kind: "done", rows: held });
    }
  }
}

port.on("message", (message: ToScratch | null) => {
  if (message === null) {
    for (const { database } of runs.values()) database.close();
    port.close();
    return;
  }
  if (message.kind === "start") {
    runs.set(message.run, start(new Int32Array(message.shared)));
    return;
  }
  const run = runs.get(message.run);
  if (message.kind === "end") {
    run?.database.close();
    runs.delete(message.run);
    return;
  }
  if (run === undefined) return;
  try {
    answer(message, run);
  } catch (cause) {
    const status = cause instanceof SourceFailure ? cause.status : statusOf(cause);
    post({ run: message.run, ask: message.ask, kind: "failed", status, detail: String(cause) });
  }
});
