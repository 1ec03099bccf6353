/** `${ENV}` in `connection` and `tables`, and the way from a kind's complaint back to its line. */
import type { ConfigValue } from "../../adapters/contract/tableReader.ts";
import { fault } from "../mapping/fault.ts";
import type { Place, YamlNode } from "../mapping/yamlFile.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** A node as plain values, every `${NAME}` filled in. Throws MAPPING_INVALID at a name that is not set; never prints a value. */
export function fillEnvironment(node: YamlNode, env: Environment): ConfigValue {
  switch (node.kind) {
    case "text":
      return node.text.replace(/\$\{([^{}]*)\}/g, (_whole, name: string) => {
        const value = Object.hasOwn(env, name) ? env[name] : undefined;
        return value ?? fault(node.at, `\`\${${name}}\` is not set; set the environment variable ${name}.`);
      });
    case "list":
      return node.items.map((item) => fillEnvironment(item, env));
    case "map":
      return Object.fromEntries([...node.entries].map(([key, { value }]) => [key, fillEnvironment(value, env)]));
  }
}

/** Place of the value that a path leads to, or of the deepest one on the way. */
export function placeOf(roots: Readonly<Record<string, YamlNode | null>>, path: readonly string[], fallback: Place): Place {
  const [root = "", ...rest] = path;
  let node = roots[root] ?? null;
  let at = node?.at ?? fallback;
  for (const key of rest) {
    if (node?.kind === "map") {
      const entry = node.entries.get(key);
      if (!entry) return at;
      node = entry.value;
      // A block map begins on the line behind its key.
      at = node.kind === "text" ? node.at : entry.key;
    } else if (node?.kind === "list") {
      node = node.items[Number(key)] ?? null;
      at = node?.at ?? at;
    } else {
      return at;
    }
  }
  return at;
}
