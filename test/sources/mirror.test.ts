import { readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { dropKind } from "../../adapters/drop/dropKind.ts";
import { restKind } from "../../adapters/rest/restKind.ts";
import type { MirroredAdapter } from "../../src/sources/mirror.ts";
import { makeFolder, type DropFolder } from "../adapters/drop/dropFolder.ts";
import { answer, startApi } from "../adapters/rest/apiServer.ts";
import { handClock, openMirror, readAll, selectAll, temporaryDir, type OpenInput } from "./mirrorFixture.ts";

let folder: DropFolder;
let home: { dir: string; dispose(): Promise<void> };
const opened: MirroredAdapter[] = [];
beforeEach(async () => {
  [folder, home] = await Promise.all([makeFolder(), temporaryDir()]);
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((mirror) => mirror.close()));
  await Promise.all([folder.dispose(), home.dispose()]);
});

const monthly = { water: { files: ["water_{month}.csv", "water_{month}_修订.csv"] } };
const openDrop = async (more: Partial<OpenInput> = {}): Promise<MirroredAdapter> => {
  const mirror = await openMirror(dropKind, { dir: home.dir, connection: { folder: folder.dir, settle: "1ms" }, tables: monthly, ...more });
  opened.push(mirror);
  return mirror;
};
const never = new AbortController().signal;
const versions = async (): Promise<readonly string[]> => (await readdir(join(home.dir, "versions"))).sort();

