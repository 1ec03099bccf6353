/** What a server says of its tables, for every kind. */
import { createHash } from "node:crypto";
import type { TableInfo } from "../contract/adapter.ts";

export interface ServerCatalogue {
  readonly tables: ReadonlyMap<string, { readonly info: TableInfo }>;
  /** Changes with every change of what stands here but the estimates. */
  readonly version: string;
}

export function versionOf(tables: ReadonlyMap<string, { readonly info: TableInfo; readonly columns: ReadonlyMap<string, unknown> }>): string {
  const lasting = [...tables.values()].map(({ info: { rowCountEstimate: _, ...info }, columns }) => [info, [...columns]]);
  return createHash("sha256").update(JSON.stringify(lasting)).digest("hex").slice(0, 16);
}
