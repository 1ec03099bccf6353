/**
 * Conditions with their types. A comparison is said in the column's own type, so that its index serves, unless its value does not fit.
 *
 * Where the column as the hub reads it is no plain column (texts of another collation, days that may be none), a comparison of the bare
 * column that holds wherever the exact one does stands beside it, for the index alone.
 */
import type { Cell, SourceCond, SourceExpr } from "../contract/sourceQuery.ts";
import { type SqlFragment, sql } from "../sql/drizzle.ts";
import { compareWithin } from "../sql/fineTimes.ts";
import { comparison, parameter, type Scope } from "../sql/renderExpr.ts";
import { isUnfit } from "../sql/statements.ts";
import { encode, fitting, type Mode, type Rounding } from "./bounds.ts";
import { typeWord } from "./parameters.ts";
import { asNumeric, type MysqlColumn, type Shape, TEXT, unify } from "./shape.ts";
import { bareColumn, castTo, factsOf, isFine, renderNumeric, renderTyped, shapeOf, type Typed, typedParameter } from "./typedExpr.ts";

type Op = Extract<SourceCond, { kind: "compare" }>["op"];
type Value = Extract<SourceExpr, { kind: "slot" | "constant" }>;
type Column = Extract<SourceExpr, { kind: "column" }>;

/** Null: the common way serves. */
export function renderTypedCond(cond: SourceCond, scope: Scope, typed: Typed, onlyTruth: boolean): SqlFragment | null {
  switch (cond.kind) {
    case "compare":
      return renderCompare(cond.op, cond.left, cond.right, scope, typed, onlyTruth);
    case "inList":
      return renderIn(cond, scope, typed);
    case "inRanges":
      return renderRanges(cond, scope, typed, onlyTruth);
    case "hasType": {
      const own = shapeOf(cond.of, scope, typed);
      const isNumber = own !== null && asNumeric(own) !== null;
      return isNumber === (cond.type === "number") ? sql`${renderTyped(cond.of, scope, typed, null)} IS NOT NULL` : sql`FALSE`;
    }
    case "consistsOf": {
      const points = Array.from(cond.characters, (character) => `\\x{${(character.codePointAt(0) as number).toString(16)}}`).join("");
      return matches(renderTyped(cond.of, scope, typed, TEXT), `\\A[${points}]*+\\z`);
    }
    case "digits":
      return matches(renderTyped(cond.of, scope, typed, TEXT), `\\A[0-9]{${Math.trunc(cond.length)}}\\z`);
    case "significant": {
      const { sql: of } = renderNumeric(cond.of, scope, typed);
      return sql`CHAR_LENGTH(TRIM(BOTH '0' FROM REPLACE(CAST(ABS(${of}) AS CHAR), '.', ''))) <= ${sql.raw(String(Math.trunc(cond.digits)))}`;
    }
    case "startsWith":
    case "contains":
      return renderTextPart(cond, scope, typed);
    default:
      return null;
  }
}

const raw = (text: string): SqlFragment => parameter({ kind: "constant", value: text, type: typeWord(TEXT, "raw") });
const matches = (text: SqlFragment, pattern: string): SqlFragment => sql`${text} REGEXP ${raw(pattern)}`;

const isValue = (expr: SourceExpr): expr is Value => expr.kind === "slot" || expr.kind === "constant";
const turned: Readonly<Record<Op, Op>> = { "=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<=" };

function renderCompare(op: Op, left: SourceExpr, right: SourceExpr, scope: Scope, typed: Typed, onlyTruth: boolean): SqlFragment {
  const shapes = [shapeOf(left, scope, typed), shapeOf(right, scope, typed)] as const;
  if (isValue(right) && !(isValue(left) && shapes[0] === null && shapes[1] !== null)) return compareValue(op, left, right, shapes[0] ?? shapes[1] ?? TEXT, scope, typed, onlyTruth);
  if (isValue(left)) return compareValue(turned[op], right, left, shapes[1] ?? shapes[0] ?? TEXT, scope, typed, onlyTruth);
  const shape = unify(shapes) ?? TEXT;
  const exact = sql`${renderTyped(left, scope, typed, shape)} ${sql.raw(comparison(op))} ${renderTyped(right, scope, typed, shape)}`;
  if (op !== "=" || shape.kind !== "text") return exact;
  const bare = bareEquality(left, renderTyped(right, scope, typed, shape), factsOf(right, scope, typed), right, scope, typed) ?? bareEquality(right, renderTyped(left, scope, typed, shape), factsOf(left, scope, typed), left, scope, typed);
  return bare === null ? exact : sql`(${bare} AND ${exact})`;
}

