/**
 * `npm run mutants [-- ID …]`: makes one fault at a time in a copy of the tree and runs the cases that are to notice it. A line per
 * fault; the last one is `N caught, N survived`. Exit code 1 where one survived, or where the cases fail without any fault.
 */
import "./nodeVersion.mjs";
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, relative, sep } from "node:path";
import { mutants } from "../test/mutants/all.ts";
import { root } from "./build.mjs";

const leftOut = new Set(["node_modules", "dist", "data", ".git"]);
/** A fault that makes a test run for longer than this was not noticed by it. */
const timeoutMs = 120_000;

const vitest = join(dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs");

function copyTree() {
  const copy = mkdtempSync(join(tmpdir(), "one-network-mutants-"));
  cpSync(root, copy, { recursive: true, filter: (path) => !leftOut.has(relative(root, path).split(sep)[0]) });
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  return copy;
}

/** Names of the tests that passed and failed; null where they did not run to their end. */
function run(copy, files, pattern) {
  const report = join(copy, "mutants-report.json");
  rmSync(report, { force: true });
  const args = ["run", ...files, "--reporter=json", `--outputFile=${report}`, ...(pattern === null ? [] : ["-t", pattern])];
  const { error } = spawnSync(process.execPath, [vitest, ...args], { cwd: copy, stdio: "ignore", timeout: timeoutMs * (pattern === null ? 5 : 1) });
  if (error !== undefined) return null;
  try {
    const { testResults } = JSON.parse(readFileSync(report, "utf8"));
    const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
    const named = (status) => tests.filter((test) => test.status === status).map(({ fullName }) => fullName);
    return { passed: named("passed"), failed: named("failed") };
  } catch {
    return null;
  }
}

/** Makes the edits; answers what takes them back. Throws for a text that the file does not hold exactly once. */
function apply(copy, { id, edits }) {
  const before = new Map();
  for (const { file, find, put } of edits) {
    const path = join(copy, file);
    const text = readFileSync(path, "utf8");
    if (!before.has(path)) before.set(path, text);
    if (text.split(find).length !== 2) throw new Error(`${id}: ${file} does not hold exactly once: ${find}`);
    writeFileSync(path, text.replace(find, () => put));
  }
  return () => {
    for (const [path, text] of before) writeFileSync(path, text);
  };
}

/** The case that noticed the fault, or why none did. */
function judge(copy, mutant) {
  const undo = apply(copy, mutant);
  try {
    const { file, test } = mutant.caughtBy;
    const result = run(copy, [file], test);
    if (result === null) return { caught: false, by: `${file} did not run` };
    const [first] = result.failed;
    if (first !== undefined) return { caught: true, by: first };
    return { caught: false, by: result.passed.length === 0 ? `no test of ${file} is named ${test}` : `${result.passed.length} cases passed` };
  } finally {
    undo();
  }
}

const started = performance.now();
const wanted = process.argv.slice(2);
const chosen = wanted.length === 0 ? mutants : mutants.filter(({ id }) => wanted.includes(id));
const unknown = wanted.filter((id) => !mutants.some((mutant) => mutant.id === id));
const copy = copyTree();
try {
  if (unknown.length > 0) throw new Error(`no mutant ${unknown.join(", ")}`);
  const sound = run(copy, [...new Set(chosen.map(({ caughtBy }) => caughtBy.file))], null);
  if (sound === null || sound.failed.length > 0) throw new Error(`the cases fail without a fault: ${sound?.failed.join("; ") ?? "they did not run"}`);
  let survived = 0;
  for (const mutant of chosen) {
    const { caught, by } = judge(copy, mutant);
    if (!caught) survived += 1;
    process.stdout.write(`${caught ? "caught  " : "SURVIVED"} ${mutant.id}: ${mutant.fault}\n         ${caught ? "by " : ""}${by}\n`);
  }
  process.stdout.write(`${Math.round((performance.now() - started) / 1000)} s\n${chosen.length - survived} caught, ${survived} survived\n`);
  process.exitCode = survived > 0 ? 1 : 0;
} catch (error) {
  process.stdout.write(`${error.message}\n0 caught, ${chosen.length} survived\n`);
  process.exitCode = 1;
} finally {
  rmSync(copy, { recursive: true, force: true });
}
