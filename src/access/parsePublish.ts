/** `publish:` of a rule: counts, sums and averages over groups that are large enough (semantics.md §5). */
import type { EntityName } from "../../schema/ids.ts";
import type { EntityDef } from "../../schema/vocabulary.ts";
import { entry, yamlReader } from "../identity/readYaml.ts";
import type { YamlNode } from "../mapping/yamlFile.ts";
import type { PublishedTable } from "./policy.ts";
import type { PolicyContext } from "./policyContext.ts";
import { attributeOf, entityOf } from "./resolveNames.ts";

const read = yamlReader("POLICY_INVALID");
/** Fewer could be told apart by one who knows two of them. */
const minGroupMin = 3;

/** @throws HubError POLICY_INVALID with file:line:column and the mend */
export function parsePublish(node: YamlNode, context: PolicyContext): ReadonlyMap<EntityName, PublishedTable> {
  const tables = new Map<EntityName, PublishedTable>();
  for (const [name, { key, value }] of read.map(node, "publish").entries) {
    const entity = entityOf(name, key, context);
    tables.set(entity.name, parseTable(entity, value));
  }
  if (tables.size === 0) throw read.fault(node.at, "publish is empty; write publish: { Enterprise: { by: [industry], minGroup: 5 } }.");
  return tables;
}

function parseTable(entity: EntityDef, node: YamlNode): PublishedTable {
  const what = `publish ${entity.name}`;
  const map = read.map(node, what, ["by", "measures", "minGroup"]);
  const by = entry(map, "by");
  const measures = entry(map, "measures");
  const minGroup = entry(map, "minGroup");
  if (!minGroup) throw read.fault(node.at, `${what} has no minGroup; write minGroup: 5 (at least ${minGroupMin}).`);
  return {
    by: by ? parseBy(entity, by.value) : [],
    measures: measures ? parseMeasures(entity, measures.value) : new Map(),
    minGroup: parseMinGroup(minGroup.value),
  };
}

function parseBy(entity: EntityDef, node: YamlNode): readonly string[] {
  const by = read.texts(node, "by").map(({ text, at }) => {
    const attribute = attributeOf(entity, text, at);
    if (attribute.type.kind === "link" || attribute.type.kind === "object" || attribute.type.kind === "list") {
      throw read.fault(at, `${entity.name}.${text} cannot be grouped by; use an attribute of one plain value.`);
    }
    return text;
  });
  if (new Set(by).size < by.length) throw read.fault(node.at, "by names an attribute twice; leave one out.");
  return by;
}

function parseMeasures(entity: EntityDef, node: YamlNode): PublishedTable["measures"] {
  const measures = new Map<string, readonly ("sum" | "avg")[]>();
  for (const [name, { key, value }] of read.map(node, "measures").entries) {
    const attribute = attributeOf(entity, name, key);
    if (attribute.type.kind !== "decimal" && attribute.type.kind !== "integer") {
      throw read.fault(key, `${entity.name}.${name} is not a number; measures are sums and averages of numbers (count is always there).`);
    }
    const functions = read.texts(value, name).map(({ text, at }) => {
      if (text !== "sum" && text !== "avg") throw read.fault(at, `${text} cannot be published; use sum or avg (count is always there).`);
      return text;
    });
    if (functions.length === 0) throw read.fault(value.at, `measure ${name} has no function; use sum or avg.`);
    measures.set(name, [...new Set(functions)]);
  }
  return measures;
}

function parseMinGroup(node: YamlNode): number {
  const text = read.text(node, "minGroup");
  if (!/^\d{1,9}$/.test(text) || Number(text) < minGroupMin) {
    throw read.fault(node.at, `minGroup is ${text}; write a whole number of at least ${minGroupMin}.`);
  }
  return Number(text);
}
