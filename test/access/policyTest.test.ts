import { describe, expect, it } from "vitest";
import { parsePolicyTest } from "../../src/access/parsePolicyTest.ts";
import { runPolicyTest, type PolicyTestLine } from "../../src/access/policyTest.ts";
import { marked, network, policyOf, refusalOf } from "./fixtures/setting.ts";
import { smallVocabulary } from "./fixtures/vocabulary.ts";

const policy = () => policyOf(
  "{ id: open, to: everyone, allow: { Firm: [code, region] } }",
  "{ id: some, to: group:north, allow: { Firm: [output] }, where: { Firm: { active: { eq: true } } }, until: 2026-12-31 }",
  "{ id: mask, to: group:north, mask: { Firm: { person: person-name, position: grid-0.01 } } }",
  "{ id: pub, to: agency:institute, publish: { Firm: { by: [region], measures: { output: [sum] }, minGroup: 3 } }, where: { Firm: { active: { eq: true } } } }",
  "{ id: own, to: own, allow: { Firm: all } }",
);

const given = `
given:
  Firm:
    - { code: A, region: 130100, person: 李某某, position: { lon: 114.5149, lat: 38.0423 }, output: 1.005, active: true }
    - { code: B, region: 130100, active: false }
at: 2026-06-01T00:00+08:00
`;

const run = (tests: string, rows = given): readonly PolicyTestLine[] => {
  const file = parsePolicyTest(`${rows}${tests}`, "t.yaml", { vocabulary: smallVocabulary, network });
  return runPolicyTest(file, { policy: policy(), network, vocabulary: smallVocabulary, nowMs: 0, rejects: (_, query) => query.includes("secret") });
};
/** Problems of one case; null for what holds. */
const problems = (one: string): readonly (string | null)[] => run(`tests:\n  - ${one}\n`).map(({ problem }) => problem);
const neighbour = "as: neighbour, purpose: enforcement";

describe("a policy test", () => {
  it.each<readonly [string, readonly (string | null)[]]>([
    [`{ ${neighbour}, clear: { Firm: [code] } }`, [null]],
    [`{ ${neighbour}, clear: { Firm: [output] } }`, ["it is withheld in a visible row"]],
    [`{ ${neighbour}, clear: { Firm: [person] } }`, ["it is masked (person-name) in a visible row"]],
    [`{ ${neighbour}, door: export, clear: { Firm: [code] } }`, ["no given row of Firm is visible"]],
    [`{ ${neighbour}, masked: { Firm: { person: 李** } } }`, [null]],
    [`{ ${neighbour}, masked: { Firm: { person: 王** } } }`, ["it prints 李**"]],
    [`{ ${neighbour}, masked: { Firm: { position: { lon: 114.51, lat: 38.04 } } } }`, [null]],
    [`{ ${neighbour}, masked: { Firm: { position: { lon: 114.5, lat: 38 } } } }`, ["it prints { lon: 114.51, lat: 38.04 }"]],
    [`{ ${neighbour}, masked: { Firm: { code: A } } }`, ["it is clear"]],
    [`{ as: brigade, masked: { Firm: { person: 李** } } }`, ["it is withheld"]],
    [`{ as: brigade, never: { Firm: [person, code] } }`, [null, "it can be clear at the door query"]],
    [`{ ${neighbour}, never: { Firm: [output] } }`, ["it can be clear at the door query"]],
    [`{ ${neighbour}, at: 2026-12-31T23:59+08:00, never: { Firm: [output] } }`, ["it can be clear at the door query"]],
    [`{ ${neighbour}, at: 2027-01-01T00:00+08:00, never: { Firm: [output] } }`, [null]],
    [`{ as: public, rows: { Firm: 2 } }`, [null]],
    [`{ as: public, rows: { Firm: 1, Visit: 0 } }`, ["2 are visible", null]],
    [`{ as: institute, groups: { Firm: 1 } }`, ["0 are printed"]],
    [`{ as: brigade, purpose: research, fails: PURPOSE_NOT_ALLOWED }`, [null]],
    [`{ as: neighbour, fails: PURPOSE_REQUIRED }`, [null]],
    [`{ as: neighbour, rows: { Firm: 2 } }`, ["the request is refused with PURPOSE_REQUIRED"]],
    [`{ as: brigade, fails: PURPOSE_NOT_ALLOWED }`, ["nothing is refused"]],
    [`{ as: public, query: "{ firms { nodes { secret } } }", fails: UNKNOWN_FIELD }`, [null]],
    [`{ as: public, query: "{ firms { nodes { code } } }", fails: UNKNOWN_FIELD }`, ["nothing is refused"]],
  ])("%s", (one, expected) => {
    expect(problems(one)).toEqual(expected);
  });

  it("names place, agency, purpose and expectation", () => {
    expect(run(`tests:\n  - { ${neighbour}, clear: { Firm: [code] } }`)[0]).toEqual({
      ok: true,
      at: { file: "t.yaml", line: 8, column: 60 },
      what: "neighbour, enforcement: Firm.code is clear",
      problem: null,
    });
  });

  it("asks that class-C attributes granted to others are named, if the file wants so", () => {
    const lines = run(`tests:\n  - { ${neighbour}, masked: { Firm: { person: 李** } } }\ncoverage: conditional`).slice(1);
    expect(lines.map(({ what, ok }) => [what.split(",")[0], ok])).toEqual([
      ["Firm.output", false],
      ["Firm.person", true],
      ["Firm.position", false],
    ]);
  });
});

