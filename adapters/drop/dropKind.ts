/** Kind `drop`: a folder into which an agency puts CSV files and workbooks; mirrored (semantics.md §6). */
import type { MirroredKind } from "../contract/tableReader.ts";
import { parseDropConfig } from "./dropConfig.ts";
import { openReader } from "./dropReader.ts";

/** Sources run as TypeScript in tests and as JavaScript when built; a URL is not rewritten by the compiler. */
const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";

export const dropKind: MirroredKind = {
  kind: "drop",
  parseConfig: parseDropConfig,
  openReader,
  module: new URL(`./dropReader.${extension}`, import.meta.url).href,
};
