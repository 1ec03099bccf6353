/** What a kind brings to the conformance suite: its real server, filled with the suite's tables, and the adapter on it. */
import type { Adapter } from "../../../adapters/contract/adapter.ts";
import type { Cell } from "../../../adapters/contract/sourceQuery.ts";

/** `decimal`: exact digits beyond a double's. `instant` and `local`: times with and without an offset, in milliseconds. */
export type ColumnType = "integer" | "number" | "text" | "decimal" | "date" | "local" | "instant";

export interface TableSpec {
  readonly name: string;
  readonly columns: Readonly<Record<string, { readonly type: ColumnType; readonly notNull?: boolean }>>;
  readonly unique: readonly (readonly string[])[];
  readonly rows: readonly Readonly<Record<string, Cell>>[];
}

export interface OpenKind {
  readonly adapter: Adapter;
  /** Statements that the source works on for this adapter right now; null where the source cannot say. */
  running(): Promise<number | null>;
  close(): Promise<void>;
}

export interface Harness {
  readonly kind: string;
  /** False: the suite is skipped, and why is printed. */
  readonly isThere: boolean;
  /** Column types that the kind has; columns of others are left out of its tables, and the cases that need them. */
  readonly types: ReadonlySet<ColumnType>;
  /** Reads from a mirror, which has an age. */
  readonly isMirror?: boolean;
  /** Whether a column may hold NULL as far as the source says; left out: as the table's specification has it. */
  mayBeNull?(column: string): boolean;
  open(tables: readonly TableSpec[]): Promise<OpenKind>;
}
