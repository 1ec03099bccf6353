/** A hub in a process of its own, with little memory or little patience, until its parent lets go of it. Asked for figures, it tells them. Run by childHub.ts. */
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { createServer } from "vite";
import type * as OpenHub from "../gateway/openHub.ts";

// Node runs this file as it is, but not the vocabulary's decorators: vite turns them into plain calls, as it does for the tests. It stays
// open, for sources load the lens functions when they open.
const vite = await createServer({ configFile: false, logLevel: "silent", appType: "custom", optimizeDeps: { noDiscovery: true, include: [] }, server: { middlewareMode: true, watch: null, hmr: false, ws: false } });
const module = (await vite.ssrLoadModule(join(import.meta.dirname, "../gateway/openHub.ts"))) as typeof OpenHub;
const [dir = "", parts = "{}"] = process.argv.slice(2);
const hub = await module.openHub({ dir }, () => ({ recordedRefusals: 20, ...JSON.parse(parts) }));
const delay = monitorEventLoopDelay({ resolution: 5 });
delay.enable();
let rssMax = 0;
const look = (): number => {
  const rss = process.memoryUsage.rss();
  rssMax = Math.max(rssMax, rss);
  return rss;
};
setInterval(look, 5);
process.on("message", (what) => {
  const rss = look();
  // Twice: what the first frees may hold on to bytes outside of the heap.
  global.gc?.();
  global.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  process.send?.({ rssMb: rss / 1e6, rssMaxMb: rssMax / 1e6, heldMb: (heapUsed + external) / 1e6, heapMb: heapUsed / 1e6, lagP99Ms: delay.percentile(99) / 1e6, lagMaxMs: delay.max / 1e6 });
  if (what !== "anew") return;
  delay.reset();
  rssMax = rss;
});
process.on("disconnect", () => process.exit());
process.send?.({ url: hub.gateway.url, tokens: { partner: await hub.net.token("partner", ["enforcement"]), owner: await hub.net.token("owner", ["enforcement"]), nobody: await hub.net.token("nobody", ["research"]) } });
