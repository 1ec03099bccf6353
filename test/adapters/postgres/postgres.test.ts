// Goal: a PostgreSQL source can only be read, whoever connects; its tables are told as they are; its indexes serve; it may go and come back.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Adapter } from "../../../adapters/contract/adapter.ts";
import { SourceFailure } from "../../../adapters/contract/adapter.ts";
import { checked } from "../../../adapters/contract/checked.ts";
import type { BoundValue, SourceCond, SourceTemplate } from "../../../adapters/contract/sourceQuery.ts";
import { ConfigProblem } from "../../../adapters/contract/tableReader.ts";
import { parsePostgresConnection } from "../../../adapters/postgres/connectionConfig.ts";
import { openPostgres } from "../../../adapters/postgres/openPostgres.ts";
import { openSession } from "../../../adapters/postgres/session.ts";
import { keySecret } from "../../fixtures/keySecret.ts";
import { hasPostgres, makeSchema, type PostgresSchema } from "../../fixtures/postgresServer.ts";
import { collect } from "../fixtures/collect.ts";
import { column, compare, isNull, part, query, rowsOf, slot, TRUE } from "../fixtures/templates.ts";

const status = (work: Promise<unknown>): Promise<string> => work.then(() => "OK", (cause: unknown) => (cause instanceof SourceFailure ? cause.status : Promise.reject(cause)));
const noSignal = (): AbortSignal => new AbortController().signal;

