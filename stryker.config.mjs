/**
 * Mutation testing of the rooms that decide who sees what. `scripts/mutation.mjs` runs it and judges the score; every file of these
 * rooms is in it.
 *
 * Static mutants (tables and constants of a module) are run too: each with all tests, since nothing tells which test reads them.
 */
export default {
  packageManager: "npm",
  plugins: ["@stryker-mutator/vitest-runner"],
  testRunner: "vitest",
  vitest: { configFile: "test/mutation/vitest.config.ts", related: false, pool: "threads" },
  coverageAnalysis: "perTest",
  mutate: ["src/access/**/*.ts", "src/plan/**/*.ts"],
  ignorePatterns: ["/bench", "/coverage", "/data", "/dist", "/docs", "/pages"],
  concurrency: 2,
  timeoutMS: 10_000,
  incremental: true,
  incrementalFile: "dist/mutation/incremental.json",
  reporters: ["json", "progress-append-only"],
  jsonReporter: { fileName: "dist/mutation/report.json" },
  tempDirName: ".stryker-tmp",
  // `npm run mutation` counts with the list of equivalent mutants in hand.
  thresholds: { high: 95, low: 90, break: null },
};
