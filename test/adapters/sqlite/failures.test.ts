// Goal: what goes wrong ends as a failure of the closed list, at once, and the next query is answered.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import Database from "better-sqlite3";
import { type Adapter, SourceFailure, type SourceFailureStatus } from "../../../adapters/contract/adapter.ts";
import { checked } from "../../../adapters/contract/checked.ts";
import type { AggregateTemplate } from "../../../adapters/contract/sourceQuery.ts";
import { connect } from "../../../adapters/sqlite/connection.ts";
import { openSqlite } from "../../../adapters/sqlite/openSqlite.ts";
import { prepareRead } from "../../../adapters/sqlite/readStatement.ts";
import { openPool } from "../../../adapters/sqlite/workerPool.ts";
import { collect } from "../fixtures/collect.ts";
import { type Fixture, lenses, lensModule, makeFixture } from "../fixtures/observations.ts";
import { and, column, compare, constant, part, query, rowsOf, slot, TRUE } from "../fixtures/templates.ts";

let fixture: Fixture;
let adapter: Adapter;
const manyRows = 30_000;
beforeAll(async () => {
  fixture = makeFixture({ manyRows });
  adapter = checked(await openSqlite({ file: fixture.file, lensModule, lenses, workers: 1 }));
});
afterAll(async () => {
  await adapter.close();
  fixture.remove();
});

const status = async (what: Promise<unknown>): Promise<SourceFailureStatus | "answered"> =>
  what.then(() => "answered" as const, (cause: unknown) => (cause instanceof SourceFailure ? cause.status : Promise.reject(cause)));
const many = rowsOf([part("many", [column("id"), column("s")])]);
const one = rowsOf([part("stations", [column("code")], compare(column("code"), "=", slot(0)))]);
const answersAgain = async (): Promise<void> => expect(await collect(adapter, query(one, ["s1"]))).toEqual([["s1"]]);

/** A join without a key: millions of pairs between two checks of `hub_alive`, and no row before the end. */
const slow: AggregateTemplate = {
  kind: "aggregate",
  parts: [{ ...part("many", [column("s")]), joins: [{ table: "many", alias: "j", on: and(compare(column("id", "j"), "<", constant(1500)), compare(column("n", "j"), "<>", column("n"))) }] }],
  groupBy: [],
  measures: [{ fn: "count", column: 0 }],
  slotCount: 0,
};

describe("batches", () => {
  test("all rows come, in batches of at most 1000", async () => {
    const sizes: number[] = [];
    for await (const batch of adapter.rows(query(many), new AbortController().signal)) sizes.push(batch.rows.length);
    expect(sizes).toEqual(Array.from({ length: manyRows / 1000 }, () => 1000));
  });

  test("a reader that stops early sets the worker free", async () => {
    for await (const batch of adapter.rows(query(many), new AbortController().signal)) {
      expect(batch.rows).toHaveLength(1000);
      break;
    }
    await answersAgain();
  });

  test("one row more than rowsMax is OVER_CAP, exactly rowsMax is an answer", async () => {
    expect(await status(collect(adapter, query(many, [], manyRows - 1)))).toBe("OVER_CAP");
    expect(await collect(adapter, query(many, [], manyRows))).toHaveLength(manyRows);
  });
});

describe("cancelling", () => {
  test("an aborted signal fails before anything is sent", async () => {
    expect(await status(collect(adapter, query(one, ["s1"]), AbortSignal.abort()))).toBe("ABORTED");
  });

  test("an abort between batches ends the answer and sets the worker free", async () => {
    const controller = new AbortController();
    const read = async (): Promise<void> => {
      for await (const _ of adapter.rows(query(many), controller.signal)) controller.abort();
    };
    expect(await status(read())).toBe("ABORTED");
    await answersAgain();
  });

  test("a scan that yields no rows is stopped inside, without giving up its thread", async () => {
    const pool = openPool({ file: fixture.file, lensModule: lensModule.href, lenses, busyMs: 0, workers: 1, graceMs: 600_000, waitingMax: 10 });
    await pool.read({ text: "SELECT 1", bound: [], rowsMax: 1 }, new AbortController().signal).next();
    const before = pool.threadIds();
    expect(before).toHaveLength(1);
    const controller = new AbortController();
    // 900 million pairs: half a minute, unless the abort is seen inside.
    const text = 'SELECT count(*) FROM many AS "j" CROSS JOIN many AS "t" WHERE (("t"."rowid" & 4095) <> 0 OR hub_alive()) AND "t".n <> "j".n';
    const never = pool.read({ text, bound: [], rowsMax: 10 }, controller.signal).next();
    controller.abort();
    expect(await status(never)).toBe("ABORTED");
    const next = await pool.read({ text: "SELECT 1", bound: [], rowsMax: 1 }, new AbortController().signal).next();
    expect(next.value).toEqual([[1]]);
    expect(pool.threadIds()).toEqual(before);
    await pool.close();
  }, 10_000);

  test("a statement that cannot be stopped loses its thread, and the next query gets another", async () => {
    const own = checked(await openSqlite({ file: fixture.file, lensModule, lenses, workers: 1, graceMs: 20 }));
    const controller = new AbortController();
    const never = own.aggregate(query(slow), controller.signal);
    controller.abort();
    expect(await status(never)).toBe("ABORTED");
    expect(await collect(own, query(one, ["s0"]))).toEqual([["s0"]]);
    await own.close();
  });

  test("a query that waits in the queue can be aborted there", async () => {
    const first = new AbortController();
    const second = new AbortController();
    const running = adapter.aggregate(query(slow), first.signal);
    const waiting = collect(adapter, query(one, ["s0"]), second.signal);
    second.abort();
    expect(await status(waiting)).toBe("ABORTED");
    first.abort();
    expect(await status(running)).toBe("ABORTED");
    await answersAgain();
  });
});

