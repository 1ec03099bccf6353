/** `npm start`: builds what changed, then starts the hub in this process, so that signals reach it. */
import "./nodeVersion.mjs";
import { build } from "./build.mjs";
import "./compileCache.mjs";

const code = build();
if (code === 0) await import("../dist/src/main.js");
else process.exitCode = code;
