/** Documents that GraphQL's types allow and the hub refuses, each with the place and the reason in the caller's own words. */
import { getVariableValues, getOperationAST, parse } from "graphql";
import { describe, expect, test } from "vitest";
import { vocabulary } from "../../schema/hubVocabulary.ts";
import { deriveSchema } from "../../schema/derive/deriveSchema.ts";
import { allVisible } from "../../schema/derive/visibility.ts";
import { compile } from "../../src/plan/compile.ts";
import type { OperationPlan } from "../../src/plan/operationPlan.ts";
import { refusalOf } from "../access/fixtures/setting.ts";
import { contextOf, open } from "./support/permits.ts";

const schema = deriveSchema(vocabulary(), allVisible(vocabulary()));

/** Not validated: what the schema itself would refuse is refused again, should a caller leave validation out. */
function compiled(query: string, variables: Readonly<Record<string, unknown>> = {}, operationName: string | null = null): OperationPlan {
  const document = parse(query);
  const { coerced = {} } = getVariableValues(schema, getOperationAST(document, operationName)?.variableDefinitions ?? [], variables);
  return compile({ schema, document, operationName, variables: coerced, context: contextOf(open) });
}

describe("an argument is refused", () => {
  test.each<readonly [document: string, argument: string]>([
    [`{ stations(where: null) { totalCount } }`, "where must not be null"],
    [`{ stations(where: { name: null }) { totalCount } }`, "where.name must not be null"],
    [`{ stations(where: { name: { eq: null } }) { totalCount } }`, "where.name.eq must not be null"],
    [`{ stations(where: { name: { eq: {} } }) { totalCount } }`, "where.name.eq must not be null"],
    [`{ stations(where: { name: { in: null } }) { totalCount } }`, "where.name.in must not be null"],
    [`{ stations(where: { name: { in: ["a", null] } }) { totalCount } }`, "where.name.in must not be null"],
    [`{ stations(where: { medium: { in: [AIR, null] } }) { totalCount } }`, "where.medium.in must not be null"],
    [`{ stations(where: { medium: { eq: null } }) { totalCount } }`, "where.medium.eq must not be null"],
    [`{ stations(where: { name: { isNull: null } }) { totalCount } }`, "where.name.isNull must not be null"],
    [`{ stations(where: { position: { isNull: null } }) { totalCount } }`, "where.position.isNull must not be null"],
    [`{ stations(where: { and: null }) { totalCount } }`, "where.and must not be null"],
    [`{ stations(where: { or: [null] }) { totalCount } }`, "where.or must not be null"],
    [`{ stations(where: { not: null }) { totalCount } }`, "where.not must not be null"],
    [`{ stations(where: { movedFrom: null }) { totalCount } }`, "where.movedFrom must not be null"],
    [`{ stations(where: { movedFrom: { isNull: null } }) { totalCount } }`, "where.movedFrom.isNull must not be null"],
    [`{ stations(where: { movedFrom: { name: { eq: null } } }) { totalCount } }`, "where.movedFrom.name.eq must not be null"],
    [`{ stations(where: { region: null }) { totalCount } }`, "where.region must not be null"],
    [`{ stations(where: { region: { within: null } }) { totalCount } }`, "where.region.within must not be null"],
    [`{ stations(where: { region: { within: [null] } }) { totalCount } }`, "where.region.within must not be null"],
    [`{ stations(where: { region: { and: null } }) { totalCount } }`, "where.region.and must not be null"],
    [`{ stations(where: { region: { or: null } }) { totalCount } }`, "where.region.or must not be null"],
    [`{ stations(where: { region: { not: null } }) { totalCount } }`, "where.region.not must not be null"],
    [`{ stations(where: { region: { isNull: null } }) { totalCount } }`, "where.region.isNull must not be null"],
    [`{ stations(where: { region: { name: { eq: null } } }) { totalCount } }`, "where.region.name.eq must not be null"],
    [`{ stations(where: { region: { code: null } }) { totalCount } }`, "where.region.code must not be null"],
    [`{ stations(orderBy: [{ name: ASC, code: DESC }]) { totalCount } }`, "orderBy: each item names exactly one attribute"],
    [`{ stations(orderBy: [{}]) { totalCount } }`, "orderBy: each item names exactly one attribute"],
    [`{ stations(orderBy: [null]) { totalCount } }`, "orderBy: each item names exactly one attribute"],
    [`{ stations(orderBy: [{ name: null }]) { totalCount } }`, "orderBy.name"],
    [`{ stations(orderBy: [{ movedFrom: null }]) { totalCount } }`, "orderBy.movedFrom: each item names exactly one attribute"],
    [`{ stations(orderBy: [{ region: { name: ASC } }]) { totalCount } }`, "orderBy.region"],
    [`{ stations(orderBy: [{ region: { code: null } }]) { totalCount } }`, "orderBy.region"],
    [`{ stations(orderBy: [{ region: null }]) { totalCount } }`, "orderBy.region"],
    [`{ __proto__: stations { totalCount } }`, "an alias"],
    [`{ stationsAggregate(groupBy: [null]) { groups { count } } }`, "groupBy[0]"],
    [`{ stationsAggregate(groupBy: [{ field: NAME }, {}]) { groups { count } } }`, "groupBy[1]"],
    [`{ stationsAggregate(groupBy: [{ field: null }]) { groups { count } } }`, "groupBy[0]"],
    [`{ stationsAggregate(groupBy: [{ field: NAME, bucket: DAY }]) { groups { count } } }`, "groupBy[0].bucket is for instants and dates"],
    [`{ stationsAggregate(groupBy: [{ field: ACTIVE_FROM, bucket: HOUR }]) { groups { count } } }`, "groupBy[0].bucket: a date has no hours"],
    [`{ observationsAggregate(groupBy: [{ field: START, bucket: DAY, zone: "Mars/Olympus" }]) { groups { count } } }`, "groupBy[0].zone is not an IANA time zone"],
    [`query ($zone: String = "nowhere") { observationsAggregate(groupBy: [{ field: START, bucket: DAY, zone: $zone }]) { groups { count } } }`, "groupBy[0].zone is not an IANA time zone"],
    [`{ stationsAggregate(having: null) { groups { count } } }`, "having must not be null"],
    [`{ stationsAggregate(having: { and: null }) { groups { count } } }`, "having.and must not be null"],
    [`{ stationsAggregate(having: { or: [null] }) { groups { count } } }`, "having.or must not be null"],
    [`{ stationsAggregate(having: { not: null }) { groups { count } } }`, "having.not must not be null"],
    [`{ stationsAggregate(having: { count: null }) { groups { count } } }`, "having.count must not be null"],
    [`{ stationsAggregate(having: { count: { gte: null } }) { groups { count } } }`, "having.count.gte must not be null"],
    [`{ stationsAggregate(having: { count: { in: [1, null] } }) { groups { count } } }`, "having.count.in must not be null"],
    [`{ stationsAggregate(having: { count: { isNull: null } }) { groups { count } } }`, "having.count.isNull must not be null"],
    [`{ stationsAggregate(having: { avg: null }) { groups { count } } }`, "having.avg must not be null"],
    [`{ stationsAggregate(having: { avg: { elevation: null } }) { groups { count } } }`, "having.avg.elevation must not be null"],
    [`{ stationsAggregate(having: { avg: { elevation: { gt: null } } }) { groups { count } } }`, "having.avg.elevation.gt must not be null"],
    [`{ stationsAggregate(having: { key: { name: { eq: "x" } } }) { groups { count } } }`, "having.key.name is not among groupBy"],
    [`{ stationsAggregate(groupBy: [{ field: MEDIUM }], having: { key: { medium: { in: [AIR, null] } } }) { groups { count } } }`, "having.key.medium.in must not be null"],
    [`{ stationsAggregate(orderBy: [{}]) { groups { count } } }`, "orderBy[0] names exactly one column"],
    [`{ stationsAggregate(orderBy: [{ count: ASC }, null]) { groups { count } } }`, "orderBy[1] names exactly one column"],
    [`{ stationsAggregate(orderBy: [{ count: null }]) { groups { count } } }`, "orderBy[0].count"],
    [`{ stationsAggregate(orderBy: [{ avg: { elevation: null } }]) { groups { count } } }`, "orderBy[0].avg.elevation"],
    [`{ stationsAggregate(orderBy: [{ avg: {} }]) { groups { count } } }`, "orderBy[0].avg"],
    [`{ stationsAggregate(orderBy: [{ key: { name: ASC } }]) { groups { count } } }`, "orderBy[0].key.name is not among groupBy"],
    [`{ enterprisesPublished(where: null) { groups { count } } }`, "where must not be null"],
    [`{ enterprisesPublished(where: { industry: null }) { groups { count } } }`, "where.industry must not be null"],
    [`{ enterprisesPublished(where: { region: { within: null } }) { groups { count } } }`, "where.region.within must not be null"],
    [`{ enterprisesPublished(where: { or: null }) { groups { count } } }`, "where.or must not be null"],
    [`{ enterprisesPublished(having: { key: { ownerRegion: { eq: "1" } } }) { groups { count } } }`, "having.key.ownerRegion is not among groupBy"],
  ])("%s", (document, argument) => {
    expect(refusalOf(() => compiled(document))).toBe(`BAD_ARGUMENT An argument does not fit: ${argument}.`);
  });

  test.each<readonly [document: string, variables: Readonly<Record<string, unknown>>, argument: string]>([
    [`query ($where: StationFilter) { stations(where: $where) { totalCount } }`, { where: null }, "where must not be null"],
    [`query ($where: StationFilter) { stations(where: $where) { totalCount } }`, { where: { name: { in: [] }, or: [{ name: null }] } }, "where.or.name must not be null"],
    [`query ($names: [String!]) { stations(where: { name: { in: $names } }) { totalCount } }`, { names: null }, "where.name.in must not be null"],
    [`query ($having: StationAggregateHaving) { stationsAggregate(having: $having) { groups { count } } }`, { having: null }, "having must not be null"],
    [`query ($n: Boolean) { stations(where: { name: { isNull: $n } }) { totalCount } }`, { n: null }, "where.name.isNull must not be null"],
  ])("as a variable: %s %j", (document, variables, argument) => {
    expect(refusalOf(() => compiled(document, variables))).toBe(`BAD_ARGUMENT An argument does not fit: ${argument}.`);
  });
});

