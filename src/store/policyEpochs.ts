/** Which policy was in force when: numbers that only grow, also over restarts. */
import { eq, sql } from "./drizzle.ts";
import type { Store } from "./openStore.ts";
import { policyEpochs } from "./tables.ts";

export interface PolicyEpoch {
  readonly epoch: number;
  /** ISO instant. */
  readonly activatedAt: string;
  /** File → SHA-256: equal files at the next start are the same epoch. */
  readonly files: Readonly<Record<string, string>>;
  /** The epoch's record in the journal; empty while it is being written, and for good where the hub ended meanwhile. */
  readonly receipt: string;
}

export const lastEpoch = (store: Store): PolicyEpoch | null => {
  const row = store.db.select().from(policyEpochs).orderBy(sql`${policyEpochs.epoch} DESC`).limit(1).get();
  return row === undefined ? null : { ...row, files: JSON.parse(row.files) as Record<string, string> };
};

/**
 * Takes the number before the journal names it, so that a hub that ends in between never gives it to other files. Throws where the
 * number is taken: two processes may not call two policies by one number.
 */
export const reserveEpoch = (store: Store, epoch: Omit<PolicyEpoch, "receipt">): void => {
  store.db.insert(policyEpochs).values({ ...epoch, files: JSON.stringify(epoch.files), receipt: "" }).run();
};

/** The journal holds the epoch's record. */
export const confirmEpoch = (store: Store, epoch: number, receipt: string): void => {
  store.db.update(policyEpochs).set({ receipt }).where(eq(policyEpochs.epoch, epoch)).run();
};
