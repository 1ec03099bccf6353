import { rename, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ConfigProblem, type ConfigValue } from "../../../adapters/contract/tableReader.ts";
import { dropKind } from "../../../adapters/drop/dropKind.ts";
import { readStable } from "../../../adapters/folder/stableFile.ts";
import { makeFolder, readTable, type DropFolder } from "./dropFolder.ts";

let folder: DropFolder;
beforeEach(async () => {
  folder = await makeFolder();
});
afterEach(() => folder.dispose());

const monthly = { files: ["water_{month}.csv", "water_{month}_修订.csv"] };

describe("A drop folder", () => {
  test("gives a later pattern's file the higher precedence", async () => {
    await folder.put("water_202403_修订.csv", "k,v\nA,2\n");
    await folder.put("water_202403.csv", "k,v\nA,1\nB,1\n");
    const { rows } = await readTable(folder.reader({ water: monthly }), "water");
    expect(rows.map((row) => [row["k"], row["v"], row["$month"], row["$precedence"]])).toEqual([
      ["A", "1", "202403", 1],
      ["B", "1", "202403", 1],
      ["A", "2", "202403", 2],
    ]);
  });

  test("with `replace: file` hides the whole earlier file of the same names, and shows it again when the later one goes", async () => {
    await folder.put("water_202403.csv", "k\nA\nB\n");
    await folder.put("water_202404.csv", "k\nC\n");
    const reader = folder.reader({ water: { ...monthly, replace: "file" } });
    const first = await readTable(reader, "water");
    expect(first.rows.map((row) => row["k"])).toEqual(["A", "B", "C"]);
    await folder.put("water_202403_修订.csv", "k\nA\n");
    const second = await readTable(reader, "water", { state: first.state });
    expect([second.parts, second.gone]).toEqual([["water_202403_修订.csv"], ["water_202403.csv"]]);
    await folder.remove("water_202403_修订.csv");
    const third = await readTable(reader, "water", { state: second.state });
    expect([third.parts, third.gone]).toEqual([["water_202403.csv"], ["water_202403_修订.csv"]]);
  });

  test("reads again only what has changed, and names what is gone", async () => {
    await folder.put("water_1.csv", "k\nA\n");
    await folder.put("water_2.csv", "k\nB\n");
    const reader = folder.reader({ water: monthly });
    const { state } = await readTable(reader, "water");
    const request = { state, nowMs: Date.now() + 60_000 };
    expect(await reader.hasChanged("water", request, AbortSignal.abort())).toBe(false);
    await folder.put("water_2.csv", "k\nB\nC\n");
    await folder.remove("water_1.csv");
    expect(await reader.hasChanged("water", request, AbortSignal.abort())).toBe(true);
    const next = await readTable(reader, "water", { state });
    expect([next.parts, next.gone]).toEqual([["water_2.csv"], ["water_1.csv"]]);
  });

  test("sees a file of the same size and mtime that was replaced", async () => {
    const path = await folder.put("water_1.csv", "k\nA\n");
    const then = new Date("2024-01-01T00:00:00Z");
    await utimes(path, then, then);
    const reader = folder.reader({ water: monthly });
    const { state } = await readTable(reader, "water");
    await folder.put("other", "k\nB\n");
    await utimes(join(folder.dir, "other"), then, then);
    await rename(join(folder.dir, "other"), path);
    expect((await readTable(reader, "water", { state })).rows.map((row) => row["k"])).toEqual(["B"]);
  });

  test("leaves alone what is hidden, half copied, a lock file, a symbolic link or a folder", async () => {
    for (const name of [".water_1.csv", "~$water_2.csv", "water_3.csv.part"]) await folder.put(name, "k\nA\n");
    const outside = await folder.put("secret", "k\nSECRET\n");
    await symlink(outside, join(folder.dir, "water_4.csv"));
    const { rows, warnings } = await readTable(folder.reader({ water: { files: "*water*" } }), "water");
    expect(rows).toEqual([]);
    expect(warnings).toEqual(["water: no file in the folder matches *water*."]);
  });

  test("does not look changed while a file is still being written", async () => {
    await folder.put("water_1.csv", "k\nA\n");
    const reader = folder.reader({ water: monthly }, { settle: "1h" });
    const at = Date.now();
    expect(await reader.hasChanged("water", { state: null, nowMs: at }, AbortSignal.abort())).toBe(false);
    // A writer whose clock is ahead: the hub's own eyes decide.
    expect(await reader.hasChanged("water", { state: null, nowMs: at + 3_600_000 }, AbortSignal.abort())).toBe(true);
  });

  test("that is not there is UNAVAILABLE, a file above the cap OVER_CAP", async () => {
    const reader = folder.reader({ water: monthly }, { folder: join(folder.dir, "none") });
    await expect(readTable(reader, "water")).rejects.toMatchObject({ status: "UNAVAILABLE" });
    await folder.put("water_1.csv", "k\nABCDEFG\n");
    await expect(readTable(folder.reader({ water: monthly }, { fileBytesMax: "5" }), "water")).rejects.toMatchObject({ status: "OVER_CAP" });
  });
});