describe("a document that was not validated", () => {
  test.each<readonly [document: string, refusal: string]>([
    [`{ moons { code } }`, "GRAPHQL_VALIDATION_FAILED"],
    [`{ stationsAggregate { groups { median { elevation } } } }`, "GRAPHQL_VALIDATION_FAILED"],
    [`fragment f on Station { code }`, "BAD_REQUEST"],
  ])("is refused: %s", (document, refusal) => {
    expect(refusalOf(() => compiled(document))).toMatch(new RegExp(`^${refusal} `));
  });

  test.each<readonly [document: string, message: string]>([
    [`{ station(id: "a") { moons } }`, "Station.moons is not an attribute"],
    [`{ station(id: "a") { original(of: MOONS) { value } } }`, `Value "MOONS" does not exist in "StationAttribute" enum.`],
    [`{ station(id: "a") { original { value } } }`, "Station.original names an unknown attribute"],
    [`{ station(id: "a") { original(of: "code") { value } } }`, `Enum "StationAttribute" cannot represent non-enum value: "code".`],
  ])("ends: %s", (document, message) => {
    expect(() => compiled(document)).toThrow(message);
  });
});

describe("of several operations", () => {
  const document = "query a { stations { totalCount } } query b { enterprises { totalCount } }";
  test("the one that is named is compiled", () => {
    expect(compiled(document, {}, "b").roots.map(({ key }) => key)).toEqual(["enterprises"]);
    expect(compiled(document, {}, "a").roots.map(({ key }) => key)).toEqual(["stations"]);
  });
  test("one must be named", () => {
    expect(refusalOf(() => compiled(document))).toMatch(/^BAD_REQUEST /);
    expect(refusalOf(() => compiled(document, {}, "c"))).toMatch(/^BAD_REQUEST /);
  });
});

