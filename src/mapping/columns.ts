/**
 * Columns of a part: its own table's by name, a join's by `alias.NAME`, and what each column vouches for.
 *
 * What a column is decides which way a filter takes into the source: a column of numbers may be compared with a rewritten number,
 * a column of no type only through the lens function.
 */
import type { CellKind, ColumnInfo, TableInfo } from "../../adapters/contract/adapter.ts";
import type { SourceExpr } from "../../adapters/contract/sourceQuery.ts";
import { didYouMean, fault, type Word } from "./fault.ts";
import type { JoinSyntax } from "./sourceSyntax.ts";

/**
 * `any`: the source does not say, and cells stay as they were written. `loose`: a type of which the hub knows nothing (SQLite's
 * DATETIME): what looks like a number there is one, everything else stays text.
 */
export type ColumnKind = CellKind | "any" | "loose";

export interface ColumnRef {
  readonly expr: SourceExpr;
  readonly name: string;
  /** `table.column`, for what feeds what. */
  readonly fedBy: string;
  readonly kind: ColumnKind;
  /** Every non-NULL cell has the column's type. */
  readonly safe: boolean;
  readonly nullable: boolean;
  /** Most significant digits of a `decimal`, where the source bounds them. */
  readonly digits?: number;
  /** A constant of the mapping standing for a column (`$column`). */
  readonly constant?: string;
}

/** By SQLite's affinity rules, which the type names of other databases fit too. */
export function columnKind(type: string): ColumnKind {
  const name = type.toUpperCase();
  if (name.includes("INT") && !name.includes("INTERVAL") && !name.includes("POINT")) return "integer";
  if (/CHAR|CLOB|TEXT/.test(name)) return "text";
  if (/REAL|FLOA|DOUB|NUMERIC|DECIMAL|NUMBER/.test(name)) return "number";
  return name === "" || name === "ANY" || name.includes("BLOB") ? "any" : "loose";
}

export function findTable(tables: readonly TableInfo[], word: Word): TableInfo {
  const found = tables.find(({ name }) => name === word.text);
  if (found) return found;
  fault(word.at, `the source has no table \`${word.text}\`; ${didYouMean(word.text, tables.map(({ name }) => name))}`);
}

function refOf(alias: string, table: TableInfo, column: ColumnInfo, joined: boolean): ColumnRef {
  return {
    expr: { kind: "column", alias, column: column.name },
    name: alias === "t" ? column.name : `${alias}.${column.name}`,
    fedBy: `${table.name}.${column.name}`,
    kind: column.cells ?? columnKind(column.type),
    safe: column.typeSafe,
    // a LEFT JOIN that finds nothing is NULL
    nullable: column.nullable || joined,
    ...(column.digits === undefined ? {} : { digits: column.digits }),
  };
}

export interface PartColumns {
  readonly own: TableInfo;
  /** `$cell` and `$column` exist inside an unpivot only: `cell` names the column there. */
  find(word: Word): ColumnRef;
  /** A column of the part's own table: keys, `latest`, `tie`. */
  findOwn(word: Word, what: string): ColumnRef;
}

export function partColumns(own: TableInfo, joins: ReadonlyMap<string, JoinSyntax>, tables: readonly TableInfo[], cell: string | null): PartColumns {
  const inOwn = (name: string): ColumnRef | null => {
    const column = own.columns.find((candidate) => candidate.name === name);
    return column ? refOf("t", own, column, false) : null;
  };
  const unknown = (word: Word, table: TableInfo): never =>
    fault(word.at, `table \`${table.name}\` has no column \`${word.text}\`; ${didYouMean(word.text, table.columns.map(({ name }) => name))}`);
  const find = (word: Word): ColumnRef => {
    if (word.text === "$cell" || word.text === "$column") {
      if (cell === null) fault(word.at, `\`${word.text}\` stands for an unpivoted column; this entity has no \`unpivot\`.`);
      const column = inOwn(cell);
      if (column && word.text === "$cell") return column;
      return { expr: { kind: "constant", value: cell }, name: "$column", fedBy: `${own.name}.${cell}`, kind: "text", safe: true, nullable: false, constant: cell };
    }
    // The whole name first: a mirror's columns may carry dots of their own (`items.factor`).
    const whole = inOwn(word.text);
    if (whole) return whole;
    const dot = word.text.indexOf(".");
    const alias = dot > 0 ? word.text.slice(0, dot) : "";
    const join = joins.get(alias);
    if (!join) return unknown(word, own);
    const table = findTable(tables, join.from);
    const column = table.columns.find(({ name }) => name === word.text.slice(dot + 1));
    return column ? refOf(alias, table, column, true) : unknown({ ...word, text: word.text.slice(dot + 1) }, table);
  };
  return {
    own,
    find,
    findOwn: (word, what) => inOwn(word.text) ?? fault(word.at, `${what} must be columns of \`${own.name}\`; it has no \`${word.text}\`; ${didYouMean(word.text, own.columns.map(({ name }) => name))}`),
  };
}

/** Some unique column set of the table lies within the given columns. */
export const isUniqueBy = (table: TableInfo, columns: readonly string[]): boolean =>
  table.unique.some((set) => set.length > 0 && set.every((column) => columns.includes(column)));
