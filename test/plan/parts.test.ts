/** Small parts of a plan, each by what it promises its caller. */
import { buildSchema, parse } from "graphql";
import { describe, expect, test } from "vitest";
import { asEntityName } from "../../schema/ids.ts";
import { assertMinted } from "../../adapters/contract/authorisedQuery.ts";
import { bind } from "../../src/plan/bind.ts";
import type { Bindings } from "../../src/plan/bindings.ts";
import { collectFields, selectionSets } from "../../src/plan/collectFields.ts";
import { lowerSample } from "../../src/plan/lowerSample.ts";
import { linkTarget, planBuilder } from "../../src/plan/planBuilder.ts";
import { coFedAttributes } from "../../src/plan/originals.ts";
import { aggregateRequests, countRequest, pageDefault, pageMax, pageRequest, sourceRelation } from "../../src/plan/requests.ts";
import { intArgument, rootArguments, textArgument } from "../../src/plan/rootArguments.ts";
import { loweredOnce, scanOf, type Lowered, type Scan } from "../../src/plan/scan.ts";
import type { AggregatePlan, ConnectionPlan, Measure } from "../../src/plan/operationPlan.ts";
import { refusalOf } from "../access/fixtures/setting.ts";
import { attributeOf, east, entityOf, west } from "./support/handMade.ts";
import { clause, contextOf, open, permit } from "./support/permits.ts";

const bindings: Bindings = { operands: [], agency: {}, nowMs: 0, limit: 9, cursor: null, lookup: [] };
const mapped = (source: typeof east, name: string) => {
  const found = source.mapping.entities.get(asEntityName(name));
  if (found === undefined) throw new Error(name);
  return found;
};

const firstOf = <T>(of: readonly T[]): T => {
  const [first] = of;
  if (first === undefined) throw new Error("nothing there");
  return first;
};

describe("a bound query", () => {
  const lowered: Lowered<null> = { template: { kind: "aggregate", parts: [], groupBy: [], measures: [], slotCount: 2 }, binders: [({ limit }) => limit, () => "x"], layout: null, notes: [] };
  test("holds the values of its slots, in their order, and is minted", () => {
    const query = bind({ source: east }, lowered, bindings, 7);
    expect(query).toEqual({ source: "east", template: lowered.template, values: [9, "x"], rowsMax: 7 });
    expect(() => assertMinted(query)).not.toThrow();
  });
});

describe("a sample for the owner", () => {
  test("is the base relation with every input, by tie", () => {
    const part = firstOf(mapped(east, "Station").parts);
    const { template, layout, binders, notes } = lowerSample(part);
    const inputs = [...part.fields.values()].flatMap((field) => field.inputs);
    expect(template).toEqual({
      kind: "rows",
      parts: [{ table: "station", alias: "t", joins: [], where: part.base, columns: [...inputs, part.tie] }],
      order: [{ column: inputs.length, descending: false }],
      backward: false,
      limitSlot: 0,
      slotCount: 1,
    });
    expect(binders.map((one) => one(bindings))).toEqual([9]);
    expect([...layout].slice(2, 6)).toEqual([["medium", { at: 2, count: 1 }], ["position", { at: 3, count: 2 }], ["elevation", { at: 5, count: 1 }], ["operator", { at: 6, count: 1 }]]);
    expect(notes).toEqual([]);
  });
});

describe("attributes that share a column", () => {
  test.each<readonly [source: typeof east, entity: string, attribute: string, together: readonly string[]]>([
    [east, "Station", "operator", ["operator", "contact"]],
    [east, "Station", "contact", ["contact", "operator"]],
    [east, "Station", "name", ["name"]],
    [west, "Station", "medium", ["medium"]],
  ])("%j %s.%s: %j", (source, entity, attribute, together) => {
    expect(coFedAttributes(mapped(source, entity), attribute)).toEqual(together);
    // The same list again: it is remembered with the mapping.
    expect(coFedAttributes(mapped(source, entity), attribute)).toBe(coFedAttributes(mapped(source, entity), attribute));
  });

  test("decide the strata of an original, as if they were asked for", () => {
    const of = permit({ Station: { grants: [clause("a", { operator: "CLEAR" }), clause("b", { contact: "CLEAR" }, { kind: "isNull", path: ["name"], isNull: true })] } });
    const strata = (originals: readonly string[]) => scanOf(contextOf(of), east, entityOf("Station"), "query", { attributes: ["operator"], originals })?.strata.length;
    expect([strata([]), strata(["operator"])]).toEqual([1, 2]);
  });
});

