/**
 * The benchmark: one run, one machine, the same rows for every side; each figure is a median over interleaved rounds.
 *
 * `npm run -s bench` prints a table, `npm run -s bench -- --json` the same figures as one JSON object on the last line. A ratio that
 * is missed is printed as missed; nothing here passes or fails.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { issueToken } from "../src/identity/issueToken.ts";
import { openKeys } from "../src/identity/keys.ts";
import { asPurpose } from "../schema/ids.ts";
import { buildDatabase, fields } from "./data.ts";
import { interleaved, type Side, startChild } from "./rounds.ts";

const rounds = 5;
const ruleRounds = 5;

const json = process.argv.includes("--json");
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const here = fileURLToPath(new URL(".", import.meta.url));
const root = fileURLToPath(new URL("../../", import.meta.url));
const dataDir = mkdtempSync(join(tmpdir(), "one-network-bench-"));
const children: ChildProcess[] = [];
const start = (args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> => startChild(children, args, env);

const query = `query Page($first: Int) { enterprises(orderBy: [{ uscc: ASC }], first: $first) { nodes { ${fields.map(([, field]) => field).join(" ")} } } }`;
const peerQuery = `query Page($first: Int!) { enterprises(first: $first) { nodes { ${fields.map(([, field]) => field).join(" ")} } } }`;

/** A helper of its own process prints one JSON line. */
function figure(script: string): Promise<Record<string, number>> {
  const child = spawn(process.execPath, ["--expose-gc", join(here, script)], { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  return new Promise((resolve, reject) => {
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.once("exit", (code) => (code === 0 ? resolve(JSON.parse(output.trim().split("\n").at(-1) ?? "{}") as Record<string, number>) : reject(new Error(`${script} ended with ${code}`))));
  });
}

const round = (value: number): number => Math.round(value * 1000) / 1000;

async function main(): Promise<void> {
  buildDatabase(join(dataDir, "enterprise.db"));
  const hubUrl = await start([join(root, "dist/src/main.js"), "--network", join(root, "bench/network")], { HUB_DATA: dataDir, PORT: "0", HOST: "127.0.0.1" });
  const keys = openKeys(dataDir);
  const token = (agency: string): Promise<string> => issueToken(keys, { subject: agency, purposes: [asPurpose("benchmark")], mintedBy: "bench", lifetimeS: 3600, nowMs: Date.now() });
  const hub = async (agency: string): Promise<Side> => ({ name: agency, url: hubUrl, headers: { authorization: `Bearer ${await token(agency)}` }, query });
  const ruled = await hub("ruled");

  const results: Record<string, { vsBare: number; vsShield: number }> = {};
  const table: string[][] = [["rows", "hub /s", "bare /s", "shield /s", "vs bare", "vs shield", "bytes hub/bare/shield"]];
  for (const first of [1, 100, 1000]) {
    say(`${first} rows …`);
    // The peers send the extensions that the hub sends, so that all sides print as many bytes.
    const sample = await fetch(`${hubUrl}/graphql`, { method: "POST", headers: { "content-type": "application/json", ...ruled.headers }, body: JSON.stringify({ query, variables: { first } }) });
    const { extensions } = (await sample.json()) as { extensions: unknown };
    const peers = await Promise.all(
      (["peerBare", "peerShield"] as const).map(async (peer): Promise<Side> => ({
        name: peer,
        url: await start([join(here, `${peer}.js`), join(dataDir, "enterprise.db"), JSON.stringify(extensions)]),
        headers: {},
        query: peerQuery,
      })),
    );
    const measured = await interleaved([ruled, ...peers], { first }, rounds);
    for (const child of children.splice(1)) child.kill();
    const [a, c, b] = ["ruled", "peerBare", "peerShield"].map((name) => measured.get(name) as { perSecond: number; bytes: number }) as [{ perSecond: number; bytes: number }, { perSecond: number; bytes: number }, { perSecond: number; bytes: number }];
    results[`rows${first}`] = { vsBare: round(a.perSecond / c.perSecond), vsShield: round(a.perSecond / b.perSecond) };
    table.push([String(first), a.perSecond.toFixed(0), c.perSecond.toFixed(0), b.perSecond.toFixed(0), (a.perSecond / c.perSecond).toFixed(2), (a.perSecond / b.perSecond).toFixed(2), `${a.bytes}/${c.bytes}/${b.bytes}`]);
  }

  say("cost of rules at 1000 rows …");
  const rules = await interleaved([await hub("unruled"), await hub("one-stratum"), await hub("two-strata")], { first: 1000 }, ruleRounds);
  const unruled = rules.get("unruled")?.perSecond ?? 0;
  const ruleCost = { oneStratum: round(unruled / (rules.get("one-stratum")?.perSecond ?? 1) - 1), twoStrata: round(unruled / (rules.get("two-strata")?.perSecond ?? 1) - 1) };
  for (const child of children.splice(0)) child.kill();

  say("1 → 32 sources …");
  const fanout = await figure("fanout.js");
  say("500 views …");
  const views = await figure("views.js");
  say("stall during an aggregate over a million rows …");
  const stall = await figure("stall.js");

  const summary = { ...results, ruleCost, fanout32: fanout["fanout32"], fanout8: fanout["fanout8"], viewMiB: views["viewMiB"], stallP99Ms: stall["stallP99Ms"] };
  if (json) {
    process.stdout.write(`${JSON.stringify(summary)}\n`);
    return;
  }
  const missed = (isMet: boolean): string => (isMet ? "" : "   MISSED");
  const widths = (table[0] as string[]).map((_, column) => Math.max(...table.map((line) => (line[column] as string).length)));
  for (const line of table) process.stdout.write(`${line.map((cell, column) => cell.padStart(widths[column] as number)).join("  ")}\n`);
  const at100 = results["rows100"] as { vsBare: number; vsShield: number };
  process.stdout.write(
    [
      "",
      "hub: field rules, a row rule, durable audit (bench/network) · bare: bench/peerBare.ts · shield: bench/peerShield.ts",
      `100 rows against bare      ${at100.vsBare}  (to reach: 0.6)${missed(at100.vsBare >= 0.6)}`,
      `100 rows against shield    ${at100.vsShield}  (to reach: 5)${missed(at100.vsShield >= 5)}`,
      `one stratum against none   ${(ruleCost.oneStratum * 100).toFixed(1)} %  (within 5 %)${missed(ruleCost.oneStratum <= 0.05)}`,
      `two strata against none    ${(ruleCost.twoStrata * 100).toFixed(1)} %  (within 30 %)${missed(ruleCost.twoStrata <= 0.3)}`,
      `32 sources / slowest one   ${summary.fanout32}  (≤ 1.2)${missed((summary.fanout32 ?? 9) <= 1.2)}`,
      `8 unlike / slowest one     ${summary.fanout8}  (≤ 1.2)${missed((summary.fanout8 ?? 9) <= 1.2)}`,
      `memory per view            ${summary.viewMiB} MiB`,
      `event-loop stall p99       ${summary.stallP99Ms} ms  (≤ 50)${missed((summary.stallP99Ms ?? 99) <= 50)}`,
      "",
    ].join("\n"),
  );
}

try {
  await main();
} finally {
  for (const child of children) child.kill();
  rmSync(dataDir, { recursive: true, force: true });
}
