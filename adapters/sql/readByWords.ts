/** Two-valued readings where the database has the words of the standard for them. */
import type { Reading } from "./dialect.ts";
import { type SqlFragment, sql } from "./drizzle.ts";

export function readByWords(cond: SqlFragment, reading: Reading): SqlFragment {
  switch (reading) {
    case "isTrue":
      return sql`(${cond}) IS TRUE`;
    case "isNotTrue":
      return sql`(${cond}) IS NOT TRUE`;
    case "isFalse":
      return sql`(${cond}) IS FALSE`;
    case "isNotFalse":
      return sql`(${cond}) IS NOT FALSE`;
  }
}
