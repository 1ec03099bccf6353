/** What the file says about its own tables: for `introspect`, and for the few facts that the SQL depends on. */
import { createHash } from "node:crypto";
import type { Database } from "better-sqlite3";
import type { ColumnInfo, ForeignKey, TableInfo } from "../contract/adapter.ts";
import type { ColumnFacts } from "../sql/dialect.ts";

export interface Catalogue {
  readonly tables: ReadonlyMap<string, TableFacts>;
  /** SQLite's schema cookie when this was read. */
  readonly schemaVersion: number;
}

export interface TableFacts {
  readonly info: TableInfo;
  readonly kind: "table" | "view" | "virtual";
  /** A name under which no column hides the row number, or null: a view, a table WITHOUT ROWID. */
  readonly rowid: string | null;
  /** The definition names a collation somewhere: every column is then compared with COLLATE BINARY. */
  readonly collated: boolean;
  readonly columns: ReadonlyMap<string, ColumnFacts>;
  /** Columns of each unique index by the index's name, as EXPLAIN QUERY PLAN shows it. */
  readonly uniqueIndexes: ReadonlyMap<string, readonly string[]>;
}

export function readCatalogue(database: Database): Catalogue {
  const listed = database.prepare("SELECT name, type, wr, strict FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND type IN ('table', 'view', 'virtual') ORDER BY name");
  const tables = new Map<string, TableFacts>();
  for (const row of listed.all() as TableRow[]) tables.set(row.name, readTable(database, row));
  return { tables, schemaVersion: schemaVersion(database) };
}

/** SQLite's schema cookie: changes with every CREATE, ALTER and DROP. */
export const schemaVersion = (database: Database): number => database.pragma("schema_version", { simple: true }) as number;

/** Counts at most `max + 1` rows, so that a large table costs no more than a small one. */
export const countUpTo = (database: Database, table: string, max: number): number =>
  database.prepare(`SELECT count(*) FROM (SELECT 1 FROM ${quote(table)} LIMIT ?)`).pluck().get(BigInt(max) + 1n) as number;

interface TableRow {
  readonly name: string;
  readonly type: "table" | "view" | "virtual";
  readonly wr: number;
  readonly strict: number;
}
interface ColumnRow {
  readonly name: string;
  readonly type: string;
  readonly notnull: number;
  readonly pk: number;
  readonly hidden: number;
}
interface IndexRow {
  readonly name: string;
  readonly unique: number;
  readonly partial: number;
}

function readTable(database: Database, table: TableRow): TableFacts {
  const columnRows = (database.prepare("SELECT name, type, \"notnull\", pk, hidden FROM pragma_table_xinfo(?)").all(table.name) as ColumnRow[])
    // 1 = hidden column of a virtual table; 2 and 3 are generated columns, which read like any other.
    .filter((column) => column.hidden !== 1);
  const isTable = table.type === "table";
  const keyColumns = columnRows.filter((column) => column.pk > 0).sort((a, b) => a.pk - b.pk);
  const rowidAlias = isTable && table.wr === 0 && keyColumns.length === 1 && isRowidAlias(database, table.name) ? keyColumns[0]?.name : undefined;
  // An ordinary table's primary key may hold NULLs in SQLite, unless it is the row number itself.
  const neverNull = (column: ColumnRow): boolean => isTable && (column.notnull === 1 || column.name === rowidAlias || (table.wr === 1 && column.pk > 0));
  const definition = String(database.prepare("SELECT sql FROM sqlite_schema WHERE name = ?").pluck().get(table.name));
  const collations = isTable ? columnCollations(definition) : new Map<string, string>();
  const comments = isTable ? columnComments(definition) : new Map<string, string>();
  const foreign = isTable ? readForeign(database, table.name) : [];
  const columns = columnRows.map((column): ColumnInfo => {
    const type = column.type.toUpperCase();
    return {
      name: column.name,
      type,
      nullable: !neverNull(column),
      typeSafe: isTable && (column.name === rowidAlias || (table.strict === 1 && type !== "ANY")),
      ...(collations.has(column.name) ? { collation: collations.get(column.name) as string } : {}),
      ...(comments.has(column.name) ? { comment: comments.get(column.name) as string } : {}),
    };
  });
  const { indexes, uniqueIndexes } = readIndexes(database, table.name);
  const unique = [...(rowidAlias === undefined ? [] : [[rowidAlias]]), ...uniqueIndexes.values()];
  return {
    info: { name: table.name, columns, unique, indexes, rowCountEstimate: isTable ? estimateRows(database, table) : 0, rowid: isTable && table.wr === 0, ...(foreign.length === 0 ? {} : { foreign }), ...(isTable ? {} : { definition: createHash("sha256").update(definition.replace(/\s+/g, " ").trim()).digest("hex") }) },
    kind: table.type,
    rowid: isTable && table.wr === 0 ? rowidName(columnRows) : null,
    collated: !isTable || /\bcollate\b/i.test(definition),
    columns: new Map(columnRows.map((column) => [column.name, { notNull: neverNull(column), textual: isTable && hasTextAffinity(column.type), wide: !isTable || !hasNarrowAffinity(column.type) }])),
    uniqueIndexes,
  };
}

