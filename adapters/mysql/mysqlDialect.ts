/** The way of MySQL and MariaDB to say things: order by code points, typed parameters, exact sums. */
import type { SqlDialect } from "../sql/dialect.ts";
import { type SqlFragment, sql } from "../sql/drizzle.ts";
import { saidWithTypes } from "../sql/saidWithTypes.ts";
import { modeKey } from "../sql/statements.ts";
import type { Mode } from "./bounds.ts";
import type { Catalogue } from "./catalogue.ts";
import type { Flavour } from "./flavour.ts";
import { renderSelected } from "./selected.ts";
import { digitsMax, TEXT, unify } from "./shape.ts";
import { holdsSteps, renderSteps } from "./stepsKey.ts";
import { renderTypedCond } from "./typedCond.ts";
import { floatToNumeric, renderColumn, renderTyped, shapeOf, type Typed } from "./typedExpr.ts";

type Written = { readonly sql: string; readonly params: readonly unknown[] };

/** Names in backquotes, whatever the session's mode is; parameters as `?`. */
const write = (fragment: SqlFragment): Written =>
  fragment.toQuery({
    // Only names of drizzle's own column objects have a case to change.
    casing: undefined as never,
    escapeName: (name) => `\`${name.replaceAll("`", "``")}\``,
    escapeParam: () => "?",
    escapeString: () => {
      throw new Error("no value is written into the text");
    },
  });

/** Rows of which the sum of one column may still be a decimal of the server. */
const rowDigits = 12;

export interface MysqlDialect extends SqlDialect {
  readonly typed: Typed;
}

export function mysqlDialect(catalogue: Catalogue, { collation }: Flavour, modes: ReadonlyMap<string, Mode>): MysqlDialect {
  const columnOf: Typed["columnOf"] = (table, column) => catalogue.tables.get(table)?.columns.get(column);
  const typed: Typed = { columnOf, collation, mode: (slot, type, as) => modes.get(modeKey(slot, type, as)) };
  const output = (position: number): SqlFragment => sql`${sql.identifier(`${catalogue.outputPrefix}${position}`)}`;
  return {
    ...saidWithTypes,
    typed,
    toQuery: write,
    // Never `textual`: a prefix is said with the column's collation in mind. Never `wide`: sums are the server's own.
    columnFacts: (table, column) => ({ notNull: columnOf(table, column)?.notNull ?? false, textual: false, wide: false }),
    column: (of) => renderColumn(of, columnOf(of.table, of.column), typed),
    rowid: () => {
      throw new Error("a table of MySQL has no row number that stays");
    },
    identity({ table, alias }) {
      const columns = catalogue.tables.get(table)?.identity;
      if (!columns) throw new Error("`latest` needs a table with a unique key without NULLs");
      return columns.map((column) => renderColumn({ alias, column }, columnOf(table, column), typed));
    },
    notDistinct: (left, right) => sql`${left} <=> ${right}`,
    exactSum(of, summands) {
      const shape = unify(summands.map(({ expr, scope }) => shapeOf(expr, scope, typed)));
      if (shape === null || shape.kind === "int") return sql`SUM(${of})`;
      if (shape.kind !== "numeric" && shape.kind !== "float") throw new Error("only numbers add up");
      if (shape.kind === "numeric" && shape.whole + shape.scale + rowDigits <= digitsMax) return sql`SUM(${of})`;
      // A number that the sum could lose digits of makes it NULL, which no average and no total then uses.
      const exact = shape.kind === "float" ? floatToNumeric(of) : sql`CASE WHEN ABS(${of}) < ${sql.raw(`1e${Math.max(0, digitsMax - shape.scale - rowDigits)}`)} THEN ${of} END`;
      return sql`CASE WHEN COUNT(${of}) = COUNT(${exact}) THEN SUM(${exact}) END`;
    },
    limit: (of) => of,
    outputName: output,
    limitsParts: true,
    laterFirst: (of) => sql`${of} DESC`,
    // NULL is the lowest value: ASC has it first, DESC last.
    orderTerm({ position, descending, nulls }) {
      const name = output(position - 1);
      const term = descending ? sql`${name} DESC` : name;
      if (nulls === "none" || nulls === (descending ? "last" : "first")) return term;
      return nulls === "last" ? sql`${name} IS NULL, ${term}` : sql`${name} IS NOT NULL, ${term}`;
    },
    // A number on the scale of all parts is asked here whether it is one: pages read values and NULLs apart.
    expression: (expr, scope) => (holdsSteps(expr) ? renderSteps(expr, scope, typed) : renderTyped(expr, scope, typed, shapeOf(expr, scope, typed) ?? TEXT)),
    condition: (cond, scope, onlyTruth) => renderTypedCond(cond, scope, typed, onlyTruth),
    selected: (column, peers, isFilled) => renderSelected(column, peers, isFilled, typed),
  };
}
