/** What drift takes from an operation: what it says it lacks, and which of its numbers would be of less than there is. */
import { getOperationAST, getVariableValues, parse } from "graphql";
import { describe, expect, test } from "vitest";
import { deriveSchema } from "../../schema/derive/deriveSchema.ts";
import { allVisible } from "../../schema/derive/visibility.ts";
import { vocabulary } from "../../schema/hubVocabulary.ts";
import { asEntityName, asSourceId } from "../../schema/ids.ts";
import type { Door, LostScope, Scope } from "../../src/access/permit.ts";
import { scopeKey } from "../../src/access/permit.ts";
import { compile } from "../../src/plan/compile.ts";
import { aggregateIsTorn, countIsTorn, joinIsTorn, lacksRows, lostOf } from "../../src/plan/lostParts.ts";
import type { AggregatePlan, OperationPlan, PlanContext } from "../../src/plan/operationPlan.ts";
import type { Filter, SemiJoin } from "../../src/plan/semiJoin.ts";
import { entityOf } from "./support/handMade.ts";
import { contextOf, open } from "./support/permits.ts";

const schema = deriveSchema(vocabulary(), allVisible(vocabulary()));

interface LostHere {
  readonly source: string;
  readonly entity: string;
  readonly attributes?: readonly string[];
  readonly rows?: boolean;
  /** Where the asker may look at all; both doors by default. */
  readonly doors?: readonly Door[];
}

/** Everything is granted, and the scopes of some sources lost something. */
function contextWith(...lost: readonly LostHere[]): PlanContext {
  const context = contextOf(open);
  const scopes = new Map<string, Scope>(open.scopes);
  for (const { source, entity, attributes = [], rows = false, doors = ["query", "aggregate"] as const } of lost) {
    for (const door of doors) {
      const key = scopeKey(asSourceId(source), asEntityName(entity), door);
      const scope = scopes.get(key);
      if (scope === undefined) throw new Error(`no scope ${key}`);
      scopes.set(key, { ...scope, lost: { attributes: new Set(attributes), rows } satisfies LostScope });
    }
  }
  const sources = context.sources.map((source) => ({
    ...source,
    lost: new Map(lost.filter((each) => each.source === source.id).map(({ entity, attributes = [], rows = false }) => [asEntityName(entity), { attributes: new Set(attributes), rows }] as const)),
  }));
  return { ...context, sources, permit: { ...open, scopes } };
}

function planOf(query: string, context: PlanContext): OperationPlan {
  const document = parse(query);
  const { coerced = {} } = getVariableValues(schema, getOperationAST(document)?.variableDefinitions ?? [], {});
  return compile({ schema, document, operationName: null, variables: coerced, context });
}

const briefOf = (query: string, ...lost: readonly LostHere[]): { readonly parts: readonly string[]; readonly sources: readonly string[] } => {
  const { parts, sources } = lostOf(planOf(query, contextWith(...lost)));
  return { parts: parts.map(({ source, coordinate }) => `${source} ${coordinate}`), sources };
};

const stationId = "abcdefgh";
const each = {
  connection: "{ stations(first: 1) { nodes { code name } } }",
  aggregate: "{ stationsAggregate { groups { count } } }",
  published: "{ enterprisesPublished { groups { count } } }",
  byId: `{ station(id: "${stationId}") { code } }`,
  regions: "{ regions { name { zh } } }",
  typename: "{ __typename }",
} as const;

