/** Conditions with their types. A comparison is said in the column's own type, so that its index serves, unless its value does not fit. */
import type { Cell, SourceCond, SourceExpr } from "../contract/sourceQuery.ts";
import { type SqlFragment, sql } from "../sql/drizzle.ts";
import { compareWithin } from "../sql/fineTimes.ts";
import { comparison, parameter, type Scope } from "../sql/renderExpr.ts";
import { isUnfit } from "../sql/statements.ts";
import { encode, encodeList, type Mode } from "./parameters.ts";
import type { PgClass } from "./pgClass.ts";
import { castTo, classOf, factsOf, renderTyped, typedParameter, type Typed, typeNames, unify } from "./typedExpr.ts";

export interface TypedWithModes extends Typed {
  /** Said of a slot whose bound value does not fit the class beside it. */
  mode(slot: number, pgClass: PgClass, as: "value" | "list" | "prefixEnd"): Mode | undefined;
}

type Op = Extract<SourceCond, { kind: "compare" }>["op"];
type Value = Extract<SourceExpr, { kind: "slot" | "constant" }>;

/** Null: the common way serves. */
export function renderTypedCond(cond: SourceCond, scope: Scope, typed: TypedWithModes): SqlFragment | null {
  switch (cond.kind) {
    case "compare":
      return renderCompare(cond.op, cond.left, cond.right, scope, typed);
    case "inList":
      return renderIn(cond, scope, typed);
    case "inRanges": {
      const own = classOf(cond.of, scope, typed.columnOf);
      // Bounds are carried over the decimals that the doubles spell.
      const pgClass = own === "float" || own === "int" ? own : "numeric";
      const bounds = sql`unnest(${typedParameter(cond.low, pgClass, "list")}, ${typedParameter(cond.high, pgClass, "list")})`;
      return sql`EXISTS (SELECT FROM ${bounds} AS "range" ("low", "high") WHERE ${renderTyped(cond.of, scope, typed, pgClass)} BETWEEN "low" AND "high")`;
    }
    case "hasType": {
      const own = classOf(cond.of, scope, typed.columnOf);
      const isNumber = own === "int" || own === "float" || own === "numeric";
      return isNumber === (cond.type === "number") ? sql`${renderTyped(cond.of, scope, typed, null)} IS NOT NULL` : sql`FALSE`;
    }
    case "consistsOf":
      return sql`btrim(${renderTyped(cond.of, scope, typed, "text")}, ${typedParameter({ kind: "constant", value: cond.characters }, "text")}) = ''`;
    case "digits":
      return sql`${renderTyped(cond.of, scope, typed, "text")} ~ ${sql.raw(`'^[0-9]{${Math.trunc(cond.length)}}$'`)}`;
    case "significant":
      return sql`length(btrim(translate(abs(${renderTyped(cond.of, scope, typed, "numeric")})::text, '.', ''), '0')) <= ${sql.raw(String(Math.trunc(cond.digits)))}`;
    case "startsWith":
    case "contains":
      return renderTextPart(cond, scope, typed);
    default:
      return null;
  }
}

const isValue = (expr: SourceExpr): expr is Value => expr.kind === "slot" || expr.kind === "constant";
const turned: Readonly<Record<Op, Op>> = { "=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<=" };
const useOf = (op: Op): "order" | "equality" => (op === "=" || op === "<>" ? "equality" : "order");

function renderCompare(op: Op, left: SourceExpr, right: SourceExpr, scope: Scope, typed: TypedWithModes): SqlFragment {
  const classes = [classOf(left, scope, typed.columnOf), classOf(right, scope, typed.columnOf)] as const;
  if (isValue(right) && !(isValue(left) && classes[0] === null && classes[1] !== null)) return compareValue(op, left, right, classes[0] ?? classes[1] ?? "text", scope, typed);
  if (isValue(left)) return compareValue(turned[op], right, left, classes[1] ?? classes[0] ?? "text", scope, typed);
  const pgClass = unify(classes) ?? "text";
  // Two columns of unlike collations have no common one: then both by code points.
  const [a, b] = [factsOf(left, scope, typed.columnOf), factsOf(right, scope, typed.columnOf)];
  const use = a?.cast === "none" && b?.cast === "none" && a.collation === b.collation ? useOf(op) : "order";
  return sql`${renderTyped(left, scope, typed, pgClass, use)} ${sql.raw(comparison(op))} ${renderTyped(right, scope, typed, pgClass, use)}`;
}

const never = (of: SqlFragment): SqlFragment => sql`(${of} IS NULL AND NULL::bool)`;
const always = (of: SqlFragment): SqlFragment => sql`(${of} IS NOT NULL OR NULL::bool)`;