describe("published groups in a policy test", () => {
  const rows = (firms: readonly string[]): string => `given:\n  Firm:\n${firms.map((firm) => `    - ${firm}\n`).join("")}`;
  const groups = (firms: readonly string[], rules = policy()): string | null => {
    const file = parsePolicyTest(`${rows(firms)}tests:\n  - { as: institute, groups: { Firm: 1 } }`, "t.yaml", { vocabulary: smallVocabulary, network });
    return runPolicyTest(file, { policy: rules, network, vocabulary: smallVocabulary, nowMs: 0, rejects: () => false })[0]?.problem ?? null;
  };
  const publication = "{ id: pub, to: agency:institute, publish: { Firm: { by: [region], minGroup: 3 } } }";
  const three = ["{ code: A, region: 130100 }", "{ code: B, region: 130100 }", "{ code: C, region: 130100 }"];
  const problem = (...rules: readonly string[]): string | null => groups(three, policyOf(publication, ...rules));

  it("need as many rows as minGroup", () => {
    expect(groups(three.slice(1), policyOf(publication))).toBe("0 are printed");
    expect(problem()).toBeNull();
  });

  it("do not count rows that the agency knows through any door", () => {
    expect(problem("{ id: g, to: agency:institute, allow: { Firm: [code] }, doors: [export], where: { Firm: { code: { eq: A } } } }")).toBe("0 are printed");
  });

  it("do not count hidden rows", () => {
    expect(problem("{ id: h, to: everyone, hide: [Firm], where: { Firm: { code: { eq: A } } } }")).toBe("0 are printed");
  });

  it("count rows of their condition alone", () => {
    const where = (condition: string): string => publication.replace(/ }$/, `, where: { Firm: ${condition} } }`);
    expect(groups(three, policyOf(where("{ code: { eq: A } }")))).toBe("0 are printed");
    expect(groups(three, policyOf(where("{ active: { eq: true } }")))).toBe("0 are printed");
    expect(groups(three, policyOf(where("{ code: { isNull: false } }")))).toBeNull();
  });

  it("do not count a row of which nobody knows whether it is hidden, and count one that surely is not", () => {
    expect(problem("{ id: h, to: everyone, hide: [Firm], where: { Firm: { active: { eq: true } } } }")).toBe("0 are printed");
    expect(problem("{ id: h, to: everyone, hide: [Firm], where: { Firm: { code: { eq: X } } } }")).toBeNull();
  });

  it("are one for each key", () => {
    expect(groups(["{ code: A, region: 130100 }", "{ code: B, region: 130200 }", "{ code: C, region: 130300 }"], policyOf(publication))).toBe("0 are printed");
    const six = ["130100", "130200"].flatMap((region) => three.map((row) => row.replace("130100", region)));
    expect(groups(six, policyOf(publication))).toBe("2 are printed");
  });

  it("take a cell that is denied or masked at most as NULL", () => {
    const some = "where: { Firm: { code: { eq: A } } }";
    expect(problem(`{ id: d, to: everyone, deny: { Firm: [region] }, ${some} }`)).toBe("0 are printed");
    expect(problem("{ id: d, to: everyone, deny: { Firm: [region] } }")).toBeNull();
  });
});

