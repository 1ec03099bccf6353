/** F01–F07 in front of one kind of server, as its clients see them: whole answers or none of the region, in time, and over when it is over. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { faultCases, type FaultCase } from "./faultCases.ts";
import { type Answered, type FaultHub, openFaultHub, type ServerKind, sourceDeadlineMs, stationsOfEach } from "./faultHub.ts";
import type { Fault } from "./faultProxy.ts";
import { assertHeals, assertHonest, assertRecorded, seenIn, stations, watchProcess } from "./invariants.ts";
import { lagOf } from "./lag.ts";
import { between, lanesOf, oneOf, type Seeded, seedsEach, titleOf, underSeeds, wait } from "./seeds.ts";

/** What a busy machine and its disk may take on top of a deadline, besides the event loop's own lag. */
const slackMs = 400;
/** At least, of hubs whose source ends by its deadline or not at all; the others leave it the time that a busy machine needs. */
const shortMs = 250;
const operationFactor = 2.5;

interface Lane {
  readonly hub: FaultHub;
  readonly deadlineMs: number;
  readonly operationMs: number;
  readonly answers: Answered[];
}

const openLane = async (server: ServerKind, deadlineMs: number): Promise<Lane> => {
  const operationMs = deadlineMs * operationFactor;
  return { hub: await openFaultHub({ server, deadlineMs, operationMs }), deadlineMs, operationMs, answers: [] };
};

async function warm({ hub }: Lane): Promise<void> {
  await assertHeals(hub);
  // Threads start with the first query that needs one, which on a busy machine takes longer than the deadlines here.
  for (let tries = 0; tries < 20; tries += 1) if ((await hub.query("{ stations { totalCount } }")).json.extensions.complete) break;
}

/** Short, but four times what the machine takes just now for the slowest of some sound answers. */
async function shortDeadlineOf({ hub }: Lane): Promise<number> {
  const times: number[] = [];
  for (let asked = 0; asked < 12; asked += 1) times.push((await hub.query(stations)).ms);
  return Math.round(Math.min(sourceDeadlineMs, Math.max(shortMs, 4 * Math.max(...times))));
}

