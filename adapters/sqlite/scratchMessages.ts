/** What a scratch database's owner and its worker say to each other. */
import type { SourceFailureStatus } from "../contract/adapter.ts";
import type { Cell } from "../contract/sourceQuery.ts";
import type { SqliteValue } from "./values.ts";

export interface ScratchSetup {
  readonly lensModule: string;
  readonly lenses: Readonly<Record<string, unknown>>;
  /** CREATE TABLE statements, and per table its INSERT. */
  readonly schema: readonly string[];
  readonly inserts: Readonly<Record<string, string>>;
}

/** Index in a run's shared memory: 1 once it is over for its reader. */
export const STOPPED = 0;

export interface Statement {
  readonly text: string;
  readonly bound: SqliteValue[];
}

/** `ask` numbers the questions of a run; the answer carries it. */
export type ToScratch = { readonly run: number } & (
  | { readonly kind: "start"; readonly shared: SharedArrayBuffer }
  /** Of the rows numbered above `after`, which are these, those that `keep` does not find are let go. Answers how many rows there are, and the highest number. */
  | { readonly kind: "insert"; readonly ask: number; readonly table: string; readonly rows: readonly (readonly (string | null)[])[]; readonly after: number; readonly keep: Statement | null }
  | { readonly kind: "distinct"; readonly ask: number; readonly statement: Statement }
  | { readonly kind: "rows"; readonly ask: number; readonly statement: Statement; readonly rowsMax: number }
  | { readonly kind: "end" }
);

export type FromScratch = { readonly run: number; readonly ask: number } & (
  /** More batches follow. */
  | { readonly kind: "batch"; readonly rows: readonly (readonly Cell[])[] }
  | { readonly kind: "done"; readonly rows: readonly (readonly Cell[])[] }
  /** `detail` is for the log. */
  | { readonly kind: "failed"; readonly status: SourceFailureStatus; readonly detail: string }
);
