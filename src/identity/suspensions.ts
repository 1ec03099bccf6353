/**
 * Who is suspended, in memory: a token stays valid until it expires, so this is asked on every request (P32).
 *
 * The command line suspends from a process of its own; the store's version tells this one. It is asked once per turn of the event
 * loop, since asking costs as much as reading a row: requests that one turn reads were all sent before any of them is answered.
 */
import { eq } from "../store/drizzle.ts";
import type { Store } from "../store/openStore.ts";
import { suspensions } from "../store/tables.ts";

export interface Suspensions {
  /** `subject`: an agency's id, or `steward:NAME`. */
  isSuspended(subject: string): boolean;
  suspend(subject: string, by: string, at: string): void;
  restore(subject: string): void;
}

export const openSuspensions = (store: Store): Suspensions => {
  let version = -1;
  let subjects: ReadonlySet<string> = new Set();
  const read = (): void => {
    subjects = new Set(store.db.select({ subject: suspensions.subject }).from(suspensions).all().map(({ subject }) => subject));
  };
  let isFresh = false;
  const refresh = (): void => {
    isFresh = true;
    setImmediate(() => {
      isFresh = false;
    });
    const current = store.dataVersion();
    if (current !== version) {
      read();
      version = current;
    }
  };
  return {
    isSuspended: (subject) => {
      if (!isFresh) refresh();
      return subjects.has(subject);
    },
    suspend: (subject, by, at) => {
      store.db.insert(suspensions).values({ subject, since: at, by }).onConflictDoNothing().run();
      read();
    },
    restore: (subject) => {
      store.db.delete(suspensions).where(eq(suspensions.subject, subject)).run();
      read();
    },
  };
};
