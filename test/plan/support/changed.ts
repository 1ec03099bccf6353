/** Hand-made entities with some fields mapped otherwise, for what few mappings do. */
import type { MappedEntity, MappedField } from "../../../src/mapping/mapping.ts";

/** The same entity, with one attribute of one table changed. */
export function changed(entity: MappedEntity, table: string, attribute: string, change: (field: MappedField) => Partial<MappedField>): MappedEntity {
  return {
    ...entity,
    parts: entity.parts.map((part) => {
      const field = part.fields.get(attribute);
      if (part.table !== table || field === undefined) return part;
      return { ...part, fields: new Map([...part.fields, [attribute, { ...field, ...change(field) }]]) };
    }),
  };
}
