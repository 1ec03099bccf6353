/**
 * `stationsAggregate` and `stationsPublished`: groups with a key, counts and figures, and the inputs that filter and order them.
 *
 * Both have the same form; they differ in what may stand in it, so one function builds either from an `AggregateShape`.
 */
import {
  type GraphQLFieldConfig,
  type GraphQLFieldConfigArgumentMap,
  GraphQLEnumType,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  type GraphQLObjectType,
  type GraphQLOutputType,
  GraphQLString,
} from "graphql";
import { coordinate } from "../ids.ts";
import { Decimal } from "../scalars.ts";
import type { AttributeDef, EntityDef } from "../vocabulary.ts";
import type { Builder } from "./builder.ts";
import { cellFilter, connectives, DecimalFilter, entityFilter, IntFilter, RegionCodeFilter, TextFilter } from "./filters.ts";
import { groupFields, ownerRegionGroup } from "./names.ts";
import { partialArgument } from "./nodes.ts";
import { OrderDirection } from "./orders.ts";
import { clear, hasExtremes, isMeasure, type Published, type View } from "./visibility.ts";

type Aggregate = "countDistinct" | "min" | "max" | "sum" | "avg";

/** One column of a key or of a figure: how it prints and how it filters. The attribute itself is described on its entity's type. */
interface Column {
  readonly output: GraphQLOutputType;
  readonly filter: GraphQLInputType;
}
type Columns = ReadonlyMap<string, Column>;

interface AggregateShape {
  /** `StationAggregate`, `StationPublished`. */
  readonly prefix: string;
  readonly description: string;
  readonly where: GraphQLInputObjectType | null;
  /** Enum value → description. */
  readonly groupBy: Readonly<Record<string, string>>;
  readonly key: Columns;
  /** Columns and the name of their types: min and max share theirs where they have the same columns. */
  readonly figures: ReadonlyMap<Aggregate, { readonly type: string; readonly columns: Columns }>;
  readonly partial: boolean;
}

export const TimeBucket = new GraphQLEnumType({
  name: "TimeBucket",
  description: "时间分段\nPart of time into which instants are gathered",
  values: {
    HOUR: { description: "小时\nhour" },
    DAY: { description: "日\nday" },
    MONTH: { description: "月\nmonth" },
    YEAR: { description: "年\nyear" },
  },
});

const words = ({ zh, en }: { zh: string; en: string }): string => `${zh}\n${en}`;

const outputOf = (build: Builder, attribute: AttributeDef): GraphQLOutputType =>
  attribute.type.kind === "region"
    ? GraphQLString
    : (build.vocabulary.objectTypes.get(attribute.entity)?.getFields()[attribute.name]?.type ?? GraphQLString);

const keyColumn = (build: Builder, attribute: AttributeDef): Column => ({
  output: outputOf(build, attribute),
  filter: attribute.type.kind === "region" ? TextFilter : cellFilter(build, attribute),
});
const countColumn: Column = { output: GraphQLInt, filter: IntFilter };
// Sums of integers may exceed an Int, and means are fractions.
const measureColumn: Column = { output: Decimal, filter: DecimalFilter };

const measureColumns = (attributes: readonly AttributeDef[]): Columns => new Map(attributes.map(({ name }) => [name, measureColumn]));

const aggregateShape = (build: Builder, view: View, entity: EntityDef): AggregateShape => {
  const own = clear(view, entity);
  const groups = groupFields(entity, view.vocabulary).filter(
    ({ link, attribute }) =>
      (link === null || own.includes(link)) && view.reach.get(coordinate(attribute.entity, attribute.name)) === "CLEAR",
  );
  const extremes = new Map(own.filter(({ type }) => hasExtremes(type.kind)).map((each) => [each.name, keyColumn(build, each)]));
  const measures = measureColumns(own.filter(({ type }) => isMeasure(type.kind)));
  return {
    prefix: `${entity.name}Aggregate`,
    description: `${entity.zh}：统计\n${entity.en}: figures over the rows that the agency sees`,
    where: entityFilter(build, view, entity, "Aggregate"),
    groupBy: Object.fromEntries(groups.map(({ value, attribute }) => [value, words(attribute)])),
    key: new Map(groups.map(({ field, attribute }) => [field, keyColumn(build, attribute)])),
    figures: new Map([
      ["countDistinct", { type: "Distinct", columns: new Map(groups.map(({ field }) => [field, countColumn])) }],
      ["min", { type: "Extremes", columns: extremes }],
      ["max", { type: "Extremes", columns: extremes }],
      ["sum", { type: "Totals", columns: measures }],
      ["avg", { type: "Totals", columns: measures }],
    ]),
    partial: true,
  };
};

const publishedFilter = (build: Builder, entity: EntityDef, by: readonly AttributeDef[]): GraphQLInputObjectType => {
  const make = (): GraphQLInputObjectType =>
    build.input(`${entity.name}PublishedFilter`, () => ({
      ...connectives(make),
      [ownerRegionGroup.field]: { type: TextFilter },
      ...Object.fromEntries(by.map((each) => [each.name, { type: each.type.kind === "region" ? RegionCodeFilter : cellFilter(build, each) }])),
    }));
  return make();
};

