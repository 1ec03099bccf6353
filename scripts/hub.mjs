/** `npm run -s hub -- COMMAND`: builds what changed, then runs the command. */
import "./nodeVersion.mjs";
import { build } from "./build.mjs";
import "./compileCache.mjs";

const code = build();
if (code === 0) await import("../dist/src/cli/hub.js");
else process.exitCode = code;
