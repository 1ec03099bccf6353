/**
 * Builds the next version of a mirror: the previous file copied, and in the copy every table that was read anew, each wholly or not
 * at all. Runs in the mirror's worker; the event loop of the hub sees nothing of it.
 */
import { copyFile, constants, rm } from "node:fs/promises";
import Database from "better-sqlite3";
import { SourceFailure } from "../../adapters/contract/adapter.ts";
import type { TableReader } from "../../adapters/contract/tableReader.ts";
import { driverCodeOf } from "../observe/faultShape.ts";
import type { BuildOrder, BuildResult, TableOutcome } from "./buildMessages.ts";
import type { MirroredTable } from "./mirrorStore.ts";
import { noIndexing, openTableBuild, type TableBuild } from "./mirrorTable.ts";

const warningsMax = 50;

/** Only asked for when there is something to write: an unchanged source costs no copy. */
async function openTarget({ target, previous }: BuildOrder): Promise<Database.Database> {
  await rm(target, { force: true });
  if (previous) await copyFile(previous.file, target, constants.COPYFILE_FICLONE);
  const database = new Database(target);
  // The file counts only after it is closed, synced and renamed; until then nothing of it needs to survive.
  database.pragma("journal_mode = MEMORY");
  database.pragma("synchronous = OFF");
  database.pragma("locking_mode = EXCLUSIVE");
  database.pragma("cache_size = -65536");
  return database;
}

export async function buildVersion(order: BuildOrder, reader: TableReader, signal: AbortSignal): Promise<BuildResult> {
  const tables: Record<string, MirroredTable> = { ...order.previous?.tables };
  const outcomes: Record<string, TableOutcome> = {};
  const warnings: string[] = [];
  const warn = (text: string): void => {
    if (warnings.length < warningsMax) warnings.push(text);
  };
  let database: Database.Database | null = null;
  let isNew = false;
  const open = async (): Promise<Database.Database> => (database ??= await openTarget(order));

  try {
    for (const table of order.read) {
      const before = order.previous?.tables[table];
      try {
        const read = await readTable(table, before, order, reader, open, warn, signal);
        tables[table] = read.table;
        outcomes[table] = { status: read.isChanged ? "READ" : "UNCHANGED", rows: read.table.rows };
        isNew ||= read.isChanged;
      } catch (error) {
        if (!(error instanceof SourceFailure)) throw error;
        const { cause } = error;
        outcomes[table] = { status: error.status, detail: cause instanceof Error ? cause.message : String(cause ?? ""), driver: driverCodeOf(error) };
      }
    }
    if (order.reindex) {
      for (const [table, before] of Object.entries(tables)) {
        if (outcomes[table]?.status === "READ") continue;
        const build = openTableBuild(await open(), table);
        const indexing = order.indexing[table] ?? noIndexing;
        const isEmpty = build.count() === 0;
        if (isEmpty) build.declare(indexing.mentioned);
        // A key that was never asked about before is refused if it repeats, not resolved.
        const unique = build.index(indexing, before.unique, warn);
        tables[table] = { ...before, unique, rows: build.count(), columns: isEmpty ? build.columns() : before.columns };
        isNew = true;
      }
    }
    const written = database as Database.Database | null;
    if (written && isNew) {
      written.pragma("analysis_limit = 400");
      written.exec("ANALYZE");
    }
    return { isNew, tables, outcomes, warnings };
  } finally {
    (database as Database.Database | null)?.close();
    if (!isNew) await rm(order.target, { force: true });
  }
}

async function readTable(
  table: string,
  before: MirroredTable | undefined,
  order: BuildOrder,
  reader: TableReader,
  open: () => Promise<Database.Database>,
  warn: (text: string) => void,
  signal: AbortSignal,
): Promise<{ table: MirroredTable; isChanged: boolean }> {
  let database: Database.Database | null = null;
  let build: TableBuild | null = null;
  const writing = async (): Promise<TableBuild> => {
    if (!build) {
      database = await open();
      database.exec("BEGIN");
      build = openTableBuild(database, table);
    }
    return build;
  };
  // A table that has never been read exists with no row, so that a mapping's other tables work.
  if (!before) await writing();
  let part = "";
  let columns: readonly string[] | null = null;
  let state: MirroredTable["state"] = null;
  let isWhole = false;
  try {
    for await (const event of reader.read(table, { state: before?.state ?? null, nowMs: order.nowMs }, signal)) {
      switch (event.kind) {
        case "part":
          part = event.part;
          (await writing()).replacePart(part);
          break;
        case "gone":
          (await writing()).removePart(event.part);
          break;
        case "rows":
          (await writing()).insert(part, event.columns, event.rows);
          break;
        case "warning":
          warn(event.text);
          break;
        case "columns":
          columns = event.columns;
          break;
        case "state":
          state = event.state;
          isWhole = true;
          break;
      }
    }
    if (!isWhole) throw new SourceFailure("BAD_ANSWER", "the read ended before its end");
    const changed = build as TableBuild | null;
    if (!changed) {
      return { table: { ...(before as MirroredTable), state, checkedMs: order.nowMs }, isChanged: false };
    }
    const indexing = order.indexing[table] ?? noIndexing;
    const isEmpty = changed.count() === 0;
    // No row is data, too: the mapping's other tables must not wait for the first one.
    if (isEmpty) changed.declare(indexing.mentioned);
    const unique = changed.index(indexing, before?.unique ?? [], warn);
    if (changed.overlongCells() > 0) warn(`${table}: ${changed.overlongCells()} cells are longer than any cell should be and are NULL.`);
    const result: MirroredTable = { state, checkedMs: order.nowMs, rows: changed.count(), columns: isEmpty ? changed.columns() : (columns ?? changed.columns()), unique };
    (database as Database.Database | null)?.exec("COMMIT");
    return { table: result, isChanged: true };
  } catch (error) {
    const opened = database as Database.Database | null;
    if (opened?.inTransaction) opened.exec("ROLLBACK");
    throw error;
  }
}