describe("an operation says what it lacks", () => {
  test("nothing where nothing is lost", () => {
    expect(briefOf(each.connection)).toEqual({ parts: [], sources: [] });
  });

  test("a coordinate that it uses, of the source that lost it", () => {
    expect(briefOf(each.connection, { source: "west", entity: "Station", attributes: ["name", "elevation"] })).toEqual({ parts: ["west Station.name"], sources: [] });
  });

  test("once for each source that lost it, in the sources' order", () => {
    const both = (["west", "east"] as const).map((source) => ({ source, entity: "Station", attributes: ["name"] }));
    expect(briefOf(each.connection, ...both)).toEqual({ parts: ["east Station.name", "west Station.name"], sources: [] });
  });

  test("nothing that was lost at another door", () => {
    expect(briefOf(each.connection, { source: "west", entity: "Station", attributes: ["name"], doors: ["aggregate"] })).toEqual({ parts: [], sources: [] });
    expect(briefOf("{ stationsAggregate(groupBy: [{ field: NAME }]) { groups { count } } }", { source: "west", entity: "Station", attributes: ["name"], doors: ["aggregate"] })).toEqual({ parts: ["west Station.name"], sources: [] });
  });

  test("nothing of another entity", () => {
    expect(briefOf(each.connection, { source: "west", entity: "Enterprise", attributes: ["name"] })).toEqual({ parts: [], sources: [] });
  });

  test.each<[keyof typeof each, string, boolean]>([
    ["connection", "Station", true],
    ["aggregate", "Station", true],
    ["published", "Enterprise", true],
    ["byId", "Station", true],
    ["connection", "Enterprise", false],
    ["regions", "Station", false],
    ["typename", "Station", false],
  ])("a source whose rows of a root cannot be read: %s of %s", (kind, entity, isLacking) => {
    const gone: LostHere = { source: "west", entity, rows: true };
    expect(briefOf(each[kind], gone).sources).toEqual(isLacking ? ["west"] : []);
    expect(lacksRows(planOf(each[kind], contextWith(gone)))).toBe(isLacking);
  });

  test.each<[keyof typeof each, string, Door]>([
    ["connection", "Station", "query"],
    ["byId", "Station", "query"],
    ["aggregate", "Station", "aggregate"],
    ["published", "Enterprise", "aggregate"],
  ])("no source that the asker does not see at this door: %s of %s at %s", (kind, entity, door) => {
    const only = (doors: readonly Door[]): LostHere => ({ source: "west", entity, rows: true, doors });
    const other: Door = door === "query" ? "aggregate" : "query";
    expect(briefOf(each[kind], only([door])).sources).toEqual(["west"]);
    expect(briefOf(each[kind], only([other])).sources).toEqual([]);
    expect(lacksRows(planOf(each[kind], contextWith(only([door]))))).toBe(true);
    expect(lacksRows(planOf(each[kind], contextWith(only([other]))))).toBe(false);
  });

  test("no source whose rows are read, though a rule cannot tell which of them to show: that is known of the rows alone", () => {
    const context = contextWith({ source: "west", entity: "Station", attributes: ["name"], rows: true });
    const readable: PlanContext = { ...context, sources: context.sources.map((source) => ({ ...source, lost: new Map([[asEntityName("Station"), { attributes: new Set(["quality"]), rows: false }]]) })) };
    const plan = planOf(each.connection, readable);
    expect(lostOf(plan).sources).toEqual([]);
    expect(lacksRows(plan)).toBe(true);
  });

  test("rows where one root of several lacks them", () => {
    expect(briefOf(`{ stations(first: 1) { nodes { code } } enterprises(first: 1) { nodes { name } } }`, { source: "east", entity: "Enterprise", rows: true }).sources).toEqual(["east"]);
    expect(lacksRows(planOf(`{ stations(first: 1) { nodes { code } } enterprises(first: 1) { nodes { name } } }`, contextWith({ source: "east", entity: "Enterprise", rows: true })))).toBe(true);
  });

  test("rows of no source where columns alone are lost", () => {
    expect(lacksRows(planOf(each.connection, contextWith({ source: "west", entity: "Station", attributes: ["code", "name"] })))).toBe(false);
  });

  test("the same each time it is asked, worked out once", () => {
    const plan = planOf(each.connection, contextWith({ source: "west", entity: "Station", attributes: ["name"] }));
    const first = lostOf(plan);
    expect(first.parts).toEqual([{ source: "west", coordinate: "Station.name" }]);
    expect(lostOf(plan)).toBe(first);
    expect(lostOf({ ...plan })).not.toBe(first);
  });
});

