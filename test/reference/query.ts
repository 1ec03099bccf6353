/** Questions as plain data: the model evaluates them, `queryText.ts` writes them in GraphQL. */
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
  | { readonly path: readonly string[]; readonly op: Operator; readonly value: Operand; readonly asVariable?: boolean }
  | { readonly path: readonly string[]; readonly isNull: boolean };

export type Selection =
  | { readonly kind: "id" | "ownerRegion" | "typename" }
  | { readonly kind: "attribute"; readonly name: string }
  | { readonly kind: "original"; readonly name: string }
  | { readonly kind: "provenance"; readonly parts: readonly string[] }
  | { readonly kind: "link" | "across"; readonly name: string; readonly select: readonly Selection[] };

export interface OrderTerm {
  readonly path: readonly string[];
  readonly descending: boolean;
}

/** Positions are offsets in the whole order; the harness turns them into cursors that the hub gave. */
export interface Connection {
  readonly kind: "connection";
  readonly entity: string;
  readonly where: Filter | null;
  readonly orderBy: readonly OrderTerm[];
  readonly size: number;
  readonly backward: boolean;
  /** Rows passed before the page begins, in reading direction. */
  readonly skip: number;
  readonly select: readonly Selection[];
}

export interface ById {
  readonly kind: "byId";
  readonly entity: string;
  readonly source: string;
  readonly locator: readonly (string | number)[];
  readonly viaNode: boolean;
  readonly select: readonly Selection[];
}

export type Figure = "count" | "countDistinct" | "min" | "max" | "sum" | "avg";
export interface GroupBy {
  readonly path: readonly string[];
  readonly bucket?: "HOUR" | "DAY" | "MONTH" | "YEAR";
  readonly zone?: string;
}
export interface Measure {
  readonly figure: Figure;
  /** Empty for `count`. */
  readonly path: readonly string[];
}
export type Having =
  | { readonly and: readonly Having[] }
  | { readonly or: readonly Having[] }
  | { readonly not: Having }
  | { readonly on: Measure | { readonly key: readonly string[] }; readonly op: Operator; readonly value: Literal | readonly Literal[] }
  | { readonly on: Measure | { readonly key: readonly string[] }; readonly isNull: boolean };

export interface Aggregate {
  readonly kind: "aggregate" | "published";
  readonly entity: string;
  readonly where: Filter | null;
  readonly groupBy: readonly GroupBy[];
  readonly measures: readonly Measure[];
  readonly having: Having | null;
  readonly orderBy: readonly { readonly on: Measure | { readonly key: readonly string[] }; readonly descending: boolean }[];
  readonly first: number | null;
}

export type Query = Connection | ById | Aggregate;
export type Door = "query" | "aggregate";
export const doorOf = (query: Query): Door => (query.kind === "aggregate" || query.kind === "published" ? "aggregate" : "query");
