/**
 * What an operation is charged, from its plan and its variables: `docs/limits.md` says the same figures to callers. One unit too few and
 * a cheap-looking operation reads a source empty, one too many and an agency's budget is gone before its work is done.
 */
import { getOperationAST, getVariableValues, parse, validate } from "graphql";
import { describe, expect, test } from "vitest";
import { vocabulary } from "../../schema/hubVocabulary.ts";
import { deriveSchema } from "../../schema/derive/deriveSchema.ts";
import { allVisible } from "../../schema/derive/visibility.ts";
import { compile } from "../../src/plan/compile.ts";
import { costOf, costs, pageSize } from "../../src/plan/cost.ts";
import type { OperationPlan } from "../../src/plan/operationPlan.ts";
import { refusalOf } from "../access/fixtures/setting.ts";
import { contextOf, open, publishing } from "./support/permits.ts";

const schema = deriveSchema(vocabulary(), allVisible(vocabulary()));

interface Compiled {
  readonly plan: OperationPlan;
  readonly variables: Readonly<Record<string, unknown>>;
}

function compiled(query: string, values: Readonly<Record<string, unknown>> = {}, permit = open): Compiled {
  const document = parse(query);
  expect(validate(schema, document)).toEqual([]);
  const { coerced: variables = {}, errors } = getVariableValues(schema, getOperationAST(document)?.variableDefinitions ?? [], values);
  expect(errors).toBeUndefined();
  return { plan: compile({ schema, document, operationName: null, variables, context: contextOf(permit) }), variables };
}

const costFor = (query: string, values: Readonly<Record<string, unknown>> = {}, permit = open): number => {
  const of = compiled(query, values, permit);
  return costOf(of.plan, of.variables);
};

type Row = [what: string, query: string, units: number, values?: Readonly<Record<string, unknown>>];

describe("an operation costs", () => {
  test.each<Row>([
    ["a hundred for itself, its type's name nothing more", "{ __typename }", 100],
    ["a thousand for what it asks of the schema, however often", '{ __schema { queryType { name } } __type(name: "Station") { name } }', 100 + 1000],
    ["the sum of its roots, every alias anew", '{ __typename a: stations(first: 10) { nodes { code } } b: stations(first: 10) { nodes { code name } } c: region(code: "130000") { code } }', 100 + 10 * 2 + 10 * 3 + 1],
    ["nothing for what is left out", "query ($no: Boolean!) { stations(first: 1000) @skip(if: $no) { nodes { code } } __typename }", 100, { no: true }],
  ])("%s", (_what, query, units, values) => {
    expect(costFor(query, values)).toBe(units);
  });
});

describe("a list costs, for each row that it asks for,", () => {
  test.each<Row>([
    ["the row and its fields", "{ stations(first: 10) { nodes { code name } } }", 100 + 10 * 3],
    ["a page of a hundred where none is written", "{ stations { nodes { code } } }", 100 + 100 * 2],
    ["a page from behind", "{ stations(last: 5) { nodes { code } } }", 100 + 5 * 2],
    ["nothing for an empty page", "{ stations(first: 0) { nodes { code } } }", 100],
    ["a page by variable", "query ($n: Int) { stations(first: $n) { nodes { code } } }", 100 + 7 * 2, { n: 7 }],
    ["a page of a hundred where the variable is null", "query ($n: Int) { stations(first: $n) { nodes { code } } }", 100 + 100 * 2, { n: null }],
    ["fields of fragments", "{ stations(first: 10) { nodes { ...F } } } fragment F on Station { code name }", 100 + 10 * 3],
    ["nodes and edges, each printed", "{ stations(first: 10) { nodes { code } edges { node { code } } } }", 100 + 10 * 3],
    ["its cursor, once", "{ stations(first: 10) { edges { cursor again: cursor node { code } } } }", 100 + 10 * 3],
    ["its cursor, where other parts of the list have none", "{ stations(first: 10) { __typename nodes { code } pageInfo { endCursor } edges { __typename cursor } } }", 100 + 10 * 3],
    ["no cursor where none is asked for", "{ stations(first: 10) { __typename edges { __typename node { code } } pageInfo { hasNextPage } } }", 100 + 10 * 2],
    ["the row alone where only the page is looked at", "{ stations(first: 10) { pageInfo { hasNextPage } } }", 100 + 10],
  ])("%s", (_what, query, units, values) => {
    expect(costFor(query, values)).toBe(units);
  });

  test("no row where only a count is asked for, and a thousand for the count", () => {
    expect(costFor("{ stations(first: 1000) { totalCount } }")).toBe(100 + 1000);
    expect(costFor("{ stations(first: 10) { totalCount nodes { code } } }")).toBe(100 + 10 * 2 + 1000);
  });
});

