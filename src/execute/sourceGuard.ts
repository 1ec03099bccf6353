/**
 * What stands between the hub and one source: a bulkhead, a breaker and a budget of retries, shared by all operations.
 *
 * The breaker counts what the source did, never what the hub refused by itself. Opened by half of the last ten calls (five are enough
 * at the start), it lets one call through after two seconds; whoever comes while that one is under way is refused at once.
 *
 * The bulkhead is as wide as the source works on calls at once, so that whoever waits does so here: a wait counts against the caller's
 * deadline and is no fault of the source. Aggregates, which may take ten times as long as a page, have half of the seats at most.
 */
import { BrokenCircuitError, bulkhead, BulkheadRejectedError, CircuitState, circuitBreaker, CountBreaker, handleWhen, TaskCancelledError } from "cockatiel";
import { SourceFailure, type SourceFailureStatus } from "../../adapters/contract/adapter.ts";
import type { BreakerState } from "../observe/observer.ts";

export interface SourceGuard {
  /**
   * `ask` may be called twice: only for what may be asked again. Rejects with a SourceFailure; BUSY and UNAVAILABLE without a call
   * where the source is full or left alone. `isLong`: an aggregate.
   */
  call<Value>(ask: (isProbe: boolean) => Promise<Value>, signal: AbortSignal, isLong: boolean): Promise<Value>;
  state(): { readonly breaker: BreakerState; readonly running: number; readonly waiting: number };
  onBreaker(listener: (state: BreakerState) => void): void;
}

const breakerStates: Readonly<Record<CircuitState, BreakerState>> = {
  [CircuitState.Closed]: "closed",
  [CircuitState.Open]: "open",
  [CircuitState.HalfOpen]: "half-open",
  [CircuitState.Isolated]: "open",
};

export interface GuardOptions {
  /** Calls that the source works on at once; absent: as many as there are seats. */
  readonly concurrency?: number | undefined;
  /** In [0, 1): spreads retries. */
  readonly random?: () => number;
}

/** Calls to one source at once. */
const seatsMax = 16;
/** With the source and waiting for it: beyond that it is BUSY rather than a queue that outlives every deadline. */
const callersMax = 80;
const halfOpenAfterMs = 2_000;
/** A retry costs one, a call earns a tenth: retries stay below a tenth of the calls, however the source fails. */
const earnedPerCall = 0.1;
const savedMax = 5;
/** Callers that failed together do not come back together. */
const pauseMs = { least: 10, greatest: 60 } as const;

const sourceFaults: ReadonlySet<SourceFailureStatus> = new Set<SourceFailureStatus>(["UNAVAILABLE", "TIMEOUT", "BAD_ANSWER"]);

/** A call that ended because the caller or the whole operation had no time left says nothing of the source. */
export class OutOfTime extends SourceFailure {
  constructor() {
    super("TIMEOUT");
  }
}

export function sourceGuard({ concurrency = seatsMax, random = Math.random }: GuardOptions = {}): SourceGuard {
  const isFault = (error: unknown): boolean => error instanceof SourceFailure && !(error instanceof OutOfTime) && sourceFaults.has(error.status);
  const width = Math.min(seatsMax, concurrency);
  const seats = bulkhead(width, callersMax - width);
  const longWidth = Math.max(1, Math.floor(width / 2));
  const longSeats = bulkhead(longWidth, callersMax / 2 - longWidth);
  const breaker = circuitBreaker(handleWhen(isFault), { halfOpenAfter: halfOpenAfterMs, breaker: new CountBreaker({ threshold: 0.49, size: 10, minimumNumberOfCalls: 5 }) });
  let saved = 0;

  async function once<Value>(ask: (isProbe: boolean) => Promise<Value>): Promise<Value> {
    // Half open means that somebody is trying; the library would let the others wait for that.
    if (breaker.state === CircuitState.HalfOpen) throw new SourceFailure("UNAVAILABLE", new BrokenCircuitError());
    return await breaker.execute(() => ask(breaker.state === CircuitState.HalfOpen));
  }

  async function twice<Value>(ask: (isProbe: boolean) => Promise<Value>, signal: AbortSignal): Promise<Value> {
    saved = Math.min(savedMax, saved + earnedPerCall);
    const before = breaker.state;
    try {
      return await once(ask);
    } catch (error) {
      const mayTry = before === CircuitState.Closed && breaker.state === CircuitState.Closed && error instanceof SourceFailure && error.mayRetry && saved >= 1 && !signal.aborted;
      if (!mayTry) throw error;
      saved -= 1;
      await pause(pauseMs.least + random() * (pauseMs.greatest - pauseMs.least), signal);
      if (signal.aborted) throw error;
      return await once(ask);
    }
  }

  return {
    async call(ask, signal, isLong) {
      const seated = (): ReturnType<typeof ask> => seats.execute(() => twice(ask, signal), signal);
      try {
        return await (isLong ? longSeats.execute(seated, signal) : seated());
      } catch (error) {
        if (error instanceof SourceFailure) throw error;
        if (error instanceof BulkheadRejectedError) throw new SourceFailure("BUSY", error);
        if (error instanceof TaskCancelledError) throw new OutOfTime();
        throw new SourceFailure("UNAVAILABLE", error);
      }
    },
    state: () => ({ breaker: breakerStates[breaker.state], running: width - seats.executionSlots, waiting: (callersMax - width) - seats.queueSlots }),
    onBreaker: (listener) => void breaker.onStateChange((state) => listener(breakerStates[state])),
  };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done, { once: true });
  });
}
