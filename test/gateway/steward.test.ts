import { graphql, GraphQLObjectType, GraphQLSchema, GraphQLString } from "graphql";
import { buildSchema } from "type-graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fileError } from "../../schema/errorCodes.ts";
import { type StewardContext, StewardResolver } from "../../src/gateway/stewardResolvers.ts";
import { assertCovered, shielded, stewardRules } from "../../src/gateway/stewardShield.ts";
import type { Principal } from "../../src/identity/principal.ts";
import { sourceYaml } from "../fixtures/smallNetwork.ts";
import { type Hub, openHub, type Reply } from "./openHub.ts";

let hub: Hub;
const reloaded: string[] = [];
let fault: Error | null = null;
const tokens = new Map<string, string>();
beforeAll(async () => {
  hub = await openHub({}, () => ({
    async reloadPolicy(region, by) {
      reloaded.push(`${region} by ${by.person}`);
      if (fault !== null) throw fault;
      return { epoch: 2, changed: true };
    },
  }));
  for (const person of ["wang", "li"]) tokens.set(person, await hub.net.stewardToken(person));
  tokens.set("partner", await hub.net.token("partner", ["enforcement"]));
  tokens.set("owner", await hub.net.token("owner"));
});
afterAll(() => hub.close());

const ask = (who: string | null, query: string): Promise<Reply> => hub.query(who === null ? null : (tokens.get(who) ?? null), query, { path: "/steward/graphql" });
const reload = 'mutation { reloadPolicy(region: "130000") { epoch changed } }';
const everything = "{ me { person name { zh en } permit { regions epoch } } sources { id region status drift { table column change before now } withheld message } }";

describe("The steward door", () => {
  test("tells stewards who they are and how the sources of their regions stand", async () => {
    expect((await ask("wang", everything)).json.data).toEqual({
      me: { person: "wang", name: { zh: "王", en: "Wang" }, permit: { regions: ["130000"], epoch: 1 } },
      sources: [{ id: "hebei", region: "130000", status: "READY", drift: [], withheld: [], message: null }],
    });
  });
  test("shows a foreign steward no source of another region", async () => {
    expect((await ask("li", everything)).json.data).toMatchObject({ me: { person: "li" }, sources: [] });
  });
  test("reloads a region's policy for its own steward, by name", async () => {
    reloaded.length = 0;
    expect((await ask("wang", reload)).json.data).toEqual({ reloadPolicy: { epoch: 2, changed: true } });
    expect(reloaded).toEqual(["130000 by wang"]);
  });
  test.each([
    ["a foreign steward", "li", reload],
    ["a foreign steward under an alias", "li", reload.replace("reloadPolicy", "sources: reloadPolicy")],
    ["a foreign steward, beside an own region", "li", 'mutation { a: reloadPolicy(region: "130000") { epoch } }'],
    ["an agency", "partner", reload],
    ["the owner's own agency", "owner", everything],
    ["an agency that asks for the schema", "partner", "{ __schema { types { name } } }"],
    ["the anonymous agency", null, "{ __typename }"],
  ])("refuses %s with FORBIDDEN, records it and reloads nothing", async (_who, who, query) => {
    reloaded.length = 0;
    const reply = await ask(who, query);
    expect(reply).toMatchObject({ status: 403, json: { errors: [{ extensions: { code: "FORBIDDEN" } }] } });
    expect(reply.json).not.toHaveProperty("data");
    expect(reloaded).toEqual([]);
    expect((await hub.records()).at(-1)).toMatchObject({ outcome: "REFUSED", code: "FORBIDDEN", door: "steward", agency: who === null ? "public" : who === "li" ? "steward:li" : who });
  });
  test("refuses a steward at the data door", async () => {
    expect(await hub.query(tokens.get("wang") ?? null, "{ __typename }")).toMatchObject({ status: 403, json: { errors: [{ extensions: { code: "FORBIDDEN" } }] } });
  });
  test("tells a steward what is wrong in the own file, and where", async () => {
    fault = fileError("POLICY_INVALID", { file: "regions/hebei/policy.yaml", line: 3, column: 5 }, "the rule has no effect; say allow.");
    const reply = await ask("wang", reload);
    fault = null;
    expect(reply).toMatchObject({ status: 200, json: { data: null, errors: [{ message: "regions/hebei/policy.yaml:3:5 the rule has no effect; say allow.", extensions: { code: "POLICY_INVALID" } }] } });
  });
  test("keeps whatever else fails to itself", async () => {
    fault = new Error("SQLITE_ERROR: no such column secret");
    const reply = await ask("wang", reload);
    fault = null;
    expect(reply).toMatchObject({ status: 500, json: { errors: [{ extensions: { code: "INTERNAL" } }] } });
    expect(reply.text).not.toMatch(/SQLITE|secret/);
  });
  test.each([
    ["an unknown field", "{ mee { person } }", "GRAPHQL_VALIDATION_FAILED"],
    ["a document that is none", "{ me", "GRAPHQL_PARSE_FAILED"],
    ["too many aliases", `{ ${Array.from({ length: 31 }, (_, index) => `a${index}: __typename`).join(" ")} }`, "DOCUMENT_TOO_LARGE"],
  ])("refuses %s in the hub's own words", async (_what, query, code) => {
    const reply = await ask("wang", query);
    expect(reply).toMatchObject({ status: 400, json: { errors: [{ extensions: { code } }] } });
    expect(reply.text).not.toContain("Did you mean");
  });
});

