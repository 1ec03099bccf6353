/** Appends without end, eight callers at once, and prints each receipt once it is acknowledged. Killed by crash.test.ts. */
import { writeSync } from "node:fs";
import { openJournal } from "../../src/audit/openJournal.ts";
import { always, disclosure } from "./fixtures.ts";

const [dataDir = "", run = ""] = process.argv.slice(2);
const journal = await openJournal(dataDir, { segmentBytes: 50_000 });
const caller = async (name: number): Promise<void> => {
  for (let index = 0; ; index += 1) {
    const id = `${run}-${name}-${index}`;
    const receipt = await journal.append(disclosure(id), always);
    // Synchronous: what the parent reads was acknowledged before the kill.
    writeSync(1, `${id} ${receipt.id}\n`);
  }
};
await Promise.all(Array.from({ length: 8 }, (_, name) => caller(name)));
