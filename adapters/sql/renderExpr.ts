/** Expressions and conditions of a template as SQL fragments of a dialect. No value is ever written into the text. */
import type { Cell, SourceCond, SourceExpr } from "../contract/sourceQuery.ts";
import type { Parameter, SqlDialect } from "./dialect.ts";
import { type SqlFragment, sql } from "./drizzle.ts";
import { conjuncts, simplify } from "./simplify.ts";

/** Which table an alias of the SELECT stands for. */
export interface Scope {
  readonly dialect: SqlDialect;
  readonly tables: ReadonlyMap<string, { readonly table: string; readonly joined: boolean }>;
}

export function renderExpr(expr: SourceExpr, scope: Scope): SqlFragment {
  const { dialect } = scope;
  const own = dialect.expression?.(expr, scope) ?? null;
  if (own !== null) return own;
  switch (expr.kind) {
    case "column":
      return dialect.column({ table: tableOf(expr.alias, scope), alias: expr.alias, column: expr.column });
    case "rowid":
      return dialect.rowid({ table: tableOf(expr.alias, scope), alias: expr.alias });
    case "keyHash":
      throw new Error("a key's hash is computed where there is no row number");
    case "constant":
      return renderConstant(expr.value);
    case "slot":
      return parameter({ kind: "slot", slot: expr.slot, as: "value" });
    case "lens":
      return dialect.lens(renderConstant(expr.lens), expr.form, expr.args.map((arg) => renderArgument(arg, scope)));
    case "coalesce": {
      const of = expr.of.map((part) => renderExpr(part, scope));
      // COALESCE takes two arguments or more.
      if (of.length < 2) return of[0] ?? sql`NULL`;
      return sql`coalesce(${sql.join(of, sql`, `)})`;
    }
    case "when":
      return sql`CASE WHEN ${renderTruth(expr.cond, scope)} THEN ${renderExpr(expr.then, scope)} ELSE ${renderExpr(expr.otherwise, scope)} END`;
    case "truth":
      return sql`CASE WHEN ${renderTruth(expr.cond, scope)} THEN 1 ELSE 0 END`;
    case "start":
      return sql`substr(${renderExpr(expr.of, scope)}, 1, ${sql.raw(String(Math.trunc(expr.length)))})`;
    case "linear":
      throw new Error("exact numbers on one scale are the lens function's where a source runs it");
    case "bucket":
      return dialect.bucket(renderExpr(expr.of, scope), expr.bucket, renderConstant(expr.zone));
  }
}

/** A condition of which only TRUE counts: WHERE, ON, CASE WHEN. */
export function renderTruth(cond: SourceCond, scope: Scope): SqlFragment {
  const simple = simplify(cond, true, (expr) => isNeverNull(expr, scope));
  if (simple.kind !== "and") return renderCond(simple, scope, true);
  const parts = conjuncts(simple);
  return sql`(${sql.join(parts.map((part) => (part.kind === "isLatest" ? renderIsLatest(part, scope, equalTo(part.alias, parts)) : renderCond(part, scope, true))), sql` AND `)})`;
}

/** Columns of an alias that the conjuncts set equal to something else, which then stands for them: `joined.key = row.link`. */
function equalTo(alias: string, parts: readonly SourceCond[]): ReadonlyMap<string, SourceExpr> {
  const isPlain = (expr: SourceExpr): boolean => (expr.kind === "column" && expr.alias !== alias) || expr.kind === "slot" || expr.kind === "constant";
  const found = new Map<string, SourceExpr>();
  for (const part of parts) {
    if (part.kind !== "compare" || part.op !== "=") continue;
    for (const [own, other] of [[part.left, part.right], [part.right, part.left]] as const) {
      if (own.kind === "column" && own.alias === alias && isPlain(other)) found.set(own.column, other);
    }
  }
  return found;
}

/** By the table's own declaration; a joined row may be missing, so its columns may always be NULL. */
export function isNeverNull(expr: SourceExpr, scope: Scope): boolean {
  switch (expr.kind) {
    case "column": {
      const { table, joined } = lookUp(expr.alias, scope);
      return !joined && scope.dialect.columnFacts(table, expr.column).notNull;
    }
    case "rowid":
    case "keyHash":
      return !lookUp(expr.alias, scope).joined;
    case "constant":
      return expr.value !== null;
    case "coalesce":
      return expr.of.some((part) => isNeverNull(part, scope));
    case "when":
      return isNeverNull(expr.then, scope) && isNeverNull(expr.otherwise, scope);
    case "truth":
      return true;
    case "start":
    case "linear":
      return isNeverNull(expr.of, scope);
    case "slot":
    case "lens":
    case "bucket":
      return false;
  }
}

