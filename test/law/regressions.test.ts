/** Cases that once broke a law, each made small and kept as it was printed. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseRegression, regress } from "../reference/laws/regression.ts";

const folder = join(import.meta.dirname, "../reference/regressions");
const rows = readdirSync(folder).filter((name) => name.endsWith(".json"));

describe("what once broke a law", () => {
  it.for(rows)("%s", async (file) => {
    expect(await regress(parseRegression(readFileSync(join(folder, file), "utf8")))).toBe(null);
  });
});
