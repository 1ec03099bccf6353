/** Prepared statements by text, and reading them to batches of exact cells. Used on the main thread and in workers. */
import type { Database, Statement } from "better-sqlite3";
import { answerCharactersMax, batchCharactersMax, charactersOf, SourceFailure } from "../contract/adapter.ts";
import type { Cell } from "../contract/sourceQuery.ts";
import { isRounded, narrow, type SqliteValue } from "./values.ts";

/** Measured: larger batches post no faster by structured clone, and hold the event loop for longer. */
export const batchRowsMax = 1000;
/** Prepared statements kept per connection; each holds some 10 KiB. */
const statementsMax = 500;

export interface PreparedRead {
  /** Integers as JS numbers. */
  readonly fast: Statement<SqliteValue[], Cell[]>;
  /** Integers as bigint. A statement of its own, since one cannot change its mind while it runs. */
  readonly exact: () => Statement<SqliteValue[], Cell[]>;
  /** Once a statement has shown an integer beyond 2^53, it is read exactly from the start. */
  holdsWideIntegers: boolean;
  /** Some column may hold such integers; where none may, no cell is looked at. */
  readonly mayHoldWideIntegers: boolean;
}

export function statementCache(database: Database): (text: string) => PreparedRead {
  const prepared = new Map<string, PreparedRead>();
  return (text) => {
    let read = prepared.get(text);
    if (read === undefined) {
      if (prepared.size >= statementsMax) prepared.clear();
      read = prepareRead(database, text);
      prepared.set(text, read);
    }
    return read;
  };
}

export function prepareRead(database: Database, text: string, mayHoldWideIntegers = true): PreparedRead {
  const fast = database.prepare<SqliteValue[], Cell[]>(text).raw();
  if (!fast.reader || !fast.readonly) throw new SourceFailure("BAD_ANSWER", new Error("the statement does more than read"));
  let exact: Statement<SqliteValue[], Cell[]> | undefined;
  return {
    fast,
    exact: () => (exact ??= database.prepare<SqliteValue[], Cell[]>(text).raw().safeIntegers()),
    holdsWideIntegers: false,
    mayHoldWideIntegers,
  };
}

/** As long as any answer that the main thread should hold at once. */
export const charactersNowMax = 4 * 1024 * 1024;

/** Row by row, which costs more than `readAll`: null where the cells are so long that a worker should read them. */
export function readUpToLong(read: PreparedRead, bound: SqliteValue[]): Cell[][] | null {
  const rows: Cell[][] = [];
  let characters = 0;
  for (const row of read.exact().iterate(...bound)) {
    characters += charactersOf(row);
    if (characters > charactersNowMax) return null;
    rows.push(narrow(row));
  }
  return rows;
}

/** The whole answer at once; only for statements that are known to be short, in rows and in characters. */
export function readAll(read: PreparedRead, bound: SqliteValue[]): Cell[][] {
  if (!read.holdsWideIntegers) {
    const rows = read.fast.all(...bound);
    if (!read.mayHoldWideIntegers || !rows.some(isRounded)) return rows;
    read.holdsWideIntegers = true;
  }
  return read.exact().all(...bound).map(narrow);
}

/**
 * Batches of at most 1000 rows, of fewer where they are long; fails with OVER_CAP at row `rowsMax + 1`, and where the cells are longer than any answer's. `beforeRow` may throw to stop.
 *
 * When an integer beyond 2^53 turns up midway, an exact statement is started *before* the fast one is closed, so that both read one
 * snapshot in one order, and goes on where the fast one stood.
 */
export function* readBatches(read: PreparedRead, bound: SqliteValue[], rowsMax: number, beforeRow: () => void): Generator<Cell[][]> {
  let batch: Cell[][] = [];
  let count = 0;
  let characters = 0;
  let before = 0;
  let exact = read.holdsWideIntegers;
  let rows = (exact ? read.exact() : read.fast).iterate(...bound);
  try {
    for (let next = rows.next(); next.done !== true; next = rows.next()) {
      beforeRow();
      if (count >= rowsMax) throw new SourceFailure("OVER_CAP");
      let row = next.value;
      if (!exact && isRounded(row)) {
        const again = read.exact().iterate(...bound);
        for (let skipped = 0; skipped < count; skipped++) {
          beforeRow();
          again.next();
        }
        row = again.next().value as Cell[];
        rows.return?.();
        rows = again;
        exact = true;
        read.holdsWideIntegers = true;
      }
      characters += charactersOf(row);
      if (characters > answerCharactersMax) throw new SourceFailure("OVER_CAP");
      batch.push(exact ? narrow(row) : row);
      count++;
      if (batch.length === batchRowsMax || characters - before >= batchCharactersMax) {
        yield batch;
        batch = [];
        before = characters;
      }
    }
  } finally {
    rows.return?.();
  }
  if (batch.length > 0) yield batch;
}
