/**
 * The journal's index in the store, for questions such as "who read which of my fields, for what".
 *
 * Derived and rebuildable: the files are the truth, the tables only find things in them.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import { eq } from "../store/drizzle.ts";
import type { Store } from "../store/openStore.ts";
import { disclosureCoordinates, disclosureSources, disclosures, journalPositions } from "../store/tables.ts";
import { chainsOf, readRecords, type StoredRecord } from "./readRecords.ts";

/** Commits are synchronous on the hub's own thread: this many records hold it for about five milliseconds. */
const recordsPerCommit = 100;

/** Brings the index up to the end of the files and answers how many records it took in. Safe to stop and to repeat at any point. */
export const indexJournal = async (store: Store, dataDir: string, signal?: AbortSignal): Promise<number> => {
  let taken = 0;
  for (const chain of await chainsOf(dataDir)) {
    const position = store.db.select().from(journalPositions).where(eq(journalPositions.chain, chain)).get();
    const after = position?.seq ?? 0;
    for await (const segment of readRecords(dataDir, chain, position?.segment ?? 1)) {
      const fresh = segment.filter((record) => record.seq > after);
      for (let at = 0; at < fresh.length; at += recordsPerCommit) {
        if (signal?.aborted === true) return taken;
        const part = fresh.slice(at, at + recordsPerCommit);
        insert(store, chain, part);
        taken += part.length;
        await nextTurn();
      }
    }
  }
  return taken;
};

/** Forgets the index and reads the files again from the first record on. */
export const rebuildIndex = async (store: Store, dataDir: string, signal?: AbortSignal): Promise<number> => {
  store.db.transaction((tx) => {
    for (const table of [disclosures, disclosureCoordinates, disclosureSources, journalPositions]) tx.delete(table).run();
  });
  return indexJournal(store, dataDir, signal);
};

const insert = (store: Store, chain: string, records: readonly StoredRecord[]): void => {
  const last = records.at(-1);
  if (last === undefined) return;
  store.db.transaction((tx) => {
    for (const { seq, receipt, record } of records) {
      if (record.kind !== "disclosure") continue;
      const { coordinates, rules, sources, ...plain } = record.disclosure;
      // Two processes may index at once: the second finds the rows there.
      tx.insert(disclosures)
        .values({ ...plain, chain, seq, receipt, rules: JSON.stringify(rules) })
        .onConflictDoNothing()
        .run();
      if (coordinates.length > 0) tx.insert(disclosureCoordinates).values([...new Set(coordinates)].map((coordinate) => ({ chain, seq, coordinate }))).onConflictDoNothing().run();
      if (sources.length > 0) tx.insert(disclosureSources).values(sources.map((source) => ({ chain, seq, ...source }))).onConflictDoNothing().run();
    }
    const position = { segment: last.segment, seq: last.seq };
    tx.insert(journalPositions).values({ chain, ...position }).onConflictDoUpdate({ target: journalPositions.chain, set: position }).run();
  });
};
