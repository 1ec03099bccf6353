/**
 * How many calls of one operation a source answers at once. The source's bulkhead is there for many operations: one with a query per
 * stratum and figure would fill it alone, and be refused by it.
 */
import type { RunContext } from "./runContext.ts";

const atOnceMax = 8;

interface Turns {
  free: number;
  readonly waiting: (() => void)[];
}

/** By what the copies of a context, one for each root, have in common. */
const turnsByRun = new WeakMap<RunContext["contributed"], Map<string, Turns>>();

function turnsOf(run: RunContext, source: string): Turns {
  let bySource = turnsByRun.get(run.contributed);
  if (bySource === undefined) {
    bySource = new Map();
    turnsByRun.set(run.contributed, bySource);
  }
  let turns = bySource.get(source);
  if (turns === undefined) {
    turns = { free: atOnceMax, waiting: [] };
    bySource.set(source, turns);
  }
  return turns;
}

/** Runs the call when fewer than `atOnceMax` of this operation are with the source. */
export async function inTurn<Value>(run: RunContext, source: string, call: () => Promise<Value>): Promise<Value> {
  const turns = turnsOf(run, source);
  if (turns.free > 0) turns.free -= 1;
  else await new Promise<void>((resolve) => turns.waiting.push(resolve));
  try {
    return await call();
  } finally {
    const next = turns.waiting.shift();
    if (next === undefined) turns.free += 1;
    else next();
  }
}
