/** `npm run check`: everything that CI holds, in one command; goes on after a step that fails, so that one run shows all of it. */
import "./nodeVersion.mjs";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { root } from "./build.mjs";

/** The script behind a package's command. */
function tool(packageName, bin) {
  const folder = join(root, "node_modules", packageName);
  const entry = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).bin;
  return join(folder, typeof entry === "string" ? entry : entry[bin]);
}

const steps = [
  ["types", [join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc"), "--noEmit", "--incremental", "false"]],
  ["lint", [tool("@biomejs/biome", "biome"), "lint", "--diagnostic-level=error"]],
  ["import floors", [tool("dependency-cruiser", "depcruise"), "src", "schema", "adapters", "seeds", "--config", ".dependency-cruiser.cjs"]],
  ["dead code", [tool("knip", "knip")]],
  ["emitted files", [join(root, "scripts/emit.mjs"), "--check"]],
  ["tests", [join(root, "scripts/test.mjs"), ...process.argv.slice(2)]],
];

const failed = [];
for (const [name, args] of steps) {
  process.stdout.write(`\n== ${name}\n`);
  if (spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" }).status !== 0) failed.push(name);
}
if (failed.length > 0) process.stdout.write(`\nfailed: ${failed.join(", ")}\n`);
process.exitCode = failed.length > 0 ? 1 : 0;
