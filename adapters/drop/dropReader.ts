/**
 * A drop folder as tables: each file is one part of its table, read only when it has changed and has come to rest.
 *
 * Nothing in a cell can fail a read. What can: a folder or file that cannot be opened, a workbook that is none, a file above the
 * caps. The table then keeps its previous version, and the failure's cause names the file for the operator.
 */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { SourceFailure } from "../contract/adapter.ts";
import type { MirrorCell, ReadRequest, ReaderConfig, ReaderEvent, ReaderState, TableReader } from "../contract/tableReader.ts";
import { csvRows } from "./csvRows.ts";
import type { DropConfig, DropTable } from "./dropConfig.ts";
import { matchName, parsePattern } from "./filePattern.ts";
import { listTable, type FoundFile } from "./folderFiles.ts";
import { asSheet, type RawRow } from "./rawRows.ts";
import { readStable, sameStamp, type FileStamp } from "./stableFile.ts";
import { workbookSheets } from "./workbookRows.ts";

/** What is remembered of a file that became part of a version. */
interface KnownFile {
  readonly stamp: FileStamp;
  readonly precedence: number;
  readonly columns: readonly string[];
}
type DropState = { readonly files: Readonly<Record<string, KnownFile>> };

const asState = (state: ReaderState): DropState => (state === null ? { files: {} } : (state as unknown as DropState));

const isKnown = (file: FoundFile, state: DropState): boolean => {
  const known = Object.hasOwn(state.files, file.name) ? state.files[file.name] : undefined;
  return known !== undefined && known.precedence === file.precedence && sameStamp(known.stamp, file.stamp);
};

/** Watches files come to rest by this process's own eyes where clocks of writer and hub differ. */
function makeSettled(settleMs: number): (path: string, stamp: FileStamp, nowMs: number) => boolean {
  const firstSeen = new Map<string, { stamp: FileStamp; atMs: number }>();
  return (path, stamp, nowMs) => {
    const changedMs = Math.max(Number(BigInt(stamp.mtimeNs) / 1_000_000n), Number(BigInt(stamp.ctimeNs) / 1_000_000n));
    if (nowMs - changedMs >= settleMs) return true;
    const seen = firstSeen.get(path);
    if (!seen || !sameStamp(seen.stamp, stamp)) {
      firstSeen.set(path, { stamp, atMs: nowMs });
      return false;
    }
    return nowMs - seen.atMs >= settleMs;
  };
}

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
  const received = new Date(Number(BigInt(file.stamp.mtimeNs) / 1_000_000n)).toISOString();
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
    const before: readonly MirrorCell[] = [file.name, file.precedence, received];
    const after = Object.values(names);
    for await (const batch of sheet.rows) {
      yield { kind: "rows", columns: all, rows: batch.map(({ row, cells }) => [...before, row, ...after, ...cells]) };
    }
    const { count, first } = sheet.longRows;
    if (count > 0) warnings.push(`${title}: ${count} rows have more cells than the header has names (first: row ${first}); the rest was left out.`);
  }
  for (const text of warnings) yield { kind: "warning", text };
}

export function openReader(config: ReaderConfig): TableReader {
  const { folder, settleMs, fileBytesMax, tables } = config as DropConfig;
  const isSettled = makeSettled(settleMs);
  const tableOf = (name: string): DropTable => {
    const table = tables.find((each) => each.name === name);
    if (!table) throw new Error(`the drop folder declares no table ${name}`);
    return table;
  };

  const look = async (name: string, { state, nowMs }: ReadRequest) => {
    const { files, hidden } = await listTable(folder, tableOf(name));
    const known = asState(state);
    const fresh = files.filter((file) => !isKnown(file, known));
    const resting = fresh.filter((file) => isSettled(join(folder, file.name), file.stamp, nowMs));
    const missing = Object.keys(known.files).filter((each) => !hidden.has(each) && !files.some((file) => file.name === each));
    return { known, fresh, resting, missing, hidden: Object.keys(known.files).filter((each) => hidden.has(each)), isEmpty: files.length === 0 };
  };

  return {
    hasChanged: async (name, request) => {
      const { resting, missing, hidden, fresh } = await look(name, request);
      return resting.length > 0 || missing.length > 0 || (hidden.length > 0 && fresh.length === 0);
    },

    async *read(name, request, signal) {
      const table = tableOf(name);
      let looked = await look(name, request);
      if (looked.resting.length < looked.fresh.length) {
        await sleep(settleMs, undefined, { signal }).catch((cause: unknown) => {
          throw new SourceFailure("ABORTED", cause);
        });
        looked = await look(name, { ...request, nowMs: request.nowMs + settleMs });
      }
      const { known, fresh, resting, missing, hidden, isEmpty } = looked;
      // What hides a file must itself have been read before the file goes.
      let canHide = resting.length === fresh.length;
      const next: Record<string, KnownFile> = { ...known.files };
      for (const file of resting) {
        if (signal.aborted) throw new SourceFailure("ABORTED", signal.reason);
        const result = await readStable(join(folder, file.name), { bytesMax: fileBytesMax }).catch((cause: unknown) => {
          throw new SourceFailure("UNAVAILABLE", cause);
        });
        // Gone or moving: its earlier rows stay until the next look finds it at rest.
        if (result === null || result === "moving") {
          canHide = false;
          yield { kind: "warning", text: `${file.name}: changed while it was read; its previous rows stay.` };
          continue;
        }
        if (result === "tooLarge") throw new SourceFailure("OVER_CAP", `${file.name} is larger than ${fileBytesMax} bytes`);
        yield { kind: "part", part: file.name };
        const columns = new Set<string>();
        yield* readFile(result.bytes, { ...file, stamp: result.stamp }, table, columns);
        next[file.name] = { stamp: result.stamp, precedence: file.precedence, columns: [...columns] };
      }
      for (const part of canHide ? [...missing, ...hidden] : missing) {
        delete next[part];
        yield { kind: "gone", part };
      }
      if (isEmpty) yield { kind: "warning", text: `${name}: no file in the folder matches ${table.files.join(", ")}.` };
      yield { kind: "columns", columns: [...new Set(Object.values(next).flatMap(({ columns }) => columns))] };
      yield { kind: "state", state: { files: next } as unknown as ReaderState };
    },
  };
}
