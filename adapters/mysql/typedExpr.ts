/**
 * Expressions with their types. The server compares unlike types as doubles and guesses what a bare parameter is, so every parameter is
 * cast, and what stands side by side is cast to one shape. A cast gives the exact value or NULL, for every row's cell.
 */
import type { Cell, SourceExpr } from "../contract/sourceQuery.ts";
import { type SqlFragment, sql } from "../sql/drizzle.ts";
import { parameter, renderTruth, type Scope, tableOf } from "../sql/renderExpr.ts";
import { isUnfit } from "../sql/statements.ts";
import { steadyZone } from "../sql/steadyZone.ts";
import { encode, type Mode } from "./bounds.ts";
import { typeWord, type Use } from "./parameters.ts";
import { asNumeric, FLOAT, floatAsNumeric, INT, type MysqlColumn, type Shape, TEXT, unify } from "./shape.ts";

/** A variable of the session. */
export const keySecretVariable = "@one_network_key_secret";

export interface Typed {
  readonly columnOf: (table: string, column: string) => MysqlColumn | undefined;
  /** Orders and compares UTF-8 by code points. */
  readonly collation: string;
  /** Said of a slot whose bound value needs another text. */
  readonly mode: (slot: number, type: string, as: "value" | "list") => Mode | undefined;
}

export function factsOf(expr: SourceExpr, scope: Scope, typed: Typed): MysqlColumn | undefined {
  return expr.kind === "column" ? typed.columnOf(tableOf(expr.alias, scope), expr.column) : undefined;
}

/** Null: a value that takes the shape of what it stands beside. */
export function shapeOf(expr: SourceExpr, scope: Scope, typed: Typed): Shape | null {
  const of = (inner: SourceExpr): Shape | null => shapeOf(inner, scope, typed);
  switch (expr.kind) {
    case "column":
      return factsOf(expr, scope, typed)?.shape ?? TEXT;
    case "constant":
      return shapeOfCell(expr.value);
    case "slot":
      return null;
    case "coalesce":
      return unify(expr.of.map(of));
    case "when":
      return unify([of(expr.then), of(expr.otherwise)]);
    case "truth":
      return INT;
    case "start":
    case "keyHash":
      return TEXT;
    case "bucket": {
      const inner = of(expr.of);
      return inner?.kind === "local" || inner?.kind === "instant" ? { kind: inner.kind, digits: 0 } : INT;
    }
    case "linear":
    case "rowid":
    case "lens":
      return null;
  }
}

function shapeOfCell(value: Cell): Shape | null {
  if (value === null) return null;
  if (typeof value === "number") return Number.isSafeInteger(value) ? INT : FLOAT;
  if (typeof value !== "bigint") return TEXT;
  return isUnfit(encode(value, INT, "exact")) ? { kind: "numeric", whole: String(value).length, scale: 0 } : INT;
}

/** The column as it stands, for its index; not what the hub reads of it. */
export const bareColumn = (of: { readonly alias: string; readonly column: string }): SqlFragment => sql`${sql.identifier(of.alias)}.${sql.identifier(of.column)}`;

/** The column as the hub reads it. */
export function renderColumn(of: { readonly alias: string; readonly column: string }, facts: MysqlColumn | undefined, typed: Typed): SqlFragment {
  const name = bareColumn(of);
  if (facts === undefined) return name;
  const { shape } = facts;
  switch (facts.reading) {
    case "plain":
      return name;
    case "double":
      return sql`CAST(${name} AS DOUBLE)`;
    case "signed":
      return sql`CAST(${name} AS SIGNED)`;
    case "unsigned":
      return sql`CAST(${name} AS UNSIGNED)`;
    case "time": {
      // Adding nothing gives NULL for a day that no calendar has.
      const real = sql`(${name} + INTERVAL 0 DAY)`;
      return isFine(shape) ? sql`CAST(${real} AS DATETIME(3))` : real;
    }
    case "text":
      if (facts.collation === typed.collation) return name;
      return facts.charset === "utf8mb4" ? byCodePoints(name, typed) : byCodePoints(sql`CONVERT(${name} USING utf8mb4)`, typed);
    case "cast":
      return asText(name, typed);
    case "hex":
      return byCodePoints(sql`CONVERT(LOWER(HEX(${name})) USING utf8mb4)`, typed);
  }
}

/** Digits below the millisecond, which the hub cuts. */
export const isFine = (shape: Shape): boolean => (shape.kind === "local" || shape.kind === "instant") && shape.digits > 3;