describe("what may not be", () => {
  test("a forged query is refused before anything runs, by the adapter itself too", async () => {
    const forged = { source: "test", template: many, values: [], rowsMax: 10 };
    const bare = await openSqlite({ file: fixture.file, lensModule, lenses });
    for (const target of [adapter, bare]) {
      expect(() => target.rows(forged, new AbortController().signal)).toThrow("no plan minted");
      expect(() => target.rowsNow?.(forged)).toThrow("no plan minted");
      expect(() => target.describe(forged)).toThrow("no plan minted");
      await expect(target.aggregate(forged, new AbortController().signal)).rejects.toThrow("no plan minted");
    }
    expect(() => adapter.rows({ ...query(many) }, new AbortController().signal)).toThrow("no plan minted");
    await bare.close();
  });

  test("a connection cannot write, and a statement that could is not run", async () => {
    const connection = await connect({ file: fixture.file, lensModule, lenses, busyMs: 0 });
    expect(() => connection.exec("DELETE FROM texts")).toThrow(/readonly/);
    connection.pragma("query_only = OFF");
    expect(() => connection.exec("DELETE FROM texts")).toThrow(/readonly/);
    expect(() => prepareRead(connection, "DELETE FROM texts RETURNING id")).toThrow(SourceFailure);
    connection.close();
  });

  test.each(["' OR 1=1 --", "s1'; DROP TABLE stations; --", '"', "\0", "?1", "s1\u0000' OR '1'='1"])("the value %j is only a value", async (value) => {
    expect(await collect(adapter, query(one, [value]))).toEqual([]);
    const list = rowsOf([part("stations", [column("code")], { kind: "inList", left: column("code"), list: slot(0), negated: false })]);
    expect(await collect(adapter, query(list, [[value, "s1"]]))).toEqual([["s1"]]);
  });

  test("a column with quotes in its name is read, and one that does not exist is no text", async () => {
    const weird = rowsOf([part('we"ird; --', [column("a \"b' -- c"), { kind: "rowid", alias: "t" }], { kind: "isTrue", of: compare(column("true"), "=", slot(0)) })]);
    expect(await collect(adapter, query(weird, [0]))).toEqual([["x", 1]]);
    expect(await status(collect(adapter, query(rowsOf([part("stations", [column('code", "name')])]))))).toBe("BAD_ANSWER");
    expect(await status(collect(adapter, query(rowsOf([part('stations"; DROP TABLE stations; --', [column("code")])]))))).toBe("BAD_ANSWER");
    await answersAgain();
  });

  test("an operator from a forged template cannot carry SQL", async () => {
    const cond = { ...compare(column("code"), "=", slot(0)), op: "= 'x' OR 1=1 OR ''=" as "=" } as const;
    expect(await status(collect(adapter, query(rowsOf([part("stations", [column("code")], cond)]), ["s1"])))).toBe("BAD_ANSWER");
  });
});

describe("a source that is not there", () => {
  test("a missing file, a folder and a text file are UNAVAILABLE", async () => {
    const open = (file: string) => status(openSqlite({ file, lensModule, lenses }));
    expect(await open(`${fixture.file}.none`)).toBe("UNAVAILABLE");
    expect(await open(new URL(".", import.meta.url).pathname)).toBe("UNAVAILABLE");
    expect(await open(new URL(import.meta.url).pathname)).toBe("UNAVAILABLE");
  });

  test("a worker that dies fails its query alone", async () => {
    const dying = new URL("../fixtures/dyingLenses.ts", import.meta.url);
    const own = checked(await openSqlite({ file: fixture.file, lensModule: dying, lenses, workers: 1 }));
    const dies = rowsOf([part("stations", [{ kind: "lens", lens: "die", form: "printed", args: [column("code")] }])]);
    expect(await status(collect(own, query(dies)))).toBe("UNAVAILABLE");
    expect(await collect(own, query(one, ["s1"]))).toEqual([["s1"]]);
    await own.close();
  });

  test("a locked file is BUSY in a worker and no business of the main thread", async () => {
    // A file of its own: threads that other tests gave up may still hold a read lock for a moment.
    const other = makeFixture();
    const own = checked(await openSqlite({ file: other.file, lensModule, lenses }));
    const writer = new Database(other.file);
    writer.exec("BEGIN EXCLUSIVE");
    expect(own.rowsNow?.(query(one, ["s1"]))).toBeNull();
    expect(await status(collect(own, query(one, ["s1"])))).toBe("BUSY");
    writer.exec("ROLLBACK");
    writer.close();
    expect(await collect(own, query(one, ["s1"]))).toEqual([["s1"]]);
    await own.close();
    other.remove();
  });

  test("a closed adapter is UNAVAILABLE", async () => {
    const own = checked(await openSqlite({ file: fixture.file, lensModule, lenses }));
    await own.close();
    expect(await status(collect(own, query(rowsOf([part("many", [column("id")], TRUE)]))))).toBe("UNAVAILABLE");
    expect(own.health().status).toBe("failing");
  });
});
