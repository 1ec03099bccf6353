/** What the pool and its workers say to each other. */
import type { SourceFailureStatus } from "../contract/adapter.ts";
import type { Cell } from "../contract/sourceQuery.ts";
import type { SqliteValue } from "./values.ts";

export interface WorkerSetup {
  readonly file: string;
  readonly lensModule: string;
  readonly lenses: Readonly<Record<string, unknown>>;
  readonly busyMs: number;
  /** Two Int32: see `CANCELLED` and `TAKEN`. */
  readonly shared: SharedArrayBuffer;
}

/** Index in shared memory: id of the query to stop. */
export const CANCELLED = 0;
/** Index in shared memory: batches of the current query that its reader has taken. */
export const TAKEN = 1;
/** A slow reader holds at most this many batches in memory; more would only move the queue. */
export const batchesAheadMax = 8;

export interface ToWorker {
  readonly id: number;
  readonly text: string;
  readonly bound: SqliteValue[];
  readonly rowsMax: number;
}

export interface FromWorker {
  readonly id: number;
  readonly rows: readonly (readonly Cell[])[];
  /** Null: more follows. `detail` is for the log. */
  readonly end: { readonly status: "OK" | SourceFailureStatus; readonly detail: string } | null;
}
