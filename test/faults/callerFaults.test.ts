/** F12 and F22: a caller who goes away, and a rule that is withdrawn, while a question waits for its source. */
import { describe, expect, test } from "vitest";
import { hasMariadb } from "../fixtures/mariadbServer.ts";
import { hasPostgres } from "../fixtures/postgresServer.ts";
import { policyOf, type ServerKind, stationsOfEach } from "./faultHub.ts";
import { assertHeals, assertHonest, assertRecorded, seenIn, stations } from "./invariants.ts";
import { lagOf } from "./lag.ts";
import { between, oneOf, type Seeded, seedsEach, titleOf, underSeeds, wait } from "./seeds.ts";
import { withHubs } from "./withHubs.ts";

/** What a busy machine takes to tell the server over a connection of its own. */
const slackMs = 400;
const abortMs = 100;

const servers: readonly { readonly server: ServerKind; readonly isThere: boolean }[] = [
  { server: "postgres", isThere: await hasPostgres() },
  { server: "mariadb", isThere: await hasMariadb() },
];

/** As many statements as a source has connections by default; further ones wait for their turn in the hub. */
const atOnceMax = 4;

/** Questions that wait for the locked table, each in other statements, so many at once. */
const questions = [
  { text: stations, statements: 1 },
  { text: "{ stations(first: 100) { totalCount nodes { code name } } }", statements: 2 },
  { text: "{ stationsAggregate { groups { count } } }", statements: 1 },
  { text: '{ stations(where: { name: { contains: "站" } }, first: 3) { nodes { code } } }', statements: 1 },
];

for (const { server, isThere } of servers) {
  describe.skipIf(!isThere)(`callers who leave, over a ${server}`, { timeout: 120_000 }, () => {
    // No deadline ends what the caller's leaving should have ended.
    const { hubs, watched } = withHubs(3, { server, deadlineMs: 30_000, operationMs: 60_000 });

    const row: Seeded = { id: "F12", what: "callers who go away stop their statements and nobody else's, and their records say ABORTED", seeds: seedsEach };
    test(titleOf(row), async () => {
      const stopped: number[] = [];
      await underSeeds(row, hubs, async (hub, seed, random) => {
        const leavers = Array.from({ length: between(1, 2, random) }, (_, index) => ({ id: `f12-${seed}-${index}`, question: oneOf(questions, random), leave: new AbortController() }));
        const stayers = between(0, 1, random);
        const isEarly = random() < 0.4;
        const untilRunning = async (count: number): Promise<void> => {
          const from = performance.now();
          let running = await hub.region.running();
          for (; running !== count && performance.now() - from < 5_000; running = await hub.region.running()) await wait(5);
          expect(running, "statements on the server").toBe(count);
        };
        // A statement that waits for a lock runs until it is told to stop.
        await hub.region.lock();
        const staying = Array.from({ length: stayers }, () => hub.query(stations));
        try {
          await untilRunning(stayers);
          const leaving = leavers.map(({ id, question, leave }) => hub.query(question.text, leave.signal, undefined, id).then(() => "answered", () => "left"));
          // Early: wherever the question is by then, perhaps not with the source yet.
          if (!isEarly) await untilRunning(Math.min(atOnceMax, stayers + leavers.reduce((sum, { question }) => sum + question.statements, 0)));
          await wait(random() * 40);
          const { value: ms, lagMs } = await lagOf(async () => {
            const from = performance.now();
            for (const { leave } of leavers) leave.abort();
            await untilRunning(stayers);
            return performance.now() - from;
          });
          if (!isEarly) {
            expect(ms).toBeLessThan(abortMs + slackMs + lagMs);
            stopped.push(ms);
          }
          expect(await Promise.all(leaving)).toEqual(leavers.map(() => "left"));
        } finally {
          await hub.region.unlock();
        }
        for (const answer of await Promise.all(staying)) assertHonest(answer, ["OK"]);
        // Whoever left before the hub had read the question was owed no record.
        const ids = new Set(leavers.map(({ id }) => id));
        const left = async () => (await hub.records()).filter(({ correlationId }) => ids.has(correlationId));
        const from = performance.now();
        while (!isEarly && (await left()).length < leavers.length && performance.now() - from < 5_000) await wait(20);
        const outcomes = (await left()).map(({ outcome }) => outcome);
        expect(outcomes).toEqual(outcomes.map(() => "ABORTED"));
        if (!isEarly) expect(outcomes).toHaveLength(leavers.length);
        await assertHeals(hub);
        await untilRunning(0);
      });
      watched.assertQuiet();
      stopped.sort((a, b) => a - b);
      console.log(`F12 on ${server}: no statement was left ${Math.round(stopped[stopped.length >> 1] ?? 0)} ms (half) and ${Math.round(stopped.at(-1) ?? 0)} ms (all) after the caller had gone`);
    });
  });
}

describe.skipIf(!servers[0]?.isThere)("rules that change", { timeout: 120_000 }, () => {
  const { hubs, watched } = withHubs(4);

  const row: Seeded = { id: "F22", what: "a rule that is withdrawn while a query waits for its source: the answer is one under one of the two sets of rules, and names its epoch", seeds: seedsEach };
  test(titleOf(row), async () => {
    const epochs = { before: 0, after: 0 };
    await underSeeds(row, hubs, async (hub, seed, random) => {
      await hub.proxy.set({ kind: "delay", ms: 20 + random() * 100, jitterMs: 10 }, seed);
      const asked = Array.from({ length: between(1, 3, random) }, () => hub.query(stations));
      await wait(random() * 90);
      await hub.setPolicy(policyOf("120000", `\n    where: { Station: { code: { startsWith: "200" } } }`));
      const answers = await Promise.all(asked);
      await hub.proxy.set({ kind: "none" });
      for (const answer of answers) {
        const { epoch } = answer.json.extensions.access;
        const seen = seenIn(answer);
        const isAfter = epoch % 2 === 0;
        epochs[isAfter ? "after" : "before"] += 1;
        // Acknowledged answers from before the change may have left before it; nothing may mix the two.
        const rows = isAfter ? 9 : stationsOfEach;
        expect([0, rows], `epoch ${epoch}: ${JSON.stringify(seen)}`).toContain(seen.tianjin);
        if (seen.status === "OK") expect(seen.tianjin).toBe(rows);
      }
      const after = await hub.query(stations);
      for (const answer of answers) expect(after.json.extensions.access.epoch).toBeGreaterThanOrEqual(answer.json.extensions.access.epoch);
      expect([0, 9]).toContain(seenIn(after).tianjin);
      await hub.setPolicy(policyOf("120000"));
      await assertHeals(hub);
      await assertRecorded(hub, [...answers, after]);
    });
    watched.assertQuiet();
    console.log(`F22: ${epochs.after} answers under the new rules, ${epochs.before} that had left before`);
  });
});
