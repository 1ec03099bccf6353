/**
 * The rows that every side of the benchmark reads: one STRICT SQLite table of invented enterprises, the same file for all.
 *
 * Ten printed fields a row, about 240 bytes of JSON.
 */
import { createRequire } from "node:module";
import type BetterSqlite3 from "better-sqlite3";

const Database = createRequire(import.meta.url)("better-sqlite3") as typeof BetterSqlite3;

export const rowCount = 20_000;
/** Column → GraphQL field, in the order in which all sides print them. */
export const fields = [
  ["uscc", "uscc"],
  ["name", "name"],
  ["industry", "industry"],
  ["address", "address"],
  ["permit_class", "permitClass"],
  ["grade", "performanceGrade"],
  ["legal_rep", "legalRep"],
  ["phone", "contactPhone"],
  ["output", "output"],
  ["energy", "energy"],
] as const;
/** Prefectures of Hebei; the row rule admits the first ten of eleven. */
export const prefectures = Array.from({ length: 11 }, (_, index) => String(130100 + index * 100));
export const admitted = prefectures.slice(0, 10);

export function buildDatabase(file: string): void {
  const db = new Database(file);
  db.pragma("journal_mode = WAL");
  db.exec(`CREATE TABLE enterprise (
    uscc TEXT PRIMARY KEY NOT NULL, name TEXT NOT NULL, industry TEXT NOT NULL, address TEXT NOT NULL, permit_class TEXT NOT NULL,
    grade TEXT NOT NULL, legal_rep TEXT NOT NULL, phone TEXT NOT NULL, output REAL NOT NULL, energy REAL NOT NULL, region TEXT NOT NULL
  ) STRICT`);
  const insert = db.prepare("INSERT INTO enterprise VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  db.transaction(() => {
    for (let row = 0; row < rowCount; row += 1) {
      const region = prefectures[row % prefectures.length] as string;
      insert.run(
        `91${region}MA${String(row).padStart(8, "0")}`,
        `示例企业第${row}号有限公司`,
        ["3011", "4411", "2614"][row % 3],
        `河北省示例市示例区示例路${row}号`,
        ["KEY", "SIMPLIFIED", "REGISTRATION"][row % 3],
        ["A", "B", "C", "D"][row % 4],
        ["李某某", "王某", "欧阳某"][row % 3],
        `138${String(row).padStart(8, "0")}`,
        (row % 997) + 0.5,
        (row % 89) + 0.25,
        region,
      );
    }
  })();
  db.pragma("wal_checkpoint(TRUNCATE)");
  db.close();
}
