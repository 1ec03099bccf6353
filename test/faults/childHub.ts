/** A hub in a process of its own over a small network, and callers that ask it as fast as it answers. */
import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { Agent, request as httpRequest } from "node:http";
import { join } from "node:path";
import type { GatewayParts } from "../../src/gateway/gatewayParts.ts";
import { smallNetwork, type SmallNetworkOptions } from "../fixtures/smallNetwork.ts";

export interface Figures {
  readonly rssMb: number;
  /** The most since the last time that it was asked anew, looked at every few milliseconds. */
  readonly rssMaxMb: number;
  /** The heap's objects and what they own outside of it (bytes of answers and messages), after a collection. */
  readonly heldMb: number;
  readonly heapMb: number;
  readonly lagP99Ms: number;
  readonly lagMaxMs: number;
}

export interface ChildHub {
  readonly url: URL;
  readonly tokens: Readonly<Record<"partner" | "owner" | "nobody", string>>;
  readonly dir: string;
  isAlive(): boolean;
  /** Of the hub's process; the lag since the last time that it was asked anew. */
  figures(anew?: boolean): Promise<Figures>;
  stop(): Promise<void>;
}

export interface ChildOptions extends SmallNetworkOptions {
  /** The hub's own: `--max-old-space-size=128`. */
  readonly nodeOptions?: readonly string[];
  readonly parts?: Pick<GatewayParts, "connectionLimits" | "capacityBytes">;
  /** Fills the region's database further, before the hub opens it. */
  readonly fill?: (file: string) => void;
}

export async function openChildHub({ parts = {}, nodeOptions = [], fill, ...options }: ChildOptions): Promise<ChildHub> {
  const network = await smallNetwork(options);
  const { dir } = network;
  await network.close(true);
  fill?.(join(dir, "hebei.db"));
  const child = spawn(process.execPath, [...nodeOptions, "--expose-gc", join(import.meta.dirname, "hub.child.ts"), dir, JSON.stringify(parts)], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  const ended = new Promise<void>((resolve) => void child.once("close", () => resolve()));
  const next = <Message>(): Promise<Message> =>
    new Promise((resolve, reject) => {
      child.once("message", (message) => resolve(message as Message));
      void ended.then(() => reject(new Error(`the hub ended with ${child.exitCode ?? child.signalCode}`)));
    });
  const { url, tokens } = await next<{ url: string; tokens: ChildHub["tokens"] }>();
  return {
    url: new URL(url),
    tokens,
    dir,
    isAlive: () => child.exitCode === null && child.signalCode === null,
    figures: (anew = false) => {
      child.send(anew ? "anew" : "figures");
      return next<Figures>();
    },
    async stop() {
      child.kill("SIGKILL");
      await ended;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

export interface Outcome {
  readonly status: number;
  readonly ms: number;
  readonly retryAfter: string | undefined;
  readonly text: string;
}

/** One request; a lost connection is status 0. */
export function ask({ url }: ChildHub, token: string, query: string, agent?: Agent): Promise<Outcome> {
  const from = performance.now();
  return new Promise((resolve) => {
    const done = (status: number, text: string, retryAfter?: string): void => resolve({ status, text, retryAfter, ms: performance.now() - from });
    const request = httpRequest({ hostname: url.hostname, port: url.port, path: "/graphql", method: "POST", agent: agent ?? false, headers: { "content-type": "application/json", authorization: `Bearer ${token}` } }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", () => done(0, ""));
      response.on("end", () => done(response.statusCode ?? 0, Buffer.concat(chunks).toString(), response.headers["retry-after"]));
    });
    request.on("error", () => done(0, ""));
    request.end(JSON.stringify({ query }));
  });
}

/** So many callers ask one after the other, each so many times. */
export async function drive(hub: ChildHub, token: string, query: string, callers: number, each: number): Promise<readonly Outcome[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: callers });
  const outcomes: Outcome[] = [];
  const caller = async (): Promise<void> => {
    for (let asked = 0; asked < each; asked += 1) outcomes.push(await ask(hub, token, query, agent));
  };
  await Promise.all(Array.from({ length: callers }, caller));
  agent.destroy();
  return outcomes;
}

export const percentile = (of: readonly number[], share: number): number => [...of].sort((a, b) => a - b)[Math.min(of.length - 1, Math.floor(of.length * share))] ?? 0;