/** `onlyTruth`: whoever reads the result asks only whether it is TRUE. */
function renderCond(cond: SourceCond, scope: Scope, onlyTruth: boolean): SqlFragment {
  const { dialect } = scope;
  const own = dialect.condition?.(cond, scope, onlyTruth) ?? null;
  if (own !== null) return own;
  switch (cond.kind) {
    case "true":
    case "false":
      return dialect.boolean(cond.kind === "true");
    case "and":
    case "or": {
      if (cond.of.length === 0) return dialect.boolean(cond.kind === "and");
      const separator = cond.kind === "and" ? sql` AND ` : sql` OR `;
      return sql`(${sql.join(cond.of.map((part) => renderCond(part, scope, onlyTruth)), separator)})`;
    }
    case "not":
      return sql`NOT (${renderCond(cond.of, scope, false)})`;
    case "compare":
      return sql`${renderExpr(cond.left, scope)} ${sql.raw(comparison(cond.op))} ${renderExpr(cond.right, scope)}`;
    case "inList":
      return renderInList(cond, scope);
    case "isNull":
      return sql`${renderExpr(cond.of, scope)} ${cond.negated ? sql`IS NOT NULL` : sql`IS NULL`}`;
    case "hasType":
      return dialect.hasType(renderExpr(cond.of, scope), cond.type);
    case "consistsOf":
      return dialect.consistsOf(renderExpr(cond.of, scope), renderConstant(cond.characters));
    case "digits":
      return dialect.digits(renderExpr(cond.of, scope), Math.trunc(cond.length));
    case "significant":
      throw new Error("digits are the lens function's to count where a source runs it");
    case "inRanges":
      return dialect.inRanges(renderExpr(cond.of, scope), renderList(cond.low), renderList(cond.high));
    case "startsWith":
      return renderStartsWith(cond.text, cond.part, scope);
    case "contains":
      return dialect.contains(renderExpr(cond.text, scope), renderExpr(cond.part, scope), isText(cond.text, scope));
    case "isTrue":
    case "isNotTrue":
    case "isFalse":
    case "isNotFalse":
      return dialect.reading(renderCond(cond.of, scope, cond.kind === "isTrue" || cond.kind === "isNotTrue"), cond.kind);
    case "isLatest":
      return renderIsLatest(cond, scope);
  }
}

function renderInList(cond: Extract<SourceCond, { kind: "inList" }>, scope: Scope): SqlFragment {
  const left = renderExpr(cond.left, scope);
  const { list } = cond;
  if (list.kind === "constants") {
    if (list.values.length === 0) return scope.dialect.boolean(cond.negated);
    const values = sql.join(list.values.map(renderConstant), sql`, `);
    return cond.negated ? sql`${left} NOT IN (${values})` : sql`${left} IN (${values})`;
  }
  const found = scope.dialect.inList(left, renderList(list));
  return cond.negated ? sql`NOT (${found})` : found;
}

export function renderList(list: SourceExpr): SqlFragment {
  if (list.kind !== "slot") throw new Error("a list comes by a slot");
  return parameter({ kind: "slot", slot: list.slot, as: "list" });
}

/** A range where the column is text: the same rows, and an index serves it. */
function renderStartsWith(text: SourceExpr, part: SourceExpr, scope: Scope): SqlFragment {
  const rendered = renderExpr(text, scope);
  if (part.kind === "slot" && isTextualColumn(text, scope)) {
    const end = parameter({ kind: "slot", slot: part.slot, as: "prefixEnd" });
    return sql`(${rendered} >= ${renderExpr(part, scope)} AND ${rendered} < ${end})`;
  }
  return scope.dialect.startsWith(rendered, renderExpr(part, scope), isText(text, scope));
}

export const isTextualColumn = (expr: SourceExpr, scope: Scope): boolean =>
  expr.kind === "column" && scope.dialect.columnFacts(tableOf(expr.alias, scope), expr.column).textual;

/** Lens chains answer text wherever a text condition may stand on them. */
const isText = (expr: SourceExpr, scope: Scope): boolean => expr.kind === "lens" || isTextualColumn(expr, scope);

