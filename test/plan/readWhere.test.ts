/** A filter that the hub has no words for is refused with its place: it must never become "no filter". */
import { describe, expect, test } from "vitest";
import { refusalOf } from "../access/fixtures/setting.ts";
import { compiled, rootOf, wider } from "./support/compiled.ts";

describe("a filter is refused", () => {
  test.each<readonly [what: string, where: string, argument: string]>([
    ["that asks a row itself whether it is null", "{ isNull: true }", "where.isNull"],
    ["on what is no attribute", "{ moons: { gte: 1 } }", "where.moons"],
    ["with an operator that the hub lacks", "{ name: { median: 1 } }", "where.name.median"],
    ["with an object for an operand", "{ name: { eq: { gte: 1 } } }", "where.name.eq must not be null"],
    ["with an isNull that is neither true nor false", "{ name: { isNull: MOONS } }", "where.name.isNull must not be null"],
  ])("%s: %s", (_, where, argument) => {
    expect(refusalOf(() => compiled(`{ stations(where: ${where}) { totalCount } }`, { schema: wider }))).toBe(`BAD_ARGUMENT An argument does not fit: ${argument}.`);
  });
});

test("a single value is compared in the place of the plan that each run fills", () => {
  const plan = compiled(`query ($name: String) { stations(where: { name: { eq: $name } }) { totalCount } }`, { variables: { name: "x" } });
  expect(rootOf("connection", plan).where).toEqual({ kind: "compare", path: ["name"], operator: "eq", operand: { kind: "slot", slot: 0 } });
  expect(plan.slots).toMatchObject([{ source: { kind: "variable", path: ["name"] }, argument: "where.name.eq" }]);
});
