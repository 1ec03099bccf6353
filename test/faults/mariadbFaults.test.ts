/** The same faults of a connection in front of a MariaDB: its adapter answers wholly or fails by a word of the list, in time, and comes back. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Adapter, SourceFailure } from "../../adapters/contract/adapter.ts";
import { checked } from "../../adapters/contract/checked.ts";
import { parseMysqlConnection } from "../../adapters/mysql/connectionConfig.ts";
import { mariadb } from "../../adapters/mysql/flavour.ts";
import { openMysql } from "../../adapters/mysql/openMysql.ts";
import { collect } from "../adapters/fixtures/collect.ts";
import { column, part, query, rowsOf } from "../adapters/fixtures/templates.ts";
import { hasMariadb, makeDatabase, type MariadbDatabase } from "../fixtures/mariadbServer.ts";
import { faultCases, type FaultCase } from "./faultCases.ts";
import { randomOf } from "../fixtures/random.ts";
import { type FaultProxy, openFaultProxy } from "./faultProxy.ts";
import { watchProcess } from "./invariants.ts";

const rowCount = 40;
const deadlineMs = 400;
/** An aborted reader is told at once; a busy machine is not. */
const slackMs = 400;

/** What a MariaDB's bytes are when they lie; the others' are PostgreSQL's, which here are no packets at all. */
const ownLies: readonly FaultCase[] = [
  { id: "F07", what: "a packet that announces sixteen megabytes", fault: () => ({ kind: "say", text: "\u00fe\u00ff\u00ff\u0001\u0000" }), seeds: 1, status: ["UNAVAILABLE", "BAD_ANSWER", "TIMEOUT"] },
  { id: "F07", what: "an answer of a thousand columns that never come", fault: () => ({ kind: "say", text: "\u0003\u0000\u0000\u0001\u00fc\u00e8\u0003" }), seeds: 1, status: ["UNAVAILABLE", "BAD_ANSWER", "TIMEOUT"] },
  { id: "F07", what: "a server that asks for a file of the hub's", fault: () => ({ kind: "say", text: "\u000c\u0000\u0000\u0001\u00fb/etc/passwd" }), seeds: 1, status: ["UNAVAILABLE", "BAD_ANSWER", "TIMEOUT"] },
];

describe.skipIf(!(await hasMariadb()))("a MariaDB behind a bad connection", () => {
  let database: MariadbDatabase;
  let proxy: FaultProxy;
  let adapter: Adapter;
  const watched = watchProcess();
  const expected = Array.from({ length: rowCount }, (_, i) => [`${2001 + i}A`, `津站${2001 + i}`]);
  const stations = query(rowsOf([part("station", [column("code"), column("name")])], { order: [{ column: 0, descending: false }] }));

  beforeAll(async () => {
    database = await makeDatabase();
    await database.run(`CREATE TABLE station (code varchar(20) PRIMARY KEY, name varchar(100)); INSERT INTO station SELECT CONCAT(2000 + seq, 'A'), CONCAT('津站', 2000 + seq) FROM seq_1_to_${rowCount}`);
    const real = new URL(database.url);
    proxy = await openFaultProxy({ host: real.hostname, port: Number(real.port || 3306) });
    real.hostname = "127.0.0.1";
    real.port = String(proxy.port);
    adapter = checked(await openMysql({ connection: parseMysqlConnection({ url: real.href, connectTimeout: "500ms" }, mariadb), flavour: mariadb }));
  });
  afterAll(async () => {
    await proxy?.set({ kind: "none" });
    await adapter?.close();
    await proxy?.close();
    await database?.drop();
    watched.stop();
  });

  /** As the hub asks: with a deadline of its own, which is told as TIMEOUT. */
  async function ask(): Promise<{ readonly status: string; readonly rows: readonly (readonly unknown[])[]; readonly ms: number }> {
    const from = performance.now();
    const done = (status: string, rows: readonly (readonly unknown[])[] = []) => ({ status, rows, ms: performance.now() - from });
    try {
      return done("OK", await collect(adapter, stations, AbortSignal.timeout(deadlineMs)));
    } catch (cause) {
      if (!(cause instanceof SourceFailure)) throw cause;
      expect(cause.message).toBe(cause.status);
      return done(cause.status === "ABORTED" ? "TIMEOUT" : cause.status);
    }
  }

  async function assertHeals(said: string): Promise<void> {
    const from = performance.now();
    for (let answer = await ask(); answer.status !== "OK"; answer = await ask()) {
      expect(performance.now() - from, `${said}: the source has not come back, ${answer.status}`).toBeLessThan(10_000);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  test.each([...faultCases, ...ownLies])("$id: $what ($seeds seeds)", { timeout: 120_000 }, async ({ id, what, fault, seeds, status, anew }) => {
    for (let seed = 1; seed <= seeds; seed += 1) {
      const said = `${id} ${what}, seed ${seed}`;
      if (anew === true) await proxy.set({ kind: "cut" });
      const done = fault(randomOf(seed));
      await proxy.set(done, seed);
      const answer = await ask();
      await proxy.set({ kind: "none" });
      // Whether a connection that has to be made anew is given up before the deadline or by it, is a matter of moments: both are told as
      // they are, and the hub would ask once more.
      expect(status.some((told) => told !== "OK") ? [...status, "UNAVAILABLE", "TIMEOUT"] : status, said).toContain(answer.status === "OVER_CAP" ? "TOO_LARGE" : answer.status);
      expect(answer.ms, said).toBeLessThan(deadlineMs + slackMs);
      // Bytes that were changed on the way are other bytes; only TLS notices.
      if (answer.status === "OK" && done.kind !== "corrupt") expect(answer.rows, said).toEqual(expected);
      await assertHeals(said);
    }
    watched.assertQuiet();
  });
});
