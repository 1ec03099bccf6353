/** README.md: its query, asked of the demonstration as it stands (but for the port), gives the answer that it prints. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, it } from "vitest";
import { answerIn, blocksOf, differences, freePort, projectDir, runShell } from "./blocks.ts";

const page = readFileSync(join(projectDir, "README.md"), "utf8");
const dataDir = mkdtempSync(join(tmpdir(), "readme-"));
const lines: string[] = [];
let hub: ChildProcess;
let port: number;

beforeAll(async () => {
  port = await freePort();
  hub = spawn(process.execPath, ["scripts/start.mjs"], {
    cwd: projectDir,
    env: { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ""}`, PORT: String(port), HUB_DATA: dataDir },
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (hub.stdout === null) throw new Error("no output");
  for await (const line of createInterface({ input: hub.stdout })) {
    lines.push(line);
    if (line.startsWith("ready ")) return;
  }
  throw new Error(`the hub ended before it was ready: ${lines.join("\n")}`);
}, 150_000);

afterAll(async () => {
  if (hub.exitCode === null && hub.signalCode === null) {
    hub.kill("SIGTERM");
    await once(hub, "exit");
  }
  rmSync(dataDir, { recursive: true, force: true });
});

const ask = (script: string) => runShell(script.replaceAll("127.0.0.1:4000", `127.0.0.1:${port}`), { HUB_DATA: dataDir }, 60_000);

it("the query of the README gives the answer that it prints", async () => {
  const commands = blocksOf(page, "sh").filter((block) => block.includes("curl"));
  const answers = blocksOf(page, "json");
  expect(commands).toHaveLength(answers.length);
  for (const [index, command] of commands.entries()) {
    const { code, out, err } = await ask(command);
    expect(code, err).toBe(0);
    expect(differences(JSON.parse(answers[index] ?? ""), answerIn(out))).toEqual([]);
  }
}, 90_000);

it("the start prints the doors that the README names, and a query that answers", async () => {
  const doors = [...page.matchAll(/\| `(\/[\w/]+)` \|/g)].map(([, door = ""]) => door);
  expect(doors.length).toBeGreaterThanOrEqual(3);
  for (const door of doors) expect(lines.some((line) => line.endsWith(door))).toBe(true);
  const query = lines.find((line) => line.trim().startsWith("curl"));
  const { code, out, err } = await ask(query ?? "false");
  expect(code, err).toBe(0);
  expect(answerIn(out)).not.toHaveProperty("errors");
}, 90_000);
