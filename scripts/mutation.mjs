/**
 * `npm run -s mutation [-- --mutate src/access/fold.ts]`: mutates `src/access` and `src/plan`, prints the score of every file and every
 * mutant that no test kills, and fails below 90 %.
 *
 * The score is (killed + timed out) / all mutants, mutants that no test reaches counted as alive. A mutant in
 * `test/mutation/equivalent.md` cannot be told from the program by any input; the score is given with and without them. An entry of the
 * list that no mutant answers to is an error too, so that the list cannot outlive the code.
 */
import "./nodeVersion.mjs";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { root } from "./build.mjs";

const least = 90;
const folder = join(root, "dist", "mutation");
const reportFile = join(folder, "report.json");
const listFile = join(root, "test", "mutation", "equivalent.md");

const own = new Set(["--report"]);
const args = process.argv.slice(2);
const onlyReport = args.includes("--report");
if (!onlyReport) {
  mkdirSync(folder, { recursive: true });
  const stryker = join(dirname(createRequire(import.meta.url).resolve("@stryker-mutator/core/package.json")), "bin", "stryker.js");
  const { status } = spawnSync(process.execPath, [stryker, "run", "stryker.config.mjs", ...args.filter((arg) => !own.has(arg))], { cwd: root, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}

/** One line, so that a mutant can be named in a list. */
const flat = (text) => text.replace(/\s+/g, " ").trim();

/** What stands between two places of a text; lines and columns count from 1. */
function between(lines, start, end) {
  if (start.line === end.line) return lines[start.line - 1].slice(start.column - 1, end.column - 1);
  return [lines[start.line - 1].slice(start.column - 1), ...lines.slice(start.line, end.line - 1), lines[end.line - 1].slice(0, end.column - 1)].join("\n");
}

/** `| source line | original | mutant | reason |` under a heading with the file's path; code stands in ``double backticks``. */
function readList(text) {
  const found = [];
  let file = "";
  for (const line of text.split("\n")) {
    const heading = /^## (\S+)$/.exec(line);
    if (heading) file = heading[1];
    const entry = /^- in ``(.*?)``: ``(.*?)`` → ``(.*?)``: (.+)$/.exec(line);
    if (entry) found.push({ file, line: entry[1].trim(), original: entry[2].trim(), mutant: entry[3].trim(), reason: entry[4], used: false });
    else if (line.startsWith("- ")) throw new Error(`${listFile}: not an entry: ${line}`);
  }
  return found;
}

const report = JSON.parse(readFileSync(reportFile, "utf8"));
const equivalent = readList(readFileSync(listFile, "utf8"));
const killedBy = new Set(["Killed", "Timeout"]);
const counted = new Set([...killedBy, "Survived", "NoCoverage"]);

const rows = [];
const survivors = [];
for (const [file, { source, mutants }] of Object.entries(report.files).sort(([a], [b]) => (a < b ? -1 : 1))) {
  const lines = source.split("\n");
  const row = { file, all: 0, killed: 0, equivalent: 0, uncovered: 0 };
  for (const mutant of mutants) {
    if (!counted.has(mutant.status)) continue;
    row.all += 1;
    if (killedBy.has(mutant.status)) {
      row.killed += 1;
      continue;
    }
    const { start, end } = mutant.location;
    const named = { file, line: flat(lines[start.line - 1]), original: flat(between(lines, start, end)), mutant: flat(mutant.replacement ?? "") };
    const entry = equivalent.find((one) => one.file === file && one.line === named.line && one.original === named.original && one.mutant === named.mutant);
    if (entry) {
      entry.used = true;
      row.equivalent += 1;
      continue;
    }
    if (mutant.status === "NoCoverage") row.uncovered += 1;
    survivors.push({ ...named, at: `${file}:${start.line}:${start.column}`, status: mutant.status });
  }
  rows.push(row);
}

const percent = (killed, all) => (all === 0 ? "100.0" : ((100 * killed) / all).toFixed(1));
const line = (cells) => `${cells[0].padEnd(36)}${cells.slice(1).map((cell) => String(cell).padStart(12)).join("")}\n`;
const total = rows.reduce((sum, row) => ({ all: sum.all + row.all, killed: sum.killed + row.killed, equivalent: sum.equivalent + row.equivalent, uncovered: sum.uncovered + row.uncovered }), { all: 0, killed: 0, equivalent: 0, uncovered: 0 });

for (const { at, status, line: text, original, mutant } of survivors) {
  process.stdout.write(`${at} ${status === "NoCoverage" ? "reached by no test" : "survives"}\n- in \`\`${text}\`\`: \`\`${original}\`\` → \`\`${mutant}\`\`: \n`);
}
process.stdout.write(`\n${line(["file", "mutants", "killed", "equivalent", "alive", "score %"])}`);
for (const { file, all, killed, equivalent: same } of rows) process.stdout.write(line([file, all, killed, same, all - killed - same, percent(killed, all)]));
process.stdout.write(line(["all", total.all, total.killed, total.equivalent, total.all - total.killed - total.equivalent, percent(total.killed, total.all)]));
process.stdout.write(`\nscore ${percent(total.killed, total.all)} %, without equivalent mutants ${percent(total.killed, total.all - total.equivalent)} %\n`);

const seen = new Set(rows.map(({ file }) => file));
const stale = equivalent.filter((entry) => seen.has(entry.file) && !entry.used);
for (const entry of stale) process.stdout.write(`${entry.file}: no surviving mutant \`\`${entry.original}\`\` → \`\`${entry.mutant}\`\` in \`\`${entry.line}\`\`\n`);
process.exitCode = total.killed < (least / 100) * total.all || stale.length > 0 ? 1 : 0;
