/** Drift: how a source's tables differ now from those that its mapping was compiled on (attacks F08). */
import type { TableInfo } from "../../adapters/contract/adapter.ts";
import type { Mapping } from "../mapping/mapping.ts";

export type DriftChange = "TABLE_GONE" | "COLUMN_GONE" | "COLUMN_NEW" | "TYPE_CHANGED" | "NO_LONGER_UNIQUE";

export interface Drift {
  readonly table: string;
  /** Null where it concerns the table; of a key its columns, joined by commas. */
  readonly column: string | null;
  readonly change: DriftChange;
  readonly before: string | null;
  readonly now: string | null;
}

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
  const typeOf = ({ type, typeSafe }: TableInfo["columns"][number]): string => `${type}${typeSafe ? "" : " (unchecked)"}`;
  const uniqueNow = new Set(now.unique.map((set) => JSON.stringify(set)));
  return [
    ...[...had.values()].flatMap((column) => {
      const is = has.get(column.name);
      if (!is) return [drift(column.name, "COLUMN_GONE", typeOf(column), null)];
      return typeOf(is) === typeOf(column) ? [] : [drift(column.name, "TYPE_CHANGED", typeOf(column), typeOf(is))];
    }),
    ...[...has.values()].flatMap((column) => (had.has(column.name) ? [] : [drift(column.name, "COLUMN_NEW", null, typeOf(column))])),
    ...before.unique.flatMap((set) => (uniqueNow.has(JSON.stringify(set)) ? [] : [drift(set.join(","), "NO_LONGER_UNIQUE", "unique", null)])),
  ];
}