describe("a cursor belongs to a query", () => {
  const hash = (query: string, permit = open): string => {
    const [root] = compile({ schema, document: parse(query), operationName: null, variables: {}, context: contextOf(permit) }).roots;
    return root?.kind === "connection" ? root.cursorHash : "";
  };
  const asked = () => hash(`{ stations(where: { name: { eq: "a" } }, orderBy: [{ code: ASC }], first: 3) { totalCount } }`);
  test.each<readonly [what: string, same: boolean, query: string]>([
    ["of another page size", true, `{ stations(where: { name: { eq: "a" } }, orderBy: [{ code: ASC }], first: 4, after: "x") { nodes { code } } }`],
    ["of another filter", false, `{ stations(where: { name: { eq: "b" } }, orderBy: [{ code: ASC }], first: 3) { totalCount } }`],
    ["without the filter", false, `{ stations(orderBy: [{ code: ASC }], first: 3) { totalCount } }`],
    ["of another order", false, `{ stations(where: { name: { eq: "a" } }, orderBy: [{ code: DESC }], first: 3) { totalCount } }`],
  ])("%s: the same is %s", (_, same, query) => {
    expect(hash(query) === asked()).toBe(same);
  });
  test("of one entity", () => {
    expect(hash("{ enterprises { totalCount } }")).not.toBe(hash("{ stations { totalCount } }"));
  });
  test("of one purpose", () => {
    const query = "{ stations { totalCount } }";
    expect(hash(query, { ...open, purpose: null })).not.toBe(hash(query));
  });
});

describe("an order of groups or rows that is null is none", () => {
  test.each([`{ stations(orderBy: null) { totalCount } }`, `{ stations { totalCount } }`])("%s", (query) => {
    expect(compiled(query).roots[0]).toMatchObject({ order: [] });
  });
  test.each([`{ stationsAggregate(orderBy: null, groupBy: null) { groups { count } } }`, `{ stationsAggregate { groups { count } } }`])("%s", (query) => {
    expect(compiled(query).roots[0]).toMatchObject({ order: [], groups: [], having: null });
  });
});