export function describeConnectionFaults(server: ServerKind, isThere: boolean, own: readonly FaultCase[]): void {
  describe.skipIf(!isThere)(`a region on ${server} behind a bad connection`, { timeout: 120_000 }, () => {
    const patient: Lane[] = [];
    const brisk: Lane[] = [];
    const watched = watchProcess();
    const lanes = (): readonly Lane[] => [...patient, ...brisk];
    beforeAll(async () => {
      const opened = (deadlineMs: number, count: number): Promise<readonly Lane[]> => Promise.all(Array.from({ length: count }, () => openLane(server, deadlineMs)));
      patient.push(...(await opened(sourceDeadlineMs, lanesOf(4))));
      for (const lane of patient) await warm(lane);
      const deadlineMs = await shortDeadlineOf(patient[0] as Lane);
      brisk.push(...(await opened(deadlineMs, lanesOf(8))));
      for (const lane of brisk) await warm(lane);
      console.log(`on ${server}: sources that do not answer have ${deadlineMs} ms`);
    }, 300_000);
    // A fault that one case left behind is not the next one's.
    beforeEach(async () => {
      await Promise.all(
        lanes().map(async ({ hub }) => {
          await hub.proxy.set({ kind: "none" });
          await assertHeals(hub);
        }),
      );
    });
    afterAll(async () => {
      for (const { hub } of lanes()) await hub.close();
      watched.stop();
    });

    /** One question under the fault, from its beginning to its recovery. */
    async function meet({ hub, deadlineMs, answers }: Lane, { fault, status, anew, beforeMsMax, afterMsMax }: FaultCase, seed: number, random: () => number): Promise<void> {
      if (anew === true) await hub.proxy.set({ kind: "cut" });
      const begin = (): Promise<void> => hub.proxy.set(fault(random), seed);
      if (afterMsMax === undefined) await begin();
      if (beforeMsMax !== undefined) await wait(random() * beforeMsMax);
      const { value: answer, lagMs } = await lagOf(async () => {
        const asked = hub.query(stations);
        if (afterMsMax !== undefined) {
          await wait(random() * afterMsMax);
          await begin();
        }
        return await asked;
      });
      await hub.proxy.set({ kind: "none" });
      answers.push(answer);
      expect(answer.ms).toBeLessThan(deadlineMs + slackMs + lagMs);
      assertHonest(answer, status);
      await assertHeals(hub);
    }

    test.each([...faultCases, ...own])("$id: $what ($seeds seeds)", async (row) => {
      await underSeeds(row, row.status.includes("OK") ? patient : brisk, (lane, seed, random) => meet(lane, row, seed, random));
      watched.assertQuiet();
    });

    const silences: readonly Fault[] = [{ kind: "blackHole" }, { kind: "delay", ms: 5_000, jitterMs: 500 }, { kind: "drip", bytesPerSecond: 2 }];

    const whole: Seeded = { id: "F03", what: "the whole operation ends at its deadline, though each of its steps has time left", seeds: seedsEach };
    test(titleOf(whole), async () => {
      await underSeeds(whole, brisk, async ({ hub, operationMs, answers }, seed, random) => {
        // An aggregate's own deadline is ten times a page's: without the operation's it would have these.
        const roots = ["stationsAggregate { groups { count } }", "stations(first: 100) { nodes { code name } }", "highest: stationsAggregate { groups { max { elevation } } }"];
        const document = `{ ${random() < 0.5 ? roots.join(" ") : [...roots].reverse().join(" ")} }`;
        await hub.proxy.set(oneOf(silences, random), seed);
        const { value: answer, lagMs } = await lagOf(() => hub.query(document));
        await hub.proxy.set({ kind: "none" });
        answers.push(answer);
        expect(answer.ms).toBeGreaterThan(operationMs - 50);
        expect(answer.ms).toBeLessThan(operationMs + slackMs + lagMs);
        expect(answer.json.data.stationsAggregate.groups).toBeNull();
        expect(answer.json.data.highest.groups).toBeNull();
        expect(seenIn(answer)).toMatchObject({ hebei: stationsOfEach, tianjin: 0, status: "TIMEOUT" });
        await assertHeals(hub);
      });
      watched.assertQuiet();
    });

    const ways: readonly Fault[] = [...silences, { kind: "refuse" }, { kind: "resetAfter", bytes: 0 }];
    const breaker: Seeded = { id: "F04", what: "the breaker opens within ten calls, then answers at once without asking, and closes within five seconds of recovery", seeds: seedsEach };
    test(titleOf(breaker), async () => {
      const healed: number[] = [];
      const quick: number[] = [];
      await underSeeds(breaker, brisk, async ({ hub, deadlineMs, answers }, seed, random) => {
        const fault = oneOf(ways, random);
        const callers = between(1, 3, random);
        // Answers of before count among the last ten calls: a few or none.
        for (let good = between(0, 4, random); good > 0; good -= 1) await hub.query(stations);
        await hub.proxy.set(fault, seed);
        let calls = 0;
        const isOpen = (): boolean => hub.breaker() === "open";
        while (!isOpen()) {
          expect(calls, "calls while the breaker is closed").toBeLessThan(10);
          const asked = await Promise.all(Array.from({ length: Math.min(callers, 10 - calls) }, () => hub.query(stations)));
          answers.push(...asked);
          for (const answer of asked) assertHonest(answer, ["TIMEOUT", "UNAVAILABLE"]);
          calls += asked.length;
        }
        // Statements that were given up are still being cancelled.
        let before = Number.NaN;
        while (before !== hub.proxy.asked() && isOpen()) {
          before = hub.proxy.asked();
          await wait(100);
        }
        const own: number[] = [];
        for (let index = 0; index < 10; index += 1) {
          const { value: answer, lagMs } = await lagOf(() => hub.query(stations));
          if (!isOpen()) break;
          answers.push(answer);
          assertHonest(answer, ["UNAVAILABLE"]);
          own.push(answer.ms - lagMs);
          expect(hub.proxy.asked()).toBe(before);
        }
        own.sort((a, b) => a - b);
        expect(own.length, "answers while the breaker was open").toBeGreaterThan(0);
        // The other source, the record and its disk included.
        expect(own[own.length >> 1], "milliseconds of an answer without the source").toBeLessThan(deadlineMs / 2);
        quick.push(...own);
        await wait(random() * 500);
        await hub.proxy.set({ kind: "none" });
        const { value: healedMs, lagMs } = await lagOf(() => assertHeals(hub));
        expect(healedMs).toBeLessThan(5_000 + lagMs);
        healed.push(healedMs);
      });
      watched.assertQuiet();
      console.log(`F04 on ${server}: ${quick.length} answers without the source; asked again ${Math.round(Math.max(...healed))} ms at most after it had come back`);
    });

    test("what clients have of all that is on record as it was, and the chains are sound", async () => {
      for (const { hub, answers } of lanes()) await assertRecorded(hub, answers);
    });
  });
}
