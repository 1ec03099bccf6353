/** At most so many requests in a span, evenly refilled; takers wait their turn. */
import { setTimeout as sleep } from "node:timers/promises";

export interface TokenBucket {
  take(signal: AbortSignal): Promise<void>;
}

export function tokenBucket({ count, perMs }: { count: number; perMs: number }, now: () => number = () => performance.now()): TokenBucket {
  // One token is the burst: a server that counts by its own clock's seconds would otherwise see up to twice the rate.
  const stepMs = perMs / count;
  let nextMs = Number.NEGATIVE_INFINITY;
  return {
    take: async (signal) => {
      const at = now();
      const turn = Math.max(at, nextMs);
      nextMs = turn + stepMs;
      if (turn > at) await sleep(turn - at, undefined, { signal });
      signal.throwIfAborted();
    },
  };
}