const byCodePoints = (of: SqlFragment, typed: Typed): SqlFragment => sql`${of} COLLATE ${sql.raw(typed.collation)}`;
const asText = (of: SqlFragment, typed: Typed): SqlFragment => byCodePoints(sql`CAST(${of} AS CHAR CHARACTER SET utf8mb4)`, typed);

/** The type that a parameter of the shape is cast to. */
function typeName(shape: Shape): string {
  switch (shape.kind) {
    case "int":
      return shape.signed ? "SIGNED" : "UNSIGNED";
    case "float":
      return "DOUBLE";
    case "numeric":
      return `DECIMAL(${shape.whole + shape.scale},${shape.scale})`;
    case "text":
      return "CHAR CHARACTER SET utf8mb4";
    case "date":
      return "DATE";
    case "local":
    case "instant":
      return "DATETIME(3)";
  }
}

/** `to` holds every value of `from` that the hub reads; a double that is none of those is NULL. */
export function castTo(of: SqlFragment, from: Shape | null, to: Shape, typed: Typed): SqlFragment {
  if (from === null || from.kind === to.kind) return of;
  if (to.kind === "text") {
    const text = asText(of, typed);
    if (from.kind !== "numeric" || from.scale === 0) return text;
    // As decimals are spelt everywhere in the hub: without zeros at the end.
    return sql`TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM ${text}))`;
  }
  if (to.kind !== "numeric") throw new Error(`no ${to.kind} can stand for every ${from.kind}`);
  if (from.kind === "int") return sql`CAST(${of} AS DECIMAL(20,0))`;
  return floatToNumeric(of);
}

/** A double means the decimal that it spells, which a direct cast would round. */
export const floatToNumeric = (of: SqlFragment): SqlFragment =>
  sql`CASE WHEN ${of} = 0 OR (ABS(${of}) >= 1e-22 AND ABS(${of}) < 1e15) THEN CAST(CAST(${of} AS CHAR) AS ${sql.raw(typeName(floatAsNumeric))}) END`;

/** A parameter of a shape; `of` is a slot or a constant. `item`: of a list; `whole` stands where the list's length is not known yet. */
export function typedParameter(of: SourceExpr, shape: Shape, use: Use, item: number | "whole" | null = null): SqlFragment {
  const type = typeWord(shape, use);
  if (of.kind !== "slot" && of.kind !== "constant") throw new Error("only a slot or a constant is a parameter");
  const value =
    of.kind === "constant"
      ? parameter({ kind: "constant", value: of.value, type })
      : parameter({ kind: "slot", slot: of.slot, as: item === null ? "value" : "list", type, ...(typeof item === "number" ? { item } : {}) });
  // Text has the connection's character set and yields to the collation beside it.
  return shape.kind === "text" ? value : sql`CAST(${value} AS ${sql.raw(typeName(shape))})`;
}

/** The expression as a value of `want`, or of its own shape where that is null (text for a value that nothing types). */
export function renderTyped(expr: SourceExpr, scope: Scope, typed: Typed, want: Shape | null): SqlFragment {
  const own = shapeOf(expr, scope, typed);
  const target = want ?? own ?? TEXT;
  switch (expr.kind) {
    case "column":
      return castTo(renderColumn(expr, factsOf(expr, scope, typed), typed), own, target, typed);
    case "constant":
      return renderConstant(expr.value, target, typed);
    case "slot": {
      const value = typedParameter(expr, target, "exact");
      return target.kind === "text" ? asText(value, typed) : value;
    }
    case "coalesce": {
      const of = expr.of.map((part) => renderTyped(part, scope, typed, target));
      return of.length < 2 ? (of[0] ?? sql`NULL`) : sql`COALESCE(${sql.join(of, sql`, `)})`;
    }
    case "when":
      return renderWhen(expr, scope, (part) => renderTyped(part, scope, typed, target));
    case "truth":
      return castTo(sql`CASE WHEN ${renderTruth(expr.cond, scope)} THEN 1 ELSE 0 END`, INT, target, typed);
    case "start":
      return castTo(sql`LEFT(${renderTyped(expr.of, scope, typed, TEXT)}, ${sql.raw(String(Math.max(0, Math.trunc(expr.length))))})`, TEXT, target, typed);
    case "bucket":
      return castTo(renderBucket(expr, scope, typed), own, target, typed);
    case "linear":
      throw new Error("a number on the scale of all parts is selected and ordered by, and nothing else");
    case "keyHash":
      return castTo(renderKeyHash(expr, scope, typed), TEXT, target, typed);
    case "rowid":
      throw new Error("a table of MySQL has no row number that stays");
    case "lens":
      throw new Error("MySQL cannot run the hub's lens functions");
  }
}

