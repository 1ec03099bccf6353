/**
 * `npm run -s bench -- --regions`: what one region's trouble costs the others. A hub with a healthy SQLite region and a PostgreSQL region
 * behind a proxy that can be stopped; interleaved rounds, medians, ratios. Passes or fails nothing; needs PostgreSQL (`POSTGRES_URL`).
 *
 * - one region hung: p99 of operations that do not touch it, against the same mix while it is well;
 * - 500 clients that read a kilobyte a second: p99 of the others, against the same without them;
 * - an aggregate over a million rows: the hub's memory meanwhile.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { asPurpose } from "../schema/ids.ts";
import { issueToken } from "../src/identity/issueToken.ts";
import { openKeys } from "../src/identity/keys.ts";
import { buildDatabase } from "./data.ts";
import { load } from "./load.ts";

const rounds = 5;
const roundMs = 3000;
const slowClients = 500;
const observations = Number(process.env["ROWS"] ?? 1_000_000);
const root = fileURLToPath(new URL("../../", import.meta.url));
const server = process.env["POSTGRES_URL"] ?? "postgres://postgres@127.0.0.1:5432/postgres";
const schema = `hub_bench_${process.pid}`;
const dir = mkdtempSync(join(tmpdir(), "one-network-regions-"));
const dataDir = join(dir, "data");

/** Hands on what comes until it is stopped: connections then stay open and say nothing. */
function openProxy(target: URL): Promise<{ readonly port: number; stop(isStopped: boolean): void; close(): void }> {
  const pairs = new Set<readonly Socket[]>();
  let isStopped = false;
  const proxy = createServer((client) => {
    const upstream = connect(Number(target.port || 5432), target.hostname);
    const pair = [client, upstream];
    pairs.add(pair);
    for (const [from, to] of [pair, pair.toReversed()] as [Socket, Socket][]) {
      from.on("data", (chunk) => void to.write(chunk));
      from.on("error", () => to.destroy());
      from.on("close", () => {
        to.destroy();
        pairs.delete(pair);
      });
    }
    if (isStopped) for (const socket of pair) socket.pause();
  });
  return new Promise((resolve) => {
    proxy.listen(0, "127.0.0.1", () =>
      resolve({
        port: (proxy.address() as AddressInfo).port,
        stop(stopped) {
          isStopped = stopped;
          for (const pair of pairs) for (const socket of pair) stopped ? socket.pause() : socket.resume();
        },
        close() {
          proxy.close();
          for (const pair of pairs) for (const socket of pair) socket.destroy();
        },
      }),
    );
  });
}

const hebei = `region: 130000
kind: sqlite
connection: { file: "\${HUB_DATA}/enterprise.db" }
timeZone: Asia/Shanghai
entities:
  Enterprise:
    from: enterprise
    key: { columns: [uscc], public: true }
    fields: { uscc: uscc, name: name, industry: industry, address: address, permitClass: permit_class, performanceGrade: grade, region: region, output: output, energy: energy }
`;
const tianjin = `region: 120000
kind: postgres
connection: { url: "\${PG_URL}", schema: "\${PG_SCHEMA}" }
timeZone: Asia/Shanghai
deadline: 2s
entities:
  Station: { from: station, key: code, tie: code, fields: { code: code, name: name, medium: { constant: AIR } } }
  Observation:
    from: observation
    key: [station, ts]
    tie: id
    fields: { station: station, pollutant: { constant: a34004 }, start: ts, averaging: { constant: PT1H }, value: { column: value, unit: ug/m3 } }
`;
const rule = (entities: string): string => `rules:\n  - { id: r, to: agency:asker, allow: { ${entities} } }\n`;

const healthyQuery = "{ enterprises(orderBy: [{ uscc: ASC }], first: 100) { nodes { uscc name industry address permitClass performanceGrade output energy } } }";
const troubledQuery = "{ stations(orderBy: [{ code: ASC }], first: 100) { nodes { code name } } }";
const largeQuery = "{ enterprises(orderBy: [{ uscc: ASC }], first: 1000) { nodes { uscc name industry address permitClass performanceGrade output energy } } }";
const aggregateQuery = "{ observationsAggregate(groupBy: [{ field: START, bucket: MONTH }]) { groups { key { start } count sum { value } max { value } } } }";

