/** How long the event loop of the test, which is the hub's too, was kept from running: what a bound on time has to allow on a busy machine. */
export async function lagOf<Value>(work: () => Promise<Value>): Promise<{ readonly value: Value; readonly lagMs: number }> {
  let lagMs = 0;
  let last = performance.now();
  const every = 5;
  const timer = setInterval(() => {
    const now = performance.now();
    lagMs += Math.max(0, now - last - every - 1);
    last = now;
  }, every);
  try {
    const value = await work();
    return { value, lagMs };
  } finally {
    clearInterval(timer);
  }
}
