/** `npm run -s emit [-- --check]`: builds what changed, then writes (or compares) what the vocabulary emits. */
import "./nodeVersion.mjs";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { build, root } from "./build.mjs";

process.exitCode = build() || (spawnSync(process.execPath, [join(root, "dist/schema/emit.js"), ...process.argv.slice(2)], { cwd: root, stdio: "inherit" }).status ?? 1);
