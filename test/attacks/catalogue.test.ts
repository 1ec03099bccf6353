/**
 * Runs the catalogue: every row at every door, cold and with a warm plan, against a hub over HTTP.
 *
 * Beside what a row expects, every answer is held against the oracle: one record in the journal, no forbidden cell in body, headers,
 * record or log, no column read that the agency may not see, and the same bytes from a second hub whose hidden data are others.
 */
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasMariadb } from "../fixtures/mariadbServer.ts";
import { hasPostgres } from "../fixtures/postgresServer.ts";
import { randomOf } from "../fixtures/random.ts";
import { comparable } from "../gateway/openHub.ts";
import { ask, type Door, doors, type Observed, twinOf } from "./ask.ts";
import type { AttackCase } from "./attackCase.ts";
import { catalogue } from "./catalogue.ts";
import { type AgencyName, forbiddenTo, unreadableTo, unseenVariant } from "./fixture/levels.ts";
import { type Attacked, openAttacked } from "./fixture/openAttacked.ts";
import { rowsOf } from "./fixture/rows.ts";

let attacked: Attacked;
/** Other ways to read: SQLite by its workers alone, and the other engines. */
const readings = ["workers", ...((await hasPostgres()) ? (["postgres"] as const) : []), ...((await hasMariadb()) ? (["mariadb"] as const) : [])] as const;
const variants = new Map<string, Promise<Attacked>>();
/** The same view for the agency over other hidden data, read in other ways; opened when they are first asked for. */
const variantsFor = (agency: AgencyName | null): readonly Promise<Attacked>[] => {
  if (agency === null || agency === "full" || agency === "nobody") return [];
  return readings.map((reading) => {
    const key = `${agency} ${reading}`;
    const known = variants.get(key) ?? openAttacked({ rows: (folder) => unseenVariant(agency, folder), keysOf: attacked.hub.net.dataDir, ...(reading === "workers" ? { workersOnly: true } : { engine: reading }) });
    variants.set(key, known);
    return known;
  });
};
beforeAll(async () => {
  attacked = await openAttacked({ rows: rowsOf });
});
afterAll(async () => {
  // What the rows below count is what stands on the disk.
  expect(await attacked.hub.records()).toEqual(attacked.records);
  for (const one of [attacked, ...(await Promise.all(variants.values()))]) await one.close();
});

const codesOf = ({ reply }: Observed): unknown => reply.json.errors?.map((error: { extensions: { code: string } }) => error.extensions.code);
const callsOf = ({ calls }: Observed): readonly string[] => calls.map((call) => JSON.stringify(call)).sort();

const expectOracle = ({ agency }: AttackCase, { reply, calls, records }: Observed, log: readonly string[]): void => {
  for (const { correlationId } of records) expect(correlationId).toBe(reply.headers["x-correlation-id"]);
  const answer = `${reply.text}\n${JSON.stringify(reply.headers)}`;
  expect(forbiddenTo(agency).filter((text) => answer.includes(text))).toEqual([]);
  // No cell at all, not even of what the agency sees.
  const kept = `${JSON.stringify(records)}\n${log.join("\n")}`;
  expect(forbiddenTo(null).filter((text) => kept.includes(text))).toEqual([]);
  const unreadable = unreadableTo(agency);
  expect(calls.flatMap(({ read }) => read.filter((column) => unreadable.has(column)))).toEqual([]);
};

const expectRefused = (observed: Observed, status: number, code: string): void => {
  expect({ status: observed.reply.status, codes: codesOf(observed) }).toEqual({ status, codes: [code] });
  expect(observed.reply.json).not.toHaveProperty("data");
  expect(observed.calls).toEqual([]);
  expect(observed.records).toMatchObject([{ outcome: "REFUSED", code }]);
};

/** A plan is told under the rules of the data door; the record names what it is about, and no source, for it holds no row. */
const expectPlan = async (door: Door, one: AttackCase, observed: Observed): Promise<void> => {
  const { expect: expected } = one;
  const isBoundLater = expected.kind === "LIM" && expected.code === "BAD_ARGUMENT";
  if (!isBoundLater && !["ROW0", "MSK", "DATA"].includes(expected.kind)) return expectOutcome(door, one, observed);
  expect(observed).toMatchObject({ reply: { status: 200, json: { explain: expect.stringContaining("\n") } }, calls: [], records: [{ outcome: "ANSWERED", agency: one.agency ?? "public", door: "explain", sources: [] }] });
  if (expected.kind === "ROW0" && "variables" in expected.twin) expect(comparable(observed.reply)).toEqual(comparable((await ask(attacked, door, twinOf(one, expected.twin))).reply));
};

