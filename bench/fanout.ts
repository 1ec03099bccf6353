/**
 * Many sources of one list, each answering after a time of its own, as over a network: 1 → 32 that are alike, and 8 of which each is
 * slower than the one before. A hub that asked them one after the other would take the sum; prints the ratio of medians against the
 * slowest source alone.
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
/** Of the first eight, where they are asked as unlike ones: 65, 70 … 100 ms. */
const unlike = 8;
const unlikeMs = (place: number): number => answerMs - 5 * (unlike - 1 - place);
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
  - { id: r${code}, to: [${to}], allow: { Station: [code, name, medium, region] } }
`;

/** What the sources of one round take, by the file's code. */
let delayOf: (code: string) => number = () => answerMs;

const slow = (kinds: SourceKinds): SourceKinds => ({
  ...kinds,
  live: {
    sqlite: {
      kind: "sqlite",
      async open(input) {
        const live = kinds.live["sqlite"];
        if (live === undefined) throw new Error("no sqlite kind");
        const adapter = await live.open(input);
        const code = codes.find((one) => JSON.stringify(input.connection).includes(`${one}.db`)) ?? "";
        return {
          ...adapter,
          rowsNow: () => null,
          async *rows(query, signal) {
            await delay(delayOf(code));
            yield* adapter.rows(query, signal);
          },
        };
      },
    },
  },
});

const hub = await openHub(
  {
    network: `timeZone: Asia/Shanghai\npurposes: { benchmark: { zh: 测试, en: benchmark } }\nagencies:\n  one: { zh: 一, en: one, purposes: [benchmark] }\n  all: { zh: 全, en: all, purposes: [benchmark] }\n  eight: { zh: 八, en: eight, purposes: [benchmark] }\n`,
    regions: new Map(codes.map((code, index) => [`r${code}`, { source: source(code), policy: policy(code, [...(index === unlike - 1 ? ["agency:one"] : []), ...(index < unlike ? ["agency:eight"] : []), "agency:all"].map((to) => `"${to}"`).join(", ")) }])),
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
for (let warm = 0; warm < 3; warm += 1) await Promise.all([time("one"), time("all"), time("eight")]);

/** Median of the many against that of the slowest alone. */
const ratioOf = async (many: string): Promise<number> => {
  const times = { one: [] as number[], many: [] as number[] };
  for (let round = 0; round < 9; round += 1) {
    times.one.push(await time("one"));
    times.many.push(await time(many));
  }
  return Math.round((median(times.many) / median(times.one)) * 1000) / 1000;
};
const fanout32 = await ratioOf("all");
delayOf = (code) => unlikeMs(codes.indexOf(code));
const fanout8 = await ratioOf("eight");
process.stdout.write(`${JSON.stringify({ fanout32, fanout8 })}\n`);
await hub.close();
process.exit(0);
