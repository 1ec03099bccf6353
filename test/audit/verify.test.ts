import { readFileSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { crc32 } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openJournal } from "../../src/audit/openJournal.ts";
import { verify } from "../../src/audit/verify.ts";
import { always, disclosure, newDataDir, recordOffsets, segmentPath } from "./fixtures.ts";

let dataDir = "";
beforeEach(async () => {
  dataDir = newDataDir();
  const journal = await openJournal(dataDir, { segmentBytes: 1000 });
  for (let index = 1; index <= 20; index += 1) await journal.append(disclosure(`r${index}`), always);
  await journal.close();
});
afterEach(() => {
  rmSync(dataDir, { recursive: true, force: true });
});

const edit = (segment: number, change: (bytes: Buffer, offsets: number[]) => Buffer): void => {
  const file = segmentPath(dataDir, segment);
  writeFileSync(file, change(readFileSync(file), recordOffsets(file)));
};
const recordsIn = (segment: number): number => recordOffsets(segmentPath(dataDir, segment)).length;
const bad = async (): Promise<unknown> => {
  const report = await verify(dataDir);
  expect(report.isSound).toBe(false);
  return report.chains[0]?.bad;
};

describe("verify", () => {
  test("finds an untouched journal sound and counts its records", async () => {
    expect(await verify(dataDir)).toMatchObject({ isSound: true, records: 20 });
  });

  test("finds every single flipped byte of a segment and names its record", async () => {
    const file = segmentPath(dataDir, 1);
    const whole = readFileSync(file);
    const offsets = recordOffsets(file);
    for (let at = 0; at < whole.length; at += 1) {
      const bytes = Buffer.from(whole);
      bytes[at] = (bytes[at] ?? 0) ^ 0x20;
      writeFileSync(file, bytes);
      const seq = Math.max(1, offsets.filter((start) => start <= at).length);
      expect(await bad(), `byte ${at}`).toMatchObject({ file, seq });
    }
  });

  test("names a flipped byte in the last record of the last segment, which no later record vouches for", async () => {
    const last = (await verify(dataDir)).chains[0]?.segments ?? 0;
    const file = segmentPath(dataDir, last);
    const whole = readFileSync(file);
    const start = recordOffsets(file).at(-1) ?? 0;
    for (let at = start; at < whole.length; at += 1) {
      const bytes = Buffer.from(whole);
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      writeFileSync(file, bytes);
      expect(await bad(), `byte ${at}`).toMatchObject({ seq: 20 });
    }
  });

  test("names the place of a deleted record", async () => {
    edit(1, (bytes, [, second = 0, third = 0]) => Buffer.concat([bytes.subarray(0, second), bytes.subarray(third)]));
    expect(await bad()).toMatchObject({ seq: 2 });
  });

  test("names the first of two swapped records", async () => {
    edit(1, (bytes, [, second = 0, third = 0, fourth = 0]) => Buffer.concat([bytes.subarray(0, second), bytes.subarray(third, fourth), bytes.subarray(second, third), bytes.subarray(fourth)]));
    expect(await bad()).toMatchObject({ seq: 2 });
  });

  test("names the record that a missing segment would have begun with", async () => {
    const first = recordsIn(1);
    unlinkSync(segmentPath(dataDir, 2));
    expect(await bad()).toMatchObject({ seq: first + 1, reason: "the segment is missing" });
  });

  test("names the end of a segment in the middle that was cut back", async () => {
    const first = recordsIn(1);
    edit(1, (bytes, offsets) => bytes.subarray(0, offsets.at(-1)));
    expect(await bad()).toMatchObject({ seq: first });
  });

  test("takes no forged length, its crc mended, for a torn tail while synced records follow", async () => {
    const last = (await verify(dataDir)).chains[0]?.segments ?? 0;
    const first = 21 - recordsIn(last);
    edit(last, (bytes, [start = 0]) => {
      bytes.writeUInt32BE(100_000, start + 4);
      bytes.writeUInt32BE(crc32(bytes.subarray(start, start + 16)), start + 16);
      return bytes;
    });
    expect(recordsIn(1)).toBeGreaterThan(1);
    expect(await bad()).toMatchObject({ seq: first });
    await expect(openJournal(dataDir)).rejects.toMatchObject({ code: "JOURNAL_BROKEN" });
  });

  test("says in one sentence that a folder holds no journal", async () => {
    await expect(verify(`${dataDir}/nothing`)).rejects.toMatchObject({ code: "JOURNAL_BROKEN" });
  });

  test("tells a beginning of a record at the very end from a changed one", async () => {
    const last = (await verify(dataDir)).chains[0]?.segments ?? 0;
    edit(last, (bytes, offsets) => bytes.subarray(0, (offsets.at(-1) ?? 0) + 30));
    const report = await verify(dataDir);
    expect(report.isSound).toBe(true);
    expect(report.chains[0]?.tornTail).toMatchObject({ seq: 20 });
  });
});
