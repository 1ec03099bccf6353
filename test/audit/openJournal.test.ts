import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openJournal } from "../../src/audit/openJournal.ts";
import { readRecords } from "../../src/audit/readRecords.ts";
import { verify } from "../../src/audit/verify.ts";
import { always, disclosure, newDataDir, recordOffsets, segmentPath, watchFiles } from "./fixtures.ts";

let dataDir = "";
beforeEach(() => {
  dataDir = newDataDir();
});
afterEach(() => {
  rmSync(dataDir, { recursive: true, force: true });
});

const stored = async (chain: string): Promise<string[]> => {
  const ids: string[] = [];
  for await (const segment of readRecords(dataDir, chain)) for (const { record } of segment) ids.push(record.kind === "disclosure" ? record.disclosure.correlationId : record.kind);
  return ids;
};
/** A promise that a test settles by hand: order is stated, never waited for. */
const gate = (): { readonly opened: Promise<void>; open(): void } => {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
};
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("append", () => {
  test("resolves only after the record was written and synced", async () => {
    const watched = watchFiles();
    const journal = await openJournal(dataDir, { files: watched.files });
    const held = gate();
    watched.hold = held.opened;
    let isAcknowledged = false;
    const receipt = journal.append(disclosure("a"), always).then((value) => {
      isAcknowledged = true;
      return value;
    });
    while (!watched.calls.includes("write")) await turn();
    for (let turns = 0; turns < 20; turns += 1) await turn();
    expect(isAcknowledged).toBe(false);
    held.open();
    expect((await receipt).id).toMatch(new RegExp(`^${journal.chain}:1:[0-9a-f]{16}$`));
    expect(watched.calls).toEqual(["write", "sync"]);
    await journal.close();
  });

  test("puts everything that arrives during a sync into one next write, in order of arrival", async () => {
    const watched = watchFiles();
    const journal = await openJournal(dataDir, { files: watched.files });
    const held = gate();
    watched.hold = held.opened;
    const first = journal.append(disclosure("first"), always);
    while (!watched.calls.includes("write")) await turn();
    const later = Array.from({ length: 50 }, (_, index) => journal.append(disclosure(`later-${index}`), always));
    watched.hold = null;
    held.open();
    const receipts = await Promise.all([first, ...later]);
    expect(watched.calls).toEqual(["write", "sync", "write", "sync"]);
    expect(receipts.map(({ id }) => Number(id.split(":")[1]))).toEqual(Array.from({ length: 51 }, (_, index) => index + 1));
    await journal.close();
    expect(await stored(journal.chain)).toEqual(["first", ...later.map((_, index) => `later-${index}`)]);
  });

  test("keeps every field as it was given, 中文 and nulls too", async () => {
    const given = disclosure("字段", { outcome: "REFUSED", code: "UNAUTHENTICATED", agency: null, mintedBy: null, purpose: null, document: null, coordinates: Object.freeze(["Station.名称"]), sources: [] });
    const journal = await openJournal(dataDir);
    await journal.append(given, always);
    await journal.append(given, always);
    await journal.close();
    for await (const segment of readRecords(dataDir, journal.chain)) expect(segment.map(({ record }) => record)).toEqual(Array(2).fill({ kind: "disclosure", disclosure: given }));
  });

  test("asks isCurrent in the step that writes: what changes while a record waits counts", async () => {
    const watched = watchFiles();
    const journal = await openJournal(dataDir, { files: watched.files });
    const held = gate();
    watched.hold = held.opened;
    let epoch = 1;
    const before = journal.append(disclosure("before"), () => epoch === 1);
    while (!watched.calls.includes("write")) await turn();
    const activated = journal.activate(2, { "regions/hebei/policy.yaml": "cd" }, () => {
      epoch = 2;
    });
    const stale = journal.append(disclosure("stale"), () => epoch === 1);
    const fresh = journal.append(disclosure("fresh"), () => epoch === 2);
    // Waiting alone changes nothing: the epoch moves when its own record is durable.
    expect(epoch).toBe(1);
    watched.hold = null;
    held.open();
    await expect(stale).rejects.toMatchObject({ code: "POLICY_CHANGED" });
    await Promise.all([before, activated, fresh]);
    await journal.close();
    expect(await stored(journal.chain)).toEqual(["before", "epoch", "fresh"]);
  });

  test("writes nothing for a refused record, not even a sync", async () => {
    const watched = watchFiles();
    const journal = await openJournal(dataDir, { files: watched.files });
    await expect(journal.append(disclosure("stale"), () => false)).rejects.toMatchObject({ code: "POLICY_CHANGED" });
    expect(watched.calls).toEqual([]);
    await journal.close();
  });

  test("refuses a record that cannot be encoded and goes on with the others of its batch", async () => {
    const journal = await openJournal(dataDir);
    const outcomes = await Promise.allSettled([journal.append(disclosure("a"), always), journal.append(disclosure("b", { epoch: -1 }), always), journal.append(disclosure("c"), always)]);
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    await journal.close();
    expect(await stored(journal.chain)).toEqual(["a", "c"]);
    expect((await verify(dataDir)).isSound).toBe(true);
  });

  test("begins a new segment past the size, and the chain runs through", async () => {
    const journal = await openJournal(dataDir, { segmentBytes: 1000 });
    for (let index = 0; index < 20; index += 1) await journal.append(disclosure(`r${index}`), always);
    await journal.close();
    const again = await openJournal(dataDir, { segmentBytes: 1000 });
    expect((await again.append(disclosure("r20"), always)).id).toMatch(/:21:/);
    await again.close();
    const report = await verify(dataDir);
    expect(report).toMatchObject({ isSound: true, records: 21 });
    expect(report.chains[0]?.segments).toBeGreaterThan(5);
    expect(await stored(journal.chain)).toEqual(Array.from({ length: 21 }, (_, index) => `r${index}`));
  });
});

