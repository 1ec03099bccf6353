/** Conditions on groups: every operator reaches the plan as it is written, and what the hub has no words for is refused with its place. */
import { describe, expect, test } from "vitest";
import { refusalOf } from "../access/fixtures/setting.ts";
import { compiled, rootOf, wider } from "./support/compiled.ts";
import { attributeOf, entityOf } from "./support/handMade.ts";
import { publishing } from "./support/permits.ts";

const slot = { kind: "slot", slot: 0 };
const group = { group: 0 };
const attributeNames = () => [...entityOf("Enterprise").attributes.keys()];

describe("a condition on what a group is grouped by", () => {
  test.each<readonly [field: string, condition: string, read: object]>([
    ["REVOKED", "revoked: { eq: true }", { operator: "eq", operand: { kind: "literal", value: true } }],
    ["REVOKED", "revoked: { ne: false }", { operator: "ne", operand: { kind: "literal", value: false } }],
    ["ENTERPRISE_PERMIT_CLASS", "enterprisePermitClass: { in: [KEY, SIMPLIFIED] }", { operator: "in", operand: { kind: "literals", values: ["KEY", "SIMPLIFIED"] } }],
    ["DOC_NO", `docNo: { in: ["1"] }`, { operator: "in", operand: slot }],
    ...["eq", "ne", "lt", "lte", "gt", "gte", "startsWith", "contains"].map((operator): readonly [string, string, object] => ["DOC_NO", `docNo: { ${operator}: "1" }`, { operator, operand: slot }]),
  ])("%s %s", (field, condition, read) => {
    const { having } = rootOf("aggregate", compiled(`{ penaltyDecisionsAggregate(groupBy: [{ field: ${field} }], having: { key: { ${condition} } }) { groups { count } } }`));
    expect(having).toMatchObject({ kind: "and", of: [{ kind: "compare", on: group, ...read }] });
  });

  test("compares as its attribute does, one link away too", () => {
    const of = (field: string, key: string) => rootOf("aggregate", compiled(`{ penaltyDecisionsAggregate(groupBy: [{ field: ${field} }], having: { key: { ${key}: { eq: "1" } } }) { groups { count } } }`)).having;
    expect(of("DOC_NO", "docNo")).toMatchObject({ of: [{ attribute: attributeOf("PenaltyDecision", "docNo") }] });
    expect(of("ENTERPRISE_REGION_CODE", "enterpriseRegionCode")).toMatchObject({ of: [{ attribute: attributeOf("Enterprise", "region") }] });
  });
});

describe("a condition on what owners publish", () => {
  const filter = (where: string) => rootOf("published", compiled(`{ enterprisesPublished(where: ${where}) { groups { count } } }`, { permit: publishing })).publishedWhere;
  test.each<readonly [where: string, name: string, operator: string]>([
    [`{ uscc: { eq: "1" } }`, "uscc", "eq"],
    [`{ name: { contains: "厂" } }`, "name", "contains"],
    [`{ region: { within: ["130000"] } }`, "region", "within"],
  ])("%s", (where, name, operator) => {
    const attribute = attributeOf("Enterprise", name);
    expect(filter(where)).toMatchObject({ kind: "and", of: [{ kind: "compare", on: { group: attributeNames().indexOf(name) }, attribute, operator, operand: slot }] });
  });

  test("a region is asked for by its code", () => {
    expect(filter(`{ region: { code: { eq: "130100" } } }`)).toMatchObject({ of: [{ kind: "and", of: [{ operator: "eq", on: { group: attributeNames().indexOf("region") } }] }] });
  });
});

describe("a condition is refused", () => {
  test.each<readonly [what: string, argument: string, refused: string]>([
    ["with an operator that the hub lacks", "having: { count: { median: 1 } }", "having.count.median"],
    ["by the code of what is no region", "having: { count: { code: { gte: 1 } } }", "having.count.code"],
    ["by the code of a name", "groupBy: [{ field: NAME }], having: { key: { name: { code: { gte: 1 } } } }", "having.key.name.code"],
    ["with an isNull that is neither true nor false", "having: { count: { isNull: MOONS } }", "having.count.isNull must not be null"],
    ["with an object among its values", "having: { count: { in: [{ gte: 1 }] } }", "having.count.in must not be null"],
    ["with an object for an operand", "having: { count: { eq: { gte: 1 } } }", "having.count.eq must not be null"],
    ["on a mean of what is no attribute", "having: { avg: { moons: { gte: 1 } } }", "moons"],
    ["on a number of different values of what is no attribute", "having: { countDistinct: { moons: { gte: 1 } } }", "moons"],
  ])("%s: %s", (_, argument, refused) => {
    expect(refusalOf(() => compiled(`{ stationsAggregate(${argument}) { totalCount } }`, { schema: wider }))).toBe(`BAD_ARGUMENT An argument does not fit: ${refused}.`);
  });
  test("on what no owner can publish", () => {
    expect(refusalOf(() => compiled("{ enterprisesPublished(where: { moons: { gte: 1 } }) { totalCount } }", { schema: wider }))).toBe("BAD_ARGUMENT An argument does not fit: where.moons.");
  });
});
