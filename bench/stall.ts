/** How long the event loop stands still (p99) while an aggregate reads a million rows in a worker. */
import { createRequire } from "node:module";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { join } from "node:path";
import type BetterSqlite3 from "better-sqlite3";
import { openHub } from "./openHub.ts";

const Database = createRequire(import.meta.url)("better-sqlite3") as typeof BetterSqlite3;
const rows = 1_000_000;

const hub = await openHub(
  {
    network: "timeZone: Asia/Shanghai\npurposes: { benchmark: { zh: 测试, en: benchmark } }\nagencies:\n  asker: { zh: 机构, en: agency, purposes: [benchmark] }\n",
    regions: new Map([
      [
        "hebei",
        {
          source: `region: 130000
kind: sqlite
connection: { file: "\${HUB_DATA}/o.db" }
timeZone: Asia/Shanghai
deadline: 30s
entities:
  Station: { from: s, key: code, fields: { code: code, name: name, medium: { constant: AIR } } }
  Observation:
    from: o
    key: [station, ts]
    fields:
      station: station
      pollutant: { constant: a34004 }
      start: { column: ts, format: yyyy-MM-dd HH:mm }
      averaging: { constant: PT1H }
      value: { column: value, unit: ug/m3 }
`,
          policy: "rules:\n  - { id: r, to: agency:asker, allow: { Station: [code, name], Observation: [station, pollutant, start, averaging, value] } }\n",
        },
      ],
    ]),
  },
  (dataDir) => {
    const db = new Database(join(dataDir, "o.db"));
    db.exec("CREATE TABLE s (code TEXT PRIMARY KEY NOT NULL, name TEXT NOT NULL) STRICT; CREATE TABLE o (station TEXT NOT NULL, ts TEXT NOT NULL, value REAL, PRIMARY KEY (station, ts)) STRICT");
    const insert = db.prepare("INSERT INTO o VALUES (?, ?, ?)");
    db.transaction(() => {
      for (let row = 0; row < rows; row += 1) {
        const hour = new Date(Date.UTC(2000, 0, 1) + Math.floor(row / 10) * 3_600_000).toISOString();
        insert.run(`s${row % 10}`, `${hour.slice(0, 10)} ${hour.slice(11, 16)}`, (row % 997) / 4);
      }
    })();
    db.close();
  },
);

const delayMs = monitorEventLoopDelay({ resolution: 1 });
delayMs.enable();
const started = performance.now();
const answer = await hub.ask("asker", "{ observationsAggregate(groupBy: [{ field: START, bucket: MONTH }]) { groups { key { start } count avg { value } max { value } } } }");
const tookMs = performance.now() - started;
delayMs.disable();
if (!answer.includes('"complete":true')) throw new Error(answer.slice(0, 500));
process.stdout.write(`${JSON.stringify({ stallP99Ms: Math.round(delayMs.percentile(99) / 1e4) / 100, tookMs: Math.round(tookMs) })}\n`);
await hub.close();
process.exit(0);
