/**
 * A sample of a source that cannot be asked, as tables that can be: a SQLite file of its own in a temporary folder, with the columns and
 * keys that its mirror would have. It is gone when it is closed.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import type { Adapter, TableInfo } from "../../adapters/contract/adapter.ts";
import type { LookedTable } from "../../adapters/contract/look.ts";
import type { SourceKinds } from "../../adapters/contract/sourceKinds.ts";
import { openTableBuild, partColumn, quoteName } from "../sources/mirrorTable.ts";

interface SampleDatabase {
  readonly adapter: Adapter;
  /** Tables as a mapping over the source would see them; column sets that no two rows share are unique. */
  introspect(signal: AbortSignal): Promise<readonly TableInfo[]>;
  /** Tries further sets: the ones that no two rows share are unique from then on. Gives the adapter anew. */
  tryKeys(keys: readonly { readonly table: string; readonly columns: readonly string[] }[]): Promise<void>;
  close(): Promise<void>;
}

/** `rowid`: rows have a number, as in a mirror; otherwise only what the source itself declares is unique. */
export async function openSampleDatabase(tables: readonly LookedTable[], rowid: boolean, openLocal: SourceKinds["openLocal"]): Promise<SampleDatabase> {
  const dir = mkdtempSync(join(tmpdir(), "region-draft-"));
  const file = join(dir, "sample.db");
  const keys = new Map<string, (readonly string[])[]>();
  const write = (work: (database: Database.Database) => void): void => {
    const database = new Database(file);
    database.pragma("journal_mode = MEMORY");
    database.pragma("synchronous = OFF");
    try {
      database.transaction(work)(database);
    } finally {
      database.close();
    }
  };
  try {
    write((database) => {
      for (const { name, columns, rows, unique } of tables) {
        const build = openTableBuild(database, name);
        build.declare(columns);
        build.insert("sample", columns, rows);
        keys.set(name, [...unique, ...(rowid ? uniqueColumns(database, name, columns) : [])]);
        build.index({ keys: keys.get(name) ?? [], indexes: [], mentioned: [] }, [], () => undefined);
      }
    });
    let adapter = await openLocal({ file, lenses: {} });
    return {
      get adapter() {
        return adapter;
      },
      introspect: async (signal) => (await adapter.introspect(signal)).flatMap((info) => shown(info, tables, rowid)),
      tryKeys: async (wanted) => {
        await adapter.close();
        write((database) => {
          for (const { name } of tables) {
            const sets = [...(keys.get(name) ?? []), ...wanted.filter(({ table }) => table === name).map(({ columns }) => columns)];
            openTableBuild(database, name).index({ keys: sets, indexes: [], mentioned: [] }, [], () => undefined);
          }
        });
        adapter = await openLocal({ file, lenses: {} });
      },
      close: async () => {
        await adapter.close();
        rmSync(dir, { recursive: true, force: true });
      },
    };
  } catch (error) {
    rmSync(dir, { recursive: true, force: true });
    throw error;
  }
}

/** Filled columns of which no two rows are alike. Measured values are no names of rows, however few of them repeat. */
function uniqueColumns(database: Database.Database, table: string, columns: readonly string[]): readonly (readonly string[])[] {
  const own = columns.filter((column) => !column.startsWith("$"));
  if (own.length === 0) return [];
  const counts = own.map((column) => `count(*) > 1 AND count(DISTINCT ${quoteName(column)}) = count(*) AND NOT max(${quoteName(column)} GLOB '*[0-9].[0-9]*' AND ${quoteName(column)} NOT GLOB '*[^-0-9.]*')`);
  const found = database.prepare(`SELECT ${counts.join(", ")} FROM ${quoteName(table)}`).raw().get() as readonly (number | null)[];
  return own.flatMap((column, at) => (found[at] === 1 ? [[column]] : []));
}

function shown(info: TableInfo, tables: readonly LookedTable[], rowid: boolean): readonly TableInfo[] {
  const table = tables.find(({ name }) => name === info.name);
  if (table === undefined) return [];
  return [
    {
      ...info,
      columns: info.columns.filter(({ name }) => name !== partColumn),
      unique: info.unique.filter((set) => !set.includes(partColumn)),
      indexes: info.indexes.filter((set) => !set.includes(partColumn)),
      rowid,
      ...(table.foreign.length === 0 ? {} : { foreign: table.foreign }),
      ...(table.comment === null ? {} : { comment: table.comment }),
    },
  ];
}
