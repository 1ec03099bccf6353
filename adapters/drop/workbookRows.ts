/**
 * xlsx bytes → sheets of text cells: numbers as the file spells them, a formula's stored result, dates as serials of the 1900
 * system (which is what the file holds; the lens `excel-1900` reads them), merged cells filled.
 */
import readWorkbook from "read-excel-file/node";
import { fillMerged, mergedRanges } from "./mergedCells.ts";
import type { RawRow } from "./rawRows.ts";
import { unzip } from "./zipEntries.ts";

/** 1 GiB would be a bomb; a sheet of 100 MB XML is already a million cells. */
const unpackedBytesMax = 256 * 1024 * 1024;
const batchRows = 1000;
/** 1970-01-01 as a serial of the 1900 system. */
const epochSerial = 25_569;
const dayMs = 86_400_000;

function asCellText(cell: unknown): string | null {
  if (cell === null || cell === undefined || cell === "") return null;
  if (cell instanceof Date) return Number.isNaN(cell.valueOf()) ? null : String(cell.valueOf() / dayMs + epochSerial);
  return String(cell);
}

function* batchesOf(rows: readonly (readonly (string | null)[])[]): Generator<readonly RawRow[]> {
  for (let from = 0; from < rows.length; from += batchRows) {
    yield rows.slice(from, from + batchRows).map((cells, index) => ({ row: from + index + 1, cells }));
  }
}

/** Sheets in their order, names trimmed; null where the bytes are no workbook. */
export async function workbookSheets(bytes: Buffer): Promise<readonly { name: string; batches: Iterable<readonly RawRow[]> }[] | null> {
  const entries = unzip(bytes, unpackedBytesMax);
  if (!entries) return null;
  let sheets: readonly { sheet: string; data: readonly (readonly unknown[])[] }[];
  try {
    sheets = await readWorkbook(bytes, { parseNumber: (text: string) => text, trim: false });
  } catch {
    return null;
  }
  const merged = mergedRanges(entries);
  return sheets.map(({ sheet, data }) => {
    const rows = data.map((row) => row.map(asCellText));
    fillMerged(rows, merged.get(sheet) ?? []);
    return { name: sheet.trim(), batches: batchesOf(rows) };
  });
}
