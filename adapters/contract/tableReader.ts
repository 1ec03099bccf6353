/**
 * What a mirrored kind offers (drop folders, weak APIs): its declared tables as rows of text cells with their provenance, and
 * nothing else. `src/sources/mirror` turns them into a local SQLite database in source terms (semantics.md §6), whose adapter
 * then answers every query. A reader knows no vocabulary, mapping, policy or query.
 *
 * A reader runs in the mirror's worker, so its module is named by URL and its configuration crosses as plain JSON.
 */

/** `connection` and `tables` of a `source.yaml` without places: scalars are text. `${ENV}` is filled in already. */
export type ConfigValue = string | readonly ConfigValue[] | { readonly [key: string]: ConfigValue };

/** What a kind's `parse…Config` finds wrong; `path` leads from the file's root to the place, for `file:line:column`. */
export class ConfigProblem extends Error {
  readonly path: readonly string[];
  constructor(path: readonly string[], problem: string) {
    super(problem);
    this.name = "ConfigProblem";
    this.path = path;
  }
}

/** Plain JSON that a reader gives at the end of a read and gets back at the next one, also after a restart. */
export type ReaderState = string | number | boolean | null | readonly ReaderState[] | { readonly [key: string]: ReaderState };

/** Every cell is text, NULL, or (in `$row` and `$precedence` alone) an integer. */
export type MirrorCell = string | number | null;

/**
 * A read is a stream of these. Rows belong to the part that `part` named last: a file, or a window of a feed. What a read does not
 * mention stays as it was, so that only what changed is read again.
 */
export type ReaderEvent =
  /** The rows of this part are replaced by those that follow. */
  | { readonly kind: "part"; readonly part: string }
  /** This part exists no more. */
  | { readonly kind: "gone"; readonly part: string }
  /** `columns` may differ from one event to the next; at most some thousand rows at a time. */
  | { readonly kind: "rows"; readonly columns: readonly string[]; readonly rows: readonly (readonly MirrorCell[])[] }
  /** For the operator: names file and row, never a cell's content. */
  | { readonly kind: "warning"; readonly text: string }
  /** Columns that the source shows now: null where a feed has no header, so that an absent column only means NULL. */
  | { readonly kind: "columns"; readonly columns: readonly string[] | null }
  /** Last event of a read that succeeded. */
  | { readonly kind: "state"; readonly state: ReaderState };

export interface ReadRequest {
  /** From the last read that became a version; null: read everything. */
  readonly state: ReaderState;
  readonly nowMs: number;
}

export interface TableReader {
  /**
   * Cheap answer to "would a read find anything else than `state`?", asked on the main thread every few seconds.
   * Throws a `SourceFailure` where the source cannot be looked at.
   */
  hasChanged(table: string, request: ReadRequest, signal: AbortSignal): Promise<boolean>;
  /** Throws a `SourceFailure` when the table cannot be read wholly: the previous version then stays. */
  read(table: string, request: ReadRequest, signal: AbortSignal): AsyncIterable<ReaderEvent>;
}

/** A declared table. `everyMs`: how often `hasChanged` is asked. */
export interface ReaderTable {
  readonly name: string;
  readonly everyMs: number;
}

/** Configuration after parsing: plain JSON, may hold secrets, is never stored. */
export interface ReaderConfig {
  readonly tables: readonly ReaderTable[];
  /** Changes whenever rows read under the old configuration are no longer good; holds no secret. */
  readonly identity: string;
}

export interface ReaderInput {
  readonly connection: ConfigValue;
  readonly tables: ConfigValue;
  readonly timeZone: string;
  /** Folder of the `source.yaml`, for relative paths. */
  readonly baseDir: string;
}

/** One mirrored kind, handed to `src/sources` as a value by `adapters/index.ts`. */
export interface MirroredKind {
  readonly kind: string;
  /** Throws a `ConfigProblem`. */
  parseConfig(input: ReaderInput): ReaderConfig;
  /** `config` is what this kind's own `parseConfig` made. */
  openReader(config: ReaderConfig): TableReader;
  /** URL of a module that exports `openReader`, for the worker. */
  readonly module: string;
}

/** Of the columns that a reader adds (`$file $row $precedence $received`) the mirror stores these as integers, so that `latest: $precedence` orders as numbers do. */
export const integerColumns: ReadonlySet<string> = new Set(["$row", "$precedence"]);
