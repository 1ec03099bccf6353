/** What operations cost, and what happens once an agency has spent its budget (P38, P39, F26). */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { networkYaml, type SmallNetworkOptions, sourceYaml } from "../fixtures/smallNetwork.ts";
import { comparable, type Hub, openHub, type Reply } from "./openHub.ts";

const opened: Hub[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((hub) => hub.close()));
});

interface Clocked {
  readonly hub: Hub;
  /** Milliseconds of the hub's monotonic clock. */
  readonly time: { ms: number };
  /** Sources asked so far. */
  readonly reached: () => number;
}

const open = async (budgets: string, options: SmallNetworkOptions = {}): Promise<Clocked> => {
  const time = { ms: 1_000_000 };
  let reached = 0;
  const hub = await openHub({ network: `${networkYaml}budgets: ${budgets}\n`, ...options }, ({ registry }) => ({
    clock: () => time.ms,
    registry: {
      ...registry,
      get(id) {
        reached += 1;
        return registry.get(id);
      },
    },
  }));
  opened.push(hub);
  return { hub, time, reached: () => reached };
};

/** All decisions count as revoked: hidden from the partner. */
const allRevoked = sourceYaml.replace("revoked: { column: revoked, codes: { 0: false, 1: true } }", "revoked: { constant: true }");

const codeOf = ({ json }: Reply): string | undefined => json.errors?.[0].extensions.code;
/** 100 and ten rows of one field. */
const cheap = "{ stations(first: 10) { nodes { code } } }";
const cheapUnits = 120;

describe("what an operation costs", () => {
  let hub: Hub;
  beforeAll(async () => {
    hub = await openHub();
  });
  afterAll(() => hub.close());

  test.each<[string, string, number, unknown?]>([
    ["itself", "{ __typename }", 100],
    ["a row and its fields, as often as rows are asked for", "{ stations(first: 10) { nodes { code name } } }", 100 + 10 * 3],
    ["a page of a hundred where none is given", "{ stations { nodes { code name } } }", 100 + 100 * 3],
    ["a page from behind", "{ stations(last: 5) { nodes { code } } }", 100 + 5 * 2],
    ["a page by variable", "query ($n: Int) { stations(first: $n) { nodes { code } } }", 100 + 7 * 2, { n: 7 }],
    ["a variable's default", "query ($n: Int = 9) { stations(first: $n) { nodes { code } } }", 100 + 9 * 2],
    ["cursors", "{ stations(first: 10) { edges { cursor node { code } } } }", 100 + 10 * 3],
    ["nodes and edges, each printed", "{ stations(first: 10) { nodes { code } edges { node { code } } } }", 100 + 10 * 3],
    ["no rows where only a count is asked", "{ stations(first: 1000) { totalCount } }", 100 + 1000],
    ["links within rows", "{ penaltyDecisions(first: 10) { nodes { docNo enterprise { name region { code } } } } }", 100 + 10 * 6],
    ["links within links", "{ penaltyDecisions(first: 10) { nodes { enterprise { region { code parent { code } } } } } }", 100 + 10 * 6],
    ["ten rows elsewhere for each row of an across link", "{ penaltyDecisions(first: 10) { nodes { enterpriseRecords { name } } } }", 100 + 10 * (1 + 1 + 10 * 2)],
    ["every alias anew", "{ a: stations(first: 10) { nodes { code } } b: stations(first: 10) { nodes { code } } }", 100 + 2 * 20],
    ["fields of fragments", "{ stations(first: 10) { nodes { ...F } } } fragment F on Station { code name }", 100 + 10 * 3],
    ["nothing that is left out", "query ($no: Boolean!) { stations(first: 1000) @skip(if: $no) { nodes { code } } __typename }", 100, { no: true }],
    ["ids, found or not", '{ nodes(ids: ["a", "b", "c"]) { id } }', 100 + 3 * 2],
    ["one group where none is asked for", "{ stationsAggregate { groups { count } } }", 100 + 10_000 + 2],
    ["groups as many as are asked for", "{ stationsAggregate(groupBy: [{ field: NAME }], first: 10) { groups { count } } }", 100 + 10_000 + 10 * 3],
    ["a thousand groups where no number is given", "{ stationsAggregate(groupBy: [{ field: NAME }]) { groups { count } } }", 100 + 10_000 + 1000 * 3],
    ["a pass of its own for distinct values", "{ stationsAggregate { groups { countDistinct { name } } } }", 100 + 20_000 + 2],
    ["a schema", '{ __type(name: "Station") { name } }', 100 + 1000],
    ["a region of the hub's own table", '{ region(code: "130000") { code } }', 100 + 1],
    ["a list of regions", "{ regions(level: PROVINCE) { code name } }", 100 + 100 * 2],
  ])("%s", async (_what, query, units, variables) => {
    const token = await hub.net.token("partner", ["enforcement"]);
    for (const _way of ["cold", "warm"]) expect((await hub.query(token, query, { variables })).json.extensions.cost).toBe(units);
  });
});

