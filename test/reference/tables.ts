/** A world as the hub meets it: SQLite files, `source.yaml` (JSON is YAML), and the parts of the hub opened on them. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import type { SourceCell } from "./fieldStyles.ts";
import type { Row, SourceWorld, TableShape } from "./world.ts";
import { columnsOf } from "./worldRows.ts";

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** Writes one source's file anew. */
export function writeSource(source: SourceWorld, dir: string): string {
  mkdirSync(dir, { recursive: true });
  const file = join(dir, `${source.id}.db`);
  const database = new Database(file);
  database.pragma("journal_mode = OFF");
  database.pragma("synchronous = OFF");
  database.transaction(() => {
    for (const { shape, rows } of source.tables) writeTable(database, shape, rows);
  })();
  database.close();
  return file;
}

function columnsOfTable(shape: TableShape): readonly { readonly name: string; readonly type: string }[] {
  const drawn = [...shape.fields].flatMap(([name, style]) => columnsOf(name, style).map((column, index) => ({ name: column, type: style.columns[index]?.type ?? "TEXT" })));
  return [...shape.fixed.columns, { name: "tie", type: "INTEGER" }, { name: "ver", type: "INTEGER" }, { name: "del", type: "TEXT" }, ...drawn];
}

function writeTable(database: Database.Database, shape: TableShape, rows: readonly Row[]): void {
  const table = quote(shape.table);
  const columns = columnsOfTable(shape);
  database.exec(`DROP TABLE IF EXISTS ${table}; CREATE TABLE ${table} (${columns.map(({ name, type }) => `${quote(name)} ${type}`).join(", ")}) ${shape.strict ? "STRICT" : ""}`);
  if (!shape.latest) database.exec(`CREATE UNIQUE INDEX ${quote(`${shape.table}_key`)} ON ${table} (${shape.key.map(quote).join(", ")})`);
  if (shape.tie) database.exec(`CREATE UNIQUE INDEX ${quote(`${shape.table}_tie`)} ON ${table} (tie)`);
  for (const column of shape.indexes) database.exec(`CREATE INDEX ${quote(`${shape.table}_${column}`)} ON ${table} (${quote(column)})`);
  const insert = database.prepare(`INSERT INTO ${table} (rowid, ${columns.map(({ name }) => quote(name)).join(", ")}) VALUES (?${", ?".repeat(columns.length)})`);
  for (const row of rows) {
    insert.run(row.rowid, ...cellsOf(shape, row));
  }
}

/** In the order of `columnsOfTable`. */
function cellsOf(shape: TableShape, row: Row): readonly SourceCell[] {
  const drawn = new Map([...shape.fields].flatMap(([name, style]) => columnsOf(name, style).map((column, index) => [column, row.drawn[name]?.cells[index] ?? null] as const)));
  return columnsOfTable(shape).map(({ name }) => (name === "tie" ? row.tie : name === "ver" ? row.ver : name === "del" ? row.del : name in row.fixed ? (row.fixed[name] ?? null) : (drawn.get(name) ?? null)));
}

const postgresTypes: Readonly<Record<string, string>> = { INTEGER: "int8", REAL: "float8" };

/** Writes one source into a schema of PostgreSQL; `plainSource` has given its columns types. */
export async function writePostgres(source: SourceWorld, run: (text: string, values?: readonly unknown[]) => Promise<unknown>): Promise<void> {
  for (const { shape, rows } of source.tables) {
    const table = quote(shape.table);
    const columns = columnsOfTable(shape).map(({ name, type }) => ({ name, type: postgresTypes[type] ?? type }));
    const indexes = [
      ...(shape.latest ? [] : [`CREATE UNIQUE INDEX ON ${table} (${shape.key.map(quote).join(", ")})`]),
      ...shape.indexes.map((column) => `CREATE INDEX ON ${table} (${quote(column)})`),
    ];
    await run([`CREATE TABLE ${table} (${columns.map(({ name, type }) => `${quote(name)} ${type}${name === "tie" ? " NOT NULL UNIQUE" : ""}`).join(", ")})`, ...indexes].join("; "));
    if (rows.length === 0) continue;
    const cells = rows.map((row) => cellsOf(shape, row));
    const lists = columns.map(({ type }, index) => `$${index + 1}::text[]::${type}[]`);
    await run(`INSERT INTO ${table} SELECT * FROM unnest(${lists.join(", ")})`, columns.map((_, index) => cells.map((row) => (row[index] === null ? null : String(row[index])))));
  }
}

export function sourceYaml(source: SourceWorld, kind: "sqlite" | "postgres" = "sqlite"): string {
  const entities = Object.fromEntries(source.tables.map(({ shape }) => [shape.part === "" ? shape.entity : `${shape.entity}/${shape.part}`, entityYaml(shape)]));
  return JSON.stringify({ region: source.region, kind, connection: { file: `${source.id}.db` }, timeZone: "Asia/Shanghai", deadline: "20s", entities });
}

function entityYaml(shape: TableShape): object {
  const fields: Record<string, unknown> = { ...shape.fixed.fields };
  for (const [name, style] of shape.fields) if (!name.startsWith("$")) fields[name] = style.field(columnsOf(name, style));
  return {
    from: shape.table,
    key: shape.keyPublic ? { columns: shape.key, public: "true" } : shape.key,
    ...(shape.tie ? { tie: "tie" } : {}),
    ...(shape.keep ? { keep: { del: { ne: "Y" } } } : {}),
    ...(shape.latest ? { latest: "ver" } : {}),
    ...(shape.fixed.unpivot === undefined ? {} : { unpivot: shape.fixed.unpivot }),
    fields,
  };
}
