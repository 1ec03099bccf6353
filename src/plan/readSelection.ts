/** The fields of a node that the document asks for, as data; every attribute it touches is noted as used. */
import type { SelectionSetNode } from "graphql";
import { acrossCountName, enumValueName } from "../../schema/derive/names.ts";
import type { AttributeDef, EntityDef } from "../../schema/vocabulary.ts";
import type { Door } from "../access/permit.ts";
import { type CollectedField, collectFields, selectionSets } from "./collectFields.ts";
import type { NodeField, NodeSelection, ObjectPartField, OriginalField, ProvenanceField, RegionSelection } from "./operationPlan.ts";
import { acrossTarget, linkTarget, type PlanBuilder } from "./planBuilder.ts";
import { fieldArguments, intArgument, isAllowed } from "./rootArguments.ts";

export function readSelection(builder: PlanBuilder, entity: EntityDef, door: Door, sets: readonly SelectionSetNode[]): NodeSelection {
  const fields = collectFields(builder.document, [entity.name, "Node"], sets).map((field) => readField(builder, entity, door, field));
  return { entity, fields };
}

function readField(builder: PlanBuilder, entity: EntityDef, door: Door, field: CollectedField): NodeField {
  const { key, name } = field;
  const sets = selectionSets(field);
  switch (name) {
    case "__typename":
      return { kind: "typename", key, name: entity.name };
    case "id":
      return { kind: "id", key };
    case "ownerRegion":
      return { kind: "ownerRegion", key };
    case "provenance":
      return { kind: "provenance", key, fields: collectFields(builder.document, [`${entity.name}Provenance`], sets).map((part) => readProvenance(builder, entity, door, part)) };
    case "original": {
      const of = originalOf(builder, entity, field);
      builder.use(entity, of.name, door);
      const parts = collectFields(builder.document, ["Original"], sets);
      return { kind: "original", key, of, fields: parts.map((part) => ({ key: part.key, field: part.name }) as OriginalField) };
    }
  }
  const across = readAcross(builder, entity, door, field);
  if (across !== null) return across;
  const attribute = entity.attributes.get(name);
  if (attribute === undefined) throw new Error(`${entity.name}.${name} is not an attribute`);
  builder.use(entity, name, door);
  switch (attribute.type.kind) {
    case "link":
      return { kind: "link", key, attribute, target: readSelection(builder, linkTarget(builder, attribute), door, sets) };
    case "region":
      return { kind: "region", key, attribute, region: readRegionSelection(builder, sets) };
    case "object": {
      const parts = collectFields(builder.document, [attribute.type.name], sets);
      return { kind: "attribute", key, attribute, parts: parts.map((part): ObjectPartField => ({ key: part.key, part: part.name })) };
    }
    default:
      return { kind: "attribute", key, attribute, parts: null };
  }
}

/** An across link's list, or the count of its rows. */
function readAcross(builder: PlanBuilder, entity: EntityDef, door: Door, field: CollectedField): NodeField | null {
  const { key, name } = field;
  const link = entity.acrossLinks.find((candidate) => candidate.name === name || acrossCountName(candidate) === name);
  if (link === undefined) return null;
  const target = acrossTarget(builder, link);
  builder.usePath(entity, link.key, door);
  builder.usePath(target, link.targetKey, door);
  const args = fieldArguments(builder, entity.name, field);
  if (name !== link.name) return { kind: "acrossCount", key, link, partial: isAllowed(args.get("partial")) };
  return { kind: "across", key, link, first: intArgument(builder, args.get("first"), "first"), target: readSelection(builder, target, door, selectionSets(field)) };
}

function readProvenance(builder: PlanBuilder, entity: EntityDef, door: Door, part: CollectedField): ProvenanceField {
  const attribute = entity.attributes.get(part.name) ?? null;
  if (attribute !== null) builder.use(entity, attribute.name, door);
  return { key: part.key, field: part.name as ProvenanceField["field"], attribute };
}

export function readRegionSelection(builder: PlanBuilder, sets: readonly SelectionSetNode[]): RegionSelection {
  return {
    fields: collectFields(builder.document, ["Region"], sets).map((field) => ({
      key: field.key,
      field: field.name,
      nested: selectionSets(field).length > 0 ? readRegionSelection(builder, selectionSets(field)) : null,
    })),
  };
}

/** `original(of: MEAN_VALUE)` names an attribute as the schema does. */
function originalOf(builder: PlanBuilder, entity: EntityDef, field: CollectedField): AttributeDef {
  const of = fieldArguments(builder, entity.name, field).get("of");
  const found = of?.kind === "fixed" ? [...entity.attributes.values()].find(({ name }) => enumValueName(name) === of.value) : undefined;
  if (found === undefined) throw new Error(`${entity.name}.original names an unknown attribute`);
  return found;
}
