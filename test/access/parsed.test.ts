/** What files become: rules, cases and verdicts as data, in `golden/`. Run with `-u` to accept a change, and say why in the commit. */
import { describe, expect, test } from "vitest";
import { parsePolicy } from "../../src/access/parsePolicy.ts";
import { parsePolicyTest } from "../../src/access/parsePolicyTest.ts";
import { runPolicyTest } from "../../src/access/policyTest.ts";
import { printPlan } from "../plan/support/printPlan.ts";
import { context, network, policyText } from "./fixtures/setting.ts";
import { smallVocabulary } from "./fixtures/vocabulary.ts";

const policy = policyText(
  "{ id: open.1_a-b, to: everyone, except: [own, 'group:north', 'agency:institute'], allow: { Firm: open, Visit: [no] }, basis: 条例, reason: only this }",
  "{ id: masks, to: [own, agencies], allow: { Firm: [code] }, mask: { Firm: { person: person-name, position: grid-0.01 }, Visit: {} }, doors: [query, export], purposes: [research], reason: { zh: 甲 } }",
  "{ id: own, to: own, allow: { Firm: [all, open, name] } }",
  "{ id: limits, to: agencies, deny: { Firm: [code], Visit: all }, atMost: { Firm: { person: free-text } }, hide: [Visit], from: 2026-01-01, until: 2027-06-01T08:00+08:00, reason: { en: b } }",
  "{ id: hides, to: agency:public, hide: [Firm, Visit], where: { Visit: { finding: { isNull: false } }, all: { region: { within: [130000] } } }, doors: [subscribe], purposes: [enforcement] }",
  "{ id: statistics, to: agency:institute, publish: { Firm: { by: [region, state], measures: { output: [sum, avg, sum], staff: [avg] }, minGroup: 3 }, Visit: { minGroup: 10 } }, purposes: [research] }",
  "{ id: later, to: agency:institute, publish: { Firm: { minGroup: 4 } }, until: 2020-01-01 }".replace("until: 2020-01-01", "purposes: [enforcement], where: { Firm: { code: { eq: x } } }").replace("agency:institute", "agency:alone"),
  `{ id: conditions, to: own, allow: { Firm: [code] }, where: { Firm: { and: [{ name: { eq: a, ne: b } }, {}], or: [{ staff: { gt: 1, lte: 2, lt: 3, gte: 4 } }, { output: { in: [1, 2.5] } }], not: { tags: { contains: x } }, code: { startsWith: A, contains: B, in: [] }, state: { in: [RAW] }, active: { ne: false }, seen: { gt: { $now: -P1DT2H }, lt: 2026-01-01T00:00Z }, founded: { eq: 2026-01-01 }, pollutant: { startsWith: a, eq: a34004 }, position: { isNull: true }, region: { code: { startsWith: '13', in: [130000] }, name: { contains: 市 }, nameEn: { lt: B }, level: { in: [COUNTY] }, within: $agency.partners, ne: $agency.region, isNull: false } } } }`,
  "{ id: lists, to: own, allow: { Firm: [code] }, where: { Firm: { or: [{ code: { eq: a } }], and: [{ or: [] }, { and: [] }], region: { in: $agency.partners, within: [130000] }, name: {} } } }",
  "{ id: columns, to: own, allow: { Firm: [code] }, where: { Firm: { region: { name: { contains: 市 } } } } }",
  "{ id: nothing, to: own, allow: { Firm: [] }, where: { Firm: { region: {} } } }",
);

test("a policy", async () => {
  const { region, rules } = parsePolicy(policy, "p.yaml", context());
  await expect(`${region}\n${rules.map((rule) => printPlan(rule)).join("\n")}\n`).toMatchFileSnapshot("golden/parsed.policy.txt");
});

