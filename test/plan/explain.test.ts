/**
 * Golden texts of `explain`: what a reviewer reads when a plan changes. Run with `-u` to accept a change, and say why in the commit.
 */
import { getVariableValues, getOperationAST, parse, validate } from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { asAgencyId, asPurpose, asSourceId } from "../../schema/ids.ts";
import { withheldIn } from "../../src/gateway/answerOperation.ts";
import { compile } from "../../src/plan/compile.ts";
import { explain } from "../../src/plan/explain.ts";
import { operandsOf } from "../../src/plan/operands.ts";
import { type SmallNetwork, smallNetwork } from "../fixtures/smallNetwork.ts";

const nowMs = Date.parse("2026-06-15T12:00:00+08:00");
let net: SmallNetwork;
beforeAll(async () => {
  net = await smallNetwork({ now: () => nowMs });
});
afterAll(() => net.close());

interface Case {
  readonly name: string;
  readonly as: string;
  readonly purpose: string | null;
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

const cases: readonly Case[] = [
  { name: "open-list", as: "public", purpose: null, query: `{ stations(where: { elevation: { gte: "100" } }, orderBy: [{ name: ASC }], first: 5) { nodes { code name elevation } } }` },
  {
    name: "masks-and-restrictions",
    as: "partner",
    purpose: "enforcement",
    query: `query ($least: Decimal!) { penaltyDecisions(where: { amount: { gte: $least }, enterprise: { industry: { startsWith: "25" } } }, orderBy: [{ decidedOn: DESC }], first: 3) { totalCount nodes { docNo amount enterprise { name legalRep contactPhone } } } }`,
    variables: { least: "20000" },
  },
  { name: "aggregate", as: "partner", purpose: "enforcement", query: `{ penaltyDecisionsAggregate(where: { decidedOn: { gte: "2026-02-01" } }, groupBy: [{ field: REGION_CODE }]) { groups { count sum { amount } countDistinct { docNo } } } }` },
  { name: "by-id", as: "owner", purpose: "enforcement", query: `{ station(id: "x") { code contact } }` },
  { name: "filter-that-is-never-true", as: "partner", purpose: "enforcement", query: `{ enterprises(where: { name: { in: [] } }) { nodes { name } } }` },
  { name: "hub-constants", as: "nobody", purpose: "research", query: `{ regions(level: PROVINCE) { code } }` },
];

function explained({ as, purpose, query, variables = {} }: Case, audience: "agency" | "operator"): string {
  const { state, registry } = net;
  const agency = state.network.agencies.get(asAgencyId(as));
  if (agency === undefined) throw new Error(as);
  const permit = state.permitOf(agency, purpose === null ? null : asPurpose(purpose), nowMs);
  const schema = state.schemaOf(permit);
  const document = parse(query);
  expect(validate(schema, document)).toEqual([]);
  const { coerced = {} } = getVariableValues(schema, getOperationAST(document)?.variableDefinitions ?? [], variables);
  const plan = compile({ schema, document, operationName: null, variables: coerced, context: state.planContext(permit) });
  const queries = {
    describe: (of: Parameters<NonNullable<ReturnType<typeof registry.get>>["adapter"]["describe"]>[0]) => registry.get(asSourceId(of.source))?.adapter.describe(of) ?? null,
    bindings: { operands: operandsOf(plan.slots, coerced), agency: agency.attributes, nowMs, limit: 6, cursor: null, lookup: [["…"]] },
  };
  const text = explain({ plan, permit, agency, withheld: withheldIn(plan), queries: audience === "operator" ? queries : null });
  // Hashes of mappings and lenses change with every edit of them; that they are there is enough.
  return text.replace(/\b[0-9a-f]{16}\b/g, "0123456789abcdef").replace(/"l[0-9a-f]{12}"/g, '"lens"');
}

describe("explain for the operator", () => {
  it.each(cases)("shows $name down to the source's own query", async (one) => {
    await expect(explained(one, "operator")).toMatchFileSnapshot(`golden/${one.name}.txt`);
  });
});

describe("explain for the agency", () => {
  it.each(cases)("shows $name without rules' conditions and without a source's words", async (one) => {
    const text = explained(one, "agency");
    await expect(text).toMatchFileSnapshot(`golden/${one.name}.agency.txt`);
    expect(text).not.toMatch(/SELECT|query:|parameters:|\b130100\b|doc_no|legal_rep|revoked (eq|ne)/);
  });

  it("tells the way of its own filter and not of a rule's on the same attribute", () => {
    const one: Case = { name: "", as: "partner", purpose: "enforcement", query: `{ enterprises(where: { region: { code: { startsWith: "13" } } }) { nodes { name } } }` };
    for (const line of ["filter region startsWith", "rule region within"]) expect(explained(one, "operator")).toContain(line);
    expect(explained(one, "agency")).toContain("filter region startsWith");
    expect(explained(one, "agency")).not.toContain("within");
  });

  it("is the same text twice", () => {
    for (const one of cases) expect(explained(one, "agency")).toBe(explained(one, "agency"));
  });
});