describe("A file that is replaced while it is read", () => {
  const old = `k,v\n${"old,1\n".repeat(5000)}`;
  const fresh = `k,v\n${"new,2\n".repeat(5000)}`;

  test.each(["in place", "by a rename"])("%s is read again: all of one version, nothing of the other", async (how) => {
    const path = await folder.put("t.csv", old);
    let rounds = 0;
    const result = await readStable(path, {
      bytesMax: 1e6,
      onRead: async () => {
        rounds += 1;
        if (rounds > 1) return;
        if (how === "in place") await writeFile(path, fresh);
        else await rename(await folder.put("next", fresh), path);
      },
    });
    expect(rounds).toBe(2);
    expect(result).toMatchObject({ bytes: Buffer.from(fresh) });
  });

  test("every time is given up", async () => {
    const path = await folder.put("t.csv", old);
    let rounds = 0;
    const onRead = async (): Promise<void> => {
      rounds += 1;
      await writeFile(path, `${old}${rounds}`);
    };
    expect(await readStable(path, { bytesMax: 1e6, onRead })).toBe("moving");
  });
});

describe("A drop folder's configuration", () => {
  const parse = (tables: ConfigValue, connection: ConfigValue = { folder: "/data" }): unknown =>
    dropKind.parseConfig({ connection, tables, timeZone: "UTC", baseDir: "/" });

  test.each<[string, () => unknown, string[], RegExp]>([
    ["an unknown word", () => parse({ t: { files: "a.csv", cvs: {} } }), ["tables", "t", "cvs"], /not known here; known: files/],
    ["no files", () => parse({ t: { csv: {} } }), ["tables", "t", "files"], /one text/],
    ["a path as pattern", () => parse({ t: { files: "../{a}.csv" } }), ["tables", "t", "files"], /no pattern/],
    ["a name twice", () => parse({ t: { files: "{a}_{a}.csv" } }), ["tables", "t", "files"], /no pattern/],
    ["an unknown encoding", () => parse({ t: { files: "a", csv: { encoding: "gbk2" } } }), ["tables", "t", "csv", "encoding"], /use utf-8 or gb18030/],
    ["a long separator", () => parse({ t: { files: "a", csv: { separator: "::" } } }), ["tables", "t", "csv", "separator"], /one character/],
    ["header lines out of order", () => parse({ t: { files: "a.xlsx", xlsx: { header: ["4", "3"] } } }), ["tables", "t", "xlsx", "header"], /ascending/],
    ["no folder", () => parse({ t: { files: "a" } }, {}), ["connection", "folder"], /one text/],
    ["no tables", () => parse({}), ["tables"], /names no table/],
  ])("with %s is refused at its place", (_what, run, path, problem) => {
    expect(run).toThrow(ConfigProblem);
    try {
      run();
    } catch (error) {
      expect(error).toMatchObject({ path, message: expect.stringMatching(problem) });
    }
  });
});