describe("what a policy test does not take for granted", () => {
  const fileOf = (text: string) => parsePolicyTest(text, "t.yaml", { vocabulary: smallVocabulary, network });
  const input = { policy: policy(), network, vocabulary: smallVocabulary, nowMs: 0, rejects: () => true };
  const outcomes = (text: string, change: Partial<Parameters<typeof runPolicyTest>[1]> = {}): readonly (string | null)[] => runPolicyTest(fileOf(text), { ...input, ...change }).map(({ problem }) => problem);

  it("an agency: one that the network no longer has is nobody", () => {
    const agencies = new Map([...network.agencies].filter(([id]) => id !== "neighbour"));
    expect(outcomes(`tests:\n  - { ${neighbour}, rows: { Firm: 0 } }`, { network: { ...network, agencies } })).toEqual(["the request is refused with UNAUTHENTICATED"]);
  });

  it("rows: an entity without given rows has none", () => {
    const visits = policyOf("{ id: v, to: everyone, allow: { Visit: [no] } }");
    expect(outcomes(`${given}tests:\n  - { as: public, rows: { Visit: 0 }, clear: { Visit: [no] } }`, { policy: visits })).toEqual(["no given row of Visit is visible", null]);
  });

  it("a refusal: a fault of the hub itself is none, whatever code it bears", () => {
    const broken = Object.defineProperty({ ...smallVocabulary }, "entities", {
      get: () => {
        throw Object.assign(new Error("the disk is gone"), { code: "PURPOSE_REQUIRED" });
      },
    });
    expect(() => runPolicyTest(fileOf("tests:\n  - { as: public, fails: PURPOSE_REQUIRED }"), { ...input, vocabulary: broken })).toThrow("the disk is gone");
  });

  it("a refused query: it answers for UNKNOWN_FIELD alone", () => {
    expect(outcomes(`tests:\n  - { as: public, query: "{ secret }", fails: PURPOSE_REQUIRED }`)).toEqual(["nothing is refused"]);
  });

  it("a query: without one, no field is unknown", () => {
    const file = fileOf(`tests:\n  - { as: public, query: "{ secret }", fails: UNKNOWN_FIELD }`);
    const cases = file.cases.map((one) => ({ ...one, expectations: one.expectations.map((expectation) => (expectation.kind === "fails" ? { ...expectation, query: null } : expectation)) }));
    expect(runPolicyTest({ ...file, cases }, input).map(({ problem }) => problem)).toEqual(["nothing is refused"]);
  });

  it("a value: the mask of nothing prints nothing", () => {
    const rows = "given: { Firm: [{ code: A }] }\n";
    expect(outcomes(`${rows}tests:\n  - { ${neighbour}, masked: { Firm: { person: 李** } } }`)).toEqual(["it prints NULL"]);
  });

  it("the shape of a value: a text is not what an object prints", () => {
    expect(outcomes(`${given}tests:\n  - { ${neighbour}, masked: { Firm: { position: nearby } } }`)).toEqual(["it prints { lon: 114.51, lat: 38.04 }"]);
  });
});