test("A source that is refused for its file tells its steward the place and the mend, and others nothing", async () => {
  const broken = await openHub({ source: sourceYaml.replace("name: name, medium", "name: nmae, medium"), policy: "rules: []" });
  try {
    const sources = async (person: string): Promise<unknown> => (await broken.query(await broken.net.stewardToken(person), "{ sources { id status message } }", { path: "/steward/graphql" })).json.data.sources;
    expect(await sources("wang")).toMatchObject([{ id: "hebei", status: "REFUSED", message: expect.stringMatching(/^regions\/hebei\/source\.yaml:10:\d+ .*nmae.*name/) }]);
    expect(await sources("li")).toEqual([]);
  } finally {
    await broken.close();
  }
});

describe("Shield behind the door", () => {
  const contextOf = (principal: Principal): StewardContext => ({ principal, correlationId: "one", parts: { state: hub.net.state, registry: hub.net.registry, reloadPolicy: async () => ({ epoch: 1, changed: false }) } });
  const principals = (): Record<"agency" | "wang" | "li", Principal> => {
    const [agency] = [...hub.net.state.network.agencies.values()];
    const steward = (person: string): Principal => {
      const found = hub.net.state.network.stewards.get(person);
      if (found === undefined) throw new Error(`no steward ${person}`);
      return { kind: "steward", steward: found, mintedBy: "cli", expiresAtMs: Number.POSITIVE_INFINITY };
    };
    if (agency === undefined) throw new Error("no agency");
    return { agency: { kind: "agency", agency, anonymous: false, purposes: [], mintedBy: "cli", expiresAtMs: Number.POSITIVE_INFINITY }, wang: steward("wang"), li: steward("li") };
  };
  const build = async (): Promise<GraphQLSchema> => shielded(await buildSchema({ resolvers: [StewardResolver], orphanedTypes: [], validate: false }));

  test("denies an agency every field, were the door itself open", async () => {
    const schema = await build();
    for (const source of ["{ me { person } }", "{ sources { id } }", reload]) {
      const { errors, data } = await graphql({ schema, source, contextValue: contextOf(principals().agency) });
      expect(errors?.map(({ message }) => message)).toEqual(["This door is not open to the caller."]);
      expect(data ?? null).toBeNull();
    }
  });
  test("keeps no verdict: one context object after another principal's is judged anew", async () => {
    const schema = await build();
    const context = { ...contextOf(principals().wang) } as { -readonly [Key in keyof StewardContext]: StewardContext[Key] };
    expect((await graphql({ schema, source: reload, contextValue: context })).errors).toBeUndefined();
    context.principal = principals().li;
    expect((await graphql({ schema, source: reload, contextValue: context })).errors).toHaveLength(1);
  });
  test("the start fails where a field has no rule, and where a rule has no field", async () => {
    const schema = await buildSchema({ resolvers: [StewardResolver], orphanedTypes: [], validate: false });
    const { me: _me, ...query } = stewardRules.Query ?? {};
    expect(() => assertCovered(schema, { ...stewardRules, Query: query })).toThrow("Query.me");
    expect(() => assertCovered(schema, { ...stewardRules, Query: { ...stewardRules.Query, gone: (stewardRules.Query ?? {}).me as never } })).toThrow("Query.gone");
    const wider = new GraphQLSchema({ query: new GraphQLObjectType({ name: "Query", fields: { extra: { type: GraphQLString } } }) });
    expect(() => assertCovered(wider, {})).toThrow("Query.extra");
  });
});
