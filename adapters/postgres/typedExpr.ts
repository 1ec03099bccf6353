/**
 * Expressions with their types. PostgreSQL guesses the type of a bare parameter from what stands beside it and refuses unlike ones, so
 * every parameter names its type, and what stands side by side is cast to one class. No cast can fail on any row's cell.
 */
import type { Cell, SourceExpr } from "../contract/sourceQuery.ts";
import type { Parameter, Placed } from "../sql/dialect.ts";
import { type SqlFragment, sql } from "../sql/drizzle.ts";
import { parameter, renderTruth, type Scope, tableOf } from "../sql/renderExpr.ts";
import { steadyZone } from "../sql/steadyZone.ts";
import { isUnfit } from "../sql/statements.ts";
import { encode } from "./parameters.ts";
import type { PgClass, PgColumn } from "./pgClass.ts";

export type ColumnOf = (table: string, column: string) => PgColumn | undefined;

/** A session's setting; names with a dot are free. */
export const keySecretSetting = "one_network.key_secret";

export const typeNames: Readonly<Record<PgClass, string>> = {
  int: "int8",
  float: "float8",
  numeric: "numeric",
  text: "text",
  date: "date",
  local: "timestamp",
  instant: "timestamptz",
};

const isNumber = (pgClass: PgClass): boolean => pgClass === "int" || pgClass === "float" || pgClass === "numeric";

/** The one class that holds all of them: numbers meet in `numeric`, anything else in text. Null: nothing says. */
export function unify(classes: readonly (PgClass | null)[]): PgClass | null {
  const known = [...new Set(classes)].filter((pgClass) => pgClass !== null);
  if (known.length < 2) return known[0] ?? null;
  return known.every(isNumber) ? "numeric" : "text";
}

export function factsOf(expr: SourceExpr, scope: Scope, columnOf: ColumnOf): PgColumn | undefined {
  return expr.kind === "column" ? columnOf(tableOf(expr.alias, scope), expr.column) : undefined;
}

/** Null: a value that takes the type of what it stands beside. */
export function classOf(expr: SourceExpr, scope: Scope, columnOf: ColumnOf): PgClass | null {
  const of = (inner: SourceExpr): PgClass | null => classOf(inner, scope, columnOf);
  switch (expr.kind) {
    case "column":
      return factsOf(expr, scope, columnOf)?.pgClass ?? "text";
    case "constant":
      return classOfCell(expr.value);
    case "slot":
      return null;
    case "coalesce":
      return unify(expr.of.map(of));
    case "when":
      return unify([of(expr.then), of(expr.otherwise)]);
    case "truth":
      return "int";
    case "start":
    case "keyHash":
      return "text";
    case "linear":
      return "numeric";
    case "bucket": {
      const inner = of(expr.of);
      return inner === "local" || inner === "instant" ? inner : "int";
    }
    case "rowid":
    case "lens":
      return null;
  }
}

function classOfCell(value: Cell): PgClass | null {
  if (value === null) return null;
  if (typeof value === "number") return Number.isSafeInteger(value) ? "int" : "numeric";
  return typeof value === "bigint" ? "numeric" : "text";
}

/** How text stands: to be ordered by code points, or only compared for equality, which an index of any collation answers. */
export type TextUse = "order" | "equality";

const C = sql`COLLATE "C"`;

export function renderColumn(of: { readonly alias: string; readonly column: string }, facts: PgColumn | undefined, use: TextUse): SqlFragment {
  const name = sql`${sql.identifier(of.alias)}.${sql.identifier(of.column)}`;
  if (facts === undefined) return name;
  if (facts.cast === "float4") return sql`${name}::text::float8`;
  if (facts.cast === "text") return sql`${name}::text ${C}`;
  if (facts.fine) return sql`date_trunc('milliseconds', ${name})`;
  if (facts.pgClass !== "text" || facts.collation === "C") return name;
  return use === "equality" && facts.deterministic ? name : sql`${name} ${C}`;
}

/** `to` holds every value of `from`. */
export function castTo(of: SqlFragment, from: PgClass | null, to: PgClass): SqlFragment {
  if (from === to) return of;
  if (to === "text") return from === "numeric" ? sql`trim_scale(${of})::text ${C}` : sql`(${of})::text ${C}`;
  // A double means the decimal that it spells, which a direct cast would round.
  if (to === "numeric" && from === "float") return sql`(${of})::text::numeric`;
  return sql`(${of})::${sql.raw(typeNames[to])}`;
}

/** A parameter of a class; `of` is a slot or a constant. */
export function typedParameter(of: SourceExpr, pgClass: PgClass, as: "value" | "list" | "prefixEnd" = "value"): SqlFragment {
  const type = sql.raw(as === "list" ? `${typeNames[pgClass]}[]` : typeNames[pgClass]);
  if (of.kind === "slot") return sql`${parameter({ kind: "slot", slot: of.slot, as, type: pgClass })}::${type}`;
  if (of.kind === "constant") return sql`${parameter({ kind: "constant", value: of.value, type: pgClass } satisfies Parameter)}::${type}`;
  throw new Error("only a slot or a constant is a parameter");
}

export interface Typed {
  readonly columnOf: ColumnOf;
}

