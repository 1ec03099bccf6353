import { defineConfig } from "drizzle-kit";

// drizzle-kit reads the default export only.
export default defineConfig({ dialect: "sqlite", schema: "./src/store/tables.ts", out: "./src/store/migrations" });
