/** The kinds of sources as values: `adapters/index.ts` makes them, main passes them down to `src/sources`. */
import type { Adapter } from "./adapter.ts";
import type { ConfigValue, MirroredKind } from "./tableReader.ts";

/** A database that answers queries itself. */
export interface LiveKind {
  readonly kind: string;
  /**
   * `lenses`: chains by id, as plain JSON, to be installed where the kind runs lens functions. Throws a `ConfigProblem` for a
   * connection that is none, a `SourceFailure` where the source cannot be reached.
   */
  open(input: { readonly connection: ConfigValue; readonly baseDir: string; readonly lenses: Readonly<Record<string, unknown>> }): Promise<Adapter>;
}

export interface SourceKinds {
  readonly live: Readonly<Record<string, LiveKind>>;
  readonly mirrored: Readonly<Record<string, MirroredKind>>;
  /** Opens a mirror's file: the SQLite adapter, with lens functions. */
  openLocal(input: { readonly file: string; readonly lenses: Readonly<Record<string, unknown>> }): Promise<Adapter>;
}
