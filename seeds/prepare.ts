/**
 * What a network may bring besides its files: `prepare` runs before its sources are opened. Here it builds the demonstration's
 * databases and starts the services of Shanghai and Jiangsu; the answer names the environment that the `${…}` of the sources need.
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
  // The services make their data while the databases are built.
  const services = startServices(token);
  try {
    await buildRegions(options);
    const { networkDir, dataDir, onProgress } = options;
    const served = options.servers === true && networkDir !== undefined ? await serveRegions({ networkDir, dataDir, env: process.env, onProgress }) : null;
    const { shanghai, jiangsu } = await services.ports;
    return {
      environment: { SHANGHAI_URL: `http://127.0.0.1:${shanghai}`, SHANGHAI_TOKEN: token, JIANGSU_URL: `http://127.0.0.1:${jiangsu}`, JIANGSU_TOKEN: token, ...served?.environment },
      ...(served === null ? {} : { networkDir: served.networkDir, notes: served.notes }),
      close: services.close,
    };
  } catch (problem) {
    await services.close();
    throw problem;
  }
}

interface Ports {
  readonly shanghai: number;
  readonly jiangsu: number;
}

function startServices(token: string): { readonly ports: Promise<Ports>; close(): Promise<void> } {
  // Compiled or from source, the neighbour has this file's own extension.
  const file = new URL(`./apiServers${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url);
  const child = spawn(process.execPath, [fileURLToPath(file)], {
    // Its standard input is a lifeline: it closes when this process dies, however it dies.
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, DEMONSTRATION_TOKEN: token },
  });
  const ports = readPorts(child);
  // Whoever awaits `ports` sees the failure; nobody does while the databases are being built.
  ports.catch(() => undefined);
  return {
    ports,
    close: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, "exit");
      child.kill();
      await gone;
    },
  };
}

async function readPorts(child: ChildProcess): Promise<Ports> {
  if (!child.stdout) throw new Error("the demonstration services have no standard output");
  for await (const line of createInterface({ input: child.stdout })) return JSON.parse(line) as Ports;
  throw new Error("the demonstration services ended before they answered; their message stands above.");
}
