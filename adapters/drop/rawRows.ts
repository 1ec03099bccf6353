/** Rows of a sheet or a CSV file before the header is told from the data, and how both become rows of a table. */
import { columnNames } from "../contract/columnNames.ts";

/** `row` counts from 1 as a spreadsheet shows it, header and empty lines included. */
export interface RawRow {
  readonly row: number;
  readonly cells: readonly (string | null)[];
}

export interface Sheet {
  readonly columns: readonly string[];
  /** As many cells as columns; blank is NULL. */
  readonly rows: AsyncIterable<readonly RawRow[]> | Iterable<readonly RawRow[]>;
  /** Filled while `rows` is read: rows with more cells than the header has names. */
  readonly longRows: { count: number; first: number };
}

/** A wider sheet is a mistake (a separator that is not one); SQLite's own limit is 2000. */
export const columnsMax = 1000;

const isBlank = (cell: string | null): boolean => cell === null || cell.trim() === "";

/** Two header lines join as `upper/lower`; a cell merged over both lines is one name. */
function headerNames(lines: readonly (readonly (string | null)[])[], width: number): readonly string[] {
  return columnNames(
    Array.from({ length: width }, (_, column) => {
      const parts = lines.map((line) => (line[column] ?? "").trim()).filter((part) => part !== "");
      return parts.filter((part, index) => part !== parts[index - 1]).join("/");
    }),
  );
}

/** Null where the header's lines are not there: an empty file. Throws a RangeError above `columnsMax`. */
export function asSheet(batches: Iterable<readonly RawRow[]>, header: readonly number[]): Sheet | null {
  const iterator = batches[Symbol.iterator]();
  const last = header.at(-1) ?? 1;
  const headerLines = new Map<number, readonly (string | null)[]>();
  let pending: readonly RawRow[] = [];
  let seen = 0;
  while (seen < last) {
    const next = iterator.next();
    if (next.done) break;
    const rest: RawRow[] = [];
    for (const row of next.value) {
      seen = row.row;
      if (header.includes(row.row)) headerLines.set(row.row, row.cells);
      if (row.row > last) rest.push(row);
    }
    pending = rest;
  }
  const lines = header.map((line) => headerLines.get(line) ?? []);
  const width = Math.max(...lines.map((line) => line.findLastIndex((cell) => !isBlank(cell)) + 1));
  if (width === 0) return null;
  if (width > columnsMax) throw new RangeError(`has ${width} columns; ${columnsMax} is the most`);
  const longRows = { count: 0, first: 0 };
  const padded = (batch: readonly RawRow[]): RawRow[] =>
    batch.flatMap(({ row, cells }) => {
      if (cells.every(isBlank)) return [];
      if (cells.length > width && cells.slice(width).some((cell) => !isBlank(cell))) {
        longRows.count += 1;
        longRows.first ||= row;
      }
      return [{ row, cells: Array.from({ length: width }, (_, column) => (cells[column] === "" ? null : (cells[column] ?? null))) }];
    });
  function* rows(): Generator<readonly RawRow[]> {
    if (pending.length > 0) yield padded(pending);
    for (;;) {
      const next = iterator.next();
      if (next.done) return;
      yield padded(next.value);
    }
  }
  return { columns: headerNames(lines, width), rows: rows(), longRows };
}
