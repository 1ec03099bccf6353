/** How a demonstration database comes about: under a temporary name, in few large transactions, renamed only when it is whole. */
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import Database from "better-sqlite3";

export type Report = (fraction: number) => void;
type Value = string | number | null;

/** Raised when generated content changes: an older file is then built anew. */
export const GENERATION = 1;

/** True when the file is there, whole and of this generation. */
export function isBuilt(file: string): boolean {
  if (!existsSync(file)) return false;
  const db = new Database(file, { readonly: true });
  try {
    return db.pragma("user_version", { simple: true }) === GENERATION;
  } catch {
    return false;
  } finally {
    db.close();
  }
}

/**
 * Writes a SQLite file. An interrupted build leaves `file` as it was: only a temporary file stays, which the next build removes.
 */
export function buildDatabase(file: string, fill: (db: Database.Database) => void): void {
  const unfinished = `${file}.building`;
  mkdirSync(dirname(file), { recursive: true });
  rmSync(unfinished, { force: true });
  const db = new Database(unfinished);
  try {
    for (const setting of ["journal_mode = OFF", "synchronous = OFF", "locking_mode = EXCLUSIVE", "cache_size = -65536"]) db.pragma(setting);
    fill(db);
    db.exec("ANALYZE");
    db.pragma(`user_version = ${GENERATION}`);
  } finally {
    db.close();
  }
  const handle = openSync(unfinished, "r+");
  fsyncSync(handle);
  closeSync(handle);
  for (const leftover of [`${file}-wal`, `${file}-shm`, `${file}-journal`]) rmSync(leftover, { force: true });
  renameSync(unfinished, file);
}

/** All rows of one table in one transaction, through one prepared insert. */
export function insertRows(db: Database.Database, table: string, rows: Iterable<readonly Value[]>): void {
  const width = (db.prepare("SELECT count(*) FROM pragma_table_info(?)").pluck().get(table) as number) || 1;
  const insert = db.prepare(`INSERT INTO ${table} VALUES (${Array(width).fill("?").join(", ")})`);
  db.transaction(() => {
    for (const row of rows) insert.run(row);
  })();
}
