/** The house looks as docs/architecture.md draws it: imports point down, rooms that are pure stay pure, files stay readable. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
/** Fewer modules than this means that the cruiser saw nothing and says all is well. */
const modulesMin = 250;

const filesUnder = (folder: string): readonly string[] =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));

describe("the house", () => {
  it("imports lower floors only", () => {
    const folder = join(root, "node_modules/dependency-cruiser");
    const { bin } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { bin: Record<string, string> };
    const cruiser = join(folder, bin["depcruise"] ?? "");
    const output = execFileSync(process.execPath, [cruiser, "src", "schema", "adapters", "seeds", "--config", ".dependency-cruiser.cjs", "--output-type", "json"], {
      cwd: root,
      maxBuffer: 1 << 28,
    });
    const { summary } = JSON.parse(output.toString()) as { summary: { error: number; totalCruised: number; violations: { from: string; to: string; rule: { name: string } }[] } };
    expect(summary.violations.map(({ from, to, rule }) => `${rule.name}: ${from} → ${to}`)).toEqual([]);
    expect(summary.totalCruised).toBeGreaterThan(modulesMin);
  });

  it("keeps clock, randomness and I/O out of the pure rooms", () => {
    const banned = /\bDate\.now\(|\bMath\.random\(|\bperformance\.now\(|from "node:(fs|net|http|https|child_process|worker_threads|timers)[/"]|\bfetch\(/;
    const found = ["src/plan", "src/access", "src/mapping", "src/harmonise", "src/draft"].flatMap(filesUnder).filter((file) => banned.test(readFileSync(join(root, file), "utf8")));
    expect(found).toEqual([]);
  });

  it("keeps files short enough to hold one idea", () => {
    const long = ["src", "schema", "adapters"].flatMap(filesUnder).filter((file) => readFileSync(join(root, file), "utf8").split("\n").length > 450);
    // Tables of codes are data.
    expect(long.filter((file) => !file.startsWith("schema/codes/"))).toEqual([]);
  });

  it("names only paths that exist in its documents", () => {
    const documents = [...readdirSync(join(root, "docs"), { recursive: true, withFileTypes: true })].filter((entry) => entry.isFile() && entry.name.endsWith(".md")).map((entry) => join(entry.parentPath, entry.name));
    const missing: string[] = [];
    for (const document of [...documents, join(root, "README.md")].filter((file) => existsSync(file))) {
      for (const [, path = ""] of readFileSync(document, "utf8").matchAll(/`((?:src|schema|adapters|seeds|test|bench|docs|scripts|pages)\/[\w./-]+)`/g)) {
        if (!existsSync(join(root, path))) missing.push(`${document.slice(root.length + 1)}: ${path}`);
      }
    }
    expect(missing).toEqual([]);
  });
});
