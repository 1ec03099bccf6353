/** Refusals in the journal: each is covered by a record that was there before it was sent, and a flood of them does not fill the disk. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type OpenJournal, openJournal } from "../../src/audit/openJournal.ts";
import { chainsOf, readRecords } from "../../src/audit/readRecords.ts";
import type { JournalRecord } from "../../src/audit/recordCodec.ts";
import { verify } from "../../src/audit/verify.ts";
import { type LedgerOptions, makeRefusalLedger, type RefusalLedger } from "../../src/gateway/refusalLedger.ts";
import { disclosure, watchFiles, type WatchedFiles } from "../audit/fixtures.ts";

let dataDir: string;
let files: WatchedFiles;
let journal: OpenJournal;
let nowMs = 0;
const opened: RefusalLedger[] = [];
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "ledger-"));
  files = watchFiles();
  journal = await openJournal(dataDir, { files: files.files, retryMs: 0 });
  nowMs = 0;
});
afterEach(async () => {
  for (const ledger of opened.splice(0)) await ledger.close();
  await journal.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const open = (options: LedgerOptions = {}): RefusalLedger => {
  const ledger = makeRefusalLedger({ journal, clock: () => nowMs, log: () => undefined }, options);
  opened.push(ledger);
  return ledger;
};
const refusal = (id: number | string, rest: Parameters<typeof disclosure>[1] = {}) => disclosure(String(id), { outcome: "REFUSED", code: "GRAPHQL_PARSE_FAILED", coordinates: [], rules: [], sources: [], ...rest });

const stored = async (): Promise<readonly JournalRecord[]> => {
  const found: JournalRecord[] = [];
  for (const chain of await chainsOf(dataDir)) for await (const segment of readRecords(dataDir, chain)) found.push(...segment.map(({ record }) => record));
  return found;
};
/** Correlation ids of records of their own, and sums as `STAGE count`. */
const brief = async (): Promise<readonly string[]> =>
  (await stored()).map((record) => (record.kind === "disclosure" ? record.disclosure.correlationId : record.kind === "refusals" ? `${record.refusals.stage} ${record.refusals.count}` : record.kind));

describe("refusals", () => {
  test("of a kind are recorded one by one at first, then in advance, then counted", async () => {
    const ledger = open({ singles: 3 });
    for (let id = 1; id <= 150; id += 1) await ledger.record(refusal(id, { at: `2026-06-30T08:00:00.${String(id).padStart(3, "0")}Z` }));
    expect(await brief()).toEqual(["1", "2", "3", "AHEAD 100", "AHEAD 1000"]);
    await ledger.close();
    expect((await stored()).at(-1)).toEqual({
      kind: "refusals",
      refusals: {
        stage: "COUNTED",
        since: "2026-06-30T08:00:00.004Z",
        until: "2026-06-30T08:00:00.150Z",
        count: 147,
        code: "GRAPHQL_PARSE_FAILED",
        agency: "beijing-bureau",
        mintedBy: "cli",
        purpose: "joint-enforcement",
        door: "query",
        epoch: 1,
        first: "4",
        last: "150",
      },
    });
    expect((await verify(dataDir)).isSound).toBe(true);
  });

  test("by the hundred thousand in a minute fill a handful of records", async () => {
    const ledger = open();
    for (let id = 0; id < 100; id += 1) await Promise.all(Array.from({ length: 1000 }, () => ledger.record(refusal(id))));
    await ledger.close();
    expect((await brief()).slice(20)).toEqual(["AHEAD 100", "AHEAD 1000", "AHEAD 10000", "AHEAD 100000", `COUNTED ${100_000 - 20}`]);
  });

  test("are covered by what is durable at any moment: nothing resolves before", async () => {
    const ledger = open({ singles: 1 });
    let resolved = 0;
    let release = (): void => {};
    files.hold = new Promise((resolve) => {
      release = resolve;
    });
    const all = Array.from({ length: 30 }, (_, id) => ledger.record(refusal(id)).then(() => (resolved += 1)));
    await sleep(50);
    expect(resolved).toBe(0);
    files.hold = null;
    release();
    await Promise.all(all);
    expect(await brief()).toEqual(["0", "AHEAD 100"]);
  });

  test("of other kinds do not wait for each other's minute", async () => {
    const ledger = open({ singles: 1 });
    const others = [{ agency: "hebei-bureau" }, { purpose: "emergency" }, { code: "BAD_REQUEST" }, { door: "explain" }, { mintedBy: "sandbox" }, { agency: null }];
    for (const [index, other] of [{}, ...others].entries()) for (let time = 0; time < 2; time += 1) await ledger.record(refusal(`${index}-${time}`, other));
    expect((await brief()).filter((text) => text.endsWith("-0"))).toHaveLength(7);
    await ledger.close();
    expect((await brief()).filter((text) => text === "COUNTED 1")).toHaveLength(7);
  });

  test("have records of their own again in the next minute, and the count of the last one is written by itself", async () => {
    const ledger = open({ singles: 2, windowMs: 20 });
    for (let id = 0; id < 5; id += 1) await ledger.record(refusal(id));
    expect(await brief()).toEqual(["0", "1", "AHEAD 100"]);
    nowMs = 20;
    await vi.waitFor(async () => expect(await brief()).toEqual(["0", "1", "AHEAD 100", "COUNTED 3"]));
    for (let id = 5; id < 8; id += 1) await ledger.record(refusal(id));
    expect((await brief()).slice(4)).toEqual(["5", "6", "AHEAD 100"]);
  });

  test("that cannot be recorded reject, and are not lost once the disk is there again", async () => {
    const ledger = open({ singles: 1, windowMs: 20 });
    for (let id = 0; id < 4; id += 1) await ledger.record(refusal(id));
    files.failing = { operation: "sync", code: "EIO" };
    await expect(journal.append(refusal("probe"), () => true)).rejects.toMatchObject({ code: "AUDIT_UNAVAILABLE" });
    nowMs = 20;
    await sleep(60);
    // Neither a record of its own nor one that was written ahead is enough while the journal takes nothing.
    await expect(ledger.record(refusal("single", { agency: "other" }))).rejects.toMatchObject({ code: "AUDIT_UNAVAILABLE" });
    await expect(ledger.record(refusal("counted"))).rejects.toMatchObject({ code: "AUDIT_UNAVAILABLE" });
    files.failing = null;
    nowMs = 100;
    await vi.waitFor(async () => expect(await brief()).toContain("COUNTED 3"), { timeout: 10_000 });
  });

  test("that come while an old sum cannot be written take nothing of it away", async () => {
    const ledger = open({ singles: 1 });
    for (let id = 0; id < 4; id += 1) await ledger.record(refusal(id));
    nowMs = 60_000;
    // Once the sum is under way its kind begins a new minute.
    let release = (): void => {};
    files.hold = new Promise((resolve) => {
      release = resolve;
    });
    files.failing = { operation: "sync", code: "EIO" };
    const closing = ledger.close();
    const late = ledger.record(refusal("late")).catch((error: unknown) => error);
    files.hold = null;
    release();
    await closing;
    expect(await late).toMatchObject({ code: "AUDIT_UNAVAILABLE" });
    files.failing = null;
    await ledger.close();
    expect(await brief()).toContain("COUNTED 3");
  });
});
