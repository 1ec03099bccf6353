/** What policies and permits need to know of a source, read off its compiled mapping. */
import type { SourceExpr } from "../../adapters/contract/sourceQuery.ts";
import type { EntityName } from "../../schema/ids.ts";
import type { MappedEntity, MappedField, MappedPart, Mapping } from "../mapping/mapping.ts";
import type { PermitSource } from "./decide.ts";
import type { PolicySource } from "./policyContext.ts";

/** @param exactness asks the floor that lowers: see `PolicySource.exactness` */
export const policySourceOf = (mapping: Mapping, exactness: PolicySource["exactness"]): PolicySource => ({
  id: mapping.source,
  mappedAttributes: (entity) => mappedAttributes(mapping, entity),
  columns: (entity, attribute) => fieldsOf(mapping, entity, attribute).flatMap(({ fedBy }) => fedBy),
  publicKeyColumns: (entity) => {
    const mapped = mapping.entities.get(entity);
    return mapped?.keyPublic ? mapped.parts.flatMap(keyColumns) : [];
  },
  defaultedAttributes: (entity) =>
    new Set([...(mappedAttributes(mapping, entity) ?? [])].filter((attribute) => fieldsOf(mapping, entity, attribute).some(isDefaulted))),
  exactness,
});

export const permitSourceOf = (mapping: Mapping): PermitSource => ({
  id: mapping.source,
  region: mapping.region,
  version: mapping.version,
  maps: (entity) => mapping.entities.has(entity),
});

const mappedAttributes = (mapping: Mapping, entity: EntityName): ReadonlySet<string> | null => {
  const mapped: MappedEntity | undefined = mapping.entities.get(entity);
  return mapped ? new Set(mapped.parts.flatMap(({ fields }) => [...fields.keys()])) : null;
};

const fieldsOf = (mapping: Mapping, entity: EntityName, attribute: string): readonly MappedField[] =>
  mapping.entities.get(entity)?.parts.flatMap(({ fields }) => fields.get(attribute) ?? []) ?? [];

/**
 * A value where the source says nothing: `else`, whatever the stages before it. Lists of flags are empty there, which is what their
 * lens means; a constant is no answer to a missing one.
 */
const isDefaulted = (field: MappedField): boolean =>
  field.inputs.length > 0 && field.attribute.type.kind !== "list" && field.read(field.inputs.map(() => null)) !== null;

/** `table.column`, as `fedBy` spells them. */
const keyColumns = (part: MappedPart): readonly string[] => part.locator.flatMap((expr) => columnsIn(expr, part));

function columnsIn(expr: SourceExpr, part: MappedPart): readonly string[] {
  switch (expr.kind) {
    case "column":
      return [`${part.joins.find(({ alias }) => alias === expr.alias)?.table ?? part.table}.${expr.column}`];
    case "lens":
      return expr.args.flatMap((arg) => columnsIn(arg, part));
    case "coalesce":
      return expr.of.flatMap((arg) => columnsIn(arg, part));
    case "when":
      return [expr.then, expr.otherwise].flatMap((arg) => columnsIn(arg, part));
    case "start":
    case "linear":
    case "bucket":
      return columnsIn(expr.of, part);
    case "rowid":
    case "keyHash":
    case "constant":
    case "slot":
    case "truth":
      return [];
  }
}
