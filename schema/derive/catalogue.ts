/** The sharing catalogue: per coordinate what it is, how it is classed, and which masks a rule may put on it. */
import { coordinate } from "../ids.ts";
import type { AttributeDef, AttributeType, MaskName, Sensitivity, SharingClass, Vocabulary } from "../vocabulary.ts";

export interface CatalogueEntry {
  readonly coordinate: string;
  readonly zh: string;
  readonly en: string;
  readonly type: string;
  readonly unit: string | null;
  readonly sharing: SharingClass;
  readonly sensitivity: Sensitivity;
  readonly masks: readonly MaskName[];
  readonly key: boolean;
  /** Inside `open` on the day of its approval. */
  readonly inOpen: boolean;
}

/** A type in one word or two, as the catalogue prints it. */
export const typeName = (type: AttributeType): string => {
  switch (type.kind) {
    case "enum":
      return type.name;
    case "decimal":
      return `decimal(${type.scale})`;
    case "link":
      return `link ${type.entity}`;
    case "list":
      return `list of ${typeName(type.of)}`;
    case "object":
      return type.name;
    case "text":
    case "boolean":
    case "integer":
    case "instant":
    case "date":
    case "pollutant":
    case "region":
      return type.kind;
  }
};

const entryOf = (attribute: AttributeDef): CatalogueEntry => ({
  coordinate: coordinate(attribute.entity, attribute.name),
  zh: attribute.zh,
  en: attribute.en,
  type: typeName(attribute.type),
  unit: attribute.type.kind === "decimal" ? (attribute.type.unit ?? null) : null,
  sharing: attribute.sharing,
  sensitivity: attribute.sensitivity,
  masks: attribute.masks,
  key: attribute.key,
  inOpen: attribute.inOpen && attribute.sharing === "U",
});

export const catalogue = (vocabulary: Vocabulary): readonly CatalogueEntry[] =>
  [...vocabulary.entities.values()].flatMap(({ attributes }) => [...attributes.values()].map(entryOf));
