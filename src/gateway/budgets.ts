/**
 * What agencies have left to spend: token buckets per agency and purpose, filled evenly over a minute and over a day.
 *
 * Every request pays when it is let in, before anything is read of it, so that refusals cost too; an operation pays its estimate before
 * a source is asked. Both depend on the caller's own requests alone. Buckets are in memory, per process, and full at a start.
 */
import { HubError } from "../../schema/errorCodes.ts";
import type { Purpose } from "../../schema/ids.ts";
import { type Agency, type Budget, budgetOf, type Network } from "../identity/network.ts";

/** Units that a refused request has cost: as much as a page of 100 rows with ten fields, which takes the hub about as long. */
export const refusalUnits = 1000;

export interface Account {
  /** An operation pays its estimate instead of what a refusal costs. Throws OPERATION_TOO_COSTLY or BUDGET_SPENT. */
  pay(units: number): void;
}

export interface Budgets {
  /** Lets a request in. Throws BUDGET_SPENT. */
  admit(agency: Agency, purpose: Purpose | null): Account;
  /** What is left now of every budget that was used since the start. */
  left(): readonly BudgetLeft[];
}

export interface BudgetLeft {
  readonly agency: string;
  readonly purpose: string;
  readonly window: "minute" | "day";
  readonly left: number;
  readonly capacity: number;
}

interface Bucket {
  readonly capacity: number;
  readonly spanMs: number;
  units: number;
  /** Of the monotonic clock. */
  atMs: number;
}

/** `clock`: monotonic milliseconds. */
export const makeBudgets = (network: Pick<Network, "budgets">, clock: () => number): Budgets => {
  // Bounded by the network's agencies and their purposes.
  const buckets = new Map<string, readonly Bucket[]>();

  const bucketsOf = (agency: Agency, purpose: Purpose | null, budget: Budget): readonly Bucket[] => {
    const key = `${agency.id}\u0001${purpose ?? ""}`;
    let found = buckets.get(key);
    if (found === undefined) {
      found = [bucketOf(budget.perMinute, 60_000, clock()), bucketOf(budget.perDay, 86_400_000, clock())];
      buckets.set(key, found);
    }
    return found;
  };

  return {
    left: () =>
      [...buckets].flatMap(([key, own]) => {
        const [agency = "", purpose = ""] = key.split("\u0001");
        return own.map((bucket) => ({ agency, purpose, window: bucket.spanMs === 60_000 ? ("minute" as const) : ("day" as const), left: Math.floor(unitsAt(bucket, clock())), capacity: bucket.capacity }));
      }),
    admit(agency, purpose) {
      const budget = budgetOf(network, agency.id, purpose);
      const own = bucketsOf(agency, purpose, budget);
      take(own, refusalUnits, clock());
      const limit = Math.min(budget.operation, budget.perMinute, budget.perDay);
      return {
        pay(units) {
          if (units > limit) throw new HubError("OPERATION_TOO_COSTLY", { units, limit });
          take(own, units - refusalUnits, clock());
        },
      };
    },
  };
};

const bucketOf = (capacity: number, spanMs: number, atMs: number): Bucket => ({ capacity, spanMs, units: capacity, atMs });

const unitsAt = ({ capacity, spanMs, units, atMs }: Bucket, nowMs: number): number => Math.min(capacity, units + ((nowMs - atMs) * capacity) / spanMs);

/** From all or from none; fewer than none are given back. Throws BUDGET_SPENT with the seconds until all of them hold enough. */
const take = (buckets: readonly Bucket[], units: number, nowMs: number): void => {
  let waitMs = 0;
  for (const bucket of buckets) {
    bucket.units = unitsAt(bucket, nowMs);
    bucket.atMs = nowMs;
    if (bucket.units < units) waitMs = Math.max(waitMs, ((units - bucket.units) * bucket.spanMs) / bucket.capacity);
  }
  if (waitMs > 0) throw new HubError("BUDGET_SPENT", { seconds: Math.max(1, Math.ceil(waitMs / 1000)) });
  for (const bucket of buckets) bucket.units = Math.min(bucket.capacity, bucket.units - units);
};