/** The expression as a value of `want`, or of its own class where that is null (`text` for a value that nothing types). */
export function renderTyped(expr: SourceExpr, scope: Scope, typed: Typed, want: PgClass | null, use: TextUse = "order"): SqlFragment {
  const { columnOf } = typed;
  const own = classOf(expr, scope, columnOf);
  const target = want ?? own ?? "text";
  switch (expr.kind) {
    case "column":
      return castTo(renderColumn(expr, factsOf(expr, scope, columnOf), use), own, target);
    case "constant":
      return renderConstant(expr.value, target);
    case "slot":
      return target === "text" && use === "order" ? sql`${typedParameter(expr, target)} ${C}` : typedParameter(expr, target);
    case "coalesce": {
      const of = expr.of.map((part) => renderTyped(part, scope, typed, target));
      return of.length < 2 ? (of[0] ?? renderConstant(null, target)) : sql`coalesce(${sql.join(of, sql`, `)})`;
    }
    case "when":
      return renderWhen(expr, scope, typed, target);
    case "truth":
      return castTo(sql`CASE WHEN ${renderTruth(expr.cond, scope)} THEN 1 ELSE 0 END`, "int", target);
    case "start":
      return castTo(sql`left(${renderTyped(expr.of, scope, typed, "text")}, ${sql.raw(String(Math.max(0, Math.trunc(expr.length))))})`, "text", target);
    case "linear":
      return castTo(renderLinear(expr, scope, typed), "numeric", target);
    case "bucket":
      return castTo(renderBucket(expr, scope, typed), own, target);
    case "keyHash":
      return castTo(renderKeyHash(expr), "text", target);
    case "rowid":
      throw new Error("a table of PostgreSQL has no row number that stays");
    case "lens":
      throw new Error("PostgreSQL cannot run the hub's lens functions");
  }
}

function renderConstant(value: Cell, target: PgClass): SqlFragment {
  const type = sql.raw(typeNames[target]);
  if (value === null) return sql`NULL::${type}`;
  if (target === "int" && typeof value === "number" && Number.isSafeInteger(value)) return sql`${sql.raw(value < 0 ? `(${value})` : String(value))}::int8`;
  if (isUnfit(encode(value, target))) throw new Error("a constant does not fit where it stands");
  const rendered = typedParameter({ kind: "constant", value }, target);
  return target === "text" ? sql`${rendered} ${C}` : rendered;
}

/**
 * The cells as the server spells them, not as the hub reads them: two keys may lie within one millisecond. Each with its length before it,
 * so that no two keys make one text. The secret is a setting of the session, so that it stands in no query.
 */
function renderKeyHash({ alias, columns }: Extract<SourceExpr, { kind: "keyHash" }>): SqlFragment {
  const cells = columns.map((column) => {
    const text = sql`${sql.identifier(alias)}.${sql.identifier(column)}::text`;
    return sql`octet_length(${text}) || ':' || ${text}`;
  });
  return sql`encode(substring(sha256(convert_to(${sql.join([sql`current_setting('${sql.raw(keySecretSetting)}')`, ...cells], sql` || `)}, 'UTF8')) FOR 16), 'hex') ${C}`;
}

/** A chain of cases in one CASE: a code table has hundreds. */
function renderWhen(expr: Extract<SourceExpr, { kind: "when" }>, scope: Scope, typed: Typed, target: PgClass): SqlFragment {
  const cases: SqlFragment[] = [];
  let rest: SourceExpr = expr;
  while (rest.kind === "when") {
    cases.push(sql`WHEN ${renderTruth(rest.cond, scope)} THEN ${renderTyped(rest.then, scope, typed, target)}`);
    rest = rest.otherwise;
  }
  return sql`CASE ${sql.join(cases, sql` `)} ELSE ${renderTyped(rest, scope, typed, target)} END`;
}

function renderLinear(expr: Extract<SourceExpr, { kind: "linear" }>, scope: Scope, typed: Typed): SqlFragment {
  const whole = (text: string): SqlFragment => {
    if (!/^-?\d{1,200}$/.test(text)) throw new Error("a scale is made of whole numbers");
    return sql.raw(`${text}::numeric`);
  };
  return sql`div(${renderTyped(expr.of, scope, typed, "numeric")} * ${whole(expr.times)} + ${whole(expr.plus)}, ${whole(expr.over)})`;
}

const units = { HOUR: "hour", DAY: "day", MONTH: "month", YEAR: "year" } as const;

/**
 * Calendars of zones are the hub's, never the server's (their tables may be of different years). Exact here is a clock that is changed no
 * more, and a column on the clock of the zone itself; anything else is cut to the minute, and the hub gathers the buckets.
 */
function renderBucket(expr: Extract<SourceExpr, { kind: "bucket" }>, scope: Scope, typed: Typed): SqlFragment {
  const own = classOf(expr.of, scope, typed.columnOf);
  const of = renderTyped(expr.of, scope, typed, own ?? "int");
  const unit = sql.raw(`'${units[expr.bucket]}'`);
  if (own === "local") return sql`date_trunc(${expr.ownClock === true ? unit : sql.raw("'minute'")}, ${of})`;
  if (own !== "instant") throw new Error("a bucket is of a column of times");
  const minute = sql`date_trunc('minute', ${of})`;
  const steady = steadyZone(expr.zone);
  if (steady === null || steady.offsetMs % 60_000 !== 0) return minute;
  const ahead = sql.raw(`interval '${steady.offsetMs / 60_000} minutes'`);
  // Within UTC a day is 24 hours; the session's zone is UTC.
  return sql`CASE WHEN ${of} >= to_timestamp(${sql.raw(String(steady.since / 1000))}) THEN date_trunc(${unit}, ${of} + ${ahead}) - ${ahead} ELSE ${minute} END`;
}

/** A column of a SELECT, of one class with those in its place in the other parts. */
export function renderSelected({ expr, scope }: Placed, peers: readonly Placed[], typed: Typed): SqlFragment {
  const pgClass = unify(peers.map((peer) => classOf(peer.expr, peer.scope, typed.columnOf))) ?? "text";
  return renderTyped(expr, scope, typed, pgClass);
}
