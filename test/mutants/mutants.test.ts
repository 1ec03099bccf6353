/** The patches of `npm run mutants` still fit the sources; whether a test catches them, only that command tells. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { mutants } from "./all.ts";

const root = join(import.meta.dirname, "../..");

describe.each(mutants)("$id", ({ edits, caughtBy }) => {
  test("each patch finds its text once, and changes it", () => {
    for (const { file, find, put } of edits) {
      expect(readFileSync(join(root, file), "utf8").split(find).length - 1, `${file}: ${find}`).toBe(1);
      expect(put).not.toBe(find);
    }
  });
  test("its test file is there", () => {
    expect(readFileSync(join(root, caughtBy.file), "utf8")).toContain("test");
  });
});

test("no two mutants share a name", () => {
  expect(new Set(mutants.map(({ id }) => id)).size).toBe(mutants.length);
});
