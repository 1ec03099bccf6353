import { GraphQLObjectType, type GraphQLSchema } from "graphql";
import { describe, expect, test } from "vitest";
import { vocabulary } from "../../schema/hubVocabulary.ts";
import { asEntityName, asRegionCode, asRuleId, asSourceId, coordinate } from "../../schema/ids.ts";
import { TRUE } from "../../schema/predicate.ts";
import type { Publication } from "../../src/access/permit.ts";
import { projectSchema } from "../../src/access/projectSchema.ts";

const enterprise = asEntityName("Enterprise");
const publication = (region: string, by: readonly string[], measures: Publication["measures"]): Publication => ({
  rule: asRuleId(`${region}-statistics`),
  source: asSourceId(region),
  region: asRegionCode(region),
  entity: enterprise,
  by,
  measures,
  minGroup: 5,
  when: TRUE,
  hides: [],
  restrictions: [],
  known: [],
});

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
      publications: [],
    });
    expect(fields(schema, "Query")).toEqual(["enterprise", "enterprises", "enterprisesAggregate", "node", "nodes", "region", "regions"]);
    expect(fields(schema, "Enterprise")).toEqual(["id", "ownerRegion", "name", "legalRep", "provenance", "original"]);
    expect(fields(schema, "EnterpriseAggregateKey")).toEqual(["industry"]);
  });

  test("unites what several owners publish of one entity", () => {
    const schema = projectSchema(vocabulary(), {
      reach: { query: new Map(), aggregate: new Map() },
      publications: [
        publication("130000", ["industry"], new Map([["output", ["sum"]]])),
        publication("120000", ["region"], new Map([["output", ["avg"]], ["energy", ["sum"]]])),
      ],
    });
    expect(fields(schema, "EnterprisePublishedKey")).toEqual(["ownerRegion", "industry", "regionCode"]);
    expect(fields(schema, "EnterprisePublishedSum")).toEqual(["output", "energy"]);
    expect(fields(schema, "EnterprisePublishedAvg")).toEqual(["output"]);
  });
});
