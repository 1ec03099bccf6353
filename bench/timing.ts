/**
 * Whether time tells a hidden row from one that never was: pairs of requests in random order over one connection, and how well the two
 * can be told apart (AUC: 0.5 not at all, 1 always). Prints a table and passes or fails nothing. `-- --timing --pairs 1000` for less.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request as httpRequest } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type BetterSqlite3 from "better-sqlite3";
import { asAgencyId, asEntityName, asPurpose, asSourceId } from "../schema/ids.ts";
import { encodeId, idPrefix, makeIdKeys } from "../src/identity/ids.ts";
import { issueToken } from "../src/identity/issueToken.ts";
import { openKeys } from "../src/identity/keys.ts";

const Database = createRequire(import.meta.url)("better-sqlite3") as typeof BetterSqlite3;
const root = fileURLToPath(new URL("../../", import.meta.url));
const rows = 20_000;
const bound = 0.55;
const pairs = Number(process.argv[process.argv.indexOf("--pairs") + 1] ?? Number.NaN) || 10_000;
const warmUps = 500;

const dir = mkdtempSync(join(tmpdir(), "one-network-timing-"));
const dataDir = join(dir, "data");
const regionDir = join(dir, "regions", "hebei");
mkdirSync(dataDir);
mkdirSync(regionDir, { recursive: true });
writeFileSync(join(dir, "network.yaml"), "timeZone: Asia/Shanghai\npurposes: { benchmark: { zh: 测试, en: benchmark } }\nagencies:\n  asker: { zh: 机构, en: agency, purposes: [benchmark] }\nbudgets: { perMinute: 1000000000000, perDay: 1000000000000000 }\n");
writeFileSync(
  join(regionDir, "source.yaml"),
  'region: 130000\nkind: sqlite\nconnection: { file: "${HUB_DATA}/s.db" }\ntimeZone: Asia/Shanghai\nentities:\n  Enterprise: { from: s, key: code, fields: { uscc: code, name: name, region: region, legalRep: rep } }\n',
);
writeFileSync(join(regionDir, "policy.yaml"), "rules:\n  - { id: r, to: agency:asker, allow: { Enterprise: [uscc, name, region] }, where: { Enterprise: { region: { within: [130100] } } } }\n");

const code = (index: number): string => `91130100${String(index).padStart(8, "0")}XX`;
const database = new Database(join(dataDir, "s.db"));
database.exec("CREATE TABLE s (code TEXT PRIMARY KEY NOT NULL, name TEXT NOT NULL, region TEXT NOT NULL, rep TEXT NOT NULL) STRICT; CREATE INDEX s_name ON s (name)");
const insert = database.prepare("INSERT INTO s VALUES (?, ?, ?, ?)");
database.transaction(() => {
  // Two of three codes exist, one of them hidden.
  for (let index = 0; index < rows; index += 1) if (index % 3 !== 2) insert.run(code(index), `企业${index}`, index % 3 === 0 ? "130100" : "130200", `法人${index}`);
})();
database.close();

const keys = openKeys(dataDir);
const idKey = makeIdKeys(keys.idMaster)(asAgencyId("asker"), asEntityName("Enterprise"), asSourceId("hebei"));
const idOf = (index: number): string => encodeId(idPrefix(asEntityName("Enterprise"), asSourceId("hebei")), [code(index)], idKey);
const some = (): number => 3 * Math.floor((Math.random() * rows) / 3 - 1) + 3;
const hiddenRow = (): number => some() + 1;
const absentRow = (): number => some() + 2;

interface Probe {
  readonly name: string;
  readonly query: string;
  readonly variables: (row: number) => object;
}
const probes: readonly Probe[] = [
  { name: "node by id", query: "query ($id: ID!) { node(id: $id) { ... on Enterprise { name uscc } } }", variables: (row) => ({ id: idOf(row) }) },
  { name: "filter on the key", query: "query ($v: String!) { enterprises(where: { uscc: { eq: $v } }) { totalCount nodes { name } } }", variables: (row) => ({ v: code(row) }) },
  { name: "filter on an indexed attribute", query: "query ($v: String!) { enterprises(where: { name: { eq: $v } }) { nodes { name } } }", variables: (row) => ({ v: `企业${row}` }) },
  { name: "count of groups", query: "query ($v: String!) { enterprisesAggregate(where: { name: { eq: $v } }) { groups { count } } }", variables: (row) => ({ v: `企业${row}` }) },
];

let child: ChildProcess | null = null;
const start = (): Promise<string> =>
  new Promise((resolve, reject) => {
    const started = spawn(process.execPath, [join(root, "dist/src/main.js"), "--network", dir], { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, HUB_DATA: dataDir, PORT: "0", HOST: "127.0.0.1" } });
    child = started;
    let output = "";
    started.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      const ready = /ready (http:\/\/\S+)/.exec(output);
      if (ready?.[1] !== undefined) resolve(ready[1]);
    });
    started.once("exit", (status) => reject(new Error(`the hub ended with ${status}: ${output}`)));
  });

const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const ask = (url: string, token: string, body: string): Promise<{ readonly ms: number; readonly text: string }> =>
  new Promise((resolve, reject) => {
    const begun = performance.now();
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body), authorization: `Bearer ${token}`, "x-correlation-id": "timing" };
    const request = httpRequest(`${url}/graphql`, { method: "POST", agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => resolve({ ms: performance.now() - begun, text: Buffer.concat(chunks).toString("utf8") }));
    });
    request.on("error", reject);
    request.end(body);
  });

/** The chance that a hidden one took longer than an absent one, ties halved: the rank sum of Mann and Whitney. */
const aucOf = (hidden: readonly number[], absent: readonly number[]): number => {
  const all = [...hidden.map((ms) => ({ ms, isHidden: true })), ...absent.map((ms) => ({ ms, isHidden: false }))].sort((a, b) => a.ms - b.ms);
  let ranks = 0;
  for (let from = 0; from < all.length; ) {
    let to = from;
    while (to < all.length && all[to]?.ms === all[from]?.ms) to += 1;
    for (let at = from; at < to; at += 1) if (all[at]?.isHidden === true) ranks += (from + 1 + to) / 2;
    from = to;
  }
  return (ranks - (hidden.length * (hidden.length + 1)) / 2) / (hidden.length * absent.length);
};

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;
/** Without the receipt, which is each answer's own. */
const comparable = (text: string): string => text.replace(/"receipt":"[^"]*"/, "").replace(/"ms":\d+/g, "");

