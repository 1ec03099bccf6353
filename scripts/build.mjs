/**
 * Builds what changed since the last build: the compiler's output by the hashes of its inputs, the pages by theirs.
 *
 * A stamp is written only after its step has succeeded, so a build that was interrupted or failed is done again.
 */
import "./nodeVersion.mjs";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** `inputs`: files and folders; `output`: what must be there; a step whose first input is missing does not exist. */
const steps = [
  {
    name: "types",
    inputs: ["src", "schema", "adapters", "seeds", "tsconfig.json", "tsconfig.build.json", "package-lock.json"],
    isInput: (file) => file.endsWith(".ts") || file.endsWith(".json"),
    output: "dist/src/main.js",
    run: () => command("compile", "typescript", "tsc", ["-p", "tsconfig.build.json"]),
  },
  {
    name: "pages",
    inputs: ["pages", "package-lock.json"],
    isInput: () => true,
    output: "dist/sandbox",
    run: () => command("build the pages", "vite", "vite", ["build", "--config", "pages/sandbox/vite.config.ts", "--logLevel", "warn"]),
  },
];

/** Returns the exit code; prints what a failing step says. */
export function build() {
  if (steps.every((step) => freshness(step).isFresh)) return 0;
  return whileLocked(() => {
    for (const step of steps) {
      const { isFresh, stamp, current } = freshness(step);
      if (isFresh) continue;
      rmSync(stamp, { force: true });
      const code = step.run();
      if (code !== 0) return code;
      writeFileSync(`${stamp}.new`, current);
      renameSync(`${stamp}.new`, stamp);
    }
    return 0;
  });
}

function freshness({ name, inputs, isInput, output }) {
  const stamp = join(root, "dist", `.${name}.stamp`);
  if (!existsSync(join(root, inputs[0]))) return { isFresh: true, stamp, current: "" };
  const current = hashOf(inputs, isInput);
  return { isFresh: existsSync(join(root, output)) && existsSync(stamp) && readFileSync(stamp, "utf8") === current, stamp, current };
}

/** `npm start` and a command in another terminal must not write one file at once: the second waits, and finds the work done. */
function whileLocked(run) {
  const lock = join(root, "dist", ".lock");
  mkdirSync(dirname(lock), { recursive: true });
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: "wx" });
      break;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
      if (isHeld(lock)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
      else rmSync(lock, { force: true });
    }
  }
  try {
    return run();
  } finally {
    rmSync(lock, { force: true });
  }
}

/** A build that was killed leaves its lock behind, with the number of a process that is no more. */
function isHeld(lock) {
  try {
    const pid = Number(readFileSync(lock, "utf8"));
    // Taken a moment ago and not written yet, or killed between the two.
    if (pid === 0) return Date.now() - statSync(lock).mtimeMs < 5_000;
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** Contents, not times: a checkout touches files that it does not change. A few hundred files take about 20 ms. */
function hashOf(inputs, isInput) {
  const hash = createHash("sha256");
  const add = (path) => {
    for (const entry of readdirSync(join(root, path), { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const inner = `${path}/${entry.name}`;
      if (entry.isDirectory()) {
        if (entry.name !== "node_modules") add(inner);
      } else if (isInput(entry.name)) addFile(inner);
    }
  };
  const addFile = (path) => hash.update(`${path}\0`).update(readFileSync(join(root, path))).update("\0");
  for (const input of inputs) {
    if (!existsSync(join(root, input))) continue;
    if (/\.\w+$/.test(input)) addFile(input);
    else add(input);
  }
  return hash.digest("hex");
}

/** Runs a tool of `node_modules` under this very Node; what it prints goes to standard error, so that commands keep theirs. */
function command(doing, packageName, bin, args) {
  const manifest = createRequire(import.meta.url).resolve(`${packageName}/package.json`);
  const entry = JSON.parse(readFileSync(manifest, "utf8")).bin;
  const script = join(dirname(manifest), typeof entry === "string" ? entry : entry[bin]);
  process.stderr.write(`One Network: ${doing} …\n`);
  const { status } = spawnSync(process.execPath, [script, ...args], { cwd: root, stdio: ["ignore", 2, 2] });
  if (status === 0) return 0;
  process.stderr.write(`One Network could not ${doing}; what is wrong stands above.\n`);
  return status ?? 1;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) process.exitCode = build();
