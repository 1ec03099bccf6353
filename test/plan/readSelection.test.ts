/** Fields of a node: fragments on the types of its parts are followed, and every attribute that a field rests on is noted as used. */
import { expect, test } from "vitest";
import type { NodeField } from "../../src/plan/operationPlan.ts";
import { compiled, rootOf } from "./support/compiled.ts";

const fieldsOf = (root: string, selection: string): readonly NodeField[] => rootOf("connection", compiled(`{ ${root} { nodes { ${selection} } } }`)).selections?.[0]?.fields ?? [];

test.each<readonly [selection: string, field: object]>([
  ["provenance { ... on StationProvenance { source } ... on EnterpriseProvenance { revision } }", { kind: "provenance", fields: [{ field: "source" }] }],
  ["original(of: OPERATOR) { ... on Original { unit } ... on Region { code } }", { kind: "original", of: { name: "operator" }, fields: [{ field: "unit" }] }],
  ["original(of: ACTIVE_FROM) { value }", { kind: "original", of: { name: "activeFrom" } }],
  ["position { ... on Position { lon } ... on Region { code } }", { kind: "attribute", parts: [{ part: "lon" }] }],
  ["region { ... on Region { name } ... on Position { lon } }", { kind: "region", region: { fields: [{ field: "name" }] } }],
  ["movedFrom { ... on Station { code } ... on Enterprise { name } }", { kind: "link", target: { fields: [{ key: "code" }] } }],
])("%s", (selection, field) => {
  const [read, ...rest] = fieldsOf("stations", selection);
  expect(rest).toEqual([]);
  expect(read).toMatchObject(field);
});

test("a region's fragments may lead to the region above it", () => {
  expect(fieldsOf("stations", "region { parent { ... on Region { code } } }")).toMatchObject([{ region: { fields: [{ field: "parent", nested: { fields: [{ field: "code", nested: null }] } }] } }]);
});

test.each(["enterpriseRecords { name }", "enterpriseRecordsCount"])("a link to rows of other sources rests on both its keys: %s", (field) => {
  const used = compiled(`{ penaltyDecisions { nodes { ${field} } } }`).used.map(({ entity, attribute, door }) => `${door} ${entity.name}.${attribute}`);
  expect(used).toEqual(expect.arrayContaining(["query PenaltyDecision.enterprise", "query Enterprise.uscc"]));
});
