/** Figures of groups: what is grouped, measured and ordered, and what is refused because a group has no such value. */
import { describe, expect, test } from "vitest";
import type { AggregatePlan } from "../../src/plan/operationPlan.ts";
import { refusalOf } from "../access/fixtures/setting.ts";
import { type Asking, compiled, rootOf, wider } from "./support/compiled.ts";
import { open, publishing } from "./support/permits.ts";

/** Rows may be read and statistics are published, both at once. */
const both = { ...open, publications: publishing.publications };
const aggregate = (field: string, asking: Asking = {}): AggregatePlan => rootOf("aggregate", compiled(`query ($zone: String, $group: ObservationAggregateGroupBy! = { field: START }) { ${field} }`, asking));
const published = (field: string): AggregatePlan => rootOf("published", compiled(`{ ${field} }`, { permit: both }));

describe("figures and published statistics are kept apart", () => {
  test("figures are of rows alone", () => {
    const plan = aggregate("enterprisesAggregate { groups { count } }", { permit: both });
    expect([plan.scans.length > 0, plan.publications]).toEqual([true, []]);
  });
  test("published statistics read no row that the agency may read for itself", () => {
    const plan = published("enterprisesPublished { groups { count } }");
    expect([plan.scans, plan.publications.length > 0]).toEqual([[], true]);
  });
});

describe("fragments on the types of figures are followed, those on others are not", () => {
  const shape = (kind: "Aggregate" | "Published", other: string, figure: string, type: string) =>
    (kind === "Aggregate" ? aggregate : published)(
      `enterprises${kind} { ... on Enterprise${kind} { groups { ... on Enterprise${kind}Group { key { ... on Enterprise${kind}Key { name __typename } ... on Enterprise${other}Key { uscc } } ${figure} { ... on Enterprise${kind}${type} { output } ... on Enterprise${other}${type} { energy } } } ... on Enterprise${other}Group { count } } } ... on Enterprise${other} { __typename } }`,
    ).shape;
  const read = (prefix: string, type: string, key: string) => [
    {
      kind: "groups",
      key: "groups",
      fields: [
        { kind: "key", key: "key", fields: [{ key: "name", on: null, typename: "" }, { key: "__typename", on: null, typename: `${prefix}Key` }] },
        { kind: "measures", key, fields: [{ key: "output", measure: 0, typename: `${prefix}${type}` }] },
      ],
    },
  ];
  test.each<readonly [kind: "Aggregate" | "Published", other: string, figure: string, type: string]>([
    ["Aggregate", "Published", "sum", "Totals"],
    ["Aggregate", "Published", "max", "Extremes"],
    ["Published", "Aggregate", "sum", "Sum"],
    ["Published", "Aggregate", "avg", "Avg"],
  ])("%s, not %s: %s, of type %s", (kind, other, figure, type) => {
    expect(shape(kind, other, figure, type)).toEqual(read(`Enterprise${kind}`, type, figure));
  });
});

describe("the zone of a bucket", () => {
  test.each<readonly [what: string, group: string, variables: Readonly<Record<string, unknown>>, zone: string]>([
    ["is the network's where none is named", "{ field: START, bucket: DAY }", {}, "Asia/Shanghai"],
    ["is the network's where it is null", "{ field: START, bucket: DAY, zone: null }", {}, "Asia/Shanghai"],
    ["is the one that is written", `{ field: START, bucket: DAY, zone: "UTC" }`, {}, "UTC"],
    ["is the one of a variable", "{ field: START, bucket: DAY, zone: $zone }", { zone: "Europe/Paris" }, "Europe/Paris"],
    ["is the network's where the variable is absent", "{ field: START, bucket: DAY, zone: $zone }", {}, "Asia/Shanghai"],
    ["is the network's where the variable is null", "{ field: START, bucket: DAY, zone: $zone }", { zone: null }, "Asia/Shanghai"],
    ["is the one within a variable", "$group", { group: { field: "START", bucket: "DAY", zone: "UTC" } }, "UTC"],
  ])("%s: %s", (_, group, variables, zone) => {
    expect(aggregate(`observationsAggregate(groupBy: [${group}]) { groups { count } }`, { variables }).groups).toMatchObject([{ name: "start", bucket: { bucket: "DAY", zone } }]);
  });
  test("a bucket that is null is none", () => {
    expect(aggregate("observationsAggregate(groupBy: [{ field: START, bucket: null }]) { groups { count } }").groups).toMatchObject([{ name: "start", bucket: null }]);
  });
});

