/**
 * Filter inputs (languages.md §1): `{ value: { gte: 150 }, station: { region: { code: { startsWith: "11" } } } }`.
 *
 * GraphQL cannot forbid an explicit null where a field may be left out, so `src/plan` refuses null operands (semantics.md §4).
 * The decimals of a literal are kept as text; `src/plan` knows the attribute and refuses digits beyond its scale.
 */
import {
  GraphQLBoolean,
  type GraphQLEnumType,
  type GraphQLInputFieldConfig,
  GraphQLInputObjectType,
  type GraphQLInputType,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLString,
} from "graphql";
import { Decimal, Instant, LocalDate, PollutantCode } from "../scalars.ts";
import type { EntityName } from "../ids.ts";
import type { AttributeDef, EntityDef } from "../vocabulary.ts";
import type { Builder } from "./builder.ts";
import { acrossLinksIn, clear, entityOf, type View } from "./visibility.ts";

type Fields = Record<string, GraphQLInputFieldConfig>;
const listOf = (type: GraphQLInputType): GraphQLInputType => new GraphQLList(new GraphQLNonNull(type));

/** What is withheld counts as NULL. */
const isNull: Fields = { isNull: { type: GraphQLBoolean } };

/** `ne` excludes NULL; `in: []` matches nothing. */
const equality = (type: GraphQLInputType): Fields => ({ eq: { type }, ne: { type }, in: { type: listOf(type) } });
const range = (type: GraphQLInputType): Fields => ({ lt: { type }, lte: { type }, gt: { type }, gte: { type } });

const ordered = (name: string, type: GraphQLInputType): GraphQLInputObjectType =>
  new GraphQLInputObjectType({ name, fields: { ...equality(type), ...range(type), ...isNull } });

export const TextFilter = new GraphQLInputObjectType({
  name: "TextFilter",
  description: "文本按 Unicode 码位比较\nText compares by Unicode code points",
  fields: {
    ...equality(GraphQLString),
    ...range(GraphQLString),
    startsWith: { type: GraphQLString },
    contains: { type: GraphQLString },
    ...isNull,
  },
});
export const IntFilter = ordered("IntFilter", GraphQLInt);
export const DecimalFilter = ordered("DecimalFilter", Decimal);
export const InstantFilter = ordered("InstantFilter", Instant);
const DateFilter = ordered("DateFilter", LocalDate);
const PollutantFilter = new GraphQLInputObjectType({ name: "PollutantFilter", fields: { ...equality(PollutantCode), ...isNull } });
const BooleanFilter = new GraphQLInputObjectType({
  name: "BooleanFilter",
  fields: { eq: { type: GraphQLBoolean }, ne: { type: GraphQLBoolean }, ...isNull },
});
/** Objects: a cell that cannot be compared. */
const PresenceFilter = new GraphQLInputObjectType({ name: "PresenceFilter", fields: isNull });
const TextListFilter = new GraphQLInputObjectType({
  name: "TextListFilter",
  fields: { contains: { type: GraphQLString }, ...isNull },
});

const enumFilter = (build: Builder, of: GraphQLEnumType): GraphQLInputObjectType =>
  build.input(`${of.name}Filter`, () => ({ ...equality(of), ...isNull }));

const enumListFilter = (build: Builder, of: GraphQLEnumType): GraphQLInputObjectType =>
  build.input(`${of.name}ListFilter`, () => ({ contains: { type: of }, ...isNull }));

const within = { type: listOf(GraphQLString), description: "位于所列区域之内\nThe region or one above it is in the list of codes" };

const regionFilter = (build: Builder): GraphQLInputObjectType =>
  build.input("RegionFilter", () => ({
    ...connectives(() => regionFilter(build)),
    code: { type: TextFilter },
    name: { type: TextFilter },
    nameEn: { type: TextFilter },
    level: { type: enumFilter(build, build.regionEnum("level")) },
    compact: { type: enumListFilter(build, build.regionEnum("compact")) },
    within,
    ...isNull,
  }));

