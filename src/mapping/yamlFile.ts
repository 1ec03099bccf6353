/**
 * YAML as people write it, with places: every error can name file, line and column.
 *
 * Failsafe schema: scalars are text, the column or attribute types them (by default `0101` becomes 101). Duplicate keys are errors.
 */
import { LRUCache } from "lru-cache";
import { LineCounter, parseDocument, isMap, isScalar, isSeq, type Node } from "yaml";
import { fileError } from "../../schema/errorCodes.ts";

export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export type YamlNode =
  | { readonly kind: "text"; readonly text: string; readonly at: Place }
  | { readonly kind: "list"; readonly items: readonly YamlNode[]; readonly at: Place }
  | { readonly kind: "map"; readonly entries: ReadonlyMap<string, { readonly key: Place; readonly value: YamlNode }>; readonly at: Place };

/** Three rooms read a source's file, and parsing it is a good part of a start. Nodes are never changed. */
const recent = new LRUCache<string, YamlNode>({ max: 64 });

/** An empty value (`key:` with nothing behind it) reads as empty text. */
export function parseYaml(text: string, file: string, code: "NETWORK_INVALID" | "MAPPING_INVALID" | "POLICY_INVALID"): YamlNode {
  const key = `${file}\u0000${text}`;
  const known = recent.get(key);
  if (known !== undefined) return known;
  const root = readDocument(text, file, code);
  recent.set(key, root);
  return root;
}

function readDocument(text: string, file: string, code: "NETWORK_INVALID" | "MAPPING_INVALID" | "POLICY_INVALID"): YamlNode {
  const lines = new LineCounter();
  const document = parseDocument(text, { schema: "failsafe", lineCounter: lines, uniqueKeys: true, merge: false });
  const placeOf = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const [problem] = document.errors;
  if (problem) {
    throw fileError(code, placeOf(problem.pos[0]), `${problem.message.split("\n")[0] ?? "is not YAML"}; mend the YAML.`);
  }
  const convert = (node: Node | null, fallback: Place): YamlNode => {
    const at = node?.range ? placeOf(node.range[0]) : fallback;
    if (node === null) return { kind: "text", text: "", at };
    if (isScalar(node)) return { kind: "text", text: node.value === null ? "" : String(node.value), at };
    if (isSeq(node)) return { kind: "list", items: node.items.map((item) => convert(item as Node | null, at)), at };
    if (isMap(node)) {
      const entries = new Map<string, { key: Place; value: YamlNode }>();
      for (const pair of node.items) {
        const keyNode = pair.key as Node;
        const key = keyNode.range ? placeOf(keyNode.range[0]) : at;
        if (!isScalar(keyNode)) throw fileError(code, key, "a key must be plain text.");
        entries.set(String(keyNode.value), { key, value: convert(pair.value as Node | null, key) });
      }
      return { kind: "map", entries, at };
    }
    throw fileError(code, at, "aliases and tags are not used here; write the value out.");
  };
  return convert(document.contents as Node | null, { file, line: 1, column: 1 });
}
