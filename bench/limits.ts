/**
 * What the hub's process spends on each hostile document, from the body's bytes to the refusal: median of warm runs, in milliseconds of
 * CPU (`process.cpuUsage`), against the widest schema. Prints a table; says which are over the bound, and passes or fails nothing.
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import type BetterSqlite3 from "better-sqlite3";
import { HubError } from "../schema/errorCodes.ts";
import { parseGraphqlRequest } from "../src/gateway/graphqlRequest.ts";
import { makePreparedLane } from "../src/gateway/preparedLane.ts";
import { hostileDocuments } from "./hostileDocuments.ts";
import { openHub, purpose } from "./openHub.ts";

const Database = createRequire(import.meta.url)("better-sqlite3") as typeof BetterSqlite3;
const boundMs = 20;
const warmUps = 5;
const runs = 15;

const region = {
  source: `region: 130000
kind: sqlite
connection: { file: "\${HUB_DATA}/s.db" }
timeZone: Asia/Shanghai
entities:
  Station: { from: s, key: code, fields: { code: code, name: name, region: region, medium: { constant: AIR } } }
  Enterprise: { from: s, key: code, fields: { uscc: code, name: name, region: region } }
`,
  policy: "rules:\n  - { id: r, to: own, allow: { Station: all, Enterprise: all } }\n",
};

const hub = await openHub(
  {
    network: "timeZone: Asia/Shanghai\npurposes: { benchmark: { zh: 测试, en: benchmark } }\nagencies:\n  asker: { zh: 机构, en: agency, region: 130000, purposes: [benchmark] }\n",
    regions: new Map([["hebei", region]]),
  },
  (dataDir) => {
    const db = new Database(join(dataDir, "s.db"));
    db.exec("CREATE TABLE s (code TEXT PRIMARY KEY NOT NULL, name TEXT NOT NULL, region TEXT NOT NULL) STRICT");
    db.close();
  },
);
const lane = makePreparedLane(hub.state);
const permit = hub.state.permitOf(hub.agency("asker"), purpose, Date.now());
const generation = hub.state.current().number;

/** The code that the body is refused with. */
const refuse = async (body: Buffer): Promise<string> => {
  try {
    const request = parseGraphqlRequest(body);
    if (lane.find(permit, generation, request) === null) await lane.prepare(permit, generation, request);
    return "not refused";
  } catch (error) {
    if (error instanceof HubError) return error.code;
    throw error;
  }
};

const spentMs = async (body: Buffer): Promise<number> => {
  const before = process.cpuUsage();
  await refuse(body);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
};

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;

let worst = 0;
for (const { name, body, code } of hostileDocuments) {
  // Longer bodies are refused while they are read.
  if (body.length > 100_000) continue;
  const bytes = Buffer.from(body);
  const found = await refuse(bytes);
  for (let index = 0; index < warmUps; index += 1) await spentMs(bytes);
  const times: number[] = [];
  for (let index = 0; index < runs; index += 1) times.push(await spentMs(bytes));
  const ms = median(times);
  worst = Math.max(worst, ms);
  const notes = `${ms > boundMs ? "   OVER" : ""}${found === code ? "" : `   ${found}, not ${code}`}`;
  process.stdout.write(`${ms.toFixed(2).padStart(7)} ms  ${String(bytes.length).padStart(6)} bytes  ${name}${notes}\n`);
}
process.stdout.write(`worst: ${worst.toFixed(2)} ms of CPU (bound: ${boundMs})\n`);
await hub.close();
process.exit(0);
