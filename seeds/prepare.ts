/**
 * What a network may bring besides its files: `prepare` runs before its sources are opened. Here it builds the demonstration's
 * databases and starts the Shanghai service; the answer names the environment that the `${…}` of the sources need.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { buildRegions, type BuildOptions } from "./generate/buildRegions.ts";
import { serveRegions } from "./servers/serverRegions.ts";

export interface Prepared {
  /** Filled into `${NAME}` of `source.yaml`; holds a secret that lives as long as the process. */
  readonly environment: Readonly<Record<string, string>>;
  /** Another folder to read the network from: with the mappings of regions that stand on servers. */
  readonly networkDir?: string;
  /** Sentences for whoever starts the hub. */
  readonly notes?: readonly string[];
  close(): Promise<void>;
}

export interface PrepareOptions extends BuildOptions {
  /** The network's own folder; given together with `servers`. */
  readonly networkDir?: string;
  /** Regions move to the database servers that are there. */
  readonly servers?: boolean;
}

export async function prepare(options: PrepareOptions): Promise<Prepared> {
  const token = randomBytes(24).toString("base64url");
  // The service makes its data while the databases are built.
  const service = startShanghai(token);
  try {
    await buildRegions(options);
    const { networkDir, dataDir, onProgress } = options;
    const served = options.servers === true && networkDir !== undefined ? await serveRegions({ networkDir, dataDir, env: process.env, onProgress }) : null;
    const environment = { SHANGHAI_URL: `http://127.0.0.1:${await service.port}`, SHANGHAI_TOKEN: token, ...served?.environment };
    return { environment, ...(served === null ? {} : { networkDir: served.networkDir, notes: served.notes }), close: service.close };
  } catch (problem) {
    await service.close();
    throw problem;
  }
}

function startShanghai(token: string): { readonly port: Promise<number>; close(): Promise<void> } {
  // Compiled or from source, the neighbour has this file's own extension.
  const file = new URL(`./shanghaiServer${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url);
  const child = spawn(process.execPath, [fileURLToPath(file)], {
    // Its standard input is a lifeline: it closes when this process dies, however it dies.
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, SHANGHAI_TOKEN: token, SHANGHAI_PORT: "0" },
  });
  const port = readPort(child);
  // Whoever awaits `port` sees the failure; nobody does while the databases are being built.
  port.catch(() => undefined);
  return {
    port,
    close: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, "exit");
      child.kill();
      await gone;
    },
  };
}

async function readPort(child: ChildProcess): Promise<number> {
  if (!child.stdout) throw new Error("the Shanghai service has no standard output");
  for await (const line of createInterface({ input: child.stdout })) {
    const { port } = JSON.parse(line) as { port: number };
    return port;
  }
  throw new Error("the Shanghai demonstration service ended before it answered; its message stands above.");
}
