import fc from "fast-check";
import { GraphQLEnumType, GraphQLInputObjectType, GraphQLObjectType, GraphQLSchema, parse, validate, validateSchema } from "graphql";
import { describe, expect, test } from "vitest";
import { deriveSchema } from "../../schema/derive/deriveSchema.ts";
import { enumValueName, hasOriginal, rootNames } from "../../schema/derive/names.ts";
import { allVisible, isGroupable, type Published, type Reach, type Visibility } from "../../schema/derive/visibility.ts";
import { vocabulary } from "../../schema/hubVocabulary.ts";
import { asEntityName, type Coordinate, coordinate, type EntityName } from "../../schema/ids.ts";
import type { AttributeDef } from "../../schema/vocabulary.ts";

const hub = vocabulary();
const attributes = [...hub.entities.values()].flatMap((entity) => [...entity.attributes.values()]);
const coordinates = attributes.map(({ entity, name }) => coordinate(entity, name));

const reachOf = (reaches: Readonly<Record<string, Reach>>): ReadonlyMap<Coordinate, Reach> =>
  new Map(Object.entries(reaches) as [Coordinate, Reach][]);
const visible = (
  query: Readonly<Record<string, Reach>>,
  aggregate: Readonly<Record<string, Reach>> = {},
  publications: Readonly<Record<string, Published>> = {},
): Visibility => ({
  query: reachOf(query),
  aggregate: reachOf(aggregate),
  publications: new Map(Object.entries(publications) as [EntityName, Published][]),
});

/** Names of a type's fields or values; empty where there is no such type. */
const members = (schema: GraphQLSchema, name: string): readonly string[] => {
  const type = schema.getType(name);
  if (type instanceof GraphQLEnumType) return type.getValues().map((value) => value.name);
  if (type instanceof GraphQLObjectType || type instanceof GraphQLInputObjectType) return Object.keys(type.getFields());
  return [];
};

/** In which roles of the query door a coordinate exists. */
const queryRoles = (schema: GraphQLSchema, { entity, name }: AttributeDef): readonly string[] => {
  const has = (type: string, member = name): boolean => members(schema, type).includes(member);
  return [
    ...(has(entity) || has(`${entity}Provenance`) ? ["output"] : []),
    ...(has(`${entity}Filter`) ? ["filter"] : []),
    ...(has(`${entity}LinkFilter`) ? ["filter"] : []),
    ...(has(`${entity}Order`) ? ["order"] : []),
    ...(has(`${entity}Attribute`, enumValueName(name)) ? ["original"] : []),
  ];
};

/** Names by which the aggregate door could speak of a coordinate, of its own entity or through a link. */
const aggregateMentions = (schema: GraphQLSchema, { entity, name, type }: AttributeDef): readonly string[] => {
  const own = type.kind === "region" ? `${name}Code` : name;
  const links = attributes.filter((each) => each.type.kind === "link" && each.type.entity === entity);
  const spelt = [
    ...[own, name].map((field) => [entity, field] as const),
    ...links.map((link) => [link.entity, `${link.name}${own.charAt(0).toUpperCase()}${own.slice(1)}`] as const),
  ];
  const types = ["Key", "Distinct", "Extremes", "Totals", "Filter", "LinkFilter", "KeyFilter", "KeyOrder", "DistinctOrder", "ExtremesOrder"];
  return spelt.flatMap(([of, field]) => [
    ...types.filter((suffix) => members(schema, `${of}Aggregate${suffix}`).includes(field)).map((suffix) => `${of}Aggregate${suffix}`),
    ...(members(schema, `${of}AggregateField`).includes(enumValueName(field)) ? [`${of}AggregateField`] : []),
  ]);
};

const anyReach = fc.dictionary(fc.constantFrom<string>(...coordinates), fc.constantFrom<Reach>("MASKED", "CLEAR"), { maxKeys: 40 });

