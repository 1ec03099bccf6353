/**
 * How the hub sees a type of MySQL or MariaDB: as one of few shapes, in each of which cells, comparisons and parameters are exact.
 *
 * `text` is everything that has no shape of its own: what has a character set by code points, `enum`, `uuid` and times of day by their
 * text, bytes in hexadecimal.
 */
import type { ColumnInfo } from "../contract/adapter.ts";

export type Shape =
  /** Of 64 bits. */
  | { readonly kind: "int"; readonly signed: boolean }
  /** Doubles. They mean the decimals that they spell. */
  | { readonly kind: "float" }
  /** Digits before and behind the point; 65 together at most. */
  | { readonly kind: "numeric"; readonly whole: number; readonly scale: number }
  | { readonly kind: "text" }
  | { readonly kind: "date" }
  /** Times, with so many digits behind the second. */
  | { readonly kind: "local" | "instant"; readonly digits: number };

/** How a column is read so that its cells are those of its shape. */
export type Reading =
  | "plain"
  /** Single precision prints six digits: as the double that it is. */
  | "double"
  /** Stored numbers that compare in a way of their own (`year`, `bit`). */
  | "signed"
  | "unsigned"
  /** Days that no calendar has (`0000-00-00`, `2024-02-31`) are NULL. */
  | "time"
  /** Text in a character set. */
  | "text"
  | "cast"
  | "hex";

export interface MysqlColumn {
  readonly shape: Shape;
  readonly reading: Reading;
  /** As the hub reads it: a day that no calendar has is NULL. */
  readonly notNull: boolean;
  /** Of a column with a character set. */
  readonly charset: string | null;
  readonly collation: string | null;
}

export const TEXT: Shape = { kind: "text" };
export const INT: Shape = { kind: "int", signed: true };
export const FLOAT: Shape = { kind: "float" };
export const DATE: Shape = { kind: "date" };

/** The server's own limit of digits in a decimal. */
export const digitsMax = 65;

/** Doubles as exact decimals: those that the hub reads (below 10¹⁵, from 10⁻²² on), which have no more digits than this. */
export const floatAsNumeric = { kind: "numeric", whole: 15, scale: 38 } as const satisfies Shape;
const intAsNumeric = { kind: "numeric", whole: 20, scale: 0 } as const satisfies Shape;

type Numeric = Extract<Shape, { kind: "numeric" }>;

export function asNumeric(shape: Shape): Numeric | null {
  switch (shape.kind) {
    case "int":
      return intAsNumeric;
    case "float":
      return floatAsNumeric;
    case "numeric":
      return shape;
    default:
      return null;
  }
}

/** The one shape that holds all of them: numbers meet in `numeric`, anything else in text. Null: nothing says. */
export function unify(shapes: readonly (Shape | null)[]): Shape | null {
  return shapes.reduce<Shape | null>((sum, shape) => (sum === null ? shape : shape === null ? sum : meet(sum, shape)), null);
}

function meet(a: Shape, b: Shape): Shape {
  if (a.kind === "int" && b.kind === "int") return a.signed === b.signed ? a : intAsNumeric;
  if ((a.kind === "local" && b.kind === "local") || (a.kind === "instant" && b.kind === "instant")) return { kind: a.kind, digits: Math.max(a.digits, b.digits) };
  if (a.kind === b.kind && a.kind !== "numeric") return a;
  const [left, right] = [asNumeric(a), asNumeric(b)];
  if (left === null || right === null) return TEXT;
  const sum: Numeric = { kind: "numeric", whole: Math.max(left.whole, right.whole), scale: Math.max(left.scale, right.scale) };
  if (sum.whole + sum.scale > digitsMax) throw new Error("two columns have no exact decimal type in common");
  return sum;
}

/** The columns of `information_schema.columns` that say what a type is. */
export interface MysqlTypeRow {
  readonly dataType: string;
  readonly columnType: string;
  readonly notNull: boolean;
  readonly charset: string | null;
  readonly collation: string | null;
  readonly precision: number;
  readonly scale: number;
  readonly timeDigits: number;
}

/** Null: a type that the hub cannot read exactly; its column is left out. */
export function mysqlColumn(row: MysqlTypeRow): MysqlColumn | null {
  const plain = { reading: "plain", notNull: row.notNull, charset: null, collation: null } as const;
  switch (row.dataType) {
    case "tinyint":
    case "smallint":
    case "mediumint":
    case "int":
      return { ...plain, shape: INT };
    case "bigint":
      return { ...plain, shape: { kind: "int", signed: !row.columnType.includes("unsigned") } };
    case "year":
      return { ...plain, shape: INT, reading: "signed" };
    case "bit":
      return { ...plain, shape: { kind: "int", signed: false }, reading: "unsigned" };
    case "double":
      return { ...plain, shape: FLOAT };
    case "float":
      return { ...plain, shape: FLOAT, reading: "double" };
    case "decimal":
      return { ...plain, shape: { kind: "numeric", whole: row.precision - row.scale, scale: row.scale } };
    // A day that is none reads as NULL, whatever the column says.
    case "date":
      return { ...plain, shape: DATE, reading: "time", notNull: false };
    case "datetime":
      return { ...plain, shape: { kind: "local", digits: row.timeDigits }, reading: "time", notNull: false };
    case "timestamp":
      return { ...plain, shape: { kind: "instant", digits: row.timeDigits }, reading: "time", notNull: false };
    case "char":
    case "varchar":
    case "tinytext":
    case "text":
    case "mediumtext":
    case "longtext":
    case "enum":
    case "set":
      if (row.charset === null || row.charset === "binary") return { ...plain, shape: TEXT, reading: "hex" };
      return { ...plain, shape: TEXT, reading: "text", charset: row.charset, collation: row.collation };
    case "json":
    case "uuid":
    case "inet4":
    case "inet6":
    case "time":
      return { ...plain, shape: TEXT, reading: "cast" };
    case "binary":
    case "varbinary":
    case "tinyblob":
    case "blob":
    case "mediumblob":
    case "longblob":
      return { ...plain, shape: TEXT, reading: "hex" };
    default:
      return null;
  }
}

/** What the mapping is told of the column's cells. */
export function cellsOf(shape: Shape): Pick<ColumnInfo, "cells" | "digits"> {
  switch (shape.kind) {
    case "int":
      return { cells: "integer" };
    case "float":
      return { cells: "number" };
    case "numeric":
      return { cells: "decimal", digits: shape.whole + shape.scale };
    case "text":
    case "date":
    case "local":
    case "instant":
      return { cells: shape.kind };
  }
}