const publishedShape = (build: Builder, entity: EntityDef, published: Published): AggregateShape => {
  const by = [...entity.attributes.values()].filter(({ name }) => published.by.has(name));
  const groups = groupFields(entity, build.vocabulary).filter(({ link, attribute }) => link === null && by.includes(attribute));
  const measured = (figure: "sum" | "avg"): Columns =>
    measureColumns([...entity.attributes.values()].filter(({ name }) => published.measures.get(name)?.has(figure)));
  return {
    prefix: `${entity.name}Published`,
    description: `${entity.zh}：所有者公布的统计\n${entity.en}: statistics that owners publish`,
    where: publishedFilter(build, entity, by),
    groupBy: { [ownerRegionGroup.value]: "数据所有区域代码\nCode of the owner region", ...Object.fromEntries(groups.map(({ value, attribute }) => [value, words(attribute)])) },
    key: new Map([
      [ownerRegionGroup.field, { output: GraphQLString, filter: TextFilter }],
      ...groups.map(({ field, attribute }) => [field, keyColumn(build, attribute)] as const),
    ]),
    figures: new Map([
      ["sum", { type: "Sum", columns: measured("sum") }],
      ["avg", { type: "Avg", columns: measured("avg") }],
    ]),
    partial: false,
  };
};

const filled = ({ figures }: AggregateShape): readonly (readonly [Aggregate, { readonly type: string; readonly columns: Columns }])[] =>
  [...figures].filter(([, { columns }]) => columns.size > 0);

const outputFields = (columns: Columns) => () =>
  Object.fromEntries([...columns].map(([name, { output }]) => [name, { type: output }]));
const filterFields = (columns: Columns) => () =>
  Object.fromEntries([...columns].map(([name, { filter }]) => [name, { type: filter }]));
const orderFields = (columns: Columns) => () =>
  Object.fromEntries([...columns.keys()].map((name) => [name, { type: OrderDirection }]));

const groupType = (build: Builder, shape: AggregateShape): GraphQLObjectType =>
  build.object(`${shape.prefix}Group`, () => ({
    ...(shape.key.size === 0 ? {} : { key: { type: build.object(`${shape.prefix}Key`, outputFields(shape.key)) } }),
    count: { type: GraphQLInt, description: "行数\nRows of the group" },
    ...Object.fromEntries(
      filled(shape).map(([figure, { type, columns }]) => [figure, { type: build.object(`${shape.prefix}${type}`, outputFields(columns)) }]),
    ),
  }));

const havingType = (build: Builder, shape: AggregateShape): GraphQLInputObjectType =>
  build.input(`${shape.prefix}Having`, () => ({
    ...connectives(() => havingType(build, shape)),
    ...(shape.key.size === 0 ? {} : { key: { type: build.input(`${shape.prefix}KeyFilter`, filterFields(shape.key)) } }),
    count: { type: IntFilter },
    ...Object.fromEntries(
      filled(shape).map(([figure, { type, columns }]) => [
        figure,
        { type: build.input(`${shape.prefix}${type}Filter`, filterFields(columns)) },
      ]),
    ),
  }));

const orderType = (build: Builder, shape: AggregateShape): GraphQLInputObjectType => {
  const isOneOf = { isOneOf: true };
  return build.input(
    `${shape.prefix}Order`,
    () => ({
      ...(shape.key.size === 0 ? {} : { key: { type: build.input(`${shape.prefix}KeyOrder`, orderFields(shape.key), isOneOf) } }),
      count: { type: OrderDirection },
      ...Object.fromEntries(
        filled(shape).map(([figure, { type, columns }]) => [
          figure,
          { type: build.input(`${shape.prefix}${type}Order`, orderFields(columns), isOneOf) },
        ]),
      ),
    }),
    isOneOf,
  );
};

const groupByType = (build: Builder, shape: AggregateShape): GraphQLInputObjectType =>
  build.input(`${shape.prefix}GroupBy`, () => ({
    field: {
      type: new GraphQLNonNull(build.choice(`${shape.prefix}Field`, shape.groupBy, "可分组的属性\nWhat rows can be grouped by")),
    },
    bucket: { type: TimeBucket, description: "时刻和日期可分段\nFor instants and dates" },
    zone: { type: GraphQLString, description: "IANA 时区，缺省为网络时区\nIANA zone of the bucket" },
  }));

const listOf = <T extends GraphQLInputObjectType>(type: T): GraphQLList<GraphQLNonNull<T>> => new GraphQLList(new GraphQLNonNull(type));

const aggregateField = (build: Builder, shape: AggregateShape): GraphQLFieldConfig<unknown, unknown> => {
  const args: GraphQLFieldConfigArgumentMap = {
    ...(shape.where === null ? {} : { where: { type: shape.where } }),
    ...(Object.keys(shape.groupBy).length === 0 ? {} : { groupBy: { type: listOf(groupByType(build, shape)) } }),
    having: { type: havingType(build, shape) },
    orderBy: { type: listOf(orderType(build, shape)) },
    first: { type: GraphQLInt },
    ...(shape.partial ? { partial: partialArgument } : {}),
  };
  const group = new GraphQLNonNull(groupType(build, shape));
  const result = build.object(shape.prefix, () => ({ groups: { type: new GraphQLList(group) } }), { description: shape.description });
  return { type: result, args, description: shape.description };
};

/** `stationsAggregate(where, groupBy, having, orderBy, first, partial)`. */
export const entityAggregate = (build: Builder, view: View, entity: EntityDef): GraphQLFieldConfig<unknown, unknown> =>
  aggregateField(build, aggregateShape(build, view, entity));

/** `stationsPublished(where, groupBy, having, orderBy, first)`. */
export const entityPublished = (build: Builder, entity: EntityDef, published: Published): GraphQLFieldConfig<unknown, unknown> =>
  aggregateField(build, publishedShape(build, entity, published));
