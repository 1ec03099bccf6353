import fc from "fast-check";
import { expect, test } from "vitest";
import { HubError } from "../../schema/errorCodes.ts";
import { makeBudgets, refusalUnits } from "../../src/gateway/budgets.ts";
import type { Budget } from "../../src/identity/network.ts";
import { agency } from "../identity/fixtures.ts";

const asker = agency("asker", []);

interface Step {
  readonly waitMs: number;
  readonly units: number;
}
const steps = fc.array(fc.record({ waitMs: fc.oneof(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 90_000 })), units: fc.integer({ min: 0, max: 12_000 }) }), { minLength: 1, maxLength: 60 });
const budgets: fc.Arbitrary<Budget> = fc.record({ operation: fc.integer({ min: 1000, max: 9000 }), perMinute: fc.integer({ min: 1000, max: 30_000 }), perDay: fc.integer({ min: 1000, max: 300_000 }) });

/** What a request is told, or null where it is served. */
const refusalOf = (act: () => void): HubError | null => {
  try {
    act();
    return null;
  } catch (error) {
    if (error instanceof HubError) return error;
    throw error;
  }
};

/** Runs requests by the clock; what each paid and when. Requests that are let in and cannot pay have paid for a refusal. */
const trace = (budget: Budget, requests: readonly Step[]) => {
  const time = { ms: 0 };
  const own = makeBudgets({ budgets: { others: budget, agencies: new Map() } }, () => time.ms);
  const paid: { readonly atMs: number; readonly units: number }[] = [];
  for (const { waitMs, units } of requests) {
    time.ms += waitMs;
    const admitted = { pay: (_units: number): void => undefined };
    if (refusalOf(() => Object.assign(admitted, own.admit(asker, null))) !== null) continue;
    const refused = refusalOf(() => admitted.pay(units));
    paid.push({ atMs: time.ms, units: refused === null ? units : refusalUnits });
  }
  return { paid, own, time };
};

test("in no span does an agency get more than a full bucket and what is filled meanwhile", () => {
  fc.assert(
    fc.property(budgets, steps, (budget, requests) => {
      const { paid } = trace(budget, requests);
      for (let from = 0; from < paid.length; from += 1) {
        let units = 0;
        for (let to = from; to < paid.length; to += 1) {
          units += paid[to]?.units ?? 0;
          const spanMs = (paid[to]?.atMs ?? 0) - (paid[from]?.atMs ?? 0);
          // A request is let in where a refusal can be paid, and is given back what it did not cost.
          expect(units).toBeLessThanOrEqual(budget.perMinute * (1 + spanMs / 60_000) + 1e-6);
          expect(units).toBeLessThanOrEqual(budget.perDay * (1 + spanMs / 86_400_000) + 1e-6);
        }
      }
    }),
  );
});

test("who waits as long as it was told is let in, and a second earlier is not", () => {
  fc.assert(
    fc.property(budgets, steps, (budget, requests) => {
      const { own, time } = trace(budget, requests);
      let refused: HubError | null = null;
      while (refused === null) refused = refusalOf(() => own.admit(asker, null));
      expect(refused.code).toBe("BUDGET_SPENT");
      const seconds = Number(refused.parameters["seconds"]);
      time.ms += (seconds - 1) * 1000 - 1;
      if (seconds > 1) expect(refusalOf(() => own.admit(asker, null))).not.toBeNull();
      time.ms += 1001;
      expect(refusalOf(() => own.admit(asker, null))).toBeNull();
    }),
  );
});

test("an operation that fits every bucket is served by a hub that nobody asked for a day", () => {
  fc.assert(
    fc.property(budgets, steps, fc.nat(), (budget, requests, some) => {
      const most = Math.min(budget.operation, budget.perMinute, budget.perDay);
      const units = some % (most + 2);
      const { own, time } = trace(budget, requests);
      time.ms += 86_400_000;
      const refused = refusalOf(() => own.admit(asker, null).pay(units));
      expect(refused?.code ?? "served").toBe(units > most ? "OPERATION_TOO_COSTLY" : "served");
    }),
  );
});
