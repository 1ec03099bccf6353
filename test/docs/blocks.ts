/** What documents show: shell blocks to be run as they stand, and answers with `"…"` where something was left out. */
import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { setTimeout as setTimeoutAsync } from "node:timers/promises";

export const projectDir = join(import.meta.dirname, "../..");

export const blocksOf = (page: string, language: string): readonly string[] => [...page.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, "g"))].map(([, text = ""]) => text);

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/**
 * Runs a script in bash from the project's folder, under this Node. Whatever it left running is ended with it: without a terminal there is
 * no job control, so that `kill %1` reaches npm and not what npm runs.
 */
export function runShell(script: string, env: Readonly<Record<string, string>>, deadlineMs: number): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn("bash", ["-e", "-o", "pipefail", "-c", script], {
      cwd: projectDir,
      env: { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ""}`, ...env },
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let out = "";
    let err = "";
    child.stdout.on("data", (chunk: Buffer) => void (out += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => void (err += chunk.toString()));
    const deadline = setTimeout(() => signalGroup(child.pid, "SIGKILL"), deadlineMs);
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(deadline);
      endGroup(child.pid).then(() => resolve({ code, out, err }), reject);
    });
  });
}

/** Whether there is anything left of the group. */
function signalGroup(leader: number | undefined, signal: NodeJS.Signals | 0): boolean {
  try {
    return leader !== undefined && process.kill(-leader, signal);
  } catch {
    return false;
  }
}

async function endGroup(leader: number | undefined): Promise<void> {
  signalGroup(leader, "SIGTERM");
  while (signalGroup(leader, 0)) await setTimeoutAsync(20);
}

/** A port that was free a moment ago. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => (typeof address === "object" && address !== null ? resolve(address.port) : reject(new Error("no port"))));
    });
  });

/** Where an answer is not what a page shows of it, as paths; `"…"` stands for any value, and in a list or map for whatever else is there. */
export function differences(shown: unknown, actual: unknown, path = "$"): readonly string[] {
  if (shown === "…") return [];
  if (Array.isArray(shown)) {
    if (!Array.isArray(actual)) return [`${path} is no list`];
    const wanted = shown.filter((item) => item !== "…");
    if (wanted.length === shown.length) {
      const length = actual.length === shown.length ? [] : [`${path} has ${actual.length} items, not ${shown.length}`];
      return [...length, ...wanted.flatMap((item, index) => differences(item, actual[index], `${path}[${index}]`))];
    }
    return wanted.flatMap((item, index) => (actual.some((each) => differences(item, each).length === 0) ? [] : [`${path} has nothing like its item ${index}`]));
  }
  if (typeof shown === "object" && shown !== null) {
    if (typeof actual !== "object" || actual === null) return [`${path} is no map`];
    return Object.entries(shown).flatMap(([name, value]) =>
      Object.hasOwn(actual, name) ? differences(value, (actual as Record<string, unknown>)[name], `${path}.${name}`) : [`${path}.${name} is missing`],
    );
  }
  return Object.is(shown, actual) ? [] : [`${path} is ${JSON.stringify(actual)}, not ${JSON.stringify(shown)}`];
}

/** The first answer in what a script printed. */
export function answerIn(out: string): unknown {
  const line = out.split("\n").find((each) => each.startsWith('{"data"') || each.startsWith('{"errors"'));
  if (line === undefined) throw new Error(`no answer in: ${out}`);
  return JSON.parse(line.slice(0, endOfObject(line)));
}

/** curl ends its answer without a line break, so the next command's output may follow. */
function endOfObject(text: string): number {
  let depth = 0;
  let quoted = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (quoted && character === "\\") index += 1;
    else if (character === '"') quoted = !quoted;
    else if (!quoted && character === "{") depth += 1;
    else if (!quoted && character === "}") {
      depth -= 1;
      if (depth === 0) return index + 1;
    }
  }
  return text.length;
}
