/**
 * A connection that can only read, with the hub's lens functions installed. The main thread and each worker open their own.
 *
 * `lensModule` exports `install(database, lenses)`: it registers `hub_lens(chain, form, …cells)`, `hub_bucket(ms, unit, zone)`,
 * `hub_starts` and `hub_contains(text, part)`, and the aggregate `hub_sum(x)`. It comes from outside as a URL because adapters know no mapping, and a worker can be given no functions.
 */
import Database from "better-sqlite3";

export interface ConnectionOptions {
  readonly file: string;
  readonly lensModule: URL;
  readonly lenses: Readonly<Record<string, unknown>>;
  /** How long to wait for a writer's lock; 0 on the main thread, which must not stand still. */
  readonly busyMs: number;
}

interface LensModule {
  install(database: Database.Database, lenses: Readonly<Record<string, unknown>>): void;
}

export async function connect(options: ConnectionOptions): Promise<Database.Database> {
  const lensModule = (await import(options.lensModule.href)) as LensModule;
  const database = new Database(options.file, { readonly: true, fileMustExist: true, timeout: options.busyMs });
  try {
    database.pragma("query_only = ON");
    // A view or an index expression of the source's file may not reach functions that are meant for the hub's own statements.
    database.pragma("trusted_schema = OFF");
    // UTF-16 databases compare text by the bytes of UTF-16, which is not the order of code points.
    const encoding = database.pragma("encoding", { simple: true });
    if (encoding !== "UTF-8") throw new Error(`the database's encoding is ${String(encoding)}; only UTF-8 orders text by code points`);
    lensModule.install(database, options.lenses);
    return database;
  } catch (cause) {
    database.close();
    throw cause;
  }
}
