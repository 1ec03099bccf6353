/** Sides that are measured in turn, so that what is warm or throttled falls on each, and the processes that they run in. */
import { type ChildProcess, spawn } from "node:child_process";
import { load } from "./load.ts";

const connections = 16;
const roundMs = Number(process.env["BENCH_ROUND_MS"] ?? 1500);
/** Until the compiler has seen every side's hot code. */
const warmUpMs = 2000;

/** Resolves with the address that a child prints as `ready http://…`. */
export function startChild(children: ChildProcess[], args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, ...env } });
  children.push(child);
  return new Promise((resolve, reject) => {
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      const ready = /ready (http:\/\/\S+)/.exec(output);
      if (ready?.[1] !== undefined) resolve(ready[1]);
    });
    child.once("exit", (code) => reject(new Error(`${args.join(" ")} ended with ${code}: ${output}`)));
  });
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] as number) : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
};

export interface Side {
  readonly name: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly query: string;
}

const measure = async (side: Side, variables: Readonly<Record<string, unknown>>, durationMs = roundMs): Promise<{ perSecond: number; bytes: number }> =>
  load({ url: side.url, path: "/graphql", headers: side.headers, body: JSON.stringify({ query: side.query, variables }), connections, durationMs });

/** Medians of requests per second, by the sides' names. */
export async function interleaved(sides: readonly Side[], variables: Readonly<Record<string, unknown>>, count: number): Promise<ReadonlyMap<string, { perSecond: number; bytes: number }>> {
  const rates = new Map(sides.map((side) => [side.name, [] as number[]]));
  const bytes = new Map<string, number>();
  for (const side of sides) await measure(side, variables, warmUpMs);
  for (let round = 0; round < count; round += 1) {
    // Every round begins with another side: what is warm or throttled then falls on each in turn.
    for (let offset = 0; offset < sides.length; offset += 1) {
      const side = sides[(offset + round) % sides.length] as Side;
      const result = await measure(side, variables);
      rates.get(side.name)?.push(result.perSecond);
      bytes.set(side.name, result.bytes);
    }
  }
  return new Map(sides.map((side) => [side.name, { perSecond: median(rates.get(side.name) ?? []), bytes: bytes.get(side.name) ?? 0 }]));
}