describe("a field of a row costs", () => {
  const row = 100 + 1;
  test.each<Row>([
    ["one, whatever it is", "{ stations(first: 1) { nodes { __typename id code } } }", row + 3],
    ["one more for each part of an object", "{ stations(first: 1) { nodes { position { lon lat } } } }", row + 1 + 2],
    ["one more for each column of a region", "{ stations(first: 1) { nodes { region { code name } } } }", row + 1 + 2],
    ["the regions above it too", "{ stations(first: 1) { nodes { region { code parent { code parent { name } } } } } }", row + 1 + 1 + 1 + 1 + 1 + 1],
    ["its owner's region, which is a code", "{ stations(first: 1) { nodes { ownerRegion } } }", row + 1],
    ["one more for each word on where it comes from", "{ stations(first: 1) { nodes { provenance { source receivedAt } } } }", row + 1 + 2],
    ["one more for each word on how its source spells it", "{ stations(first: 1) { nodes { original(of: OPERATOR) { value unit code } } } }", row + 1 + 3],
    ["the linked row's fields", "{ penaltyDecisions(first: 1) { nodes { docNo enterprise { name legalRep } } } }", row + 1 + 1 + 2],
    ["links within links", "{ observations(first: 1) { nodes { station { movedFrom { code } } } } }", row + 1 + 1 + 1],
  ])("%s", (_what, query, units, values) => {
    expect(costFor(query, values)).toBe(units);
  });
});

describe("a link across sources costs, for each row,", () => {
  test.each<Row>([
    ["ten rows elsewhere where no `first` is written", "{ enterprises(first: 2) { nodes { penaltyDecisionRecords { docNo } } } }", 100 + 2 * (1 + 1 + 10 * 2)],
    ["as many rows as are asked for", "{ enterprises(first: 2) { nodes { penaltyDecisionRecords(first: 3) { docNo amount } } } }", 100 + 2 * (1 + 1 + 3 * 3)],
    ["itself alone where none are asked for", "{ enterprises(first: 2) { nodes { penaltyDecisionRecords(first: 0) { docNo } } } }", 100 + 2 * (1 + 1)],
    ["ten rows for a count of them", "{ enterprises(first: 2) { nodes { penaltyDecisionRecordsCount } } }", 100 + 2 * (1 + 1 + 10)],
    ["rows of rows", "{ enterprises(first: 1) { nodes { penaltyDecisionRecords(first: 2) { enterpriseRecords(first: 3) { name } } } } }", 100 + 1 + 1 + 2 * (1 + 1 + 3 * 2)],
    ["the same of a row by its id", '{ enterprise(id: "x") { penaltyDecisionRecords(first: 5) { docNo } } }', 100 + 1 + 1 + 5 * 2],
    ["the same of a linked row", "{ penaltyDecisions(first: 1) { nodes { enterprise { penaltyDecisionRecords(first: 5) { docNo } } } } }", 100 + 1 + 1 + 1 + 5 * 2],
  ])("%s", (_what, query, units, values) => {
    expect(costFor(query, values)).toBe(units);
  });

  test("what a variable `first` says, in every run of one plan", () => {
    const of = compiled("query ($n: Int) { enterprises(first: 2) { nodes { penaltyDecisionRecords(first: $n) { docNo } } } }", { n: 3 });
    expect([3, 7, null].map((n) => costOf(of.plan, { n }))).toEqual([3, 7, 10].map((rows) => 100 + 2 * (1 + 1 + rows * 2)));
  });
});

describe("a filter across sources costs ten thousand for the keys of each link in it,", () => {
  test.each<Row>([
    ["in a list", "{ enterprises(where: { penaltyDecisionRecords: { some: {} } }) { totalCount } }", 100 + 1000 + 10_000],
    ["one within another", "{ enterprises(first: 1, where: { penaltyDecisionRecords: { some: { enterpriseRecords: { none: {} } }, none: {} } }) { nodes { name } } }", 100 + 2 + 3 * 10_000],
    ["in figures", "{ enterprisesAggregate(where: { penaltyDecisionRecords: { none: {} } }) { groups { count } } }", 100 + 10_000 + 10_000 + 2],
  ])("%s", (_what, query, units, values) => {
    expect(costFor(query, values)).toBe(units);
  });
});

