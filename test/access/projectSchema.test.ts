import { GraphQLObjectType, type GraphQLSchema } from "graphql";
import { describe, expect, test } from "vitest";
import { vocabulary } from "../../schema/hubVocabulary.ts";
import { asEntityName, asRegionCode, coordinate } from "../../schema/ids.ts";
import { projectSchema } from "../../src/access/projectSchema.ts";

const enterprise = asEntityName("Enterprise");

const fields = (schema: GraphQLSchema, name: string): readonly string[] => {
  const type = schema.getType(name);
  return type instanceof GraphQLObjectType ? Object.keys(type.getFields()) : [];
};

describe("a projected schema", () => {
  test("shows what the permit reaches at each door", () => {
    const schema = projectSchema(vocabulary(), {
      reach: {
        query: new Map([[coordinate(enterprise, "name"), "CLEAR"], [coordinate(enterprise, "legalRep"), "MASKED"]]),
        aggregate: new Map([[coordinate(enterprise, "industry"), "CLEAR"]]),
      },
      published: new Map(),
    });
    expect(fields(schema, "Query")).toEqual(["enterprise", "enterprises", "enterprisesAggregate", "node", "nodes", "region", "regions"]);
    expect(fields(schema, "Enterprise")).toEqual(["id", "ownerRegion", "name", "legalRep", "provenance", "original"]);
    expect(fields(schema, "EnterpriseAggregateKey")).toEqual(["industry"]);
  });

  test("shows what is published of an entity, whoever publishes it", () => {
    const schema = projectSchema(vocabulary(), {
      reach: { query: new Map(), aggregate: new Map() },
      published: new Map([[enterprise, { regions: new Set([asRegionCode("130000")]), by: new Set(["industry", "region"]), measures: new Map([["output", new Set(["sum", "avg"] as const)], ["energy", new Set(["sum"] as const)]]) }]]),
    });
    expect(fields(schema, "Query")).toEqual(["enterprisesPublished", "node", "nodes", "region", "regions"]);
    expect(fields(schema, "EnterprisePublishedKey")).toEqual(["ownerRegion", "industry", "regionCode"]);
    expect(fields(schema, "EnterprisePublishedSum")).toEqual(["output", "energy"]);
    expect(fields(schema, "EnterprisePublishedAvg")).toEqual(["output"]);
  });
});