const hasIndexOfItsOwn = (facts: MysqlColumn | undefined, typed: Typed): facts is MysqlColumn & { readonly charset: string; readonly collation: string } =>
  facts?.reading === "text" && facts.charset !== null && facts.collation !== null && facts.collation !== typed.collation;

const nameOf = (word: string): SqlFragment => {
  if (!/^\w+$/.test(word)) throw new Error("no name of a character set or a collation");
  return sql.raw(word);
};

/** The value as the column's own collation compares it: equal wherever the two are equal by code points. */
const asColumn = (value: SqlFragment, { charset, collation }: { readonly charset: string; readonly collation: string }): SqlFragment => sql`CONVERT(${value} USING ${nameOf(charset)}) COLLATE ${nameOf(collation)}`;

/** A column of texts against another expression. */
function bareEquality(column: SourceExpr, other: SqlFragment, otherFacts: MysqlColumn | undefined, otherExpr: SourceExpr, scope: Scope, typed: Typed): SqlFragment | null {
  const facts = factsOf(column, scope, typed);
  if (column.kind !== "column" || !hasIndexOfItsOwn(facts, typed)) return null;
  const isAlike = otherExpr.kind === "column" && otherFacts?.reading === "text" && otherFacts.charset === facts.charset && otherFacts.collation === facts.collation;
  return sql`${bareColumn(column)} = ${isAlike ? bareColumn(otherExpr) : asColumn(other, facts)}`;
}

const never = (of: SqlFragment): SqlFragment => sql`(${of} IS NULL AND NULL)`;
const always = (of: SqlFragment): SqlFragment => sql`(${of} IS NOT NULL OR NULL)`;

function modeOf(value: Value, shape: Shape, use: Rounding, typed: Typed): Mode | undefined {
  if (value.kind === "slot") return typed.mode(value.slot, typeWord(shape, use), "value");
  const encoded = encode(value.value, shape, use);
  return isUnfit(encoded) ? encoded.mode : undefined;
}

/** A bound keeps the same cells on either side when it is rounded so. */
const roundingOf: Readonly<Record<Op, Rounding>> = { "=": "exact", "<>": "exact", "<": "up", ">=": "up", "<=": "down", ">": "down" };

function compareValue(op: Op, left: SourceExpr, value: Value, shape: Shape, scope: Scope, typed: Typed, onlyTruth: boolean): SqlFragment {
  const word = comparison(op);
  const rounding = roundingOf[op];
  const exact = renderTyped(left, scope, typed, shape);
  const mode = modeOf(value, shape, rounding, typed);
  if (mode !== undefined) return compareUnfit(op, { exact, shape, value, mode }, scope, typed);
  const facts = factsOf(left, scope, typed);
  const bound = typedParameter(value, shape, rounding);
  const said = sql`${exact} ${sql.raw(word)} ${bound}`;
  if (left.kind !== "column" || facts === undefined || facts.shape.kind !== shape.kind) return said;
  if (facts.reading === "time") {
    if (isFine(facts.shape)) return compareFine(op, left, bound, exact, onlyTruth);
    // A day that is none is on some side of every bound.
    return onlyTruth ? sql`(${bareColumn(left)} ${sql.raw(word)} ${bound} AND ${exact} IS NOT NULL)` : said;
  }
  return op === "=" && hasIndexOfItsOwn(facts, typed) ? sql`(${bareColumn(left)} = ${asColumn(bound, facts)} AND ${said})` : said;
}

/** The value does not fit the shape. */
function compareUnfit(op: Op, { exact, shape, value, mode }: { readonly exact: SqlFragment; readonly shape: Shape; readonly value: Value; readonly mode: Mode }, scope: Scope, typed: Typed): SqlFragment {
  switch (mode) {
    case "text":
      return sql`${castTo(exact, shape, TEXT, typed)} ${sql.raw(comparison(op))} ${renderTyped(value, scope, typed, TEXT)}`;
    case "broken": {
      if (op === "=") return never(exact);
      if (op === "<>") return always(exact);
      return sql`${exact} ${sql.raw(op === "<" || op === "<=" ? "<" : ">=")} ${typedParameter(value, TEXT, "broken")}`;
    }
    default:
      // Rounded up beyond all cells, rounded down below them, or equal to none.
      return op === "<" || op === ">" || op === "<>" ? always(exact) : never(exact);
  }
}

function compareFine(op: Op, left: Column, from: SqlFragment, exact: SqlFragment, onlyTruth: boolean): SqlFragment {
  const column = onlyTruth ? bareColumn(left) : sql`(${bareColumn(left)} + INTERVAL 0 DAY)`;
  const after = sql`(${from} + INTERVAL 1000 MICROSECOND)`;
  const ranged = compareWithin(op, column, from, after);
  return onlyTruth ? sql`(${ranged} AND ${exact} IS NOT NULL)` : ranged;
}