function renderArgument(arg: SourceExpr, scope: Scope): SqlFragment {
  const rendered = renderExpr(arg, scope);
  return isWide(arg, scope) ? scope.dialect.exactArgument(rendered) : rendered;
}

export function isWide(expr: SourceExpr, scope: Scope): boolean {
  switch (expr.kind) {
    case "column":
      return scope.dialect.columnFacts(tableOf(expr.alias, scope), expr.column).wide;
    case "rowid":
      return true;
    case "keyHash":
      return false;
    case "constant":
      return typeof expr.value === "bigint";
    case "slot":
      return true;
    case "coalesce":
      return expr.of.some((part) => isWide(part, scope));
    case "when":
      return isWide(expr.then, scope) || isWide(expr.otherwise, scope);
    case "lens":
    case "truth":
    case "bucket":
    case "start":
    case "linear":
      return false;
  }
}

/**
 * The row is the first of its key, later ones first (NULL is lowest), by the table's identity where all else is equal. An index over key
 * and `by` answers with one seek per row; NOT EXISTS of a later row would walk through every earlier one of a key with many. Where
 * `known` gives the key, the row is found without looking at its others at all.
 */
function renderIsLatest(cond: Extract<SourceCond, { kind: "isLatest" }>, scope: Scope, known: ReadonlyMap<string, SourceExpr> = new Map()): SqlFragment {
  const { dialect } = scope;
  const { table, alias } = cond;
  const newer = `${alias}~newer`;
  const within: Scope = { dialect, tables: new Map([...scope.tables, [newer, { table, joined: false }]]) };
  const isFilled = (column: string): boolean => dialect.columnFacts(table, column).notNull;
  const theirs = (column: string): SqlFragment => dialect.column({ table, alias: newer, column });
  const same = cond.key.map((column) => {
    const mine = known.get(column) ?? { kind: "column", alias, column };
    // NULL is one key: only a column without NULLs may be compared by a plain `=`, which every database finds by an index.
    if (!isFilled(column)) return dialect.notDistinct(theirs(column), renderExpr(mine, scope));
    return renderCond({ kind: "compare", op: "=", left: { kind: "column", alias: newer, column }, right: mine }, within, true);
  });
  const laterFirst = (column: string): SqlFragment => (isFilled(column) ? sql`${theirs(column)} DESC` : (dialect.laterFirst?.(theirs(column)) ?? sql`${theirs(column)} DESC NULLS LAST`));
  const order = [...cond.by.map(laterFirst), ...dialect.identity({ table, alias: newer }).map((part) => sql`${part} DESC`)];
  const row = (of: string): SqlFragment => sql.join([...dialect.identity({ table, alias: of })], sql`, `);
  const isRow = dialect.identity({ table, alias }).length > 1;
  const first = sql`SELECT ${row(newer)} FROM ${sql.identifier(table)} AS ${sql.identifier(newer)} WHERE ${sql.join(same, sql` AND `)} ORDER BY ${sql.join(order, sql`, `)} LIMIT 1`;
  return isRow ? sql`(${row(alias)}) = (${first})` : sql`${row(alias)} = (${first})`;
}

export const parameter = (of: Parameter): SqlFragment => sql`${sql.param(of)}`;

/** Small whole numbers stand in the text (they cannot break out of it, and GROUP BY and golden files read better). */
function renderConstant(value: Cell): SqlFragment {
  if (value === null) return sql`NULL`;
  if (typeof value === "number" && Number.isSafeInteger(value)) return sql.raw(String(value));
  return parameter({ kind: "constant", value });
}

/** Written out, so that an operator from a forged template cannot carry SQL into the text. */
export function comparison(op: "=" | "<>" | "<" | "<=" | ">" | ">="): string {
  switch (op) {
    case "=": return "=";
    case "<>": return "<>";
    case "<": return "<";
    case "<=": return "<=";
    case ">": return ">";
    case ">=": return ">=";
    default: throw new Error("a template compares by what is no comparison");
  }
}

function lookUp(alias: string, scope: Scope): { readonly table: string; readonly joined: boolean } {
  const found = scope.tables.get(alias);
  if (found === undefined) throw new Error(`a template names the alias ${alias}, which none of its tables has`);
  return found;
}
export const tableOf = (alias: string, scope: Scope): string => lookUp(alias, scope).table;
