/** Lists: what of them is asked for through fragments, in which order, and how page arguments are called in messages. */
import { describe, expect, test } from "vitest";
import { refusalOf } from "../access/fixtures/setting.ts";
import { compiled, rootOf, wider } from "./support/compiled.ts";

describe("an order", () => {
  test.each<readonly [orderBy: string, order: readonly object[]]>([
    ["[{ name: ASC }, { code: DESC }]", [{ path: ["name"], descending: false }, { path: ["code"], descending: true }]],
    ["{ region: { code: DESC } }", [{ path: ["region"], descending: true }]],
    ["[{ movedFrom: { region: { code: ASC } } }]", [{ path: ["movedFrom", "region"], descending: false }]],
  ])("%s", (orderBy, order) => {
    expect(rootOf("connection", compiled(`{ stations(orderBy: ${orderBy}) { totalCount } }`)).order).toEqual(order);
  });

  test.each<readonly [what: string, orderBy: string, argument: string]>([
    ["by what is no attribute", "[{ moons: ASC }]", "orderBy.moons"],
    ["by a code of what is no region", "[{ name: { code: ASC } }]", "orderBy.name"],
    ["by a region's code and more", "[{ region: { code: ASC, name: ASC } }]", "orderBy.region"],
  ])("%s is refused: %s", (_, orderBy, argument) => {
    expect(refusalOf(() => compiled(`{ stations(orderBy: ${orderBy}) { totalCount } }`, { schema: wider }))).toBe(`BAD_ARGUMENT An argument does not fit: ${argument}.`);
  });
});

test("page arguments are called by their names in messages", () => {
  const variables = { f: 1, l: 2, a: "a", b: "b" };
  const plan = compiled("query ($f: Int, $l: Int, $a: String, $b: String) { stations(first: $f, last: $l, after: $a, before: $b) { totalCount } }", { variables });
  const root = rootOf("connection", plan);
  const called = (argument: object): string | undefined => ("slot" in argument ? plan.slots[Number(argument.slot)]?.argument : undefined);
  expect([root.first, root.last, root.after, root.before].map(called)).toEqual(["first", "last", "after", "before"]);
});

test("fragments on the types of a list are followed", () => {
  const root = rootOf(
    "connection",
    compiled("{ stations { ... on StationConnection { edges { ... on StationEdge { cursor } ... on EnterpriseEdge { node { code } } } pageInfo { ... on PageInfo { hasNextPage } ... on Region { code } } } ... on Station { totalCount } } }"),
  );
  expect(root.shape.fields).toEqual([
    { kind: "edges", key: "edges", fields: [{ kind: "cursor", key: "cursor" }] },
    { kind: "pageInfo", key: "pageInfo", fields: [{ key: "hasNextPage", field: "hasNextPage" }] },
  ]);
});

describe("a count that may leave sources out", () => {
  test.each<readonly [field: string, partial: boolean]>([
    ["totalCount", false],
    ["totalCount(partial: DENY)", false],
    ["totalCount(partial: ALLOW)", true],
    ["totalCount(partial: $allow)", true],
    ["totalCount(partial: $deny)", false],
    ["totalCount(partial: $gone)", false],
  ])("%s: %s", (field, partial) => {
    const query = `query ($allow: PartialAnswer!, $deny: PartialAnswer!, $gone: PartialAnswer) { stations { ${field} } }`;
    expect(rootOf("connection", compiled(query, { variables: { allow: "ALLOW", deny: "DENY" } })).shape.fields).toEqual([{ kind: "totalCount", key: "totalCount", partial }]);
  });
});
