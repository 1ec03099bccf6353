import { describe, expect, it } from "vitest";
import { asEntityName, asPurpose, asRegionCode, asRuleId, asSourceId, coordinate } from "../../schema/ids.ts";
import { decide } from "../../src/access/decide.ts";
import { publicationKey, scopeKey, sliceKey, type Door, type Permit, type Scope } from "../../src/access/permit.ts";
import type { Policy } from "../../src/access/policy.ts";
import { parseNetwork } from "../../src/identity/parseNetwork.ts";
import { agency, network, permitOf, permitSource, policyOf, refusalOf } from "./fixtures/setting.ts";
import { smallVocabulary } from "./fixtures/vocabulary.ts";

const firm = asEntityName("Firm");
const scope = (permit: Permit, door: Door = "query", source = "s"): Scope | undefined => permit.scopes.get(scopeKey(asSourceId(source), firm, door));
const reachOf = (permit: Permit, attribute: string, door: "query" | "aggregate" = "query"): string | undefined => permit.reach[door].get(coordinate(firm, attribute));
const rulesOf = (permit: Permit, door?: Door): readonly string[] => (scope(permit, door)?.grants ?? []).map(({ rule }) => rule);

describe("whom a rule addresses", () => {
  const seen = (to: string): readonly string[] => {
    const policy = policyOf(`{ id: r, to: ${to}, allow: { Firm: [code] } }`);
    return [...network.agencies.keys()].filter((id) => rulesOf(permitOf(policy, id)).length > 0);
  };
  it.each([
    ["own", ["owner"]],
    ["agencies", ["owner", "neighbour", "brigade", "alone", "institute"]],
    ["everyone", ["owner", "neighbour", "brigade", "alone", "institute", "public"]],
    ["group:all-north", ["owner", "neighbour", "brigade"]],
    ["agency:public", ["public"]],
    ["[own, agency:institute]", ["owner", "institute"]],
    ["everyone, except: [own, group:north]", ["brigade", "alone", "institute", "public"]],
  ])("to: %s", (to, ids) => {
    expect(seen(to)).toEqual(ids);
  });
});

describe("an anonymous agency", () => {
  it("is not own, even where it has the owner's region", () => {
    const local = parseNetwork("anonymous: public\nagencies: { public: { region: 130000 }, bureau: { region: 130000 } }", "n.yaml");
    const policy = policyOf("{ id: r, to: own, allow: { Firm: [code] } }");
    const granted = [...local.agencies.values()].map((one) => rulesOf(permitOf(policy, one.id, { agency: one, network: local })).length);
    expect(granted).toEqual([0, 1]);
  });
});

describe("doors and purposes", () => {
  it("open a grant at query and aggregate alone unless it names doors", () => {
    const permit = permitOf(policyOf("{ id: r, to: everyone, allow: { Firm: [code] } }"), "owner");
    expect(["query", "aggregate", "subscribe", "export"].map((door) => scope(permit, door as Door) !== undefined)).toEqual([true, true, false, false]);
    const named = permitOf(policyOf("{ id: r, to: everyone, allow: { Firm: [code] }, doors: [export] }"), "owner");
    expect([scope(named, "query"), scope(named, "export")?.door]).toEqual([undefined, "export"]);
    expect(reachOf(named, "code")).toBeUndefined();
  });

  it("bind a restriction at every door, and for callers without a purpose even when it names purposes", () => {
    const policy = policyOf("{ id: r, to: everyone, allow: { Firm: [code, name] } }", "{ id: d, to: everyone, deny: { Firm: [name] }, purposes: [research] }");
    const restricted = (who: string, purpose: string | null): number =>
      scope(permitOf(policy, who, { purpose: purpose === null ? null : asPurpose(purpose) }))?.restrictions.length ?? -1;
    expect(restricted("neighbour", "research")).toBe(1);
    expect(restricted("neighbour", "enforcement")).toBe(0);
    expect(restricted("public", null)).toBe(1);
  });

  it("give a caller without a purpose no grant that names purposes", () => {
    const policy = policyOf("{ id: a, to: everyone, allow: { Firm: [code] }, purposes: [research] }", "{ id: b, to: everyone, allow: { Firm: [name] } }");
    expect(rulesOf(permitOf(policy, "public"))).toEqual(["b"]);
    expect(rulesOf(permitOf(policy, "institute"))).toEqual(["a", "b"]);
  });

  it("refuse a purpose that the agency does not hold, and none where it holds some", () => {
    const policy = policyOf("{ id: r, to: everyone, allow: { Firm: [code] } }");
    expect(refusalOf(() => permitOf(policy, "brigade", { purpose: asPurpose("research") }))).toContain("PURPOSE_NOT_ALLOWED");
    expect(refusalOf(() => permitOf(policy, "brigade", { purpose: null }))).toContain("PURPOSE_REQUIRED");
  });
});

