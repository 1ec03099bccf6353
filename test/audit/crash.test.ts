import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openJournal } from "../../src/audit/openJournal.ts";
import { chainsOf, readRecords } from "../../src/audit/readRecords.ts";
import { verify } from "../../src/audit/verify.ts";
import { newDataDir } from "./fixtures.ts";

/** Runs the child until it has acknowledged `count` records, kills it with SIGKILL, and answers every line that got out. */
const runAndKill = (dataDir: string, run: string, count: number): Promise<readonly string[]> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, "appender.child.ts"), dataDir, run], { stdio: ["ignore", "pipe", "inherit"] });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      if (output.split("\n").length > count) child.kill("SIGKILL");
    });
    child.on("error", reject);
    child.on("close", () => resolve(output.split("\n").slice(0, -1)));
  });

test("F14: a hub killed with SIGKILL under load, again and again, keeps every acknowledged record in one sound chain", async () => {
  const dataDir = newDataDir();
  const acknowledged: string[] = [];
  for (const [index, count] of [1, 30, 200, 777].entries()) acknowledged.push(...(await runAndKill(dataDir, `run${index}`, count)));
  const journal = await openJournal(dataDir);
  await journal.close();
  expect(await verify(dataDir)).toMatchObject({ isSound: true, chains: [{ tornTail: null }] });
  const stored = new Set<string>();
  for (const chain of await chainsOf(dataDir)) {
    for await (const segment of readRecords(dataDir, chain)) for (const { record, receipt } of segment) if (record.kind === "disclosure") stored.add(`${record.disclosure.correlationId} ${receipt}`);
  }
  expect(acknowledged.length).toBeGreaterThan(1000);
  expect(acknowledged.filter((line) => !stored.has(line))).toEqual([]);
  // One process at a time: each start goes on with the one chain, so nothing forks and nothing is left behind.
  expect(await chainsOf(dataDir)).toHaveLength(1);
  rmSync(dataDir, { recursive: true, force: true });
});
