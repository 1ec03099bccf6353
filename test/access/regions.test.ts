/** A permit over several regions: each owner's rules in its own sources, in one order whatever the order of policies and sources. */
import { describe, expect, test } from "vitest";
import { asEntityName, asPurpose, asRegionCode, asSourceId, coordinate, type EntityName } from "../../schema/ids.ts";
import type { DecideInput, PermitSource } from "../../src/access/decide.ts";
import { parsePolicy } from "../../src/access/parsePolicy.ts";
import { scopeKey, sliceKey, type Permit } from "../../src/access/permit.ts";
import type { Policy } from "../../src/access/policy.ts";
import { smallVocabulary } from "./fixtures/vocabulary.ts";
import { agency, context, permitOf, permitSource, policyText } from "./fixtures/setting.ts";

const firm = asEntityName("Firm");
const visit = asEntityName("Visit");
const policyIn = (region: string, ...rules: readonly string[]): Policy => parsePolicy(policyText(...rules), "p.yaml", context({ region: asRegionCode(region) }));
const sourceIn = (region: string, id: string, mapped: (entity: EntityName) => boolean = () => true): PermitSource => ({ ...permitSource(id, mapped), region: asRegionCode(region) });

const north = () => policyIn("130000", "{ id: n, to: agencies, allow: { Firm: [code] } }");
const south = () => policyIn("110000", "{ id: s, to: agencies, allow: { Firm: [name] } }");
const sources = [sourceIn("130000", "n2"), sourceIn("110000", "s1"), sourceIn("130000", "n1"), sourceIn("110000", "s2"), sourceIn("650000", "joining")];
const permit = (policies: readonly Policy[], of: readonly PermitSource[] = sources): Permit => permitOf(policies[0] as Policy, "neighbour", { policies, sources: of });

describe("rules of a region bear on its own sources alone", () => {
  test("in the order of regions, then of sources", () => {
    for (const policies of [[north(), south()], [south(), north()]]) {
      for (const of of [sources, sources.toReversed()]) {
        const scopes = [...permit(policies, of).scopes.values()].filter(({ door }) => door === "query");
        expect(scopes.map(({ source, region, grants }) => [source, region, grants.map(({ rule }) => rule)])).toEqual([
          ["s1", "110000", ["s"]],
          ["s2", "110000", ["s"]],
          ["n1", "130000", ["n"]],
          ["n2", "130000", ["n"]],
        ]);
      }
    }
  });

  test("and what can be reached is what any of them gives", () => {
    const { reach } = permit([north(), south()]);
    expect([...reach.query.keys()].toSorted()).toEqual([coordinate(firm, "code"), coordinate(firm, "name")]);
    expect([...reach.aggregate.keys()].toSorted()).toEqual([coordinate(firm, "code"), coordinate(firm, "name")]);
  });

  test("and each door is reached by its own rules", () => {
    const { reach } = permit([policyIn("130000", "{ id: q, to: agencies, allow: { Firm: [code] }, doors: [query] }", "{ id: a, to: agencies, allow: { Firm: [name] }, doors: [aggregate] }")]);
    expect([[...reach.query.keys()], [...reach.aggregate.keys()]]).toEqual([[coordinate(firm, "code")], [coordinate(firm, "name")]]);
  });

  test("the best of two regions is what can be reached, in whichever order they come", () => {
    const masked = policyIn("130000", "{ id: m, to: agencies, mask: { Firm: { person: person-name } } }");
    const clear = policyIn("110000", "{ id: c, to: agencies, allow: { Firm: [person] } }");
    const clearFirst = policyIn("110000", "{ id: m, to: agencies, mask: { Firm: { person: person-name } } }");
    const maskedLast = policyIn("130000", "{ id: c, to: agencies, allow: { Firm: [person] } }");
    expect(permit([masked, clear]).reach.query.get(coordinate(firm, "person"))).toBe("CLEAR");
    expect(permit([clearFirst, maskedLast]).reach.query.get(coordinate(firm, "person"))).toBe("CLEAR");
    expect(permit([masked]).reach.query.get(coordinate(firm, "person"))).toBe("MASKED");
  });
});

const statistics = "{ id: pub, to: agency:neighbour, publish: { Firm: { by: [region], measures: { output: [sum] }, minGroup: 5 }, Visit: { by: [region], minGroup: 5 } } }";

