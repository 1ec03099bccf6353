import { join } from "node:path";
import { defineConfig } from "vite";

/**
 * Builds the developer's page into `dist/sandbox`, where the gateway serves it at `/sandbox/`. Every script, worker, style and icon
 * becomes a file of its own there, so that the page's content security policy needs neither inline scripts nor other hosts.
 */
const here = import.meta.dirname;

// Settings of whoever runs the build would make two builds differ: Vite takes this one from the environment, and others from files.
process.env.NODE_ENV = "production";

export default defineConfig({
  root: here,
  base: "/sandbox/",
  envDir: false,
  oxc: { jsx: { runtime: "automatic" } },
  worker: { format: "es" },
  build: {
    outDir: join(here, "../../dist/sandbox"),
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      onwarn(warning, warn) {
        // "use client" is for servers that render; here everything runs in the browser.
        if (warning.code !== "MODULE_LEVEL_DIRECTIVE") warn(warning);
      },
    },
    // The editor alone is larger than the default; it is loaded from the hub itself.
    chunkSizeWarningLimit: 8000,
  },
});
