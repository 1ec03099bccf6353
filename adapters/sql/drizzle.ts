/**
 * The only file that loads drizzle-orm: three of its modules, through `require`. The package's ESM entry pulls in every dialect and
 * costs a second at start; these cost 40 ms.
 */
import { createRequire } from "node:module";
import type * as SqlModule from "drizzle-orm/sql";
import type * as PgModule from "drizzle-orm/pg-core/dialect";
import type * as SqliteModule from "drizzle-orm/sqlite-core/dialect";

const require = createRequire(import.meta.url);

export type SqlFragment = SqlModule.SQL;
export const { sql } = require("drizzle-orm/sql") as typeof SqlModule;
export const { SQLiteSyncDialect } = require("drizzle-orm/sqlite-core/dialect") as typeof SqliteModule;
export const { PgDialect } = require("drizzle-orm/pg-core/dialect") as typeof PgModule;
