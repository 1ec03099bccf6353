import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { decodeJwt } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { build, command, type SmallFolder, smallFolder, startHub } from "./hubProcess.ts";

let folder: SmallFolder;
beforeAll(() => {
  build();
  folder = smallFolder();
});
afterAll(() => folder.remove());

const file = (name: string, text: string): string => {
  const path = join(folder.networkDir, name);
  writeFileSync(path, text);
  return path;
};

describe("a command that cannot run", () => {
  it.each([
    [["tokne"], "There is no command tokne. Commands are agencies, token, explain, sdl, policy test, region draft, source check, audit verify."],
    [["token"], "Say which agency: --agency ID. Use: token --agency ID [--purpose PURPOSE] | --steward PERSON [--network DIR]"],
    [["token", "--agency", "partnre"], "There is no agency partnre. Agencies are owner, partner, nobody, public."],
    [["token", "--steward", "zhao"], "There is no steward zhao. Stewards are wang, li."],
    [["token", "--steward", "wang", "--agency", "partner"], "A steward's token is for no agency and no purpose. Use: token --agency ID [--purpose PURPOSE] | --steward PERSON [--network DIR]"],
    [["token", "--agency", "partner", "--purpose", "war"], "partner has no purpose war. Those of partner are enforcement, research."],
    [["token", "--steward", "zhao"], "There is no steward zhao. Stewards are wang, li."],
    [["sdl", "--as", "partner"], "partner has several purposes; say which: --purpose enforcement | research."],
    [["explain", "missing.graphql", "--as", "public"], "missing.graphql cannot be read; name a file with a GraphQL query, or - for standard input."],
    [["source", "check", "sichuan"], "There is no region sichuan. Regions are hebei."],
    [["agencies", "now"], "Use: agencies [--network DIR]"],
  ])("%j says why in one sentence, with exit code 2", async (args, message) => {
    expect(await command(folder, ...args)).toEqual({ code: 2, out: "", err: `${message}\n` });
  });
});

describe("token", () => {
  it("is a steward's where it names one", async () => {
    const { code, out } = await command(folder, "token", "--steward", "wang");
    expect(code).toBe(0);
    expect(decodeJwt(out.trim())).toMatchObject({ sub: "steward:wang", purposes: [], minted_by: "cli" });
  });

  it("prints a token alone, that names the command line as its maker and no more purposes than asked", async () => {
    const { code, out, err } = await command(folder, "token", "--agency", "partner", "--purpose", "research");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    expect(decodeJwt(out.trim())).toMatchObject({ sub: "partner", purposes: ["research"], minted_by: "cli" });
  });
});

describe("token for a steward", () => {
  it("is for the person, and carries no purpose", async () => {
    const { out } = await command(folder, "token", "--steward", "wang");
    expect(decodeJwt(out.trim())).toMatchObject({ sub: "steward:wang", purposes: [], minted_by: "cli" });
  });
});

describe("agencies", () => {
  it("names every agency, what it is and for what it may ask", async () => {
    const { out } = await command(folder, "agencies");
    expect(out).toContain("partner  天津市局 Tianjin");
    expect(out).toContain("purposes: enforcement, research");
    expect(out).toContain("needs no token");
  });
});

describe("sdl", () => {
  it("shows an agency what it sees, and nothing of what it does not", async () => {
    const open = await command(folder, "sdl", "--as", "public");
    expect(open.out).toContain("type Station");
    expect(open.out).not.toMatch(/PenaltyDecision|contact/);
    expect((await command(folder, "sdl", "--as", "partner", "--purpose", "enforcement")).out).toContain("type PenaltyDecision");
  });
});

describe("explain", () => {
  it("shows rules, what is withheld, strata and the source's own query with its parameters", async () => {
    const query = file("penalties.graphql", `query ($least: Decimal!) { penaltyDecisions(where: { amount: { gte: $least } }, orderBy: [{ decidedOn: DESC }], first: 3) { nodes { docNo amount } } }`);
    const { code, out } = await command(folder, "explain", query, "--as", "partner", "--purpose", "enforcement", "--variables", `{"least":"20000"}`);
    expect(code).toBe(0);
    expect(out).toContain("hb-cases grants docNo, amount, decidedOn where region within");
    expect(out).toContain("hb-revoked hides rows where revoked eq true");
    expect(out).toContain("amount gte $least");
    expect(out).toMatch(/query: SELECT .*"penalty".* LIMIT \?/);
    // Each source is asked for one row more than the page.
    expect(out).toMatch(/parameters: \[.*,4\]/);
  });

  it("refuses a field that the agency does not see as one that does not exist", async () => {
    const query = file("hidden.graphql", "{ stations { nodes { contact } } }");
    const unknown = file("unknown.graphql", "{ stations { nodes { kontact } } }");
    const hidden = await command(folder, "explain", query, "--as", "public");
    expect(hidden.code).toBe(2);
    expect(hidden.err).toMatch(/hidden\.graphql:1:22: Cannot query field "contact" on type "Station"\./);
    expect((await command(folder, "explain", unknown, "--as", "public")).err).toMatch(/Cannot query field "kontact"/);
  });
});

describe("policy test", () => {
  const policyTest = (expectation: string): void => {
    file("regions/hebei/policy.test.yaml", `given:\n  Station:\n    - { code: 1A, name: 站, medium: AIR, region: 130100, contact: 某 }\ntests:\n  - as: public\n    ${expectation}\n`);
  };

  it("counts what holds", async () => {
    policyTest("clear: { Station: [name] }");
    expect(await command(folder, "policy", "test")).toEqual({ code: 0, out: "1 held, 0 failed\n", err: "" });
  });

  it("names what does not hold at its place, with exit code 1", async () => {
    policyTest("clear: { Station: [contact] }");
    const { code, out } = await command(folder, "policy", "test");
    expect(code).toBe(1);
    expect(out).toMatch(/^regions\/hebei\/policy\.test\.yaml:6:\d+ public, no purpose: Station\.contact is clear: it is withheld in a visible row\n0 held, 1 failed\n$/);
  });
});

describe("source check", () => {
  it("counts what the mapping reads of the live source", async () => {
    const { code, out } = await command(folder, "source", "check", "hebei");
    expect(code).toBe(0);
    expect(out).toContain("Station.name: 40 of 40 rows have a value");
  });
});

describe("audit verify", () => {
  it("fails on a changed byte and names the first record that is not as it was written", async () => {
    const hub = await startHub(folder);
    for (let asked = 0; asked < 3; asked += 1) await hub.query("{ stations(first: 1) { nodes { code } } }");
    await hub.stop();
    expect(await command(folder, "audit", "verify")).toMatchObject({ code: 0, out: expect.stringContaining("sound: 4 records") });
    const journal = join(folder.dataDir, "journal");
    const chain = join(journal, readdirSync(journal)[0] ?? "");
    const segment = join(chain, readdirSync(chain).find((name) => /^\d/.test(name)) ?? "");
    const bytes = readFileSync(segment);
    bytes[bytes.indexOf("ANSWERED")] = "B".charCodeAt(0);
    writeFileSync(segment, bytes);
    const { code, out } = await command(folder, "audit", "verify");
    expect(code).toBe(1);
    expect(out).toMatch(/record 2 is not as it was written/);
  });
});

it("leaves nothing of its own in the data folder", () => {
  expect(existsSync(folder.dataDir)).toBe(true);
  expect(readdirSync(folder.dataDir).filter((name) => name.startsWith("command-"))).toEqual([]);
});
