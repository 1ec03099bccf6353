/**
 * Mutation testing of the rooms that decide who sees what. `scripts/mutation.mjs` runs it piece by piece and judges the score; every file
 * of these rooms is in it.
 */
export default {
  packageManager: "npm",
  plugins: ["@stryker-mutator/vitest-runner"],
  testRunner: "vitest",
  vitest: { configFile: "test/mutation/vitest.config.ts", related: false, pool: "threads" },
  coverageAnalysis: "perTest",
  ignorePatterns: ["/bench", "/coverage", "/data", "/dist", "/docs", "/pages"],
  concurrency: 2,
  timeoutMS: 10_000,
  reporters: ["json", "progress-append-only"],
  tempDirName: ".stryker-tmp",
  // `npm run mutation` counts with the list of equivalent mutants in hand.
  thresholds: { high: 95, low: 90, break: null },
};