describe("statistics", () => {
  const published = (policies: readonly Policy[], of: readonly PermitSource[]): readonly string[] => permit(policies, of).publications.map(({ source, region, entity }) => `${source} ${region} ${entity}`);

  test("come from every source of the owner that maps the entity", () => {
    expect(published([policyIn("130000", statistics)], [sourceIn("130000", "b"), sourceIn("130000", "a", (entity) => entity === visit), sourceIn("110000", "c")])).toEqual(["a 130000 Visit", "b 130000 Firm", "b 130000 Visit"]);
  });

  test("are said per entity for all owners together, be their sources there or not", () => {
    const more = "{ id: more, to: agency:neighbour, publish: { Firm: { by: [code], measures: { output: [avg] }, minGroup: 5 } } }";
    const foreign = "{ id: foreign, to: own, publish: { Visit: { by: [region], minGroup: 5 } } }";
    const { published: figures, schemaHash } = permit([policyIn("130000", statistics), policyIn("110000", more, foreign)], []);
    expect(figures).toEqual(
      new Map([
        ["Firm", { regions: new Set(["110000", "130000"]), by: new Set(["code", "region"]), measures: new Map([["output", new Set(["sum", "avg"])]]) }],
        ["Visit", { regions: new Set(["130000"]), by: new Set(["region"]), measures: new Map() }],
      ]),
    );
    expect(schemaHash).toBe(permit([policyIn("130000", statistics), policyIn("110000", more)], [sourceIn("130000", "a")]).schemaHash);
    expect(schemaHash).not.toBe(permit([policyIn("130000", statistics)], []).schemaHash);
  });

  test("are none where their condition can hold in no row", () => {
    const never = (condition: string): string => `{ id: pub, to: agency:institute, publish: { Firm: { by: [region], minGroup: 5 } }, where: { Firm: ${condition} } }`;
    const of = (condition: string): number => permitOf(policyIn("130000", never(condition)), "institute", { purpose: asPurpose("research") }).publications.length;
    expect([of("{ region: { within: $agency.partners } }"), of("{ region: { within: [130100] } }"), of("{ code: { in: [] } }")]).toEqual([0, 1, 0]);
  });

  test("are none of an entity that a later vocabulary has no more", () => {
    const vocabulary = { entities: new Map([...smallVocabulary.entities].filter(([name]) => name === firm)) };
    const of = (change: Partial<DecideInput>): readonly string[] => permitOf(policyIn("130000", statistics), "neighbour", change).publications.map(({ entity }) => entity);
    expect([of({}), of({ vocabulary })]).toEqual([["Firm", "Visit"], ["Firm"]]);
    expect([...permitOf(policyIn("130000", statistics), "neighbour", { vocabulary }).published.keys()]).toEqual(["Firm"]);
  });

  test("know what an agency without purposes sees for none", () => {
    const policy = policyIn("130000", "{ id: pub, to: agency:public, publish: { Firm: { by: [region], minGroup: 5 } } }", "{ id: open, to: everyone, allow: { Firm: [code] } }");
    expect(permitOf(policy, "public").publications[0]?.known.map(({ door, grants }) => [door, grants.map(({ rule }) => rule)])).toEqual([["query", ["open"]]]);
  });

  test("know rows of each purpose once, in one order", () => {
    const policy = policyIn(
      "130000",
      "{ id: pub, to: agency:neighbour, publish: { Firm: { by: [region], minGroup: 5 } } }",
      "{ id: b, to: agency:neighbour, purposes: [research], allow: { Firm: [name] } }",
      "{ id: a, to: agency:neighbour, purposes: [enforcement], allow: { Firm: [code] } }",
    );
    const known = (purposes: readonly string[]): readonly unknown[] => permitOf(policy, "neighbour", { agency: { ...agency("neighbour"), purposes: purposes.map(asPurpose) } }).publications[0]?.known.map(({ door, grants }) => [door, grants.map(({ rule }) => rule)]) ?? [];
    expect(known(["research", "enforcement"])).toEqual([["query", ["a"]], ["query", ["b"]]]);
    expect(known(["enforcement", "research"])).toEqual(known(["research", "enforcement"]));
  });
});

