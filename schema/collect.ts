/**
 * From entity classes to the vocabulary: one value, frozen, that every other room reads.
 *
 * type-graphql builds the object types from the same classes; `derive/` projects them for what an agency may see.
 */
import type { GraphQLObjectType, GraphQLSchema } from "graphql";
import { buildSchemaSync } from "type-graphql";
import { type AttributeOptions, type Declaration, declarationOf } from "./declare.ts";
import { asEntityName, type EntityName } from "./ids.ts";
import { RegionResolver } from "./regional/regionResolver.ts";
import type { AcrossLinkDef, AttributeDef, EntityDef, Vocabulary } from "./vocabulary.ts";

/** The vocabulary with the GraphQL types that its classes declare. */
export interface DeclaredVocabulary extends Vocabulary {
  /** Object types by entity name: every attribute a field, links to the targets' types, described in both languages. */
  readonly objectTypes: ReadonlyMap<EntityName, GraphQLObjectType>;
  /** `region`, `regions`: root fields over hub constants, with their resolvers. */
  readonly constants: GraphQLObjectType;
}

type EntityClass = new () => object;

const frozenMap = <K, V>(entries: Iterable<readonly [K, V]>): ReadonlyMap<K, V> => {
  const map = new Map(entries);
  const refuse = (): never => {
    throw new TypeError("The vocabulary is frozen");
  };
  return Object.freeze(Object.assign(map, { set: refuse, delete: refuse, clear: refuse }));
};

const defineAttribute = (entity: EntityName, name: string, options: AttributeOptions): AttributeDef => {
  const type = options.type.attribute();
  return Object.freeze({
    entity,
    name,
    type: Object.freeze(type),
    zh: options.zh,
    en: options.en,
    sharing: options.sharing,
    sensitivity: options.sensitivity,
    key: options.key ?? false,
    masks: Object.freeze([...(options.masks ?? [])]),
    inOpen: options.inOpen ?? type.kind !== "link",
    inProvenance: options.inProvenance ?? false,
  });
};

/** A class's own declaration first, then its base class's. */
const lineage = (of: EntityClass): readonly Declaration[] => {
  const found: Declaration[] = [];
  for (let prototype: object | null = of.prototype as object; prototype !== null; prototype = Object.getPrototypeOf(prototype) as object | null) {
    const declaration = declarationOf(prototype);
    if (declaration) found.push(declaration);
  }
  return found;
};

/** A declared link, and its reverse where it has one: the same paths, seen from the other end. */
const acrossLinksOf = (of: EntityClass): readonly AcrossLinkDef[] =>
  lineage(of).flatMap(({ acrossLinks }) =>
    [...acrossLinks].flatMap(([name, { zh, en, target, targetKey, key, reverse }]): readonly AcrossLinkDef[] => {
      const ends = { here: asEntityName(of.name), there: asEntityName(target().name) };
      const forward = Object.freeze({ entity: ends.here, name, zh, en, target: ends.there, targetKey: Object.freeze(targetKey), key: Object.freeze(key) });
      return reverse === undefined ? [forward] : [forward, Object.freeze({ ...reverse, entity: ends.there, target: ends.here, targetKey: forward.key, key: forward.targetKey })];
    }),
  );

const defineEntity = (of: EntityClass, acrossLinks: readonly AcrossLinkDef[]): EntityDef => {
  const declarations = lineage(of);
  const options = declarations[0]?.entity;
  if (!options) throw new TypeError(`${of.name} carries no @Entity`);
  const name = asEntityName(of.name);
  return Object.freeze({
    name,
    ...options,
    attributes: frozenMap(
      declarations.flatMap(({ attributes }) => [...attributes].map(([key, each]) => [key, defineAttribute(name, key, each)] as const)),
    ),
    acrossLinks: Object.freeze(acrossLinks.filter(({ entity }) => entity === name)),
  });
};

const objectType = (schema: GraphQLSchema, name: EntityName): GraphQLObjectType => {
  const type = schema.getType(name);
  // `orphanedTypes` names every class, so type-graphql cannot leave one out.
  return type as GraphQLObjectType;
};

/** Builds the vocabulary of these classes. Throws where a class lacks `@Entity`; whether it is sound is `vocabulary.law.test.ts`. */
export const collect = (classes: readonly EntityClass[]): DeclaredVocabulary => {
  const schema = buildSchemaSync({ resolvers: [RegionResolver], orphanedTypes: [...classes], validate: false, skipCheck: true });
  const acrossLinks = classes.flatMap(acrossLinksOf);
  const entities = classes.map((of) => defineEntity(of, acrossLinks));
  return Object.freeze({
    entities: frozenMap(entities.map((entity) => [entity.name, entity])),
    objectTypes: frozenMap(entities.map(({ name }) => [name, objectType(schema, name)])),
    constants: schema.getQueryType() as GraphQLObjectType,
  });
};
