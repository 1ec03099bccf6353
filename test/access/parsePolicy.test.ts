import { describe, expect, it } from "vitest";
import { asEntityName, asSourceId } from "../../schema/ids.ts";
import { parsePolicy } from "../../src/access/parsePolicy.ts";
import type { PolicyContext } from "../../src/access/policyContext.ts";
import { context, marked, policyOf, policyText, refusalOf, source } from "./fixtures/setting.ts";

const firm = asEntityName("Firm");

/** A rule with one grant, in which `what` stands in place of the words after `to`. */
const rule = (what: string): string => policyText(`{ id: r, to: group:north, ${what} }`);
const where = (condition: string): string => rule(`allow: { Firm: [code] }, where: { Firm: ${condition} }`);

describe("a policy", () => {
  it("expands open to the class-U attributes of today, without relations and quality", () => {
    const [first] = policyOf("{ id: r, to: everyone, allow: { Firm: [open, state] } }").rules;
    const levels = first?.effect.kind === "grant" ? first.effect.levels.get(firm) : undefined;
    expect(levels?.every).toBeNull();
    expect([...(levels?.named.keys() ?? [])]).toEqual(["code", "name", "tags", "active", "staff", "seen", "founded", "pollutant", "region", "state"]);
  });

  it("leaves out of open what comes from a column that feeds a stricter attribute", () => {
    const sources = [source({ columns: (entity, attribute) => [attribute === "name" || attribute === "secret" ? "t.remark" : `${entity}.${attribute}`] })];
    const [first] = parsePolicy(policyText("{ id: r, to: everyone, allow: { Firm: open } }"), "p.yaml", context({ sources })).rules;
    const levels = first?.effect.kind === "grant" ? first.effect.levels.get(firm) : undefined;
    expect(levels?.named.has("name")).toBe(false);
    expect(levels?.named.has("code")).toBe(true);
  });

  it("keeps all as such, for attributes of later days", () => {
    const [first] = policyOf("{ id: r, to: own, allow: { Firm: all } }").rules;
    expect(first?.effect.kind === "grant" && first.effect.levels.get(firm)).toMatchObject({ every: "CLEAR" });
  });

  it("opens a grant without doors and purposes to query and aggregate, and the purposes of today or none", () => {
    const [first] = policyOf("{ id: r, to: everyone, allow: { Firm: [code] } }").rules;
    expect([...(first?.doors ?? [])]).toEqual(["query", "aggregate"]);
    expect([...(first?.purposes ?? [])]).toEqual(["enforcement", "research"]);
    expect(first?.withoutPurpose).toBe(true);
  });

  it("binds a restriction without doors and purposes everywhere, later doors included", () => {
    const [first] = policyOf("{ id: r, to: everyone, deny: { Firm: all }, hide: [Visit] }").rules;
    expect(first).toMatchObject({ doors: null, purposes: null, withoutPurpose: true });
  });

  it("takes until as the end and from as the beginning of the day in the owner's zone", () => {
    const [first] = policyOf("{ id: r, to: everyone, allow: { Firm: [code] }, from: 2026-01-01, until: 2027-12-31 }").rules;
    expect(new Date(first?.fromMs ?? 0).toISOString()).toBe("2025-12-31T16:00:00.000Z");
    expect(new Date(first?.untilMs ?? 0).toISOString()).toBe("2027-12-31T16:00:00.000Z");
  });

  it("joins the condition of all with the entity's own", () => {
    const [first] = policyOf(
      "{ id: r, to: group:north, allow: { Firm: [code], Visit: [no] }, where: { all: { region: { within: $agency.partners } }, Firm: { active: { eq: true } } } }",
    ).rules;
    expect(first?.where.get(firm)).toEqual({
      kind: "and",
      of: [
        { kind: "compare", path: ["region"], operator: "within", operand: { kind: "agency", attribute: "partners" } },
        { kind: "compare", path: ["active"], operator: "eq", operand: { kind: "literal", value: true } },
      ],
    });
    expect(first?.where.get(asEntityName("Visit"))?.kind).toBe("compare");
  });

  it("may compare with attributes of the agency more than once in one condition", () => {
    const [first] = policyOf("{ id: r, to: group:north, allow: { Firm: [code] }, where: { Firm: { region: { within: $agency.partners, ne: $agency.region } } } }").rules;
    expect(first?.where.get(firm)).toMatchObject({ kind: "and", of: [{ operand: { attribute: "partners" } }, { operand: { attribute: "region" } }] });
  });

  it("lets statistics follow each other in time, or go to different agencies", () => {
    const table = "publish: { Firm: { by: [region], minGroup: 5 } }";
    policyOf(`{ id: a, to: agency:institute, ${table}, until: 2026-12-31 }`, `{ id: b, to: agency:institute, ${table}, from: 2027-01-01 }`);
    policyOf(`{ id: a, to: agency:institute, ${table}, from: 2027-01-01 }`, `{ id: b, to: agency:institute, ${table}, until: 2026-12-31 }`);
    policyOf(`{ id: a, to: agency:institute, ${table} }`, `{ id: b, to: agency:neighbour, ${table} }`);
    policyOf(`{ id: a, to: agency:institute, ${table} }`, "{ id: b, to: agency:institute, publish: { Visit: { by: [region], minGroup: 5 } } }");
  });
});

