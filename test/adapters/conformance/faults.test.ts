/**
 * Goal: behind every fault of a connection, an adapter answers wholly or fails by a word of the list, in time, says nothing of what it met,
 * and comes back by itself. A mirror goes on answering from its last whole version.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SourceFailure } from "../../../adapters/contract/adapter.ts";
import { faultCases } from "../../faults/faultCases.ts";
import { watchProcess } from "../../faults/invariants.ts";
import { lagOf } from "../../faults/lag.ts";
import { randomOf } from "../../fixtures/random.ts";
import { collect } from "../fixtures/collect.ts";
import { column, part, query, rowsOf } from "../fixtures/templates.ts";
import { openBehindProxy, type Proxied } from "./behindProxy.ts";
import type { Harness } from "./harness.ts";
import { wired } from "./harnesses.ts";
import { facts, factsTable } from "./tables.ts";

const deadlineMs = 600;
/** With nothing wrong any more: a kind may start a thread for it, which on a busy machine takes longer than the deadline above. */
const healingMs = 10_000;
/** An aborted reader is told at once; a busy machine is not. */
const slackMs = 400;
/** The hub in front of these kinds meets the same faults with all their seeds (test/faults); here the adapter is asked alone. */
const seedsMax = 5;
/** A refresh of a mirror starts a thread, which is most of its time. */
const mirrorSeedsMax = 1;
const mirrorDeadlineMs = 2500;

for (const harness of wired) behindFaults(harness);

function behindFaults(harness: Harness): void {
  // The kinds wait for the same deadlines at the same time; the cases of one come one after the other, over one proxy.
  describe.skipIf(!harness.isThere).concurrent(`a source of kind ${harness.kind} behind a bad connection`, () => {
    let proxied: Proxied | undefined;
    const watched = watchProcess();
    const isMirror = harness.isMirror === true;
    const withinMs = isMirror ? mirrorDeadlineMs : deadlineMs;
    const expected = facts.map(({ id, s }) => [id, s]);
    const rows = query(rowsOf([part(factsTable.name, [column("id"), column("s")])], { order: [{ column: 0, descending: false }] }));

    interface Told {
      readonly status: string;
      readonly rows: readonly (readonly unknown[])[] | null;
      readonly ms: number;
    }

    /** As the hub asks: with a deadline of its own, which is told as TIMEOUT. A mirror first tries to read its source anew. */
    async function ask(deadline: number): Promise<Told> {
      const { open } = proxied as Proxied;
      const from = performance.now();
      const done = (status: string, found: Told["rows"]): Told => ({ status, rows: found, ms: performance.now() - from });
      try {
        const signal = AbortSignal.timeout(deadline);
        const isFresh = (await open.refresh?.(signal)) ?? true;
        const found = await collect(open.adapter, rows, open.refresh === undefined ? signal : undefined);
        return done(isFresh ? "OK" : "STALE", found);
      } catch (cause) {
        if (!(cause instanceof SourceFailure)) throw cause;
        // What the driver met is for the operator's log.
        expect(cause.message).toBe(cause.status);
        return done(cause.status === "ABORTED" ? "TIMEOUT" : cause.status === "OVER_CAP" ? "TOO_LARGE" : cause.status, null);
      }
    }

    async function assertHeals(said: string): Promise<void> {
      const from = performance.now();
      for (let told = await ask(healingMs); told.status !== "OK"; told = await ask(healingMs)) {
        expect(performance.now() - from, `${said}: the source has not come back, ${told.status}`).toBeLessThan(2 * healingMs);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }

    beforeAll(async () => {
      proxied = await openBehindProxy(harness, [factsTable]);
      expect(await ask(60_000)).toMatchObject({ status: "OK", rows: expected });
    });
    afterAll(async () => {
      await proxied?.close();
      watched.stop();
    });

    test.each([...faultCases, ...(harness.lies ?? [])])("$id: $what", { timeout: 240_000, concurrent: false }, async ({ id, what, fault, seeds, status, anew }) => {
      const { proxy } = proxied as Proxied;
      for (let seed = 1; seed <= Math.min(seeds, isMirror ? mirrorSeedsMax : seedsMax); seed += 1) {
        const said = `${id} ${what}, seed ${seed}`;
        if (anew === true) await proxy.set({ kind: "cut" });
        const done = fault(randomOf(seed));
        await proxy.set(done, seed);
        const { value: told, lagMs } = await lagOf(() => ask(withinMs));
        await proxy.set({ kind: "none" });
        // Bytes that were changed on the way are other bytes; only TLS notices.
        const isSound = done.kind !== "corrupt";
        if (isMirror) {
          expect(["OK", "STALE"], said).toContain(told.status);
          if (isSound) expect(told.rows, said).toEqual(expected);
        } else {
          // Whether a connection that has to be made anew is given up before the deadline or by it, is a matter of moments: both are told
          // as they are, and the hub would ask once more.
          expect(status.some((one) => one !== "OK") ? [...status, "UNAVAILABLE", "TIMEOUT"] : [...status, ...(lagMs > 100 ? ["TIMEOUT"] : [])], said).toContain(told.status);
          if (told.status === "OK" && isSound) expect(told.rows, said).toEqual(expected);
        }
        expect(told.ms, said).toBeLessThan(withinMs + slackMs + lagMs);
        await assertHeals(said);
      }
      expect((await ask(healingMs)).rows).toEqual(expected);
      watched.assertQuiet();
    });
  });
}
