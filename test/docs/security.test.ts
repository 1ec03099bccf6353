/** Promises name the tests that hold them: each file exists, and each case that is named in brackets is in one of them. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { projectDir } from "./blocks.ts";

const page = readFileSync(join(projectDir, "docs/security.md"), "utf8");
const rows = [...page.matchAll(/^\| (.+?) \| (.*`test\/.*) \|$/gm)].map(([, promise = "", proof = ""]) => ({ promise, proof }));

describe("docs/security.md", () => {
  it("has promises, each with its proof", () => {
    const section = /## What is promised.*?(?=\n## )/s.exec(page)?.[0] ?? "";
    const promises = section.split("\n").filter((line) => line.startsWith("| ") && !line.startsWith("| promise"));
    expect(promises.length).toBeGreaterThan(20);
    expect(rows).toHaveLength(promises.length);
  });

  it.each(rows)("names tests that exist for: $promise", ({ proof }) => {
    const files = [...proof.matchAll(/`((?:test|bench)\/[\w./-]+)`/g)].map(([, path = ""]) => path);
    expect(files.length).toBeGreaterThan(0);
    expect(files.filter((path) => !existsSync(join(projectDir, path)))).toEqual([]);
    for (const [, path = "", cases = ""] of proof.matchAll(/`(test\/[\w./-]+)` \(([P\d, ]+)\)/g)) {
      const text = readFileSync(join(projectDir, path), "utf8");
      for (const name of cases.split(", ")) expect(text, `${name} in ${path}`).toMatch(new RegExp(`\\b${name}\\b`));
    }
  });
});