const expectOutcome = async (door: Door, one: AttackCase, observed: Observed): Promise<void> => {
  const { expect: expected } = one;
  switch (expected.kind) {
    case "NX": {
      expect(`${one.query}${JSON.stringify(one.variables)}`).toContain(expected.name);
      const code = codesOf(observed) as string[];
      expect(["GRAPHQL_VALIDATION_FAILED", "BAD_VARIABLES"]).toContain(code[0]);
      expectRefused(observed, 400, code[0] ?? "");
      expect(comparable(observed.reply)).toEqual(comparable((await ask(attacked, door, twinOf(one, expected))).reply));
      return;
    }
    case "ROW0": {
      expect(observed.reply.json.data).toEqual(expected.data);
      expect(observed.records).toHaveLength(1);
      const twin = await ask(attacked, door, twinOf(one, expected.twin));
      expect(comparable(observed.reply)).toEqual(comparable(twin.reply));
      expect(callsOf(observed)).toEqual(callsOf(twin));
      return;
    }
    case "MSK":
    case "DATA":
      expect(observed.reply.json).toMatchObject({ data: expected.data, extensions: { complete: true } });
      expect(observed.reply.json.data).toEqual(expected.data);
      expect(observed.reply.json).not.toHaveProperty("errors");
      expect(observed.records).toMatchObject([{ outcome: "ANSWERED", agency: one.agency }]);
      return;
    case "RJ":
    case "LIM":
    case "AUTH":
      expectRefused(observed, expected.status, expected.code);
  }
};

describe.each(doors)("$name", (door) => {
  test.each(catalogue.map((one) => [`${one.id} ${one.what} (${one.agency ?? "anonymous"})`, one] as const))("%s", async (_title, one) => {
    for (const way of ["cold", "warm"]) {
      const observed = await ask(attacked, door, one);
      if (door.gives === "data") await expectOutcome(door, one, observed);
      else if (door.gives === "plan") await expectPlan(door, one, observed);
      else expectRefused(observed, door.gives.status, door.gives.code);
      expectOracle(one, observed, attacked.hub.net.log);
      for (const variant of variantsFor(one.agency)) {
        const unseen = await ask(await variant, door, one);
        expect(comparable(unseen.reply), `${way}, over other hidden data`).toEqual(comparable(observed.reply));
        expect(callsOf(unseen)).toEqual(callsOf(observed));
        expectOracle(one, unseen, []);
      }
    }
  });
});

/** More of them by `ROUNDS=1000 npx vitest run test/attacks/catalogue.test.ts -t P34`. */
const rounds = Number(process.env.ROUNDS ?? 10);
const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 30));

describe("P34, P35 many agencies at once", () => {
  const random = randomOf(seed);
  const query = "{ enterprises(first: 4) { nodes { name id } } penaltyDecisions(first: 2) { nodes { amount enterprise { name } } } }";
  const agencies = ["full", "low", "mask"] as const;
  test(`each gets its own answer, in whatever order they ask (${rounds} rounds of 200, seed ${seed})`, { timeout: 30_000 + rounds * 2000 }, async () => {
    const shuffled = <T>(items: readonly T[]): readonly T[] => {
      const order = items.map((item) => [random(), item] as const);
      return order.sort(([a], [b]) => a - b).map(([, item]) => item);
    };
    const tokens = new Map(await Promise.all(agencies.map(async (agency) => [agency, await attacked.hub.net.token(agency, ["check"])] as const)));
    const forbidden = { full: forbiddenTo("full"), low: forbiddenTo("low"), mask: forbiddenTo("mask") };
    const alone = new Map<string, object>();
    for (const agency of agencies) alone.set(agency, comparable(await attacked.hub.query(tokens.get(agency) ?? null, query)));
    expect(new Set([...alone.values()].map((answer) => JSON.stringify(answer))).size).toBe(agencies.length);
    for (let round = 0; round < rounds; round += 1) {
      const asked = shuffled(Array.from({ length: 200 }, (_, index) => agencies[index % agencies.length] ?? "low"));
      const replies = await Promise.all(asked.map((agency) => attacked.hub.query(tokens.get(agency) ?? null, query)));
      replies.forEach((reply, index) => {
        const agency = asked[index] ?? "low";
        expect(comparable(reply)).toEqual(alone.get(agency));
        expect(forbidden[agency].filter((text) => reply.text.includes(text))).toEqual([]);
      });
    }
  });
  test("what FULL has warmed is refused to LOW, byte for byte as ever", async () => {
    const warm = "{ enterprises(first: 2) { nodes { name output } } }";
    const [full, low] = [await attacked.hub.net.token("full", ["check"]), await attacked.hub.net.token("low", ["check"])];
    const before = comparable(await attacked.hub.query(low, warm));
    expect(before).toMatchObject({ status: 400 });
    expect((await attacked.hub.query(full, warm)).json.data.enterprises.nodes).toHaveLength(2);
    expect(comparable(await attacked.hub.query(low, warm))).toEqual(before);
  });
});

describe("P42 doors that are not there", () => {
  test("an upgrade to a socket is no upgrade", async () => {
    const { hostname, port } = new URL(attacked.hub.gateway.url);
    const answer = await new Promise<string>((resolve, reject) => {
      let text = "";
      const head = ["GET /graphql HTTP/1.1", "Host: hub", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==", "Sec-WebSocket-Protocol: graphql-transport-ws"];
      const socket = connect(Number(port), hostname, () => socket.write(`${head.join("\r\n")}\r\n\r\n`));
      socket.on("data", (chunk) => {
        text += chunk.toString();
        socket.destroy();
      });
      socket.on("close", () => resolve(text));
      socket.on("error", reject);
    });
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
  });
  test.each(["/export", "/graphql/export", "/graphql/stream", "/subscriptions", "/graphiql", "/voyager", "/console"])("nothing is at %s", async (path) => {
    const token = await attacked.hub.net.token("full", ["check"]);
    expect(await attacked.hub.query(token, "{ enterprises { nodes { name } } }", { path })).toMatchObject({ status: 404, text: "" });
  });
});
