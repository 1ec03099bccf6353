/** A world as plain data that needs no generator: tables cell by cell, `source.yaml`, and B. What a regression's row holds. */
import type { ModelRow } from "../model.ts";
import type { SourceCell } from "./fieldStyles.ts";
import { isServer, type Row, type SourceKind, type SourceWorld, type TableShape, type World } from "./world.ts";
import { cellIn, columnsOf, rowsOf } from "./worldRows.ts";

export interface EncodedTable {
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly strict: boolean;
  /** Column sets with a unique index, and columns with a plain one; a mirror makes its own. */
  readonly unique: readonly (readonly string[])[];
  readonly indexes: readonly string[];
  /** Each begins with its row number, which a server's table has no place for. */
  readonly rows: readonly (readonly SourceCell[])[];
}

export interface EncodedSource {
  readonly id: string;
  readonly region: string;
  readonly kind: SourceKind;
  /** `source.yaml`; JSON is YAML. */
  readonly file: object;
  readonly tables: readonly EncodedTable[];
}

export interface Encoded {
  readonly sources: readonly EncodedSource[];
  /** B. */
  readonly rows: readonly ModelRow[];
}

export const encode = (world: World): Encoded => ({ sources: world.sources.map(encodeSource), rows: rowsOf(world) });

function encodeSource(source: SourceWorld): EncodedSource {
  const tables = source.tables.map(({ shape, rows }) => encodeTable(source.kind, shape, rows));
  return { id: source.id, region: source.region, kind: source.kind, file: sourceFile(source), tables };
}

function columnsOfTable(kind: SourceKind, shape: TableShape): readonly { readonly name: string; readonly type: string }[] {
  const drawn = [...shape.fields].flatMap(([name, style]) => columnsOf(name, style).map((column, index) => ({ name: column, type: style.columns[index]?.type ?? "TEXT" })));
  // What tells a server's rows apart must be there.
  const own = isServer(kind) ? { tie: "int NOT NULL", ver: "int", del: "varchar(1)" } : { tie: "INTEGER", ver: "INTEGER", del: "TEXT" };
  // Nor may a key that a server orders equal rows by be missing.
  const fixed = shape.fixed.columns.map(({ name, type }) => ({ name, type: isServer(kind) && !shape.tie && shape.key.includes(name) ? `${type} NOT NULL` : type }));
  return [...fixed, ...Object.entries(own).map(([name, type]) => ({ name, type })), ...drawn];
}

function encodeTable(kind: SourceKind, shape: TableShape, rows: readonly Row[]): EncodedTable {
  const columns = columnsOfTable(kind, shape);
  const cellsOf = (row: Row): readonly SourceCell[] => {
    const drawn = new Map([...shape.fields].flatMap(([name, style]) => columnsOf(name, style).map((column, index) => [column, row.drawn[name]?.cells[index] ?? null] as const)));
    const cells: Readonly<Record<string, SourceCell>> = { ...Object.fromEntries(drawn), ...row.fixed, tie: row.tie, ver: row.ver, del: row.del };
    return [row.rowid, ...columns.map(({ name }) => cellIn(kind, cells[name] ?? null))];
  };
  return {
    name: shape.table,
    columns,
    strict: shape.strict,
    unique: [...(shape.latest ? [] : [shape.key]), ...(shape.tie || isServer(kind) ? [["tie"]] : [])],
    indexes: shape.indexes,
    // A mirror numbers its rows as they come.
    rows: rows.map(cellsOf).sort((a, b) => Number(a[0]) - Number(b[0])),
  };
}

function sourceFile(source: SourceWorld): object {
  const entities = Object.fromEntries(source.tables.map(({ shape }) => [shape.part === "" ? shape.entity : `${shape.entity}/${shape.part}`, partOf(shape)]));
  const names = source.tables.map(({ shape }) => shape.table);
  const where = {
    sqlite: { connection: { file: `${source.id}.db` } },
    drop: { connection: { folder: ".", settle: "1s" }, tables: Object.fromEntries(names.map((name) => [name, { files: `${name}.csv` }])) },
    postgres: { connection: { url: "postgres://reader@server.invalid/network" } },
    mariadb: { connection: { url: "mariadb://reader@server.invalid/network" } },
    rest: { connection: { url: "http://rest.invalid/" }, tables: Object.fromEntries(names.map((name) => [name, { path: name }])) },
  }[source.kind];
  return { region: source.region, kind: source.kind, ...where, timeZone: "Asia/Shanghai", deadline: "60s", entities };
}

function partOf(shape: TableShape): object {
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