const publish = (table: string): string => rule(`publish: { Firm: ${table} }`);
const refusals: readonly (readonly [what: string, text: string, problem: RegExp])[] = [
  ["an unknown word of the file", "rules: []\n▸epoch: 3", /no word epoch; use rules/],
  ["no rules", "▸{}", /rules: \[\] to share nothing/],
  ["an unknown word of a rule", rule("▸allows: { Firm: [code] }"), /no word allows; use .*allow/],
  ["a rule without id", policyText("▸{ to: own, allow: { Firm: all } }"), /no id/],
  ["a rule to nobody", policyText("▸{ id: r, allow: { Firm: [code] } }"), /no to/],
  ["a rule that does nothing", policyText("▸{ id: r, to: own }"), /does nothing; say allow/],
  ["two rules of one id", policyText("{ id: r, to: own, allow: { Firm: all } }", "{ id: ▸r, to: own, allow: { Visit: all } }"), /two rules r/],
  ["a duplicate word", rule("allow: { Firm: [code] }, ▸allow: { Visit: [no] }"), /unique/],
  ["an unknown grantee", policyText("{ id: r, to: ▸neighbour, allow: { Firm: [code] } }"), /neighbour names nobody; use own/],
  ["an unknown agency", policyText("{ id: r, to: [own, ▸agency:moon], allow: { Firm: [code] } }"), /no agency moon; use owner/],
  ["an unknown group", policyText("{ id: r, to: everyone, except: ▸group:moon, deny: { Firm: [code] } }"), /no group moon; use north/],
  ["an unknown entity", rule("allow: { ▸Company: [code] }"), /no entity Company; use Firm or Visit/],
  ["an unknown attribute", rule("allow: { Firm: [code, ▸nam] }"), /no attribute nam; use code/],
  ["id, which is no attribute", rule("allow: { Firm: [▸id] }"), /no attribute id/],
  ["an unknown purpose", rule("allow: { Firm: [code] }, purposes: [▸audit]"), /no purpose audit; use enforcement or research/],
  ["no purposes at all", rule("allow: { Firm: [code] }, purposes: ▸[]"), /leave the line out/],
  ["an unknown door", rule("allow: { Firm: [code] }, doors: [▸window]"), /no door window; use query/],
  ["an unknown mask", rule("mask: { Firm: { person: ▸stars } }"), /stars is not a mask of Firm.person; use free-text or person-name/],
  ["a mask of another attribute", rule("mask: { Firm: { person: ▸phone } }"), /phone is not a mask/],
  ["a level in place of a mask", rule("atMost: { Firm: { person: ▸CLEAR } }"), /CLEAR is not a mask/],
  ["a mask where there is none", rule("atMost: { Firm: { name: ▸phone } }"), /it has none/],
  ["a mask on a relation", rule("mask: { Firm: { ▸parent: phone } }"), /is a relation/],
  ["a clear and a masked grant of one attribute", rule("allow: { Firm: [person] }, mask: { Firm: { ▸person: person-name } }"), /in clear by the same rule/],
  ["deny and atMost of one attribute", rule("deny: { Firm: [person] }, atMost: { Firm: { ▸person: person-name } }"), /denied by the same rule/],
  ["a class-C attribute to everyone", policyText("{ id: r, to: everyone, allow: { Firm: [code, ▸person] } }"), /conditionally shared .* cannot go to everyone/],
  ["a class-N attribute to everyone among others", policyText("{ id: r, to: [own, everyone], except: [agency:public], allow: { Firm: [▸secret] } }"), /not shared .* cannot go to everyone/],
  ["a masked class-C attribute to everyone", policyText("{ id: r, to: everyone, mask: { Firm: { ▸person: person-name } } }"), /cannot go to everyone/],
  ["all to others than the owner", policyText("{ id: r, to: [own, group:north], allow: { Firm: [▸all] } }"), /only to: own/],
  ["open in a restriction", rule("deny: { Firm: [▸open] }"), /word of grants/],
  ["a grant and a restriction in one rule", rule("allow: { Firm: [code] }, ▸hide: [Visit]"), /either grants/],
  ["an unknown entity to hide", rule("hide: [▸Company]"), /no entity Company/],
  ["an end before the beginning", rule("allow: { Firm: [code] }, from: 2027-01-01, until: ▸2026-12-31"), /ends before it begins/],
  ["a day that does not exist", rule("allow: { Firm: [code] }, until: ▸2027-02-30"), /not a day or an instant/],
  ["an instant without offset", rule("allow: { Firm: [code] }, until: ▸2027-02-20T08:00"), /not a day or an instant/],
  ["a publication without minGroup", publish("▸{ by: [region] }"), /minGroup: 5/],
  ["a publication of pairs", publish("{ by: [region], minGroup: ▸2 }"), /at least 3/],
  ["a publication by a relation", publish("{ by: [▸parent], minGroup: 5 }"), /cannot be grouped by/],
  ["a measure of text", publish("{ measures: { ▸name: [sum] }, minGroup: 5 }"), /not a number/],
  ["a published maximum", publish("{ measures: { output: [▸max] }, minGroup: 5 }"), /use sum or avg/],
  ["doors of a publication", rule("publish: { Firm: { minGroup: 5 } }, ▸doors: [query]"), /one door, aggregate/],
  [
    "two publications that meet in an agency",
    policyText("{ id: a, to: group:north, publish: { Firm: { by: [region], minGroup: 5 } } }", "{ id: ▸b, to: agency:neighbour, purposes: [research], publish: { Firm: { by: [name], minGroup: 5 } } }"),
    /b and a both publish Firm to neighbour/,
  ],
  ["a condition on an entity that the rule does not name", rule("allow: { Firm: [code] }, where: { ▸Visit: {} }"), /does nothing to Visit/],
  ["a condition for all that does not fit one of them", rule("allow: { Firm: [code], Visit: [no] }, where: { all: { ▸active: { eq: true } } }"), /Visit has no attribute active/],
  ["a condition on an unknown attribute", where("{ ▸actve: { eq: true } }"), /no attribute actve; use and, or, not, code/],
  ["a condition over a relation", where("{ ▸parent: { code: { eq: x } } }"), /reads its own row only/],
  ["a relation that is asked for NULL", where("{ ▸parent: { isNull: true } }"), /reads its own row only/],
  ["an operator that the type has not", where("{ active: { ▸gt: true } }"), /cannot be asked for gt; use eq, ne or isNull/],
  ["within on a text", where("{ name: { ▸within: [x] } }"), /cannot be asked for within/],
  ["an object that is compared", where("{ position: { ▸eq: x } }"), /use isNull/],
  ["an enum's value in another spelling", where("{ state: { in: [RAW, ▸reviewed] } }"), /not one of RAW, REVIEWED/],
  ["a text for a number", where("{ staff: { gt: ▸many } }"), /not a whole number/],
  ["more digits than are printed", where("{ output: { gte: ▸1.255 } }"), /more than the 2 digits/],
  ["a decimal with an exponent", where("{ output: { gte: ▸1e3 } }"), /not a decimal/],
  ["a boolean in another spelling", where("{ active: { eq: ▸yes } }"), /true or false/],
  ["an instant without its offset", where("{ seen: { gt: ▸2026-01-01T00:00 } }"), /with its offset/],
  ["a day of February that never was", where("{ founded: { lt: ▸2026-02-29 } }"), /not a date/],
  ["an unknown pollutant", where("{ pollutant: { eq: ▸pm25 } }"), /HJ 212-2017 code/],
  ["a region by its name", where("{ region: { within: [▸河北] } }"), /GB\/T 2260 code/],
  ["an empty operand", where("{ name: { eq: ▸'' } }"), /is empty/],
  ["a scalar for a list", where("{ name: { in: ▸x } }"), /write a list/],
  ["a list for a scalar", where("{ name: { eq: ▸[x] } }"), /write one text/],
  ["an attribute that no agency has", where("{ region: { within: ▸$agency.partner } }"), /no agency of the network has an attribute partner/],
  ["an attribute that every object has", where("{ name: { eq: ▸$agency.constructor } }"), /no agency of the network has/],
  ["an attribute that is a list for some agency", where("{ region: { eq: ▸$agency.partners } }"), /is a list for neighbour; use in or within/],
  ["an agency attribute against a number", where("{ staff: { eq: ▸$agency.region } }"), /compare texts, codes, regions or dates/],
  ["an agency attribute inside a list", where("{ region: { in: [130000, ▸$agency.region] } }"), /cannot stand in a list/],
  ["an unknown variable", where("{ name: { eq: ▸$user.name } }"), /is not known here/],
  ["$now against a date", where("{ founded: { gte: { ▸$now: -P2D } } }"), /compare only instants/],
  ["$now by the month", where("{ seen: { gte: { $now: ▸-P1M } } }"), /not a duration/],
  ["isNull: 1", where("{ name: { isNull: ▸1 } }"), /true or false/],
];

