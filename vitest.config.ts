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
    testTimeout: 30_000,
    hookTimeout: 120_000,
  },
});
