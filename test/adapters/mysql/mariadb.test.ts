// Goal: a MariaDB source can only be read, whoever connects; its tables are told as they are; its indexes serve; it may go and come back.
import { createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Adapter } from "../../../adapters/contract/adapter.ts";
import { SourceFailure } from "../../../adapters/contract/adapter.ts";
import { checked } from "../../../adapters/contract/checked.ts";
import type { BoundValue, SourceCond, SourceTemplate } from "../../../adapters/contract/sourceQuery.ts";
import { parseMysqlConnection } from "../../../adapters/mysql/connectionConfig.ts";
import { mariadb, mysql } from "../../../adapters/mysql/flavour.ts";
import { openMysql } from "../../../adapters/mysql/openMysql.ts";
import { openSession } from "../../../adapters/mysql/session.ts";
import { keySecret } from "../../fixtures/keySecret.ts";
import { hasMariadb, makeDatabase, type MariadbDatabase } from "../../fixtures/mariadbServer.ts";
import { collect } from "../fixtures/collect.ts";
import { column, compare, isNull, part, query, rowsOf, slot, TRUE } from "../fixtures/templates.ts";

const status = (work: Promise<unknown>): Promise<string> => work.then(() => "OK", (cause: unknown) => (cause instanceof SourceFailure ? cause.status : Promise.reject(cause)));
const noSignal = (): AbortSignal => new AbortController().signal;
const open = async (url: string, more: Record<string, string> = {}, catalogueEveryMs?: number): Promise<Adapter> =>
  checked(await openMysql({ connection: parseMysqlConnection({ url, ...more }, mariadb), flavour: mariadb, ...(catalogueEveryMs === undefined ? {} : { catalogueEveryMs }) }));

