/**
 * A source that is asked live but answers no query of its own: a web API with parameters. It gives, page by page, at least the rows
 * that its parameters can narrow a query to; the query itself runs on those rows in a private database (`openFetched.ts`).
 *
 * A kind of this sort knows no query: it is handed what is wanted of a table in the table's own columns, as texts.
 */

/**
 * What a parameter of the source narrows by. The declaration is a promise of whoever writes it: with the parameter set, the source
 * still gives every row of which the column, as the source spells it, is equal to, in, or on that side of the value.
 */
export type PushOperator = "eq" | "in" | "gte" | "gt" | "lte" | "lt";

export interface PushableColumn {
  readonly operators: ReadonlySet<PushOperator>;
  /** Most values of one `in`. */
  readonly listMax: number;
  /** Joins the values of an `in`; one that holds it cannot stand in a list. Empty: they are not joined. */
  readonly separator: string;
  /** FALSE: no row's cell is spelt like this, so nothing need be asked for; some servers answer such a value with an error. */
  couldBe?(value: string): boolean;
}

export interface FetchedTable {
  readonly name: string;
  /** Everything else that a row brings is left out. */
  readonly columns: readonly string[];
  /** Tells rows apart: what two requests both bring is one row, and a row without it is none. */
  readonly key: readonly string[];
  readonly push: Readonly<Record<string, PushableColumn>>;
  /** The table may be read without any narrowing. */
  readonly mayReadAll: boolean;
  /** Columns that every request has to narrow by. */
  readonly require: readonly string[];
}

/** What one column may be; bounds compare as texts by code points. */
export type ColumnWant =
  | { readonly kind: "values"; readonly values: readonly string[] }
  | { readonly kind: "range"; readonly low: Bound | null; readonly high: Bound | null };

export interface Bound {
  readonly value: string;
  readonly inclusive: boolean;
}

/** One request's narrowing: operators that the table declares, one value each, a list for `in`. */
export interface Pushed {
  readonly column: string;
  readonly operator: PushOperator;
  readonly values: readonly string[];
}

export interface FetchedPage {
  /** Cells in the order of the table's columns. */
  readonly rows: readonly (readonly (string | null)[])[];
  /** As they came over the wire. */
  readonly bytes: number;
}

export interface Fetcher {
  readonly tables: readonly FetchedTable[];
  /** Throws a `SourceFailure`; whoever reads must not use the rows of any page unless all came. */
  pages(table: string, pushed: readonly Pushed[], signal: AbortSignal): AsyncIterable<FetchedPage>;
  /** The first request, without the server's name and without secrets: `GET /hour?from=…`. */
  describe(table: string, pushed: readonly Pushed[]): string;
}

/** What one query may cost. */
export interface FetchLimits {
  /** Rows that meet the query's own conditions, held for it. */
  readonly rowsMax: number;
  /** Of all pages together. */
  readonly bytesMax: number;
  /** Listings that one query may start, pages not counted. */
  readonly requestsMax: number;
}
