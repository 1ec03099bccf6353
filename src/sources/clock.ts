/** Time as sources need it, so that tests can hold it in their hands. */
export interface Clock {
  now(): number;
  /** Calls once after a delay; gives what cancels it. */
  after(delayMs: number, run: () => void): () => void;
}

/** Never keeps the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
