/** Kind `hj212`: a folder of logs of HJ 212 packets; mirrored (semantics.md §6). */
import type { MirroredKind } from "../contract/tableReader.ts";
import { parseHj212Config } from "./hj212Config.ts";
import { openReader } from "./hj212Reader.ts";

const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";

export const hj212Kind: MirroredKind = {
  kind: "hj212",
  parseConfig: parseHj212Config,
  openReader,
  module: new URL(`./hj212Reader.${extension}`, import.meta.url).href,
};
