/** Kind `rest`: JSON over HTTP with paging; mirrored (semantics.md §6), because such sources cannot filter by a rule. */
import type { MirroredKind } from "../contract/tableReader.ts";
import { parseRestConfig } from "./restConfig.ts";
import { openReader } from "./restReader.ts";

const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";

export const restKind: MirroredKind = {
  kind: "rest",
  parseConfig: parseRestConfig,
  openReader,
  module: new URL(`./restReader.${extension}`, import.meta.url).href,
};
