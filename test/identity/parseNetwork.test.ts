import { describe, expect, it } from "vitest";
import { HubError } from "../../schema/errorCodes.ts";
import { asAgencyId, asPurpose } from "../../schema/ids.ts";
import { budgetOf } from "../../src/identity/network.ts";
import { defaultBudget } from "../../src/identity/parseBudgets.ts";
import { parseNetwork } from "../../src/identity/parseNetwork.ts";

const example = `
anonymous: public
demonstration: true
timeZone: Asia/Shanghai
purposes:
  joint-enforcement: { zh: 联合执法, en: joint enforcement }
agencies:
  hebei-bureau: { zh: 河北省生态环境厅, en: Hebei, about: { zh: 看全省, en: sees all }, region: 130000, partnerRegions: [110000, 130000], level: province, purposes: [joint-enforcement] }
  brigade: { zh: 石家庄市执法支队, region: 130100, purposes: [] }
  public: { zh: 公众 }
groups:
  enforcers: [group:jing-jin-ji, brigade]
  jing-jin-ji: [agency:hebei-bureau]
  nobody: []
stewards:
  li-lei: { zh: 李雷, en: Li Lei, regions: [130000] }
issuers:
  - { issuer: https://id.example, audience: hub, jwksUri: https://id.example/jwks, algorithms: [ES256], agencyClaim: agency }
`;

const refusal = (text: string): string => {
  try {
    parseNetwork(text, "network.yaml");
  } catch (error) {
    expect(error).toBeInstanceOf(HubError);
    return `${(error as HubError).code} ${(error as HubError).message}`;
  }
  throw new Error("nothing was refused");
};

describe("a network file", () => {
  const network = parseNetwork(example, "network.yaml");

  it("names agencies with words, purposes and attributes, region among them", () => {
    const hebei = network.agencies.get(asAgencyId("hebei-bureau"));
    expect(hebei).toMatchObject({ name: { zh: "河北省生态环境厅", en: "Hebei" }, about: { en: "sees all" }, region: "130000", purposes: ["joint-enforcement"] });
    expect({ ...hebei?.attributes }).toEqual({ region: "130000", partnerRegions: ["110000", "130000"], level: "province" });
    expect(network.agencies.get(asAgencyId("public"))).toMatchObject({ name: { zh: "公众", en: "public" }, region: null, purposes: [] });
  });

  it("gives no agency what every JavaScript object has", () => {
    expect(network.agencies.get(asAgencyId("public"))?.attributes.constructor).toBeUndefined();
  });

  it("flattens groups whatever their order", () => {
    expect([...(network.groups.get("enforcers") ?? [])].sort()).toEqual(["brigade", "hebei-bureau"]);
    expect(network.groups.get("nobody")?.size).toBe(0);
  });

  it("names stewards, issuers, the anonymous agency and the zone", () => {
    expect(network.stewards.get("li-lei")).toEqual({ person: "li-lei", name: { zh: "李雷", en: "Li Lei" }, regions: ["130000"] });
    expect(network.issuers).toHaveLength(1);
    expect(network).toMatchObject({ anonymous: "public", demonstration: true, timeZone: "Asia/Shanghai" });
  });

  it("gives budgets: what a purpose does not say its agency says, what the agency does not say all say, else the hub", () => {
    const text = `${example}
budgets:
  perMinute: 5000000
  agencies:
    public: { operation: 20000, perMinute: 100000 }
    hebei-bureau: { perDay: 7000000, purposes: { joint-enforcement: { perMinute: 9000000 } } }
`;
    const budgets = parseNetwork(text, "network.yaml");
    const of = (agency: string, purpose: string | null = null) => budgetOf(budgets, asAgencyId(agency), purpose === null ? null : asPurpose(purpose));
    expect(of("brigade")).toEqual({ ...defaultBudget, perMinute: 5_000_000 });
    expect(of("public")).toEqual({ ...defaultBudget, operation: 20_000, perMinute: 100_000 });
    expect(of("hebei-bureau", "emergency")).toEqual({ ...defaultBudget, perMinute: 5_000_000, perDay: 7_000_000 });
    expect(of("hebei-bureau", "joint-enforcement")).toEqual({ ...defaultBudget, perMinute: 9_000_000, perDay: 7_000_000 });
    expect(budgetOf(network, asAgencyId("public"), null)).toEqual(defaultBudget);
  });

  it("gives an operation the time that it says, else 25 s", () => {
    expect(network.deadlineMs).toBe(25_000);
    expect(parseNetwork(`deadline: 900ms\n${example}`, "network.yaml").deadlineMs).toBe(900);
  });

  it("has neither anonymous agency nor demonstration unless it says so", () => {
    expect(parseNetwork("agencies: {}", "n")).toMatchObject({ anonymous: null, demonstration: false, timeZone: "Asia/Shanghai" });
  });
});

