/** `network.yaml` of a network's folder, or one sentence on why there is none. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { HubError } from "../../schema/errorCodes.ts";
import type { Network } from "../identity/network.ts";
import { parseNetwork } from "../identity/parseNetwork.ts";

/** Throws NETWORK_INVALID at the place, or CONFIG_INVALID where the file cannot be read. */
export function readNetwork(networkDir: string): Network {
  const file = join(networkDir, "network.yaml");
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw new HubError("CONFIG_INVALID", { problem: `${file} cannot be read. Name a network's folder: --network DIR.` }, { cause });
  }
  return parseNetwork(text, "network.yaml");
}