const is = (...path: readonly [string, ...string[]]): Filter => ({ kind: "compare", path, operator: "eq", operand: { kind: "literal", value: "x" } });
const nameLost: LostHere = { source: "west", entity: "Station", attributes: ["name"] };

describe("a count is torn", () => {
  const torn = (where: Filter, ...lost: readonly LostHere[]): boolean => countIsTorn(contextWith(...lost), { entity: entityOf("Station"), where });

  test.each<[string, Filter, boolean]>([
    ["TRUE", { kind: "true" }, false],
    ["FALSE", { kind: "false" }, false],
    ["UNKNOWN", { kind: "unknown" }, false],
    ["a comparison of it", is("name"), true],
    ["a comparison of another", is("code"), false],
    ["a test for NULL", { kind: "isNull", path: ["name"], isNull: true }, true],
    ["NOT", { kind: "not", of: is("name") }, true],
    ["one of an AND", { kind: "and", of: [is("code"), is("name")] }, true],
    ["one of an OR", { kind: "or", of: [is("code"), is("name")] }, true],
    ["an AND of others", { kind: "and", of: [is("code"), is("region")] }, false],
    ["keys that are compared with it", { kind: "semiJoin", path: ["name"], join: 0 }, true],
    ["keys that are compared with another", { kind: "semiJoin", path: ["code"], join: 0 }, false],
  ])("where a source lost a column and the filter is %s: %s", (_, where, expected) => {
    expect(torn(where, nameLost)).toBe(expected);
  });

  test("by no filter where nothing is lost", () => {
    expect(torn(is("name"))).toBe(false);
  });

  test("by every filter where rows are lost", () => {
    expect(torn({ kind: "true" }, { source: "east", entity: "Station", rows: true })).toBe(true);
    expect(torn({ kind: "true" }, { source: "east", entity: "Enterprise", rows: true })).toBe(false);
  });

  test("at its own door only", () => {
    expect(torn(is("name"), { ...nameLost, doors: ["aggregate"] })).toBe(false);
    expect(torn(is("name"), { ...nameLost, doors: ["query"] })).toBe(true);
    expect(torn({ kind: "true" }, { ...nameLost, rows: true, doors: ["aggregate"] })).toBe(false);
  });

  test.each<[string, readonly [string, ...string[]], LostHere, boolean]>([
    ["the link", ["station", "name"], { source: "east", entity: "Observation", attributes: ["station"] }, true],
    ["what it leads to", ["station", "name"], nameLost, true],
    ["another of what it leads to", ["station", "name"], { source: "west", entity: "Station", attributes: ["elevation"] }, false],
    ["the same name before the link", ["station", "name"], { source: "west", entity: "Observation", attributes: ["name"] }, false],
    ["a link of a link", ["station", "movedFrom", "name"], { source: "west", entity: "Station", attributes: ["movedFrom"] }, true],
    ["what follows a plain value", ["pollutant", "name"], nameLost, false],
    ["what follows nothing", ["moon", "name"], nameLost, false],
  ])("through links by %s", (_, path, lost, expected) => {
    expect(countIsTorn(contextWith(lost), { entity: entityOf("Observation"), where: is(...path) })).toBe(expected);
  });

  test("says the plan", () => {
    const count = (context: PlanContext): unknown => {
      const [root] = planOf(`{ stations(where: { name: { eq: "x" } }) { totalCount } }`, context).roots;
      return root?.kind === "connection" ? root.countIsTorn : root?.kind;
    };
    expect(count(contextWith(nameLost))).toBe(true);
    expect(count(contextWith())).toBe(false);
  });
});