/** A rowid table's single-column key is an index of its own unless it is the row number (INTEGER PRIMARY KEY). */
const isRowidAlias = (database: Database, table: string): boolean =>
  database.prepare("SELECT count(*) FROM pragma_index_list(?) WHERE origin = 'pk'").pluck().get(table) === 0;

/** Collations that a CREATE TABLE names for its columns; no pragma tells them. */
export function columnCollations(definition: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const body = definition.slice(definition.indexOf("(") + 1, definition.lastIndexOf(")"));
  // Quoted texts and comments are one piece, and so is what stands in brackets.
  const pieces = body.match(/--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|[(),]|[^\s'"`[(),]+/g) ?? [];
  let depth = 0;
  let name: string | null = null;
  let isCollation = false;
  for (const piece of pieces) {
    if (piece.startsWith("--") || piece.startsWith("/*")) continue;
    if (piece === "(") depth += 1;
    else if (piece === ")") depth -= 1;
    else if (depth > 0) continue;
    else if (piece === ",") name = null;
    else if (name === null) name = unquoted(piece);
    else if (isCollation) found.set(name, unquoted(piece).toUpperCase());
    isCollation = depth === 0 && /^collate$/i.test(piece);
  }
  return found;
}

/**
 * What a CREATE TABLE says behind its columns: `zdmc TEXT, -- 站点名称`. SQLite keeps the text as it was written, and has no other place
 * for it.
 */
export function columnComments(definition: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const line of definition.slice(definition.indexOf("(") + 1).split(/\r?\n/)) {
    const [, name = "", dashes, stars] = /^\s*("(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|[\p{L}_][\p{L}\p{N}_$]*)\s(?:[^'"-]|-(?!-)|'(?:[^']|'')*'|"(?:[^"]|"")*")*?(?:--\s*(.+)|\/\*\s*(.+?)\s*\*\/\s*,?\s*)$/u.exec(line) ?? [];
    const text = (dashes ?? stars ?? "").trim();
    if (name !== "" && text !== "") found.set(unquoted(name), text);
  }
  return found;
}

interface ForeignRow {
  readonly id: number;
  readonly table: string;
  readonly from: string;
  /** NULL: the other table's primary key. */
  readonly to: string | null;
}

function readForeign(database: Database, table: string): readonly ForeignKey[] {
  const keys = new Map<number, { columns: string[]; table: string; to: string[] }>();
  const primary = database.prepare("SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk").pluck();
  for (const row of database.prepare('SELECT id, "table", "from", "to" FROM pragma_foreign_key_list(?) ORDER BY id, seq').all(table) as ForeignRow[]) {
    const key = keys.get(row.id) ?? { columns: [], table: row.table, to: [] };
    const to = row.to ?? (primary.all(row.table) as string[])[key.columns.length];
    if (to === undefined) continue;
    key.columns.push(row.from);
    key.to.push(to);
    keys.set(row.id, key);
  }
  // SQLite numbers them from the last.
  return [...keys].sort(([a], [b]) => b - a).map(([, key]) => key);
}

const unquoted = (text: string): string => (/^(?:".*"|`.*`|'.*')$/s.test(text) ? text.slice(1, -1).replaceAll(text.charAt(0).repeat(2), text.charAt(0)) : text.startsWith("[") ? text.slice(1, -1) : text);

function readIndexes(database: Database, table: string) {
  const indexes: string[][] = [];
  const uniqueIndexes = new Map<string, string[]>();
  const list = database.prepare("SELECT name, \"unique\", partial FROM pragma_index_list(?) ORDER BY seq").all(table) as IndexRow[];
  for (const index of list) {
    const columns = database.prepare("SELECT name FROM pragma_index_info(?) ORDER BY seqno").pluck().all(index.name) as (string | null)[];
    // An index over an expression has no column name.
    if (!columns.every((name) => name !== null)) continue;
    indexes.push(columns);
    if (index.unique === 1 && index.partial === 0) uniqueIndexes.set(index.name, columns);
  }
  return { indexes, uniqueIndexes };
}

/** https://sqlite.org/datatype3.html §3.1, rules 1 and 2. */
const hasTextAffinity = (type: string): boolean => /CHAR|CLOB|TEXT/i.test(type) && !/INT/i.test(type);

/** TEXT and REAL affinity (rules 2 and 4) store no integers; all others may. */
const hasNarrowAffinity = (type: string): boolean =>
  !/INT/i.test(type) && (/CHAR|CLOB|TEXT/i.test(type) || (/REAL|FLOA|DOUB/i.test(type) && !/BLOB/i.test(type)));

function rowidName(columns: readonly ColumnRow[]): string | null {
  const taken = new Set(columns.map((column) => column.name.toLowerCase()));
  return ["rowid", "_rowid_", "oid"].find((name) => !taken.has(name)) ?? null;
}

/** Exact up to 10 000 rows, then the span of row numbers: an upper bound that costs two seeks. */
function estimateRows(database: Database, table: TableRow): number {
  const max = 10_000;
  const counted = countUpTo(database, table.name, max);
  if (counted <= max || table.wr === 1) return counted;
  const span = `SELECT (SELECT max(rowid) FROM ${quote(table.name)}) - (SELECT min(rowid) FROM ${quote(table.name)}) + 1`;
  return Number(database.prepare(span).pluck().get());
}

/** The catalogue's own statements name tables that the file itself listed. */
const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;
