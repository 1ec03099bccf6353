/** The kinds of sources as values: `adapters/index.ts` makes them, main passes them down to `src/sources`. */
import type { Adapter } from "./adapter.ts";
import type { ConfigValue, MirroredKind } from "./tableReader.ts";

export interface LiveInput {
  readonly connection: ConfigValue;
  /** An empty map where the file has none. */
  readonly tables: ConfigValue;
  /** Of each table, the columns that the mapping names. */
  readonly mentioned: Readonly<Record<string, readonly string[]>>;
  readonly baseDir: string;
  /** Chains by id, as plain JSON, to be installed where the kind runs lens functions. */
  readonly lenses: Readonly<Record<string, unknown>>;
  /** 64 hexadecimal digits, for `keyHash`; absent: the source computes none. */
  readonly keySecret?: string | undefined;
}

/** A source that is asked with every query. */
export interface LiveKind {
  readonly kind: string;
  /**
   * How `tables` of a `source.yaml` concern it; left out: it has its own, and the file may name none. `areLive`: of a kind that is
   * mirrored as well, whether these tables are for this one.
   */
  readonly tables?: { areLive(tables: ConfigValue): boolean };
  /** Throws a `ConfigProblem` for a connection that is none, a `SourceFailure` where the source cannot be reached. */
  open(input: LiveInput): Promise<Adapter>;
}

export interface SourceKinds {
  readonly live: Readonly<Record<string, LiveKind>>;
  readonly mirrored: Readonly<Record<string, MirroredKind>>;
  /** Opens a mirror's file: the SQLite adapter, with lens functions. */
  openLocal(input: { readonly file: string; readonly lenses: Readonly<Record<string, unknown>> }): Promise<Adapter>;
}
