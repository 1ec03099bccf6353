/**
 * `npm run -s bench -- --kinds`: what the adapter of a server kind costs. 100 rows × 10 columns, ordered by key, as JSON: through the
 * adapter (checked, exact cells, read-only transaction) against the driver alone with the same statement's plain form. Interleaved rounds,
 * medians, one ratio for each kind; passes or fails nothing. Needs PostgreSQL (`POSTGRES_URL`) or MariaDB (`MARIADB_URL`); what does not
 * answer is left out, with the reason.
 */
import { createConnection } from "mysql2/promise";
import pg from "pg";
import type { Adapter } from "../adapters/contract/adapter.ts";
import { mint } from "../adapters/contract/authorisedQuery.ts";
import { checked } from "../adapters/contract/checked.ts";
import type { SourceExpr } from "../adapters/contract/sourceQuery.ts";
import { parseMysqlConnection } from "../adapters/mysql/connectionConfig.ts";
import { mariadb } from "../adapters/mysql/flavour.ts";
import { openMysql } from "../adapters/mysql/openMysql.ts";
import { parsePostgresConnection } from "../adapters/postgres/connectionConfig.ts";
import { openPostgres } from "../adapters/postgres/openPostgres.ts";

const rounds = 7;
const roundMs = Number(process.env["BENCH_ROUND_MS"] ?? 1500);
const readers = 4;
const target = 0.5;
const place = `hub_bench_${process.pid}`;
const names = ["id", "station", "at", "pm25", "pm10", "so2", "no2", "quality", "note", "rev"] as const;

interface Side {
  readonly kind: string;
  readonly adapter: Adapter;
  /** One statement by one of so many connections of the driver alone. */
  readonly alone: readonly (() => Promise<unknown>)[];
  drop(): Promise<void>;
}

const column = (name: string): SourceExpr => ({ kind: "column", alias: "t", column: name });
const query = (from: number) =>
  mint({
    source: "bench",
    template,
    values: [from, 100],
    rowsMax: 1000,
  });
const template = {
  kind: "rows",
  parts: [{ table: "readings", alias: "t", joins: [], where: { kind: "compare", op: ">=", left: column("id"), right: { kind: "slot", slot: 0 } }, columns: names.map(column) }],
  order: [{ column: 0, descending: false }],
  backward: false,
  limitSlot: 1,
  slotCount: 2,
} as const;
let next = 0;
const start = (): number => (next = (next * 7919 + 13) % 19_000);

async function postgres(): Promise<Side> {
  const url = process.env["POSTGRES_URL"] ?? "postgres://postgres@127.0.0.1:5432/postgres";
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  await admin.query(`CREATE SCHEMA ${place}; SET search_path = ${place};
    CREATE TABLE readings (id int8 PRIMARY KEY, station text NOT NULL, at timestamptz(3) NOT NULL, pm25 float8, pm10 float8, so2 numeric(8,2), no2 numeric(8,2), quality text, note text, rev int4 NOT NULL);
    INSERT INTO readings SELECT i, 's' || i % 50, '2024-01-01'::timestamptz + i * interval '1 hour', i % 97 / 7.0, i % 89 / 3.0, i % 50 / 3.0, i % 70 / 9.0, 'RAW', '备注' || i, 1 FROM generate_series(1, 20000) i; ANALYZE readings`);
  const clients = await Promise.all(Array.from({ length: readers }, async () => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(`SET search_path = ${place}`);
    return client;
  }));
  const text = `SELECT ${names.join(", ")} FROM readings WHERE id >= $1 ORDER BY id LIMIT 100`;
  return {
    kind: "postgres",
    adapter: checked(await openPostgres({ connection: parsePostgresConnection({ url, schema: place, connections: String(readers) }) })),
    alone: clients.map((client) => async () => JSON.stringify((await client.query({ name: "bench", text, values: [start()] })).rows)),
    async drop() {
      await Promise.all(clients.map((client) => client.end()));
      await admin.query(`DROP SCHEMA ${place} CASCADE`);
      await admin.end();
    },
  };
}

async function mariadbSide(): Promise<Side> {
  const url = new URL(process.env["MARIADB_URL"] ?? "mariadb://root@127.0.0.1:3306/mysql");
  const at = { host: url.hostname, port: Number(url.port || 3306), user: decodeURIComponent(url.username), password: decodeURIComponent(url.password) };
  const admin = await createConnection({ ...at, multipleStatements: true });
  await admin.query(`CREATE DATABASE ${place} CHARACTER SET utf8mb4; USE ${place};
    CREATE TABLE readings (id bigint PRIMARY KEY, station varchar(20) NOT NULL, at timestamp(3) NOT NULL, pm25 double, pm10 double, so2 decimal(8,2), no2 decimal(8,2), quality varchar(10), note varchar(50), rev int NOT NULL);
    SET time_zone = '+00:00'; INSERT INTO readings SELECT seq, CONCAT('s', seq % 50), '2024-01-01' + INTERVAL seq HOUR, seq % 97 / 7e0, seq % 89 / 3e0, seq % 50 / 3, seq % 70 / 9, 'RAW', CONCAT('备注', seq), 1 FROM seq_1_to_20000; ANALYZE TABLE readings`);
  const clients = await Promise.all(Array.from({ length: readers }, () => createConnection({ ...at, database: place })));
  const text = `SELECT ${names.join(", ")} FROM readings WHERE id >= ? ORDER BY id LIMIT 100`;
  url.pathname = `/${place}`;
  return {
    kind: "mariadb",
    adapter: checked(await openMysql({ connection: parseMysqlConnection({ url: url.href, connections: String(readers) }, mariadb), flavour: mariadb })),
    alone: clients.map((client) => async () => JSON.stringify((await client.execute(text, [start()]))[0])),
    async drop() {
      await Promise.all(clients.map((client) => client.end()));
      await admin.query(`DROP DATABASE ${place}`);
      await admin.end();
    },
  };
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** Statements per second by as many readers at once. */
async function rate(work: readonly (() => Promise<unknown>)[]): Promise<number> {
  const from = performance.now();
  let count = 0;
  await Promise.all(work.map(async (one) => {
    while (performance.now() - from < roundMs) {
      await one();
      count += 1;
    }
  }));
  return (count / (performance.now() - from)) * 1000;
}

async function measure({ kind, adapter, alone, drop }: Side): Promise<void> {
  const through = Array.from({ length: readers }, () => async () => {
    const rows: unknown[] = [];
    for await (const batch of adapter.rows(query(start()), new AbortController().signal)) rows.push(...batch.rows);
    return JSON.stringify(rows);
  });
  await rate(through);
  await rate(alone);
  const ratios: number[] = [];
  const rates: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const [own, other] = [await rate(through), await rate(alone)];
    ratios.push(own / other);
    rates.push(own);
  }
  const ratio = median(ratios);
  console.log(`${kind.padEnd(10)} ${median(rates).toFixed(0).padStart(6)}/s  ${ratio.toFixed(2)} × the driver alone (to reach: ${target}${ratio < target ? ", missed" : ""})`);
  await adapter.close();
  await drop();
}

for (const [kind, open] of [["postgres", postgres], ["mariadb", mariadbSide]] as const) {
  const side = await open().catch((cause: unknown) => console.log(`${kind}: left out, ${cause instanceof Error ? cause.message : String(cause)}`));
  if (side) await measure(side);
}
