/** A region that lets its last answers stand in for it (`stale:`): what a client sees while it is down, and what never crosses over. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasPostgres } from "../fixtures/postgresServer.ts";
import { type FaultHub, openFaultHub, policyOf, stationsOfEach } from "./faultHub.ts";
import { assertHeals, seenIn, stations } from "./invariants.ts";

describe.skipIf(!(await hasPostgres()))("a region that allows its last answers for ten minutes", () => {
  let hub: FaultHub;
  beforeAll(async () => {
    hub = await openFaultHub({ tianjin: "stale: { for: 10m }\n" });
    await assertHeals(hub);
    for (let tries = 0; tries < 20; tries += 1) if ((await hub.query("{ stations { totalCount } }")).json.extensions.complete) break;
  });
  afterAll(() => hub.close());

  const whileDown = async (work: () => Promise<void>): Promise<void> => {
    await hub.proxy.set({ kind: "refuse" });
    try {
      await work();
    } finally {
      await hub.proxy.set({ kind: "none" });
    }
    await assertHeals(hub);
  };
  const tianjinOf = ({ json }: { json: { extensions: { sources: { source: string }[] } } }) => json.extensions.sources.find(({ source }) => source === "tianjin");

  test("gives what it answered last, marked STALE with its age; the record says so", async () => {
    const document = "{ stations(first: 100) { totalCount nodes { code name } } }";
    const before = await hub.query(document);
    expect(before.json.extensions.complete).toBe(true);
    hub.passTime(5000);
    await whileDown(async () => {
      const answer = await hub.query(document);
      expect(answer.json.data).toEqual(before.json.data);
      expect(seenIn(answer)).toEqual({ hebei: stationsOfEach, tianjin: stationsOfEach, status: "STALE", complete: false });
      const { staleness } = tianjinOf(answer) as unknown as { staleness: number };
      expect(staleness).toBeGreaterThanOrEqual(5000);
      expect(staleness).toBeLessThan(600_000);
      const record = (await hub.records()).find(({ correlationId }) => correlationId === answer.json.extensions.correlationId);
      expect(record).toMatchObject({ outcome: "PARTIAL", sources: [{ source: "hebei", status: "OK" }, { source: "tianjin", status: "STALE", rows: stationsOfEach }] });
    });
    // Not a word of it once the source is back.
    expect(tianjinOf(await hub.query(document))).toMatchObject({ status: "OK", staleness: null });
  });

  test("gives nothing to another agency, for another purpose, with another value, or older than it allows", async () => {
    const ask = "query($code: String!) { stations(where: { code: { startsWith: $code } }, first: 100) { nodes { code name } } }";
    const query = (code: string, as?: string) => hub.query(ask.replace("$code: String!", `$code: String! = "${code}"`), undefined, as);
    expect((await query("2")).json.extensions.complete).toBe(true);
    const [owner, research] = [await hub.tokenOf("owner", "enforcement"), await hub.tokenOf("partner", "research")];
    await whileDown(async () => {
      expect(tianjinOf(await query("2"))).toMatchObject({ status: "STALE" });
      for (const other of [await query("20"), await query("2", owner), await query("2", research)]) {
        const found = tianjinOf(other);
        if (found !== undefined) expect(found).not.toMatchObject({ status: "STALE" });
        expect(other.text).not.toContain("津站");
      }
      hub.passTime(600_001);
      const late = await query("2");
      expect(tianjinOf(late)).toMatchObject({ status: "UNAVAILABLE", rows: 0 });
      expect(late.text).not.toContain("津站");
    });
  });

  test("gives nothing from before a change of rules", async () => {
    expect(seenIn(await hub.query(stations)).complete).toBe(true);
    await whileDown(async () => {
      await hub.setPolicy(policyOf("120000", "\n    where: { Station: { code: { startsWith: \"2\" } } }"));
      const answer = await hub.query(stations);
      expect(seenIn(answer)).toMatchObject({ tianjin: 0, status: "UNAVAILABLE" });
      await hub.setPolicy(policyOf("120000"));
      // The same rules again are another epoch.
      expect(seenIn(await hub.query(stations))).toMatchObject({ tianjin: 0, status: "UNAVAILABLE" });
    });
  });

  test("stands in wholly or not at all: one question that it has no answer to leaves the others without", async () => {
    const one = "a: stations(first: 50) { nodes { code } }";
    expect((await hub.query(`{ ${one} }`)).json.extensions.complete).toBe(true);
    await whileDown(async () => {
      const answer = await hub.query(`{ ${one} b: stations(first: 51) { nodes { code } } }`);
      expect(answer.json.data.a.nodes.map(({ code }: { code: string }) => code).filter((code: string) => code.startsWith("2"))).toEqual([]);
      expect(tianjinOf(answer)).toMatchObject({ status: "UNAVAILABLE", rows: 0 });
      const alone = await hub.query(`{ ${one} }`);
      expect(tianjinOf(alone)).toMatchObject({ status: "STALE", rows: 10 });
    });
  });

  test("does not stand in for a source that answers garbage", async () => {
    expect(seenIn(await hub.query(stations)).complete).toBe(true);
    await hub.region.run("ALTER TABLE station RENAME COLUMN name TO title");
    const answer = await hub.query(stations);
    await hub.region.run("ALTER TABLE station RENAME COLUMN title TO name");
    expect(seenIn(answer)).toMatchObject({ tianjin: 0, status: "BAD_ANSWER" });
    await hub.registry.checkDrift();
    await assertHeals(hub);
  });

  test("a source that falls silent is stood in for within its deadline, and at once when it is left alone", async () => {
    expect(seenIn(await hub.query(stations)).complete).toBe(true);
    await hub.proxy.set({ kind: "blackHole" });
    const times: number[] = [];
    for (let asked = 0; asked < 8; asked += 1) {
      const answer = await hub.query(stations);
      times.push(answer.ms);
      expect(seenIn(answer)).toMatchObject({ tianjin: stationsOfEach, status: "STALE" });
    }
    await hub.proxy.set({ kind: "none" });
    console.log(`stood in for after ${times.map(Math.round).join(", ")} ms`);
    expect(Math.min(...times)).toBeLessThan(800);
    await assertHeals(hub);
  });
});
