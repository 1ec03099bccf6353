/**
 * A hub over HTTP with one healthy SQLite source (Hebei) and one source on a server (Tianjin on PostgreSQL or MariaDB) behind the fault
 * proxy, opened by the same parts as `npm start`. Every cell that the agency may not see holds a canary.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sourceKinds } from "../../adapters/index.ts";
import { vocabulary } from "../../schema/hubVocabulary.ts";
import { asPurpose, asRegionCode } from "../../schema/ids.ts";
import type { Disclosure } from "../../src/audit/disclosure.ts";
import { openJournal } from "../../src/audit/openJournal.ts";
import { chainsOf, readRecords } from "../../src/audit/readRecords.ts";
import { hubState } from "../../src/gateway/hubState.ts";
import type { GatewayParts } from "../../src/gateway/gatewayParts.ts";
import { startGateway } from "../../src/gateway/server.ts";
import { issueToken } from "../../src/identity/issueToken.ts";
import { openKeys } from "../../src/identity/keys.ts";
import { parseNetwork } from "../../src/identity/parseNetwork.ts";
import type { LogEvent } from "../../src/observe/logEvents.ts";
import { observerOf } from "../../src/observe/observerOf.ts";
import { makeRemoteKeys } from "../../src/identity/remoteKeys.ts";
import { openSuspensions } from "../../src/identity/suspensions.ts";
import { makeTokenCache } from "../../src/identity/tokenCache.ts";
import { openSources, type SourceRegistry } from "../../src/sources/registry.ts";
import { openPolicies } from "../../src/steward/openPolicies.ts";
import { openStore } from "../../src/store/openStore.ts";
import { makeDatabase as makeMariadb } from "../fixtures/mariadbServer.ts";
import { makeSchema } from "../fixtures/postgresServer.ts";
import { makeDatabase, networkYaml, sourceYaml } from "../fixtures/smallNetwork.ts";
import { type FaultProxy, openFaultProxy } from "./faultProxy.ts";

export const stationsOfEach = 40;
export const sourceDeadlineMs = 1000;
export const operationDeadlineMs = 2500;

const lensModule = new URL("../../src/mapping/lenses/sqlFunctions.ts", import.meta.url);

export type ServerKind = "postgres" | "mariadb";

const connections: Readonly<Record<ServerKind, string>> = {
  postgres: '{ url: "${TIANJIN_URL}", schema: "${TIANJIN_SCHEMA}", connectTimeout: 3s }',
  mariadb: '{ url: "${TIANJIN_URL}", connectTimeout: 3s }',
};

const tianjinYaml = (kind: ServerKind, deadlineMs: number): string => `
region: 120000
kind: ${kind}
connection: ${connections[kind]}
timeZone: Asia/Shanghai
deadline: ${deadlineMs}ms
entities:
  Station:
    from: station
    key: code
    tie: code
    fields: { code: code, name: name, medium: { constant: AIR }, region: region, elevation: { column: elevation, unit: m }, contact: contact, operator: operator }
`;

export const policyOf = (region: string, more = "") => `
rules:
  - id: open-${region}
    to: [agency:partner, agency:owner]
    allow: { Station: [code, name, medium, region, elevation, operator] }${more}
`;

const tables: Readonly<Record<ServerKind, string>> = {
  postgres: `
CREATE TYPE operators AS ENUM ('city', 'district');
CREATE TABLE station (code text PRIMARY KEY, name text, region text, elevation numeric, contact text, operator operators);
INSERT INTO station SELECT (2001 + i) || 'A', '津站' || (2001 + i), '120101', i * 7.5, 'CNRY-station-' || (2001 + i) || '-contact', 'city' FROM generate_series(0, ${stationsOfEach - 1}) i;
ANALYZE station;`,
  mariadb: `
CREATE TABLE station (code varchar(20) PRIMARY KEY, name longtext, region varchar(20), elevation decimal(20, 4), contact varchar(100), operator enum('city', 'district'));
INSERT INTO station SELECT CONCAT(2001 + seq, 'A'), CONCAT('津站', 2001 + seq), '120101', seq * 7.5, CONCAT('CNRY-station-', 2001 + seq, '-contact'), 'city' FROM seq_0_to_${stationsOfEach - 1};`,
};

/** The region's own server, as its owner, and what it works on for the hub. */
interface RegionServer {
  readonly url: string;
  readonly schema: string;
  run(text: string): Promise<readonly (readonly unknown[])[]>;
  /** Statements of a hub that read a station of this region. */
  running(): Promise<number>;
  /** Whoever reads stations waits from here on, until `unlock`. */
  lock(): Promise<void>;
  unlock(): Promise<void>;
  drop(): Promise<void>;
}

