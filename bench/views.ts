/** Memory per view: 500 agencies whose schemas all differ, each with its projected schema and Apollo server; heap over count. */
import { ApolloServer } from "@apollo/server";
import { createRequire } from "node:module";
import { join } from "node:path";
import type BetterSqlite3 from "better-sqlite3";
import { openHub, purpose } from "./openHub.ts";

const Database = createRequire(import.meta.url)("better-sqlite3") as typeof BetterSqlite3;
const agencies = 500;
const attributes = ["name", "industry", "address", "permitClass", "performanceGrade", "legalRep", "contactPhone", "output", "energy"];
const names = Array.from({ length: agencies }, (_, index) => `a${index}`);
/** The bits of the index choose the attributes: no two agencies see the same. */
const seen = (index: number): string => ["uscc", ...attributes.filter((_, bit) => (index & (1 << bit)) !== 0)].join(", ");

const hub = await openHub(
  {
    network: `timeZone: Asia/Shanghai\npurposes: { benchmark: { zh: 测试, en: benchmark } }\nagencies:\n${names.map((name) => `  ${name}: { zh: 机构, en: agency, purposes: [benchmark] }`).join("\n")}\n`,
    regions: new Map([
      [
        "hebei",
        {
          source: `region: 130000\nkind: sqlite\nconnection: { file: "\${HUB_DATA}/e.db" }\ntimeZone: Asia/Shanghai\nentities:\n  Enterprise: { from: e, key: uscc, fields: { uscc: uscc, ${attributes.map((name) => `${name}: ${name}`).join(", ")} } }\n`,
          policy: `rules:\n${names.map((name, index) => `  - { id: r${index}, to: "agency:${name}", allow: { Enterprise: [${seen(index)}] } }`).join("\n")}\n`,
        },
      ],
    ]),
  },
  (dataDir) => {
    const db = new Database(join(dataDir, "e.db"));
    db.exec(`CREATE TABLE e (uscc TEXT PRIMARY KEY NOT NULL, ${attributes.map((name) => `${name} ${name === "output" || name === "energy" ? "REAL" : "TEXT"}`).join(", ")}) STRICT`);
    db.close();
  },
);

const heap = (): number => {
  (globalThis as { gc?: () => void }).gc?.();
  return process.memoryUsage().heapUsed;
};
const before = heap();
const kept: unknown[] = [];
for (const name of names) {
  const permit = hub.state.permitOf(hub.agency(name), purpose, Date.now());
  const schema = hub.state.schemaOf(permit);
  const server = new ApolloServer({ schema, stopOnTerminationSignals: false });
  kept.push(permit, schema, server);
}
const perView = (heap() - before) / names.length / 2 ** 20;
process.stdout.write(`${JSON.stringify({ viewMiB: Math.round(perView * 1000) / 1000, views: kept.length / 3 })}\n`);
await hub.close();
process.exit(0);
