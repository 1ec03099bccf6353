/**
 * Predicates in unified terms: the `where` of queries and of rules, after parsing and typing.
 *
 * Three-valued: an atom over NULL is UNKNOWN, `isNull` alone is two-valued (semantics.md §2, §4).
 */

/**
 * A path from a row: an attribute, or a to-one local link followed by a path on its target.
 * `region` is a hub constant: `["region"]` is the code itself and `["region", "name"]` a column of the region table.
 */
export type Path = readonly [string, ...string[]];

/** A literal in unified form: text, enum, code, region, date = string; instant = epoch ms; decimal = decimal text. */
export type Literal = string | number | boolean;

export type Operand =
  | { readonly kind: "literal"; readonly value: Literal }
  | { readonly kind: "literals"; readonly values: readonly Literal[] }
  /** The n-th bound value of an operation (a GraphQL variable or a hoisted literal), scalar or list by operator. */
  | { readonly kind: "slot"; readonly slot: number }
  /** An attribute of the asking agency: scalar or list. */
  | { readonly kind: "agency"; readonly attribute: string }
  /** The operation's instant plus an offset in milliseconds. */
  | { readonly kind: "now"; readonly offsetMs: number };

export type CompareOperator =
  | "eq"
  | "ne"
  | "lt"
  | "lte"
  | "gt"
  | "gte"
  | "in"
  | "startsWith"
  | "contains"
  /** The region or one above it is in the list. */
  | "within";

/** `Atom`: what a query's filter has beyond a rule's, whose predicates are row-local. */
export type Predicate<Atom = never> =
  | { readonly kind: "true" }
  | { readonly kind: "false" }
  | { readonly kind: "unknown" }
  | { readonly kind: "and"; readonly of: readonly Predicate<Atom>[] }
  | { readonly kind: "or"; readonly of: readonly Predicate<Atom>[] }
  | { readonly kind: "not"; readonly of: Predicate<Atom> }
  | { readonly kind: "compare"; readonly path: Path; readonly operator: CompareOperator; readonly operand: Operand }
  | { readonly kind: "isNull"; readonly path: Path; readonly isNull: boolean }
  | Atom;

export const TRUE: Predicate = { kind: "true" };
export const FALSE: Predicate = { kind: "false" };
export const UNKNOWN: Predicate = { kind: "unknown" };