/**
 * The cells as the server spells them, not as the hub reads them: two keys may lie within one millisecond. Each with its length before it,
 * so that no two keys make one text. The secret is a variable of the session, so that it stands in no query.
 */
function renderKeyHash({ alias, columns }: Extract<SourceExpr, { kind: "keyHash" }>, scope: Scope, typed: Typed): SqlFragment {
  const cells = columns.map((column) => {
    const facts = typed.columnOf(tableOf(alias, scope), column);
    const isSpeltShort = facts !== undefined && ["double", "signed", "unsigned", "hex"].includes(facts.reading);
    const text = asText(isSpeltShort ? renderColumn({ alias, column }, facts, typed) : bareColumn({ alias, column }), typed);
    return sql`OCTET_LENGTH(${text}), ':', ${text}`;
  });
  return byCodePoints(sql`CONVERT(LEFT(SHA2(CONCAT(${sql.join([sql.raw(keySecretVariable), ...cells], sql`, `)}), 256), 32) USING utf8mb4)`, typed);
}

function renderConstant(value: Cell, target: Shape, typed: Typed): SqlFragment {
  if (value === null) return sql`NULL`;
  if (target.kind === "int" && typeof value === "number" && Number.isSafeInteger(value)) return sql.raw(value < 0 ? `(${value})` : String(value));
  if (isUnfit(encode(value, target, "exact"))) throw new Error("a constant does not fit where it stands");
  const rendered = typedParameter({ kind: "constant", value }, target, "exact");
  return target.kind === "text" ? asText(rendered, typed) : rendered;
}

/** A chain of cases in one CASE: a code table has hundreds. */
export function renderWhen(expr: Extract<SourceExpr, { kind: "when" }>, scope: Scope, render: (part: SourceExpr) => SqlFragment): SqlFragment {
  const cases: SqlFragment[] = [];
  let rest: SourceExpr = expr;
  while (rest.kind === "when") {
    cases.push(sql`WHEN ${renderTruth(rest.cond, scope)} THEN ${render(rest.then)}`);
    rest = rest.otherwise;
  }
  return sql`CASE ${sql.join(cases, sql` `)} ELSE ${render(rest)} END`;
}

const starts = { MINUTE: "%Y-%m-%d %H:%i:00", HOUR: "%Y-%m-%d %H:00:00", DAY: "%Y-%m-%d 00:00:00", MONTH: "%Y-%m-01 00:00:00", YEAR: "%Y-01-01 00:00:00" } as const;
const cutTo = (of: SqlFragment, unit: keyof typeof starts): SqlFragment => sql`CAST(DATE_FORMAT(${of}, ${sql.raw(`'${starts[unit]}'`)}) AS DATETIME)`;

/**
 * Calendars of zones are the hub's, never the server's (their tables may be of different years, or empty). Exact here is a clock that is
 * changed no more, and a column on the clock of the zone itself; anything else is cut to the minute, and the hub gathers the buckets.
 */
function renderBucket(expr: Extract<SourceExpr, { kind: "bucket" }>, scope: Scope, typed: Typed): SqlFragment {
  const own = shapeOf(expr.of, scope, typed);
  const of = renderTyped(expr.of, scope, typed, own);
  if (own?.kind === "local") return cutTo(of, expr.ownClock === true ? expr.bucket : "MINUTE");
  if (own?.kind !== "instant") throw new Error("a bucket is of a column of times");
  const minute = cutTo(of, "MINUTE");
  const steady = steadyZone(expr.zone);
  if (steady === null || steady.offsetMs % 60_000 !== 0) return minute;
  const ahead = sql.raw(`INTERVAL ${steady.offsetMs / 60_000} MINUTE`);
  const since = sql.raw(`CAST('${new Date(steady.since).toISOString().slice(0, 19).replace("T", " ")}' AS DATETIME)`);
  // The session's clock is UTC, where a day is 24 hours.
  return sql`CASE WHEN ${of} >= ${since} THEN ${cutTo(sql`(${of} + ${ahead})`, expr.bucket)} - ${ahead} ELSE ${minute} END`;
}

/** The decimal of a number, for arithmetic. */
export function renderNumeric(expr: SourceExpr, scope: Scope, typed: Typed): { readonly sql: SqlFragment; readonly scale: number } {
  const own = shapeOf(expr, scope, typed);
  const numeric = own === null ? null : asNumeric(own);
  if (numeric === null) throw new Error("only a number has a scale");
  return { sql: renderTyped(expr, scope, typed, numeric), scale: numeric.scale };
}
