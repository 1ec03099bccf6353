/**
 * A query in a source's own terms: columns, never attributes. The hub lowers once (`src/plan/lower`), adapters only translate
 * this to their dialect. Values never stand in it: they are slots, filled by `AuthorisedQuery.values`, so that one template is
 * one prepared statement.
 */

/** A cell as the driver hands it over. */
export type Cell = null | number | string | bigint | boolean | Uint8Array;
/** A value bound to a slot: a scalar, or a list for `in`. */
export type BoundValue = Cell | readonly Cell[];

export type SourceExpr =
  | { readonly kind: "column"; readonly alias: string; readonly column: string }
  /** SQLite's and a mirror's row number: the default tie. */
  | { readonly kind: "rowid"; readonly alias: string }
  /**
   * A text that stands for the cells of a key and tells nothing of them: a hash under a secret that the hub has for this source, the same
   * in every statement; NULL where one of them is. The tie where a table has no row number; only where the capabilities say so.
   */
  | { readonly kind: "keyHash"; readonly alias: string; readonly columns: readonly string[] }
  /** A constant of the mapping (never of a query or a rule). */
  | { readonly kind: "constant"; readonly value: Cell }
  | { readonly kind: "slot"; readonly slot: number }
  /** A lens function of the hub that runs inside the source: total, NULL for garbage. `lens` names a chain of the mapping. */
  | { readonly kind: "lens"; readonly lens: string; readonly form: LensForm; readonly args: readonly SourceExpr[] }
  | { readonly kind: "coalesce"; readonly of: readonly SourceExpr[] }
  | { readonly kind: "when"; readonly cond: SourceCond; readonly then: SourceExpr; readonly otherwise: SourceExpr }
  /** Two-valued truth of a condition as 1 or 0: guards that the hub must see. */
  | { readonly kind: "truth"; readonly cond: SourceCond }
  /** The first characters (Unicode code points) of a text. */
  | { readonly kind: "start"; readonly of: SourceExpr; readonly length: number }
  /**
   * A number's cell on one scale for all parts, as a whole number: (of · times + plus) / over without its fraction. The three are
   * integers in decimal text. Only where a source runs no lens functions.
   */
  | { readonly kind: "linear"; readonly of: SourceExpr; readonly times: string; readonly plus: string; readonly over: string }
  /**
   * Start of the bucket (epoch ms) in which an instant (`of`, epoch ms) lies, in a named IANA zone; NULL for NULL. Where `of` is a column
   * of times: some time within the bucket, as the column spells it, and as few for a bucket as the source can tell exactly.
   * `ownClock`: a `local` column is on the zone's clock.
   */
  | { readonly kind: "bucket"; readonly of: SourceExpr; readonly bucket: TimeBucket; readonly zone: string; readonly ownClock?: boolean };

export type TimeBucket = "HOUR" | "DAY" | "MONTH" | "YEAR";

/**
 * What a lens function answers inside the source.
 *
 * `printed`: the value as filters and groups see it (decimal: integer scaled by the attribute's scale; instant: epoch ms; boolean:
 * 0 or 1; else text). `exact`: a value whose native order is the exact order (decimal: text key of fixed width; else as printed).
 * `number`: the cleaned source number before its unit is converted, as number or decimal text, for sums.
 */
export type LensForm = "printed" | "exact" | "number";

export type SourceCond =
  | { readonly kind: "true" }
  | { readonly kind: "false" }
  | { readonly kind: "and"; readonly of: readonly SourceCond[] }
  | { readonly kind: "or"; readonly of: readonly SourceCond[] }
  /** Only over two-valued conditions (`isNull`, `isTrue`, `isNotFalse` and their and/or): plain NOT over a guard leaks. */
  | { readonly kind: "not"; readonly of: SourceCond }
  | { readonly kind: "compare"; readonly op: "=" | "<>" | "<" | "<=" | ">" | ">="; readonly left: SourceExpr; readonly right: SourceExpr }
  | { readonly kind: "inList"; readonly left: SourceExpr; readonly list: SourceExpr | { readonly kind: "constants"; readonly values: readonly Cell[] }; readonly negated: boolean }
  | { readonly kind: "isNull"; readonly of: SourceExpr; readonly negated: boolean }
  /** The cell's own storage type, where a column does not vouch for it (SQLite outside STRICT tables); FALSE for NULL. */
  | { readonly kind: "hasType"; readonly of: SourceExpr; readonly type: "number" | "text" }
  /** The text has no character but these; TRUE for the empty text. */
  | { readonly kind: "consistsOf"; readonly of: SourceExpr; readonly characters: string }
  /** The text is so many ASCII digits and nothing else. */
  | { readonly kind: "digits"; readonly of: SourceExpr; readonly length: number }
  /** The number has at most so many significant decimal digits. Only where a source runs no lens functions. */
  | { readonly kind: "significant"; readonly of: SourceExpr; readonly digits: number }
  /** Some i with low[i] <= of <= high[i]: two bound lists of numbers, equally long. FALSE for NULL. */
  | { readonly kind: "inRanges"; readonly of: SourceExpr; readonly low: SourceExpr; readonly high: SourceExpr }
  /** By Unicode code points, no wildcards, case-sensitive. */
  | { readonly kind: "startsWith" | "contains"; readonly text: SourceExpr; readonly part: SourceExpr }
  /** Two-valued reading of a three-valued condition. */
  | { readonly kind: "isTrue" | "isNotTrue" | "isFalse" | "isNotFalse"; readonly of: SourceCond }
  /** No row of the same table has the same key and a higher `by` (ties: higher rowid). Not a filter: the base relation. */
  | { readonly kind: "isLatest"; readonly table: string; readonly alias: string; readonly key: readonly string[]; readonly by: readonly string[] };

export interface SourceJoin {
  /** The joined table, once; LEFT JOIN, at most one row matches. */
  readonly table: string;
  readonly alias: string;
  readonly on: SourceCond;
}

/** One SELECT of a UNION ALL; all parts have the same number of columns. */
export interface SelectPart {
  readonly table: string;
  readonly alias: string;
  readonly joins: readonly SourceJoin[];
  readonly where: SourceCond;
  readonly columns: readonly SourceExpr[];
}

export interface RowsTemplate {
  readonly kind: "rows";
  readonly parts: readonly SelectPart[];
  /** By position of the part's columns. NULLS LAST in forward reading, FIRST in backward reading, for every key. */
  readonly order: readonly { readonly column: number; readonly descending: boolean }[];
  readonly backward: boolean;
  /** Slot of the row limit, or null: every row (by keys, bounded by the caller's cap). */
  readonly limitSlot: number | null;
  readonly slotCount: number;
}

export type AggregateFunction = "count" | "countDistinct" | "min" | "max" | "sum";

/**
 * Grouped aggregation over the parts. `groupBy` and `arg` are positions of the parts' columns; the columns hold printed forms for
 * groups and countDistinct, raw cells for sum, min and max. Sums are exact: text of a decimal (`"123.45"`), NULL over no value;
 * with `count` of non-NULL values beside each, so that averages merge.
 */
export interface AggregateTemplate {
  readonly kind: "aggregate";
  readonly parts: readonly SelectPart[];
  readonly groupBy: readonly number[];
  readonly measures: readonly { readonly fn: AggregateFunction; readonly column: number | null }[];
  readonly slotCount: number;
}

export type SourceTemplate = RowsTemplate | AggregateTemplate;
