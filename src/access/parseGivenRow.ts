/** A row of a policy test: attributes in unified terms, as the mapping would have made them. Attributes that are not said are NULL. */
import type { AttributeType, EntityDef } from "../../schema/vocabulary.ts";
import { decimalOf } from "../harmonise/decimal.ts";
import type { Unified, UnifiedObject } from "../harmonise/unified.ts";
import { oneOf, yamlReader } from "../identity/readYaml.ts";
import type { YamlNode } from "../mapping/yamlFile.ts";
import { parseLiteral } from "./parseLiteral.ts";
import { attributeOf } from "./resolveNames.ts";

export type GivenRow = ReadonlyMap<string, Unified>;

const read = yamlReader("POLICY_INVALID");

/** @throws HubError POLICY_INVALID with file:line:column and the mend */
export function parseGivenRow(node: YamlNode, entity: EntityDef): GivenRow {
  const row = new Map<string, Unified>();
  for (const [name, { key, value }] of read.map(node, `a row of ${entity.name}`).entries) {
    row.set(name, parseCell(attributeOf(entity, name, key).type, value, `${entity.name}.${name}`));
  }
  return row;
}

function parseCell(type: AttributeType, node: YamlNode, what: string): Unified {
  switch (type.kind) {
    case "list":
      return read.list(node, what).map((item) => String(parseScalar(type, item, what)));
    case "object":
      return parseObject(type, node, what);
    default:
      return parseScalar(type, node, what);
  }
}

function parseScalar(type: AttributeType, node: YamlNode, what: string): string | number | boolean | Exclude<ReturnType<typeof decimalOf>, null> {
  const text = read.text(node, what);
  // Rows may hold more digits than are printed: masks and rules must cope with them.
  const exact = type.kind === "decimal" ? decimalOf(text) : null;
  if (exact !== null) return exact;
  const parsed = parseLiteral(type, text);
  if (!parsed.ok) throw read.fault(node.at, `${what}: ${parsed.problem}.`);
  return parsed.value;
}

function parseObject(type: Extract<AttributeType, { kind: "object" }>, node: YamlNode, what: string): UnifiedObject {
  const object: Record<string, UnifiedObject[string]> = {};
  for (const [part, { key, value }] of read.map(node, what).entries) {
    const partType = Object.hasOwn(type.parts, part) ? type.parts[part]?.type : undefined;
    if (!partType) throw read.fault(key, `${what} has no part ${part}; use ${oneOf(Object.keys(type.parts))}.`);
    if (partType.kind === "list") object[part] = read.texts(value, part).map(({ text }) => text);
    else {
      const cell = parseScalar(partType, value, `${what}.${part}`);
      object[part] = typeof cell === "boolean" ? null : cell;
    }
  }
  return object;
}