/** Published rows hold a region's code alone. */
export const RegionCodeFilter = new GraphQLInputObjectType({ name: "RegionCodeFilter", fields: { code: { type: TextFilter }, within, ...isNull } });

/** The filter of one cell. Links are not here: their filter depends on the view. */
export const cellFilter = (build: Builder, { type, entity, name }: AttributeDef): GraphQLInputObjectType => {
  switch (type.kind) {
    case "text":
      return TextFilter;
    case "enum":
      return enumFilter(build, build.enumOf(entity, name));
    case "boolean":
      return BooleanFilter;
    case "integer":
      return IntFilter;
    case "decimal":
      return DecimalFilter;
    case "instant":
      return InstantFilter;
    case "date":
      return DateFilter;
    case "pollutant":
      return PollutantFilter;
    case "region":
      return regionFilter(build);
    case "list":
      return type.of.kind === "enum" ? enumListFilter(build, build.enumOf(entity, name)) : TextListFilter;
    case "object":
      return PresenceFilter;
    case "link":
      throw new TypeError(`${entity}.${name} is a link`);
  }
};

/** `and`, `or`, `not` around a filter of the same name: the empty `and` is true, the empty `or` false. */
export const connectives = (self: () => GraphQLInputObjectType): Fields => ({
  and: { type: listOf(self()) },
  or: { type: listOf(self()) },
  not: { type: self() },
});

/** Doors have filters of their own, since an agency may see different attributes at each. */
export type FilterSuffix = "" | "Aggregate";

const attributeFilters = (build: Builder, view: View, entity: EntityDef, suffix: FilterSuffix): Fields =>
  Object.fromEntries(
    clear(view, entity).map((each) => [
      each.name,
      {
        type:
          each.type.kind === "link"
            ? linkFilter(build, view, entityOf(view.vocabulary, each.type.entity), suffix)
            : cellFilter(build, each),
      },
    ]),
  );

/** `penaltyDecisionRecords: { some: { … } }`: a semi-join over all sources (semantics.md §3). */
const acrossFilters = (build: Builder, view: View, entity: EntityDef, suffix: FilterSuffix): Fields =>
  Object.fromEntries(
    acrossLinksIn(view, entity).flatMap(({ name, target, zh, en }) => {
      const rows = entityFilter(build, view, entityOf(view.vocabulary, target), suffix);
      return rows === null ? [] : [[name, { type: acrossFilter(build, target, rows, suffix), description: `${zh}\n${en}` }]];
    }),
  );

const acrossFilter = (build: Builder, target: EntityName, rows: GraphQLInputObjectType, suffix: FilterSuffix): GraphQLInputObjectType =>
  build.input(`${target}${suffix}AcrossFilter`, () => ({
    some: { type: rows, description: "至少一条满足；有数据源缺失时为未知\nOne of the rows meets it; unknown while a source is missing" },
    none: { type: rows, description: "没有一条满足；有数据源缺失时为未知\nNone of the rows meets it; unknown while a source is missing" },
  }));

/** `StationFilter`; null where nothing of the entity can be filtered. */
export const entityFilter = (build: Builder, view: View, entity: EntityDef, suffix: FilterSuffix): GraphQLInputObjectType | null => {
  if (clear(view, entity).length === 0) return null;
  const make = (): GraphQLInputObjectType =>
    build.input(`${entity.name}${suffix}Filter`, () => ({ ...connectives(make), ...attributeFilters(build, view, entity, suffix), ...acrossFilters(build, view, entity, suffix) }));
  return make();
};

/** `StationLinkFilter`: through a link the row itself may be absent. `{}` is true also then. */
const linkFilter = (build: Builder, view: View, entity: EntityDef, suffix: FilterSuffix): GraphQLInputObjectType => {
  const make = (): GraphQLInputObjectType =>
    build.input(`${entity.name}${suffix}LinkFilter`, () => ({
      ...connectives(make),
      ...isNull,
      ...attributeFilters(build, view, entity, suffix),
      ...acrossFilters(build, view, entity, suffix),
    }));
  return make();
};