describe("hashes of a permit", () => {
  const base = "{ id: open, to: agencies, allow: { Firm: [code], Visit: [no] } }";
  const hashes = (rules: readonly string[], change: Parameters<typeof permitOf>[2] = {}): Permit => permitOf(policyIn("130000", ...rules), "neighbour", change);
  const publish = (by: string, measures: string, entity = "Firm", where = ""): string => `{ id: pub, to: agency:neighbour, publish: { ${entity}: { by: [${by}], measures: { ${measures} }, minGroup: 5 } }${where} }`;

  test("the schema's tells which statistics are published, by what and of what", () => {
    const schemas = [
      [base],
      [base, publish("region", "output: [sum]")],
      [base, publish("region, state", "output: [sum]")],
      [base, publish("region", "output: [avg]")],
      [base, publish("region", "output: [sum], staff: [sum]")],
      [base, publish("region", "", "Visit")],
    ].map((rules) => hashes(rules).schemaHash);
    expect(new Set(schemas).size).toBe(schemas.length);
  });

  test("the schema's is the same in whichever order a rule names them, and for two sources", () => {
    const one = hashes([base, publish("region, state", "output: [sum], staff: [sum]")]).schemaHash;
    expect(hashes([base, publish("state, region", "staff: [sum], output: [sum]")]).schemaHash).toBe(one);
    expect(hashes([base, publish("region, state", "output: [sum], staff: [sum]")], { sources: [permitSource("s"), permitSource("t")] }).schemaHash).toBe(one);
  });

  const slice = (rules: readonly string[], change: Parameters<typeof permitOf>[2] = {}, entity = firm): string | undefined => hashes(rules, change).slices.get(sliceKey(asSourceId("s"), entity));
  const withPartners = (...partners: readonly string[]) => ({ agency: { ...agency("neighbour"), attributes: { ...agency("neighbour").attributes, partners } } });

  test("a slice is there for every entity that a source maps, and for no other", () => {
    const { slices } = hashes([base], { sources: [permitSource("s", (entity) => entity === firm)] });
    expect([...slices.keys()]).toEqual(["Firm|s"]);
  });

  test("a slice changes with statistics of its own source and entity alone", () => {
    const visits = publish("region", "", "Visit");
    expect(slice([base, publish("region", "output: [sum]")])).not.toBe(slice([base]));
    expect(slice([base, visits])).toBe(slice([base]));
    expect(slice([base, visits], {}, visit)).not.toBe(slice([base], {}, visit));
    const two = { sources: [permitSource("s"), permitSource("t", (entity) => entity === visit)] };
    expect(slice([base, publish("region", "output: [sum]")], two)).toBe(slice([base, publish("region", "output: [sum]")]));
    expect(hashes([base, visits], two).slices.get(sliceKey(asSourceId("t"), visit))).not.toBe(hashes([base], two).slices.get(sliceKey(asSourceId("t"), visit)));
  });

  test.each<readonly [what: string, rules: readonly string[]]>([
    ["a grant", ["{ id: g, to: agencies, allow: { Firm: [code] }, where: { Firm: { region: { within: $agency.partners } } } }"]],
    ["a grant, below AND, OR and NOT", ["{ id: g, to: agencies, allow: { Firm: [code] }, where: { Firm: { active: { eq: true }, or: [{ code: { isNull: true } }, { not: { region: { within: $agency.partners } } }] } } }"]],
    ["a restriction", [base, "{ id: d, to: agencies, deny: { Firm: [code] }, where: { Firm: { region: { within: $agency.partners } } } }"]],
    ["a hide", [base, "{ id: h, to: agencies, hide: [Firm], where: { Firm: { region: { within: $agency.partners } } } }"]],
    ["a statistic", [publish("region", "output: [sum]", "Firm", ", where: { Firm: { region: { within: $agency.partners } } }")]],
    ["what is known beside a statistic", [publish("region", "output: [sum]"), "{ id: k, to: agencies, doors: [export], allow: { Firm: [code] }, where: { Firm: { region: { within: $agency.partners } } } }"]],
    ["a hide of a statistic", [publish("region", "output: [sum]"), "{ id: h, to: agencies, hide: [Firm], where: { Firm: { region: { within: $agency.partners } } } }"]],
  ])("a slice changes with the value of an attribute that %s reads", (_, rules) => {
    expect(slice(rules, withPartners("130100"))).not.toBe(slice(rules, withPartners("130200")));
  });

  test("and with no other attribute of the agency", () => {
    const rules = ["{ id: g, to: agencies, allow: { Firm: [code] }, where: { Firm: { region: { within: [130100] }, code: { isNull: false }, seen: { gt: { $now: -P1D } } } } }"];
    expect(slice(rules, withPartners("130100"))).toBe(slice(rules, withPartners("130200")));
  });
});

describe("levels of all beside names", () => {
  const levels = (...rules: readonly string[]): Readonly<Record<string, unknown>> => {
    const found = permitOf(policyIn("130000", ...rules), "owner").scopes.get(scopeKey(asSourceId("s"), firm, "query"));
    return { grants: found?.grants.map((one) => one.levels.get("person")), restrictions: found?.restrictions.map((one) => one.levels.get("person")), named: found?.restrictions.map((one) => [...one.levels.keys()].length) };
  };
  test("a grant gives the higher, a restriction takes to the lower, and neither speaks of what it does not name", () => {
    expect(levels("{ id: g, to: own, allow: { Firm: all }, mask: { Firm: { person: person-name } } }", "{ id: d, to: own, deny: { Firm: all }, atMost: { Firm: { person: person-name } } }")).toMatchObject({ grants: ["CLEAR"], restrictions: ["NULL"] });
    expect(levels("{ id: g, to: own, allow: { Firm: [code] } }", "{ id: d, to: own, deny: { Firm: [code, name] } }")).toEqual({ grants: [undefined], restrictions: [undefined], named: [2] });
  });

  test("rules stand by their ids, whatever the order of the file", () => {
    const rules = ["a", "c", "b"].map((id) => `{ id: ${id}, to: own, allow: { Firm: [code] } }`);
    expect(permitOf(policyIn("130000", ...rules), "owner").scopes.get(scopeKey(asSourceId("s"), firm, "query"))?.grants.map(({ rule }) => rule)).toEqual(["a", "b", "c"]);
  });

  test("a restriction that can bind in no row is left out", () => {
    const found = permitOf(policyIn("130000", "{ id: g, to: agencies, allow: { Firm: [code] } }", "{ id: d, to: agencies, deny: { Firm: [code] }, where: { Firm: { code: { in: [] } } } }"), "owner");
    expect(found.scopes.get(scopeKey(asSourceId("s"), firm, "query"))?.restrictions).toEqual([]);
  });
});
