/**
 * Adapter kinds by the word that `source.yaml` uses. Imported by main and cli alone, which pass adapters down as values.
 *
 * `drop` and `rest` sources are mirrored into a local SQLite file in source terms (`src/sources/mirror`), so their reads are SQLite's.
 */
import type { Adapter } from "./contract/adapter.ts";
import { checked } from "./contract/checked.ts";
import { openSqlite, type SqliteOptions } from "./sqlite/openSqlite.ts";

export type AdapterFactory = (options: SqliteOptions) => Promise<Adapter>;

const sqlite: AdapterFactory = async (options) => checked(await openSqlite(options));

export const adapterKinds = { sqlite, drop: sqlite, rest: sqlite } as const satisfies Record<string, AdapterFactory>;
export type AdapterKind = keyof typeof adapterKinds;
