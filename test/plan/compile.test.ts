/** What a document as a whole becomes: which roots, through which doors, over which entities. */
import { type DocumentNode, getOperationAST, getVariableValues, type GraphQLSchema, parse } from "graphql";
import { describe, expect, test } from "vitest";
import { vocabulary } from "../../schema/hubVocabulary.ts";
import { coordinate } from "../../schema/ids.ts";
import { deriveSchema } from "../../schema/derive/deriveSchema.ts";
import { allVisible } from "../../schema/derive/visibility.ts";
import { compile } from "../../src/plan/compile.ts";
import { explain } from "../../src/plan/explain.ts";
import { operandsOf } from "../../src/plan/operands.ts";
import type { ByIdPlan, OperationPlan } from "../../src/plan/operationPlan.ts";
import { entityOf } from "./support/handMade.ts";
import { agency, contextOf, open } from "./support/permits.ts";
import { printPlan } from "./support/printPlan.ts";

const whole = deriveSchema(vocabulary(), allVisible(vocabulary()));

interface Compiled {
  readonly plan: OperationPlan;
  readonly variables: Readonly<Record<string, unknown>>;
}

function compiled(document: string | DocumentNode, values: Readonly<Record<string, unknown>> = {}, schema: GraphQLSchema = whole): Compiled {
  const parsed = typeof document === "string" ? parse(document) : document;
  const { coerced: variables = {} } = getVariableValues(schema, getOperationAST(parsed)?.variableDefinitions ?? [], values);
  return { plan: compile({ schema, document: parsed, operationName: null, variables, context: contextOf(open) }), variables };
}
const keysOf = (document: string | DocumentNode): readonly string[] => compiled(document).plan.roots.map(({ key }) => key);

describe("roots stand in fragments as in the operation itself", () => {
  test.each<readonly [document: string, keys: readonly string[]]>([
    ["{ a: stations { totalCount } ...more } fragment more on Query { b: stations { totalCount } }", ["a", "b"]],
    ["{ ... on Query { a: stations { totalCount } } ... { b: stations { totalCount } } }", ["a", "b"]],
    ["{ a: stations { totalCount } ... on Station { b: stations { totalCount } } ...more } fragment more on Station { c: code }", ["a"]],
  ])("%s", (document, keys) => {
    expect(keysOf(document)).toEqual(keys);
  });
});

describe("doors are those that rows are asked through", () => {
  test.each<readonly [document: string, doors: readonly string[]]>([
    ["{ __typename }", []],
    ["{ regions { code } }", []],
    ["{ __schema { queryType { name } } }", []],
    ["{ __typename stations { totalCount } }", ["query"]],
    [`{ node(id: "x") { id } }`, ["query"]],
    ["{ stationsAggregate { groups { count } } }", ["aggregate"]],
    ["{ enterprisesPublished { groups { count } } regions { code } }", ["aggregate"]],
    ["{ stationsAggregate { groups { count } } stations { totalCount } }", ["aggregate", "query"]],
  ])("%s: %j", (document, doors) => {
    expect(compiled(document).plan.doors).toEqual(doors);
  });
});

describe("a row by its id", () => {
  const byId = (document: string, schema?: GraphQLSchema): ByIdPlan => compiled(document, {}, schema).plan.roots[0] as ByIdPlan;

  test("is sought among the entities that the agency's schema has, and no others", () => {
    const names = [...entityOf("Station").attributes.keys()].map((name) => coordinate(entityOf("Station").name, name));
    const stations = new Map(names.map((name) => [name, "CLEAR" as const]));
    const schema = deriveSchema(vocabulary(), { query: stations, aggregate: new Map(), publications: new Map() });
    expect([...byId(`{ node(id: "x") { id } }`, schema).targets.keys()]).toEqual(["Station"]);
    expect([...byId(`{ node(id: "x") { id } }`).targets.keys()]).toEqual([...vocabulary().entities.keys()]);
  });

  test("is none where no ids are said", () => {
    const { plan, variables } = compiled("{ nodes { id } }");
    expect((plan.roots[0] as ByIdPlan).ids).toEqual({ slot: 0 });
    expect(operandsOf(plan.slots, variables)).toEqual([[]]);
  });

  test("is asked of the sources for what is printed alone", () => {
    const strata = byId(`{ station(id: "x") { code } }`).targets.get("Station")?.scans.map((scan) => scan.strata.map(({ levels }) => [...(levels ?? [])]));
    expect(strata).toEqual([[[["code", "CLEAR"]]], [[["code", "CLEAR"]]]]);
  });
});

/** As a parser may hand it over that leaves out lists without items: GraphQL's own types allow it. */
const bare = (document: string): DocumentNode => JSON.parse(JSON.stringify(parse(document, { noLocation: true }), (_, value: unknown) => (Array.isArray(value) && value.length === 0 ? undefined : value))) as DocumentNode;

describe("a document without empty lists", () => {
  test.each<readonly [document: string]>([
    ["{ stations { nodes { code ... on Node { id } ...more } totalCount } } fragment more on Station { name }"],
    [`{ stations(first: 2) { edges { cursor node { position { lon } original(of: NAME) { value } } } } enterprises { nodes { penaltyDecisionRecordsCount penaltyDecisionRecords { docNo } } } }`],
    ["{ stationsAggregate { groups { count max { elevation } } } regions { code } }"],
  ])("is the same plan: %s", (document) => {
    const planOf = (one: string | DocumentNode): string => {
      const { context: _, ...plan } = compiled(one).plan;
      return printPlan(plan);
    };
    expect(planOf(bare(document))).toBe(planOf(document));
  });

  test("includes nothing on a condition that is not said, and skips nothing", () => {
    expect(keysOf(bare("{ a: stations @include { totalCount } b: stations @skip { totalCount } c: stations { totalCount } }"))).toEqual(["b", "c"]);
  });
});

describe("explained", () => {
  const stepsOf = (document: string, values: Readonly<Record<string, unknown>> = {}): readonly string[] => {
    const { plan } = compiled(document, values);
    return explain({ plan, permit: open, agency, withheld: [], queries: null }).split("\n");
  };

  test.each<readonly [page: string, words: string]>([
    ["", "first 100"],
    ["first: 2", "first 2"],
    ["last: $size", "last $size"],
    // Refused when it runs; what was asked is told all the same.
    ["first: 1, last: $size", "first 1 last $size"],
  ])("a page (%s) is told as it was asked", (page, words) => {
    const document = `query ($size: Int) { stations${page === "" ? "" : `(${page})`} { nodes { code } } }`;
    expect(stepsOf(document, { size: 4 })).toContain(`  stations: stations where every row, order source, tie, ${words}`);
  });

  test("links are told as deep as they are followed, across sources too", () => {
    const lines = stepsOf("{ enterprises(first: 1) { nodes { penaltyDecisionRecords { enterprise { name penaltyDecisionRecordsCount } } } } }").filter((line) => line.startsWith("    then"));
    expect(lines).toEqual([
      "    then Enterprise.penaltyDecisionRecords: PenaltyDecision by enterprise.uscc, in every source",
      "    then PenaltyDecision.enterprise: Enterprise by key, in its own source",
      "    then Enterprise.penaltyDecisionRecords: PenaltyDecision counted by enterprise.uscc, in every source",
    ]);
  });
});