const agencies = "agencies: { a: { zh: 甲 }, b: { zh: 乙 } }\n";
const refusals: readonly (readonly [what: string, text: string, place: string, problem: RegExp])[] = [
  ["an unknown word", `${agencies}group: {}`, "network.yaml:2:1", /no word group; use timeZone, .*issuers/],
  ["no agencies", "purposes: {}", "network.yaml:1:1", /has no agencies; write/],
  ["an unknown purpose", "purposes: { x: { zh: 甲 } }\nagencies:\n  a: { zh: 甲, purposes: [x, y] }", "network.yaml:3:29", /no purpose y; use x/],
  ["a purpose named twice", "purposes: { x: { zh: 甲 } }\nagencies:\n  a: { purposes: [x, x] }", "network.yaml:3:22", /named twice/],
  ["an unknown agency in a group", `${agencies}groups:\n  g: [a, c]`, "network.yaml:3:10", /no agency c; name one of agencies/],
  ["an unknown group in a group", `${agencies}groups:\n  g: [group:h]`, "network.yaml:3:7", /no group h; use g/],
  ["a group that contains itself", `${agencies}groups:\n  g: [a, group:g]`, "network.yaml:3:10", /g → g/],
  ["cyclic groups", `${agencies}groups:\n  g: [group:h]\n  h: [b, group:i]\n  i: [group:g]`, "network.yaml:5:7", /g → h → i → g/],
  ["an unknown anonymous agency", `anonymous: c\n${agencies}`, "network.yaml:1:12", /no agency c/],
  ["an unknown zone", `timeZone: Asia/Peking\n${agencies}`, "network.yaml:1:11", /IANA/],
  ["an agency with two regions", "agencies:\n  a: { region: [1, 2] }", "network.yaml:2:16", /write one region code/],
  ["an attribute that is a map", "agencies:\n  a: { area: { x: 1 } }", "network.yaml:2:14", /text or a list/],
  ["an empty attribute", "agencies:\n  a:\n    area:", "network.yaml:3:10", /is empty/],
  ["an attribute that no rule could name", "agencies:\n  a: { my-area: x }", "network.yaml:2:8", /not the name of an attribute/],
  ["a duplicate agency", "agencies:\n  a: { zh: 甲 }\n  a: { zh: 乙 }", "network.yaml:3:3", /unique/],
  ["a steward of no region", `${agencies}stewards:\n  p: { zh: 李 }`, "network.yaml:3:6", /regions/],
  ["an issuer with a shared secret", `${agencies}issuers:\n  - { issuer: i, audience: h, jwksUri: https://i/j, algorithms: [HS256], agencyClaim: a }`, "network.yaml:3:66", /HS256 is not accepted/],
  ["an issuer whose keys come in the open", `${agencies}issuers:\n  - { issuer: i, audience: h, jwksUri: http://i/j, algorithms: [ES256], agencyClaim: a }`, "network.yaml:3:40", /https/],
  ["an issuer without an audience", `${agencies}issuers:\n  - { issuer: i, jwksUri: https://i/j, algorithms: [ES256], agencyClaim: a }`, "network.yaml:3:5", /no audience/],
  ["a budget that is no number", `${agencies}budgets: { perMinute: 10k }`, "network.yaml:2:23", /whole number from 1000/],
  ["a budget that could not pay for a refusal", `${agencies}budgets: { agencies: { a: { perDay: 999 } } }`, "network.yaml:2:37", /from 1000/],
  ["a budget of an unknown agency", `${agencies}budgets: { agencies: { c: { perDay: 5000 } } }`, "network.yaml:2:24", /no agency c/],
  ["a budget for a purpose that the agency has not", `${agencies}budgets: { agencies: { a: { purposes: { x: { perDay: 5000 } } } } }`, "network.yaml:2:41", /a has no purpose x; use nothing/],
  ["an unknown word of a budget", `${agencies}budgets: { perHour: 5000 }`, "network.yaml:2:12", /no word perHour; use operation, perMinute, perDay or agencies/],
  ["a deadline without a unit", `deadline: 25\n${agencies}`, "network.yaml:1:11", /deadline is 25; write how long an operation may take, from 100ms to 5m/],
  ["a deadline in which nothing can be answered", `deadline: 99ms\n${agencies}`, "network.yaml:1:11", /from 100ms to 5m/],
  ["a deadline that outlives every caller", `deadline: 6m\n${agencies}`, "network.yaml:1:11", /from 100ms to 5m/],
  ["demonstration: yes", `${agencies}demonstration: yes`, "network.yaml:2:16", /true or false/],
];

describe("a network file is refused, with place and mend, for", () => {
  it.each(refusals)("%s", (_, text, place, problem) => {
    const message = refusal(text);
    expect(message).toContain(`NETWORK_INVALID ${place} `);
    expect(message).toMatch(problem);
  });
});
