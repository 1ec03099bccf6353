/** Which source files a network's folder holds: `regions/NAME/source.yaml`, and `OTHER.source.yaml` for a region's second database. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { HubError } from "../../schema/errorCodes.ts";
import { asSourceId, type SourceId } from "../../schema/ids.ts";
import type { YamlNode } from "../mapping/yamlFile.ts";

export interface SourceFile {
  readonly id: SourceId;
  /** As messages name it, e.g. `regions/hebei/source.yaml`. */
  readonly file: string;
  readonly dir: string;
  readonly text: string;
}

const idPattern = /^[a-z0-9][a-z0-9-]*$/;

/** In the order of their ids. Throws CONFIG_INVALID where the folder has no regions or two files mean one source. */
export async function readSourceFiles(networkDir: string): Promise<readonly SourceFile[]> {
  const regions = await readdir(join(networkDir, "regions"), { withFileTypes: true }).catch((cause: unknown) => {
    throw new HubError("CONFIG_INVALID", { problem: `${join(networkDir, "regions")} cannot be read; a network's folder has one folder per region in \`regions\`.` }, { cause });
  });
  const files: SourceFile[] = [];
  for (const region of regions.filter((entry) => entry.isDirectory()).map(({ name }) => name)) {
    const dir = join(networkDir, "regions", region);
    for (const name of await readdir(dir)) {
      if (name !== "source.yaml" && !name.endsWith(".source.yaml")) continue;
      const id = name === "source.yaml" ? region : `${region}-${name.slice(0, -".source.yaml".length)}`;
      const file = `regions/${region}/${name}`;
      const problem = (text: string): never => {
        throw new HubError("CONFIG_INVALID", { problem: `${file}: ${text}` });
      };
      if (!idPattern.test(id)) problem(`\`${id}\` cannot name a source; use lower-case letters, digits and hyphens.`);
      if (files.some((other) => other.id === id)) problem(`another file means the source \`${id}\` too; rename one.`);
      files.push({ id: asSourceId(id), file, dir, text: await readFile(join(dir, name), "utf8") });
    }
  }
  return files.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Texts of the code files that a mapping names by `{ file, from, to }`; one that is not beside it is left out. */
export async function readCodeFiles(root: YamlNode, dir: string): Promise<Readonly<Record<string, string>>> {
  const names = new Set<string>();
  const collect = (node: YamlNode): void => {
    if (node.kind === "list") node.items.forEach(collect);
    if (node.kind !== "map") return;
    const file = node.entries.get("file")?.value;
    if (file?.kind === "text" && node.entries.has("from") && node.entries.has("to")) names.add(file.text);
    for (const { value } of node.entries.values()) collect(value);
  };
  collect(root);
  const texts: [string, string][] = [];
  for (const name of names) {
    if (/[/\\]/.test(name) || name.startsWith(".")) continue;
    const text = await readFile(join(dir, name), "utf8").catch(() => null);
    if (text !== null) texts.push([name, text]);
  }
  return Object.fromEntries(texts);
}
