/** The fields of a node that the document asks for, as data; every attribute it touches is noted as used. */
import { Kind, type SelectionSetNode } from "graphql";
import { acrossCountName } from "../../schema/derive/names.ts";
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
      return { kind: "ownerRegion", key, region: readRegionSelection(builder, sets) };
    case "provenance":
      return { kind: "provenance", key, fields: collectFields(builder.document, [`${entity.name}Provenance`], sets).map((part) => readProvenance(builder, entity, door, part)) };
    case "original": {
      const of = entity.attributes.get(originalOf(builder, field, entity));
      if (of === undefined) throw new Error(`${entity.name}.original names an unknown attribute`);
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
  const region = part.name === "ownerRegion" && selectionSets(part).length > 0 ? readRegionSelection(builder, selectionSets(part)) : null;
  return { key: part.key, field: part.name as ProvenanceField["field"], attribute, region };
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

/** `original(of: MEAN_VALUE)` names an attribute in upper snake case; it may be a variable, whose enum value the plan key holds. */
function originalOf(builder: PlanBuilder, field: CollectedField, entity: EntityDef): string {
  const argument = field.nodes[0]?.arguments?.find((candidate) => candidate.name.value === "of")?.value;
  if (argument === undefined) return "";
  const byEnum = new Map<string, AttributeDef>([...entity.attributes.values()].map((attribute) => [enumName(attribute.name), attribute]));
  const name = argument.kind === Kind.ENUM ? argument.value : argument.kind === Kind.VARIABLE ? String(builder.document.variables[argument.name.value]) : "";
  return byEnum.get(name)?.name ?? "";
}

/** Upper snake case, as in the SDL: `legalRep` is `LEGAL_REP`. */
const enumName = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toUpperCase();
