/** Documents that are made to cost: refused by a closed code before they cost, and no source hears of them. */
import { ApolloServer } from "@apollo/server";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { hostileDocuments } from "../../bench/hostileDocuments.ts";
import { errorCodes } from "../../schema/errorCodes.ts";
import { documentLimits } from "../../src/gateway/documentLimits.ts";
import { type Hub, openHub, type Reply } from "./openHub.ts";

let hub: Hub;
let partner: string;
let reached = 0;
beforeAll(async () => {
  hub = await openHub({}, ({ registry }) => ({
    registry: {
      ...registry,
      get(id) {
        reached += 1;
        return registry.get(id);
      },
    },
  }));
  partner = await hub.net.token("partner", ["enforcement"]);
});
afterAll(() => hub.close());
afterEach(() => vi.restoreAllMocks());

/**
 * A tripwire and no figure: what each document costs is printed by `npm run -s bench -- --limits` (a few milliseconds). This counts the
 * test's own client too, and a machine that does other things.
 */
const cpuBoundMs = 1000;

describe("a hostile document", () => {
  test("is one of a table that passes every limit", () => {
    const passed = new Set(hostileDocuments.flatMap(({ limit }) => limit ?? []));
    expect(Object.keys(documentLimits).filter((limit) => !passed.has(limit))).toEqual(["rootFields"]);
  });

  test.each(hostileDocuments)("of $name is refused with $code before it costs", async ({ body, code, limit, isValidated }) => {
    const validations = vi.spyOn(ApolloServer.prototype, "executeOperation");
    reached = 0;
    const before = process.cpuUsage();
    const reply: Reply = await hub.ask({ token: partner, headers: { accept: "application/graphql-response+json" }, body });
    const { user, system } = process.cpuUsage(before);
    expect(reply.json.errors).toMatchObject([{ extensions: { code } }]);
    expect(reply.status).toBe(errorCodes[code].http);
    expect(reply.json).not.toHaveProperty("data");
    expect(reply.text.length).toBeLessThan(500);
    if (limit !== undefined) expect(reply.json.errors[0].message).toContain(`(${limit} ${documentLimits[limit as keyof typeof documentLimits]})`);
    expect(validations).toHaveBeenCalledTimes(isValidated === true ? 1 : 0);
    expect(reached).toBe(0);
    expect((user + system) / 1000).toBeLessThan(cpuBoundMs);
  });

  test("leaves the hub as it was", async () => {
    expect((await hub.query(partner, "{ stations(first: 1) { nodes { code } } }")).json.data.stations.nodes).toHaveLength(1);
  });
});