describe("coverage asks that a test names a class-C attribute", () => {
  const asked = (...rules: readonly string[]): readonly string[] => {
    const file = parsePolicyTest("tests: []\ncoverage: conditional", "t.yaml", { vocabulary: smallVocabulary, network });
    return runPolicyTest(file, { policy: policyOf(...rules), network, vocabulary: smallVocabulary, nowMs: 0, rejects: () => false }).map(({ what }) => what.split(",")[0] ?? "");
  };
  it.each<readonly [what: string, rules: readonly string[], names: readonly string[]]>([
    ["that others may read", ["{ id: a, to: agencies, allow: { Firm: [output, code], Visit: [finding] } }"], ["Firm.output", "Visit.finding"]],
    ["that others may read masked, once", ["{ id: a, to: agencies, mask: { Firm: { person: person-name } } }", "{ id: b, to: group:north, mask: { Firm: { person: free-text } } }"], ["Firm.person"]],
    ["that the owner shares with others too", ["{ id: a, to: [own, agency:institute], allow: { Firm: [output] } }"], ["Firm.output"]],
    ["and of none that is the owner's alone", ["{ id: a, to: own, allow: { Firm: [output, person] } }"], []],
    ["and of none that a rule withholds or publishes", ["{ id: a, to: agencies, deny: { Firm: [output] } }", "{ id: b, to: agencies, publish: { Firm: { by: [region], measures: { output: [sum] }, minGroup: 3 } } }"], []],
    ["by the names of entities and attributes", ["{ id: a, to: agencies, allow: { Visit: [finding], Firm: [position, output] } }"], ["Firm.output", "Firm.position", "Visit.finding"]],
  ])("%s", (_, rules, names) => {
    expect(asked(...rules)).toEqual(names);
  });
});

const refusals: readonly (readonly [what: string, text: string, problem: RegExp])[] = [
  ["no tests", "▸{}", /no tests/],
  ["an unknown word", "tests:\n  - { as: public, ▸sees: {} }", /no word sees/],
  ["an unknown agency", "tests:\n  - { as: ▸moon, rows: { Firm: 1 } }", /no agency moon/],
  ["an unknown purpose", "tests:\n  - { as: public, purpose: ▸fun, rows: { Firm: 1 } }", /no purpose fun/],
  ["an unknown attribute", "tests:\n  - { as: public, never: { Firm: [▸nam] } }", /no attribute nam/],
  ["a test without expectation", "tests:\n  - ▸{ as: public }", /expects nothing/],
  ["a query that need not fail", "tests:\n  - { as: public, rows: { Firm: 1 }, ▸query: x }", /only asked where it must fail/],
  ["an unknown failure", "tests:\n  - { as: public, fails: ▸BANG }", /use PURPOSE_NOT_ALLOWED/],
  ["a row with an unknown attribute", "given: { Firm: [{ ▸nam: x }] }\ntests: []", /no attribute nam/],
  ["a row with an impossible value", "given: { Firm: [{ founded: ▸2026-02-30 }] }\ntests: []", /Firm.founded: 2026-02-30 is not a date/],
  ["an object with an unknown part", "given: { Firm: [{ position: { ▸lng: 1 } }] }\ntests: []", /no part lng; use lon or lat/],
  ["a coverage that is none", "tests: []\ncoverage: ▸all", /conditional/],
];

describe("a policy test is refused, with place and mend, for", () => {
  it.each(refusals)("%s", (_, withMark, problem) => {
    const { text, place } = marked(withMark);
    const message = refusalOf(() => parsePolicyTest(text, "p.yaml", { vocabulary: smallVocabulary, network }));
    expect(message).toContain(`POLICY_INVALID ${place} `);
    expect(message).toMatch(problem);
  });
});
