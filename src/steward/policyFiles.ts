/** The files that decide who sees what, as they lie in a network's folder, and which region each policy speaks for. */
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { RegionCode } from "../../schema/ids.ts";
import type { SourceRegistry } from "../sources/registry.ts";

export interface PolicyFile {
  /** Folder in `regions/`, e.g. `hebei`. */
  readonly folder: string;
  /** As messages name it: `regions/hebei/policy.yaml`. */
  readonly file: string;
  readonly text: string;
}

/** In the order of their folders; a region without a policy file is joining and shares nothing. */
export async function readPolicyFiles(networkDir: string): Promise<readonly PolicyFile[]> {
  const folders = (await readdir(join(networkDir, "regions"), { withFileTypes: true })).filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const found = await Promise.all(folders.sort().map((folder) => readPolicyFile(networkDir, folder)));
  return found.filter((file) => file !== null);
}

/** Null where the region has no policy file. */
export async function readPolicyFile(networkDir: string, folder: string): Promise<PolicyFile | null> {
  const file = `regions/${folder}/policy.yaml`;
  const text = await readFile(join(networkDir, file), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  return text === null ? null : { folder, file, text };
}

/** The code that a region's folder stands for, as its sources say; null while none of them can be read. */
export function regionOfFolder(registry: SourceRegistry, folder: string): RegionCode | null {
  for (const state of registry.list()) {
    if (!state.file.startsWith(`regions/${folder}/`)) continue;
    const region = state.status === "ready" ? state.source.region : state.region;
    if (region !== null) return region;
  }
  return null;
}

/**
 * File → SHA-256 of everything that the policies in force depend on: the policies, the groups and attributes of the network, and the
 * mappings (semantics.md §8).
 */
export async function networkHashes(networkDir: string): Promise<Readonly<Record<string, string>>> {
  const hashes: Record<string, string> = { "network.yaml": sha256(await readFile(join(networkDir, "network.yaml"))) };
  for (const { name: folder } of (await readdir(join(networkDir, "regions"), { withFileTypes: true })).filter((entry) => entry.isDirectory())) {
    for (const name of await readdir(join(networkDir, "regions", folder))) {
      // Code tables that a mapping names lie beside it; tests decide nothing.
      if (!/\.(yaml|csv)$/.test(name) || name === "policy.test.yaml") continue;
      const file = `regions/${folder}/${name}`;
      hashes[file] = sha256(await readFile(join(networkDir, file)));
    }
  }
  return Object.fromEntries(Object.entries(hashes).sort(([a], [b]) => (a < b ? -1 : 1)));
}

export const sha256 = (bytes: Buffer | string): string => createHash("sha256").update(bytes).digest("hex");