describe("a failing disk", () => {
  test.each([
    { name: "ENOSPC on write", operation: "write", code: "ENOSPC" },
    { name: "EIO on sync", operation: "sync", code: "EIO" },
  ] as const)("$name refuses every answer, and the journal heals by itself when the disk does", async ({ operation, code }) => {
    let elapsed = 0;
    const watched = watchFiles();
    const journal = await openJournal(dataDir, { files: watched.files, retryMs: 100, elapsedMs: () => elapsed });
    await journal.append(disclosure("good"), always);
    watched.failing = { operation, code };
    const refused = await Promise.allSettled([journal.append(disclosure("lost-1"), always), journal.append(disclosure("lost-2"), always)]);
    expect(refused).toMatchObject([{ reason: { code: "AUDIT_UNAVAILABLE" } }, { reason: { code: "AUDIT_UNAVAILABLE" } }]);
    expect(journal.healthy()).toBe(false);
    const callsBefore = watched.calls.length;
    await expect(journal.append(disclosure("lost-3"), always)).rejects.toMatchObject({ code: "AUDIT_UNAVAILABLE" });
    expect(watched.calls.length, "a refusal between tries touches no disk").toBe(callsBefore);
    watched.failing = null;
    await expect(journal.append(disclosure("lost-4"), always), "still not due").rejects.toMatchObject({ code: "AUDIT_UNAVAILABLE" });
    elapsed = 100;
    await journal.append(disclosure("healed"), always);
    expect(journal.healthy()).toBe(true);
    await journal.close();
    expect(await stored(journal.chain), "no refused record stays, and the gap is on record").toEqual(["good", "gap", "healed"]);
    expect((await verify(dataDir)).isSound).toBe(true);
  });

  test("heals when it is asked for its health, without an answer to write", async () => {
    let elapsed = 0;
    const watched = watchFiles();
    const journal = await openJournal(dataDir, { files: watched.files, retryMs: 100, elapsedMs: () => elapsed });
    watched.failing = { operation: "sync", code: "EIO" };
    await expect(journal.append(disclosure("lost"), always)).rejects.toMatchObject({ code: "AUDIT_UNAVAILABLE" });
    watched.failing = null;
    expect(journal.healthy()).toBe(false);
    elapsed = 100;
    while (!journal.healthy()) await turn();
    await journal.close();
    expect(await stored(journal.chain)).toEqual(["gap"]);
  });

  test("fails on the very first record and heals", async () => {
    const watched = watchFiles();
    const journal = await openJournal(dataDir, { files: watched.files, retryMs: 0 });
    watched.failing = { operation: "write", code: "ENOSPC" };
    await expect(journal.append(disclosure("lost"), always)).rejects.toMatchObject({ code: "AUDIT_UNAVAILABLE" });
    watched.failing = null;
    await journal.append(disclosure("first"), always);
    await journal.close();
    expect(await stored(journal.chain)).toEqual(["gap", "first"]);
  });

  test("never heals over acknowledged records that are gone", async () => {
    const watched = watchFiles();
    const journal = await openJournal(dataDir, { files: watched.files, retryMs: 0 });
    await journal.append(disclosure("good"), always);
    watched.failing = { operation: "sync", code: "EIO" };
    await expect(journal.append(disclosure("lost"), always)).rejects.toMatchObject({ code: "AUDIT_UNAVAILABLE" });
    watched.failing = null;
    truncateSync(segmentPath(dataDir), 100);
    await expect(journal.append(disclosure("after"), always)).rejects.toMatchObject({ code: "AUDIT_UNAVAILABLE" });
    await journal.close();
  });
});

