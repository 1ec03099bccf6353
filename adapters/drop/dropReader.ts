/**
 * A drop folder as tables of CSV files and workbooks.
 *
 * Nothing in a cell can fail a read. What can: a folder or file that cannot be opened, a workbook that is none, a file above the
 * caps. The table then keeps its previous version, and the failure's cause names the file for the operator.
 */
import { SourceFailure } from "../contract/adapter.ts";
import type { MirrorCell, ReaderConfig, ReaderEvent, TableReader } from "../contract/tableReader.ts";
import { matchName, parsePattern } from "../folder/filePattern.ts";
import type { FoundFile } from "../folder/folderFiles.ts";
import { openFolder, receivedAt } from "../folder/folderReader.ts";
import { csvRows } from "./csvRows.ts";
import type { DropConfig, DropTable } from "./dropConfig.ts";
import { asSheet, type RawRow } from "./rawRows.ts";
import { workbookSheets } from "./workbookRows.ts";

/** Sheets of one file: one for CSV, those whose names match for a workbook, with what the names hold. */
async function sheetsOf(
  bytes: Buffer,
  name: string,
  table: DropTable,
  warn: (text: string) => void,
): Promise<readonly { batches: Iterable<readonly RawRow[]>; captured: Readonly<Record<string, string>>; title: string }[]> {
  const { format } = table;
  if (format.kind === "csv") {
    let repaired = 0;
    const onRepair = (row: number): void => {
      repaired += 1;
      if (repaired <= 3) warn(`${name}: row ${row} has a quote that never closes and was read without quotes.`);
    };
    return [{ batches: csvRows(bytes, format, onRepair), captured: {}, title: name }];
  }
  const sheets = await workbookSheets(bytes);
  if (!sheets) throw new SourceFailure("BAD_ANSWER", `${name} is no xlsx workbook that can be read, or is too large when unpacked`);
  const pattern = format.sheet === null ? null : parsePattern(format.sheet);
  const taken = sheets.flatMap((sheet, index) => {
    const captured = pattern ? matchName(pattern, sheet.name) : index === 0 ? {} : null;
    return captured ? [{ batches: sheet.batches, captured, title: `${name}, sheet ${sheet.name}` }] : [];
  });
  if (taken.length === 0) warn(`${name}: no sheet is called ${format.sheet ?? ""}.`);
  return taken;
}

/** The events of one file's rows; its part has been named. `columns` collects what its headers say. */
async function* readFile(bytes: Buffer, file: FoundFile, table: DropTable, columns: Set<string>): AsyncGenerator<ReaderEvent> {
  const warnings: string[] = [];
  for (const { batches, captured, title } of await sheetsOf(bytes, file.name, table, (text) => warnings.push(text))) {
    const names = { ...file.captured, ...captured };
    let sheet: ReturnType<typeof asSheet>;
    try {
      sheet = asSheet(batches, table.format.header);
    } catch (cause) {
      if (cause instanceof RangeError) throw new SourceFailure("OVER_CAP", `${title} ${cause.message}`);
      throw cause;
    }
    if (!sheet) {
      warnings.push(`${title}: no header in line ${table.format.header.join(", ")}; no row was read.`);
      continue;
    }
    const provenance = ["$file", "$precedence", "$received", "$row", ...Object.keys(names).map((name) => `$${name}`)];
    const all = [...provenance, ...sheet.columns];
    for (const column of all) columns.add(column);
    const before: readonly MirrorCell[] = [file.name, file.precedence, receivedAt(file)];
    const after = Object.values(names);
    for await (const batch of sheet.rows) {
      yield { kind: "rows", columns: all, rows: batch.map(({ row, cells }) => [...before, row, ...after, ...cells]) };
    }
    const { count, first } = sheet.longRows;
    if (count > 0) warnings.push(`${title}: ${count} rows have more cells than the header has names (first: row ${first}); the rest was left out.`);
  }
  for (const text of warnings) yield { kind: "warning", text };
}

export const openReader = (config: ReaderConfig): TableReader => openFolder(config as DropConfig, readFile);
