/**
 * CSV bytes → rows, and no content of a cell may stop them (semantics.md §6): bytes that the encoding does not know become U+FFFD in
 * their cell, and a quote that never closes spoils its own line only.
 */
import { CsvError, parse } from "csv-parse/sync";
import type { CsvFormat } from "./dropConfig.ts";
import type { RawRow } from "./rawRows.ts";

const batchRows = 1000;
/** A record beyond this is an open quote, not a cell. */
const recordBytesMax = 1024 * 1024;
/** Each repair may scan a record's length again; after so many the rest is read without quotes. */
const repairsMax = 64;

const newlines = ["\r\n", "\n", "\r"];

/** End of the line that starts at `from`, without and with its line break. */
function lineEnd(bytes: Buffer, from: number): { end: number; next: number } {
  let end = from;
  while (end < bytes.length && bytes[end] !== 0x0a && bytes[end] !== 0x0d) end += 1;
  const isPair = bytes[end] === 0x0d && bytes[end + 1] === 0x0a;
  return { end, next: Math.min(end + (isPair ? 2 : 1), bytes.length) };
}

/** `onRepair` hears the row of each line that was read without quotes. */
export function* csvRows(bytes: Buffer, format: CsvFormat, onRepair: (row: number) => void): Generator<readonly RawRow[]> {
  // Not fatal on purpose. The decoder also takes a byte order mark away.
  const text = Buffer.from(new TextDecoder(format.encoding).decode(bytes), "utf8");
  let at = 0;
  let row = 0;
  let repairs = 0;
  while (at < text.length) {
    const batch: RawRow[] = [];
    let used = 0;
    let isBroken = false;
    try {
      parse(text.subarray(at), {
        delimiter: format.separator,
        record_delimiter: newlines,
        relax_column_count: true,
        relax_quotes: true,
        max_record_size: recordBytesMax,
        quote: repairs > repairsMax ? null : '"',
        to: batchRows,
        on_record: (record: string[], context) => {
          row += 1;
          batch.push({ row, cells: record });
          used = context.bytes;
          return null;
        },
      });
    } catch (error) {
      if (!(error instanceof CsvError)) throw error;
      isBroken = true;
    }
    at += used;
    if (isBroken) {
      repairs += 1;
      const line = lineEnd(text, at);
      row += 1;
      batch.push({ row, cells: text.toString("utf8", at, line.end).split(format.separator) });
      onRepair(row);
      at = line.next;
    } else if (used === 0) {
      at = text.length;
    }
    if (batch.length > 0) yield batch;
  }
}