describe("start", () => {
  const fill = async (count: number): Promise<void> => {
    const journal = await openJournal(dataDir);
    for (let index = 0; index < count; index += 1) await journal.append(disclosure(`r${index}`, { document: null, coordinates: [], rules: [] }), always);
    await journal.close();
  };

  test("a tail torn at any byte is cut, kept beside the segment and put on record", async () => {
    await fill(3);
    const file = segmentPath(dataDir);
    const whole = readFileSync(file);
    const starts = recordOffsets(file);
    const last = starts[2] ?? 0;
    for (let length = 0; length < whole.length; length += 1) {
      writeFileSync(file, whole.subarray(0, length));
      const kept = starts.filter((_, index) => (starts[index + 1] ?? whole.length) <= length).length;
      const isBoundary = starts.includes(length) || length === 0;
      const journal = await openJournal(dataDir);
      await journal.append(disclosure("next"), always);
      await journal.close();
      const expected = ["r0", "r1", "r2"].slice(0, kept).concat(isBoundary ? [] : ["gap"], "next");
      expect(await stored(journal.chain), `torn after ${length} bytes`).toEqual(expected);
      const report = await verify(dataDir);
      expect(report.isSound, `torn after ${length} bytes`).toBe(true);
      if (length === last + 5) expect(readFileSync(`${file}.cut-${last}`)).toEqual(whole.subarray(last, length));
    }
  });

  test("a tail of zeros, as a power cut leaves it, is cut", async () => {
    await fill(2);
    const file = segmentPath(dataDir);
    writeFileSync(file, Buffer.concat([readFileSync(file), Buffer.alloc(300)]));
    const journal = await openJournal(dataDir);
    expect(journal.cut?.bytes).toBe(300);
    await journal.close();
    expect(await stored(journal.chain)).toEqual(["r0", "r1"]);
  });

  test("damage in front of a synced batch is refused, named, and left as it is", async () => {
    await fill(4);
    const file = segmentPath(dataDir);
    const bytes = readFileSync(file);
    const second = recordOffsets(file)[1] ?? 0;
    bytes[second + 40] = (bytes[second + 40] ?? 0) ^ 1;
    writeFileSync(file, bytes);
    await expect(openJournal(dataDir)).rejects.toMatchObject({ code: "JOURNAL_BROKEN", message: expect.stringContaining("record 2") });
    expect(readFileSync(file)).toEqual(bytes);
  });

  test("a segment of another chain is refused", async () => {
    await fill(2);
    const file = segmentPath(dataDir);
    const other = newDataDir();
    const journal = await openJournal(other);
    await journal.append(disclosure("foreign"), always);
    await journal.close();
    copyFileSync(segmentPath(other), file);
    await expect(openJournal(dataDir)).rejects.toMatchObject({ code: "JOURNAL_BROKEN" });
    rmSync(other, { recursive: true });
  });

  test("a torn new segment goes on from the end of the one before", async () => {
    const journal = await openJournal(dataDir, { segmentBytes: 500 });
    for (let index = 0; index < 3; index += 1) await journal.append(disclosure(`r${index}`), always);
    await journal.close();
    const folder = dirname(segmentPath(dataDir));
    const segments = readdirSync(folder).filter((name) => name.endsWith(".seg"));
    writeFileSync(join(folder, `${String(segments.length + 1).padStart(6, "0")}.seg`), "ONJRNL");
    const again = await openJournal(dataDir, { segmentBytes: 500 });
    await again.append(disclosure("r3"), always);
    await again.close();
    expect(await stored(journal.chain)).toEqual(["r0", "r1", "r2", "gap", "r3"]);
    expect((await verify(dataDir)).isSound).toBe(true);
  });

  test("a second journal on the same folder gets a chain of its own, and a later one goes on with the first", async () => {
    const one = await openJournal(dataDir);
    const two = await openJournal(dataDir);
    expect(two.chain).not.toBe(one.chain);
    await Promise.all([one.append(disclosure("one"), always), two.append(disclosure("two"), always)]);
    await one.close();
    await two.close();
    const three = await openJournal(dataDir);
    expect([one.chain, two.chain]).toContain(three.chain);
    await three.close();
    expect(await verify(dataDir)).toMatchObject({ isSound: true, records: 2 });
    expect(existsSync(join(dataDir, "journal", three.chain, "lock"))).toBe(true);
  });
});
