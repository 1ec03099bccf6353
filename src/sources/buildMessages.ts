/** What the mirror and its build worker say to each other: plain data. */
import type { SourceFailureStatus } from "../../adapters/contract/adapter.ts";
import type { ReaderConfig } from "../../adapters/contract/tableReader.ts";
import type { MirroredTable } from "./mirrorStore.ts";
import type { Indexing } from "./mirrorTable.ts";

export interface BuildOrder {
  /** Module that exports `openReader`. */
  readonly module: string;
  readonly config: ReaderConfig;
  /** Tables to read now; the others are taken over from the previous version. */
  readonly read: readonly string[];
  readonly previous: { readonly file: string; readonly tables: Readonly<Record<string, MirroredTable>> } | null;
  readonly indexing: Readonly<Record<string, Indexing>>;
  /** Keys or indexes differ from the previous version's: make them anew even if no row changed. */
  readonly reindex: boolean;
  readonly target: string;
  readonly nowMs: number;
}

export type TableOutcome =
  | { readonly status: "READ" | "UNCHANGED"; readonly rows: number }
  /** `detail` is for whoever asks at the source's own place; `driver`, a code of a closed list, for the log. */
  | { readonly status: SourceFailureStatus; readonly detail: string; readonly driver: string | null };

export interface BuildResult {
  /** A file was built at `target`. */
  readonly isNew: boolean;
  readonly tables: Readonly<Record<string, MirroredTable>>;
  readonly outcomes: Readonly<Record<string, TableOutcome>>;
  readonly warnings: readonly string[];
}

