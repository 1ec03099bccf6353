/** A hub over the folder that it is given, until it is killed. Prints its address and a token. Run by crash.test.ts. */
import { join } from "node:path";
import { runnerImport } from "vite";
import type * as OpenHub from "./openHub.ts";

// Node runs this file as it is, but not the vocabulary's decorators: vite turns them into plain calls, as it does for the tests.
const { module } = await runnerImport<typeof OpenHub>(join(import.meta.dirname, "openHub.ts"), { configFile: false, logLevel: "silent" });
const [dir = ""] = process.argv.slice(2);
const hub = await module.openHub({ dir }, () => ({ recordedRefusals: 20 }));
process.stdout.write(`${hub.gateway.url} ${await hub.net.token("partner", ["enforcement"])}\n`);