describe("a scan", () => {
  test("is none where the source does not map the entity, nothing is granted, or no row is seen", () => {
    const referenced = { attributes: ["code"], originals: [] };
    const hidden = permit({ Station: { grants: [clause("a", { code: "CLEAR" })], hides: [{ rule: clause("h", {}).rule, when: { kind: "true" }, reason: null }] } });
    expect(scanOf(contextOf(open), west, entityOf("Section"), "query", referenced)).toBeNull();
    expect(scanOf(contextOf(permit({})), east, entityOf("Station"), "query", referenced)).toBeNull();
    expect(scanOf(contextOf(open), east, entityOf("Station"), "export", referenced)).toBeNull();
    expect(scanOf(contextOf(hidden), east, entityOf("Station"), "query", referenced)).toBeNull();
    expect(scanOf(contextOf(open), east, entityOf("Station"), "query", referenced)).toMatchObject({ source: { id: "east" }, door: "query" });
  });

  test("lowers each variant once", () => {
    const scan = { lowered: new Map() } as unknown as Scan;
    let made = 0;
    const make = (): Lowered<number> => {
      made += 1;
      return { template: { kind: "aggregate", parts: [], groupBy: [], measures: [], slotCount: 0 }, binders: [], layout: made, notes: [] };
    };
    expect([loweredOnce(scan, "a", make).layout, loweredOnce(scan, "b", make).layout, loweredOnce(scan, "a", make).layout, made]).toEqual([1, 2, 1, 2]);
  });
});

describe("what steps ask of scans", () => {
  const plan = { where: { kind: "true" }, order: [], selections: null } as unknown as ConnectionPlan;
  const scan = (id: string): Scan => ({ source: { id } }) as unknown as Scan;
  const cursor = (source: string) => ({ values: ["a", null], source, tie: 1, branch: 0 });

  test.each([
    ["a", "b", "before"],
    ["b", "b", "same"],
    ["c", "b", "after"],
  ])("source %s stands to a cursor of %s: %s", (id, of, relation) => {
    expect(sourceRelation(scan(id), cursor(of))).toBe(relation);
  });

  test("a page is limited, in its direction, and says which values of the cursor are NULL", () => {
    expect(pageRequest(plan, scan("a"), true, cursor("b"))).toEqual({ where: plan.where, order: [], backward: true, cursor: { isNull: [false, true], source: "before" }, attributes: [], originals: [], lookup: null, limited: true });
    expect(pageRequest(plan, scan("a"), false, null)).toMatchObject({ backward: false, cursor: null });
  });

  test("a page is a page and not an export", () => {
    expect([pageDefault, pageMax]).toEqual([100, 1000]);
  });

  test("a count counts rows", () => {
    expect(countRequest(plan)).toEqual({ where: plan.where, groups: [], measures: [{ fn: "count", attribute: null, path: ["id"] }], distinctOf: null });
  });

  const measure = (fn: Measure["fn"]): Measure => ({ fn, attribute: null, path: ["x"] });
  test.each<readonly [fns: readonly Measure["fn"][], asked: readonly (number | null)[]]>([
    [[], [null]],
    [["count"], [null]],
    [["countDistinct"], [0]],
    [["countDistinct", "countDistinct"], [0, 1]],
    [["sum", "countDistinct", "max", "countDistinct"], [null, 1, 3]],
  ])("figures %j are asked as %j", (fns, asked) => {
    const aggregate = { where: plan.where, groups: [], measures: fns.map(measure) } as unknown as AggregatePlan;
    const requests = aggregateRequests(aggregate);
    expect(requests.map(({ distinctOf }) => distinctOf)).toEqual(asked);
    for (const request of requests) expect(request).toMatchObject({ where: aggregate.where, groups: aggregate.groups, measures: aggregate.measures });
  });
});

describe("fields of a selection", () => {
  const fieldsOf = (text: string, variables: Readonly<Record<string, unknown>> = {}, types: readonly string[] = ["A", "Node"]) => {
    const document = parse(text);
    const operation = firstOf(document.definitions.filter((one) => one.kind === "OperationDefinition"));
    const fragments = new Map(document.definitions.flatMap((one) => (one.kind === "FragmentDefinition" ? [[one.name.value, one] as const] : [])));
    return collectFields({ operation, fragments, variables }, types, [operation.selectionSet]);
  };
  const keys = (text: string, variables: Readonly<Record<string, unknown>> = {}) => fieldsOf(text, variables).map(({ key, name }) => (key === name ? key : `${key}: ${name}`));

  const selections: readonly (readonly [text: string, keys: readonly string[], variables?: Readonly<Record<string, unknown>>])[] = [
    ["{ a b: c }", ["a", "b: c"]],
    ["{ a ... { b } ... on A { c } ... on Node { d } ... on B { e } }", ["a", "b", "c", "d"]],
    ["{ ...f ...g } fragment f on A { a } fragment g on B { b }", ["a"]],
    ["{ ...f } fragment f on A { a ...f }", ["a"]],
    ["{ a ...gone }", ["a"]],
    ["{ a @skip(if: true) b @skip(if: false) c @include(if: true) d @include(if: false) e @other(if: false) }", ["b", "c", "e"]],
    ["{ a @skip(if: $yes) b @skip(if: $no) c @include(if: $yes) d @include(if: $no) }", ["b", "c"], { yes: true, no: false }],
    ["{ a @include(if: $text) b @skip(if: $text) c @include d @skip }", ["b", "d"], { text: "true" }],
    ["{ a @include(unless: true) b @include(unless: false, if: true) }", ["b"]],
    ["{ a @skip(if: false) @include(if: false) b @include(if: true) @skip(if: true) }", []],
    ["{ ... @include(if: false) { a } ...f @skip(if: true) ...f } fragment f on A { b }", ["b"]],
  ];
  test.each(selections.map(([text, found, variables]) => ({ text, found, variables })))("$text", ({ text, found, variables }) => {
    expect(keys(text, variables)).toEqual(found);
  });

  test("of one response key are merged", () => {
    const [merged, ...rest] = fieldsOf("{ a { x } a { y } a }");
    expect(rest).toEqual([]);
    expect(merged?.nodes).toHaveLength(3);
    expect(merged === undefined ? [] : selectionSets(merged).map(({ selections }) => selections.length)).toEqual([1, 1]);
  });
});

