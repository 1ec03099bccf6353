/** The built hub and its commands as processes of their own, on a small network in a folder of its own. */
import { type ChildProcess, execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { makeDatabase, networkYaml, policyYaml, sourceYaml } from "../fixtures/smallNetwork.ts";

const scripts = join(import.meta.dirname, "../../scripts");

/** What changed since the last build; nothing, mostly. Throws what the build says. */
export function build(): void {
  const { status, stderr } = spawnSync(process.execPath, [join(scripts, "build.mjs")], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
}

export interface SmallFolder {
  readonly networkDir: string;
  /** Made by the hub itself. */
  readonly dataDir: string;
  write(file: string, text: string): void;
  remove(): void;
}

export function smallFolder(): SmallFolder {
  const dir = mkdtempSync(join(tmpdir(), "hub-process-"));
  const networkDir = join(dir, "network");
  mkdirSync(join(networkDir, "regions", "hebei"), { recursive: true });
  const write = (file: string, text: string): void => writeFileSync(join(networkDir, file), text);
  makeDatabase(join(dir, "hebei.db"));
  write("network.yaml", networkYaml);
  write("regions/hebei/source.yaml", sourceYaml.replace("${DB}", join(dir, "hebei.db")));
  write("regions/hebei/policy.yaml", policyYaml);
  return { networkDir, dataDir: join(dir, "data"), write, remove: () => rmSync(dir, { recursive: true, force: true }) };
}

const environment = (folder: SmallFolder, more: Readonly<Record<string, string>>): NodeJS.ProcessEnv => ({ ...process.env, HUB_DATA: folder.dataDir, HOST: "127.0.0.1", ...more });

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** One command to its end. */
export function command(folder: SmallFolder, ...args: readonly string[]): Promise<Ended> {
  return ended(join(scripts, "hub.mjs"), [...args, "--network", folder.networkDir], environment(folder, {}));
}

/** A start that is expected not to get ready. */
export function failedStart(folder: SmallFolder, env: Readonly<Record<string, string>> = {}, ...args: readonly string[]): Promise<Ended> {
  return ended(join(scripts, "start.mjs"), ["--network", folder.networkDir, ...args], environment(folder, { PORT: "0", ...env }));
}

const ended = (script: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(process.execPath, [script, ...args], { env, maxBuffer: 1 << 24 }, (error, out, err) => resolve({ code: error === null ? 0 : Number(error.code ?? 255), out, err }));
  });

export interface RunningHub {
  readonly url: string;
  /** Standard output up to and with the last line. */
  readonly lines: readonly string[];
  readonly errors: () => string;
  query(text: string, token?: string): Promise<{ readonly status: number; readonly body: unknown }>;
  /** SIGTERM; answers the exit code. */
  stop(): Promise<number>;
}

export const startHub = (folder: SmallFolder, env: Readonly<Record<string, string>> = {}, ...args: readonly string[]): Promise<RunningHub> =>
  running(
    spawn(process.execPath, [join(scripts, "start.mjs"), "--network", folder.networkDir, ...args], { env: environment(folder, { PORT: "0", ...env }), stdio: ["ignore", "pipe", "pipe"] }),
  );

/** By `npm start`, as a person or a service manager does. */
export const npmStart = (folder: SmallFolder): Promise<RunningHub> =>
  running(spawn("npm", ["start", "--", "--network", folder.networkDir], { cwd: join(scripts, ".."), env: environment(folder, { PORT: "0" }), stdio: ["ignore", "pipe", "pipe"] }));

async function running(child: ChildProcess): Promise<RunningHub> {
  let errors = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const lines: string[] = [];
  const exited = once(child, "exit");
  if (!child.stdout) throw new Error("the hub has no standard output");
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (line.startsWith("ready ")) break;
  }
  const last = lines.at(-1) ?? "";
  if (!last.startsWith("ready ")) throw new Error(`the hub did not get ready: ${errors}`);
  const url = last.slice("ready ".length);
  return {
    url,
    lines,
    errors: () => errors,
    async query(text, token) {
      const headers = { "content-type": "application/json", ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
      const response = await fetch(`${url}/graphql`, { method: "POST", headers, body: JSON.stringify({ query: text }) });
      return { status: response.status, body: await response.json() };
    },
    async stop() {
      child.kill("SIGTERM");
      const [code] = (await exited) as [number | null];
      return code ?? -1;
    },
  };
}