describe("rows by id cost", () => {
  test.each<Row>([
    ["the row and its fields", '{ station(id: "x") { code name } }', 100 + 1 + 2],
    ["the same by variable", "query ($id: ID!) { station(id: $id) { code name } }", 100 + 1 + 2, { id: "x" }],
    ["each id, found or not", '{ nodes(ids: ["a", "b", "c"]) { id } }', 100 + 3 * 2],
    ["each id of a variable", "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", 100 + 4 * 2, { ids: ["a", "b", "c", "d"] }],
    ["one where the list is one id", 'query ($id: ID!) { a: nodes(ids: "a") { id } b: nodes(ids: [$id]) { id } }', 100 + 2 * 2, { id: "x" }],
    ["nothing for no ids", "{ nodes(ids: []) { id } }", 100],
    ["what the dearest type costs that the id may be of", '{ node(id: "x") { id ... on Station { code name elevation } ... on Enterprise { name } } }', 100 + 1 + 4],
  ])("%s", (_what, query, units, values) => {
    expect(costFor(query, values)).toBe(units);
  });
});

describe("figures cost ten thousand for reading the rows, and", () => {
  test.each<Row>([
    ["one group where none is asked for", "{ stationsAggregate { groups { count } } }", 100 + 10_000 + 2],
    ["each figure of a group", "{ stationsAggregate { groups { count max { elevation } sum { elevation } } } }", 100 + 10_000 + 1 + 3],
    ["as many groups as are asked for", "{ stationsAggregate(groupBy: [{ field: NAME }], first: 10) { groups { count } } }", 100 + 10_000 + 10 * (1 + 1 + 1)],
    ["as many groups as a variable says", "query ($n: Int) { stationsAggregate(groupBy: [{ field: NAME }], first: $n) { groups { count } } }", 100 + 10_000 + 6 * (1 + 1 + 1), { n: 6 }],
    ["a thousand groups where no number is given", "{ stationsAggregate(groupBy: [{ field: NAME }, { field: MEDIUM }]) { groups { count } } }", 100 + 10_000 + 1000 * (1 + 2 + 1)],
    ["another ten thousand for each attribute whose distinct values are counted", "{ stationsAggregate { groups { count countDistinct { name code } } } }", 100 + 3 * 10_000 + 1 + 3],
    ["no more for figures that one reading gives", "{ stationsAggregate { groups { min { elevation } max { elevation } avg { elevation } } } }", 100 + 10_000 + 1 + 3],
  ])("%s", (_what, query, units, values) => {
    expect(costFor(query, values)).toBe(units);
  });

  test("the same where owners publish them", () => {
    expect(costFor("{ enterprisesPublished(groupBy: [{ field: OWNER_REGION }, { field: INDUSTRY }], first: 3) { groups { sum { output } } } }", {}, publishing)).toBe(100 + 10_000 + 3 * (1 + 2 + 1));
    expect(costFor("{ enterprisesPublished { groups { count } } }", {}, publishing)).toBe(100 + 10_000 + 2);
  });
});

describe("regions of the hub's own table cost", () => {
  test.each<Row>([
    ["their columns", '{ region(code: "130000") { code name } }', 100 + 2],
    ["a hundred regions in a list", "{ regions(level: PROVINCE) { code name } }", 100 + 100 * 2],
    ["the regions above them, and what is asked of those", '{ region(code: "130100") { code parent { code name } } }', 100 + 1 + 1 + 2],
  ])("%s", (_what, query, units, values) => {
    expect(costFor(query, values)).toBe(units);
  });
});

describe("how many rows are asked for", () => {
  test.each([0, 1, 7, 1000])("may be %d", (value) => {
    expect(pageSize(value, "first")).toBe(value);
  });

  test.each([null, undefined])("may be left out: %s", (value) => {
    expect(pageSize(value, "first")).toBeNull();
  });

  test.each([-1, 1001, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "7", true, [3], {}])("is no %j", (value) => {
    expect(refusalOf(() => pageSize(value, "last"))).toBe("BAD_ARGUMENT An argument does not fit: last is from 0 to 1000.");
  });

  test.each<readonly [query: string, name: string]>([
    ["query ($n: Int) { stations(first: $n) { nodes { code } } }", "first"],
    ["query ($n: Int) { stations(last: $n) { nodes { code } } }", "last"],
    ["query ($n: Int) { stations(first: $n) { totalCount } }", "first"],
    ["query ($n: Int) { stationsAggregate(groupBy: [{ field: NAME }], first: $n) { groups { count } } }", "first"],
    ["query ($n: Int) { enterprises(first: 2) { nodes { penaltyDecisionRecords(first: $n) { docNo } } } }", "first"],
  ])("is refused by its name before any source is asked: %s", (query, name) => {
    const of = compiled(query, { n: 1 });
    for (const n of [-1, 1001, 1.5]) expect(refusalOf(() => costOf(of.plan, { n }))).toBe(`BAD_ARGUMENT An argument does not fit: ${name} is from 0 to 1000.`);
  });
});

test("the prices", () => {
  expect(costs).toEqual({ request: 100, count: 1000, aggregate: 10_000, acrossRows: 10, semiJoin: 10_000, introspection: 1000, regions: 100 });
});
