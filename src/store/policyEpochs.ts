/** Which policy was in force when: numbers that only grow, also over restarts. */
import { sql } from "./drizzle.ts";
import type { Store } from "./openStore.ts";
import { policyEpochs } from "./tables.ts";

export interface PolicyEpoch {
  readonly epoch: number;
  /** ISO instant. */
  readonly activatedAt: string;
  /** File → SHA-256: equal files at the next start are the same epoch. */
  readonly files: Readonly<Record<string, string>>;
  /** The epoch's record in the journal. */
  readonly receipt: string;
}

export const lastEpoch = (store: Store): PolicyEpoch | null => {
  const row = store.db.select().from(policyEpochs).orderBy(sql`${policyEpochs.epoch} DESC`).limit(1).get();
  return row === undefined ? null : { ...row, files: JSON.parse(row.files) as Record<string, string> };
};

/** Throws where the epoch is there already: two processes may not call two policies by one number. */
export const saveEpoch = (store: Store, epoch: PolicyEpoch): void => {
  store.db.insert(policyEpochs).values({ ...epoch, files: JSON.stringify(epoch.files) }).run();
};
