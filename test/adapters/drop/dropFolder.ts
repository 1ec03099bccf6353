/** A real drop folder for a test, and what a reader makes of it. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ConfigValue, MirrorCell, ReaderEvent, ReaderState, TableReader } from "../../../adapters/contract/tableReader.ts";
import { dropKind } from "../../../adapters/drop/dropKind.ts";

export interface DropFolder {
  readonly dir: string;
  put(name: string, bytes: string | Uint8Array): Promise<string>;
  remove(name: string): Promise<void>;
  reader(tables: ConfigValue, connection?: Readonly<Record<string, ConfigValue>>): TableReader;
  dispose(): Promise<void>;
}

export async function makeFolder(): Promise<DropFolder> {
  const dir = await mkdtemp(join(tmpdir(), "drop-"));
  return {
    dir,
    put: async (name, bytes) => {
      await writeFile(join(dir, name), bytes);
      return join(dir, name);
    },
    remove: (name) => rm(join(dir, name)),
    reader: (tables, connection = {}) =>
      dropKind.openReader(
        dropKind.parseConfig({ connection: { folder: dir, settle: "1ms", ...connection }, tables, timeZone: "Asia/Shanghai", baseDir: dir }),
      ),
    dispose: () => rm(dir, { recursive: true, force: true }),
  };
}

export type Row = Readonly<Record<string, MirrorCell>>;

export interface Read {
  readonly rows: readonly Row[];
  readonly warnings: readonly string[];
  readonly parts: readonly string[];
  readonly gone: readonly string[];
  readonly columns: readonly string[] | null;
  readonly state: ReaderState;
}

/** `nowMs` far ahead by default: files written just now have come to rest. */
export async function readTable(reader: TableReader, table: string, { state = null as ReaderState, nowMs = Date.now() + 60_000, signal = AbortSignal.timeout(20_000) } = {}): Promise<Read> {
  const events: ReaderEvent[] = [];
  for await (const event of reader.read(table, { state, nowMs }, signal)) events.push(event);
  const last = events.at(-1);
  return {
    rows: events.flatMap((event) =>
      event.kind === "rows" ? event.rows.map((row) => Object.fromEntries(event.columns.map((column, index) => [column, row[index] ?? null]))) : [],
    ),
    warnings: events.flatMap((event) => (event.kind === "warning" ? [event.text] : [])),
    parts: events.flatMap((event) => (event.kind === "part" ? [event.part] : [])),
    gone: events.flatMap((event) => (event.kind === "gone" ? [event.part] : [])),
    columns: events.flatMap((event) => (event.kind === "columns" ? [event.columns] : []))[0] ?? null,
    state: last?.kind === "state" ? last.state : null,
  };
}
