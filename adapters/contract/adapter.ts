/**
 * What a source kind must offer. Everything a plan needs goes through `rows` and `aggregate`; the rest is for start and health.
 */
import type { AuthorisedQuery } from "./authorisedQuery.ts";
import type { Cell } from "./sourceQuery.ts";

/** Rows as the source hands them over, one array of cells a row, in the order of the template's columns. */
export interface RowBatch {
  readonly rows: readonly (readonly Cell[])[];
  /** Where somebody has counted already: so nobody counts twice. */
  readonly length?: TextLength;
}

/** How long the texts of some rows are. */
export interface TextLength {
  readonly characters: number;
  /** Characters of the row that has most: no cell is longer. */
  readonly longestRow: number;
}

export interface ColumnInfo {
  readonly name: string;
  /** The source's own type name, upper-case, e.g. `TEXT`, `REAL`; empty where it has none. */
  readonly type: string;
  readonly nullable: boolean;
  /** The source guarantees that every non-NULL value has the declared type (SQLite: STRICT tables; other databases: always). */
  readonly typeSafe: boolean;
  /** What the cells are, where the source's types say more than SQLite's names do. Absent: by the type's name. */
  readonly cells?: CellKind;
  /** Most significant digits of a `decimal`; absent: any number of them. */
  readonly digits?: number;
  /** By which the source itself would compare its texts; absent: by their bytes. A change is drift, no more. */
  readonly collation?: string;
  /** All values that the type admits, where it lists them. */
  readonly values?: readonly string[];
  /** What the source's own catalogue says of the column, for people: a guess may rest on it, nothing else. */
  readonly comment?: string;
}

/** Columns of a table that name rows of another: the source keeps them from naming none. */
export interface ForeignKey {
  readonly columns: readonly string[];
  readonly table: string;
  /** Columns there, in the same order. */
  readonly to: readonly string[];
}

/**
 * `decimal`: exact decimals of any length, as number or text. `date`: `YYYY-MM-DD`. `local`: `YYYY-MM-DD hh:mm:ss[.fff]` on a clock that
 * the column does not name. `instant`: the same with an offset. Times compare and order as times, with bounds as text.
 */
export type CellKind = "integer" | "number" | "decimal" | "text" | "date" | "local" | "instant";

export interface TableInfo {
  readonly name: string;
  /** In the source's own order, by which a column that took another's name is told from it. */
  readonly columns: readonly ColumnInfo[];
  /** Column sets that are unique (primary key and unique indexes), in their order. */
  readonly unique: readonly (readonly string[])[];
  /** Column lists of all indexes, for `explain` and load-time warnings. */
  readonly indexes: readonly (readonly string[])[];
  readonly rowCountEstimate: number;
  /** The table has a row number (`SourceExpr` kind `rowid`); absent: as the capabilities say. */
  readonly rowid?: boolean;
  /** Those that the source declares, to tables that are seen here. */
  readonly foreign?: readonly ForeignKey[];
  /** As of a column. */
  readonly comment?: string;
  /** Of a view: changes with the query that it stands for. Absent: a table of its own. */
  readonly definition?: string;
}

export interface Capabilities {
  /** Lens functions run inside the source (SQLite and mirrors). */
  readonly lensFunctions: boolean;
  readonly rowid: boolean;
  /** `SourceExpr` kind `keyHash`; absent: no. */
  readonly keyHash?: boolean;
}

export interface SourceHealth {
  readonly status: "ok" | "failing";
  /** Age of what is read, for mirrors; null for live sources. */
  readonly stalenessMs: number | null;
  /** Changes whenever rows may have changed meaning (a mirror's version); part of nothing that an agency sees. */
  readonly version: string;
}

export interface Adapter {
  readonly kind: string;
  /**
   * Calls of `rows` and `aggregate` that it works on at once: more would wait inside it, where the hub cannot tell a queue from a slow
   * source. Absent: any number.
   */
  readonly concurrency?: number | undefined;
  capabilities(): Capabilities;
  /** Tables and columns as the source shows them now. */
  introspect(signal: AbortSignal): Promise<readonly TableInfo[]>;
  /** Tells whoever asked whenever it notices by itself that the tables are others than they were: the hub then looks at once. */
  onTables?(listener: () => void): void;
  /**
   * Answers a minted query wholly or throws a `SourceFailure`. Batches hold at most 1000 rows, and not many more characters than
   * `batchCharactersMax`: what the hub holds for an operation is known by whole batches.
   * A query that `isShort` says is short may be answered by `rowsNow`.
   */
  rows(query: AuthorisedQuery, signal: AbortSignal): AsyncIterable<RowBatch>;
  /** Groups of an AggregateTemplate: group cells first, then per measure its value and, for sum, the count beside it. */
  aggregate(query: AuthorisedQuery, signal: AbortSignal): Promise<RowBatch>;
  /**
   * Synchronous answer for a query that is bounded by table size or index, or null: ask `rows`. Only where a driver is
   * synchronous; saves the hop to a worker (design.md §6).
   */
  rowsNow?(query: AuthorisedQuery): RowBatch | null;
  /** The source's own query text and parameters, for the owner's steward and the CLI. */
  describe(query: AuthorisedQuery): { readonly text: string; readonly parameters: readonly unknown[] };
  /** Age of what is read, for mirrors; null for live sources. Asked with every answer: no I/O. */
  stalenessMs(): number | null;
  /** May ask the source; for health pages and versions. */
  health(): SourceHealth;
  close(): Promise<void>;
}

/**
 * Most characters that one query may hand over before it fails with OVER_CAP: a page of the largest size has a few million, and the hub
 * holds answers of many callers at once. Adapters stop reading there; `checked.ts` sees to it.
 */
export const answerCharactersMax = 32 * 1024 * 1024;

/** Characters of a row's texts; other cells are small. */
export function charactersOf(row: readonly Cell[]): number {
  let characters = 0;
  for (let at = 0; at < row.length; at++) {
    const cell = row[at];
    if (typeof cell === "string" || cell instanceof Uint8Array) characters += cell.length;
  }
  return characters;
}

/** A batch ends with the row that reaches it. */
export const batchCharactersMax = 512 * 1024;

export function lengthOf(rows: readonly (readonly Cell[])[]): TextLength {
  let characters = 0;
  let longestRow = 0;
  for (let at = 0; at < rows.length; at++) {
    const own = charactersOf(rows[at] as readonly Cell[]);
    characters += own;
    if (own > longestRow) longestRow = own;
  }
  return { characters, longestRow };
}

/** Why a source did not answer; a value of a closed list, no driver text. `cause` goes to the log only. */
export type SourceFailureStatus = "UNAVAILABLE" | "TIMEOUT" | "BAD_ANSWER" | "OVER_CAP" | "ABORTED" | "BUSY";

export class SourceFailure extends Error {
  readonly status: SourceFailureStatus;
  /** The same question may be answered a moment later: a connection was lost. Not so where the source refuses the hub. */
  readonly mayRetry: boolean;
  constructor(status: SourceFailureStatus, cause?: unknown, mayRetry: boolean = status === "UNAVAILABLE") {
    super(status, { cause });
    this.name = "SourceFailure";
    this.status = status;
    this.mayRetry = mayRetry;
  }
}
