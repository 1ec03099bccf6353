/** At most so many requests in a span, evenly refilled; takers wait their turn, and who leaves the queue costs the others nothing. */
import { setTimeout as sleep } from "node:timers/promises";

export interface TokenBucket {
  /** Rejects with the signal's reason where it aborts first. */
  take(signal: AbortSignal): Promise<void>;
  /** Nobody's turn comes before so many milliseconds from now: the server said so. */
  hold(ms: number): void;
  /** Milliseconds until the next turn could come if nobody waited. */
  waitMs(): number;
}

export function tokenBucket({ count, perMs }: { count: number; perMs: number }, now: () => number = () => performance.now()): TokenBucket {
  // One token is the burst: a server that counts by its own clock's seconds would otherwise see up to twice the rate.
  const stepMs = perMs / count;
  let nextMs = Number.NEGATIVE_INFINITY;
  let tail: Promise<void> = Promise.resolve();
  const turn = async (signal: AbortSignal): Promise<void> => {
    for (;;) {
      if (signal.aborted) return;
      const at = now();
      if (nextMs <= at) {
        nextMs = at + stepMs;
        return;
      }
      const turnMs = nextMs;
      await sleep(turnMs - at, undefined, { signal }).catch(() => {});
      // `hold` may have come in between.
      if (!signal.aborted && nextMs === turnMs) {
        nextMs = turnMs + stepMs;
        return;
      }
    }
  };
  return {
    take: async (signal) => {
      signal.throwIfAborted();
      const mine = tail.then(() => turn(signal));
      tail = mine;
      await new Promise<void>((resolve, reject) => {
        const onAbort = (): void => reject(signal.reason);
        signal.addEventListener("abort", onAbort, { once: true });
        mine.then(() => {
          signal.removeEventListener("abort", onAbort);
          if (signal.aborted) reject(signal.reason);
          else resolve();
        }, reject);
      });
    },
    hold: (ms) => {
      nextMs = Math.max(nextMs, now() + ms);
    },
    waitMs: () => Math.max(0, nextMs - now()),
  };
}
