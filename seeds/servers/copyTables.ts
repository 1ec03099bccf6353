/** A region's SQLite rows on their way to a server: table by table, a few thousand rows at once. */
import Database from "better-sqlite3";
import type { Report } from "../generate/database.ts";

export interface TableShape {
  readonly table: string;
  /** Column → type; those of the SQLite table, in its order. */
  readonly columns: Readonly<Record<string, string>>;
  /** What the server adds: columns that it computes, keys. */
  readonly more: readonly string[];
  /** Rows of SQLite in the words of the columns above. */
  readonly select: string;
}

export type SeedRow = readonly (string | number | null)[];

export const createTableText = ({ table, columns, more }: TableShape): string => `CREATE TABLE ${table} (${[...Object.entries(columns).map(([name, type]) => `${name} ${type}`), ...more].join(", ")})`;

/** Reports up to 0.95: what comes after the rows takes its time too. */
export async function copyTables(options: {
  readonly sqliteFile: string;
  readonly shapes: readonly TableShape[];
  readonly rowsAtOnce: number;
  readonly report: Report;
  create(shape: TableShape): Promise<unknown>;
  /** At least one row, `rowsAtOnce` at most; in the order of the source, which row numbers keep. */
  insert(shape: TableShape, rows: readonly SeedRow[]): Promise<unknown>;
}): Promise<void> {
  const { sqliteFile, shapes, rowsAtOnce, report, create, insert } = options;
  const db = new Database(sqliteFile, { readonly: true });
  try {
    const total = shapes.reduce((sum, { table }) => sum + (db.prepare(`SELECT count(*) FROM ${table}`).pluck().get() as number), 0);
    let done = 0;
    report(0);
    for (const shape of shapes) {
      await create(shape);
      let rows: SeedRow[] = [];
      const flush = async (): Promise<void> => {
        if (rows.length === 0) return;
        await insert(shape, rows);
        done += rows.length;
        rows = [];
        report((done / total) * 0.95);
      };
      for (const row of db.prepare(shape.select).raw().iterate() as IterableIterator<SeedRow>) {
        rows.push(row);
        if (rows.length >= rowsAtOnce) await flush();
      }
      await flush();
    }
  } finally {
    db.close();
  }
}