try {
  const url = await start();
  const token = await issueToken(keys, { subject: "asker", purposes: [asPurpose("benchmark")], mintedBy: "bench", lifetimeS: 3600, nowMs: Date.now() });
  for (const { name, query, variables } of probes) {
    const spent = { hidden: [] as number[], absent: [] as number[] };
    const texts = new Set<string>();
    for (let pair = -warmUps; pair < pairs; pair += 1) {
      const order = Math.random() < 0.5 ? (["hidden", "absent"] as const) : (["absent", "hidden"] as const);
      for (const kind of order) {
        const { ms, text } = await ask(url, token, JSON.stringify({ query, variables: variables(kind === "hidden" ? hiddenRow() : absentRow()) }));
        texts.add(comparable(text));
        if (pair >= 0) spent[kind].push(ms);
      }
    }
    // Whoever can tell them apart may guess either way round.
    const auc = aucOf(spent.hidden, spent.absent);
    const told = Math.max(auc, 1 - auc);
    const notes = `${told < bound ? "" : "   OVER"}${texts.size === 1 ? "" : `   ${texts.size} different answers`}`;
    process.stdout.write(`AUC ${told.toFixed(4)} (bound ${bound}) over ${pairs} pairs, medians hidden ${median(spent.hidden).toFixed(3)} ms, absent ${median(spent.absent).toFixed(3)} ms: ${name}${notes}\n`);
  }
} finally {
  agent.destroy();
  (child as ChildProcess | null)?.kill();
  rmSync(dir, { recursive: true, force: true });
}