describe("what is too much for one operation", () => {
  test("what may cost more than one operation may is refused before any source is asked", async () => {
    const { hub, reached } = await open("{ operation: 1000 }");
    const dear = await hub.query(null, "{ stations(first: 500) { nodes { code } } }");
    expect(dear).toMatchObject({ status: 400, json: { errors: [{ message: "The operation may cost 1100 units, more than 1000. Ask for fewer rows or fields, or page.", extensions: { code: "OPERATION_TOO_COSTLY" } }] } });
    expect(reached()).toBe(0);
    expect((await hub.query(null, "{ stations(first: 450) { nodes { code } } }")).status).toBe(200);
  });

  test.each(["1001", "-1", "2147483647"])("a page of %s is refused before another root's source is asked", async (size) => {
    const { hub, reached } = await open("{}");
    expect(codeOf(await hub.query(null, `{ a: stations(first: 1) { nodes { code } } b: stations(first: ${size}) { nodes { code } } }`))).toBe("BAD_ARGUMENT");
    expect(reached()).toBe(0);
  });
});

describe("a budget", () => {
  test("is refused when spent, says when to come back, and is then there again, window after window", async () => {
    // Six thousand a minute: a hundred a second.
    const { hub, time, reached } = await open("{ perMinute: 6000 }");
    let served = 0;
    for (let window = 0; window < 3; window += 1) {
      while ((await hub.query(null, cheap)).status === 200) served += 1;
      const before = reached();
      const refused = await hub.query(null, cheap);
      expect(refused).toMatchObject({ status: 429, json: { errors: [{ extensions: { code: "BUDGET_SPENT" } }] } });
      expect(refused.json).not.toHaveProperty("data");
      expect(reached()).toBe(before);
      const seconds = Number(refused.headers["retry-after"]);
      expect(seconds).toBeGreaterThan(0);
      time.ms += (seconds - 1) * 1000;
      expect((await hub.query(null, cheap)).status).toBe(429);
      time.ms += 1000;
      expect((await hub.query(null, cheap)).status).toBe(200);
      served += 1;
      time.ms += 60_000;
    }
    // A request must hold what a refusal costs; what is given in a window is what fits.
    expect(served).toBeGreaterThanOrEqual(3 * Math.floor((6000 - 1000) / cheapUnits));
    expect(served).toBeLessThanOrEqual(3 * (Math.ceil(6000 / cheapUnits) + 1));
  });

  test("of a day holds however often the minute's is full again", async () => {
    const { hub, time } = await open("{ perMinute: 2000, perDay: 5000 }");
    const statuses: number[] = [];
    for (let minute = 0; minute < 60; minute += 1) {
      statuses.push((await hub.query(null, cheap)).status);
      time.ms += 60_000;
    }
    const served = statuses.filter((status) => status === 200).length;
    // An hour brings back a twenty-fourth of the day.
    expect(served).toBeLessThanOrEqual(Math.ceil((5000 * (1 + 1 / 24)) / cheapUnits));
    expect(served).toBeGreaterThan(30);
    expect(Number((await hub.query(null, cheap)).headers["retry-after"])).toBeGreaterThan(60);
  });

  test("is each agency's and each purpose's own", async () => {
    const { hub } = await open("{ perMinute: 1000, agencies: { owner: { perMinute: 100000 }, partner: { perMinute: 1000, purposes: { research: { perMinute: 100000 } } } } }");
    const token = await hub.net.token("partner");
    const as = (purpose: string) => hub.query(token, cheap, { headers: { purpose } });
    expect((await as("enforcement")).status).toBe(200);
    expect(codeOf(await as("enforcement"))).toBe("BUDGET_SPENT");
    for (let round = 0; round < 5; round += 1) expect((await as("research")).status).toBe(200);
    expect((await hub.query(await hub.net.token("owner"), cheap)).status).toBe(200);
    expect((await hub.query(null, cheap)).status).toBe(200);
    expect((await hub.query(null, cheap)).status).toBe(429);
  });

  test("pays for refusals too, whatever they are refused for", async () => {
    const { hub } = await open("{ perMinute: 3000 }");
    expect(codeOf(await hub.query(null, "{ nothing }"))).toBe("GRAPHQL_VALIDATION_FAILED");
    expect(codeOf(await hub.ask({ body: "{" }))).toBe("BAD_REQUEST");
    expect(codeOf(await hub.query(null, "{"))).toBe("GRAPHQL_PARSE_FAILED");
    expect(codeOf(await hub.query(null, "{"))).toBe("BUDGET_SPENT");
    expect(codeOf(await hub.query(null, cheap))).toBe("BUDGET_SPENT");
  });

  test("is asked before anything of the body is read", async () => {
    const { hub } = await open("{ perMinute: 1000 }");
    await hub.query(null, "{ nothing }");
    for (const body of ["{", { query: "{" }, "x".repeat(200_000)]) expect(codeOf(await hub.ask({ body }))).toBe("BUDGET_SPENT");
  });

  test("pays for plans that are explained, and stewards have none", async () => {
    const { hub } = await open("{ perMinute: 1000 }");
    expect((await hub.query(null, cheap, { path: "/explain" })).status).toBe(200);
    expect((await hub.query(null, cheap, { path: "/explain" })).status).toBe(429);
    const steward = await hub.net.stewardToken("wang");
    for (let round = 0; round < 4; round += 1) expect((await hub.query(steward, "{ me { person } }", { path: "/steward/graphql" })).status).toBe(200);
  });

  test("refused requests are recorded with their code", async () => {
    const { hub } = await open("{ perMinute: 1000 }");
    await hub.query(null, "{ nothing }");
    await hub.query(null, cheap, { headers: { "x-correlation-id": "spent" } });
    expect((await hub.records()).at(-1)).toMatchObject({ outcome: "REFUSED", code: "BUDGET_SPENT", agency: "public", correlationId: "spent", sources: [] });
  });

  test("tells nothing of hidden rows: over other data the same requests are paid, refused and put off alike", async () => {
    const asked = [
      "{ penaltyDecisions(first: 5) { nodes { docNo enterpriseRecords { name } } } }",
      "{ penaltyDecisions { totalCount nodes { docNo enterprise { name } } } }",
      "{ enterprisesAggregate(groupBy: [{ field: NAME }]) { groups { count } } }",
      "{ penaltyDecisions(last: 3) { nodes { docNo } } }",
    ];
    const trace = async (options: SmallNetworkOptions): Promise<readonly object[]> => {
      const { hub, time } = await open("{ operation: 100000, perMinute: 30000 }", options);
      const token = await hub.net.token("partner", ["enforcement"]);
      const seen: object[] = [];
      for (let round = 0; round < 12; round += 1) {
        const reply = await hub.query(token, asked[round % asked.length] as string);
        seen.push({ status: reply.status, retryAfter: reply.headers["retry-after"], cost: reply.json.extensions.cost, code: codeOf(reply) });
        time.ms += 3000;
      }
      return seen;
    };
    const few = await trace({});
    const many = await trace({ source: allRevoked });
    expect(many).toEqual(few);
    expect(new Set(few.map((one) => (one as { status: number }).status))).toEqual(new Set([200, 429]));
  });

  test("a refusal is the same bytes whatever was asked", async () => {
    const { hub } = await open("{ perMinute: 1000 }");
    await hub.query(null, "{ nothing }");
    const replies = [];
    for (const query of [cheap, "{ nothing }", '{ node(id: "x") { id } }']) replies.push(comparable(await hub.query(null, query)));
    for (const reply of replies) expect(reply).toEqual(replies[0]);
  });
});
