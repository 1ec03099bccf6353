/**
 * The hub's own database: `<dataDir>/store.sqlite`.
 *
 * Every commit is synced (WAL, synchronous FULL): a suspension or a client's secret that was acknowledged survives a power cut.
 */
import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import Database from "better-sqlite3";
import type { BetterSQLite3Database } from "drizzle-orm/better-sqlite3";
import { driver, migrator } from "./drizzle.ts";
import * as tables from "./tables.ts";

export type StoreDatabase = BetterSQLite3Database<typeof tables>;

export interface Store {
  readonly db: StoreDatabase;
  /** Changes whenever another connection, in this process or another, has committed. About five microseconds. */
  dataVersion(): number;
  close(): void;
}

/** Opens the store, makes it where there is none, and brings its tables up to date. Synchronous: it runs once, before the doors open. */
export const openStore = (dataDir: string): Store => {
  mkdirSync(dataDir, { recursive: true });
  const sqlite = new Database(join(dataDir, "store.sqlite"), { timeout: 5000 });
  try {
    sqlite.pragma("journal_mode = WAL");
    sqlite.pragma("synchronous = FULL");
    sqlite.pragma("foreign_keys = ON");
    const db = driver().drizzle(sqlite, { schema: tables });
    migrate(db);
    const version = sqlite.prepare("PRAGMA data_version").pluck();
    return {
      db,
      dataVersion: () => version.get() as number,
      close: () => {
        sqlite.close();
      },
    };
  } catch (error) {
    sqlite.close();
    throw error;
  }
};

/** Two processes may start on an empty folder at once: the slower one fails on a table that exists, looks again and finds it done. */
const migrate = (db: StoreDatabase): void => {
  const options = { migrationsFolder: migrationsFolder() };
  try {
    migrator().migrate(db, options);
  } catch {
    migrator().migrate(db, options);
  }
};

/** The compiler copies no SQL, so the compiled hub reads the migrations where the sources lie. */
const migrationsFolder = (): string => {
  const inPlace = join(import.meta.dirname, "migrations");
  if (existsSync(join(inPlace, "meta", "_journal.json"))) return inPlace;
  for (let folder = dirname(import.meta.dirname); ; folder = dirname(folder)) {
    const candidate = join(folder, "src", "store", "migrations");
    if (existsSync(join(candidate, "meta", "_journal.json"))) return candidate;
    if (folder === dirname(folder)) throw new Error("src/store/migrations is missing from this installation");
  }
};
