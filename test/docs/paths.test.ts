/** What documents name exists: files, folders, links between pages, and scripts. */
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { projectDir } from "./blocks.ts";

const pages = ["README.md", "CHANGELOG.md", ...globSync("docs/**/*.md", { cwd: projectDir })].sort();
const rooms = ["src", "schema", "adapters", "seeds", "test", "bench", "docs", "scripts", "pages"];
const { scripts } = JSON.parse(readFileSync(join(projectDir, "package.json"), "utf8")) as { readonly scripts: Readonly<Record<string, string>> };

describe.each(pages)("%s", (page) => {
  const text = readFileSync(join(projectDir, page), "utf8");

  it("names only paths that exist", () => {
    const named = [...text.matchAll(new RegExp(`\`((?:${rooms.join("|")})/[\\w./*-]*)\``, "g"))].map(([, path = ""]) => path);
    // A star stands for any name.
    expect(named.filter((path) => (path.includes("*") ? globSync(path, { cwd: projectDir }).length === 0 : !existsSync(join(projectDir, path))))).toEqual([]);
  });

  it("links only to pages that exist", () => {
    const linked = [...text.matchAll(/\]\(([^)#\s]+)\)/g)].map(([, target = ""]) => target).filter((target) => !/^https?:/.test(target));
    expect(linked.filter((target) => !existsSync(join(projectDir, dirname(page), target)))).toEqual([]);
  });

  it("names only scripts that package.json has", () => {
    const named = [...text.matchAll(/npm run (?:-s )?([a-z]+)/g)].map(([, name = ""]) => name);
    expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });
});
