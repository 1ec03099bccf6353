/**
 * `npm run -s mutation [-- --mutate src/access/fold.ts --minutes 60]`: mutates `src/access` and `src/plan`, prints the score of every file
 * and every mutant that no test kills, and fails below 90 %.
 *
 * The score is (killed + timed out) / all mutants; mutants that no test reaches, and those that the time did not suffice for, count as
 * alive. A mutant in `test/mutation/equivalent.md` cannot be told from the program by any input; the score is given with and without
 * them. An entry of the list that no mutant answers to is an error too, so that the list cannot outlive the code.
 *
 * It goes piece by piece, each of some files, and a piece that was finished is not done again while code and tests are what they were:
 * the whole takes more than an hour. Mutants of a module's constants come last: each takes every test, since nothing tells which reads them.
 */
import "./nodeVersion.mjs";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "./build.mjs";

const least = 90;
const rooms = ["src/access", "src/plan"];
const filesPerPiece = 12;
const constantsPerPiece = 60;
const listFile = join(root, "test", "mutation", "equivalent.md");

const { values: given } = parseArgs({ options: { mutate: { type: "string" }, minutes: { type: "string" }, report: { type: "boolean" } } });
const filesIn = (folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }).flatMap((entry) => (entry.isFile() ? [join(entry.parentPath, entry.name).slice(root.length + 1)] : [])).sort();
const files = given.mutate?.split(",") ?? rooms.flatMap(filesIn).filter((file) => file.endsWith(".ts"));
const endMs = performance.now() + Number(given.minutes ?? Number.POSITIVE_INFINITY) * 60_000;

const state = createHash("sha256");
for (const file of ["package-lock.json", "stryker.config.mjs", ...["adapters", "schema", "src", "test/access", "test/plan", "test/mutation"].flatMap(filesIn)]) {
  if (!file.endsWith("equivalent.md")) state.update(file).update(readFileSync(join(root, file)));
}
const folder = join(root, "dist", "mutation", state.digest("hex").slice(0, 16));
mkdirSync(folder, { recursive: true });

const stryker = join(dirname(createRequire(import.meta.url).resolve("@stryker-mutator/core/package.json")), "bin", "stryker.js");

/** The report of one piece; null where it is not done and there is no time for it. */
function judge(mutate, ignoreStatic) {
  const name = createHash("sha256").update(JSON.stringify([mutate, ignoreStatic])).digest("hex").slice(0, 16);
  const fileName = join(folder, `${name}.json`);
  if (!existsSync(fileName)) {
    if (given.report || performance.now() > endMs) return null;
    const config = join(folder, `${name}.config.mjs`);
    const options = { mutate, ignoreStatic, jsonReporter: { fileName } };
    writeFileSync(config, `import base from ${JSON.stringify(join(root, "stryker.config.mjs"))};\nexport default { ...base, ...${JSON.stringify(options)} };\n`);
    const { status } = spawnSync(process.execPath, [stryker, "run", config], { cwd: root, stdio: "inherit" });
    if (status !== 0) process.exit(status ?? 1);
  }
  return JSON.parse(readFileSync(fileName, "utf8"));
}

const slices = (all, size) => Array.from({ length: Math.ceil(all.length / size) }, (_, index) => all.slice(index * size, (index + 1) * size));
const identity = (file, { location: { start, end }, mutatorName, replacement }) => [file, start.line, start.column, end.line, end.column, mutatorName, replacement].join("|");

/** Per file its text and its mutants, by identity. */
const judged = new Map();
const constants = [];
for (const piece of slices(files, filesPerPiece)) {
  const report = judge(piece, true);
  if (report === null) {
    process.stdout.write(`not judged at all: ${piece.join(" ")}\n`);
    process.exitCode = 1;
    continue;
  }
  for (const [file, { source, mutants }] of Object.entries(report.files)) {
    judged.set(file, { source, mutants: new Map(mutants.map((mutant) => [identity(file, mutant), mutant])) });
    for (const mutant of mutants) if (mutant.status === "Ignored" && mutant.static) constants.push({ file, mutant });
  }
}
// Every piece holds some of every file, so that a part of them is a fair sample.
const pieceCount = Math.ceil(constants.length / constantsPerPiece);
for (let index = 0; index < pieceCount; index += 1) {
  const piece = constants.filter((_, at) => at % pieceCount === index);
  const report = judge(piece.map(({ file, mutant: { location: { start, end } } }) => `${file}:${start.line}:${start.column - 1}-${end.line}:${end.column - 1}`), false);
  if (report === null) break;
  for (const { file, mutant } of piece) {
    const found = report.files[file]?.mutants.find((one) => identity(file, one) === identity(file, mutant));
    if (found === undefined) throw new Error(`${file}:${mutant.location.start.line}: ${mutant.mutatorName} was not made again`);
    judged.get(file).mutants.set(identity(file, mutant), found);
  }
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

const equivalent = readList(readFileSync(listFile, "utf8"));
const killedBy = new Set(["Killed", "Timeout"]);
const counted = new Set([...killedBy, "Survived", "NoCoverage", "Ignored"]);

const rows = [];
const survivors = [];
for (const [file, { source, mutants }] of [...judged].sort(([a], [b]) => (a < b ? -1 : 1))) {
  const lines = source.split("\n");
  const row = { file, all: 0, killed: 0, equivalent: 0, waiting: 0 };
  for (const mutant of mutants.values()) {
    if (!counted.has(mutant.status)) continue;
    row.all += 1;
    if (killedBy.has(mutant.status)) {
      row.killed += 1;
      continue;
    }
    if (mutant.status === "Ignored") {
      row.waiting += 1;
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
    survivors.push({ ...named, at: `${file}:${start.line}:${start.column}`, status: mutant.status });
  }
  rows.push(row);
}

const percent = (killed, all) => (all === 0 ? "100.0" : ((100 * killed) / all).toFixed(1));
const line = (cells) => `${cells[0].padEnd(36)}${cells.slice(1).map((cell) => String(cell).padStart(12)).join("")}\n`;
const total = Object.fromEntries(["all", "killed", "equivalent", "waiting"].map((column) => [column, rows.reduce((sum, row) => sum + row[column], 0)]));

for (const { at, status, line: text, original, mutant } of survivors) {
  process.stdout.write(`${at} ${status === "NoCoverage" ? "reached by no test" : "survives"}\n- in \`\`${text}\`\`: \`\`${original}\`\` → \`\`${mutant}\`\`: \n`);
}
process.stdout.write(`\n${line(["file", "mutants", "killed", "equivalent", "alive", "not judged", "score %"])}`);
for (const row of [...rows, { file: "all", ...total }]) {
  process.stdout.write(line([row.file, row.all, row.killed, row.equivalent, row.all - row.killed - row.equivalent - row.waiting, row.waiting, percent(row.killed, row.all)]));
}
process.stdout.write(`\nscore ${percent(total.killed, total.all)} %, without equivalent mutants ${percent(total.killed, total.all - total.equivalent)} %${total.waiting === 0 ? "" : `, of those judged ${percent(total.killed, total.all - total.waiting)} %`}\n`);

// A mutant that waits may be one of the list.
const whole = new Set(rows.flatMap(({ file, waiting }) => (waiting === 0 ? [file] : [])));
const stale = equivalent.filter((entry) => whole.has(entry.file) && !entry.used);
for (const entry of stale) process.stdout.write(`${entry.file}: no surviving mutant \`\`${entry.original}\`\` → \`\`${entry.mutant}\`\` in \`\`${entry.line}\`\`\n`);
if (total.killed < (least / 100) * total.all || stale.length > 0) process.exitCode = 1;
