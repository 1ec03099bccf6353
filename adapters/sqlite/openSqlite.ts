/**
 * The adapter for SQLite files: regions' own databases, and the hub's mirrors of sources that cannot filter.
 *
 * A file that is replaced as a whole (a mirror's new version) is a new adapter; rows that change inside the file are simply read.
 */
import { statSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { type Adapter, type SourceHealth, SourceFailure } from "../contract/adapter.ts";
import { assertMinted, type AuthorisedQuery } from "../contract/authorisedQuery.ts";
import { readByBatches } from "../contract/readByBatches.ts";
import type { Cell } from "../contract/sourceQuery.ts";
import { describeParameters } from "../sql/dialect.ts";
import { readCatalogue, schemaVersion } from "./catalogue.ts";
import { connect } from "./connection.ts";
import { asFailure } from "./failure.ts";
import { sizedRenderer } from "./shortLists.ts";
import { guardEvery, mainThreadReader, newBudget } from "./mainThread.ts";
import { sqliteDialect } from "./sqliteDialect.ts";
import { bindParameters } from "./values.ts";
import { openPool } from "./workerPool.ts";

export interface SqliteOptions {
  readonly file: string;
  /** A module that exports `install(database, lenses)`; see `connection.ts`. */
  readonly lensModule: URL;
  /** Lens chains by id, as plain JSON; handed to `install` on every thread. */
  readonly lenses: Readonly<Record<string, unknown>>;
  /** Reading threads; each has a connection of its own. */
  readonly workers?: number;
  /** Tables up to this size may be scanned wholly on the main thread: 5000 rows take about 2 ms. */
  readonly smallTableRowsMax?: number;
  /** From an abort to giving up a thread that does not react. */
  readonly graceMs?: number;
  /** Milliseconds of a monotonic clock. */
  readonly now?: () => number;
}

/** One for what takes long, so that another is there for pages; each thread starts when it is first needed. */
const workersDefault = 2;

/** How long a change of the source's tables may go unnoticed; asking costs as much as a small query. */
const schemaCheckMs = 1000;

/** Throws `SourceFailure` (UNAVAILABLE, BAD_ANSWER) where the file cannot be opened or is no database that the hub can read. */
export async function openSqlite(options: SqliteOptions): Promise<Adapter> {
  const { file, lensModule, lenses, workers = workersDefault } = options;
  const database = await connect({ file, lensModule, lenses, busyMs: 0 }).catch((cause: unknown) => {
    throw asFailure(cause);
  });
  const now = options.now ?? (() => performance.now());
  const budget = newBudget();
  database.function("hub_alive", { deterministic: false }, budget.visit);
  let tell = (): void => {};
  let reading = opening();
  let checkedAt = now();
  const pool = openPool({
    file,
    lensModule: lensModule.href,
    lenses,
    workers,
    graceMs: options.graceMs ?? 250,
    waitingMax: 256,
    busyMs: 250,
  });

  function opening() {
    try {
      return prepareReading();
    } catch (cause) {
      database.close();
      throw asFailure(cause);
    }
  }

  /** Texts and proofs rest on NOT NULL, collations and indexes, so they are made anew when the tables change. */
  function current(): typeof reading {
    if (now() - checkedAt >= schemaCheckMs) {
      checkedAt = now();
      try {
        if (schemaVersion(database) !== reading.schema) {
          reading = prepareReading();
          tell();
        }
      } catch {
        // Locked or gone: the statement itself will say so.
      }
    }
    return reading;
  }

  function prepareReading() {
    const catalogue = readCatalogue(database);
    const dialect = sqliteDialect(catalogue, { guardEvery: null });
    const render = sizedRenderer((lists) => sqliteDialect(catalogue, { guardEvery: null, lists }));
    const rows = mainThreadReader({
      database,
      catalogue,
      dialect,
      render,
      renderGuarded: sizedRenderer((lists) => sqliteDialect(catalogue, { guardEvery, lists })),
      budget,
      smallTableRowsMax: options.smallTableRowsMax ?? 5000,
      now,
    });
    return {
      schema: catalogue.schemaVersion,
      render,
      renderStoppable: sizedRenderer((lists) => sqliteDialect(catalogue, { guardEvery: 4096, lists })),
      rows,
    };
  }

  function inWorker(query: AuthorisedQuery, signal: AbortSignal): AsyncGenerator<readonly (readonly Cell[])[]> {
    const { text, parameters } = attempt(() => current().renderStoppable(query.template, query.values));
    const bound = attempt(() => bindParameters(parameters, query.values));
    return pool.read({ text, bound, rowsMax: query.rowsMax }, signal);
  }

  function health(): SourceHealth {
    try {
      const { mtimeMs, size } = statSync(file);
      const data = database.pragma("data_version", { simple: true });
      return { status: "ok", stalenessMs: null, version: [schemaVersion(database), data, mtimeMs, size].join(".") };
    } catch {
      return { status: "failing", stalenessMs: null, version: "unreadable" };
    }
  }

  return {
    kind: "sqlite",
    concurrency: workers,
    capabilities: () => ({ lensFunctions: true, rowid: true }),
    // From the file as it is now, not from what was read at open: this is how drift is found.
    introspect: async () => attempt(() => [...readCatalogue(database).tables.values()].map((table) => table.info)),
    onTables: (listener) => {
      tell = listener;
    },
    ...readByBatches(inWorker),
    rowsNow(query) {
      assertMinted(query);
      return current().rows(query);
    },
    describe(query) {
      assertMinted(query);
      const { text, parameters } = current().render(query.template, query.values);
      return { text, parameters: describeParameters(parameters, query.values) };
    },
    stalenessMs: () => null,
    health,
    async close() {
      await pool.close();
      database.close();
    },
  };
}

function attempt<T>(what: () => T): T {
  try {
    return what();
  } catch (cause) {
    throw cause instanceof SourceFailure ? cause : asFailure(cause);
  }
}