describe.skipIf(!(await hasPostgres()))("a PostgreSQL source", () => {
  let schema: PostgresSchema;
  let adapter: Adapter;
  const open = async (more: Record<string, string> = {}, catalogueEveryMs?: number): Promise<Adapter> =>
    checked(await openPostgres({ connection: parsePostgresConnection({ url: schema.url, schema: schema.schema, ...more }), ...(catalogueEveryMs === undefined ? {} : { catalogueEveryMs }) }));
  const all = (table: string, name = "v") => query(rowsOf([part(table, [column(name)])]));

  beforeAll(async () => {
    schema = await makeSchema();
    await schema.run(`
      CREATE TABLE written (id int8 PRIMARY KEY, v text);
      INSERT INTO written VALUES (1, 'one');
      CREATE FUNCTION writes() RETURNS text LANGUAGE plpgsql VOLATILE AS $$ BEGIN INSERT INTO ${schema.schema}.written VALUES (2, 'two'); RETURN 'done'; END $$;
      CREATE VIEW writing AS SELECT writes() AS v;
      CREATE VIEW unlocking AS SELECT set_config('default_transaction_read_only', 'off', false) AS v;
      CREATE VIEW unlocking_here AS SELECT set_config('transaction_read_only', 'off', true) || writes() AS v;
      CREATE VIEW sleeping AS SELECT pg_sleep(20)::text AS v;
      CREATE DOMAIN positive AS int4 NOT NULL CHECK (VALUE > 0);
      CREATE TYPE colour AS ENUM ('red', 'blue');
      CREATE TABLE "Odd ""table" (id uuid, n positive, "Mixed Case" varchar(10) NOT NULL, e colour, f float4, d numeric(12,3), big numeric, at timestamptz, t time, a int4[], gone int4, PRIMARY KEY (id, n));
      ALTER TABLE "Odd ""table" DROP COLUMN gone;
      CREATE UNIQUE INDEX part ON "Odd ""table" (d) WHERE d > 0;
      CREATE UNIQUE INDEX lowered ON "Odd ""table" (lower("Mixed Case"));
      CREATE UNIQUE INDEX covering ON "Odd ""table" (at) INCLUDE (f);
      CREATE TABLE pg_class (v text);
      CREATE TABLE readings (id int8 PRIMARY KEY, station varchar(20) NOT NULL, at timestamptz NOT NULL, day date NOT NULL, value float8, rev int4 NOT NULL, exact timestamptz(3) NOT NULL, UNIQUE (station, at, rev));
      CREATE INDEX readings_at ON readings (at);
      CREATE INDEX readings_exact ON readings (exact);
      CREATE INDEX readings_day ON readings (day);
      CREATE INDEX readings_value ON readings (value);
      INSERT INTO readings SELECT i, 's' || i % 50, '2024-01-01'::timestamptz + i * interval '1 minute', '2024-01-01'::date + i % 300, i % 1000, 1, '2024-01-01'::timestamptz + i * interval '1 minute' FROM generate_series(1, 20000) i;
      ANALYZE readings`);
    adapter = await open();
  });
  afterAll(async () => {
    await adapter?.close();
    await schema?.drop();
  });

  describe("can only be read", () => {
    const written = () => schema.run("SELECT id::int FROM written ORDER BY id");

    test.each(["INSERT INTO written VALUES (3, 'x')", "UPDATE written SET v = 'x'", "DELETE FROM written", "TRUNCATE written", "CREATE TABLE more (v text)", "DROP TABLE written", "SELECT writes()", "SELECT * FROM written FOR UPDATE", "COPY written FROM STDIN"])(
      "%s fails on the adapter's own connection, for the tables' owner",
      async (text) => {
        const session = await openSession(parsePostgresConnection({ url: schema.url, schema: schema.schema }), keySecret);
        await expect(session.read(text, [])).rejects.toMatchObject({ code: "25006" });
        await session.end();
        expect(await written()).toEqual([[1]]);
      },
    );

    test("a view that writes fails, also behind one that takes the session's lock off", async () => {
      expect(await status(collect(adapter, all("writing")))).toBe("BAD_ANSWER");
      expect(await status(collect(adapter, all("unlocking_here")))).toBe("BAD_ANSWER");
      // One connection, so that what the first query changed is there for the second.
      const own = await open({ connections: "1" });
      expect(await collect(own, all("unlocking"))).toEqual([["off"]]);
      expect(await status(collect(own, all("writing")))).toBe("BAD_ANSWER");
      await own.close();
      expect(await written()).toEqual([[1]]);
    });
  });

  test("introspection tells types, nullability, whole unique keys and views, and no dropped column", async () => {
    const tables = await adapter.introspect(noSignal());
    const [[collation] = []] = await schema.run("SELECT datcollate FROM pg_database WHERE datname = current_database()");
    expect(tables.find(({ name }) => name === 'Odd "table')).toEqual({
      name: 'Odd "table',
      columns: [
        { name: "id", type: "UUID", nullable: false, typeSafe: true, cells: "text" },
        { name: "n", type: `${schema.schema}.POSITIVE`.toUpperCase(), nullable: false, typeSafe: true, cells: "integer" },
        { name: "Mixed Case", type: "CHARACTER VARYING(10)", nullable: false, typeSafe: true, cells: "text", collation },
        { name: "e", type: `${schema.schema}.COLOUR`.toUpperCase(), nullable: true, typeSafe: true, cells: "text", values: ["red", "blue"] },
        { name: "f", type: "REAL", nullable: true, typeSafe: true, cells: "number" },
        { name: "d", type: "NUMERIC(12,3)", nullable: true, typeSafe: true, cells: "decimal", digits: 12 },
        { name: "big", type: "NUMERIC", nullable: true, typeSafe: true, cells: "decimal" },
        { name: "at", type: "TIMESTAMP WITH TIME ZONE", nullable: true, typeSafe: true, cells: "instant" },
        { name: "t", type: "TIME WITHOUT TIME ZONE", nullable: true, typeSafe: true, cells: "text" },
        { name: "a", type: "INTEGER[]", nullable: true, typeSafe: true, cells: "text" },
      ].map((info) => ({ ...info, type: info.type.replace(`${schema.schema.toUpperCase()}.`, "") })),
      unique: [["id", "n"], ["at"]],
      indexes: [["id", "n"], ["d"], ["at"]],
      rowCountEstimate: 0,
      rowid: false,
    });
    expect(tables.find(({ name }) => name === "writing")).toMatchObject({ columns: [{ name: "v", nullable: true }], unique: [], definition: expect.stringMatching(/^[0-9a-f]{32}$/) });
    // The server would take its own table for it.
    expect(tables.some(({ name }) => name === "pg_class")).toBe(false);
    expect(tables.find(({ name }) => name === "readings")?.rowCountEstimate).toBe(20_000);
  });

  describe("its indexes serve", () => {
    const explained = async (template: SourceTemplate, values: readonly BoundValue[]): Promise<string> => {
      const { text, parameters } = adapter.describe(query(template, values));
      return (await schema.run(`EXPLAIN ${text}`, parameters)).flat().join("\n");
    };
    const on = (cond: SourceCond) => rowsOf([part("readings", [column("id")], cond)]);
    const list: SourceCond = { kind: "inList", left: column("id"), list: slot(0), negated: false };
    test.each([
      ["a text", on(compare(column("station"), "=", slot(0))), ["s7"], "readings_station"],
      ["an instant's range", on(compare(column("at"), ">", slot(0))), ["2024-01-14 20:00:00.000+00"], "readings_at"],
      ["an instant", on(compare(column("at"), "=", slot(0))), ["2024-01-14 20:00:00+00"], "readings_at"],
      ["a date", on(compare(column("day"), "=", slot(0))), ["2024-02-01"], "readings_day"],
      ["a number", on(compare(column("value"), "=", slot(0))), [17], "readings_value"],
      ["a whole number, asked by text", on(compare(column("id"), "=", slot(0))), ["17"], "readings_pkey"],
      ["a list of keys", on(list), [[1, 2, 3]], "readings_pkey"],
      // A column with microseconds orders by what the hub reads of it, which no index does.
      ["the first page of an order, latest first", rowsOf([part("readings", [column("exact"), column("id")])], { order: [{ column: 0, descending: true }, { column: 1, descending: false }], limitSlot: 0 }), [5], "readings_exact"],
      ["the latest row of a key", on({ kind: "isLatest", table: "readings", alias: "t", key: ["station", "at"], by: ["rev"] }), [], "readings_station_at_rev_key"],
    ] as const)("%s", async (_, template, values, index) => {
      expect(await explained(template, values)).toMatch(new RegExp(`(?:Index (?:Only )?Scan|Bitmap Index Scan).*(?:${index})`));
    });
  });

  test("a column that may be NULL from now on has its NULLs found", async () => {
    await schema.run("CREATE TABLE loosened (id int4 PRIMARY KEY, v text NOT NULL); INSERT INTO loosened VALUES (1, 'x')");
    const own = await open({}, 0);
    const nulls = query(rowsOf([part("loosened", [column("id")], isNull(column("v")))]));
    expect(await collect(own, nulls)).toEqual([]);
    const before = own.health().version;
    await schema.run("ALTER TABLE loosened ALTER COLUMN v DROP NOT NULL; INSERT INTO loosened VALUES (2, NULL)");
    await own.introspect(noSignal());
    expect(await collect(own, nulls)).toEqual([[2]]);
    expect(own.health().version).not.toBe(before);
    await own.close();
  });

  test("a column whose type changed under a prepared statement is read anew", async () => {
    await schema.run("CREATE TABLE changing (id int4 PRIMARY KEY, v int4); INSERT INTO changing VALUES (1, 7)");
    const own = await open({ connections: "1" });
    const read = all("changing");
    expect(await collect(own, read)).toEqual([[7]]);
    await schema.run("ALTER TABLE changing ALTER COLUMN v TYPE text");
    // The server gives the old plan up; the connection is not used again.
    expect(await status(collect(own, read))).toBe("BAD_ANSWER");
    await own.introspect(noSignal());
    expect(await collect(own, read)).toEqual([["7"]]);
    await own.close();
  });

  test("once changed tables are known, no connection answers by what was prepared before", async () => {
    await schema.run("CREATE TABLE retyped (id int4 PRIMARY KEY, v int4); INSERT INTO retyped VALUES (1, 7)");
    const own = await open({ connections: "3" });
    const three = () => Promise.allSettled([1, 2, 3].map(() => collect(own, all("retyped"))));
    const whole = (value: unknown) => [1, 2, 3].map(() => ({ status: "fulfilled", value: [[value]] }));
    expect(await three()).toEqual(whole(7));
    await schema.run("ALTER TABLE retyped ALTER COLUMN v TYPE text");
    // Given up by the server, then prepared again by connections that do not know of the change.
    await three();
    await three();
    await own.introspect(noSignal());
    expect(await three()).toEqual(whole("7"));
    await schema.run("ALTER TABLE retyped ALTER COLUMN v TYPE int4 USING v::int4");
    await own.introspect(noSignal());
    expect(await three()).toEqual(whole(7));
    await own.close();
  });

  describe("fails in the contract's words", () => {
    test("a statement beyond the server's time limit is TIMEOUT, and the connection lives on", async () => {
      const own = await open({ connections: "1", statementTimeout: "200ms" });
      expect(await status(collect(own, all("sleeping")))).toBe("TIMEOUT");
      expect(await collect(own, all("written"))).toEqual([["one"]]);
      await own.close();
    });

    test("a connection that the server ends is UNAVAILABLE, and the next query gets another", async () => {
      const own = await open({ connections: "1" });
      const never = status(collect(own, all("sleeping")));
      const ended = async (): Promise<boolean> => (await schema.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%sleeping%' AND application_name = 'one-network' AND state = 'active'")).length > 0;
      while (!(await ended())) await new Promise((resolve) => setTimeout(resolve, 10));
      expect(await never).toBe("UNAVAILABLE");
      expect(own.health().status).toBe("failing");
      expect(await collect(own, all("written"))).toEqual([["one"]]);
      expect(own.health().status).toBe("ok");
      await own.close();
    });

    test.each([
      ["no server", { url: "postgres://postgres@127.0.0.1:1/postgres" }],
      ["no such database", { url: "postgres://postgres@127.0.0.1:5432/no_such_database" }],
    ])("%s is UNAVAILABLE", async (_, connection) => {
      expect(await status(openPostgres({ connection: parsePostgresConnection(connection) }))).toBe("UNAVAILABLE");
    });

    test("a closed adapter is UNAVAILABLE, and what still runs is ABORTED or UNAVAILABLE", async () => {
      const own = await open({ connections: "1" });
      const running = status(collect(own, all("sleeping")));
      await new Promise((resolve) => setTimeout(resolve, 50));
      await own.close();
      expect(["ABORTED", "UNAVAILABLE"]).toContain(await running);
      expect(await status(collect(own, query(rowsOf([part("written", [column("v")], TRUE)]))))).toBe("UNAVAILABLE");
    });
  });
});

describe("a connection is refused with its place", () => {
  test.each([
    [{}, "connection"],
    [{ url: "mysql://x" }, "connection.url"],
    [{ url: "postgres://h/d", host: "h" }, "connection.host"],
    [{ host: "h", user: "u" }, "connection.database"],
    [{ host: "h", database: "d", user: "u", port: "0" }, "connection.port"],
    [{ url: "postgres://h/d", schema: "pg_catalog" }, "connection.schema"],
    [{ url: "postgres://h/d", connections: "0" }, "connection.connections"],
    [{ url: "postgres://h/d", ssl: "yes" }, "connection.ssl"],
    [{ url: "postgres://h/d", timeout: "1s" }, "connection.timeout"],
  ] as const)("%j", (connection, path) => {
    const refused = (): unknown => {
      try {
        return parsePostgresConnection(connection);
      } catch (cause) {
        return cause;
      }
    };
    const problem = refused();
    expect(problem).toBeInstanceOf(ConfigProblem);
    expect((problem as ConfigProblem).path.join(".")).toBe(path);
  });
});
