/** Questions as plain data: the model evaluates them, the harness writes them in GraphQL. */
export type Literal = string | number | boolean;
export type Operand = Literal | readonly Literal[] | { readonly agency: string } | { readonly nowPlusMs: number };
export type Operator = "eq" | "ne" | "lt" | "lte" | "gt" | "gte" | "in" | "startsWith" | "contains" | "within";

/**
 * Literals in model form: an instant is epoch ms, a decimal its text. A path ends in an attribute, or goes on from `region` to a column
 * of the region table.
 */
export type Filter =
  | { readonly and: readonly Filter[] }
  | { readonly or: readonly Filter[] }
  | { readonly not: Filter }
  /** Fields of one input object: they all hold. */
  | { readonly all: readonly Filter[] }
  /** A filter of the row that a link reaches, or of the region. */
  | { readonly at: string; readonly holds: Filter }
  /** A filter of the rows that an across link lists. */
  | { readonly across: string; readonly quantity: "some" | "none"; readonly of: Filter }
  | { readonly path: Path; readonly op: Operator; readonly value: Operand; readonly asVariable?: boolean }
  | { readonly path: Path; readonly isNull: boolean };

export type Selection =
  | { readonly kind: "id" | "ownerRegion" | "typename" }
  | { readonly kind: "attribute" | "original" | "acrossCount"; readonly name: string }
  | { readonly kind: "provenance"; readonly parts: readonly string[] }
  | { readonly kind: "link" | "across"; readonly name: string; readonly first?: number; readonly select: readonly Selection[] };

export type Path = readonly string[];
export type OrderTerm = Readonly<{ path: Path; descending: boolean }>;

/** `skip`: rows passed before the page begins, in reading direction; the harness turns it into a cursor that the hub gave. */
export type Connection = Readonly<{ kind: "connection"; entity: string; where: Filter | null; orderBy: readonly OrderTerm[] }> &
  Readonly<{ size: number; backward: boolean; skip: number; select: readonly Selection[] }>;

export type Place = Readonly<{ source: string; locator: readonly (string | number)[] }>;
/** By `station(id)` or `node(id)`: the first place alone; by `nodes(ids)`: all of them. */
export type ById = Readonly<{ kind: "byId"; entity: string; places: readonly Place[]; via: "field" | "node" | "nodes"; select: readonly Selection[] }>;

export type Figure = "count" | "countDistinct" | "min" | "max" | "sum" | "avg";
export type GroupBy = Readonly<{ path: Path; bucket?: "HOUR" | "DAY" | "MONTH" | "YEAR"; zone?: string }>;
/** `path` is empty for `count`. */
export type Measure = Readonly<{ figure: Figure; path: Path }>;
/** Paths of `having` and `orderBy` begin with a figure (`sum output`, `count`) or with `key`. */
export type Aggregate = Readonly<{ kind: "aggregate" | "published"; entity: string; where: Filter | null; groupBy: readonly GroupBy[] }> &
  Readonly<{ measures: readonly Measure[]; having: Filter | null; orderBy: readonly OrderTerm[]; first: number | null }>;

export type Query = Connection | ById | Aggregate;
export type Door = "query" | "aggregate" | "subscribe" | "export";
