/** The types of one schema under construction: each name is made once, lazily, so that types may refer to each other. */
import {
  getNamedType,
  GraphQLEnumType,
  type GraphQLFieldConfigMap,
  type GraphQLInputFieldConfig,
  GraphQLInputObjectType,
  GraphQLObjectType,
  type GraphQLInterfaceType,
} from "graphql";
import type { DeclaredVocabulary } from "../collect.ts";
import type { EntityName } from "../ids.ts";

type OutputFields = GraphQLFieldConfigMap<unknown, unknown>;
type InputFields = Record<string, GraphQLInputFieldConfig>;

export interface Builder {
  readonly vocabulary: DeclaredVocabulary;
  object(name: string, fields: () => OutputFields, about?: { description?: string; interfaces?: GraphQLInterfaceType[] }): GraphQLObjectType;
  input(name: string, fields: () => InputFields, about?: { description?: string; isOneOf?: boolean }): GraphQLInputObjectType;
  /** A projected enum: only what the agency may name. */
  choice(name: string, values: Readonly<Record<string, string>>, description: string): GraphQLEnumType;
  /** The enum of an attribute, as declared. */
  enumOf(entity: EntityName, attribute: string): GraphQLEnumType;
  /** The hub constant's own type. */
  readonly region: GraphQLObjectType;
  /** An enum among the region's fields. */
  regionEnum(field: "level" | "compact"): GraphQLEnumType;
}

export const makeBuilder = (vocabulary: DeclaredVocabulary): Builder => {
  const made = new Map<string, GraphQLObjectType | GraphQLInputObjectType | GraphQLEnumType>();
  const once = <T extends GraphQLObjectType | GraphQLInputObjectType | GraphQLEnumType>(name: string, make: () => T): T => {
    const known = made.get(name) as T | undefined;
    if (known) return known;
    const type = make();
    made.set(name, type);
    return type;
  };
  const region = getNamedType(vocabulary.constants.getFields().region?.type) as GraphQLObjectType;
  return {
    vocabulary,
    object: (name, fields, about = {}) => once(name, () => new GraphQLObjectType({ name, fields, ...about })),
    input: (name, fields, about = {}) => once(name, () => new GraphQLInputObjectType({ name, fields, ...about })),
    choice: (name, values, description) =>
      once(
        name,
        () =>
          new GraphQLEnumType({
            name,
            description,
            values: Object.fromEntries(Object.entries(values).map(([value, words]) => [value, { description: words }])),
          }),
      ),
    enumOf: (entity, attribute) => getNamedType(vocabulary.objectTypes.get(entity)?.getFields()[attribute]?.type) as GraphQLEnumType,
    region,
    regionEnum: (field) => getNamedType(region.getFields()[field]?.type) as GraphQLEnumType,
  };
};
