/**
 * `npm test`: builds what changed (tests run the built hub as a child), then runs the tests. The last line counts them:
 * `N passed, N failed`, with `, N skipped` where a test said why it could not run here.
 */
import "./nodeVersion.mjs";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { build, root } from "./build.mjs";

const built = build();
if (built !== 0) process.exit(built);

const folder = mkdtempSync(join(tmpdir(), "one-network-test-"));
const report = join(folder, "report.json");
const vitest = join(dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs");
const args = ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`, ...process.argv.slice(2)];
const { status } = spawnSync(process.execPath, [vitest, ...args], { cwd: root, stdio: "inherit" });
try {
  const { numPassedTests, numFailedTests, numPendingTests, numFailedTestSuites, success } = JSON.parse(readFileSync(report, "utf8"));
  // A file that cannot be loaded has no tests to count, and is a failure all the same.
  const failed = numFailedTests === 0 && !success ? Math.max(numFailedTestSuites, 1) : numFailedTests;
  process.stdout.write(`\n${numPassedTests} passed, ${failed} failed${numPendingTests > 0 ? `, ${numPendingTests} skipped` : ""}\n`);
  process.exitCode = status !== 0 || failed > 0 ? 1 : 0;
} catch {
  process.stdout.write("\n0 passed, 1 failed\n");
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
