/**
 * YAML nodes read as the shapes that network and policy files promise. Every refusal names the place and the mend.
 *
 * Readers return faults to throw (`throw read.fault(…)`), so that the compiler follows the control flow.
 */
import { fileError, type HubError } from "../../schema/errorCodes.ts";
import type { Place, YamlNode } from "../mapping/yamlFile.ts";
import type { Words } from "./network.ts";

export type MapNode = Extract<YamlNode, { kind: "map" }>;
export type Entry = { readonly key: Place; readonly value: YamlNode };

export interface YamlReader {
  fault(at: Place, problem: string): HubError;
  /** A map; with `words`, only those keys. */
  map(node: YamlNode, what: string, words?: readonly string[]): MapNode;
  list(node: YamlNode, what: string): readonly YamlNode[];
  /** Text that is not blank. */
  text(node: YamlNode, what: string): string;
  texts(node: YamlNode, what: string): readonly { readonly text: string; readonly at: Place }[];
  boolean(node: YamlNode, what: string): boolean;
  /** `{ zh, en }`; one of them may be missing and is then the other. */
  words(node: YamlNode, what: string): Words;
}

const kinds: Readonly<Record<YamlNode["kind"], string>> = { text: "a text", list: "a list", map: "a map" };

/** The entry under `key`, or undefined. */
export const entry = (map: MapNode, key: string): Entry | undefined => map.entries.get(key);

/** `a, b or c`, for mends. */
export const oneOf = (names: Iterable<string>): string => {
  const all = [...names];
  const last = all.pop();
  return last === undefined ? "nothing" : all.length === 0 ? last : `${all.join(", ")} or ${last}`;
};

/** Readers that refuse with `code`, e.g. `POLICY_INVALID regions/hebei/policy.yaml:14:9 …`. */
export function yamlReader(code: "NETWORK_INVALID" | "POLICY_INVALID"): YamlReader {
  const fault = (at: Place, problem: string): HubError => fileError(code, at, problem);

  const map = (node: YamlNode, what: string, words?: readonly string[]): MapNode => {
    if (node.kind !== "map") throw fault(node.at, `${what} is ${kinds[node.kind]}; write a map.`);
    if (words) {
      for (const [key, { key: at }] of node.entries) {
        if (!words.includes(key)) throw fault(at, `${what} has no word ${key}; use ${oneOf(words)}.`);
      }
    }
    return node;
  };
  const list = (node: YamlNode, what: string): readonly YamlNode[] => {
    if (node.kind !== "list") throw fault(node.at, `${what} is ${kinds[node.kind]}; write a list: [a, b].`);
    return node.items;
  };
  const text = (node: YamlNode, what: string): string => {
    if (node.kind !== "text") throw fault(node.at, `${what} is ${kinds[node.kind]}; write one text.`);
    if (node.text.trim() === "") throw fault(node.at, `${what} is empty; write a value or leave the line out.`);
    return node.text;
  };
  const boolean = (node: YamlNode, what: string): boolean => {
    const value = text(node, what);
    if (value !== "true" && value !== "false") throw fault(node.at, `${what} is ${value}; write true or false.`);
    return value === "true";
  };
  const words = (node: YamlNode, what: string): Words => {
    const read = map(node, what, ["zh", "en"]);
    const zh = entry(read, "zh");
    const en = entry(read, "en");
    const some = zh ?? en;
    if (!some) throw fault(node.at, `${what} has no words; write { zh: …, en: … }.`);
    return { zh: text((zh ?? some).value, `${what}, zh,`), en: text((en ?? some).value, `${what}, en,`) };
  };
  return {
    fault,
    map,
    list,
    text,
    texts: (node, what) => list(node, what).map((item) => ({ text: text(item, `an item of ${what}`), at: item.at })),
    boolean,
    words,
  };
}
