/**
 * `npm run -s fuzz -- --cases N --seed S [--law NAME] [--servers postgres,mariadb]`: holds the laws over random networks for as many
 * cases as are asked for, in child processes by chunks: one that dies is told with the network it died on, and the others go on.
 * `--servers`: every network has a source on a database server of one of these kinds (POSTGRES_URL, MARIADB_URL).
 *
 * Prints what breaks a law as a row for `test/reference/regressions`, made as small as it can be. The last line counts:
 * `N cases, seed S, D differences`; any difference, or a child that died, makes the exit code 1.
 */
import "./nodeVersion.mjs";
import { spawn, spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { build, root } from "./build.mjs";

/** How many of a hundred cases each law gets. */
const shares = { differential: 45, nonInterference: 30, rewrites: 11, paging: 6, planReuse: 8 };
const chunkCases = 500;
/** Networks that a chunk may draw before it meets the next one's. */
const chunkSeeds = 1000;
const serverKinds = ["postgres", "mariadb"];

const { values } = parseArgs({ options: { cases: { type: "string", default: "2000" }, seed: { type: "string" }, law: { type: "string" }, jobs: { type: "string" }, servers: { type: "string" } } });
const cases = Number(values.cases);
const seed = values.seed === undefined ? Math.floor(Math.random() * 1_000_000) : Number(values.seed);
const jobs = Number(values.jobs ?? availableParallelism());
const servers = values.servers === undefined ? [] : values.servers.split(",");
const laws = values.law === undefined ? Object.entries(shares) : [[values.law, 100]];
if (!(cases > 0) || !Number.isInteger(seed) || !(jobs > 0) || (values.law !== undefined && !Object.hasOwn(shares, values.law)) || servers.some((kind) => !serverKinds.includes(kind))) {
  process.stderr.write(`usage: npm run -s fuzz -- --cases N --seed S [--law ${Object.keys(shares).join("|")}] [--servers ${serverKinds.join(",")}] [--jobs N]\n`);
  process.exit(2);
}

const compiler = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");
const built = build() || (spawnSync(process.execPath, [compiler, "-p", "test/reference/tsconfig.json"], { cwd: root, stdio: ["ignore", 2, 2] }).status ?? 1);
if (built !== 0) process.exit(built);

/** Laws take turns, so that a run that is cut short has held all of them. */
const chunks = [];
for (const [law, share] of laws) {
  const wanted = Math.ceil((cases * share) / 100);
  for (let at = 0; at < wanted; at += chunkCases) chunks.push({ law, cases: Math.min(chunkCases, wanted - at), order: at / wanted });
}
chunks.sort((a, b) => a.order - b.order);
for (const [at, chunk] of chunks.entries()) chunk.from = (seed * 100_003 + at * chunkSeeds) % 2 ** 30;

/** Where the network is met again. */
const testOf = (law) => (servers.length === 0 ? `test/law/${law}.law.test.ts` : `test/law/servers.law.test.ts -t "over ${servers.join(" and ")}"`);

let done = 0;
let differences = 0;
const started = Date.now();

function hold({ law, cases: wanted, from }) {
  return new Promise((resolve) => {
    const args = ["--no-memory-protection-keys", join(root, "dist/test/reference/laws/fuzz.child.js"), law, String(from), String(wanted), ...servers];
    const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    let last = { seed: from, cases: 0 };
    let ended = false;
    let complaint = "";
    child.stderr.on("data", (text) => {
      complaint = `${complaint}${text}`.slice(-4000);
    });
    createInterface({ input: child.stdout }).on("line", (line) => {
      const said = JSON.parse(line);
      if ("difference" in said) {
        differences += 1;
        process.stdout.write(`\n${law} does not hold: SEED=${said.difference.seed} CASES=1 npx vitest run ${testOf(law)}\n${said.difference.said}\n${said.difference.row}\n`);
      } else if ("done" in said) {
        ended = true;
        done += said.done;
      } else {
        last = said;
      }
    });
    child.on("close", (code, signal) => {
      if (!ended) {
        differences += 1;
        done += last.cases;
        process.stdout.write(`\n${law}: a process ended with ${signal ?? code} on network ${last.seed}\n${complaint}\n`);
      }
      resolve();
    });
  });
}

async function work() {
  for (let chunk = chunks.shift(); chunk !== undefined; chunk = chunks.shift()) {
    await hold(chunk);
    const seconds = (Date.now() - started) / 1000;
    process.stdout.write(`${done} of ${cases} cases, ${Math.round(seconds)} s, ${Math.round(done / seconds)} a second, ${differences} differences\n`);
  }
}

await Promise.all(Array.from({ length: jobs }, work));
process.stdout.write(`${done} cases, seed ${seed}, ${differences} differences\n`);
process.exitCode = differences > 0 ? 1 : 0;