describe.skipIf(!(await hasMariadb()))("a MariaDB source", () => {
  let database: MariadbDatabase;
  let adapter: Adapter;
  const own = (more: Record<string, string> = {}, catalogueEveryMs?: number): Promise<Adapter> => open(database.url, more, catalogueEveryMs);
  const all = (table: string, name = "v") => query(rowsOf([part(table, [column(name)])]));

  beforeAll(async () => {
    database = await makeDatabase();
    await database.run(`
      CREATE TABLE written (id bigint PRIMARY KEY, v text);
      INSERT INTO written VALUES (1, 'one');
      CREATE FUNCTION writes() RETURNS text MODIFIES SQL DATA BEGIN INSERT INTO written VALUES (2, 'two'); RETURN 'done'; END;
      CREATE VIEW writing AS SELECT writes() AS v;
      CREATE FUNCTION takes_off() RETURNS text BEGIN SET SESSION tx_read_only = 0; RETURN 'off'; END;
      CREATE VIEW unlocking AS SELECT takes_off() AS v;
      CREATE VIEW unlocking_here AS SELECT CONCAT(takes_off(), writes()) AS v;
      CREATE VIEW sleeping AS SELECT SLEEP(20) AS v;
      CREATE TABLE \`Odd \`\`table\` (id uuid NOT NULL, n smallint unsigned NOT NULL, \`Mixed Case\` varchar(10) CHARACTER SET gbk NOT NULL, e enum('red', 'blue'), f float, d decimal(12,3), at timestamp(6) NULL, t time, day date NOT NULL, b blob, y year, j json, p point, PRIMARY KEY (id, n), UNIQUE KEY part (\`Mixed Case\`(4)), UNIQUE KEY whole (at));
      CREATE TABLE readings (id bigint PRIMARY KEY, station varchar(20) NOT NULL, at timestamp NOT NULL, day date NOT NULL, value double, rev int NOT NULL, exact datetime(3) NOT NULL, d decimal(10,2), UNIQUE KEY latest (station, at, rev), KEY readings_at (at), KEY readings_exact (exact), KEY readings_day (day), KEY readings_value (value), KEY readings_d (d));
      INSERT INTO readings SELECT seq, CONCAT('s', seq % 50), '2024-01-01' + INTERVAL seq MINUTE, '2024-01-01' + INTERVAL seq % 300 DAY, seq % 1000, 1, '2024-01-01' + INTERVAL seq MINUTE, seq / 100 FROM seq_1_to_20000;
      ANALYZE TABLE readings;
      CREATE TABLE days (id int PRIMARY KEY, day date NOT NULL, at datetime, KEY (day))`);
    await database.run("SET sql_mode = 'ALLOW_INVALID_DATES'");
    await database.run("INSERT INTO days VALUES (1, '2024-02-29', '2024-02-29 10:00:00'), (2, '0000-00-00', '0000-00-00'), (3, '2024-02-31', '2024-02-31 10:00:00'), (4, '2024-00-10', NULL), (5, '9999-12-31', NULL)");
    adapter = await own();
  }, 60_000);
  afterAll(async () => {
    await adapter?.close();
    await database?.drop();
  });

  describe("can only be read", () => {
    const written = () => database.run("SELECT id FROM written ORDER BY id");

    test.each(["INSERT INTO written VALUES (3, 'x')", "UPDATE written SET v = 'x'", "DELETE FROM written", "TRUNCATE written", "CREATE TABLE more (v text)", "DROP TABLE written", "SELECT writes()", "LOAD DATA LOCAL INFILE '/etc/hostname' INTO TABLE written", "SELECT 1; DELETE FROM written"])(
      "%s fails on the adapter's own connection, for the tables' owner",
      async (text) => {
        const session = await openSession(parseMysqlConnection({ url: database.url }, mariadb), mariadb, keySecret);
        await expect(session.read(text, [])).rejects.toMatchObject({ errno: expect.any(Number) });
        await session.end();
        expect(await written()).toEqual([[1]]);
      },
    );

    test("a view that writes fails, also behind one that takes the session's lock off", async () => {
      expect(await status(collect(adapter, all("writing")))).toBe("BAD_ANSWER");
      expect(await status(collect(adapter, all("unlocking_here")))).toBe("BAD_ANSWER");
      // One connection, so that what the first query changed is there for the second.
      const one = await own({ connections: "1" });
      expect(await status(collect(one, all("unlocking")))).toBe("OK");
      expect(await status(collect(one, all("writing")))).toBe("BAD_ANSWER");
      await one.close();
      expect(await written()).toEqual([[1]]);
    });
  });

  test("introspection tells types, nullability, whole unique keys and views, and leaves out what it cannot read exactly", async () => {
    const tables = await adapter.introspect(noSignal());
    expect(tables.find(({ name }) => name === "Odd `table")).toEqual({
      name: "Odd `table",
      columns: [
        { name: "id", type: "UUID", nullable: false, typeSafe: true, cells: "text" },
        { name: "n", type: "SMALLINT(5) UNSIGNED", nullable: false, typeSafe: true, cells: "integer" },
        { name: "Mixed Case", type: "VARCHAR(10)", nullable: false, typeSafe: true, cells: "text" },
        { name: "e", type: "ENUM('RED','BLUE')", nullable: true, typeSafe: true, cells: "text" },
        { name: "f", type: "FLOAT", nullable: true, typeSafe: true, cells: "number" },
        { name: "d", type: "DECIMAL(12,3)", nullable: true, typeSafe: true, cells: "decimal", digits: 12 },
        { name: "at", type: "TIMESTAMP(6)", nullable: true, typeSafe: true, cells: "instant" },
        { name: "t", type: "TIME", nullable: true, typeSafe: true, cells: "text" },
        // A day that is none is NULL, whatever the column says.
        { name: "day", type: "DATE", nullable: true, typeSafe: true, cells: "date" },
        { name: "b", type: "BLOB", nullable: true, typeSafe: true, cells: "text" },
        { name: "y", type: "YEAR(4)", nullable: true, typeSafe: true, cells: "integer" },
        { name: "j", type: "LONGTEXT", nullable: true, typeSafe: true, cells: "text" },
      ],
      unique: [["id", "n"], ["at"]],
      indexes: [["id", "n"], ["at"]],
      rowCountEstimate: 0,
      rowid: false,
    });
    expect(tables.find(({ name }) => name === "sleeping")).toMatchObject({ columns: [{ name: "v", nullable: true, cells: "integer" }], unique: [] });
    expect(tables.find(({ name }) => name === "readings")?.rowCountEstimate).toBeGreaterThan(15_000);
  });

  test("days that no calendar has are NULL in every role", async () => {
    const ids = async (cond: SourceCond, values: readonly BoundValue[] = []) => (await collect(adapter, query(rowsOf([part("days", [column("id")], cond)], { order: [{ column: 0, descending: false }] }), values))).flat();
    expect(await collect(adapter, query(rowsOf([part("days", [column("id"), column("day"), column("at")])], { order: [{ column: 0, descending: false }] })))).toEqual([[1, "2024-02-29", "2024-02-29 10:00:00"], [2, null, null], [3, null, null], [4, null, null], [5, "9999-12-31", null]]);
    expect(await ids(isNull(column("day")))).toEqual([2, 3, 4]);
    expect(await ids(compare(column("day"), "<", slot(0)), ["2025-01-01"])).toEqual([1]);
    expect(await ids({ kind: "isFalse", of: compare(column("day"), ">=", slot(0)) }, ["2025-01-01"])).toEqual([1]);
    expect(await ids({ kind: "isNotTrue", of: compare(column("day"), ">=", slot(0)) }, ["2025-01-01"])).toEqual([1, 2, 3, 4]);
  });

  describe("its indexes serve", () => {
    const explained = async (template: SourceTemplate, values: readonly BoundValue[]): Promise<string> => {
      const { text, parameters } = adapter.describe(query(template, values));
      return (await database.run(`EXPLAIN ${text}`, parameters as (string | null)[])).map((row) => `${String(row[2])} ${String(row[3])} ${String(row[5])} ${String(row[9])}`).join("\n");
    };
    const on = (cond: SourceCond) => rowsOf([part("readings", [column("id")], cond)]);
    const list: SourceCond = { kind: "inList", left: column("id"), list: slot(0), negated: false };
    const latestFirst = { order: [{ column: 0, descending: true }, { column: 1, descending: false }], limitSlot: 0 } as const;
    const since = compare(column("exact"), ">=", slot(1));
    test.each([
      ["a text", on(compare(column("station"), "=", slot(0))), ["s7"], /(?:ref|range) latest/],
      ["an instant's range", on(compare(column("at"), ">", slot(0))), ["2024-01-14 20:00:00.000+00"], /range readings_at/],
      ["an instant", on(compare(column("at"), "=", slot(0))), ["2024-01-14 20:00:00+00"], /(?:ref|range) readings_at/],
      ["a date", on(compare(column("day"), "=", slot(0))), ["2024-02-01"], /(?:ref|range) readings_day/],
      ["a number", on(compare(column("value"), "=", slot(0))), [17], /(?:ref|range) readings_value/],
      ["a decimal's bound that is finer than the column", on(compare(column("d"), ">", slot(0))), ["199.50000000000000001"], /range readings_d/],
      ["a whole number, asked by text", on(compare(column("id"), "=", slot(0))), ["17"], /const PRIMARY/],
      ["a list of keys", on(list), [[1, 2, 3]], /range PRIMARY/],
      ["the first page of an order, latest first", rowsOf([part("readings", [column("exact"), column("id")], since)], latestFirst), [5, "2024-01-01 00:00:00"], /range readings_exact .*Using where; Using index/],
      ["the first page over two strata", rowsOf([part("readings", [column("exact"), column("id")], since), part("readings", [column("exact"), column("id")], since)], latestFirst), [5, "2024-01-01 00:00:00"], /range readings_exact .*\n.*range readings_exact/],
      ["the latest row of a key", on({ kind: "isLatest", table: "readings", alias: "t", key: ["station"], by: ["rev"] }), [], /ref latest/],
    ] as const)("%s", async (_, template, values, plan) => {
      expect((await explained(template, values)).replaceAll(/^\S+ (?=ALL|const|range|ref|index)/gm, "")).toMatch(plan);
    });
  });

  test("a bound that is finer than the column keeps the same rows on either side", async () => {
    const count = async (op: "<" | "<=" | ">" | ">=" | "=" | "<>", bound: string): Promise<unknown> =>
      (await adapter.aggregate(query({ kind: "aggregate", parts: [part("readings", [], compare(column("d"), op, slot(0)))], groupBy: [], measures: [{ fn: "count", column: null }], slotCount: 1 }, [bound]), noSignal())).rows[0]?.[0];
    // d is 0.01 … 200.00 in steps of a hundredth.
    expect(await Promise.all((["<", "<=", ">", ">=", "=", "<>"] as const).map((op) => count(op, "100.005")))).toEqual([10_000, 10_000, 10_000, 10_000, 0, 20_000]);
    expect(await Promise.all((["<", "<=", ">", ">=", "=", "<>"] as const).map((op) => count(op, "100.00")))).toEqual([9_999, 10_000, 10_000, 10_001, 1, 19_999]);
    expect(await Promise.all((["<", ">", "=", "<>"] as const).map((op) => count(op, "1e60")))).toEqual([20_000, 0, 0, 20_000]);
    expect(await Promise.all((["<", ">", "=", "<>"] as const).map((op) => count(op, "-1e60")))).toEqual([0, 20_000, 0, 20_000]);
  });

  test("a sum that could lose digits is NULL, never another number", async () => {
    await database.run(`CREATE TABLE huge (d decimal(65,30), x double); INSERT INTO huge VALUES (${"9".repeat(35)}, 1e300), (1, 0.5)`);
    await adapter.introspect(noSignal());
    const { rows } = await adapter.aggregate(query({ kind: "aggregate", parts: [part("huge", [column("d"), column("x")])], groupBy: [], measures: [{ fn: "sum", column: 0 }, { fn: "sum", column: 1 }], slotCount: 0 }), noSignal());
    expect(rows).toEqual([[null, 2, null, 2]]);
  });

  test("names are only names", async () => {
    await database.run("CREATE TABLE `a``; DROP TABLE written; --x` (`b\"``'?` int, `~0` int); INSERT INTO `a``; DROP TABLE written; --x` VALUES (1, 9), (2, 8), (NULL, 7)");
    await adapter.introspect(noSignal());
    const template = rowsOf([part("a`; DROP TABLE written; --x", [column("b\"`'?"), column("~0")])], { order: [{ column: 0, descending: false }] });
    expect(await collect(adapter, query(template))).toEqual([[1, 9], [2, 8], [null, 7]]);
    expect(await status(collect(adapter, all("written`, `written")))).toBe("BAD_ANSWER");
  });

  test("a column that may be NULL from now on has its NULLs found", async () => {
    await database.run("CREATE TABLE loosened (id int PRIMARY KEY, v text NOT NULL); INSERT INTO loosened VALUES (1, 'x')");
    const looking = await own({}, 0);
    const nulls = query(rowsOf([part("loosened", [column("id")], isNull(column("v")))]));
    expect(await collect(looking, nulls)).toEqual([]);
    const before = looking.health().version;
    await database.run("ALTER TABLE loosened MODIFY v text NULL; INSERT INTO loosened VALUES (2, NULL)");
    await looking.introspect(noSignal());
    expect(await collect(looking, nulls)).toEqual([[2]]);
    expect(looking.health().version).not.toBe(before);
    await looking.close();
  });

  test("long texts come in smaller batches, and an answer of more than the hub holds is OVER_CAP", async () => {
    await database.run("CREATE TABLE long_texts (id int PRIMARY KEY, v longtext); INSERT INTO long_texts SELECT seq, REPEAT('x', 200000) FROM seq_1_to_12");
    await adapter.introspect(noSignal());
    const sizes: number[] = [];
    for await (const { rows } of adapter.rows(all("long_texts"), noSignal())) sizes.push(rows.length);
    expect(sizes).toEqual([3, 3, 3, 3]);
    const many = rowsOf(Array.from({ length: 15 }, () => part("long_texts", [column("v")])));
    expect(await status((async () => {
      for await (const _ of adapter.rows(query(many), noSignal()));
    })())).toBe("OVER_CAP");
    expect(await collect(adapter, all("written"))).toEqual([["one"]]);
  });

  describe("fails in the contract's words", () => {
    test("a statement beyond the server's time limit is TIMEOUT, and the connection lives on", async () => {
      const one = await own({ connections: "1", statementTimeout: "200ms" });
      expect(await status(collect(one, all("sleeping")))).toBe("TIMEOUT");
      expect(await collect(one, all("written"))).toEqual([["one"]]);
      await one.close();
    });

    test("a connection that the server ends is UNAVAILABLE, and the next query gets another", async () => {
      const one = await own({ connections: "1" });
      const never = status(collect(one, all("sleeping")));
      const find = () => database.run("SELECT ID FROM information_schema.PROCESSLIST WHERE INFO LIKE '%`sleeping`%' AND DB = DATABASE() AND ID <> CONNECTION_ID()");
      let found = await find();
      while (found.length === 0) {
        await new Promise((resolve) => setTimeout(resolve, 10));
        found = await find();
      }
      await database.run(`KILL CONNECTION ${Number(found[0]?.[0])}`);
      expect(await never).toBe("UNAVAILABLE");
      expect(one.health().status).toBe("failing");
      expect(await collect(one, all("written"))).toEqual([["one"]]);
      expect(one.health().status).toBe("ok");
      await one.close();
    });

    test.each([
      ["no server", "mariadb://root@127.0.0.1:1/mysql"],
      ["no such user", "mariadb://nobody_at_all:x@127.0.0.1:3306/mysql"],
    ])("%s is UNAVAILABLE", async (_, url) => {
      expect(await status(open(url))).toBe("UNAVAILABLE");
    });

    test("no such database is UNAVAILABLE, and a server of the other kind is refused with the mend", async () => {
      expect(await status(open(database.url.replace(/\/[^/]*$/, "/no_such_database")))).toBe("UNAVAILABLE");
      const refused = await openMysql({ connection: parseMysqlConnection({ url: database.url.replace("mariadb:", "mysql:") }, mysql), flavour: mysql }).catch((cause: unknown) => cause);
      expect(refused).toBeInstanceOf(SourceFailure);
    });

    test("a closed adapter is UNAVAILABLE, and what still runs is ABORTED or UNAVAILABLE", async () => {
      const one = await own({ connections: "1" });
      const running = status(collect(one, all("sleeping")));
      await new Promise((resolve) => setTimeout(resolve, 50));
      await one.close();
      expect(["ABORTED", "UNAVAILABLE"]).toContain(await running);
      expect(await status(collect(one, query(rowsOf([part("written", [column("v")], TRUE)]))))).toBe("UNAVAILABLE");
    });
  });
});

test("a server that speaks another protocol, or none, costs a connection and no process", async () => {
  for (const says of ["HTTP/1.1 400 Bad Request\r\n\r\n", "\u0000".repeat(64), "\u0003\u0000\u0000\u0000\u000a10", ""]) {
    const server = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.end(Buffer.from(says, "latin1"));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    expect(await status(open(`mariadb://root@127.0.0.1:${port}/mysql`, { connectTimeout: "500ms" }))).toBe("UNAVAILABLE");
    server.close();
  }
});
