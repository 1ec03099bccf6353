/** What a kind brings to the conformance suite: its real server, filled with the suite's tables, and the adapter on it. */
import type { Adapter } from "../../../adapters/contract/adapter.ts";
import type { Cell } from "../../../adapters/contract/sourceQuery.ts";
import type { FaultCase } from "../../faults/faultCases.ts";

/** `decimal`: exact digits beyond a double's. `instant` and `local`: times with and without an offset, in milliseconds. */
export type ColumnType = "integer" | "number" | "text" | "decimal" | "date" | "local" | "instant";

export interface TableSpec {
  readonly name: string;
  readonly columns: Readonly<Record<string, { readonly type: ColumnType; readonly notNull?: boolean }>>;
  readonly unique: readonly (readonly string[])[];
  readonly rows: readonly Readonly<Record<string, Cell>>[];
}

/** Takes the URL of a real server, gives the one by which the adapter is to reach it. */
type Through = (url: string) => Promise<string>;

export const straight: Through = async (url) => url;

interface WriteTried {
  /** What the source said of a write by the adapter's own way to it; null: this way has no words for one. */
  readonly isRefused: boolean | null;
  /** Writes that the source itself knows of, whoever tried them. */
  readonly written: number;
}

export interface OpenKind {
  readonly adapter: Adapter;
  /** Statements that the source works on for this adapter right now; null where the source cannot say. */
  running(): Promise<number | null>;
  /** Tries to write by the adapter's own connection, as a user who may. */
  tryToWrite(): Promise<WriteTried>;
  /** Mirrors alone: reads the source anew; whether all of it was read. */
  refresh?(signal: AbortSignal): Promise<boolean>;
  close(): Promise<void>;
}

export interface Harness {
  readonly kind: string;
  /** False: the suite is skipped, and why is printed. */
  readonly isThere: boolean;
  /** Column types that the kind has; columns of others are left out of its tables, and the cases that need them. */
  readonly types: ReadonlySet<ColumnType>;
  /** What the bytes of its server are when they lie, beside what every kind is told; null: files, which come by no wire. */
  readonly lies: readonly FaultCase[] | null;
  /** Whether the adapter's way to its source has words that write, as SQL has: then the source must refuse them. */
  readonly hasWriteWords: boolean;
  /** Reads from a mirror, which has an age. */
  /** It orders rows without a row number by a hash of their key. */
  readonly hashesKeys?: true;
  readonly isMirror?: boolean;
  /** Of many cases of one sort, every so many; left out: all. */
  readonly every?: number;
  /** Whether a column may hold NULL as far as the source says; left out: as the table's specification has it. */
  mayBeNull?(column: string): boolean;
  open(tables: readonly TableSpec[], through: Through): Promise<OpenKind>;
}