describe("A mirror", () => {
  test("shows the source's tables in its own terms: text, provenance, row numbers", async () => {
    await folder.put("water_1.csv", "k,v\nA,007\n");
    const mirror = await openDrop({ indexing: { water: { keys: [["k"]], indexes: [["$month"]], mentioned: [] } } });
    expect(await readAll(mirror, "water", ["k", "v", "$month", "$row"])).toEqual([["A", "007", "1", 2]]);
    const [info, ...more] = await mirror.introspect(never);
    expect(more).toEqual([]);
    expect(info).toMatchObject({ name: "water", unique: [["k"]], rowCountEstimate: 1 });
    expect(info?.columns.map(({ name, type, typeSafe }) => [name, type, typeSafe])).toEqual([
      ["$file", "TEXT", true],
      ["$precedence", "INTEGER", true],
      ["$received", "TEXT", true],
      ["$row", "INTEGER", true],
      ["$month", "TEXT", true],
      ["k", "TEXT", true],
      ["v", "TEXT", true],
    ]);
    expect(mirror).toMatchObject({ kind: "drop" });
    expect(mirror.capabilities()).toEqual({ lensFunctions: true, rowid: true });
    expect(mirror.health()).toMatchObject({ status: "ok", stalenessMs: 0 });
  });

  test("takes up corrections, and forgets files that are gone", async () => {
    await folder.put("water_1.csv", "k,v\nA,1\nB,1\n");
    const mirror = await openDrop();
    const before = mirror.health().version;
    await folder.put("water_1_修订.csv", "k,v\nA,2\n");
    expect(await mirror.refresh(never)).toMatchObject({ isNew: true, tables: { water: { status: "READ", rows: 3 } } });
    expect(await readAll(mirror, "water", ["k", "v", "$precedence"])).toEqual([["A", "1", 1], ["B", "1", 1], ["A", "2", 2]]);
    expect(mirror.health().version).not.toBe(before);
    await folder.remove("water_1.csv");
    await mirror.refresh(never);
    expect(await readAll(mirror, "water", ["k", "v"])).toEqual([["A", "2"]]);
  });

  test("of an unchanged source makes no version", async () => {
    await folder.put("water_1.csv", "k\nA\n");
    const mirror = await openDrop();
    const { version } = mirror.health();
    expect(await mirror.refresh(never)).toMatchObject({ isNew: false, version, tables: { water: { status: "UNCHANGED" } } });
  });

  test("has the columns of all files; one that no file has any more reads NULL and is no longer shown", async () => {
    await folder.put("water_1.csv", "k,old\nA,1\n");
    const mirror = await openDrop();
    await folder.put("water_1.csv", "k,NEW\nA,2\n");
    await mirror.refresh(never);
    expect(await readAll(mirror, "water", ["k", "old", "NEW"])).toEqual([["A", null, "2"]]);
    expect((await mirror.introspect(never))[0]?.columns.map(({ name }) => name)).not.toContain("old");
  });

  test("keeps a table wholly as it was when its read fails, while others go on", async () => {
    await folder.put("a.csv", "k\nA\n");
    await folder.put("b.csv", "k\nB\n");
    const tables = { a: { files: "a.csv" }, b: { files: ["b.csv", "b2.xlsx"], csv: {} }, c: { files: "c.xlsx" } };
    const lines: string[] = [];
    const mirror = await openDrop({ tables, log: (event) => void lines.push(JSON.stringify(event)) });
    await folder.put("c.xlsx", "no workbook");
    await folder.put("a.csv", "k\nA2\n");
    const report = await mirror.refresh(never);
    expect(report.tables).toMatchObject({ a: { status: "READ" }, b: { status: "UNCHANGED" }, c: { status: "BAD_ANSWER" } });
    expect([await readAll(mirror, "a", ["k"]), await readAll(mirror, "b", ["k"])]).toEqual([[["A2"]], [["B"]]]);
    expect(mirror.failures()).toMatchObject({ a: null, c: { status: "BAD_ANSWER" } });
    expect(report.tables["c"]).toMatchObject({ detail: expect.stringContaining("c.xlsx is no xlsx workbook") });
    // The name of a file is its source's; the log has the table's, which is the network's.
    expect(lines.filter((line) => !line.includes("mirror.noted"))).toEqual(['{"event":"mirror.table_failed","table":"c","reason":"BAD_ANSWER","driver":null}']);
  });

  test("says which keys are not unique at first, and resolves later duplicates of those that were", async () => {
    await folder.put("water_1.csv", "k,d\nA,x\nB,x\n");
    const indexing = { water: { keys: [["k"], ["d"]], indexes: [], mentioned: [] } };
    const lines: string[] = [];
    const mirror = await openDrop({ indexing, log: (event) => void lines.push(JSON.stringify(event)) });
    expect((await mirror.introspect(never))[0]?.unique).toEqual([["k"]]);
    expect(lines).toEqual(['{"event":"mirror.noted","notes":1}']);
    await folder.put("water_2.csv", "k,d\nB,y\nC,y\n");
    const { warnings } = await mirror.refresh(never);
    expect(warnings[0]).toBe("water: 1 rows repeat the key k; the last of each stays.");
    expect(await readAll(mirror, "water", ["k", "d"])).toEqual([["A", "x"], ["B", "y"], ["C", "y"]]);
    expect((await mirror.introspect(never)).map(({ name, unique }) => [name, unique])).toEqual([["water", [["k"]]]]);
    // What was set aside comes back when the row that stayed goes.
    await folder.remove("water_2.csv");
    await mirror.refresh(never);
    expect(await readAll(mirror, "water", ["k", "d"])).toEqual([["A", "x"], ["B", "x"]]);
  });

  test("takes a cell of any content, and one too long for a cell as NULL", async () => {
    const cells = ["'); DROP TABLE water; --", "\u0000", "1e999999", "=1+1", "\u202E", "𝄞"];
    await folder.put("water_1.csv", `k,v\n${cells.map((cell, index) => `${index},"${cell}"`).join("\n")}\n9,${"x".repeat(1_100_000)}\n`);
    const mirror = await openDrop();
    const rows = await readAll(mirror, "water", ["v"]);
    expect(rows.slice(0, cells.length).flat()).toEqual(cells);
  });
});

