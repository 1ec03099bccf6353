/** Object types of entities as an agency sees them, and their connections. */
import {
  GraphQLBoolean,
  GraphQLEnumType,
  type GraphQLFieldConfigMap,
  GraphQLID,
  GraphQLInt,
  GraphQLInterfaceType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLOutputType,
  GraphQLString,
} from "graphql";
import type { AttributeDef, EntityDef } from "../vocabulary.ts";
import type { Builder } from "./builder.ts";
import { acrossCountName, enumValueName, hasOriginal } from "./names.ts";
import { acrossLinksIn, clear, entityOf, printed, type View } from "./visibility.ts";

type Fields = GraphQLFieldConfigMap<unknown, unknown>;

const identity: Fields = {
  id: { type: new GraphQLNonNull(GraphQLID), description: "本机构可用的行标识\nIdentity of the row, as this agency may name it" },
  ownerRegion: { type: new GraphQLNonNull(GraphQLString), description: "数据所有区域代码\nCode of the region that owns the row" },
};

export const Node = new GraphQLInterfaceType({ name: "Node", description: "任何一行数据\nAny row", fields: identity });

const Original = new GraphQLObjectType({
  name: "Original",
  description: "数据源中的原始写法\nHow the source itself spells a value",
  fields: {
    value: { type: GraphQLString, description: "原值\nThe cell's text" },
    unit: { type: GraphQLString, description: "原单位\nIts unit" },
    code: { type: GraphQLString, description: "原编码\nIts code" },
  },
});

const PageInfo = new GraphQLObjectType({
  name: "PageInfo",
  description: "分页信息，仅就已应答的数据源而言\nAbout the page; it speaks of the sources that answered",
  fields: {
    hasNextPage: { type: new GraphQLNonNull(GraphQLBoolean) },
    hasPreviousPage: { type: new GraphQLNonNull(GraphQLBoolean) },
    startCursor: { type: GraphQLString },
    endCursor: { type: GraphQLString },
  },
});

export const PartialAnswer = new GraphQLEnumType({
  name: "PartialAnswer",
  description: "数据源缺失时是否给出部分结果\nWhether a figure is given when a source is missing",
  values: {
    ALLOW: { description: "给出部分结果\ngiven, of the sources that answered" },
    DENY: { description: "为空\nnull" },
  },
});
export const partialArgument = { type: new GraphQLNonNull(PartialAnswer), defaultValue: "DENY" };

const provenance = (build: Builder, view: View, entity: EntityDef): GraphQLObjectType =>
  build.object(
    `${entity.name}Provenance`,
    () => ({
      source: { type: GraphQLString, description: "数据源\nThe source" },
      ownerRegion: { type: GraphQLString, description: "数据所有区域代码\nCode of the region that owns the row" },
      ...Object.fromEntries(
        printed(view, entity)
          .filter(({ inProvenance }) => inProvenance)
          .map((each) => [each.name, declaredField(build, view, entity, each)]),
      ),
      mappingVersion: { type: GraphQLString, description: "映射版本\nVersion of the mapping that translated it" },
    }),
    { description: "来源\nWhere a row came from" },
  );

/** A field as type-graphql built it from the class, links pointing at the projected type. */
const declaredField = (build: Builder, view: View, entity: EntityDef, { name, type }: AttributeDef): Fields[string] => {
  const declared = build.vocabulary.objectTypes.get(entity.name)?.getFields()[name];
  if (!declared) throw new TypeError(`${entity.name} has no field ${name}`);
  const projected: GraphQLOutputType =
    type.kind === "link" ? entityType(build, view, entityOf(view.vocabulary, type.entity)) : declared.type;
  return { type: projected, description: declared.description };
};

const acrossFields = (build: Builder, view: View, entity: EntityDef): Fields =>
  Object.fromEntries(
    acrossLinksIn(view, entity).flatMap((link) => [
      [
        link.name,
        {
          type: new GraphQLList(new GraphQLNonNull(entityType(build, view, entityOf(view.vocabulary, link.target)))),
          args: { first: { type: GraphQLInt, description: "最多条数\nMost rows of the list" } },
          description: `${link.zh}\n${link.en}`,
        },
      ],
      [
        acrossCountName(link),
        {
          type: GraphQLInt,
          args: { partial: partialArgument },
          description: `${link.zh}：条数；数据源缺失时为空\n${link.en}: how many; null when a source is missing, unless partial is ALLOW`,
        },
      ],
    ]),
  );

const originals = (build: Builder, view: View, entity: EntityDef): Fields => {
  const attributes = clear(view, entity).filter(hasOriginal);
  if (attributes.length === 0) return {};
  const of = build.choice(
    `${entity.name}Attribute`,
    Object.fromEntries(attributes.map(({ name, zh, en }) => [enumValueName(name), `${zh}\n${en}`])),
    `${entity.zh}的属性\nAttributes of ${entity.name}`,
  );
  return {
    original: {
      type: Original,
      args: { of: { type: new GraphQLNonNull(of) } },
      description: "数据源中的原始写法\nHow the source itself spells a value",
    },
  };
};

/** `Station`: identity, attributes, across links, provenance and originals. */
export const entityType = (build: Builder, view: View, entity: EntityDef): GraphQLObjectType =>
  build.object(
    entity.name,
    () => ({
      ...identity,
      ...Object.fromEntries(
        printed(view, entity)
          .filter(({ inProvenance }) => !inProvenance)
          .map((each) => [each.name, declaredField(build, view, entity, each)]),
      ),
      ...acrossFields(build, view, entity),
      provenance: { type: provenance(build, view, entity), description: "来源\nWhere the row came from" },
      ...originals(build, view, entity),
    }),
    { description: `${entity.zh}\n${entity.en}`, interfaces: [Node] },
  );

/** `StationConnection`, after Relay's cursor connections. */
export const connectionType = (build: Builder, view: View, entity: EntityDef): GraphQLObjectType => {
  const node = new GraphQLNonNull(entityType(build, view, entity));
  const edge = build.object(`${entity.name}Edge`, () => ({ cursor: { type: new GraphQLNonNull(GraphQLString) }, node: { type: node } }));
  return build.object(`${entity.name}Connection`, () => ({
    nodes: { type: new GraphQLNonNull(new GraphQLList(node)) },
    edges: { type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(edge))) },
    pageInfo: { type: new GraphQLNonNull(PageInfo) },
    totalCount: {
      type: GraphQLInt,
      args: { partial: partialArgument },
      description: "总行数；数据源缺失时为空\nRows in all; null when a source is missing, unless partial is ALLOW",
    },
  }));
};

