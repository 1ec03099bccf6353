/** An encoded source as the hub meets it: a SQLite file, or the mirror that the hub would build of a drop folder or a REST source. */
import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import type { TableReader } from "../../../adapters/contract/tableReader.ts";
import { dropKind } from "../../../adapters/drop/dropKind.ts";
import { vocabulary } from "../../../schema/hubVocabulary.ts";
import { parseSource } from "../../../src/mapping/parseSource.ts";
import { buildVersion } from "../../../src/sources/buildVersion.ts";
import { mirrorIndexes } from "../../../src/sources/mirrorIndexes.ts";
import type { SourceCell } from "../generator/fieldStyles.ts";
import type { EncodedSource, EncodedTable } from "../generator/encode.ts";
import { receivedAt } from "../generator/worldRows.ts";

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;

export const yamlOf = (source: EncodedSource): string => JSON.stringify(source.file);

/** Writes the file that the SQLite adapter is to read, and gives its path. */
export async function writeSource(source: EncodedSource, dir: string): Promise<string> {
  mkdirSync(dir, { recursive: true });
  const file = join(dir, `${source.id}.db`);
  if (source.kind === "sqlite") writeDatabase(source, file);
  else await mirror(source, dir, file);
  return file;
}

function writeDatabase(source: EncodedSource, file: string): void {
  const database = new Database(file);
  database.pragma("journal_mode = OFF");
  database.pragma("synchronous = OFF");
  database.transaction(() => {
    for (const table of source.tables) writeTable(database, table);
  })();
  database.close();
}

function writeTable(database: Database.Database, { name, columns, strict, unique, indexes, rows }: EncodedTable): void {
  const table = quote(name);
  database.exec(`CREATE TABLE ${table} (${columns.map((column) => `${quote(column.name)} ${column.type}`).join(", ")}) ${strict ? "STRICT" : ""}`);
  for (const set of unique) database.exec(`CREATE UNIQUE INDEX ${quote(`${name}_u_${set.join("_")}`)} ON ${table} (${set.map(quote).join(", ")})`);
  for (const column of indexes) database.exec(`CREATE INDEX ${quote(`${name}_${column}`)} ON ${table} (${quote(column)})`);
  const insert = database.prepare(`INSERT INTO ${table} (rowid, ${columns.map((column) => quote(column.name)).join(", ")}) VALUES (?${", ?".repeat(columns.length)})`);
  for (const row of rows) insert.run(...row);
}

/** Builds the first version as the mirror's worker does, in this thread: the worker has tests of its own. */
async function mirror(source: EncodedSource, dir: string, target: string): Promise<void> {
  const syntax = parseSource(yamlOf(source), `${source.id}.yaml`);
  const names = source.tables.map(({ name }) => name);
  const folder = join(dir, source.id);
  const { reader, config } = source.kind === "drop" ? dropReader(source, folder) : { reader: restReader(source), config: { tables: [], identity: "" } };
  const order = { module: "", config, read: names, previous: null, indexing: mirrorIndexes(syntax, vocabulary()), reindex: false, target, nowMs: Date.now() + 60_000 };
  const { outcomes } = await buildVersion(order, reader, new AbortController().signal);
  for (const [name, outcome] of Object.entries(outcomes)) if (outcome.status !== "READ") throw new Error(`the mirror of ${name} failed: ${JSON.stringify(outcome)}`);
}

/** The folder's files, and the adapter's own reader of them. */
function dropReader(source: EncodedSource, folder: string) {
  mkdirSync(folder, { recursive: true });
  for (const { name, columns, rows } of source.tables) {
    const lines = [columns.map((column) => column.name), ...rows.map((row) => row.slice(1))];
    const file = join(folder, `${name}.csv`);
    writeFileSync(file, lines.map((line) => line.map(csvCell).join(",")).join("\n"));
    utimesSync(file, new Date(receivedAt), new Date(receivedAt));
  }
  const { connection, tables } = source.file as { connection: { folder: string; settle: string }; tables: Record<string, { files: string }> };
  const config = dropKind.parseConfig({ connection, tables, timeZone: "Asia/Shanghai", baseDir: folder });
  return { reader: dropKind.openReader(config), config };
}

const csvCell = (cell: SourceCell | undefined): string => (cell === null || cell === undefined ? "" : /[",\n]/.test(String(cell)) ? `"${String(cell).replaceAll('"', '""')}"` : String(cell));

/** What a REST source's reader gives: a row names its own columns, and none that is empty. */
const restReader = (source: EncodedSource): TableReader => ({
  hasChanged: async () => true,
  async *read(name) {
    const table = source.tables.find((candidate) => candidate.name === name) as EncodedTable;
    yield { kind: "part", part: "all" };
    if (table.rows.length > 0) yield { kind: "rows", columns: ["$received", ...table.columns.map((column) => column.name)], rows: table.rows.map((row) => [receivedAt, ...row.slice(1)]) };
    yield { kind: "columns", columns: null };
    yield { kind: "state", state: {} };
  },
});
