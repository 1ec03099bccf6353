import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { chainsOf, readRecords } from "../../src/audit/readRecords.ts";
import { verify } from "../../src/audit/verify.ts";
import { smallNetwork } from "../fixtures/smallNetwork.ts";

const startChild = (dir: string): Promise<{ child: ChildProcess; url: string; token: string }> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, "hub.child.ts"), dir], { stdio: ["ignore", "pipe", "inherit"] });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      const [url, token] = /^(\S+) (\S+)\n/.exec(output)?.slice(1) ?? [];
      if (url !== undefined && token !== undefined) resolve({ child, url, token });
    });
    child.on("error", reject);
    child.on("close", (code) => reject(new Error(`the hub ended with ${code} before it was ready`)));
  });

/** Every fourth question of a caller is one that is refused. */
const isRefused = (id: string): boolean => Number(id.split("-")[2]) % 4 === 3;

/** Asks, eight at a time, until `count` answers came, kills the hub, and gives the correlation ids of all answers that came whole. */
const loadAndKill = async (dir: string, run: number, count: number): Promise<readonly string[]> => {
  const { child, url, token } = await startChild(dir);
  const ended = new Promise((resolve) => child.on("close", resolve));
  const answered: string[] = [];
  const caller = async (name: number): Promise<void> => {
    for (let index = 0; ; index += 1) {
      const id = `run${run}-${name}-${index}`;
      // Refusals are owed a record too.
      const query = isRefused(id) ? "{ nothing }" : `{ stations(first: ${1 + (index % 9)}) { nodes { code name } } }`;
      try {
        const response = await fetch(`${url}/graphql`, { method: "POST", headers: { "content-type": "application/json", authorization: `Bearer ${token}`, "x-correlation-id": id }, body: JSON.stringify({ query }) });
        await response.json();
      } catch {
        return;
      }
      answered.push(id);
      if (answered.length >= count) child.kill("SIGKILL");
    }
  };
  await Promise.all(Array.from({ length: 8 }, (_, name) => caller(name)));
  await ended;
  return answered;
};

test("F14: a hub killed with SIGKILL under load has a record of every answer that a caller got, in one sound chain", { timeout: 120_000 }, async () => {
  const network = await smallNetwork();
  const { dir, dataDir } = network;
  const answered: string[] = [];
  // The folder is made by this process and then left to the children.
  await network.close(true);
  for (const [run, count] of [30, 400].entries()) answered.push(...(await loadAndKill(dir, run, count)));
  const stored = new Set<string>();
  let covered = 0;
  for (const chain of await chainsOf(dataDir)) {
    for await (const segment of readRecords(dataDir, chain)) {
      for (const { record } of segment) {
        if (record.kind === "disclosure") stored.add(record.disclosure.correlationId);
        if (record.kind === "refusals" && record.refusals.stage === "AHEAD") covered += record.refusals.count;
      }
    }
  }
  expect(answered.length).toBeGreaterThanOrEqual(430);
  expect(answered.filter((id) => !stored.has(id) && !isRefused(id))).toEqual([]);
  // Of many refusals the first have records of their own, and the others one that was written before them.
  expect(answered.filter((id) => !stored.has(id)).length).toBeLessThanOrEqual(covered);
  expect(answered.filter((id) => stored.has(id) && isRefused(id)).length).toBeGreaterThanOrEqual(20);
  const again = await smallNetwork({ dir });
  expect(await verify(dataDir)).toMatchObject({ isSound: true });
  expect(await chainsOf(dataDir)).toHaveLength(1);
  await again.close();
});
