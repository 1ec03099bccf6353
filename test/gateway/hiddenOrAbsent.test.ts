/** A row that is hidden and a row that never was: the same bytes and the same length, by every way to ask. Time is `npm run -s bench -- --timing`. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Adapter } from "../../adapters/contract/adapter.ts";
import { asAgencyId, asEntityName, asSourceId } from "../../schema/ids.ts";
import { encodeId, idPrefix, makeIdKeys } from "../../src/identity/ids.ts";
import { comparable, type Hub, openHub, type Reply } from "./openHub.ts";

let hub: Hub;
let partner: string;
beforeAll(async () => {
  hub = await openHub();
  partner = await hub.net.token("partner", ["enforcement"]);
});
afterAll(() => hub.close());

const idOf = (entity: string, locator: string, agency = "partner"): string => {
  const names = [asEntityName(entity), asSourceId("hebei")] as const;
  return encodeId(idPrefix(...names), [locator], makeIdKeys(hub.net.keys.idMaster)(asAgencyId(agency), ...names));
};

/** Of the second region, which no rule opens; a revoked decision; and their like that nobody has. */
const enterprise = { hidden: "91130100000000001B", absent: "91130100000000009Z", hiddenName: "企业1", absentName: "企业9" };
const decision = { hidden: "冀环罚〔2026〕3号", absent: "冀环罚〔2026〕9号乙" };

/** Bytes on the wire but for those of the receipt, which numbers answers, and of the sources' milliseconds, which are told in steps. */
const lengthOf = ({ text, headers, json }: Reply): number => {
  const own = [json.extensions.receipt, ...json.extensions.sources.map(({ ms }: { ms: number }) => ms)];
  expect(Number(headers["content-length"])).toBe(Buffer.byteLength(text));
  return Buffer.byteLength(text) - own.join("").length;
};

type Way = readonly [what: string, query: string, variables: (of: "hidden" | "absent") => object];
const ways: readonly Way[] = [
  ["an enterprise by its id", "query ($id: ID!) { node(id: $id) { id ... on Enterprise { name } } }", (of) => ({ id: idOf("Enterprise", enterprise[of]) })],
  ["an enterprise by its id and type", "query ($id: ID!) { enterprise(id: $id) { name } }", (of) => ({ id: idOf("Enterprise", enterprise[of]) })],
  ["a revoked decision by its id", "query ($id: ID!) { node(id: $id) { id } }", (of) => ({ id: idOf("PenaltyDecision", decision[of]) })],
  ["an id among others", "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", (of) => ({ ids: [idOf("Enterprise", "91130100000000000A"), idOf("Enterprise", enterprise[of])] })],
  ["an id of another agency", "query ($id: ID!) { node(id: $id) { id } }", (of) => ({ id: idOf("Enterprise", enterprise[of], "owner") })],
  ["a filter on the key", "query ($v: String!) { enterprises(where: { uscc: { eq: $v } }) { totalCount pageInfo { hasNextPage } nodes { name } } }", (of) => ({ v: enterprise[of] })],
  ["a filter on an attribute", "query ($v: String!) { enterprises(where: { name: { eq: $v } }) { totalCount edges { cursor node { name } } } }", (of) => ({ v: of === "hidden" ? enterprise.hiddenName : enterprise.absentName })],
  ["a filter that spares it", "query ($v: String!) { enterprises(where: { not: { uscc: { eq: $v } } }) { totalCount nodes { name } } }", (of) => ({ v: enterprise[of] })],
  ["a filter through a link", "query ($v: String!) { penaltyDecisions(where: { enterprise: { uscc: { eq: $v } } }) { totalCount nodes { docNo } } }", (of) => ({ v: enterprise[of] })],
  ["an aggregate", "query ($v: String!) { enterprisesAggregate(where: { name: { eq: $v } }) { groups { count } } }", (of) => ({ v: of === "hidden" ? enterprise.hiddenName : enterprise.absentName })],
  ["groups", "query ($v: String!) { enterprisesAggregate(where: { name: { eq: $v } }, groupBy: [{ field: NAME }]) { groups { key { name } count } } }", (of) => ({ v: of === "hidden" ? enterprise.hiddenName : enterprise.absentName })],
];

test.each(ways)("%s", async (_what, query, variables) => {
  const [hidden, absent] = [await hub.query(partner, query, { variables: variables("hidden") }), await hub.query(partner, query, { variables: variables("absent") })] as const;
  expect(hidden.status).toBe(200);
  expect(comparable(hidden)).toEqual(comparable(absent));
  expect(lengthOf(hidden)).toBe(lengthOf(absent));
});

test("these rows exist: their owner sees them by the same ways", async () => {
  const owner = await hub.net.token("owner");
  expect((await hub.query(owner, "query ($id: ID!) { enterprise(id: $id) { name } }", { variables: { id: idOf("Enterprise", enterprise.hidden, "owner") } })).json.data.enterprise).toEqual({ name: enterprise.hiddenName });
  expect((await hub.query(owner, "query ($v: String!) { penaltyDecisions(where: { docNo: { eq: $v } }) { totalCount } }", { variables: { v: decision.hidden } })).json.data.penaltyDecisions.totalCount).toBe(1);
});

describe("what a source says when it fails", () => {
  const driverText = "SQLITE_ERROR: no such column: contact in /srv/hebei.db at 10.1.2.3:5432";
  const failing = (how: (real: Adapter) => Partial<Adapter>): Promise<Hub> =>
    openHub({}, ({ registry }) => ({
      registry: {
        ...registry,
        get(id) {
          const ready = registry.get(id);
          return ready === null ? null : { ...ready, adapter: { ...ready.adapter, aggregate: async () => fail(), ...how(ready.adapter) } };
        },
      },
    }));
  const fail = (): never => {
    throw new Error(driverText);
  };

  test.each<[string, Parameters<typeof failing>[0]]>([
    ["before its first row", () => ({ rowsNow: () => null, rows: fail })],
    ["while it is read at once", () => ({ rowsNow: fail, rows: fail })],
    ["after its first row", (real) => ({ rowsNow: () => null, rows: async function* (query, signal) { yield* real.rows(query, signal); fail(); } })],
  ])("%s is never told", async (_when, how) => {
    const broken = await failing(how);
    try {
      for (const query of ["{ stations(first: 1) { nodes { code } } }", "{ stationsAggregate { groups { count } } }", `{ node(id: "${idOf("Station", "1001A")}") { id } }`]) {
        const reply = await broken.query(null, query);
        expect(reply.text).not.toMatch(/SQLITE|column|contact|srv|10\.1\.2\.3|stack|\bat \w/i);
        expect(reply.json.extensions.complete, query).toBe(false);
      }
    } finally {
      await broken.close();
    }
  });
});
