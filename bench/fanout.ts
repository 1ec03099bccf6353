/**
 * 1 → 32 sources of one list: every source answers after a fixed time, as over a network. A hub that asked them one after the other
 * would take 32 times as long; prints the ratio of medians, 32 sources against one.
 */
import { setTimeout as delay } from "node:timers/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import type BetterSqlite3 from "better-sqlite3";
import type { SourceKinds } from "../adapters/contract/sourceKinds.ts";
import { openHub } from "./openHub.ts";

const Database = createRequire(import.meta.url)("better-sqlite3") as typeof BetterSqlite3;
const sources = 32;
const answerMs = 100;
const codes = Array.from({ length: sources }, (_, index) => String(130000 + (index + 1) * 100));

const source = (code: string): string => `
region: ${code}
kind: sqlite
connection: { file: "\${HUB_DATA}/${code}.db" }
timeZone: Asia/Shanghai
deadline: 5s
entities:
  Station: { from: station, key: code, fields: { code: code, name: name, medium: { constant: AIR } } }
`;
const policy = (code: string, to: string): string => `
rules:
  - { id: r${code}, to: "${to}", allow: { Station: [code, name, medium, region] } }
`;

const slow = (kinds: SourceKinds): SourceKinds => ({
  ...kinds,
  live: {
    sqlite: {
      kind: "sqlite",
      async open(input) {
        const live = kinds.live["sqlite"];
        if (live === undefined) throw new Error("no sqlite kind");
        const adapter = await live.open(input);
        return {
          ...adapter,
          rowsNow: () => null,
          async *rows(query, signal) {
            await delay(answerMs);
            yield* adapter.rows(query, signal);
          },
        };
      },
    },
  },
});

const hub = await openHub(
  {
    network: `timeZone: Asia/Shanghai\npurposes: { benchmark: { zh: 测试, en: benchmark } }\nagencies:\n  one: { zh: 一, en: one, purposes: [benchmark] }\n  all: { zh: 全, en: all, purposes: [benchmark] }\ngroups: { both: [one, all] }\n`,
    regions: new Map(codes.map((code, index) => [`r${code}`, { source: source(code), policy: policy(code, index === 0 ? "group:both" : "agency:all") }])),
  },
  (dataDir) => {
    for (const code of codes) {
      const db = new Database(join(dataDir, `${code}.db`));
      db.exec("CREATE TABLE station (code TEXT PRIMARY KEY NOT NULL, name TEXT NOT NULL) STRICT");
      const insert = db.prepare("INSERT INTO station VALUES (?, ?)");
      db.transaction(() => {
        for (let row = 0; row < 200; row += 1) insert.run(`${code}-${String(row).padStart(4, "0")}`, `示例站${row}`);
      })();
      db.close();
    }
  },
  slow,
);

const time = async (agency: string): Promise<number> => {
  const started = performance.now();
  await hub.ask(agency, "{ stations(orderBy: [{ code: ASC }], first: 100) { nodes { code name } } }");
  return performance.now() - started;
};
const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;
for (let warm = 0; warm < 3; warm += 1) await Promise.all([time("one"), time("all")]);
const one: number[] = [];
const all: number[] = [];
for (let round = 0; round < 9; round += 1) {
  one.push(await time("one"));
  all.push(await time("all"));
}
process.stdout.write(`${JSON.stringify({ fanout32: Math.round((median(all) / median(one)) * 1000) / 1000 })}\n`);
await hub.close();
process.exit(0);
