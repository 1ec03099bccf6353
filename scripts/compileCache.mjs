/** Keeps compiled modules in the build's folder: of a start's second, a third is the compilation of modules that did not change. */
import module from "node:module";
import { join } from "node:path";
import { root } from "./build.mjs";

module.enableCompileCache?.(join(root, "dist", ".cache"));
