/**
 * The GraphQL schema of one view: vocabulary × visibility → schema.
 *
 * A coordinate that is not visible exists in no role, and types that nothing leads to are not there, so that an unknown and a
 * forbidden name fail alike. The schema has no resolvers but those of hub constants: answers are made by the plan.
 */
import {
  type GraphQLFieldConfigMap,
  GraphQLID,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
} from "graphql";
import type { DeclaredVocabulary } from "../collect.ts";
import type { EntityDef } from "../vocabulary.ts";
import { entityAggregate, entityPublished } from "./aggregates.ts";
import { type Builder, makeBuilder } from "./builder.ts";
import { entityFilter } from "./filters.ts";
import { rootNames } from "./names.ts";
import { connectionType, entityType, Node } from "./nodes.ts";
import { entityOrder } from "./orders.ts";
import { isEntityVisible, type View, type Visibility } from "./visibility.ts";

type Fields = GraphQLFieldConfigMap<unknown, unknown>;
const id = new GraphQLNonNull(GraphQLID);

const rowDoors = (build: Builder, view: View, entity: EntityDef): Fields => {
  if (!isEntityVisible(view, entity)) return {};
  const { one, many } = rootNames(entity);
  const where = entityFilter(build, view, entity, "");
  const orderBy = entityOrder(build, view, entity);
  return {
    [one]: { type: entityType(build, view, entity), args: { id: { type: id } }, description: `${entity.zh}：按标识\n${entity.en}, by id` },
    [many]: {
      type: connectionType(build, view, entity),
      args: {
        ...(where === null ? {} : { where: { type: where } }),
        ...(orderBy === null ? {} : { orderBy: { type: new GraphQLList(new GraphQLNonNull(orderBy)) } }),
        first: { type: GraphQLInt },
        after: { type: GraphQLString },
        last: { type: GraphQLInt },
        before: { type: GraphQLString },
      },
      description: `${entity.zh}：列表\n${entity.en}: rows of all regions in one order`,
    },
  };
};

const aggregateDoors = (build: Builder, view: View, entity: EntityDef, { publications }: Visibility): Fields => {
  const { aggregate, published } = rootNames(entity);
  const publication = publications.get(entity.name);
  return {
    ...(isEntityVisible(view, entity) ? { [aggregate]: entityAggregate(build, view, entity) } : {}),
    ...(publication === undefined ? {} : { [published]: entityPublished(build, entity, publication) }),
  };
};

const constants = (vocabulary: DeclaredVocabulary): Fields => {
  const { region, regions } = vocabulary.constants.toConfig().fields;
  if (!region || !regions) throw new TypeError("The vocabulary declares no regions");
  return { region, regions };
};

export const deriveSchema = (vocabulary: DeclaredVocabulary, visibility: Visibility): GraphQLSchema => {
  const build = makeBuilder(vocabulary);
  const rows: View = { vocabulary, reach: visibility.query };
  const figures: View = { vocabulary, reach: visibility.aggregate };
  const fields: Fields = {};
  for (const entity of vocabulary.entities.values()) {
    Object.assign(fields, rowDoors(build, rows, entity), aggregateDoors(build, figures, entity, visibility));
  }
  return new GraphQLSchema({
    // Every view is valid by construction (derive.law.test.ts); checking each again would take half as long as making it.
    assumeValid: true,
    query: new GraphQLObjectType({
      name: "Query",
      fields: {
        ...fields,
        node: { type: Node, args: { id: { type: id } }, description: "任何一行，按标识\nAny row, by id" },
        nodes: {
          type: new GraphQLNonNull(new GraphQLList(Node)),
          args: { ids: { type: new GraphQLNonNull(new GraphQLList(id)) } },
          description: "多行，按标识\nRows by their ids, in their order",
        },
        ...constants(vocabulary),
      },
    }),
  });
};
