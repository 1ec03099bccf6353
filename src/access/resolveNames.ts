/** Names of a policy file → what the vocabulary declares; unknown ones are refused where they stand. */
import { asEntityName } from "../../schema/ids.ts";
import type { AttributeDef, EntityDef } from "../../schema/vocabulary.ts";
import { oneOf, yamlReader } from "../identity/readYaml.ts";
import type { Place } from "../mapping/yamlFile.ts";
import type { PolicyContext } from "./policyContext.ts";

const read = yamlReader("POLICY_INVALID");

/** @throws HubError POLICY_INVALID */
export function entityOf(name: string, at: Place, context: Pick<PolicyContext, "vocabulary">): EntityDef {
  const entity = context.vocabulary.entities.get(asEntityName(name));
  if (!entity) throw read.fault(at, `the vocabulary has no entity ${name}; use ${oneOf(context.vocabulary.entities.keys())}.`);
  return entity;
}

/** @throws HubError POLICY_INVALID */
export function attributeOf(entity: EntityDef, name: string, at: Place): AttributeDef {
  const attribute = entity.attributes.get(name);
  if (!attribute) throw read.fault(at, `${entity.name} has no attribute ${name}; use ${oneOf(entity.attributes.keys())}.`);
  return attribute;
}
