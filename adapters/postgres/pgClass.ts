/**
 * How the hub sees a PostgreSQL type: as one of few classes, in each of which cells, comparisons and parameters are exact.
 *
 * `text` is everything that has no class of its own (uuid, enum, boolean, json, inet, char(n), …): the column stands as `col::text`,
 * which is total and is what the hub reads.
 */
import type { ColumnInfo } from "../contract/adapter.ts";

export type PgClass = "int" | "float" | "numeric" | "text" | "date" | "local" | "instant";

/** `float4` is read by its own spelling (`0.1`), which no comparison with a double meets: it is cast by way of text. */
export type ColumnCast = "none" | "text" | "float4";

export interface PgColumn {
  readonly pgClass: PgClass;
  readonly cast: ColumnCast;
  readonly notNull: boolean;
  /** Of texts that stand without a cast. */
  readonly collation: string | null;
  /** Equality is equality of bytes. */
  readonly deterministic: boolean;
  /** Times with digits below the millisecond, which the hub cuts. */
  readonly fine: boolean;
  /** Most significant digits of a `numeric(p, s)`; null: any number. */
  readonly digits: number | null;
}

export interface PgTypeRow {
  /** `pg_type.typname` of the base type of a domain. */
  readonly typname: string;
  readonly typmod: number;
  readonly notNull: boolean;
  readonly collation: string | null;
  readonly deterministic: boolean;
}

export function pgColumn(row: PgTypeRow): PgColumn {
  const plain = { cast: "none", notNull: row.notNull, collation: null, deterministic: true, fine: false, digits: null } as const;
  switch (row.typname) {
    case "int2":
    case "int4":
    case "int8":
      return { ...plain, pgClass: "int" };
    case "float8":
      return { ...plain, pgClass: "float" };
    case "float4":
      return { ...plain, pgClass: "float", cast: "float4" };
    case "numeric":
      // typmod = ((precision << 16) | scale) + 4; -1 where the column says none.
      return { ...plain, pgClass: "numeric", digits: row.typmod < 4 ? null : ((row.typmod - 4) >> 16) & 0xffff };
    case "date":
      return { ...plain, pgClass: "date" };
    case "timestamp":
      return { ...plain, pgClass: "local", fine: row.typmod < 0 || row.typmod > 3 };
    case "timestamptz":
      return { ...plain, pgClass: "instant", fine: row.typmod < 0 || row.typmod > 3 };
    case "text":
    case "varchar":
      return { ...plain, pgClass: "text", collation: row.collation, deterministic: row.deterministic };
    default:
      return { ...plain, pgClass: "text", cast: "text" };
  }
}

/** What the mapping is told of the column's cells. */
export function cellsOf({ pgClass, digits }: PgColumn): Pick<ColumnInfo, "cells" | "digits"> {
  switch (pgClass) {
    case "int":
      return { cells: "integer" };
    case "float":
      return { cells: "number" };
    case "numeric":
      return digits === null ? { cells: "decimal" } : { cells: "decimal", digits };
    case "text":
      return { cells: "text" };
    case "date":
      return { cells: "date" };
    case "local":
      return { cells: "local" };
    case "instant":
      return { cells: "instant" };
  }
}
