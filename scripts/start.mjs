/** `npm start`: builds what changed, then starts the hub in this process, so that signals reach it. */
import "./nodeVersion.mjs";
import { build } from "./build.mjs";
import "./compileCache.mjs";

// npm starts a script through a shell and ends only that: whoever stops npm alone would leave a hub that nobody owns.
const shell = process.ppid;
if (process.env.npm_lifecycle_event === "start") {
  const watch = setInterval(() => {
    if (process.ppid === shell) return;
    clearInterval(watch);
    process.kill(process.pid, "SIGTERM");
  }, 500);
  watch.unref();
}

const code = build();
if (code === 0) await import("../dist/src/main.js");
else process.exitCode = code;
