/**
 * The one place that loads drizzle.
 *
 * Importing it as ES modules costs a second at every start (hundreds of small files, each resolved on its own); its CommonJS build
 * takes a fifth of that, so it is required, and everything else imports the pieces from here.
 */
import { createRequire } from "node:module";

// drizzle-kit reads the tables through its own CommonJS transpiler, where import.meta is empty and __filename is there.
declare const __filename: string | undefined;
const here: string = import.meta.filename ?? (typeof __filename === "string" ? __filename : "");
const load = createRequire(here);

const core = load("drizzle-orm/sqlite-core") as typeof import("drizzle-orm/sqlite-core");
const operators = load("drizzle-orm") as typeof import("drizzle-orm");

export const { sqliteTable, text, integer, index, primaryKey } = core;
export const { eq, and, sql } = operators;

/** Drivers come later than tables: drizzle-kit must not need them. */
export const driver = (): Pick<typeof import("drizzle-orm/better-sqlite3"), "drizzle"> => load("drizzle-orm/better-sqlite3");
export const migrator = (): Pick<typeof import("drizzle-orm/better-sqlite3/migrator"), "migrate"> =>
  load("drizzle-orm/better-sqlite3/migrator");
