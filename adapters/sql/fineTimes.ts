/** Comparing a column of times, whose digits below the millisecond are not looked at, with a whole millisecond. */
import type { SourceCond } from "../contract/sourceQuery.ts";
import { type SqlFragment, sql } from "./drizzle.ts";

/** As ranges, so that the column's index serves. `after`: the next millisecond. */
export function compareWithin(op: Extract<SourceCond, { kind: "compare" }>["op"], column: SqlFragment, from: SqlFragment, after: SqlFragment): SqlFragment {
  switch (op) {
    case "=":
      return sql`(${column} >= ${from} AND ${column} < ${after})`;
    case "<>":
      return sql`(${column} < ${from} OR ${column} >= ${after})`;
    case "<":
      return sql`${column} < ${from}`;
    case ">=":
      return sql`${column} >= ${from}`;
    case "<=":
      return sql`${column} < ${after}`;
    case ">":
      return sql`${column} >= ${after}`;
  }
}
