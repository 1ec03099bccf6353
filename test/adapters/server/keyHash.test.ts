/** Hashes of keys on real servers: near values of every type that keys have are told apart, and nobody without the secret makes the same. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Adapter } from "../../../adapters/contract/adapter.ts";
import { parseMysqlConnection } from "../../../adapters/mysql/connectionConfig.ts";
import { mariadb } from "../../../adapters/mysql/flavour.ts";
import { openMysql } from "../../../adapters/mysql/openMysql.ts";
import { parsePostgresConnection } from "../../../adapters/postgres/connectionConfig.ts";
import { openPostgres } from "../../../adapters/postgres/openPostgres.ts";
import { keySecret } from "../../fixtures/keySecret.ts";
import { hasMariadb, makeDatabase } from "../../fixtures/mariadbServer.ts";
import { hasPostgres, makeSchema } from "../../fixtures/postgresServer.ts";
import { collect } from "../fixtures/collect.ts";
import { part, query, rowsOf } from "../fixtures/templates.ts";

type Values = readonly [type: string, ...near: readonly string[]];

interface Server {
  readonly name: string;
  readonly isThere: boolean;
  readonly types: readonly Values[];
  open(): Promise<{ run(text: string): Promise<unknown>; adapterWith(secret: string | undefined): Promise<Adapter>; drop(): Promise<void> }>;
}

const servers: readonly Server[] = [
  {
    name: "PostgreSQL",
    isThere: await hasPostgres(),
    types: [
      ["text", "'a'", "'A'", "'a '", "''", "'é'", "U&'e\\0301'"],
      ["varchar(10)", "'北京'", "'北京市'"],
      ["char(4)", "'ab'", "'abc'"],
      ["bigint", "9007199254740993", "9007199254740992"],
      ["numeric(30,12)", "123456789012345678.000000000001", "123456789012345678.000000000002"],
      ["real", "0.1", "0.10000001"],
      ["double precision", "0.1", "0.10000000000000002"],
      ["timestamptz", "'2026-01-01 00:00:00.000001+00'", "'2026-01-01 00:00:00.000002+00'"],
      ["timestamp", "'2026-01-01 00:00:00.000001'", "'2026-01-01 00:00:00.000002'"],
      ["date", "'2026-01-01'", "'2026-01-02'"],
      ["bytea", "'\\x00'", "'\\x0000'"],
      ["uuid", "'00000000-0000-0000-0000-000000000001'", "'00000000-0000-0000-0000-000000000002'"],
    ],
    async open() {
      const { url, schema, run, drop } = await makeSchema();
      return { run, drop, adapterWith: (secret) => openPostgres({ connection: parsePostgresConnection({ url, schema }), keySecret: secret }) };
    },
  },
  {
    name: "MariaDB",
    isThere: await hasMariadb(),
    types: [
      ["varchar(10) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin", "'a'", "'A'", "'a '", "''"],
      ["varchar(10) CHARACTER SET latin1", "'e'", "'f'"],
      ["char(4)", "'ab'", "'abc'"],
      ["bigint unsigned", "18446744073709551615", "18446744073709551614"],
      ["decimal(30,12)", "123456789012345678.000000000001", "123456789012345678.000000000002"],
      ["float", "0.1", "0.10000001"],
      ["double", "0.1", "0.10000000000000002"],
      ["datetime(6)", "'2026-01-01 00:00:00.000001'", "'2026-01-01 00:00:00.000002'"],
      ["timestamp(6)", "'2026-01-01 00:00:00.000001'", "'2026-01-01 00:00:00.000002'"],
      ["date", "'2026-01-01'", "'2026-01-02'"],
      ["varbinary(8)", "x'00'", "x'0000'"],
      ["bit(8)", "b'1'", "b'10'"],
    ],
    async open() {
      const { url, run, drop } = await makeDatabase();
      return { run, drop, adapterWith: (secret) => openMysql({ connection: parseMysqlConnection({ url }, mariadb), flavour: mariadb, keySecret: secret }) };
    },
  },
];

describe.each(servers)("on $name", ({ isThere, types, open }) => {
  let at: Awaited<ReturnType<Server["open"]>>;
  const adapters: Adapter[] = [];
  beforeAll(async () => {
    if (!isThere) return;
    at = await open();
    for (const [index, [type, ...near]] of types.entries()) {
      await at.run(`CREATE TABLE t${index} (k ${type} NOT NULL, n varchar(3) NOT NULL, PRIMARY KEY (k, n))`);
      for (const value of near) await at.run(`INSERT INTO t${index} VALUES (${value}, '')`);
    }
    await at.run("CREATE TABLE pairs (a varchar(9) NOT NULL, b varchar(9) NOT NULL, PRIMARY KEY (a, b))");
    await at.run("INSERT INTO pairs VALUES ('1:a', ''), ('1', ':a'), ('', '1:a'), ('ab', 'c'), ('a', 'bc')");
    for (const secret of [keySecret, keySecret, "0a".repeat(32)]) adapters.push(await at.adapterWith(secret));
  });
  afterAll(async () => {
    for (const adapter of adapters) await adapter.close();
    await at?.drop();
  });
  const hashes = async (adapter: Adapter | undefined, table: string, columns: readonly string[]): Promise<readonly unknown[]> =>
    (await collect(adapter as Adapter, query(rowsOf([part(table, [{ kind: "keyHash", alias: "t", columns }])], { order: [{ column: 0, descending: false }] })))).map(([hash]) => hash);

  test.skipIf(!isThere).each(types.map(([type, ...near], index) => ({ type, near, index })))("near values of $type have hashes of their own, the same for whoever has the secret", async ({ near, index }) => {
    const found = await hashes(adapters[0], `t${index}`, ["k", "n"]);
    expect(new Set(found).size).toBe(near.length);
    for (const hash of found) expect(hash).toMatch(/^[0-9a-f]{32}$/);
    expect(await hashes(adapters[1], `t${index}`, ["k", "n"])).toEqual(found);
    const others = await hashes(adapters[2], `t${index}`, ["k", "n"]);
    expect(found.filter((hash) => others.includes(hash))).toEqual([]);
  });

  test.skipIf(!isThere)("texts of several columns do not run into each other", async () => {
    expect(new Set(await hashes(adapters[0], "pairs", ["a", "b"])).size).toBe(5);
  });

  test.skipIf(!isThere)("a source that was given no secret hashes nothing, and a secret of another form is refused", async () => {
    expect(adapters[0]?.capabilities().keyHash).toBe(true);
    const without = await at.adapterWith(undefined);
    expect(without.capabilities().keyHash).toBe(false);
    await without.close();
    await expect(at.adapterWith("'; DROP TABLE t0; --")).rejects.toThrow(/hexadecimal/);
  });
});
