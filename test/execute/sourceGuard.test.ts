/** The guard of one source: who gets a seat, who waits, and what counts against the source. */
import { describe, expect, test } from "vitest";
import { SourceFailure } from "../../adapters/contract/adapter.ts";
import { OutOfTime, sourceGuard } from "../../src/execute/sourceGuard.ts";

const never = new AbortController().signal;
const turn = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 1));

/** Calls that a test ends when it likes. */
function heldCalls() {
  const ends: (() => void)[] = [];
  let most = 0;
  return {
    ask: () =>
      new Promise<void>((resolve) => {
        ends.push(resolve);
        most = Math.max(most, ends.length);
      }),
    running: () => ends.length,
    most: () => most,
    endOne: () => ends.shift()?.(),
    endAll: () => {
      for (const end of ends.splice(0)) end();
    },
  };
}
const statusOf = (call: Promise<unknown>): Promise<string> => call.then(() => "OK", (error: unknown) => (error instanceof SourceFailure ? error.status : String(error)));

describe("A source that works on four calls at once", () => {
  test("is given no more than four, so that nobody waits inside it", async () => {
    const guard = sourceGuard({ concurrency: 4 });
    const held = heldCalls();
    const calls = Array.from({ length: 20 }, () => guard.call(held.ask, never, false));
    await turn();
    expect(held.running()).toBe(4);
    for (let done = 0; done < 20; done += 1) {
      held.endOne();
      await turn();
    }
    await Promise.all(calls);
    expect(held.most()).toBe(4);
  });

  test("keeps seats for pages however many aggregates wait", async () => {
    const guard = sourceGuard({ concurrency: 4 });
    const long = heldCalls();
    const pages = heldCalls();
    const waiting = Array.from({ length: 12 }, () => guard.call(long.ask, never, true));
    await turn();
    expect(long.running()).toBe(2);
    const page = guard.call(pages.ask, never, false);
    await turn();
    expect(pages.running()).toBe(1);
    pages.endAll();
    await page;
    while (long.running() > 0) {
      long.endAll();
      await turn();
    }
    await Promise.all(waiting);
    expect(long.most()).toBe(2);
  });

  test("is not blamed for those who ran out of time while they waited: the next call goes through", async () => {
    const guard = sourceGuard({ concurrency: 1 });
    const held = heldCalls();
    const first = guard.call(held.ask, never, false);
    const impatient = new AbortController();
    const waiting = Array.from({ length: 20 }, () => guard.call(held.ask, impatient.signal, false).catch((error: unknown) => error));
    await turn();
    impatient.abort();
    held.endAll();
    await first;
    expect((await Promise.all(waiting)).every((error) => error instanceof OutOfTime)).toBe(true);
    expect(held.running()).toBe(0);
    expect(await statusOf(guard.call(() => Promise.resolve(), never, false))).toBe("OK");
  });

  test("is BUSY to the 81st, at once", async () => {
    const guard = sourceGuard({ concurrency: 4 });
    const held = heldCalls();
    const calls = Array.from({ length: 80 }, () => guard.call(held.ask, never, false));
    expect(await statusOf(guard.call(held.ask, never, false))).toBe("BUSY");
    for (let done = 0; done < 80; done += 4) {
      await turn();
      held.endAll();
    }
    await Promise.all(calls);
  });

  test("is left alone once half of its calls failed, and asked again by one call", async () => {
    const guard = sourceGuard({ concurrency: 4 });
    const failing = (): Promise<never> => Promise.reject(new SourceFailure("TIMEOUT"));
    for (let call = 0; call < 5; call += 1) expect(await statusOf(guard.call(failing, never, false))).toBe("TIMEOUT");
    let asked = 0;
    expect(await statusOf(guard.call(() => Promise.resolve((asked += 1)), never, false))).toBe("UNAVAILABLE");
    expect(asked).toBe(0);
  });
});
