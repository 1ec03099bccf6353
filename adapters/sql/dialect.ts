/**
 * What differs between SQL databases, as one small value. `renderQuery` does the rest with drizzle's fragments, which quote
 * identifiers and number parameters in each database's way.
 */
import type { BoundValue, Cell, LensForm, SourceCond, SourceExpr, TimeBucket } from "../contract/sourceQuery.ts";
import type { SqlFragment } from "./drizzle.ts";
import { itemAt } from "./listItems.ts";
import type { Scope } from "./renderExpr.ts";

export interface ColumnFacts {
  readonly notNull: boolean;
  /** Compares as text whatever it is compared with, so that a prefix may become a range and use an index. */
  readonly textual: boolean;
  /** May hold integers beyond 2^53, which a function written in JavaScript would get rounded. */
  readonly wide: boolean;
}

/**
 * A parameter of a rendered query, in the order of the text. `type`: what the dialect's text says it is, where types are named. `item`:
 * of a list, where each element is a parameter of its own.
 */
export type Parameter =
  | { readonly kind: "constant"; readonly value: Cell; readonly type?: string }
  /** `list`: the whole list as one value. `prefixEnd`: the least text above every text that starts with the value. */
  | { readonly kind: "slot"; readonly slot: number; readonly as: "value" | "list" | "prefixEnd"; readonly type?: string; readonly item?: number };

/** An expression where it stands. */
export interface Placed {
  readonly expr: SourceExpr;
  readonly scope: Scope;
}

export interface RenderedQuery {
  readonly text: string;
  readonly parameters: readonly Parameter[];
}

export type Reading = "isTrue" | "isNotTrue" | "isFalse" | "isNotFalse";

export interface SqlDialect {
  toQuery(fragment: SqlFragment): { readonly sql: string; readonly params: readonly unknown[] };
  /** Unknown columns: nothing is known of them (`notNull: false, textual: false, wide: true`). */
  columnFacts(table: string, column: string): ColumnFacts;
  /** The column as it compares and orders by code points. */
  column(of: { readonly table: string; readonly alias: string; readonly column: string }): SqlFragment;
  rowid(of: { readonly table: string; readonly alias: string }): SqlFragment;
  /** What tells the rows of a table apart, the last tie of `isLatest`: the row number, or the columns of a key without NULLs. */
  identity(of: { readonly table: string; readonly alias: string }): readonly SqlFragment[];
  boolean(value: boolean): SqlFragment;
  reading(cond: SqlFragment, reading: Reading): SqlFragment;
  /** NULL equals NULL. */
  notDistinct(left: SqlFragment, right: SqlFragment): SqlFragment;
  /** `list` is one value that holds all elements. */
  inList(left: SqlFragment, list: SqlFragment): SqlFragment;
  /** Two-valued: FALSE for NULL. */
  hasType(of: SqlFragment, type: "number" | "text"): SqlFragment;
  /** `isText`: every non-NULL value is text already; otherwise it compares as the hub spells it (`5`, never `5.0`). */
  startsWith(text: SqlFragment, part: SqlFragment, isText: boolean): SqlFragment;
  contains(text: SqlFragment, part: SqlFragment, isText: boolean): SqlFragment;
  consistsOf(text: SqlFragment, characters: SqlFragment): SqlFragment;
  digits(text: SqlFragment, length: number): SqlFragment;
  /** Both lists as one value each. */
  inRanges(of: SqlFragment, low: SqlFragment, high: SqlFragment): SqlFragment;
  /** A call of the hub's lens function inside the source; `name` is the chain's id. */
  lens(name: SqlFragment, form: LensForm, args: readonly SqlFragment[]): SqlFragment;
  bucket(of: SqlFragment, bucket: TimeBucket, zone: SqlFragment): SqlFragment;
  /** `summands`: what stands at the summed position in each part. */
  exactSum(of: SqlFragment, summands: readonly Placed[]): SqlFragment;
  /** A value on its way into one of the hub's functions: integers beyond 2^53 as text, all else as it is. */
  exactArgument(of: SqlFragment): SqlFragment;
  /** The row limit, from one parameter. */
  limit(of: SqlFragment): SqlFragment;
  /** Order of a position when NULLs must stand as asked: without the NULLS words where that is the native order. */
  orderTerm(term: { readonly position: number; readonly descending: boolean; readonly nulls: "first" | "last" | "none" }): SqlFragment;
  /** Always true; lets a long scan be stopped. Null where the driver can cancel by itself. */
  guard(of: { readonly table: string; readonly alias: string }): SqlFragment | null;
  /** Says what a database with types of its own must say in another way than `renderExpr.ts`; absent or null: in the common way. */
  expression?(expr: SourceExpr, scope: Scope): SqlFragment | null;
  /** `onlyTruth`: FALSE and NULL may be exchanged. */
  condition?(cond: SourceCond, scope: Scope, onlyTruth: boolean): SqlFragment | null;
  /** A column of a SELECT beside those that stand in the same place in the other parts of a UNION ALL. `isFilled`: no row has it NULL. */
  selected?(column: Placed, peers: readonly Placed[], isFilled: boolean): SqlFragment;
  /** A column's name in the answer, where `orderTerm` needs one; no column of any table has it. */
  outputName?(position: number): SqlFragment;
  /** Each part of a UNION ALL is ordered and limited by itself too: the database does not carry a limit into the parts. */
  readonly limitsParts?: boolean;
  /** Later values first, NULL last; absent: with the NULLS words. */
  laterFirst?(of: SqlFragment): SqlFragment;
}

/** Values for `describe`: as the hub bound them, before any driver encoding. */
export const describeParameters = (
  parameters: readonly Parameter[],
  values: readonly BoundValue[],
): readonly unknown[] =>
  parameters.map((parameter) => {
    if (parameter.kind === "constant") return parameter.value;
    const value = values[parameter.slot];
    if (parameter.as === "prefixEnd") return prefixEnd(String(value));
    return parameter.item !== undefined && Array.isArray(value) ? itemAt(value, parameter.item) : value;
  });

/**
 * Least text (by code points) greater than every text that starts with `prefix`, or null if there is none: the prefix is empty or
 * ends in U+10FFFF throughout.
 */
export function prefixEnd(prefix: string): string | null {
  const points = Array.from(prefix, (character) => character.codePointAt(0) as number);
  for (let last = points.pop(); last !== undefined; last = points.pop()) {
    if (last === 0x10ffff) continue;
    // The surrogates are no characters: U+D7FF is followed by U+E000.
    const next = last === 0xd7ff ? 0xe000 : last + 1;
    return String.fromCodePoint(...points, next);
  }
  return null;
}
