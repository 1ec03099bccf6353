/** What SQLite or a worker threw, as a status of the contract's closed list; the text stays in `cause`, for the log. */
import Database from "better-sqlite3";
import { SourceFailure, type SourceFailureStatus } from "../contract/adapter.ts";

export const asFailure = (cause: unknown): SourceFailure =>
  cause instanceof SourceFailure ? cause : new SourceFailure(statusOf(cause), cause);

export function statusOf(cause: unknown): SourceFailureStatus {
  if (cause instanceof Cancelled) return "ABORTED";
  if (!(cause instanceof Database.SqliteError)) return "BAD_ANSWER";
  const [primary] = /^SQLITE_[A-Z]+/.exec(cause.code) ?? [];
  switch (primary) {
    case "SQLITE_BUSY":
    case "SQLITE_LOCKED":
      return "BUSY";
    case "SQLITE_CANTOPEN":
    case "SQLITE_IOERR":
    case "SQLITE_NOTADB":
    case "SQLITE_CORRUPT":
    case "SQLITE_PERM":
    case "SQLITE_NOMEM":
      return "UNAVAILABLE";
    // The statement does not fit the source as it is now (drift), or a value does not fit.
    default:
      return "BAD_ANSWER";
  }
}

/** Thrown inside a worker's statement when its query was cancelled. */
export class Cancelled extends Error {}
