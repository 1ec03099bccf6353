/**
 * A folder that others write into, as tables: each file is one part of its table, read only when it has changed and has come to rest.
 * What a file's bytes mean is the kind's own.
 */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { SourceFailure } from "../contract/adapter.ts";
import type { ReadRequest, ReaderEvent, ReaderState, TableReader } from "../contract/tableReader.ts";
import { type FolderTable, listTable, type FoundFile } from "./folderFiles.ts";
import { readStable, sameStamp, type FileStamp } from "./stableFile.ts";

export interface Folder<Table extends FolderTable> {
  readonly folder: string;
  /** A file is read only when it has not changed for so long: a writer may pause midway. */
  readonly settleMs: number;
  readonly fileBytesMax: number;
  readonly tables: readonly Table[];
}

/** The events of one file's rows; its part has been named. `columns` collects what it shows. */
export type ReadFile<Table extends FolderTable> = (bytes: Buffer, file: FoundFile, table: Table, columns: Set<string>) => AsyncIterable<ReaderEvent>;

/** When a version of a file was written, as ISO 8601. */
export const receivedAt = ({ stamp }: FoundFile): string => new Date(Number(BigInt(stamp.mtimeNs) / 1_000_000n)).toISOString();

/** What is remembered of a file that became part of a version. */
interface KnownFile {
  readonly stamp: FileStamp;
  readonly precedence: number;
  readonly columns: readonly string[];
}
type FolderState = { readonly files: Readonly<Record<string, KnownFile>> };

const asState = (state: ReaderState): FolderState => (state === null ? { files: {} } : (state as unknown as FolderState));

const isKnown = (file: FoundFile, state: FolderState): boolean => {
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

export function openFolder<Table extends FolderTable>({ folder, settleMs, fileBytesMax, tables }: Folder<Table>, readFile: ReadFile<Table>): TableReader {
  const isSettled = makeSettled(settleMs);
  const tableOf = (name: string): Table => {
    const table = tables.find((each) => each.name === name);
    if (!table) throw new Error(`the folder declares no table ${name}`);
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
