/**
 * `npm run -s bench`: builds what changed and the benchmark, then runs it. Its peers are never part of the product's build.
 * `-- --limits`: what hostile documents cost instead. `-- --timing`: whether time tells hidden rows from absent ones. `-- --regions`: what a
 * region or clients in trouble cost the others. `-- --observe`: what figures and spans cost. `-- --kinds`:
 * what the adapters of server kinds cost beside their drivers.
 */
import "./nodeVersion.mjs";
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { build, root } from "./build.mjs";

const run = (args) => spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" }).status ?? 1;
const compiler = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");

const instead = ["limits", "timing", "regions", "observe", "kinds"].find((name) => process.argv.includes(`--${name}`));

process.exitCode = build() || run([compiler, "-p", "bench/tsconfig.json"]) || run([join(root, `dist/bench/${instead ?? "run"}.js`), ...process.argv.slice(2)]);
