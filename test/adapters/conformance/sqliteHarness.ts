import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { checked } from "../../../adapters/contract/checked.ts";
import { connect } from "../../../adapters/sqlite/connection.ts";
import { openSqlite } from "../../../adapters/sqlite/openSqlite.ts";
import { suiteLenses } from "./suiteLenses.ts";
import type { ColumnType, Harness } from "./harness.ts";

const typeWords: Readonly<Partial<Record<ColumnType, string>>> = { integer: "INTEGER", number: "REAL", text: "TEXT" };
const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;

export const sqliteHarness: Harness = {
  kind: "sqlite",
  isThere: true,
  types: new Set(["integer", "number", "text"]),
  lies: null,
  hasWriteWords: true,
  async open(tables) {
    const folder = mkdtempSync(join(tmpdir(), "conformance-"));
    const file = join(folder, "source.db");
    const database = new Database(file);
    database.pragma("synchronous = OFF");
    database.transaction(() => {
      for (const { name, columns, unique, rows } of tables) {
        const own = Object.entries(columns).filter(([, { type }]) => typeWords[type] !== undefined);
        const lines = [...own.map(([column, { type, notNull }]) => `${quote(column)} ${typeWords[type]}${notNull === true ? " NOT NULL" : ""}`), ...unique.map((list) => `UNIQUE (${list.map(quote).join(", ")})`)];
        database.exec(`CREATE TABLE ${quote(name)} (${lines.join(", ")}) STRICT`);
        const insert = database.prepare(`INSERT INTO ${quote(name)} VALUES (${own.map(() => "?").join(", ")})`);
        for (const row of rows) insert.run(...own.map(([column]) => row[column] ?? null));
      }
    })();
    database.close();
    const lensModule = new URL("../../../src/mapping/lenses/sqlFunctions.ts", import.meta.url);
    const adapter = checked(await openSqlite({ file, lensModule, lenses: suiteLenses }));
    const before = readFileSync(file);
    return {
      adapter,
      running: async () => null,
      async tryToWrite() {
        const own = await connect({ file, lensModule, lenses: {}, busyMs: 0 });
        const statements = [`DELETE FROM ${quote(tables[0]?.name ?? "")}`, "CREATE TABLE more (id)", "PRAGMA user_version = 7"];
        const refused = statements.filter((text) => {
          try {
            own.exec(text);
            return false;
          } catch (cause) {
            return (cause as { readonly code?: string }).code === "SQLITE_READONLY";
          }
        });
        own.close();
        return { isRefused: refused.length === statements.length, written: readFileSync(file).equals(before) ? 0 : 1 };
      },
      close: async () => {
        await adapter.close();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  },
};