test("a figure is computed once, wherever it is named", () => {
  const plan = aggregate(
    "observationsAggregate(groupBy: [{ field: POLLUTANT }], having: { count: { gte: 2 }, avg: { value: { gt: 1 } } }, orderBy: [{ avg: { value: DESC } }, { count: ASC }, { sum: { value: ASC } }]) { groups { count twice: count avg { value again: value } min { value } countDistinct { stationCode stationRegionCode } } }",
  );
  expect(plan.measures.map(({ fn, path }) => `${fn} ${path.join(".")}`)).toEqual(["count id", "avg value", "min value", "countDistinct station.code", "countDistinct station.region", "sum value"]);
  expect(plan.order).toEqual([
    { on: { measure: 1 }, descending: true },
    { on: { measure: 0 }, descending: false },
    { on: { measure: 5 }, descending: false },
  ]);
});

test.each([
  ["ASC", false],
  ["DESC", true],
])("groups in order of their counts: %s", (direction, descending) => {
  expect(aggregate(`stationsAggregate(orderBy: { count: ${direction} }) { groups { count } }`).order).toEqual([{ on: { measure: 0 }, descending }]);
});

test("what a figure rests on is noted as used, through links too", () => {
  const used = compiled("{ observationsAggregate(groupBy: [{ field: STATION_REGION_CODE }]) { groups { avg { value } } } }").used.map(({ entity, attribute, door }) => `${door} ${entity.name}.${attribute}`);
  expect(used).toEqual(["aggregate Observation.station", "aggregate Station.region", "aggregate Observation.value"]);
});

describe("figures are refused", () => {
  test.each<readonly [what: string, document: string, argument: string]>([
    ["of what is no attribute", "{ stationsAggregate { groups { avg { moons } } } }", "moons"],
    ["of rows one link away", "{ observationsAggregate { groups { sum { stationElevation } } } }", "stationElevation"],
    ["counting different values of what is no attribute", "{ stationsAggregate { groups { countDistinct { moons } } } }", "moons"],
    ["of an owner that is not grouped by", `{ enterprisesPublished(groupBy: [{ field: INDUSTRY }], having: { key: { ownerRegion: { eq: "1" } } }) { groups { count } } }`, "having.key.ownerRegion is not among groupBy"],
    ["in order of an owner that is not grouped by", "{ enterprisesPublished(groupBy: [{ field: INDUSTRY }], orderBy: [{ key: { ownerRegion: ASC } }]) { groups { count } } }", "orderBy[0].key.ownerRegion is not among groupBy"],
  ])("%s: %s", (_, document, argument) => {
    expect(refusalOf(() => compiled(document, { permit: both }))).toBe(`BAD_ARGUMENT An argument does not fit: ${argument}.`);
  });
  test.each<readonly [what: string, argument: string, refused: string]>([
    ["by groups of what is no attribute", "groupBy: [{ field: NAME }, { field: MOONS }]", "groupBy[1]"],
    ["in order of a figure of nothing", "orderBy: [{ avg: DESC }]", "orderBy[0].avg"],
  ])("%s: %s", (_, argument, refused) => {
    expect(refusalOf(() => compiled(`{ stationsAggregate(${argument}) { totalCount } }`, { schema: wider }))).toBe(`BAD_ARGUMENT An argument does not fit: ${refused}.`);
  });
});