/** Beyond so many constants a second list for the index costs more than it saves. */
const bareConstantsMax = 256;

function renderIn(cond: Extract<SourceCond, { kind: "inList" }>, scope: Scope, typed: Typed): SqlFragment {
  const { list, left } = cond;
  const shape = shapeOf(left, scope, typed) ?? TEXT;
  const exact = renderTyped(left, scope, typed, shape);
  const items = list.kind === "constants" ? constantItems(list.values, shape) : slotItems(list, shape, typed);
  const found = (): SqlFragment => {
    if (items === "empty") return sql`FALSE`;
    // A list of which no element fits the shape is no empty list.
    if (items === "unfit") return never(exact);
    const said = sql`${exact} IN (${sql.join([...items], sql`, `)})`;
    const facts = factsOf(left, scope, typed);
    if (left.kind !== "column" || !hasIndexOfItsOwn(facts, typed) || items.length > bareConstantsMax) return said;
    return sql`(${bareColumn(left)} IN (${sql.join(items.map((item) => asColumn(item, facts)), sql`, `)}) AND ${said})`;
  };
  return cond.negated ? sql`NOT (${found()})` : found();
}

type Items = readonly SqlFragment[] | "empty" | "unfit";

function slotItems(list: SourceExpr, shape: Shape, typed: Typed): Items {
  if (list.kind !== "slot") throw new Error("a list comes by a slot or as constants");
  const mode = typed.mode(list.slot, typeWord(shape, "exact"), "list");
  if (mode === "empty" || mode === "unfit") return mode;
  return placesOf(mode).map((place) => typedParameter(list, shape, "exact", place));
}

/** Before the values are known there is one parameter, whose encoding says how many there must be. */
const placesOf = (mode: Mode | undefined): readonly (number | "whole")[] => (mode?.startsWith("list ") === true ? Array.from({ length: Number(mode.slice(5)) }, (_, place) => place) : ["whole"]);

function constantItems(values: readonly Cell[], shape: Shape): Items {
  if (values.length === 0) return "empty";
  const items = fitting(values, shape);
  return items.length === 0 ? "unfit" : items.map((value) => typedParameter({ kind: "constant", value }, shape, "exact"));
}

function renderRanges(cond: Extract<SourceCond, { kind: "inRanges" }>, scope: Scope, typed: Typed, onlyTruth: boolean): SqlFragment {
  const { low, high } = cond;
  if (low.kind !== "slot" || high.kind !== "slot") throw new Error("ranges come by two slots");
  const shape = shapeOf(cond.of, scope, typed);
  if (shape === null || asNumeric(shape) === null) throw new Error("ranges are of numbers");
  const mode = typed.mode(low.slot, typeWord(shape, "up"), "list");
  if (mode === "empty") return sql`FALSE`;
  const exact = renderTyped(cond.of, scope, typed, shape);
  const ranges = placesOf(mode).map((place) => sql`${exact} BETWEEN ${typedParameter(low, shape, "up", place)} AND ${typedParameter(high, shape, "down", place)}`);
  const found = sql`(${sql.join(ranges, sql` OR `)})`;
  // Two-valued, where that is asked for: NULL is in no range.
  return onlyTruth ? found : sql`(${found} IS TRUE)`;
}

/**
 * By code points, without wildcards. A prefix of a column that itself orders by code points becomes a range, which its index serves; not
 * a LIKE, for which the server's index misses texts that go on with a control character.
 */
function renderTextPart(cond: Extract<SourceCond, { kind: "startsWith" | "contains" }>, scope: Scope, typed: Typed): SqlFragment {
  const { part } = cond;
  if (!isValue(part)) throw new Error("what a text is searched for is a value");
  const text = renderTyped(cond.text, scope, typed, TEXT);
  if (modeOf(part, TEXT, "exact", typed) !== undefined) return never(text);
  const searched = typedParameter(part, TEXT, "exact");
  if (cond.kind === "contains") return sql`LOCATE(${searched}, ${text}) > 0`;
  const said = sql`LEFT(${text}, CHAR_LENGTH(${searched})) = ${searched}`;
  const facts = factsOf(cond.text, scope, typed);
  if (facts?.collation !== typed.collation || part.kind !== "slot") return said;
  if (typed.mode(part.slot, typeWord(TEXT, "end"), "value") !== undefined) return sql`${text} >= ${searched}`;
  return sql`(${text} >= ${searched} AND ${text} < ${typedParameter(part, TEXT, "end")})`;
}
