/**
 * A private database for the rows of one query: sources that answer no query of their own are asked for enough rows, and the query
 * runs on those. Nothing of it outlives the query, and no other query sees it.
 */
import type { TableInfo } from "./adapter.ts";
import type { AuthorisedQuery } from "./authorisedQuery.ts";
import type { BoundValue, Cell, SelectPart } from "./sourceQuery.ts";

export interface ScratchTable {
  readonly name: string;
  readonly columns: readonly string[];
  /** A row that repeats it is the row that is there already; a row with a NULL in it is none. */
  readonly key: readonly string[];
}

export interface ScratchRun {
  /**
   * Takes rows in. `keep`: parts over this table with one column, its row number; a row that meets none is let go. Null: all stay.
   * Gives how many rows the table now holds.
   */
  insert(table: string, rows: readonly (readonly (string | null)[])[], keep: Keep | null): Promise<number>;
  /** The different values of a column that are not NULL, at most `max + 1`. */
  distinct(table: string, column: string, max: number): Promise<readonly string[]>;
  /** Runs a query on what is there, in batches of at most 1000 rows. */
  rows(query: AuthorisedQuery): AsyncGenerator<readonly (readonly Cell[])[]>;
  /** Must be called, also after a failure. */
  end(): void;
}

export interface Keep {
  readonly parts: readonly SelectPart[];
  readonly values: readonly BoundValue[];
}

/** All of them in one thread of its own. */
export interface Scratch {
  readonly tables: readonly TableInfo[];
  start(signal: AbortSignal): ScratchRun;
  describe(query: AuthorisedQuery): { readonly text: string; readonly parameters: readonly unknown[] };
  close(): Promise<void>;
}

export type OpenScratch = (input: { readonly tables: readonly ScratchTable[]; readonly lenses: Readonly<Record<string, unknown>> }) => Promise<Scratch>;