describe("validity", () => {
  const policy = () => policyOf(
    "{ id: always, to: everyone, allow: { Firm: [code] } }",
    "{ id: year, to: own, allow: { Firm: [name] }, from: 2026-01-01, until: 2026-12-31 }",
    "{ id: moment, to: own, allow: { Firm: [staff] }, until: 2027-06-01T12:00Z }",
  );
  const at = (text: string, who = "owner"): Permit => permitOf(policy(), who, { nowMs: Date.parse(text) });

  it.each([
    ["2025-12-31T15:59:59.999Z", ["always", "moment"], "2025-12-31T16:00:00.000Z"],
    ["2025-12-31T16:00:00.000Z", ["always", "moment", "year"], "2026-12-31T16:00:00.000Z"],
    ["2026-12-31T15:59:59.999Z", ["always", "moment", "year"], "2026-12-31T16:00:00.000Z"],
    ["2026-12-31T16:00:00.000Z", ["always", "moment"], "2027-06-01T12:00:00.000Z"],
  ])("at %s has the rules %j and ends at %s", (now, rules, end) => {
    expect(rulesOf(at(now))).toEqual(rules);
    expect(new Date(at(now).expiresAtMs).toISOString()).toBe(end);
  });

  it("never ends for an agency whose rules have no dates", () => {
    expect(at("2026-06-01T00:00Z", "neighbour").expiresAtMs).toBe(Number.POSITIVE_INFINITY);
    expect(at("2027-06-01T12:00Z").expiresAtMs).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("what can be reached", () => {
  const policy = () => policyOf(
    "{ id: g, to: agencies, allow: { Firm: [code, name, region] }, mask: { Firm: { person: person-name } } }",
    "{ id: p, to: agencies, allow: { Firm: [secret] }, where: { Firm: { region: { within: $agency.partners } } } }",
    "{ id: d, to: agencies, except: [own], deny: { Firm: [name] } }",
    "{ id: m, to: agencies, atMost: { Firm: { person: free-text } } }",
    "{ id: c, to: agencies, deny: { Firm: [region] }, where: { Firm: { active: { eq: true } } } }",
  );

  it("is CLEAR, MASKED or nothing, by the best that some row could show", () => {
    const permit = permitOf(policy(), "neighbour");
    expect(["code", "name", "person", "region", "staff"].map((name) => reachOf(permit, name))).toEqual(["CLEAR", undefined, "MASKED", "CLEAR", undefined]);
    expect(reachOf(permitOf(policy(), "owner"), "name")).toBe("CLEAR");
  });

  it("follows from whether the agency has the attribute and whether it is empty", () => {
    expect(reachOf(permitOf(policy(), "neighbour"), "secret")).toBe("CLEAR");
    expect(reachOf(permitOf(policy(), "institute"), "secret")).toBeUndefined();
    expect(reachOf(permitOf(policy(), "alone"), "secret")).toBeUndefined();
    expect(scope(permitOf(policy(), "alone"))?.grants.map(({ rule }) => rule)).toEqual(["g"]);
  });

  it("is nothing where a missing attribute stands beside a condition that rows could meet", () => {
    const both = policyOf("{ id: g, to: agencies, allow: { Firm: [code] }, where: { Firm: { region: { within: $agency.partners }, active: { eq: true } } } }");
    expect([reachOf(permitOf(both, "institute"), "code"), reachOf(permitOf(both, "neighbour"), "code")]).toEqual([undefined, "CLEAR"]);
    const either = policyOf("{ id: g, to: agencies, allow: { Firm: [code] }, where: { Firm: { or: [{ region: { within: $agency.partners } }, { active: { eq: true } }] } } }");
    expect(reachOf(permitOf(either, "institute"), "code")).toBe("CLEAR");
  });

  it("is nothing where an unconditional hide takes every row", () => {
    const hidden = policyOf("{ id: g, to: own, allow: { Firm: all } }", "{ id: h, to: everyone, hide: [Firm] }");
    expect(permitOf(hidden, "owner").reach.query.size).toBe(0);
  });

  it("is the same with every source down or unmapped, and so is the schema", () => {
    const up = permitOf(policy(), "neighbour");
    for (const sources of [[], [permitSource("s", () => false)], [permitSource("s"), permitSource("t")]]) {
      const other = permitOf(policy(), "neighbour", { sources });
      expect(other.reach).toEqual(up.reach);
      expect(other.schemaHash).toBe(up.schemaHash);
    }
  });

  it("is nothing in a region without a policy", () => {
    const permit = permitOf(policy(), "neighbour", { policies: [] });
    expect([permit.scopes.size, permit.reach.query.size]).toEqual([0, 0]);
  });
});

describe("scopes", () => {
  it("are absent where nothing is granted or the source does not map the entity", () => {
    const policy = policyOf("{ id: g, to: own, allow: { Firm: [code] } }", "{ id: d, to: everyone, deny: { Visit: all } }");
    const permit = permitOf(policy, "owner", { sources: [permitSource("s"), permitSource("t", (entity) => entity !== firm)] });
    expect([...permit.scopes.keys()]).toEqual(["s|Firm|query", "s|Firm|aggregate"]);
  });

  it("spread all over every attribute of the vocabulary", () => {
    const permit = permitOf(policyOf("{ id: g, to: own, allow: { Firm: all } }", "{ id: d, to: everyone, deny: { Firm: all } }"), "owner");
    const every = [...(smallVocabulary.entities.get(firm)?.attributes.keys() ?? [])];
    expect([...(scope(permit)?.grants[0]?.levels.keys() ?? [])]).toEqual(every);
    expect(new Set(scope(permit)?.restrictions[0]?.levels.values())).toEqual(new Set(["NULL"]));
  });
});

describe("hashes", () => {
  const policy = () => policyOf("{ id: g, to: agencies, allow: { Firm: [code] }, where: { Firm: { region: { within: $agency.partners } } } }");

  it("share plans and schemas between agencies with rules of one form, but not what answers must find current", () => {
    const [one, two] = [permitOf(policy(), "neighbour"), permitOf(policy(), "brigade")];
    expect(two.permitHash).toBe(one.permitHash);
    expect(two.schemaHash).toBe(one.schemaHash);
    const key = sliceKey(asSourceId("s"), firm);
    expect(two.slices.get(key)).not.toBe(one.slices.get(key));
  });

  it("tell agencies apart by presence and emptiness of the attributes that rules read", () => {
    const hashes = ["neighbour", "institute", "alone"].map((id) => permitOf(policy(), id).permitHash);
    expect(new Set(hashes).size).toBe(2);
    const negated = policyOf("{ id: g, to: agencies, allow: { Firm: [code] }, where: { Firm: { not: { region: { within: $agency.partners } } } } }");
    expect(new Set(["neighbour", "institute", "alone"].map((id) => permitOf(negated, id).permitHash)).size).toBe(3);
  });

  it("change with literals, reasons, rule ids and levels of rules", () => {
    const rules = [
      "{ id: g, to: own, allow: { Firm: [code] }, where: { Firm: { code: { eq: a } } } }",
      "{ id: g, to: own, allow: { Firm: [code] }, where: { Firm: { code: { eq: b } } } }",
      "{ id: h, to: own, allow: { Firm: [code] }, where: { Firm: { code: { eq: a } } } }",
      "{ id: g, to: own, allow: { Firm: [code, name] }, where: { Firm: { code: { eq: a } } } }",
      "{ id: g, to: own, allow: { Firm: [code] }, where: { Firm: { code: { eq: a } } }, reason: { zh: 甲, en: a } }",
    ];
    expect(new Set(rules.map((rule) => permitOf(policyOf(rule), "owner").permitHash)).size).toBe(rules.length);
  });

  it("keep the slice of an entity from rules on another, and change it with the mapping", () => {
    const more = policyOf(
      "{ id: g, to: agencies, allow: { Firm: [code] }, where: { Firm: { region: { within: $agency.partners } } } }",
      "{ id: v, to: agencies, allow: { Visit: [no] } }",
    );
    const key = sliceKey(asSourceId("s"), firm);
    const slice = permitOf(policy(), "neighbour").slices.get(key);
    expect(permitOf(more, "neighbour").slices.get(key)).toBe(slice);
    expect(permitOf(more, "neighbour").permitHash).not.toBe(permitOf(policy(), "neighbour").permitHash);
    expect(permitOf(policy(), "neighbour", { sources: [{ ...permitSource(), version: "v2" }] }).slices.get(key)).not.toBe(slice);
  });
});

describe("the hash of a published figure", () => {
  const pub = "{ id: pub, to: agencies, publish: { Firm: { by: [region], measures: { output: [sum] }, minGroup: 5 }, Visit: { minGroup: 5 } } }";
  const two = (rules: readonly string[], who = "neighbour", versions: readonly [string, string] = ["v1", "w1"], purpose = "enforcement") =>
    permitOf(policyOf(...rules), who, { purpose: asPurpose(purpose), sources: [{ ...permitSource("s"), version: versions[0] }, { ...permitSource("t"), version: versions[1] }] }).figureSlices;
  const keyOf = (entity: string, source: string): string => publicationKey({ rule: asRuleId("pub"), entity: asEntityName(entity), source: asSourceId(source) });

  it("is there for every rule, entity and source", () => {
    expect([...two([pub]).keys()].toSorted()).toEqual([keyOf("Firm", "s"), keyOf("Firm", "t"), keyOf("Visit", "s"), keyOf("Visit", "t")].toSorted());
    expect(new Set(two([pub]).values()).size).toBe(4);
  });

  it("changes with the mapping of its own source alone", () => {
    const before = two([pub]);
    const after = two([pub], "neighbour", ["v1", "w2"]);
    expect(after.get(keyOf("Firm", "s"))).toBe(before.get(keyOf("Firm", "s")));
    expect(after.get(keyOf("Firm", "t"))).not.toBe(before.get(keyOf("Firm", "t")));
    expect(two([pub], "neighbour", ["v2", "w1"]).get(keyOf("Firm", "s"))).not.toBe(before.get(keyOf("Firm", "s")));
  });

  it("changes with its own rule, and with what the agency knows of the rows", () => {
    const before = two([pub]).get(keyOf("Firm", "s"));
    expect(two([pub.replace("minGroup: 5", "minGroup: 6")]).get(keyOf("Firm", "s"))).not.toBe(before);
    expect(two([pub, "{ id: g, to: group:north, purposes: [research], allow: { Firm: [output] } }"]).get(keyOf("Firm", "s"))).not.toBe(before);
    expect(two([pub, "{ id: g, to: group:north, allow: { Visit: [no] } }"]).get(keyOf("Firm", "s"))).toBe(before);
  });

  it("is the same under two purposes for which it comes to the same", () => {
    const rules = [pub, "{ id: g, to: group:north, purposes: [research], allow: { Firm: [output] } }"];
    expect(two(rules, "neighbour", ["v1", "w1"], "research").get(keyOf("Firm", "s"))).toBe(two(rules).get(keyOf("Firm", "s")));
  });

  it("holds the agency's attributes that its rule reads", () => {
    const rules = [`${pub.slice(0, -2)}, where: { Firm: { region: { within: $agency.partners } } } }`];
    expect(two(rules, "brigade").get(keyOf("Firm", "s"))).not.toBe(two(rules).get(keyOf("Firm", "s")));
    expect(two([pub], "brigade").get(keyOf("Visit", "s"))).toBeDefined();
  });
});

describe("publications", () => {
  const policy = () => policyOf(
    "{ id: pub, to: agency:neighbour, purposes: [research], publish: { Firm: { by: [region], measures: { output: [sum] }, minGroup: 5 } }, where: { Firm: { active: { eq: true } } } }",
    "{ id: cases, to: group:north, purposes: [enforcement], doors: [query, subscribe], allow: { Firm: [code] } }",
    "{ id: live, to: group:north, purposes: [research], doors: [export], allow: { Firm: [name] } }",
    "{ id: d, to: everyone, deny: { Firm: [region] } }",
    "{ id: h, to: everyone, hide: [Firm], where: { Firm: { code: { eq: x } } } }",
  );
  const research = () => decide({
    vocabulary: smallVocabulary,
    policies: [policy()],
    network,
    sources: [permitSource()],
    agency: agency("neighbour"),
    purpose: asPurpose("research"),
    nowMs: 0,
    epoch: 1,
  });

  it("carry the owner's condition, hides and restrictions", () => {
    expect(research().publications).toHaveLength(1);
    expect(research().publications[0]).toMatchObject({ rule: "pub", source: "s", by: ["region"], minGroup: 5, hides: [{ rule: "h" }], restrictions: [{ rule: "d" }] });
  });

  it("are restricted by what holds at their own door, and not by what holds at another", () => {
    const doors = policyOf(
      "{ id: pub, to: agency:neighbour, publish: { Firm: { by: [region], minGroup: 5 } } }",
      "{ id: figures, to: everyone, deny: { Firm: [region] }, doors: [aggregate] }",
      "{ id: lists, to: everyone, deny: { Firm: [region] }, doors: [query] }",
      "{ id: gone, to: everyone, hide: [Firm], where: { Firm: { code: { eq: x } } }, doors: [aggregate, export] }",
    );
    expect(permitOf(doors, "neighbour").publications).toMatchObject([{ restrictions: [{ rule: "figures" }], hides: [{ rule: "gone" }] }]);
  });

  it("are of no entity that the source does not map", () => {
    expect(permitOf(policy(), "neighbour", { purpose: asPurpose("research"), sources: [permitSource("s", (entity) => entity !== firm)] }).publications).toEqual([]);
  });

  it("leave the slices of other sources as they are", () => {
    const region = asRegionCode("120000");
    const elsewhere = { ...permitSource("t"), region };
    const grants: Policy = { ...policyOf("{ id: g, to: agencies, allow: { Firm: [code] } }"), region };
    const slices = (policies: readonly Policy[]): readonly (string | undefined)[] => {
      const permit = permitOf(policy(), "neighbour", { policies, purpose: asPurpose("research"), sources: [permitSource("s"), elsewhere] });
      return ["s", "t"].map((source) => permit.slices.get(sliceKey(asSourceId(source), firm)));
    };
    const [alone, both] = [slices([grants]), slices([policy(), grants])];
    expect(both[1]).toBe(alone[1]);
    expect(both[0]).not.toBe(alone[0]);
  });

  it("know what the agency sees under any of its purposes at any door, once each", () => {
    expect(research().publications[0]?.known.map(({ grants }) => grants.map(({ rule }) => rule))).toEqual([["cases"], ["live"]]);
  });

  it("make no row visible, and exist for their purpose alone", () => {
    expect(scope(research(), "aggregate")).toBeUndefined();
    const enforcement = permitOf(policy(), "neighbour", { purpose: asPurpose("enforcement") });
    expect(enforcement.publications).toEqual([]);
    expect(enforcement.schemaHash).not.toBe(research().schemaHash);
  });
});
