import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openStore } from "../../src/store/openStore.ts";
import { agencies, policyEpochs } from "../../src/store/tables.ts";

let dataDir = "";
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "store-"));
});
afterEach(() => {
  rmSync(dataDir, { recursive: true, force: true });
});

describe("the store", () => {
  test("makes its tables in an empty folder and keeps rows when it is opened again", () => {
    const first = openStore(dataDir);
    first.db.insert(agencies).values({ id: "beijing-bureau", secretHash: "ab", secretMadeAt: "2026-01-01T00:00:00Z" }).run();
    first.close();
    const second = openStore(dataDir);
    expect(second.db.select().from(agencies).all()).toEqual([{ id: "beijing-bureau", secretHash: "ab", secretMadeAt: "2026-01-01T00:00:00Z" }]);
    second.close();
  });

  test("syncs every commit: write-ahead log with synchronous FULL", () => {
    const store = openStore(dataDir);
    expect(store.db.get<{ synchronous: number }>("PRAGMA synchronous")).toMatchObject({ synchronous: 2 });
    expect(store.db.get<{ journal_mode: string }>("PRAGMA journal_mode")).toMatchObject({ journal_mode: "wal" });
    store.close();
  });

  test("notices that another connection has committed", () => {
    const one = openStore(dataDir);
    const other = openStore(dataDir);
    const before = one.dataVersion();
    expect(one.dataVersion()).toBe(before);
    other.db.insert(policyEpochs).values({ epoch: 1, activatedAt: "2026-01-01T00:00:00Z", files: "{}", receipt: "c:1:h" }).run();
    expect(one.dataVersion()).not.toBe(before);
    one.close();
    other.close();
  });

  test("has in its committed migrations exactly the tables of tables.ts", () => {
    const out = mkdtempSync(join(tmpdir(), "migrations-"));
    const repository = join(import.meta.dirname, "..", "..");
    execFileSync(process.execPath, [join(repository, "node_modules/drizzle-kit/bin.cjs"), "generate", "--dialect", "sqlite", "--schema", "./src/store/tables.ts", "--out", out, "--name", "fresh"], { cwd: repository });
    const fresh = new Database(":memory:");
    for (const statement of readFileSync(join(out, "0000_fresh.sql"), "utf8").split("--> statement-breakpoint")) fresh.exec(statement);
    const shape = (database: Database.Database): unknown =>
      database.prepare("SELECT name, sql FROM sqlite_schema WHERE name NOT LIKE '\\_\\_%' ESCAPE '\\' AND name NOT LIKE 'sqlite%' ORDER BY name").all();
    openStore(dataDir).close();
    const migrated = new Database(join(dataDir, "store.sqlite"));
    expect(shape(migrated)).toEqual(shape(fresh));
    migrated.close();
    fresh.close();
    rmSync(out, { recursive: true });
  });
});