async function openPostgresRegion(): Promise<RegionServer> {
  const { url, schema, run, drop } = await makeSchema();
  return {
    url,
    schema,
    run,
    drop,
    async running() {
      // Within a transaction the server would show the activity of its beginning.
      await run("SELECT pg_stat_clear_snapshot()");
      const found = await run(`SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE relation = '"${schema}".station'::regclass AND application_name = 'one-network' AND state <> 'idle' AND pid <> pg_backend_pid()`);
      return Number(found[0]?.[0]);
    },
    lock: async () => void (await run("BEGIN; LOCK TABLE station IN ACCESS EXCLUSIVE MODE")),
    unlock: async () => void (await run("ROLLBACK")),
  };
}

async function openMariadbRegion(): Promise<RegionServer> {
  const { url, database, run, drop } = await makeMariadb();
  return {
    url,
    schema: database,
    run,
    drop,
    running: async () => Number((await run(`SELECT count(*) FROM information_schema.processlist WHERE db = '${database}' AND command <> 'Sleep' AND id <> connection_id() AND info LIKE '%station%' AND info NOT LIKE '%information_schema%'`))[0]?.[0]),
    lock: async () => void (await run("LOCK TABLES station WRITE")),
    unlock: async () => void (await run("UNLOCK TABLES")),
  };
}

export interface Answered {
  readonly status: number;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: a body as a client reads it
  readonly json: any;
  readonly ms: number;
}

export interface FaultHub {
  readonly url: string;
  readonly token: string;
  readonly dataDir: string;
  readonly proxy: FaultProxy;
  readonly region: RegionServer;
  readonly registry: SourceRegistry;
  readonly log: readonly string[];
  /** What the hub last told of Tianjin's breaker. */
  breaker(): string;
  /** As the partner for enforcement, or with another token. */
  query(document: string, signal?: AbortSignal, as?: string, correlationId?: string): Promise<Answered>;
  tokenOf(agency: string, purpose: string): Promise<string>;
  /** The gateway's monotonic clock goes on by so much. */
  passTime(ms: number): void;
  /** Tianjin's policy anew, through the journal. */
  setPolicy(text: string): Promise<void>;
  records(): Promise<readonly Disclosure[]>;
  close(): Promise<void>;
}

export interface FaultHubOptions {
  readonly server?: ServerKind;
  /** Of the source, and of an operation. */
  readonly deadlineMs?: number;
  readonly operationMs?: number;
  /** Statements on the region's database before the hub opens it. */
  readonly prepare?: string;
  /** Further lines of Tianjin's `source.yaml`. */
  readonly tianjin?: string;
  /** Further lines of the rule of Tianjin's policy. */
  readonly policy?: string;
  /** In the place of the hub's own. */
  readonly parts?: Partial<GatewayParts>;
}