describe("A version swap", () => {
  test("under concurrent reads is never an error and never a mix, and leaves one file", async () => {
    const content = (version: number): string => `k,v\n${Array.from({ length: 4000 }, (_, index) => `${index},${version}`).join("\n")}\n`;
    await folder.put("water_1.csv", content(0));
    const mirror = await openDrop();
    let isDone = false;
    const seen = new Set<string>();
    const reads = Array.from({ length: 4 }, async () => {
      while (!isDone) {
        const rows = await readAll(mirror, "water", ["v"]);
        const values = new Set(rows.map(([value]) => value));
        expect([rows.length, values.size]).toEqual([4000, 1]);
        seen.add(String(rows[0]?.[0]));
      }
    });
    try {
      for (let version = 1; version <= 4; version += 1) {
        await folder.put("water_1.csv", content(version));
        expect(await mirror.refresh(never)).toMatchObject({ isNew: true });
      }
    } finally {
      isDone = true;
    }
    await Promise.all(reads);
    expect(seen.size).toBeGreaterThan(1);
    expect((await readAll(mirror, "water", ["v"]))[0]).toEqual(["4"]);
    await mirror.close();
    expect((await versions()).filter((name) => name.endsWith(".db"))).toHaveLength(1);
  });

  test("lets a read that has begun end on its version, and removes the file after it", async () => {
    await folder.put("water_1.csv", `k\n${"old\n".repeat(3000)}`);
    const mirror = await openDrop();
    const [first] = (await versions()).filter((name) => name.endsWith(".db"));
    const reading = mirror.rows(selectAll("water", ["k"]), never)[Symbol.asyncIterator]();
    const values = new Set<unknown>();
    const take = async (): Promise<boolean> => {
      const next = await reading.next();
      if (!next.done) for (const [value] of next.value.rows) values.add(value);
      return next.done === true;
    };
    await take();
    await folder.put("water_1.csv", `k\n${"new\n".repeat(10)}`);
    await mirror.refresh(never);
    expect(await versions()).toContain(first);
    while (!(await take()));
    expect([...values]).toEqual(["old"]);
    await mirror.close();
    expect(await versions()).not.toContain(first);
  });
});

