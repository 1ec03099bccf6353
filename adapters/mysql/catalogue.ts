/** What the server says of the database's tables: for `introspect`, and for the few facts that the SQL depends on. */
import type { ForeignKey, TableInfo } from "../contract/adapter.ts";
import { foreignKeys, type ServerCatalogue, versionOf } from "../server/catalogue.ts";
import type { ReadAll } from "../server/session.ts";
import { cellsOf, mysqlColumn, type MysqlColumn } from "./shape.ts";

export interface Catalogue extends ServerCatalogue {
  readonly tables: ReadonlyMap<string, TableFacts>;
  /** No column's name begins with it. */
  readonly outputPrefix: string;
}

export interface TableFacts {
  readonly info: TableInfo;
  readonly columns: ReadonlyMap<string, MysqlColumn>;
  /** Columns that tell rows apart and are never NULL, for `isLatest`; null: there are none. */
  readonly identity: readonly string[] | null;
}

/** Only what this user may read. */
const columnsText = `
SELECT c.TABLE_NAME, c.COLUMN_NAME, LOWER(c.DATA_TYPE), LOWER(c.COLUMN_TYPE), c.IS_NULLABLE, c.CHARACTER_SET_NAME, c.COLLATION_NAME, c.NUMERIC_PRECISION, c.NUMERIC_SCALE, c.DATETIME_PRECISION, t.TABLE_TYPE, t.TABLE_ROWS, c.COLUMN_COMMENT, t.TABLE_COMMENT
FROM information_schema.COLUMNS c JOIN information_schema.TABLES t ON t.TABLE_SCHEMA = DATABASE() AND t.TABLE_NAME = c.TABLE_NAME
WHERE c.TABLE_SCHEMA = DATABASE() AND c.PRIVILEGES LIKE '%select%' AND t.TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED', 'VIEW')
ORDER BY c.TABLE_NAME, c.ORDINAL_POSITION`;

const indexesText = `
SELECT TABLE_NAME, INDEX_NAME, NON_UNIQUE, COLUMN_NAME, SUB_PART FROM information_schema.STATISTICS
WHERE TABLE_SCHEMA = DATABASE() AND INDEX_TYPE IN ('BTREE', 'HASH')
ORDER BY TABLE_NAME, INDEX_NAME <> 'PRIMARY', INDEX_NAME, SEQ_IN_INDEX`;

/** Within the database. */
const foreignText = `
SELECT TABLE_NAME, CONSTRAINT_NAME, COLUMN_NAME, REFERENCED_TABLE_NAME, REFERENCED_COLUMN_NAME FROM information_schema.KEY_COLUMN_USAGE
WHERE TABLE_SCHEMA = DATABASE() AND REFERENCED_TABLE_SCHEMA = DATABASE()
ORDER BY TABLE_NAME, CONSTRAINT_NAME, ORDINAL_POSITION`;

type TextRow = readonly (string | null)[];

export async function readCatalogue(read: ReadAll): Promise<Catalogue> {
  const columnRows = grouped(await read(columnsText, []));
  const indexRows = grouped(await read(indexesText, []));
  const foreign = foreignKeys(await read(foreignText, []), (table, column) => columnRows.get(table)?.some(([, name]) => name === column) === true);
  const tables = new Map([...columnRows].map(([name, rows]) => [name, readTable(name, rows, indexRows.get(name) ?? [], foreign.get(name))]));
  const names = [...tables.values()].flatMap(({ info }) => info.columns.map((column) => column.name));
  let outputPrefix = "~";
  while (names.some((name) => name.startsWith(outputPrefix))) outputPrefix += "~";
  return { tables, version: versionOf(tables), outputPrefix };
}

/** By the first cell. */
function grouped(rows: readonly TextRow[]): ReadonlyMap<string, readonly TextRow[]> {
  const groups = new Map<string, TextRow[]>();
  for (const row of rows) {
    const name = String(row[0]);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [row]);
    else group.push(row);
  }
  return groups;
}

function readTable(name: string, columnRows: readonly TextRow[], indexRows: readonly TextRow[], foreign: readonly ForeignKey[] | undefined): TableFacts {
  const columns = new Map<string, MysqlColumn>();
  const infos: TableInfo["columns"][number][] = [];
  for (const [, column, dataType, columnType, nullable, charset, collation, precision, scale, timeDigits, tableType, , comment] of columnRows) {
    const facts = mysqlColumn({
      dataType: String(dataType),
      columnType: String(columnType),
      // What a view says of its columns is not what an outer join makes of them.
      notNull: nullable === "NO" && tableType !== "VIEW",
      charset: charset ?? null,
      collation: collation ?? null,
      precision: Number(precision),
      scale: Number(scale),
      timeDigits: Number(timeDigits),
    });
    if (facts === null) continue;
    columns.set(String(column), facts);
    infos.push({ name: String(column), type: String(columnType).toUpperCase(), nullable: !facts.notNull, typeSafe: true, ...cellsOf(facts.shape), ...(comment ? { comment } : {}) });
  }
  // A view's own is the word VIEW.
  const about = columnRows[0]?.[10] === "VIEW" ? null : columnRows[0]?.[13];
  const indexes = readIndexes(indexRows, columns);
  const unique = indexes.filter((index) => index.isUnique).map((index) => index.columns);
  return {
    info: { name, columns: infos, unique, indexes: indexes.map((index) => index.columns), rowCountEstimate: Number(columnRows[0]?.[11] ?? 0), rowid: false, ...(foreign === undefined ? {} : { foreign }), ...(about ? { comment: about } : {}) },
    columns,
    identity: unique.find((list) => list.every((column) => columns.get(column)?.notNull === true)) ?? null,
  };
}

/** Whole columns only: an index over an expression or the first characters proves nothing. */
function readIndexes(rows: readonly TextRow[], columns: ReadonlyMap<string, MysqlColumn>): readonly { readonly isUnique: boolean; readonly columns: readonly string[] }[] {
  const indexes = new Map<string, { isUnique: boolean; columns: string[] }>();
  const unusable = new Set<string>();
  for (const [, index, nonUnique, column, part] of rows) {
    const key = String(index);
    if (typeof column !== "string" || !columns.has(column) || typeof part === "string") unusable.add(key);
    const entry = indexes.get(key) ?? { isUnique: nonUnique === "0", columns: [] };
    entry.columns.push(String(column));
    indexes.set(key, entry);
  }
  return [...indexes].filter(([key]) => !unusable.has(key)).map(([, index]) => index);
}