function modeOf(value: Value, pgClass: PgClass, typed: TypedWithModes): Mode | undefined {
  if (value.kind === "slot") return typed.mode(value.slot, pgClass, "value");
  const encoded = encode(value.value, pgClass);
  return isUnfit(encoded) ? encoded.mode : undefined;
}

function compareValue(op: Op, left: SourceExpr, value: Value, pgClass: PgClass, scope: Scope, typed: TypedWithModes): SqlFragment {
  const own = classOf(left, scope, typed.columnOf) ?? pgClass;
  const mode = modeOf(value, pgClass, typed);
  if (mode === undefined) {
    if (factsOf(left, scope, typed.columnOf)?.fine === true) return compareFine(op, left, value, pgClass);
    return sql`${renderTyped(left, scope, typed, pgClass, useOf(op))} ${sql.raw(comparison(op))} ${typedParameter(value, pgClass)}`;
  }
  return compareUnfit(op, { sql: renderTyped(left, scope, typed, null), pgClass: own }, value, mode);
}

/** The value does not fit the column's type. */
function compareUnfit(op: Op, left: { readonly sql: SqlFragment; readonly pgClass: PgClass }, value: Value, mode: Mode): SqlFragment {
  const word = sql.raw(comparison(op));
  const asText = castTo(left.sql, left.pgClass, "text");
  switch (mode) {
    case "numeric":
      return sql`${castTo(left.sql, left.pgClass, "numeric")} ${word} ${typedParameter(value, "numeric")}`;
    case "text":
      return sql`${asText} ${word} ${typedParameter(value, "text")}`;
    case "nul": {
      if (op === "=") return never(asText);
      if (op === "<>") return always(asText);
      // No text of the server lies between the value and the part of it before the first character that it cannot hold.
      const held = parameter(value.kind === "slot" ? { kind: "slot", slot: value.slot, as: "value", type: "heldPrefix" } : { kind: "constant", value: value.value, type: "heldPrefix" });
      return sql`${asText} ${sql.raw(op === "<" || op === "<=" ? "<=" : ">")} ${held}::text`;
    }
  }
}

function compareFine(op: Op, left: SourceExpr, value: Value, pgClass: PgClass): SqlFragment {
  if (left.kind !== "column") throw new Error("only a column has digits of its own");
  const column = sql`${sql.identifier(left.alias)}.${sql.identifier(left.column)}`;
  const from = typedParameter(value, pgClass);
  const after = sql`${from} + interval '1 millisecond'`;
  return compareWithin(op, column, from, after);
}

function renderIn(cond: Extract<SourceCond, { kind: "inList" }>, scope: Scope, typed: TypedWithModes): SqlFragment {
  const { list } = cond;
  const pgClass = classOf(cond.left, scope, typed.columnOf) ?? "text";
  const left = renderTyped(cond.left, scope, typed, pgClass, "equality");
  const whole = list.kind === "constants" ? constantList(list.values, pgClass) : slotList(list, pgClass, typed);
  // A list of which no element fits the type is no empty list.
  const found = whole === null ? never(left) : sql`${left} = ANY(${whole})`;
  return cond.negated ? sql`NOT (${found})` : found;
}

function slotList(list: SourceExpr, pgClass: PgClass, typed: TypedWithModes): SqlFragment | null {
  if (list.kind !== "slot") throw new Error("a list comes by a slot or as constants");
  return typed.mode(list.slot, pgClass, "list") === undefined ? typedParameter(list, pgClass, "list") : null;
}

function constantList(values: readonly Cell[], pgClass: PgClass): SqlFragment | null {
  // One parameter, as a bound list is: a code table has hundreds of lines.
  const encoded = encodeList(values, pgClass);
  return isUnfit(encoded) ? null : sql`${parameter({ kind: "constant", value: encoded, type: "encoded" })}::${sql.raw(typeNames[pgClass])}[]`;
}

/** By code points, without wildcards. A prefix of a column whose own collation is "C" becomes a range, which its index serves. */
function renderTextPart(cond: Extract<SourceCond, { kind: "startsWith" | "contains" }>, scope: Scope, typed: TypedWithModes): SqlFragment {
  const text = renderTyped(cond.text, scope, typed, "text");
  const { part } = cond;
  if (!isValue(part)) throw new Error("what a text is searched for is a value");
  if (modeOf(part, "text", typed) !== undefined) return never(text);
  const searched = typedParameter(part, "text");
  if (cond.kind === "contains") return sql`strpos(${text}, ${searched}) > 0`;
  const facts = factsOf(cond.text, scope, typed.columnOf);
  if (part.kind !== "slot" || facts?.collation !== "C") return sql`starts_with(${text}, ${searched})`;
  if (typed.mode(part.slot, "text", "prefixEnd") !== undefined) return sql`${text} >= ${searched}`;
  return sql`(${text} >= ${searched} AND ${text} < ${typedParameter(part, "text", "prefixEnd")})`;
}