describe("a policy is refused, with place and mend, for", () => {
  it.each(refusals)("%s", (_, withMark, problem) => {
    const { text, place } = marked(withMark);
    const message = refusalOf(() => parsePolicy(text, "p.yaml", context()));
    expect(message).toContain(`POLICY_INVALID ${place} `);
    expect(message).toMatch(problem);
  });
});

const conditional = marked(rule("allow: { Firm: [code] }, where: { ▸Firm: { active: { eq: true } } }"));
const bySource: readonly (readonly [what: string, text: { readonly text: string; readonly place: string }, change: Partial<PolicyContext>, problem: RegExp])[] = [
  ["a condition over what a source does not map", conditional, { sources: [source(), source({ id: asSourceId("t"), mappedAttributes: () => new Set(["code"]) })] }, /source t does not map Firm.active/],
  ["a condition over an attribute with else", conditional, { sources: [source({ defaultedAttributes: () => new Set(["active"]) })] }, /has an else in source s/],
  ["a condition that is not exact in a source", conditional, { sources: [source({ exactness: (_, predicate) => `${predicate.kind} needs a mirror.` })] }, /not exact in source s: compare needs a mirror/],
  ["a restriction on a public key", marked(rule("deny: { Firm: [▸code] }")), { sources: [source({ publicKeyColumns: (entity) => [`${entity}.code`] })] }, /public key of source s/],
  ["a mask on a public key", marked(rule("mask: { Firm: { ▸person: person-name } }")), { sources: [source({ publicKeyColumns: () => ["Firm.person"] })] }, /take public from that key/],
  ["a denial of what a public key feeds among others", marked(rule("deny: { Firm: [▸name] }")), { sources: [source({ columns: (entity, name) => [`${entity}.${name}`, "t.key"], publicKeyColumns: () => ["t.key"] })] }, /public key of source s/],
  ["a denial of all with a public key", marked(rule("deny: { Firm: ▸all }")), { sources: [source({ publicKeyColumns: () => ["Firm.code"] })] }, /public key/],
  [
    "an open attribute to everyone whose column feeds a stricter one",
    marked(policyText("{ id: r, to: everyone, allow: { Firm: [▸name] } }")),
    { sources: [source({ columns: (entity, name) => [name === "name" || name === "secret" ? "t.remark" : `${entity}.${name}`] })] },
    /not shared .* cannot go to everyone/,
  ],
  [
    "an open attribute to everyone, one of whose columns feeds a stricter one among its own",
    marked(policyText("{ id: r, to: everyone, allow: { Firm: [▸name] } }")),
    { sources: [source({ columns: (entity, name) => (name === "name" ? ["t.remark"] : name === "secret" ? ["t.number", "t.remark"] : [`${entity}.${name}`]) })] },
    /not shared .* cannot go to everyone/,
  ],
  [
    "a class-C attribute to everyone whose column feeds a looser one",
    marked(policyText("{ id: r, to: everyone, allow: { Firm: [▸person] } }")),
    { sources: [source({ columns: (entity, name) => [name === "person" || name === "region" ? "t.remark" : `${entity}.${name}`] })] },
    /conditionally shared .* cannot go to everyone/,
  ],
  ["a mask on a public key, which it names as what to leave out", marked(rule("mask: { Firm: { ▸person: person-name } }")), { sources: [source({ publicKeyColumns: () => ["Firm.person"] })] }, /take public from that key, or leave mask out/],
  ["a bound on a public key", marked(rule("atMost: { Firm: { ▸person: person-name } }")), { sources: [source({ publicKeyColumns: () => ["Firm.person"] })] }, /take public from that key, or leave atMost out/],
];

describe("a policy is refused against its sources for", () => {
  it.each(bySource)("%s", (_, { text, place }, change, problem) => {
    const message = refusalOf(() => parsePolicy(text, "p.yaml", context(change)));
    expect(message).toContain(`POLICY_INVALID ${place} `);
    expect(message).toMatch(problem);
  });

  it("nothing where a source does not map the entity at all", () => {
    parsePolicy(conditional.text, "p.yaml", context({ sources: [source({ mappedAttributes: () => null, exactness: () => "never" })] }));
  });
});