describe("a derived schema", () => {
  test("is valid GraphQL whatever is visible", () => {
    fc.assert(
      fc.property(anyReach, anyReach, (query, aggregate) => {
        const derived = deriveSchema(hub, visible(query, aggregate));
        expect(validateSchema(new GraphQLSchema({ ...derived.toConfig(), assumeValid: false }))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  test("has an absent coordinate in no role, a masked one in output alone, a clear one in every role of its type", () => {
    fc.assert(
      fc.property(anyReach, (query) => {
        const schema = deriveSchema(hub, visible(query));
        for (const attribute of attributes) {
          const { entity, name, type } = attribute;
          const target = type.kind === "link" ? type.entity : null;
          const isThere = target === null || attributes.some((each) => each.entity === target && query[coordinate(target, each.name)]);
          const reach = isThere ? query[coordinate(entity, name)] : undefined;
          const roles = new Set(queryRoles(schema, attribute));
          if (reach === undefined) expect([...roles]).toEqual([]);
          else if (reach === "MASKED") expect([...roles]).toEqual(["output"]);
          else {
            expect(roles).toContain("output");
            expect(roles).toContain("filter");
            if (isGroupable(type.kind)) expect(roles).toContain("order");
            expect(roles.has("original")).toBe(hasOriginal(attribute));
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  test("names at the aggregate door only what is clear there", () => {
    fc.assert(
      fc.property(anyReach, (aggregate) => {
        const schema = deriveSchema(hub, visible({}, aggregate));
        const mentioned = attributes.filter((each) => aggregateMentions(schema, each).length > 0).map(({ entity, name }) => coordinate(entity, name));
        expect(mentioned.filter((each) => aggregate[each] !== "CLEAR")).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  test("offers an entity's root fields at a door iff some attribute of it is visible there", () => {
    fc.assert(
      fc.property(anyReach, anyReach, (query, aggregate) => {
        const fields = members(deriveSchema(hub, visible(query, aggregate)), "Query");
        const seen = (reach: Readonly<Record<string, Reach>>, entity: string): boolean => Object.keys(reach).some((each) => each.startsWith(`${entity}.`));
        for (const entity of hub.entities.values()) {
          const names = rootNames(entity);
          expect([names.one, names.many].map((name) => fields.includes(name))).toEqual([seen(query, entity.name), seen(query, entity.name)]);
          expect(fields.includes(names.aggregate)).toBe(seen(aggregate, entity.name));
          expect(fields.includes(names.published)).toBe(false);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("of an agency that sees nothing has the hub's constants alone", () => {
    const schema = deriveSchema(hub, visible({}));
    expect(members(schema, "Query")).toEqual(["node", "nodes", "region", "regions"]);
    expect(Object.keys(schema.getTypeMap()).filter((name) => /Quality|Decimal|Filter|Medium/.test(name))).toEqual([]);
  });

  test("has no path through a link whose target is nowhere visible", () => {
    const schema = deriveSchema(hub, visible({ "Observation.station": "CLEAR", "Observation.value": "CLEAR" }));
    expect(members(schema, "Observation")).not.toContain("station");
    expect(members(schema, "ObservationFilter")).toEqual(["and", "or", "not", "value"]);
    expect(schema.getType("Station")).toBeUndefined();
  });

  test("lists rows across sources only where every key on the way is clear", () => {
    const keys = { "PenaltyDecision.enterprise": "CLEAR", "Enterprise.uscc": "CLEAR" } as const;
    expect(members(deriveSchema(hub, visible(keys)), "PenaltyDecision")).toContain("enterpriseRecords");
    for (const masked of [{ "Enterprise.uscc": "MASKED" }, { "PenaltyDecision.enterprise": "MASKED" }] as const) {
      expect(members(deriveSchema(hub, visible({ ...keys, ...masked })), "PenaltyDecision")).not.toContain("enterpriseRecords");
    }
  });

  test("shows published statistics with their own attributes and figures, and no rows", () => {
    const published: Published = { by: new Set(["industry", "region"]), measures: new Map([["output", new Set(["sum", "avg"])], ["energy", new Set(["sum"])]]) };
    const schema = deriveSchema(hub, visible({}, {}, { Enterprise: published }));
    expect(members(schema, "Query")).toEqual(["enterprisesPublished", "node", "nodes", "region", "regions"]);
    expect(members(schema, "EnterprisePublishedKey")).toEqual(["ownerRegion", "industry", "regionCode"]);
    expect(members(schema, "EnterprisePublishedField")).toEqual(["OWNER_REGION", "INDUSTRY", "REGION_CODE"]);
    expect(members(schema, "EnterprisePublishedGroup")).toEqual(["key", "count", "sum", "avg"]);
    expect(members(schema, "EnterprisePublishedSum")).toEqual(["output", "energy"]);
    expect(members(schema, "EnterprisePublishedAvg")).toEqual(["output"]);
    expect(members(schema, "EnterprisePublishedFilter")).toEqual(["and", "or", "not", "ownerRegion", "industry", "region"]);
    expect(members(schema, "RegionCodeFilter")).toEqual(["code", "within", "isNull"]);
    expect(schema.getType("Enterprise")).toBeUndefined();
  });

  test("makes only identity, structure and rooted constants non-null", () => {
    const schema = deriveSchema(hub, allVisible(hub));
    for (const entity of hub.entities.values()) {
      const type = schema.getType(entity.name) as GraphQLObjectType;
      const nonNull = Object.values(type.getFields()).filter((field) => String(field.type).endsWith("!"));
      expect(nonNull.map(({ name }) => name)).toEqual(["id", "ownerRegion"]);
      expect(type.getInterfaces().map(({ name }) => name)).toEqual(["Node"]);
    }
  });
});

describe("the full schema", () => {
  const schema = deriveSchema(hub, allVisible(hub));
  const errors = (query: string): readonly string[] => validate(schema, parse(query)).map(({ message }) => message);

  test("accepts the query of the language document", () => {
    expect(
      errors(`query Episode {
        observations(
          where: { pollutant: { eq: "a34004" }, start: { gte: "2016-12-20T00:00+08:00", lt: "2016-12-22T00:00+08:00" }, value: { gte: 150 }
                   station: { region: { code: { startsWith: "11" } } } }
          orderBy: [{ value: DESC }], first: 20) {
          totalCount
          nodes { start value quality station { code name contact } provenance { source ownerRegion receivedAt } original(of: VALUE) { value unit code } }
          pageInfo { hasNextPage endCursor }
        }
        observationsAggregate(where: { pollutant: { eq: "a05024" } }, groupBy: [{ field: START, bucket: DAY, zone: "Asia/Shanghai" }, { field: STATION_REGION_CODE }]) {
          groups { key { start stationRegionCode } count avg { value } max { value } }
        }
      }`),
    ).toEqual([]);
  });

  test.each([
    ["an unknown pollutant", '{ observations(where: { pollutant: { eq: "a99999" } }) { totalCount } }'],
    ["an instant without a zone", '{ observations(where: { start: { gte: "2016-12-20T00:00" } }) { totalCount } }'],
    ["two columns in one order", "{ stations(orderBy: [{ code: ASC, name: DESC }]) { totalCount } }"],
    ["a null in a list", "{ stations(where: { code: { in: [null] } }) { totalCount } }"],
    ["a link in `original`", "{ stations { nodes { original(of: MOVED_FROM) { value } } } }"],
    ["isNull of the row itself", "{ stations(where: { isNull: true }) { totalCount } }"],
    ["a figure of a text", "{ stationsAggregate { groups { max { name } } } }"],
  ])("refuses %s", (_case, query) => {
    expect(errors(query)).not.toEqual([]);
  });

  test("filters regions by any column of the table, and by what lies above them", () => {
    expect(errors('{ stations(where: { region: { or: [{ within: ["130000"] }, { compact: { contains: FENWEI_PLAIN } }, { level: { eq: COUNTY } }] } }) { totalCount } }')).toEqual([]);
  });

  test("filters an absent link by isNull, and its own kind at any depth", () => {
    expect(errors('{ observations(where: { station: { or: [{ isNull: true }, { not: { movedFrom: { code: { eq: "x" } } } }] } }) { totalCount } }')).toEqual([]);
  });
});

test("an entity's own door alone decides: what the query door shows is not in the aggregate filter", () => {
  const schema = deriveSchema(hub, visible({ "Station.code": "CLEAR", "Station.name": "CLEAR" }, { "Station.code": "CLEAR" }));
  expect(members(schema, "StationFilter")).toContain("name");
  expect(members(schema, "StationAggregateFilter")).toEqual(["and", "or", "not", "code"]);
  expect(hub.entities.get(asEntityName("Station"))).toBeDefined();
});