const file = `given:
  Firm:
    - { code: A, name: x, person: 李某某, tags: [a, b], position: { lon: 114.51, lat: 38.04 }, output: 1.2345, staff: 7, active: true, seen: 2026-01-01T00:00Z, founded: 2026-01-01, state: RAW, region: 130100, pollutant: a34004 }
    - { code: B, name: y, person: 王某, region: 130200, active: false }
    - { code: C, region: 130100 }
    - {}
  Visit: []
at: 2026-06-01T00:00+08:00
tests:
  - { as: neighbour, purpose: research, clear: { Firm: [code, name] }, masked: { Firm: { person: 李**, position: { lon: 114.51, lat: 38.04 }, output: 1.23, code: A, name: [x], secret: z } }, never: { Firm: [secret, code, person] }, rows: { Firm: 3, Visit: 0 }, groups: { Firm: 1, Visit: 0 } }
  - { as: owner, door: export, at: 2027-01-01T00:00Z, clear: { Firm: [code, person], Visit: [no] }, masked: { Visit: { no: x } }, rows: { Firm: 4 } }
  - { as: owner, clear: { Firm: [code] }, rows: { Firm: 4 } }
  - { as: institute, groups: { Firm: 1, Visit: 2 }, clear: { Firm: [code] } }
  - { as: public, rows: { Firm: 1 }, fails: PURPOSE_REQUIRED }
  - { as: public, query: "{ secret }", fails: UNKNOWN_FIELD }
  - { as: public, query: "{ code }", fails: UNKNOWN_FIELD }
  - { as: brigade, purpose: research, rows: { Firm: 1 }, fails: PURPOSE_NOT_ALLOWED }
  - { as: brigade, purpose: research, query: "{ secret }", fails: UNKNOWN_FIELD }
  - { as: neighbour, fails: PURPOSE_NOT_ALLOWED }
  - { as: alone, purpose: enforcement, door: aggregate, never: { Firm: [name, output] } }
coverage: conditional
`;

test("a policy test", async () => {
  const { given, cases, coverage } = parsePolicyTest(file, "t.yaml", { vocabulary: smallVocabulary, network });
  await expect(`${printPlan(given)}\n${cases.map((one) => printPlan(one)).join("\n")}\n${printPlan(coverage)}\n`).toMatchFileSnapshot("golden/parsed.test.txt");
});

describe("the verdicts of a policy test", () => {
  const rules = [
    "{ id: g, to: [group:north, agency:alone], allow: { Firm: [code, name], Visit: [finding] }, mask: { Firm: { person: person-name, position: grid-0.01 } } }",
    "{ id: o, to: own, allow: { Firm: all }, doors: [query] }",
    "{ id: e, to: group:north, allow: { Firm: [person] }, mask: { Firm: { secret: id-number } }, doors: [export], where: { Firm: { active: { eq: true } } } }",
    "{ id: some, to: group:north, deny: { Firm: [name] }, where: { Firm: { code: { eq: B } } } }",
    "{ id: h, to: everyone, except: [own], hide: [Firm], where: { Firm: { code: { isNull: true } } } }",
    "{ id: pub, to: agency:institute, publish: { Firm: { by: [region], minGroup: 3 }, Visit: { minGroup: 3 } } }",
    "{ id: number, to: agency:public, allow: { Firm: [code] }, where: { Firm: { code: { eq: A } } } }",
    "{ id: never, to: agency:alone, deny: { Firm: [name] } }",
  ];
  test.each([
    ["of the file", file, "verdicts.txt"],
    ["without coverage", file.replace("coverage: conditional\n", ""), "verdicts.uncovered.txt"],
  ])("%s", async (_, text, golden) => {
    const input = { policy: parsePolicy(policyText(...rules), "p.yaml", context()), network, vocabulary: smallVocabulary, nowMs: 0, rejects: (_permit: unknown, query: string) => query.includes("secret") };
    const lines = runPolicyTest(parsePolicyTest(text, "t.yaml", { vocabulary: smallVocabulary, network }), input);
    await expect(`${lines.map(({ ok, at, what, problem }) => `${ok ? "ok " : "BAD"} ${at.line}:${at.column} ${what}${problem === null ? "" : `: ${problem}`}`).join("\n")}\n`).toMatchFileSnapshot(`golden/${golden}`);
  });
});
