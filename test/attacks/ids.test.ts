/** No id of the public catalogue is forgotten: each has a row, a test that is named, or a printed reason. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { catalogue, elsewhere, notThere } from "./catalogue.ts";

describe("The catalogue", () => {
  const root = join(import.meta.dirname, "../..");
  test.each(Array.from({ length: 42 }, (_, index) => `P${String(index + 1).padStart(2, "0")}`))("%s has a row, a test elsewhere, or a reason", (id) => {
    const own = catalogue.filter((one) => one.id === id).length;
    const others = elsewhere.filter((one) => one.id === id);
    for (const { file, text } of others) expect(readFileSync(join(root, file), "utf8")).toContain(text);
    const reasons = notThere.filter((one) => one.id === id);
    for (const { why } of reasons) console.info(`${id}: ${why}`);
    expect(own + others.length + reasons.length).toBeGreaterThan(0);
  });
  test("no two rows ask the same", () => {
    const asked = catalogue.map(({ agency, purpose, query, variables, headers }) => JSON.stringify([agency, purpose, query, variables, headers]));
    expect(new Set(asked).size).toBe(asked.length);
  });
});