describe("After a restart", () => {
  const restart = async (mirror: MirroredAdapter, more: Partial<OpenInput> = {}): Promise<MirroredAdapter> => {
    await mirror.close();
    return openDrop(more);
  };

  test("the stored version is read at once, even if the source is gone, with its age as staleness", async () => {
    await folder.put("water_1.csv", "k\nA\n");
    const clock = handClock();
    const first = await openDrop({ clock });
    const { version } = first.health();
    await folder.dispose();
    const later = handClock(clock.now() + 5000);
    const second = await restart(first, { clock: later });
    expect(second.health()).toEqual({ status: "ok", stalenessMs: 5000, version });
    expect(await readAll(second, "water", ["k"])).toEqual([["A"]]);
    expect(await second.refresh(never)).toMatchObject({ isNew: false, version, tables: { water: { status: "UNAVAILABLE" } } });
    expect(await readAll(second, "water", ["k"])).toEqual([["A"]]);
  });

  test.each<[string, (dir: string) => Promise<void>]>([
    [
      "a version without its last page",
      async (dir) => {
        const file = join(dir, (await readdir(dir)).find((name) => name.endsWith(".db")) ?? "");
        await truncate(file, (await stat(file)).size - 4096);
      },
    ],
    ["a torn manifest", async (dir) => writeFile(join(dir, "current.json"), '{"format":1,')],
    ["a manifest that leads elsewhere", async (dir) => writeFile(join(dir, "current.json"), (await readFile(join(dir, "current.json"), "utf8")).replace(/"file":"[^"]*"/, '"file":"../other.db"'))],
    ["no version", (dir) => rm(dir, { recursive: true })],
  ])("%s is discarded and built anew", async (_what, harm) => {
    await folder.put("water_1.csv", `k\n${"A\n".repeat(3000)}`);
    const first = await openDrop();
    await first.close();
    await writeFile(join(home.dir, "versions", "building-9.tmp"), "half a build");
    await harm(join(home.dir, "versions"));
    const second = await openDrop();
    expect(await readAll(second, "water", ["k"])).toHaveLength(3000);
    expect((await versions()).filter((name) => name !== "current.json")).toHaveLength(1);
  });

  test("other tables in the configuration start afresh; other keys only index anew", async () => {
    await folder.put("water_1.csv", "k\nA\n");
    const first = await openDrop();
    const second = await restart(first, { indexing: { water: { keys: [["k"]], indexes: [], mentioned: [] } } });
    expect((await second.introspect(never))[0]?.unique).toEqual([["k"]]);
    const third = await restart(second, { tables: { other: { files: "water_{n}.csv" } } });
    expect((await third.introspect(never)).map(({ name }) => name)).toEqual(["other"]);
  });
});

describe("A mirror of an API", () => {
  test("keeps its version through every bad answer, and takes up the next good one", async () => {
    let body: unknown = { list: [{ k: "A" }] };
    const api = await startApi((_url, _request, response) => answer(response, body));
    try {
      const tables = { t: { get: "/t", rows: "list", mirror: { every: "10m" } } };
      const mirror = await openMirror(restKind, { dir: home.dir, connection: { url: api.url, rate: "1000/s" }, tables });
      opened.push(mirror);
      const { version } = mirror.health();
      for (const bad of ["<html>", '{"list":[{"k":"A"},', { list: {} }]) {
        body = bad;
        expect(await mirror.refresh(never)).toMatchObject({ isNew: false, version, tables: { t: { status: "BAD_ANSWER" } } });
        expect(await readAll(mirror, "t", ["k"])).toEqual([["A"]]);
      }
      body = { list: [{ k: "B", more: 1.50 }] };
      expect(await mirror.refresh(never)).toMatchObject({ isNew: true });
      expect(await readAll(mirror, "t", ["k", "more"])).toEqual([["B", "1.5"]]);
    } finally {
      await api.close();
    }
  });

  test.each([["an entity tag", "etag", "if-none-match", '"v1"'], ["a date", "last-modified", "if-modified-since", "Fri, 01 Jan 2021 00:00:00 GMT"]])("that answers 304 to %s keeps its version, says so, and is as old as the question", async (_what, header, condition, value) => {
    let bodies = 0;
    const api = await startApi((_url, request, response) => {
      if (request.headers[condition] === value) {
        response.writeHead(304).end();
        return;
      }
      bodies += 1;
      answer(response, [{ k: "A" }], { [header]: value });
    });
    try {
      const clock = handClock();
      const mirror = await openMirror(restKind, { dir: home.dir, connection: { url: api.url, rate: "1000/s" }, tables: { t: { get: "/t", mirror: { every: "1h" } } }, clock });
      opened.push(mirror);
      const { version } = mirror.health();
      clock.advance(60_000);
      expect(mirror.health().stalenessMs).toBe(60_000);
      expect(await mirror.refresh(never)).toEqual({ version, isNew: false, tables: { t: { status: "UNCHANGED", rows: 1 } }, warnings: [] });
      expect([mirror.health(), bodies]).toEqual([{ status: "ok", stalenessMs: 0, version }, 1]);
    } finally {
      await api.close();
    }
  });

  test("that does not answer at the first start does not stop the start, and is ready when it does", async () => {
    const held: (() => void)[] = [];
    const api = await startApi((_url, _request, response) => void held.push(() => answer(response, [{ k: "A" }])));
    try {
      const tables = { t: { get: "/t", mirror: { every: "10m" } } };
      const clock = handClock();
      const opening = openMirror(restKind, { dir: home.dir, connection: { url: api.url }, tables, clock, firstWaitMs: 1000 });
      while (held.length === 0) await new Promise(setImmediate);
      clock.advance(1000);
      const mirror = await opening;
      opened.push(mirror);
      expect(mirror.health()).toMatchObject({ status: "failing", stalenessMs: null });
      expect(mirror.unread()).toEqual(["t"]);
      await expect(readAll(mirror, "t", ["k"])).rejects.toMatchObject({ status: "UNAVAILABLE" });
      await expect(mirror.introspect(never)).rejects.toMatchObject({ status: "UNAVAILABLE" });
      const ready = new Promise<string>((resolve) => void mirror.onVersion(resolve));
      held[0]?.();
      await ready;
      expect(await readAll(mirror, "t", ["k"])).toEqual([["A"]]);
    } finally {
      await api.close();
    }
  });

  test("is asked again by its own rhythm", async () => {
    let count = 0;
    const api = await startApi((_url, _request, response) => {
      count += 1;
      answer(response, [{ k: String(count) }]);
    });
    try {
      const clock = handClock();
      const mirror = await openMirror(restKind, { dir: home.dir, connection: { url: api.url }, tables: { t: { get: "/t", mirror: { every: "20s" } } }, clock });
      opened.push(mirror);
      const next = new Promise<string>((resolve) => void mirror.onVersion(resolve));
      clock.advance(19_999);
      expect(mirror.health().stalenessMs).toBe(19_999);
      clock.advance(1);
      await next;
      expect(await readAll(mirror, "t", ["k"])).toEqual([["2"]]);
      expect(mirror.health().stalenessMs).toBe(0);
    } finally {
      await api.close();
    }
  });
});