describe("arguments of a root field", () => {
  const schema = buildSchema("type Query { field(first: Int = 5, after: String, size: Int): Int }");
  const builder = (variables: Readonly<Record<string, unknown>> = {}) => {
    const operation = firstOf(parse("{ field }").definitions);
    if (operation.kind !== "OperationDefinition") throw new Error("no operation");
    return planBuilder(schema, contextOf(open), { operation, fragments: new Map(), variables });
  };
  const fieldOf = (text: string) => {
    const operation = firstOf(parse(text).definitions);
    return operation.kind === "OperationDefinition" ? firstOf(collectFields({ operation, fragments: new Map(), variables: {} }, ["Query"], [operation.selectionSet])) : firstOf([]);
  };

  test("are those that are written, and defaults of the others", () => {
    expect([...rootArguments(builder(), fieldOf(`{ field(after: "x", unknown: 1) }`))]).toEqual([
      ["first", { kind: "leaf", source: { kind: "literal", value: 5 } }],
      ["after", { kind: "leaf", source: { kind: "literal", value: "x" } }],
    ]);
    expect([...rootArguments(builder(), fieldOf("{ field(first: null) }"))]).toEqual([["first", { kind: "null" }]]);
    expect([...rootArguments(builder(), fieldOf("{ field(size: $gone) }")).keys()]).toEqual(["first"]);
  });

  test("of an unknown field are refused", () => {
    expect(refusalOf(() => rootArguments(builder(), fieldOf("{ moon }")))).toMatch(/^GRAPHQL_VALIDATION_FAILED /);
  });

  test("stand in the plan as literals, or as slots where a variable brings them", () => {
    const of = builder();
    expect([intArgument(of, undefined, "first"), intArgument(of, { kind: "null" }, "first"), intArgument(of, { kind: "leaf", source: { kind: "literal", value: "7" } }, "first")]).toEqual([{ literal: null }, { literal: null }, { literal: 7 }]);
    expect([textArgument(of, undefined, "after"), textArgument(of, { kind: "null" }, "after"), textArgument(of, { kind: "leaf", source: { kind: "literal", value: 7 } }, "after")]).toEqual([{ literal: null }, { literal: null }, { literal: "7" }]);
    const variable = { kind: "leaf", source: { kind: "variable", path: ["v"] } } as const;
    expect([intArgument(of, variable, "first"), textArgument(of, variable, "after")]).toEqual([{ slot: 0 }, { slot: 1 }]);
    expect(of.slots).toEqual([
      { source: variable.source, attribute: null, argument: "first", measure: false },
      { source: variable.source, attribute: null, argument: "after", measure: false },
    ]);
  });

  test("that are no leaf are refused by their names", () => {
    const list = { kind: "list", items: [] } as const;
    expect(refusalOf(() => intArgument(builder(), list, "first"))).toContain("argument does not fit: first.");
    expect(refusalOf(() => textArgument(builder(), list, "after"))).toContain("argument does not fit: after.");
  });

  test("what a compilation uses is noted once", () => {
    const of = builder();
    of.use(entityOf("Station"), "code", "query");
    of.use(entityOf("Station"), "code", "query");
    of.use(entityOf("Station"), "code", "aggregate");
    of.use(entityOf("Enterprise"), "name", "query");
    expect(of.used().map(({ entity, attribute, door }) => `${entity.name}.${attribute} ${door}`)).toEqual(["Station.code query", "Station.code aggregate", "Enterprise.name query"]);
    expect(of.slot({ kind: "literal", value: 1 }, null, "a", true)).toBe(0);
    expect(of.slots[0]?.measure).toBe(true);
  });

  test("a link leads to an entity of the vocabulary", () => {
    expect(linkTarget(builder(), attributeOf("Observation", "station")).name).toBe("Station");
    expect(() => linkTarget(builder(), attributeOf("Station", "code"))).toThrow("Station.code is not a local link");
  });
});
