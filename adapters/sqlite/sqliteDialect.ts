/** SQLite's way of saying things. Text functions and order are by code points because the database is UTF-8 (checked at open). */
import type { SourceExpr } from "../contract/sourceQuery.ts";
import type { SqlDialect } from "../sql/dialect.ts";
import { SQLiteSyncDialect, sql } from "../sql/drizzle.ts";
import { isTextualColumn, parameter, renderExpr, type Scope } from "../sql/renderExpr.ts";
import type { Catalogue } from "./catalogue.ts";
import { noShortLists, type ShortList, type ShortLists } from "./shortLists.ts";

const writer = new SQLiteSyncDialect();

/** Row numbers from one call of `hub_alive()` to the next, about: in workers, on the main thread, never. Powers of two. */
export type GuardEvery = 4096 | 256 | null;

/**
 * `guardEvery`: scans call `hub_alive()` for one row number in so many, and stop when it throws: cancelled, or over the main thread's
 * budget. SQLite evaluates it only where the cheap test of the row number fails; better-sqlite3 has no other way to interrupt a
 * statement that yields no rows. `lists`: what is written out; other lists come as JSON text.
 */
export function sqliteDialect(catalogue: Catalogue, options: { readonly guardEvery: GuardEvery; readonly lists?: ShortLists }): SqlDialect {
  const { guardEvery, lists = noShortLists } = options;
  const rowid: SqlDialect["rowid"] = ({ table, alias }) => sql`${sql.identifier(alias)}.${sql.identifier(catalogue.tables.get(table)?.rowid ?? "rowid")}`;
  return {
    toQuery: (fragment) => writer.sqlToQuery(fragment),
    columnFacts: (table, column) => catalogue.tables.get(table)?.columns.get(column) ?? { notNull: false, textual: false, wide: true },
    column({ table, alias, column }) {
      const name = sql`${sql.identifier(alias)}.${sql.identifier(column)}`;
      // A NOCASE column would take `a` for `A`, in rules too.
      return catalogue.tables.get(table)?.collated === true ? sql`${name} COLLATE BINARY` : name;
    },
    rowid,
    identity: (of) => [rowid(of)],
    boolean: (value) => (value ? sql`1` : sql`0`),
    // Not IS TRUE: in SQLite that means a column named `true` where a table has one.
    reading(cond, reading) {
      switch (reading) {
        case "isTrue":
          return sql`(${cond}) IS 1`;
        case "isNotTrue":
          return sql`(${cond}) IS NOT 1`;
        case "isFalse":
          return sql`(${cond}) IS 0`;
        case "isNotFalse":
          return sql`(${cond}) IS NOT 0`;
      }
    },
    notDistinct: (left, right) => sql`${left} IS ${right}`,
    condition(cond, scope) {
      if (cond.kind !== "inList" || cond.list.kind !== "slot") return null;
      const { slot } = cond.list;
      const short = lists.get(slot);
      if (short === undefined || !comparesAlike(cond.left, short, scope)) return null;
      const items = Array.from({ length: short.size }, (_, item) => parameter({ kind: "slot", slot, as: "list", item }));
      return sql`${renderExpr(cond.left, scope)} ${cond.negated ? sql`NOT IN` : sql`IN`} (${sql.join(items, sql`, `)})`;
    },
    inList: (left, list) => sql`${left} IN (SELECT "value" FROM json_each(${list}))`,
    hasType: (of, type) => (type === "text" ? sql`typeof(${of}) = 'text'` : sql`typeof(${of}) IN ('integer', 'real')`),
    startsWith: (text, part, isText) => (isText ? sql`instr(${text}, ${part}) = 1` : sql`hub_starts(${text}, ${part}) = 1`),
    contains: (text, part, isText) => (isText ? sql`instr(${text}, ${part}) > 0` : sql`hub_contains(${text}, ${part}) = 1`),
    consistsOf: (text, characters) => sql`trim(${text}, ${characters}) = ''`,
    // GLOB's classes are by code point; a NUL would end the text for length() alone.
    digits: (text, length) => sql`(length(${text}) = ${sql.raw(String(length))} AND octet_length(${text}) = ${sql.raw(String(length))} AND ${text} NOT GLOB '*[^0-9]*')`,
    inRanges: (of, low, high) =>
      sql`EXISTS (SELECT 1 FROM json_each(${low}) AS "low" JOIN json_each(${high}) AS "high" ON "high"."key" = "low"."key" WHERE ${of} >= "low"."value" AND ${of} <= "high"."value")`,
    lens: (name, form, args) => sql`hub_lens(${sql.join([name, sql`'${sql.raw(lensForm(form))}'`, ...args], sql`, `)})`,
    bucket: (of, bucket, zone) => sql`hub_bucket(${of}, ${sql.raw(`'${bucketWord(bucket)}'`)}, ${zone})`,
    exactSum: (of) => sql`hub_sum(${of})`,
    exactArgument: (of) =>
      sql`CASE WHEN typeof(${of}) = 'integer' AND ${of} NOT BETWEEN -9007199254740991 AND 9007199254740991 THEN CAST(${of} AS TEXT) ELSE ${of} END`,
    // SQLite plans by the value of a bare `LIMIT ?` and so compiles the statement anew at every execution: a third of a short read.
    limit: (of) => sql`${of} + 0`,
    // NULL is the lowest value: ASC has it first, DESC last.
    orderTerm({ position, descending, nulls }) {
      const native = nulls === "none" || nulls === (descending ? "last" : "first");
      const words = `${position}${descending ? " DESC" : ""}${native ? "" : ` NULLS ${nulls.toUpperCase()}`}`;
      return sql.raw(words);
    },
    guard({ table, alias }) {
      if (guardEvery === null) return null;
      const rowid = catalogue.tables.get(table)?.rowid;
      if (rowid === undefined || rowid === null) return sql`hub_alive()`;
      return sql`((${sql.identifier(alias)}.${sql.identifier(rowid)} & ${sql.raw(String(guardEvery - 1))}) <> 0 OR hub_alive())`;
    },
  };
}

/** A column's affinity converts the values of a list as SQL, and not those of a JSON text; a function's answer has none. */
function comparesAlike(left: SourceExpr, { size, of }: ShortList, scope: Scope): boolean {
  if (size === 0 || left.kind === "lens" || left.kind === "start") return true;
  if (left.kind === "rowid") return of === "number";
  return left.kind === "column" && of === (isTextualColumn(left, scope) ? "text" : "number");
}

/** From closed lists, so that nothing else can reach the text. */
function lensForm(form: "printed" | "exact" | "number"): string {
  switch (form) {
    case "printed":
      return "printed";
    case "exact":
      return "exact";
    case "number":
      return "number";
  }
}

function bucketWord(bucket: "HOUR" | "DAY" | "MONTH" | "YEAR"): string {
  switch (bucket) {
    case "HOUR":
      return "HOUR";
    case "DAY":
      return "DAY";
    case "MONTH":
      return "MONTH";
    case "YEAR":
      return "YEAR";
  }
}
