import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: {
    // Two copies of graphql would load otherwise, and type-graphql's schema would be foreign to the hub's.
    alias: [{ find: /^graphql$/, replacement: "graphql/index.js" }],
  },
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["dist/**", "node_modules/**"],
    pool: "forks",
    // As many as there are cores: many tests wait for servers and clocks, and one worker would wait with them.
    maxWorkers: "100%",
    // V8 has ended a fork in its own check of JIT pages ("jit_page.has_value()") where worker threads come and go; this check is
    // part of memory protection keys. Seen with and without better-sqlite3's threads busy; not traced to a cause.
    execArgv: ["--no-memory-protection-keys"],
    testTimeout: 30_000,
    hookTimeout: 120_000,
  },
});
