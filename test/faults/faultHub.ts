/**
 * A hub over HTTP with one healthy SQLite source (Hebei) and one PostgreSQL source (Tianjin) behind the fault proxy, opened by the
 * same parts as `npm start`. Every cell that the agency may not see holds a canary.
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
import { makeRemoteKeys } from "../../src/identity/remoteKeys.ts";
import { openSuspensions } from "../../src/identity/suspensions.ts";
import { makeTokenCache } from "../../src/identity/tokenCache.ts";
import { openSources, type SourceRegistry } from "../../src/sources/registry.ts";
import { openPolicies } from "../../src/steward/openPolicies.ts";
import { openStore } from "../../src/store/openStore.ts";
import { makeSchema, type PostgresSchema } from "../fixtures/postgresServer.ts";
import { makeDatabase, networkYaml, sourceYaml } from "../fixtures/smallNetwork.ts";
import { type FaultProxy, openFaultProxy } from "./faultProxy.ts";

export const stationsOfEach = 40;
export const sourceDeadlineMs = 1000;
export const operationDeadlineMs = 2500;

const networkText = `${networkYaml}deadline: ${operationDeadlineMs}ms\n`;

const lensModule = new URL("../../src/mapping/lenses/sqlFunctions.ts", import.meta.url);

const tianjinYaml = `
region: 120000
kind: postgres
connection: { url: "\${PG_URL}", schema: "\${PG_SCHEMA}", connectTimeout: 3s }
timeZone: Asia/Shanghai
deadline: ${sourceDeadlineMs}ms
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

const tables = `
CREATE TYPE operators AS ENUM ('city', 'district');
CREATE TABLE station (code text PRIMARY KEY, name text, region text, elevation numeric, contact text, operator operators);
INSERT INTO station SELECT (2001 + i) || 'A', '津站' || (2001 + i), '120101', i * 7.5, 'CNRY-station-' || (2001 + i) || '-contact', 'city' FROM generate_series(0, ${stationsOfEach - 1}) i;
ANALYZE station;`;

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
  readonly postgres: PostgresSchema;
  readonly registry: SourceRegistry;
  readonly log: readonly string[];
  /** As the partner for enforcement, or with another token. */
  query(document: string, signal?: AbortSignal, as?: string): Promise<Answered>;
  tokenOf(agency: string, purpose: string): Promise<string>;
  /** The gateway's monotonic clock goes on by so much. */
  passTime(ms: number): void;
  /** Tianjin's policy anew, through the journal. */
  setPolicy(text: string): Promise<void>;
  records(): Promise<readonly Disclosure[]>;
  /** Statements of the hub that the server works on. */
  running(): Promise<number>;
  close(): Promise<void>;
}

export interface FaultHubOptions {
  /** Further lines of Tianjin's `source.yaml`. */
  readonly tianjin?: string;
  /** In the place of the hub's own. */
  readonly parts?: Partial<GatewayParts>;
}

export async function openFaultHub({ tianjin = "", parts = {} }: FaultHubOptions = {}): Promise<FaultHub> {
  const postgres = await makeSchema();
  await postgres.run(tables);
  const real = new URL(postgres.url);
  const proxy = await openFaultProxy({ host: real.hostname, port: Number(real.port || 5432) });
  const behind = new URL(postgres.url);
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
  write("tianjin", `${tianjinYaml}${tianjin}`, policyOf("120000"));
  writeFileSync(join(dir, "network.yaml"), networkText);

  let aheadMs = 0;
  const log: string[] = [];
  const say = (event: LogEvent): void => void log.push(JSON.stringify(event));
  const network = parseNetwork(networkText, "network.yaml");
  const kinds = sourceKinds(lensModule);
  const registry = await openSources({ networkDir: dir, dataDir, env: { DB: join(dir, "hebei.db"), PG_URL: behind.href, PG_SCHEMA: postgres.schema }, vocabulary: vocabulary(), kinds, log: say });
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
    ...parts,
  });
  const tokenOf = (subject: string, purpose: string) => issueToken(keys, { subject, purposes: [asPurpose(purpose)], mintedBy: "cli", lifetimeS: 3600, nowMs: Date.now() });
  const token = await tokenOf("partner", "enforcement");

  return {
    url: gateway.url,
    token,
    dataDir,
    proxy,
    postgres,
    registry,
    log,
    tokenOf,
    passTime: (ms) => {
      aheadMs += ms;
    },
    async query(document, signal, as = token) {
      const from = performance.now();
      const response = await fetch(`${gateway.url}/graphql`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${as}` },
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
    async running() {
      // Within a transaction the server would show the activity of its beginning.
      await postgres.run("SELECT pg_stat_clear_snapshot()");
      return Number((await postgres.run("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'one-network' AND state <> 'idle' AND query LIKE '%station%' AND pid <> pg_backend_pid()"))[0]?.[0]);
    },
    async close() {
      await proxy.set({ kind: "none" });
      await gateway.close();
      await registry.close();
      await proxy.close();
      await journal.close();
      store.close();
      await postgres.drop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
