import { rmSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { indexJournal, rebuildIndex } from "../../src/audit/indexJournal.ts";
import { type OpenJournal, openJournal } from "../../src/audit/openJournal.ts";
import { eq } from "../../src/store/drizzle.ts";
import { openStore, type Store } from "../../src/store/openStore.ts";
import { disclosureCoordinates, disclosureSources, disclosures } from "../../src/store/tables.ts";
import { always, disclosure, newDataDir } from "./fixtures.ts";

let dataDir = "";
let store: Store;
let journal: OpenJournal;
beforeEach(async () => {
  dataDir = newDataDir();
  store = openStore(dataDir);
  journal = await openJournal(dataDir, { segmentBytes: 20_000 });
});
afterEach(async () => {
  await journal.close();
  store.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const append = (count: number, run: string): Promise<unknown> =>
  Promise.all(Array.from({ length: count }, (_, index) => journal.append(disclosure(`${run}-${index}`, { coordinates: index % 2 === 0 ? ["Station.name"] : ["Outlet.code", "Outlet.code"] }), always)));
const all = (): unknown => [disclosures, disclosureCoordinates, disclosureSources].map((table) => store.db.select().from(table).all());

describe("the index of the journal", () => {
  test("finds who read a field, goes on where it stopped, and leaves epochs out", async () => {
    await append(250, "a");
    await journal.activate(2, { "policy.yaml": "ab" });
    expect(await indexJournal(store, dataDir)).toBe(251);
    await append(30, "b");
    expect(await indexJournal(store, dataDir)).toBe(30);
    expect(await indexJournal(store, dataDir)).toBe(0);
    expect(store.db.select().from(disclosures).all()).toHaveLength(280);
    expect(store.db.select().from(disclosureCoordinates).where(eq(disclosureCoordinates.coordinate, "Outlet.code")).all()).toHaveLength(140);
    expect(store.db.select().from(disclosures).where(eq(disclosures.correlationId, "b-29")).get()).toMatchObject({ agency: "beijing-bureau", rules: '["bj-open"]', receipt: expect.stringContaining(`${journal.chain}:281:`) });
  });

  test("is the same when it is forgotten and built from the files again", async () => {
    await append(150, "a");
    await indexJournal(store, dataDir);
    const before = all();
    expect(await rebuildIndex(store, dataDir)).toBe(150);
    expect(all()).toEqual(before);
  });

  test("stops when asked and loses nothing", async () => {
    await append(150, "a");
    const stop = new AbortController();
    stop.abort();
    expect(await indexJournal(store, dataDir, stop.signal)).toBe(0);
    expect(await indexJournal(store, dataDir)).toBe(150);
  });
});
