/** What the server says of the schema's tables: for `introspect`, and for the few facts that the SQL depends on. */
import type { ForeignKey, TableInfo } from "../contract/adapter.ts";
import { foreignKeys, versionOf } from "../server/catalogue.ts";
import type { ReadAll } from "../server/session.ts";
import { cellsOf, pgColumn, type PgColumn } from "./pgClass.ts";

export interface Catalogue {
  readonly tables: ReadonlyMap<string, TableFacts>;
  /** Changes with every change of what stands here but the estimates. */
  readonly version: string;
}

export interface TableFacts {
  readonly info: TableInfo;
  readonly columns: ReadonlyMap<string, PgColumn>;
  /** Columns that tell rows apart and are never NULL, for `isLatest`; null: there are none. */
  readonly identity: readonly string[] | null;
}

/** Only what this role may read. A name that `pg_catalog` has too would not be found by it, so it is left out. */
const visible = `
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_class s WHERE s.relnamespace = 'pg_catalog'::regnamespace AND s.relname = c.relname)`;

const columnsText = `
SELECT c.relname, a.attname, upper(pg_catalog.format_type(a.atttypid, a.atttypmod)), coalesce(b.typname, t.typname),
       CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END, a.attnotnull OR t.typnotnull,
       CASE WHEN o.collname = 'default' THEN d.datcollate ELSE o.collname END, coalesce(o.collisdeterministic, true), greatest(c.reltuples, 0)::int8,
       (SELECT pg_catalog.json_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_catalog.pg_enum e WHERE e.enumtypid = coalesce(b.oid, t.oid)),
       pg_catalog.col_description(c.oid, a.attnum), pg_catalog.obj_description(c.oid, 'pg_class')
FROM (SELECT c.* ${visible}) c
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_catalog.pg_type b ON t.typtype = 'd' AND b.oid = t.typbasetype
LEFT JOIN pg_catalog.pg_collation o ON o.oid = a.attcollation
JOIN pg_catalog.pg_database d ON d.datname = pg_catalog.current_database()
WHERE pg_catalog.has_column_privilege(c.oid, a.attnum, 'SELECT')
ORDER BY c.relname COLLATE "C", a.attnum`;

/** Whole columns only: an index over an expression or a part of the rows proves nothing. */
const indexesText = `
SELECT c.relname, i.indisunique AND i.indpred IS NULL AND i.indimmediate, i.indisprimary,
       (SELECT pg_catalog.json_agg(a.attname ORDER BY k.place) FROM pg_catalog.unnest(i.indkey::int2[]) WITH ORDINALITY k (attnum, place)
        JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum WHERE k.place <= i.indnkeyatts)
FROM (SELECT c.* ${visible}) c
JOIN pg_catalog.pg_index i ON i.indrelid = c.oid AND i.indisvalid AND i.indexprs IS NULL
ORDER BY c.relname COLLATE "C", i.indisprimary DESC, i.indexrelid`;

/** Within the schema. A view has none. */
const foreignText = `
SELECT c.relname, k.oid, a.attname, t.relname, b.attname
FROM (SELECT c.* ${visible}) c
JOIN pg_catalog.pg_constraint k ON k.conrelid = c.oid AND k.contype = 'f'
JOIN pg_catalog.pg_class t ON t.oid = k.confrelid AND t.relnamespace = c.relnamespace
CROSS JOIN LATERAL ROWS FROM (pg_catalog.unnest(k.conkey), pg_catalog.unnest(k.confkey)) WITH ORDINALITY u (here, there, place)
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = u.here
JOIN pg_catalog.pg_attribute b ON b.attrelid = t.oid AND b.attnum = u.there
ORDER BY c.relname COLLATE "C", k.conname COLLATE "C", k.oid, u.place`;

/** The query that a view stands for, as the server spells it. */
const viewsText = `SELECT c.relname, pg_catalog.md5(pg_catalog.pg_get_viewdef(c.oid)) FROM (SELECT c.* ${visible}) c WHERE c.relkind IN ('v', 'm')`;

export async function readCatalogue(read: ReadAll, schema: string): Promise<Catalogue> {
  const columnRows = await read(columnsText, [schema]);
  const indexRows = await read(indexesText, [schema]);
  const foreignRows = await read(foreignText, [schema]);
  const definitions = new Map((await read(viewsText, [schema])).map(([name, definition]) => [name, definition ?? undefined]));
  const names = [...new Set(columnRows.map(([table]) => String(table)))];
  const seen = new Set(columnRows.map(([table, column]) => JSON.stringify([table, column])));
  const foreign = foreignKeys(foreignRows, (table, column) => seen.has(JSON.stringify([table, column])));
  const tables = new Map(names.map((name) => [name, readTable(name, columnRows.filter(([table]) => table === name), indexRows.filter(([table]) => table === name), definitions.get(name), foreign.get(name))]));
  return { tables, version: versionOf(tables) };
}

type TextRow = readonly (string | null)[];

function readTable(name: string, columnRows: readonly TextRow[], indexRows: readonly TextRow[], definition: string | undefined, foreign: readonly ForeignKey[] | undefined): TableFacts {
  const columns = new Map<string, PgColumn>();
  const infos: TableInfo["columns"][number][] = [];
  for (const [, column, type, typname, typmod, notNull, collation, deterministic, , labels, comment] of columnRows) {
    const facts = pgColumn({ typname: String(typname), typmod: Number(typmod), notNull: notNull === "t", collation: collation ?? null, deterministic: deterministic === "t" });
    columns.set(String(column), facts);
    infos.push({ name: String(column), type: String(type), nullable: !facts.notNull, typeSafe: true, ...cellsOf(facts), ...(facts.collation === null ? {} : { collation: facts.collation }), ...(labels === null || labels === undefined ? {} : { values: JSON.parse(labels) as string[] }), ...(comment ? { comment } : {}) });
  }
  const about = columnRows[0]?.[11];
  const readable = (list: readonly string[]): boolean => list.every((column) => columns.has(column));
  const indexes = indexRows.map(([, isUnique, , list]) => ({ isUnique: isUnique === "t", columns: JSON.parse(list ?? "[]") as string[] })).filter((index) => readable(index.columns));
  const unique = indexes.filter(({ isUnique }) => isUnique).map((index) => index.columns);
  return {
    info: { name, columns: infos, unique, indexes: indexes.map((index) => index.columns), rowCountEstimate: Number(columnRows[0]?.[8] ?? 0), rowid: false, ...(foreign === undefined ? {} : { foreign }), ...(about ? { comment: about } : {}), ...(definition === undefined ? {} : { definition }) },
    columns,
    identity: unique.find((list) => list.every((column) => columns.get(column)?.notNull === true)) ?? null,
  };
}
