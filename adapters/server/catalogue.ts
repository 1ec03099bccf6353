/** What a server says of its tables, for every kind. */
import { createHash } from "node:crypto";
import type { ForeignKey, TableInfo } from "../contract/adapter.ts";

export interface ServerCatalogue {
  readonly tables: ReadonlyMap<string, { readonly info: TableInfo }>;
  /** Changes with every change of what stands here but the estimates and what is there for people. */
  readonly version: string;
}

export function versionOf(tables: ReadonlyMap<string, { readonly info: TableInfo; readonly columns: ReadonlyMap<string, unknown> }>): string {
  const lasting = [...tables.values()].map(({ info: { rowCountEstimate: _, foreign: _links, comment: _about, columns: infos, ...info }, columns }) => [info, infos.map(({ comment: _said, ...column }) => column), [...columns]]);
  return createHash("sha256").update(JSON.stringify(lasting)).digest("hex").slice(0, 16);
}

/** Rows of (table, constraint, column, other table, other column), a constraint's in its order → the foreign keys of each table, of columns that are seen here. */
export function foreignKeys(rows: readonly (readonly (string | null)[])[], isSeen: (table: string, column: string) => boolean): ReadonlyMap<string, readonly ForeignKey[]> {
  const keys = new Map<string, { readonly from: string; readonly columns: string[]; readonly table: string; readonly to: string[] }>();
  for (const [from, constraint, column, table, to] of rows) {
    const name = JSON.stringify([from, constraint]);
    const key = keys.get(name) ?? { from: String(from), columns: [], table: String(table), to: [] };
    key.columns.push(String(column));
    key.to.push(String(to));
    keys.set(name, key);
  }
  const found = new Map<string, ForeignKey[]>();
  for (const { from, columns, table, to } of keys.values()) {
    if (!columns.every((column) => isSeen(from, column)) || !to.every((column) => isSeen(table, column))) continue;
    found.set(from, [...(found.get(from) ?? []), { columns, table, to }]);
  }
  return found;
}