const quantile = (values: readonly number[], part: number): number => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))] as number;
const median = (values: readonly number[]): number => quantile(values, 0.5);

async function fillServer(): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  await client.query(`CREATE SCHEMA "${schema}"; SET search_path = "${schema}";
    CREATE TABLE station (code text PRIMARY KEY, name text);
    INSERT INTO station SELECT (1000 + i) || 'A', '站' || i FROM generate_series(0, 199) i;
    CREATE TABLE observation (station text NOT NULL, ts timestamptz NOT NULL, value numeric, id int NOT NULL UNIQUE, PRIMARY KEY (station, ts));
    INSERT INTO observation SELECT (1000 + i % 10) || 'A', timestamptz '2000-01-01 00:00+08' + (i / 10) * interval '1 hour', (i % 997) / 4.0, i FROM generate_series(0, ${observations - 1}) i;
    ANALYZE;`);
  await client.end();
}

async function emptyServer(): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  await client.query(`DROP SCHEMA IF EXISTS "${schema}" CASCADE`);
  await client.end();
}

/** Clients that ask for a large answer again and again and read a kilobyte of it a second. */
function openSlowClients(url: URL, head: string, body: string): { areServed(): boolean; close(): void } {
  const sockets = Array.from({ length: slowClients }, () => {
    const socket = connect(Number(url.port), url.hostname);
    socket.on("error", () => undefined);
    socket.once("connect", () => socket.write(`${head}${body}`));
    socket.on("readable", () => undefined);
    return socket;
  });
  const reading = setInterval(() => {
    for (const socket of sockets) socket.read(1024);
  }, 1000);
  return {
    areServed: () => sockets.every(({ bytesRead }) => bytesRead > 0),
    close() {
      clearInterval(reading);
      for (const socket of sockets) socket.destroy();
    },
  };
}

const rssMiB = (pid: number): number => Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;

let child: ChildProcess | null = null;
function startHub(port: number): Promise<{ readonly url: string; readonly pid: number }> {
  const target = new URL(server);
  target.hostname = "127.0.0.1";
  target.port = String(port);
  const env = { ...process.env, HUB_DATA: dataDir, PORT: "0", HOST: "127.0.0.1", PG_URL: target.href, PG_SCHEMA: schema };
  const started = spawn(process.execPath, [join(root, "dist/src/main.js"), "--network", dir], { stdio: ["ignore", "pipe", "inherit"], env });
  child = started;
  return new Promise((resolve, reject) => {
    let output = "";
    started.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      const url = /ready (http:\/\/\S+)/.exec(output)?.[1];
      if (url !== undefined && started.pid !== undefined) resolve({ url, pid: started.pid });
    });
    started.once("exit", (status) => reject(new Error(`the hub ended with ${status}: ${output}`)));
  });
}

const line = (name: string, ratio: number, bound: number, detail: string): void =>
  void process.stdout.write(`${name.padEnd(44)} ${ratio.toFixed(2)}  (≤ ${bound})${ratio <= bound ? "" : "   MISSED"}   ${detail}\n`);

