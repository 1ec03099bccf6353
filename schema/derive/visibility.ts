/**
 * What an agency may see, as far as the schema shows it: which coordinates exist at which door, and in which roles.
 *
 * The shape of `Permit.reach` and its publications, declared here because the schema stands on the lowest floor.
 */
import { coordinate, type Coordinate, type EntityName } from "../ids.ts";
import type { Path } from "../predicate.ts";
import type { AcrossLinkDef, AttributeDef, EntityDef, Vocabulary } from "../vocabulary.ts";

/** MASKED: printed only. CLEAR: every role. A coordinate that is absent exists nowhere. */
export type Reach = "MASKED" | "CLEAR";
export type Reaches = ReadonlyMap<Coordinate, Reach>;

/** What some owner publishes of an entity: the union over its publications. */
export interface Published {
  readonly by: ReadonlySet<string>;
  readonly measures: ReadonlyMap<string, ReadonlySet<"sum" | "avg">>;
}

export interface Visibility {
  readonly query: Reaches;
  readonly aggregate: Reaches;
  readonly publications: ReadonlyMap<EntityName, Published>;
}

/** One door's view of the vocabulary: what the builders of types ask. */
export interface View {
  readonly vocabulary: Vocabulary;
  readonly reach: Reaches;
}

export const entityOf = (vocabulary: Vocabulary, name: EntityName): EntityDef => {
  const entity = vocabulary.entities.get(name);
  if (!entity) throw new TypeError(`No entity ${name} in the vocabulary`);
  return entity;
};

export const isEntityVisible = ({ reach }: View, entity: EntityDef): boolean =>
  [...entity.attributes.keys()].some((name) => reach.has(coordinate(entity.name, name)));

/** A link whose target is nowhere visible is NULL in every row, so it does not exist either. */
const leadsSomewhere = (view: View, { type }: AttributeDef): boolean =>
  type.kind !== "link" || isEntityVisible(view, entityOf(view.vocabulary, type.entity));

/** Attributes that nodes print: masked or clear. */
export const printed = (view: View, entity: EntityDef): readonly AttributeDef[] =>
  [...entity.attributes.values()].filter((each) => view.reach.has(coordinate(entity.name, each.name)) && leadsSomewhere(view, each));

/** Attributes with every role: filter, order, group, aggregate, original. */
export const clear = (view: View, entity: EntityDef): readonly AttributeDef[] =>
  printed(view, entity).filter((each) => view.reach.get(coordinate(entity.name, each.name)) === "CLEAR");

const isPathClear = (view: View, from: EntityDef, path: Path): boolean => {
  let at = from;
  return path.every((step) => {
    const attribute = clear(view, at).find(({ name }) => name === step);
    if (attribute?.type.kind === "link") at = entityOf(view.vocabulary, attribute.type.entity);
    return attribute !== undefined;
  });
};

/** Across links read no cell of their own: they exist where their key, and the key of the rows that they list, are clear. */
export const acrossLinksIn = (view: View, entity: EntityDef): readonly AcrossLinkDef[] =>
  entity.acrossLinks.filter(({ key, target, targetKey }) => isPathClear(view, entity, key) && isPathClear(view, entityOf(view.vocabulary, target), targetKey));

/** Everything in the clear: the schema that is emitted, and that stewards read. */
export const allVisible = (vocabulary: Vocabulary): Visibility => {
  const reach = new Map<Coordinate, Reach>();
  const publications = new Map<EntityName, Published>();
  for (const entity of vocabulary.entities.values()) {
    const measures = new Map<string, ReadonlySet<"sum" | "avg">>();
    const by = new Set<string>();
    for (const { name, type } of entity.attributes.values()) {
      reach.set(coordinate(entity.name, name), "CLEAR");
      if (type.kind === "decimal" || type.kind === "integer") measures.set(name, new Set(["sum", "avg"]));
      else if (isGroupable(type.kind)) by.add(name);
    }
    publications.set(entity.name, { by, measures });
  }
  return { query: reach, aggregate: reach, publications };
};

type Kind = AttributeDef["type"]["kind"];

/** One printed value per row: it can be ordered, grouped and counted. */
export const isGroupable = (kind: Kind): boolean => kind !== "link" && kind !== "list" && kind !== "object";
/** min and max. */
export const hasExtremes = (kind: Kind): boolean => kind === "decimal" || kind === "integer" || kind === "instant" || kind === "date";
/** sum and avg. */
export const isMeasure = (kind: Kind): boolean => kind === "decimal" || kind === "integer";
