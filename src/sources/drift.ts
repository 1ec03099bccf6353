/** Drift: how a source's tables differ now from those that its mapping was compiled on (attacks F08), and what that takes away. */
import type { ColumnInfo, TableInfo } from "../../adapters/contract/adapter.ts";
import type { ChangedTables } from "../mapping/lost.ts";
import type { Mapping } from "../mapping/mapping.ts";

export type DriftChange =
  | "TABLE_GONE"
  /** A view stands for another query, or in the place of a table. */
  | "DEFINITION_CHANGED"
  | "COLUMN_GONE"
  /** Its place among the others is another: it may be another column under the old name. */
  | "COLUMN_MOVED"
  | "TYPE_CHANGED"
  | "COLLATION_CHANGED"
  /** The column may hold NULL now, and could not before. */
  | "NULLS_ADMITTED"
  /** The type lists a value that it did not list. */
  | "VALUE_NEW"
  | "NO_LONGER_UNIQUE"
  | "COLUMN_NEW";

export interface Drift {
  readonly table: string;
  /** Null where it concerns the table; of a key its columns, joined by commas. */
  readonly column: string | null;
  readonly change: DriftChange;
  readonly before: string | null;
  readonly now: string | null;
}

/** What feeds from the table, or from the column, is not read until the source is as it was. What is new feeds nothing. */
const reaches: Readonly<Record<DriftChange, "table" | "column" | "nothing">> = {
  TABLE_GONE: "table",
  DEFINITION_CHANGED: "table",
  COLUMN_GONE: "column",
  COLUMN_MOVED: "column",
  TYPE_CHANGED: "column",
  COLLATION_CHANGED: "column",
  NULLS_ADMITTED: "column",
  VALUE_NEW: "column",
  // Whether a mapping's key still is one is asked of the tables themselves (mapping/lost.ts).
  NO_LONGER_UNIQUE: "nothing",
  COLUMN_NEW: "nothing",
};

export const changedTables = (drift: readonly Drift[], now: readonly TableInfo[]): ChangedTables => ({
  isTouched: (table, column) =>
    drift.some((each) => each.table === table && (reaches[each.change] === "table" || (reaches[each.change] === "column" && column !== null && each.column === column))),
  tables: now,
});

/** Tables that a mapping reads; the others of a database are not its concern. */
export function mappedTables(mapping: Mapping): ReadonlySet<string> {
  const parts = [...mapping.entities.values()].flatMap((entity) => entity.parts);
  return new Set(parts.flatMap(({ table, joins }) => [table, ...joins.map((join) => join.table)]));
}

/** Pure. Empty where nothing differs that a mapping could notice. */
export function findDrift(before: readonly TableInfo[], now: readonly TableInfo[], tables: ReadonlySet<string>): readonly Drift[] {
  const current = new Map(now.map((table) => [table.name, table]));
  return before.filter(({ name }) => tables.has(name)).flatMap((table) => tableDrift(table, current.get(table.name)));
}

function tableDrift(before: TableInfo, now: TableInfo | undefined): readonly Drift[] {
  const drift = (column: string | null, change: DriftChange, was: string | null, is: string | null): Drift => ({ table: before.name, column, change, before: was, now: is });
  if (!now) return [drift(null, "TABLE_GONE", before.name, null)];
  const had = new Map(before.columns.map((column) => [column.name, column]));
  const has = new Map(now.columns.map((column) => [column.name, column]));
  const moved = movedColumns(before.columns, now.columns);
  const uniqueNow = new Set(now.unique.map((set) => JSON.stringify(set)));
  return [
    ...(before.definition === now.definition ? [] : [drift(null, "DEFINITION_CHANGED", null, null)]),
    ...[...had.values()].flatMap((column) => {
      const is = has.get(column.name);
      if (!is) return [drift(column.name, "COLUMN_GONE", typeOf(column), null)];
      return [...(moved.has(column.name) ? [drift(column.name, "COLUMN_MOVED", null, null)] : []), ...columnDrift(column, is).map(({ change, was, now: of }) => drift(column.name, change, was, of))];
    }),
    ...[...has.values()].flatMap((column) => (had.has(column.name) ? [] : [drift(column.name, "COLUMN_NEW", null, typeOf(column))])),
    ...before.unique.flatMap((set) => (uniqueNow.has(JSON.stringify(set)) ? [] : [drift(set.join(","), "NO_LONGER_UNIQUE", "unique", null)])),
  ];
}

const typeOf = ({ type, typeSafe }: ColumnInfo): string => `${type}${typeSafe ? "" : " (unchecked)"}`;
/** Of two types that share a name, what their cells are. */
const cellsOf = ({ cells, digits }: ColumnInfo): string => `${cells ?? ""} ${digits ?? ""}`;

function columnDrift(before: ColumnInfo, now: ColumnInfo): readonly { readonly change: DriftChange; readonly was: string | null; readonly now: string | null }[] {
  const known = new Set(before.values ?? []);
  const added = before.values === undefined ? [] : (now.values ?? []).filter((value) => !known.has(value));
  return [
    ...(typeOf(before) === typeOf(now) && cellsOf(before) === cellsOf(now) ? [] : [{ change: "TYPE_CHANGED" as const, was: typeOf(before), now: typeOf(now) }]),
    ...((before.collation ?? "") === (now.collation ?? "") ? [] : [{ change: "COLLATION_CHANGED" as const, was: before.collation ?? "by bytes", now: now.collation ?? "by bytes" }]),
    ...(before.nullable || !now.nullable ? [] : [{ change: "NULLS_ADMITTED" as const, was: "NOT NULL", now: null }]),
    ...(added.length === 0 ? [] : [{ change: "VALUE_NEW" as const, was: null, now: added.join(", ") }]),
  ];
}

/**
 * Columns of both that may have changed places with others: all but those which stand in every longest common order of the two lists.
 * A column that was dropped, or one more at the end, moves nobody.
 */
function movedColumns(before: readonly ColumnInfo[], now: readonly ColumnInfo[]): ReadonlySet<string> {
  const placeNow = new Map(now.map(({ name }, place) => [name, place]));
  const places = before.flatMap(({ name }) => {
    const place = placeNow.get(name);
    return place === undefined ? [] : [{ name, place }];
  });
  if (places.every(({ place }, index) => index === 0 || place > (places[index - 1]?.place ?? 0))) return new Set();
  const longest = (from: readonly { readonly place: number }[], isBefore: (a: number, b: number) => boolean): number[] => {
    const lengths: number[] = [];
    for (const [index, { place }] of from.entries()) {
      lengths.push(1 + Math.max(0, ...from.slice(0, index).flatMap((other, at) => (isBefore(other.place, place) ? [lengths[at] ?? 0] : []))));
    }
    return lengths;
  };
  const ending = longest(places, (a, b) => a < b);
  const starting = longest(places.toReversed(), (a, b) => a > b).toReversed();
  const whole = Math.max(...ending);
  const isOnOne = (index: number): boolean => (ending[index] ?? 0) + (starting[index] ?? 0) - 1 === whole;
  const alone = new Map<number, number>();
  for (const index of places.keys()) if (isOnOne(index)) alone.set(ending[index] ?? 0, (alone.get(ending[index] ?? 0) ?? 0) + 1);
  return new Set(places.filter((_, index) => !isOnOne(index) || alone.get(ending[index] ?? 0) !== 1).map(({ name }) => name));
}