async function main(): Promise<void> {
  mkdirSync(dataDir);
  buildDatabase(join(dataDir, "enterprise.db"));
  writeFileSync(join(dir, "network.yaml"), "timeZone: Asia/Shanghai\npurposes: { benchmark: { zh: 测试, en: benchmark } }\nagencies:\n  asker: { zh: 机构, en: agency, purposes: [benchmark] }\nbudgets: { perMinute: 1000000000000, perDay: 1000000000000000 }\n");
  for (const [name, source, policy] of [["hebei", hebei, rule("Enterprise: [uscc, name, industry, address, permitClass, performanceGrade, region, output, energy]")], ["tianjin", tianjin, rule("Station: [code, name], Observation: [station, pollutant, start, averaging, value]")]] as const) {
    mkdirSync(join(dir, "regions", name), { recursive: true });
    writeFileSync(join(dir, "regions", name, "source.yaml"), source);
    writeFileSync(join(dir, "regions", name, "policy.yaml"), policy);
  }
  process.stderr.write(`${observations} rows into PostgreSQL …\n`);
  await fillServer();
  const proxy = await openProxy(new URL(server));
  const { url, pid } = await startHub(proxy.port);
  const token = await issueToken(openKeys(dataDir), { subject: "asker", purposes: [asPurpose("benchmark")], mintedBy: "bench", lifetimeS: 3600, nowMs: Date.now() });
  const headers = { authorization: `Bearer ${token}` };
  const asking = (query: string, connections: number) => load({ url, path: "/graphql", headers, body: JSON.stringify({ query }), connections, durationMs: roundMs });

  /** p99 of the healthy region's operations, with eight others that ask the troubled one all the time. */
  const healthyP99 = async (): Promise<number> => quantile((await Promise.all([asking(healthyQuery, 8), asking(troubledQuery, 8)]))[0].tookMs, 0.99);
  await healthyP99();
  const p99 = { well: [] as number[], hung: [] as number[], alone: [] as number[], slow: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    process.stderr.write(`round ${round + 1} of ${rounds}: one region hung …\n`);
    proxy.stop(false);
    await delay(6000);
    p99.well.push(await healthyP99());
    proxy.stop(true);
    p99.hung.push(await healthyP99());
  }
  proxy.stop(false);
  const body = JSON.stringify({ query: largeQuery });
  const head = `POST /graphql HTTP/1.1\r\nhost: hub\r\ncontent-type: application/json\r\nauthorization: Bearer ${token}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`;
  for (let round = 0; round < rounds; round += 1) {
    process.stderr.write(`round ${round + 1} of ${rounds}: ${slowClients} slow clients …\n`);
    p99.alone.push(quantile((await asking(healthyQuery, 8)).tookMs, 0.99));
    const clients = openSlowClients(new URL(url), head, body);
    // Their answers are made first; what is looked at is how they are held.
    while (!clients.areServed()) await delay(200);
    p99.slow.push(quantile((await asking(healthyQuery, 8)).tookMs, 0.99));
    clients.close();
    await delay(1000);
  }
  process.stderr.write(`an aggregate over ${observations} rows …\n`);
  await delay(3000);
  const ask = async (query: string): Promise<string> => (await fetch(`${url}/graphql`, { method: "POST", headers: { ...headers, "content-type": "application/json" }, body: JSON.stringify({ query }) })).text();
  await ask(troubledQuery);
  const before = rssMiB(pid);
  let most = before;
  const watching = setInterval(() => {
    most = Math.max(most, rssMiB(pid));
  }, 20);
  const begun = performance.now();
  const answer = await ask(aggregateQuery);
  const tookMs = performance.now() - begun;
  clearInterval(watching);
  if (!answer.includes('"complete":true')) throw new Error(answer.slice(0, 500));
  line("one region hung, p99 of the others", median(p99.hung) / median(p99.well), 1.2, `${median(p99.hung).toFixed(1)} against ${median(p99.well).toFixed(1)} ms`);
  line(`${slowClients} slow clients, p99 of the others`, median(p99.slow) / median(p99.alone), 1.2, `${median(p99.slow).toFixed(1)} against ${median(p99.alone).toFixed(1)} ms`);
  line("1 million rows aggregated, memory meanwhile", most / before, 1.2, `${Math.round(most)} against ${Math.round(before)} MiB, ${Math.round(tookMs)} ms, ${answer.length} bytes answered`);
  proxy.close();
}

try {
  await main();
} finally {
  (child as ChildProcess | null)?.kill();
  await emptyServer();
  rmSync(dir, { recursive: true, force: true });
}
process.exit(0);
