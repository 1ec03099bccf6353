/** The sandbox page's configuration, from the network's files alone: nothing about any network is in code. */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Network } from "../identity/network.ts";
import type { SandboxConfig, SandboxExample } from "./sandboxContract.ts";

/** What `GET /sandbox/config.json` answers. Only a demonstration names its agencies to whoever opens the page. */
export const sandboxConfig = (network: Network, demonstration: boolean, examples: readonly SandboxExample[]): SandboxConfig => ({
  demonstration,
  anonymous: network.anonymous,
  agencies: demonstration ? [...network.agencies.values()].map(({ id, name, about, purposes }) => ({ id, name, about, purposes })) : [],
  purposes: [...network.purposes].map(([id, name]) => ({ id, name })),
  examples,
});

const extension = ".graphql";

/**
 * The example queries of a network: `examples/*.graphql` beside `network.yaml`, in the order of their names. A network without that
 * folder has none.
 */
export const readExamples = (networkDir: string): readonly SandboxExample[] => {
  const dir = join(networkDir, "examples");
  return exampleFiles(dir).map((file) => parseExample(readFileSync(join(dir, file), "utf8"), basename(file, extension)));
};

const exampleFiles = (dir: string): readonly string[] => {
  try {
    return readdirSync(dir).filter((file) => file.endsWith(extension)).sort();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
};

/** The title is the first line's comment: `# 中文 | English`, or one title for both; without a comment it is the file's name. */
export const parseExample = (text: string, name: string): SandboxExample => {
  const comment = /^#[ \t]*(.*\S)/.exec(text)?.[1] ?? name;
  const [zh = comment, en = zh] = comment.split("|").map((part) => part.trim());
  return { title: { zh, en }, query: text };
};
