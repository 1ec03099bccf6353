/** PostgreSQL's way of saying things: order by code points (`COLLATE "C"`), typed parameters, exact sums. */
import type { SqlDialect } from "../sql/dialect.ts";
import { PgDialect, sql } from "../sql/drizzle.ts";
import { saidWithTypes } from "../sql/saidWithTypes.ts";
import { modeKey } from "../sql/statements.ts";
import type { Catalogue } from "./catalogue.ts";
import type { Mode } from "./parameters.ts";
import type { PgClass } from "./pgClass.ts";
import { renderTypedCond, type TypedWithModes } from "./typedCond.ts";
import { classOf, renderColumn, renderSelected, renderTyped, unify } from "./typedExpr.ts";

const writer = new PgDialect();

export function postgresDialect(catalogue: Catalogue, modes: ReadonlyMap<string, Mode>): SqlDialect {
  const columnOf = (table: string, column: string) => catalogue.tables.get(table)?.columns.get(column);
  const typed: TypedWithModes = { columnOf, mode: (slot: number, pgClass: PgClass, as) => modes.get(modeKey(slot, pgClass, as)) };
  return {
    ...saidWithTypes,
    toQuery: (fragment) => writer.sqlToQuery(fragment),
    // Never `textual`: a prefix is said with the column's collation in mind. Never `wide`: sums are the server's own.
    columnFacts: (table, column) => ({ notNull: columnOf(table, column)?.notNull ?? false, textual: false, wide: false }),
    column: (of) => renderColumn(of, columnOf(of.table, of.column), "order"),
    rowid: () => {
      throw new Error("a table of PostgreSQL has no row number that stays");
    },
    identity({ table, alias }) {
      const columns = catalogue.tables.get(table)?.identity;
      if (!columns) throw new Error("`latest` needs a table with a unique key without NULLs");
      return columns.map((column) => renderColumn({ alias, column }, columnOf(table, column), "order"));
    },
    notDistinct: (left, right) => sql`${left} IS NOT DISTINCT FROM ${right}`,
    exactSum(of, summands) {
      const pgClass = unify(summands.map(({ expr, scope }) => classOf(expr, scope, columnOf))) ?? "text";
      const exact = pgClass === "int" || pgClass === "numeric" ? sql`(${of})::numeric` : sql`(${of})::text::numeric`;
      // What is no decimal is no value: NaN is above every number, and so are both infinities beyond the doubles.
      const bound = sql.raw("1.8e308::numeric");
      return sql`trim_scale(sum(${exact}) FILTER (WHERE ${exact} > -${bound} AND ${exact} < ${bound}))::text`;
    },
    limit: (of) => sql`${of}::int8`,
    // NULL is the highest value: ASC has it last, DESC first.
    orderTerm({ position, descending, nulls }) {
      const native = nulls === "none" || nulls === (descending ? "first" : "last");
      return sql.raw(`${position}${descending ? " DESC" : ""}${native ? "" : ` NULLS ${nulls.toUpperCase()}`}`);
    },
    expression: (expr, scope) => renderTyped(expr, scope, typed, null),
    condition: (cond, scope) => renderTypedCond(cond, scope, typed),
    selected: (column, peers) => renderSelected(column, peers, typed),
  };
}