export async function openFaultHub({ server = "postgres", deadlineMs = sourceDeadlineMs, operationMs = operationDeadlineMs, prepare, tianjin = "", policy = "", parts = {} }: FaultHubOptions = {}): Promise<FaultHub> {
  const networkText = `${networkYaml}deadline: ${operationMs}ms\n`;
  const region = await (server === "postgres" ? openPostgresRegion() : openMariadbRegion());
  await region.run(tables[server]);
  if (prepare !== undefined) await region.run(prepare);
  const behind = new URL(region.url);
  const proxy = await openFaultProxy({ host: behind.hostname, port: Number(behind.port || { postgres: 5432, mariadb: 3306 }[server]) });
  behind.hostname = "127.0.0.1";
  behind.port = String(proxy.port);

  const dir = mkdtempSync(join(tmpdir(), "fault-hub-"));
  const dataDir = join(dir, "data");
  mkdirSync(dataDir);
  makeDatabase(join(dir, "hebei.db"), stationsOfEach);
  const write = (name: string, source: string, policy: string): void => {
    mkdirSync(join(dir, "regions", name), { recursive: true });
    writeFileSync(join(dir, "regions", name, "source.yaml"), source);
    writeFileSync(join(dir, "regions", name, "policy.yaml"), policy);
  };
  write("hebei", sourceYaml, policyOf("130000"));
  write("tianjin", `${tianjinYaml(server, deadlineMs)}${tianjin}`, policyOf("120000", policy));
  writeFileSync(join(dir, "network.yaml"), networkText);

  let aheadMs = 0;
  const log: string[] = [];
  const say = (event: LogEvent): void => void log.push(JSON.stringify(event));
  const network = parseNetwork(networkText, "network.yaml");
  const kinds = sourceKinds(lensModule);
  const registry = await openSources({ networkDir: dir, dataDir, env: { DB: join(dir, "hebei.db"), TIANJIN_URL: behind.href, TIANJIN_SCHEMA: region.schema }, vocabulary: vocabulary(), kinds, log: say });
  const store = openStore(dataDir);
  const keys = openKeys(dataDir);
  const journal = await openJournal(dataDir);
  const policies = await openPolicies({ networkDir: dir, network, vocabulary: vocabulary(), registry, mirroredKinds: new Set(Object.keys(kinds.mirrored)), store, journal, now: () => new Date().toISOString(), log: say });
  const state = hubState(vocabulary(), network, registry, policies.initial);
  policies.attach(state.apply);
  const gateway = await startGateway({
    state,
    registry,
    journal,
    keys,
    store,
    suspensions: openSuspensions(store),
    tokenCache: makeTokenCache(),
    trust: { keys, remoteKeys: makeRemoteKeys() },
    now: Date.now,
    clock: () => performance.now() + aheadMs,
    host: "127.0.0.1",
    port: 0,
    demonstration: false,
    sandboxDir: null,
    reloadPolicy: policies.reload,
    explainText: null,
    log: say,
    observer: observerOf({ metrics: null, tracing: null, log: say, logLevel: "info", clock: () => performance.now() }),
    ...parts,
  });
  const tokenOf = (subject: string, purpose: string) => issueToken(keys, { subject, purposes: [asPurpose(purpose)], mintedBy: "cli", lifetimeS: 3600, nowMs: Date.now() });
  const token = await tokenOf("partner", "enforcement");

  return {
    url: gateway.url,
    token,
    dataDir,
    proxy,
    region,
    registry,
    log,
    breaker: () => /"state":"([^"]+)"/.exec(log.findLast((line) => line.includes('"event":"source.breaker","source":"tianjin"')) ?? "")?.[1] ?? "closed",
    tokenOf,
    passTime: (ms) => {
      aheadMs += ms;
    },
    async query(document, signal, as = token, correlationId) {
      const from = performance.now();
      const response = await fetch(`${gateway.url}/graphql`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${as}`, ...(correlationId === undefined ? {} : { "x-correlation-id": correlationId }) },
        body: JSON.stringify({ query: document }),
        ...(signal === undefined ? {} : { signal }),
      });
      const text = await response.text();
      return { status: response.status, text, json: JSON.parse(text), ms: performance.now() - from };
    },
    async setPolicy(text) {
      writeFileSync(join(dir, "regions", "tianjin", "policy.yaml"), text);
      await policies.reload(asRegionCode("120000"));
    },
    async records() {
      const found: Disclosure[] = [];
      for (const chain of await chainsOf(dataDir)) {
        for await (const segment of readRecords(dataDir, chain)) for (const { record } of segment) if (record.kind === "disclosure") found.push(record.disclosure);
      }
      return found;
    },
    async close() {
      await proxy.set({ kind: "none" });
      await gateway.close();
      await registry.close();
      await proxy.close();
      await journal.close();
      store.close();
      await region.drop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
