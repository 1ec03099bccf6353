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
    // Node strips the types of worker files with a WebAssembly module, in every thread anew. Where threads come and go V8 has ended forks
    // over that: in its check of code pages ("jit_page.has_value()"), and when it replaced a module's wrapper by a quicker one
    // (Runtime_TierUpWasmToJSWrapper, SIGSEGV). Without protection keys and quicker wrappers neither is run; compiled workers need none.
    execArgv: ["--no-memory-protection-keys", "--wasm-wrapper-tiering-budget=2147483647"],
    testTimeout: 30_000,
    hookTimeout: 120_000,
  },
});