describe("an aggregation is torn", () => {
  const plan = (query: string): AggregatePlan => {
    const [root] = planOf(query, contextWith()).roots;
    if (root?.kind !== "aggregate") throw new Error(`the root is ${root?.kind}`);
    return root;
  };
  const torn = (query: string, ...lost: readonly LostHere[]): boolean => aggregateIsTorn(contextWith(...lost), plan(query));

  test.each<[string, string, boolean]>([
    ["rows alone are counted", "{ stationsAggregate { groups { count } } }", false],
    ["it is filtered by", `{ stationsAggregate(where: { elevation: { gt: "1" } }) { groups { count } } }`, true],
    ["it is a key", "{ stationsAggregate(groupBy: [{ field: ELEVATION }]) { groups { count } } }", true],
    ["it is measured", "{ stationsAggregate { groups { max { elevation } } } }", true],
    ["its different values are counted", "{ stationsAggregate { groups { countDistinct { elevation } } } }", true],
    ["others are", `{ stationsAggregate(where: { name: { eq: "x" } }, groupBy: [{ field: QUALITY }]) { groups { count min { code } } } }`, false],
  ])("where %s", (_, query, expected) => {
    expect(torn(query, { source: "west", entity: "Station", attributes: ["elevation"] })).toBe(expected);
    expect(torn(query, { source: "west", entity: "Station", attributes: ["elevation"], doors: ["query"] })).toBe(false);
    expect(torn(query)).toBe(false);
  });

  test("where rows are lost, at its own door", () => {
    expect(torn("{ stationsAggregate { groups { count } } }", { source: "west", entity: "Station", rows: true })).toBe(true);
    expect(torn("{ stationsAggregate { groups { count } } }", { source: "west", entity: "Station", rows: true, doors: ["query"] })).toBe(false);
  });

  test("says the plan", () => {
    const lost = contextWith({ source: "west", entity: "Station", attributes: ["elevation"] });
    const isTorn = (query: string): unknown => planOf(query, lost).roots.map((root) => (root.kind === "aggregate" ? root.isTorn : root.kind));
    expect(isTorn("{ stationsAggregate { groups { max { elevation } } } }")).toEqual([true]);
    expect(isTorn("{ stationsAggregate { groups { count } } }")).toEqual([false]);
  });
});

describe("a semi-join is torn", () => {
  const torn = (where: Filter, ...lost: readonly LostHere[]): boolean => joinIsTorn(contextWith(...lost), entityOf("PenaltyDecision"), "query", ["enterprise", "uscc"], where);

  test.each<[string, Filter, LostHere, boolean]>([
    ["by the link that it is keyed by", { kind: "true" }, { source: "west", entity: "PenaltyDecision", attributes: ["enterprise"] }, true],
    ["by the key itself", { kind: "true" }, { source: "west", entity: "Enterprise", attributes: ["uscc"] }, true],
    ["by what its filter reads", is("amount"), { source: "west", entity: "PenaltyDecision", attributes: ["amount"] }, true],
    ["not by what it does not read", is("amount"), { source: "west", entity: "PenaltyDecision", attributes: ["docNo"] }, false],
    ["by rows", { kind: "true" }, { source: "east", entity: "PenaltyDecision", rows: true }, true],
    ["not at another door", is("amount"), { source: "east", entity: "PenaltyDecision", attributes: ["amount", "enterprise"], rows: true, doors: ["aggregate"] }, false],
  ])("%s", (_, where, lost, expected) => {
    expect(torn(where, lost)).toBe(expected);
  });

  test("says the plan", () => {
    const joins = (context: PlanContext): readonly boolean[] =>
      planOf(`{ enterprises(where: { penaltyDecisionRecords: { some: { amount: { gt: "1" } } } }) { totalCount } }`, context).roots.flatMap((root) => (root.kind === "connection" ? root.semiJoins.map(({ isTorn }: SemiJoin) => isTorn) : []));
    expect(joins(contextWith({ source: "west", entity: "PenaltyDecision", attributes: ["amount"] }))).toEqual([true]);
    expect(joins(contextWith({ source: "west", entity: "PenaltyDecision", attributes: ["docNo"] }))).toEqual([false]);
  });
});
