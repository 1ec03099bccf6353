import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { listJson } from "../../../adapters/sqlite/values.ts";

test.each([
  ["an integer", 5, "integer"],
  ["a fraction", 0.5, "real"],
  ["an integer beyond 2^53", 2n ** 60n + 1n, "integer"],
  ["a double beyond 2^53, whose shortest digits are another integer", 63938268408979290, "real"],
  ["a double with an exponent", 1e300, "real"],
  ["infinity", Number.POSITIVE_INFINITY, "real"],
] as const)("%s in a list is the same number in SQLite", (_, value, type) => {
  const db = new Database(":memory:");
  const [row] = db.prepare("SELECT typeof(value) AS type, value = ? AS same FROM json_each(?)").all(value, listJson([value]));
  expect(row).toEqual({ type, same: 1 });
  db.close();
});
