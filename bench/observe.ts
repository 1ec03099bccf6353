/**
 * What it costs to tell of requests. By itself: CPU time of all that is told of one answered request. In the hub: its CPU time for a request of the prepared lane with figures, and with figures and spans, as
 * ratios to a hub that tells nothing. CPU and not requests per second, so that a busy machine spoils less of it; Linux only (`/proc`).
 * `BENCH_AGAINST`: the `main.js` of another build, as one more side. Prints ratios; passes or fails nothing.
 */
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { asPurpose } from "../schema/ids.ts";
import { issueToken } from "../src/identity/issueToken.ts";
import { openKeys } from "../src/identity/keys.ts";
import { makeMetrics } from "../src/observe/metrics.ts";
import type { Observer } from "../src/observe/observer.ts";
import { observerOf } from "../src/observe/observerOf.ts";
import { openTracing } from "../src/observe/tracing.ts";
import { buildDatabase, fields } from "./data.ts";
import { load } from "./load.ts";
import { median, startChild } from "./rounds.ts";

const rounds = 15;
const requests = { connections: 16, durationMs: 1000 };
/** USER_HZ, as `/proc` counts. */
const tickMs = 10;
const root = fileURLToPath(new URL("../../", import.meta.url));
const children: ChildProcess[] = [];
const folders: string[] = [];

/** Takes spans and forgets them. */
const collector = createServer((request, response) => {
  request.resume();
  request.on("end", () => response.writeHead(200, { "content-type": "application/json" }).end("{}"));
});
await new Promise<void>((resolve) => collector.listen(0, "127.0.0.1", resolve));
const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;

const query = `query Page($first: Int) { enterprises(orderBy: [{ uscc: ASC }], first: $first) { nodes { ${fields.map(([, field]) => field).join(" ")} } } }`;
const main = join(root, "dist/src/main.js");
const figures = { METRICS_PORT: "0" };
const spans = { ...figures, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint };
const against = process.env["BENCH_AGAINST"];
const kinds: readonly (readonly [string, string, NodeJS.ProcessEnv])[] = [
  ["nothing", main, {}],
  ["figures", main, figures],
  ["figures, a span tree for each tenth request", main, { ...spans, OTEL_TRACES_SAMPLER_ARG: "0.1" }],
  ["figures, a span tree for each request", main, spans],
  ...(against === undefined ? [] : [["another build", against, {}] as const]),
];

interface Side {
  readonly name: string;
  readonly url: string;
  readonly token: string;
  cpuMs(): number;
}

async function side(name: string, script: string, env: NodeJS.ProcessEnv): Promise<Side> {
  const dataDir = mkdtempSync(join(tmpdir(), "one-network-bench-"));
  folders.push(dataDir);
  buildDatabase(join(dataDir, "enterprise.db"));
  const url = await startChild(children, [script, "--network", join(root, "bench/network")], { HUB_DATA: dataDir, PORT: "0", HOST: "127.0.0.1", ...env });
  const token = await issueToken(openKeys(dataDir), { subject: "ruled", purposes: [asPurpose("benchmark")], mintedBy: "bench", lifetimeS: 3600, nowMs: Date.now() });
  const pid = children.at(-1)?.pid;
  return {
    name,
    url,
    token,
    cpuMs: () => {
      // The command's name, in parentheses, may hold spaces; user and system time are the 12th and 13th field behind it.
      const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
      return (Number(fields[11]) + Number(fields[12])) * tickMs;
    },
  };
}

/** As the hub tells of a page from one stratum of one source. */
function tellOne(observer: Observer): void {
  const request = observer.request("graphql", "one", undefined);
  if (request === null) return;
  const fromMs = performance.now();
  request.planned("prepared", fromMs);
  const step = request.step("connection", "Enterprise");
  step.called({ source: "hebei", entity: "Enterprise", kind: "rows", strata: 1, grade: "R", outcome: "OK", driver: null, rows: 100, attempts: 1, breaker: "closed", fromMs, untilMs: performance.now() });
  step.ended(null);
  request.ran({ isComplete: true, rows: 100, codes: [] });
  request.recorded(fromMs, true);
  request.ended({ agency: "ruled", purpose: "benchmark", status: 200, code: null });
}

async function byItself(): Promise<void> {
  process.env["OTEL_EXPORTER_OTLP_ENDPOINT"] = endpoint;
  const clock = (): number => performance.now();
  const metrics = makeMetrics(clock);
  const tracing = openTracing({ service: "bench", share: 1, callers: "ignore", random: () => 0, clock, now: Date.now, onUnsent: () => undefined });
  const log = (): void => undefined;
  const count = 20_000;
  for (const [name, given] of [["nothing", { metrics: null, tracing: null }], ["figures", { metrics, tracing: null }], ["figures and spans", { metrics, tracing }]] as const) {
    const observer = observerOf({ ...given, log, logLevel: "info", clock });
    const spent: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      const before = process.cpuUsage();
      for (let told = 0; told < count; told += 1) {
        tellOne(observer);
        // The exporter has its turns, as between requests.
        if (told % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      const { user, system } = process.cpuUsage(before);
      spent.push((user + system) / count);
    }
    process.stdout.write(`by itself  ${name.padEnd(45)} ${median(spent).toFixed(1).padStart(6)} µs\n`);
  }
  await tracing.close();
}

try {
  await byItself();
  const sides: Side[] = [];
  for (const [name, script, env] of kinds) sides.push(await side(name, script, env));
  for (const first of [1, 100]) {
    const measured = new Map(sides.map(({ name }) => [name, [] as number[]]));
    for (let round = -2; round < rounds; round += 1) {
      for (let offset = 0; offset < sides.length; offset += 1) {
        const one = sides[(offset + rounds + round) % sides.length] as Side;
        const before = one.cpuMs();
        const { perSecond } = await load({ url: one.url, path: "/graphql", headers: { authorization: `Bearer ${one.token}` }, body: JSON.stringify({ query, variables: { first } }), ...requests });
        // The first two rounds warm up.
        if (round >= 0) measured.get(one.name)?.push((1000 * (one.cpuMs() - before)) / ((perSecond * requests.durationMs) / 1000));
      }
    }
    const nothing = median(measured.get("nothing") ?? []);
    for (const [name, micros] of measured) process.stdout.write(`${String(first).padStart(4)} rows  ${name.padEnd(45)} ${median(micros).toFixed(0).padStart(6)} µs  ${(median(micros) / nothing).toFixed(3)}\n`);
  }
} finally {
  for (const child of children) child.kill();
  collector.close();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}
