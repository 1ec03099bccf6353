/**
 * One writer a chain: the lock is an exclusive SQLite transaction, so the system holds it and lets go when the process dies, however
 * it dies. A file with a process number in it would have to be judged stale, and two starts can judge at once.
 */
import { join } from "node:path";
import Database from "better-sqlite3";

/** Null where another process (or another journal of this one) writes this chain. */
export const lockChain = (folder: string): { release(): void } | null => {
  const lock = new Database(join(folder, "lock"), { timeout: 0 });
  try {
    lock.pragma("journal_mode = MEMORY");
    lock.exec("BEGIN EXCLUSIVE");
    return { release: () => void lock.close() };
  } catch (error) {
    lock.close();
    if ((error as { code?: string }).code?.startsWith("SQLITE_BUSY") === true) return null;
    throw error;
  }
};
